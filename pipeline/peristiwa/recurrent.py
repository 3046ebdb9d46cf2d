"""Sequences through recurrent layers: packed without much padding, each direction by torch's fused kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence

from peristiwa.checkpoint import Weights

if TYPE_CHECKING:
    from torch import Tensor

PACK_WORDS = 2500
"""Words that go through a model at once: enough to fill its matrix products, few enough to stay in the processor's cache."""

LEAST_FULL, LEAST_WIDE = 0.6, 16
"""Sequences that an LSTM reads at once are at least so long beside the longest of them, unless they would be too few."""

STEPS = 8, 4
"""An LSTM reads a multiple of so many steps and sequences, filled up: oneDNN prepares each new size for a quarter of a
millisecond."""


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
class Run:
    """Sequences of similar length, filled up to the longest: what an LSTM reads at once.

    ``forward`` are the places, end to end, of what it reads (steps x sequences), ``backward`` the same from the last item
    of each sequence to its first; ``found`` and ``found_backward`` say for each item, end to end, where in that its output is.
    """

    items: slice
    shape: tuple[int, int]
    forward: Tensor
    backward: Tensor
    found: Tensor
    found_backward: Tensor

    @staticmethod
    def of(lengths: Any, starts: Any) -> Run:
        """A run of sequences, longest first, that begin at ``starts``."""
        longest, count = (_filled(size, step) for size, step in zip((int(lengths[0]), len(lengths)), STEPS, strict=True))
        items = slice(int(starts[0]), int(starts[0] + lengths.sum()))
        lengths = numpy.pad(lengths, (0, count - len(lengths)))
        starts = numpy.pad(starts, (0, count - len(starts)), mode="edge")
        steps = numpy.arange(longest)[:, None]
        inside = steps < lengths
        owner = numpy.repeat(numpy.arange(count), lengths)
        step = numpy.arange(len(owner)) - (starts - starts[0])[owner]
        places = (
            starts + numpy.where(inside, steps, 0),
            starts + numpy.where(inside, lengths - 1 - steps, 0),
            step * count + owner,
            (lengths[owner] - 1 - step) * count + owner,
        )
        return Run(items, (longest, count), *(torch.from_numpy(place.reshape(-1)) for place in places))


@dataclass(frozen=True)
class Layout:
    """Sequences, longest first and end to end; ``starts`` are the places where they begin.

    For who asks, how they are dealt out by time step, as torch's PackedSequence has it: ``order[k]`` is the place, end to
    end, of the k-th packed item, ``inverse`` the way back; ``sizes[t]`` sequences are longer than t.
    """

    lengths: tuple[int, ...]
    starts: tuple[int, ...]

    @staticmethod
    def of(lengths: Sequence[int]) -> Layout:
        return Layout(tuple(lengths), tuple(accumulate(lengths[:-1], initial=0)))

    @cached_property
    def _by_step(self) -> tuple[Tensor, Tensor, Tensor]:
        lengths, starts = numpy.asarray(self.lengths), numpy.asarray(self.starts)
        sequence = numpy.repeat(numpy.arange(len(lengths)), lengths)
        step = numpy.arange(len(sequence)) - starts[sequence]
        order = numpy.lexsort((sequence, step))
        inverse = numpy.empty_like(order)
        inverse[order] = numpy.arange(len(order))
        sizes = numpy.bincount(step).astype(numpy.int64)
        return torch.from_numpy(order), torch.from_numpy(inverse), torch.from_numpy(sizes)

    @property
    def order(self) -> Tensor:
        return self._by_step[0]

    @property
    def inverse(self) -> Tensor:
        return self._by_step[1]

    @property
    def sizes(self) -> Tensor:
        return self._by_step[2]

    def runs(self) -> Iterator[Run]:
        """The sequences in runs of similar length; see LEAST_FULL."""
        lengths, starts = numpy.asarray(self.lengths), numpy.asarray(self.starts)
        first = 0
        while first < len(lengths):
            similar = int(numpy.searchsorted(-lengths[first:], -LEAST_FULL * lengths[first], side="right"))
            last = min(first + max(similar, LEAST_WIDE), len(lengths))
            yield Run.of(lengths[first:last], starts[first:last])
            first = last


def _filled(size: int, step: int) -> int:
    return -(-size // step) * step


def run_lstm(lstm: nn.LSTM, packed: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Packed inputs (items x size) to packed outputs and the last hidden states (layers x directions, sequences, size)."""
    outputs, (hidden, _) = lstm(PackedSequence(packed, sizes))
    return outputs.data, hidden


class LSTM:
    """One layer of one or both directions, each of them run by torch's fused kernel over padded runs.

    The second direction reads the sequences backwards as a first one, so that filling stands at the end for both: what
    comes out for an item does not depend on it. ``start`` holds the states before the first step, (directions, 1, size) each.
    """

    def __init__(self, own: Weights, start: tuple[Tensor, Tensor] | None = None) -> None:
        ways = ["", *(["_reverse"] if "weight_ih_l0_reverse" in own else [])]
        self._ways = [own.lstm(way) for way in ways]
        self.size: int = self._ways[0].hidden_size
        self.kind = own["weight_hh_l0"].dtype
        blank = torch.zeros(len(ways), 1, self.size)
        self._start = [state.to(self.kind) for state in start or (blank, blank)]

    def __call__(self, inputs: Tensor, layout: Layout) -> Tensor:
        """Inputs (items x size, end to end) to outputs (items x directions)."""
        inputs = inputs.to(self.kind)
        outputs = torch.empty(len(inputs), len(self._ways) * self.size, dtype=self.kind)
        for run in layout.runs():
            reading = ((run.forward, run.found), (run.backward, run.found_backward))
            for number, (lstm, (places, found)) in enumerate(zip(self._ways, reading, strict=False)):
                start = [state[number : number + 1].expand(-1, run.shape[1], -1).contiguous() for state in self._start]
                read, _ = lstm(inputs[places].view(*run.shape, -1), (start[0], start[1]))
                outputs[run.items, number * self.size : (number + 1) * self.size] = read.view(-1, self.size)[found]
        return outputs

    def last(self, outputs: Tensor, layout: Layout) -> Tensor:
        """Of outputs those after all of a sequence: the first direction's at its last item, the second's at its first."""
        starts = torch.tensor(layout.starts)
        ends = starts + torch.tensor(layout.lengths) - 1
        states = [outputs[places, way * self.size : (way + 1) * self.size] for way, places in enumerate((ends, starts))]
        return torch.cat(states[: len(self._ways)], 1)
