"""Stanza's lemmatiser: a dictionary by part of speech, and for other words a model that edits or spells the lemma."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any

from peristiwa.annotate.engine.sentence import Sentence
from peristiwa.annotate.engine.speller import Speller
from peristiwa.checkpoint import Unsupported, Vocabulary, Weights, require

ANY = "*"
"""The dictionary's entry for words of any part of speech."""

SPELL, IDENTITY, LOWER = range(3)
"""What is done with a word: its lemma is spelt, is the word, or is the word in small letters."""

REMEMBERED = 100_000
"""Pairs of word and part of speech whose lemma is remembered."""


class Lemmatiser:
    """The lemmatiser of one model."""

    def __init__(self, checkpoint: Mapping[str, Any]) -> None:
        config = checkpoint["config"]
        require(not config.get("charlm") and not checkpoint.get("contextual"), "a lemmatiser that reads the context")
        require(not config.get("caseless"), "a lemmatiser of small letters")
        self._use_dictionary = bool(config.get("ensemble_dict") or config["dict_only"])
        self._dictionary = _dictionary(checkpoint)
        self._speller: Speller | None = None
        self._edits = bool(config.get("edit"))
        if not config["dict_only"]:
            require(config["beam_size"] == 1 and bool(config.get("pos")), "a lemmatiser with beam search")
            vocabularies = checkpoint["vocab"]
            characters, tags = Vocabulary(vocabularies["char"]), Vocabulary(vocabularies["pos"])
            self._speller = Speller(config, Weights(checkpoint["model"]), characters, tags)
        self._known: dict[tuple[str, str], str] = {}

    def __call__(self, sentences: Sequence[Sentence]) -> None:
        """Fill ``lemmas``."""
        pairs = [list(zip(sentence.words, sentence.upos, strict=True)) for sentence in sentences]
        self._learn({pair for sentence in pairs for pair in sentence})
        for sentence, own in zip(sentences, pairs, strict=True):
            sentence.lemmas = [self._known[pair] for pair in own]

    def known_words(self) -> frozenset[str]:
        """The words of the dictionary in small letters."""
        return frozenset(word.lower() for words in self._dictionary.values() for word in words)

    def _learn(self, pairs: set[tuple[str, str]]) -> None:
        new = pairs - self._known.keys()
        if len(self._known) + len(new) > REMEMBERED:
            self._known.clear()
            new = pairs
        open_ones = []
        for pair in sorted(new):
            lemma = self._look_up(*pair) if self._use_dictionary else None
            if lemma is None:
                open_ones.append(pair)
            else:
                self._known[pair] = lemma
        self._known |= dict(zip(open_ones, self._predict(open_ones), strict=True))

    def _look_up(self, word: str, upos: str) -> str | None:
        for key in (upos, ANY):
            lemma = self._dictionary.get(key, {}).get(word)
            if lemma is not None:
                return lemma
        return None

    def _predict(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        if self._speller is None or not pairs:
            return [word for word, _ in pairs]
        encoded = self._speller.encode(pairs)
        edits = encoded.edits if self._edits and encoded.edits is not None else [SPELL] * len(pairs)
        spelt = iter(self._speller.spell(encoded, [index for index, edit in enumerate(edits) if edit == SPELL]))
        lemmas = []
        for (word, _), edit in zip(pairs, edits, strict=True):
            lemma = next(spelt) if edit == SPELL else word if edit == IDENTITY else word.lower()
            lemmas.append(word if not lemma or "<UNK>" in lemma else lemma)
        return lemmas


def _dictionary(checkpoint: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Lemmas by part of speech and word, from either of the forms in which Stanza keeps them."""
    stored = checkpoint["dicts"]
    if isinstance(stored, bytes):
        if checkpoint.get("dicts_version") != 3:
            raise Unsupported("a lemmatiser with a dictionary of another form")
        loaded: dict[str, dict[str, str]] = json.loads(gzip.decompress(stored))
        return loaded
    words, pairs = stored
    dictionary: dict[str, dict[str, str]] = {ANY: dict(words)}
    for (word, upos), lemma in pairs.items():
        if words.get(word) != lemma:
            dictionary.setdefault(upos, {})[word] = lemma
    return dictionary
