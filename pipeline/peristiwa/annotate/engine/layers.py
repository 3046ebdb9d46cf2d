"""What several models share: sentences packed without padding, the highway LSTM, and vectors remembered by word form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy
import torch
from torch import nn
from torch.nn.functional import linear
from torch.nn.utils.rnn import PackedSequence

from peristiwa.annotate.engine.checkpoint import PAD, Vocabulary, Weights

if TYPE_CHECKING:
    from torch import Tensor

PACK_WORDS = 2500
"""Words that go through a model at once: enough to fill its matrix products, few enough to stay in the processor's cache."""

TABLE_BYTES = 48_000_000
"""Memory for the vectors of word forms that a model remembers; when it is full they are all forgotten."""


def packs(lengths: Sequence[int], words: int = PACK_WORDS) -> Iterator[list[int]]:
    """Indexes of sequences, longest first, in groups of at most ``words`` items; empty sequences are left out."""
    order = sorted((index for index, length in enumerate(lengths) if length), key=lambda index: -lengths[index])
    group: list[int] = []
    size = 0
    for index in order:
        if group and size + lengths[index] > words:
            yield group
            group, size = [], 0
        group.append(index)
        size += lengths[index]
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class Layout:
    """How sequences, longest first and end to end, are dealt out by time step, as torch's PackedSequence has it.

    ``order[k]`` is the place, end to end, of the k-th packed item, ``inverse`` the way back; ``sizes[t]`` sequences are
    longer than t; ``starts`` are the places where sequences begin, end to end. ``mirror[k]`` is the packed place of the
    item that is as far from its sequence's end as item k is from its beginning.
    """

    lengths: tuple[int, ...]
    order: Tensor
    inverse: Tensor
    mirror: Tensor
    sizes: Tensor
    starts: tuple[int, ...]

    @staticmethod
    def of(lengths: Sequence[int]) -> Layout:
        array = numpy.asarray(lengths)
        starts = numpy.concatenate(([0], numpy.cumsum(array)[:-1]))
        sequence = numpy.repeat(numpy.arange(len(array)), array)
        step = numpy.arange(len(sequence)) - starts[sequence]
        order = numpy.lexsort((sequence, step))
        inverse = numpy.empty_like(order)
        inverse[order] = numpy.arange(len(order))
        mirror = inverse[starts[sequence] + array[sequence] - 1 - step][order]
        sizes = numpy.bincount(step)
        return Layout(
            tuple(lengths),
            torch.from_numpy(order),
            torch.from_numpy(inverse),
            torch.from_numpy(mirror),
            torch.from_numpy(sizes.astype(numpy.int64)),
            tuple(starts.tolist()),
        )


def run_lstm(lstm: nn.LSTM, packed: Tensor, sizes: Tensor, start: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
    """Packed inputs (items x size) to packed outputs and the last hidden states (layers x directions, sequences, size).

    ``start`` holds the states before the first step, (layers x directions, 1, size) each; zeros if not given.
    """
    begin = None
    if start is not None:
        count = int(sizes[0])
        begin = tuple(state.expand(-1, count, -1).contiguous() for state in start)
    outputs, (hidden, _) = lstm(PackedSequence(packed, sizes), begin)
    return outputs.data, hidden


class BiLSTM:
    """One bidirectional layer whose products with the input are made outside, where much of them may be known already.

    ``inputs`` and ``bias`` are the matrix and vector that turn an input into the gates of both directions.
    """

    def __init__(self, own: Weights, start: tuple[Tensor, Tensor]) -> None:
        both = ("", "_reverse")
        self.inputs = torch.cat([_gates(own[f"weight_ih_l0{way}"]) for way in both])
        self.bias = torch.cat([_gates(own[f"bias_ih_l0{way}"] + own[f"bias_hh_l0{way}"]) for way in both])
        self._inner = torch.stack([_gates(own[f"weight_hh_l0{way}"]).t().contiguous() for way in both])
        self._start = start

    def __call__(self, gates: Tensor, layout: Layout) -> Tensor:
        """Gates (items x both directions, packed) to outputs (items x both directions, packed).

        The second direction goes over mirrored sequences, so that both take each step together.
        """
        size = self._inner.shape[1]
        ways = torch.stack([gates[:, : 4 * size], gates[:, 4 * size :][layout.mirror]])
        sizes = layout.sizes.tolist()
        state, cell = (start.expand(-1, sizes[0], -1) for start in self._start)
        outputs = torch.empty(2, len(gates), size)
        first = 0
        for count in sizes:
            step = torch.baddbmm(ways[:, first : first + count], state[:, :count], self._inner)
            opened = step[:, :, : 3 * size].sigmoid_()
            step[:, :, 3 * size :].tanh_()
            kept = cell[:, :count] * opened[:, :, size : 2 * size]
            cell = kept.addcmul_(opened[:, :, :size], step[:, :, 3 * size :])
            state = torch.mul(opened[:, :, 2 * size :], cell.tanh())
            outputs[:, first : first + count] = state
            first += count
        return torch.cat([outputs[0], outputs[1][layout.mirror]], 1)


def _gates(weights: Tensor) -> Tensor:
    """torch's order of gates (input, forget, cell, output) with the cell last: what opens is side by side."""
    into, forget, cell, out = weights.chunk(4)
    return torch.cat([into, forget, out, cell])


class HighwayLSTM:
    """Stanza's highway LSTM: the output of each bidirectional layer plus a gated transformation of its input.

    All that a layer does to an input in isolation is one matrix product, ``project`` for the first layer.
    """

    def __init__(self, weights: Weights, name: str) -> None:
        own = weights.below(name)
        count = sum(f"gate.{layer}.weight" in own for layer in range(32))
        states = torch.split(weights[f"{name}_h_init"], 2), torch.split(weights[f"{name}_c_init"], 2)
        self._layers = [BiLSTM(own.below(f"lstm.{n}.lstm"), (states[0][n], states[1][n])) for n in range(count)]
        self._products = [
            (
                torch.cat([own[f"gate.{n}.weight"], own[f"highway.{n}.weight"], lstm.inputs]),
                torch.cat([own[f"gate.{n}.bias"], own[f"highway.{n}.bias"], lstm.bias]),
            )
            for n, lstm in enumerate(self._layers)
        ]

    def project(self, inputs: Tensor, columns: slice, *, bias: bool) -> Tensor:
        """What inputs that hold only these columns of the whole input add to the first layer's products."""
        matrix, vector = self._products[0]
        return linear(inputs, matrix[:, columns], vector if bias else None)

    def __call__(self, products: Tensor, layout: Layout) -> Tensor:
        """The first layer's products (items x size, packed) to outputs, packed."""
        outputs = products
        for number, lstm in enumerate(self._layers):
            if number:
                products = linear(outputs, *self._products[number])
            side = products.shape[1] // 6  # gate and highway are as wide as the outputs, the LSTM's gates four times that
            outputs = lstm(products[:, 2 * side :], layout)
            outputs.addcmul_(products[:, :side].sigmoid(), products[:, side : 2 * side].tanh())
        return outputs


class CharacterEncoder:
    """A vector for each word from its characters: attention over the states of an LSTM, or its last states."""

    def __init__(self, weights: Weights, vocabulary: Vocabulary, *, attention: bool) -> None:
        own = weights.below("charmodel")
        self.vocabulary = vocabulary
        self.embedding = own["char_emb.weight"]
        self.lstm = own.lstm("charlstm.lstm")
        self.start = (own["charlstm_h_init"], own["charlstm_c_init"])
        self.attention = own["char_attn.weight"] if attention else None

    def __call__(self, words: Sequence[Sequence[int]]) -> Tensor:
        """Words as character numbers (at least one each) to vectors."""
        order = sorted(range(len(words)), key=lambda index: -len(words[index]))
        layout = Layout.of([len(words[index]) for index in order])
        characters = torch.tensor([character for index in order for character in words[index]])
        packed = self.embedding[characters[layout.order]]
        outputs, hidden = run_lstm(self.lstm, packed, layout.sizes, self.start)
        if self.attention is None:
            vectors = hidden[-2:].transpose(0, 1).reshape(len(words), -1)
        else:
            outputs = outputs * torch.sigmoid(linear(outputs, self.attention))
            owner = torch.repeat_interleave(torch.arange(len(words)), torch.tensor(layout.lengths))[layout.order]
            vectors = torch.zeros(len(words), outputs.shape[1]).index_add_(0, owner, outputs)
        unsorted = torch.empty_like(vectors)
        unsorted[torch.tensor(order)] = vectors
        return unsorted

    def ids(self, word: str) -> list[int]:
        return self.vocabulary.map(word) or [PAD]


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
            table = torch.empty(max(last, 256, min(2 * last, self._space // (4 * vectors.shape[1]))), vectors.shape[1])
            if first:
                table[:first] = self._table[:first]
            self._table = table
        self._table[first:last] = vectors
        self._rows.update(zip(forms, range(first, last), strict=True))
