"""How the tagger and the parser read a word: its vector, its own embedding if it is frequent, and its characters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import linear

from peristiwa.annotate.engine.layers import CharacterEncoder
from peristiwa.checkpoint import ROOT, Vectors, Vocabulary, Weights, require

if TYPE_CHECKING:
    from torch import Tensor

_QUESTION = re.compile(r"[?？︖﹖⁇][?？︖﹖⁇!！︕﹗‼]+")
_EXCLAMATION = re.compile(r"[!！︕﹗‼][?？︖﹖⁇!！︕﹗‼]+")


def simplified(word: str) -> str:
    """The word as tagger and parser read it: a run of question and exclamation marks is its first mark."""
    if word[:1] in "?？︖﹖⁇!！︕﹗‼" and len(word) > 1:
        if _QUESTION.fullmatch(word):
            return "?"
        if _EXCLAMATION.fullmatch(word):
            return "!"
    return word


class WordReader:
    """Word forms to vectors, in two halves, between which the parser has its other inputs: words, then characters."""

    def __init__(self, checkpoint: Mapping[str, Any], vectors: Vectors, *, word_first: bool) -> None:
        config = checkpoint["config"]
        require(not config.get("charlm") and not config.get("bert_model"), "a model built on a language model")
        require(bool(config["char"]) and config["char_emb_dim"] > 0, "a model that reads no characters")
        require(not config["pretrain"] or vectors.table is not None, "word vectors that are not here")
        require(not config.get("char_bidirectional") and config["rec_dropout"] == 0, "a model of unusual layers")
        require(config["char_rec_dropout"] == 0, "a model of unusual layers")
        weights = Weights(checkpoint["model"])
        vocabularies = checkpoint["vocab"]
        self._vectors = vectors if config["pretrain"] else None
        self._words = Vocabulary(vocabularies["word"]) if config["word_emb_dim"] > 0 else None
        self._word_first = word_first
        self._word_embedding = weights["word_emb.weight"] if self._words else None
        self._trans_pretrained = weights["trans_pretrained.weight"] if self._vectors else None
        self._trans_char = weights["trans_char.weight"]
        self._characters = CharacterEncoder(weights, Vocabulary(vocabularies["char"]), attention=True)

    def __call__(self, forms: Sequence[str]) -> Tensor:
        """Forms x (words + characters)."""
        lowered = [form.lower() for form in forms]
        word_ids = self._words.map(forms) if self._words else []
        vector_ids = self._vectors.vocabulary.map(lowered) if self._vectors and self._vectors.vocabulary else []
        return self._read(word_ids, vector_ids, [self._characters.ids(form) for form in forms])

    def root(self) -> Tensor:
        """The vector of the word before the first, which is the parser's root: 1 x size."""
        return self._read([ROOT], [ROOT], [[ROOT]])

    @property
    def front_size(self) -> int:
        """How much of a form's vector stands before its characters."""
        sizes = [self._trans_pretrained.shape[0]] if self._trans_pretrained is not None else []
        return sum([*sizes, *([self._word_embedding.shape[1]] if self._word_embedding is not None else [])])

    def _read(self, word_ids: Sequence[int], vector_ids: Sequence[int], characters: Sequence[Sequence[int]]) -> Tensor:
        parts = []
        if self._vectors is not None and self._trans_pretrained is not None:
            parts.append(linear(self._vectors.table[torch.tensor(vector_ids)], self._trans_pretrained))
        if self._word_embedding is not None:
            parts.insert(0 if self._word_first else len(parts), self._word_embedding[torch.tensor(word_ids)])
        parts.append(linear(self._characters(characters), self._trans_char))
        return torch.cat(parts, 1)
