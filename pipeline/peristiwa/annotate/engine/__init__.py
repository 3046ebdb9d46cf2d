"""Stanza's models without Stanza's overhead, the same weights and the same annotations several times as fast; and our reader.

What is left out is work whose result nobody reads or that was done before: sentences of all documents go through a model
together and without padding, what depends on a word's form alone is computed once a form, labels are scored for the arcs
of the tree alone, Chu-Liu/Edmonds runs only where the best heads are no tree, and no Stanza Document is built.

Results are Stanza's but for ties of floats. So they are across batch sizes and thread counts: a matrix product may round
its last bit another way in other company, which decides only between options that are equal to about six digits.

A model of a kind that is not handled here raises ``Unsupported``; ``annotate.stanza`` runs it then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peristiwa.annotate.convert import Parse, Token, Word
from peristiwa.annotate.engine.dateline import settle
from peristiwa.annotate.engine.repair import CliticSplitter, Rules, repair
from peristiwa.annotate.engine.sentence import Sentence, split_long
from peristiwa.annotate.mentions import to_parse
from peristiwa.checkpoint import Unsupported, Vectors, load_vectors, read_checkpoint

if TYPE_CHECKING:
    import re

__all__ = ["Engine", "Sentence", "Unsupported"]


class Engine:
    """The models of one language, ready to run.

    ``models`` maps processors to files as for ``Annotator``; ``names`` are those of them that are name taggers;
    ``addresses`` gives Stanza's pattern for URLs and e-mail addresses and is called when a text may hold one;
    ``rules``, if there are any, put the tokenizer's boundaries right, and datelines beside the tree.
    Raises Unsupported, or whatever torch raises for files that are damaged.
    """

    def __init__(
        self,
        models: Mapping[str, Path],
        names: Sequence[str],
        addresses: Callable[[], re.Pattern[str]],
        rules: Rules | None = None,
        *,
        half: bool = False,
    ) -> None:
        from peristiwa.annotate.engine.expand import Expander
        from peristiwa.annotate.engine.lemmas import Lemmatiser
        from peristiwa.annotate.engine.names import NameTagger
        from peristiwa.annotate.engine.parse import Parser
        from peristiwa.annotate.engine.reader import Reader
        from peristiwa.annotate.engine.segment import Segmenter
        from peristiwa.annotate.engine.tag import Tagger

        if models.keys() & {"forward_charlm", "backward_charlm"}:
            raise Unsupported("models built on character language models")
        checkpoints: dict[str, Any] = {name: read_checkpoint(path) for name, path in models.items() if name != "pretrain"}
        vectors = load_vectors(models["pretrain"]) if "pretrain" in models else Vectors(None)
        self._segmenter = Segmenter(checkpoints["tokenize"], addresses, half=half)
        self._expander = Expander(checkpoints.get("mwt"))
        layers: dict[str, Callable[[], Callable[[Sequence[Sentence]], None]]] = {
            "reader": lambda: Reader(checkpoints["reader"], half=half),
            "pos": lambda: Tagger(checkpoints["pos"], vectors, half=half),
            "lemma": lambda: Lemmatiser(checkpoints["lemma"]),
            "depparse": lambda: Parser(checkpoints["depparse"], vectors, half=half),
        }
        self._layers = {name: make() for name, make in layers.items() if name in checkpoints}
        self._names = {name: NameTagger(checkpoints[name], vectors, half=half) for name in names}
        self._rules = rules
        self._split_clitics: CliticSplitter | None = None
        lemmatiser = self._layers.get("lemma")
        if rules is not None and isinstance(lemmatiser, Lemmatiser) and vectors.vocabulary is not None:
            self._split_clitics = CliticSplitter(rules.clitics, lemmatiser.known_words(), vectors.vocabulary.ids)

    def annotate(self, texts: Sequence[str]) -> list[list[Sentence]]:
        """The sentences of each text, every layer of them filled that there is a model for."""
        import torch

        with torch.inference_mode():
            segmented = self._segmenter(texts)
            if self._rules is not None:
                segmented = [repair(text, found, self._rules) for text, found in zip(texts, segmented, strict=True)]
            split = self._expander([tokens for sentences in segmented for tokens in sentences])
            expanded = iter(map(self._split_clitics, split) if self._split_clitics else split)
            documents = [
                [piece for _ in sentences for piece in split_long(next(expanded), text)]
                for text, sentences in zip(texts, segmented, strict=True)
            ]
            everything = [sentence for sentences in documents for sentence in sentences]
            for layer in self._layers.values():
                layer(everything)
            if self._rules is not None:
                for sentence in everything:
                    settle(sentence, self._rules.opens)
            for name, tagger in self._names.items():
                scores: Any = [] if name == "triggers" else None
                tags = tagger([[token.text for token in sentence.tokens] for sentence in everything], scores=scores)
                for sentence, own, likely in zip(everything, tags, scores or [[]] * len(tags), strict=True):
                    sentence.tags[name] = own
                    sentence.scores = likely or sentence.scores
        return documents

    def parse(self, texts: Sequence[str]) -> list[list[Parse]]:
        """The sentences of each text in the form that ``convert`` reads."""
        return [[_parse(sentence) for sentence in sentences] for sentences in self.annotate(texts)]

    def tag(self, sentences: Sequence[Sequence[str]], labels: Collection[str] = ()) -> list[list[str]]:
        """The BIOES name tags of given tokens, by the layer of the model that has exactly these labels, else by the first."""
        import torch

        from peristiwa.annotate.engine.reader import Reader

        reader = self._layers.get("reader")
        with torch.inference_mode():
            return reader.tag(sentences, labels) if isinstance(reader, Reader) else self._names["ner"](sentences, labels)


def _parse(sentence: Sentence) -> Parse:
    words = list(map(Word, *_columns(sentence)))
    tokens = []
    first = 0
    blank: list[tuple[tuple[str, float], ...]] = [()] * len(sentence.tokens)
    for token, width, likely in zip(sentence.tokens, sentence.widths, sentence.scores or blank, strict=True):
        if likely:  # a trigger is the first word of its token, never a clitic
            words[first] = replace(words[first], triggers=likely)
        tokens.append(Token(token.start, token.end, tuple(words[first : first + width])))
        first += width
    return to_parse(tuple(tokens), sentence.tags)


def _columns(sentence: Sentence) -> list[Sequence[Any]]:
    """Text, lemma, part of speech, features, head and relation of each word; a layer without a model is blank."""
    blank = [""] * len(sentence.words)
    tags, relations = (
        ["" if entry == "_" else entry for entry in layer or blank] for layer in (sentence.upos, sentence.deprels)
    )
    lemmas = [
        word if lemma == "_" else lemma for word, lemma in zip(sentence.words, sentence.lemmas or sentence.words, strict=True)
    ]
    heads: Sequence[int | None] = sentence.heads or [None] * len(blank)
    return [sentence.words, lemmas, tags, sentence.feats or blank, heads, relations]
