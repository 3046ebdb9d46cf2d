"""What several models share: the highway LSTM, and vectors remembered by word form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import linear

from peristiwa.checkpoint import PAD, Vocabulary, Weights
from peristiwa.recurrent import LSTM, Layout

if TYPE_CHECKING:
    from torch import Tensor

TABLE_BYTES = 48_000_000
"""Memory for the vectors of word forms that a model remembers; when it is full they are all forgotten."""


class HighwayLSTM:
    """Stanza's highway LSTM: the output of each bidirectional layer plus a gated transformation of its input."""

    def __init__(self, weights: Weights, name: str) -> None:
        own = weights.below(name)
        count = sum(f"gate.{layer}.weight" in own for layer in range(32))
        states = torch.split(weights[f"{name}_h_init"], 2), torch.split(weights[f"{name}_c_init"], 2)
        self._layers = [LSTM(own.below(f"lstm.{n}.lstm"), (states[0][n], states[1][n])) for n in range(count)]
        self._highways = [
            tuple(torch.cat([own[f"{part}.{n}.{kind}"] for part in ("gate", "highway")]) for kind in ("weight", "bias"))
            for n in range(count)
        ]

    def __call__(self, inputs: Tensor, layout: Layout) -> Tensor:
        """Inputs (items x size, end to end) to outputs."""
        for lstm, (matrix, vector) in zip(self._layers, self._highways, strict=True):
            inputs = inputs.to(lstm.kind)
            gate, highway = linear(inputs, matrix, vector).chunk(2, 1)
            inputs = lstm(inputs, layout).addcmul_(gate.sigmoid(), highway.tanh())
        return inputs


class CharacterEncoder:
    """A vector for each word from its characters: attention over the states of an LSTM, or its last states."""

    def __init__(self, weights: Weights, vocabulary: Vocabulary, *, attention: bool) -> None:
        own = weights.below("charmodel")
        self.vocabulary = vocabulary
        self.embedding = own["char_emb.weight"]
        self.lstm = LSTM(own.below("charlstm.lstm"), (own["charlstm_h_init"], own["charlstm_c_init"]))
        self.attention = own["char_attn.weight"] if attention else None

    def __call__(self, words: Sequence[Sequence[int]]) -> Tensor:
        """Words as character numbers (at least one each) to vectors."""
        order = sorted(range(len(words)), key=lambda index: -len(words[index]))
        layout = Layout.of([len(words[index]) for index in order])
        characters = torch.tensor([character for index in order for character in words[index]])
        outputs = self.lstm(self.embedding[characters], layout)
        if self.attention is None:
            vectors = self.lstm.last(outputs, layout)
        else:
            outputs = outputs * torch.sigmoid(linear(outputs, self.attention))
            owner = torch.repeat_interleave(torch.arange(len(words)), torch.tensor(layout.lengths))
            vectors = torch.zeros(len(words), outputs.shape[1]).index_add_(0, owner, outputs)
        unsorted = torch.empty_like(vectors)
        unsorted[torch.tensor(order)] = vectors
        return unsorted

    def ids(self, word: str) -> list[int]:
        return self.vocabulary.map(word) or [PAD]


def with_one(tensor: Tensor) -> Tensor:
    """A one behind each vector, for the constant part of what is bilinear."""
    return torch.cat([tensor, tensor.new_ones(*tensor.shape[:-1], 1)], -1)


class FormTable:
    """Vectors that depend on the word form alone, remembered for as many forms as ``space`` bytes hold."""

    def __init__(self, encode: Callable[[list[str]], Tensor], space: int = TABLE_BYTES) -> None:
        self._encode = encode
        self._space = space
        self._rows: dict[str, int] = {}
        self._table: Any = None

    def __call__(self, forms: Sequence[str]) -> Tensor:
        """Forms x size."""
        rows = self._rows
        new = list(dict.fromkeys(form for form in forms if form not in rows))
        if new and self._table is not None and len(rows) + len(new) > self._space // (4 * self._table.shape[1]):
            rows.clear()
            new = list(dict.fromkeys(forms))
        if new:
            self._add(new, self._encode(new))
        vectors: Tensor = self._table[torch.tensor([rows[form] for form in forms])]
        return vectors

    def _add(self, forms: list[str], vectors: Tensor) -> None:
        first, last = len(self._rows), len(self._rows) + len(forms)
        if self._table is None or last > len(self._table):
            rows = max(last, 256, min(2 * last, self._space // (4 * vectors.shape[1])))
            table = torch.empty(rows, vectors.shape[1], dtype=vectors.dtype)
            if first:
                table[:first] = self._table[:first]
            self._table = table
        self._table[first:last] = vectors
        self._rows.update(zip(forms, range(first, last), strict=True))
