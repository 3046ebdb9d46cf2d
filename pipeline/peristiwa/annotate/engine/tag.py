"""Stanza's tagger: universal parts of speech and features. Its language-specific tags, which nobody reads, are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import linear

from peristiwa.annotate.engine.layers import FormTable, HighwayLSTM
from peristiwa.annotate.engine.sentence import Sentence
from peristiwa.annotate.engine.words import WordReader, simplified
from peristiwa.checkpoint import EMPTY, Vectors, Weights, require
from peristiwa.recurrent import Layout, packs

if TYPE_CHECKING:
    from torch import Tensor

COLUMNS = {"upos": (), "xpos": ("upos",), "feats": ("upos",)}
"""The columns of a tagger, and which column's tag each is told."""


class Tagger:
    """The tagger of one model."""

    def __init__(self, checkpoint: Mapping[str, Any], vectors: Vectors, *, half: bool = False) -> None:
        config = checkpoint["config"]
        columns = config.get("tag_columns")
        parents = {name: tuple(parents) for name, *_, parents in columns} if columns else COLUMNS
        require(parents == COLUMNS and not config["share_hid"], "a tagger of other columns")
        require(config.get("tag_column_link", "tag_emb") == "tag_emb", "a tagger of other columns")
        tensors = _renamed(checkpoint["model"])
        weights = Weights(tensors)
        self._lstm = HighwayLSTM(Weights(tensors, half=half), "taggerlstm")
        self._forms = FormTable(WordReader(checkpoint, vectors, word_first=True))
        self._hidden = weights["upos_hid.weight"], weights["upos_hid.bias"]
        self._output = weights["upos_clf.weight"], weights["upos_clf.bias"]
        self._upos: list[str] = checkpoint["vocab"]["upos"]["_id2unit"]
        self._feats = _Features(weights, checkpoint["vocab"]["feats"]["_id2unit"])

    def __call__(self, sentences: Sequence[Sentence]) -> None:
        """Fill ``upos`` and ``feats``."""
        for group in packs([len(sentence.words) for sentence in sentences]):
            chosen = [sentences[index] for index in group]
            layout = Layout.of([len(sentence.words) for sentence in chosen])
            words = [simplified(word) for sentence in chosen for word in sentence.words]
            outputs = self._lstm(self._forms(words), layout).float()
            upos = linear(linear(outputs, *self._hidden).relu_(), *self._output).argmax(1)
            tags = [self._upos[number] for number in upos.tolist()]
            feats = self._feats(outputs, upos)
            for sentence, start in zip(chosen, layout.starts, strict=True):
                sentence.upos = tags[start : start + len(sentence.words)]
                sentence.feats = feats[start : start + len(sentence.words)]


class _Features:
    """One classifier a feature, bilinear in the word and its part of speech: for each part of speech a linear one."""

    def __init__(self, weights: Weights, units: Mapping[str, Sequence[str]]) -> None:
        self._hidden = weights["tag_hid.feats.weight"], weights["tag_hid.feats.bias"]
        self._keys = list(units)
        self._values = [list(units[key]) for key in self._keys]
        self._width = max(len(values) for values in self._values)
        self._strings: dict[tuple[int, ...], str] = {}
        parents = weights["upos_emb.weight"]
        parents = torch.cat([parents, torch.ones(len(parents), 1)], 1)
        size = self._hidden[0].shape[0]
        self._matrices = torch.zeros(len(parents), len(self._keys), self._width, size + 1)
        self._matrices[:, :, :, size] = -torch.inf
        for number, values in enumerate(self._values):
            own = weights.below(f"tag_clf.feats.{number}.W_bilin")
            matrix = torch.einsum("oij,uj->uoi", own["weight"], parents)
            matrix[:, :, size] += own["bias"]
            self._matrices[:, number, : len(values)] = matrix

    def __call__(self, outputs: Tensor, upos: Tensor) -> list[str]:
        hidden = linear(outputs, *self._hidden).relu_()
        chosen = torch.empty(len(hidden), len(self._keys), dtype=torch.int64)
        for number in sorted(set(upos.tolist())):
            rows = (upos == number).nonzero().squeeze(1)
            matrix = self._matrices[number].flatten(0, 1)
            scores = linear(hidden[rows], matrix[:, :-1], matrix[:, -1])
            chosen[rows] = scores.view(len(rows), len(self._keys), self._width).argmax(2)
        return [self._string(tuple(row)) for row in chosen.tolist()]

    def _string(self, row: tuple[int, ...]) -> str:
        if row not in self._strings:
            pairs = zip(self._keys, self._values, row, strict=True)
            self._strings[row] = "|".join(f"{key}={values[number]}" for key, values, number in pairs if number != EMPTY)
        return self._strings[row]


def _renamed(tensors: Mapping[str, Any]) -> dict[str, Any]:
    """The tensors under today's names; Stanza's earlier taggers had others."""
    old = {"xpos_hid.": "tag_hid.xpos.", "xpos_clf.": "tag_clf.xpos.", "ufeats_hid.": "tag_hid.feats."}
    old["ufeats_clf."] = "tag_clf.feats."
    renamed = {}
    for name, tensor in tensors.items():
        for before, now in old.items():
            if name.startswith(before):
                name = now + name.removeprefix(before)
        renamed[name] = tensor
    return renamed
