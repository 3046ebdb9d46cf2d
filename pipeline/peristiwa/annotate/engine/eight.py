"""Linear layers in whole numbers of eight bits, twice as fast as in floats.

What goes in is rounded to 256 levels between two bounds that were measured once, on other sentences, not to those of the
batch at hand: a sentence reads the same in any company. Products of whole numbers have no last bit to round, so that
results do not depend on threads, either. Where oneDNN has no such products, floats of the same levels are multiplied,
with the same results but for ties.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import gelu, linear

if TYPE_CHECKING:
    from torch import Tensor

TOP = 255
WEIGHT_TOP = 63
"""Weights have seven bits: two products of 255 x 63 fill sixteen, in which processors without VNNI add them."""
WHOLE = platform.machine() in {"x86_64", "AMD64"} and hasattr(torch.ops.onednn, "qlinear_prepack")
"""Whether there are products of whole numbers here."""


class Matrix8:
    """``weights`` (output x input, int8) times ``scales`` (output x 1), ``bias`` (output), and the levels of the input.

    A level n stands for (n - ``zero``) x ``scale``. The ``wide`` ones of the columns, whose numbers go far beyond those of
    the others (Dettmers et al. 2022, LLM.int8), up to ``highest``, have levels a whole number of times as far apart, and
    stand behind the others that many times: one product does for all.
    """

    def __init__(
        self,
        weights: Tensor,
        scales: Tensor,
        bias: Tensor,
        scale: float,
        zero: int,
        wide: Sequence[int],
        highest: float,
    ) -> None:
        self.scale, self.zero, self.wide = scale, zero, torch.tensor(wide, dtype=torch.long)
        self._times = math.ceil(highest / ((TOP - zero) * scale))
        self.weights = torch.cat([weights.index_fill(1, self.wide, 0), weights[:, self.wide].repeat(1, self._times)], 1)
        self.scales, self.bias = scales.flatten().float(), bias

    def levels(self, states: Tensor) -> Tensor:
        """Rows x input -> rows x columns of the product, in whole numbers."""
        return torch.cat([_levels(states, self.scale, self.zero), self.behind(states[:, self.wide])], 1)

    def behind(self, columns: Tensor) -> Tensor:
        """The levels of the wide columns, as often as these stand behind the others."""
        return _levels(columns, self.scale * self._times, self.zero).repeat(1, self._times)


class Product8:
    """Multiplies levels by a matrix: all of its rows and ``empty`` ones behind them, or those of ``rows``."""

    def __init__(self, matrix: Matrix8, rows: Tensor | slice = slice(None), empty: int = 0) -> None:
        self._scale, self._zero = matrix.scale, matrix.zero
        weights, self._scales, self._bias = (
            torch.cat([part[rows], part.new_zeros(empty, *part.shape[1:])])
            for part in (matrix.weights, matrix.scales, matrix.bias)
        )
        self._zeros = torch.zeros(len(weights), dtype=torch.long)
        self._weights: Any = torch.ops.onednn.qlinear_prepack(weights, None) if WHOLE else weights * self._scales[:, None]

    def __call__(self, levels: Tensor) -> Tensor:
        """Rows x output, in floats."""
        if not WHOLE:
            return linear(levels.float().sub_(self._zero).mul_(self._scale), self._weights, self._bias)
        return self._multiplied(levels, 1.0, 0, torch.float32, "none")

    def gelu_levels(self, levels: Tensor, scale: float, zero: int) -> Tensor:
        """The levels of the GELU of the product, told as it is made."""
        if not WHOLE:
            return _levels(gelu(self(levels)), scale, zero)
        return self._multiplied(levels, scale, zero, torch.uint8, "gelu")

    def _multiplied(self, levels: Tensor, scale: float, zero: int, kind: torch.dtype, after: str) -> Tensor:
        matrix = self._weights, self._scales, self._zeros, self._bias
        found: Tensor = torch.ops.onednn.qlinear_pointwise(
            levels, self._scale, self._zero, *matrix, scale, zero, kind, after, [], "none"
        )
        return found


class Linear8:
    """A linear layer."""

    def __init__(self, matrix: Matrix8) -> None:
        self._matrix, self._product = matrix, Product8(matrix)

    def __call__(self, states: Tensor) -> Tensor:
        """Rows x input -> rows x output."""
        return self._product(self._matrix.levels(states))


class Gelu8:
    """Two linear layers with a GELU in between, of which only the second one's wide columns are made in floats."""

    def __init__(self, first: Matrix8, second: Matrix8) -> None:
        self._first, self._second = first, second
        self._size = len(first.weights)
        self._most = Product8(first, empty=second.weights.shape[1] - self._size)
        self._wide, self._product = Product8(first, rows=second.wide), Product8(second)

    def __call__(self, states: Tensor) -> Tensor:
        """Rows x input of the first -> rows x output of the second."""
        entering = self._first.levels(states)
        levels = self._most.gelu_levels(entering, self._second.scale, self._second.zero)
        levels[:, self._size :] = self._second.behind(gelu(self._wide(entering)))
        return self._product(levels)


def _levels(states: Tensor, scale: float, zero: int) -> Tensor:
    return states.div(scale).round_().add_(zero).clamp_(0, TOP).to(torch.uint8)
