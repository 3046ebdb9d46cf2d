"""Linear layers in whole numbers of eight bits, twice as fast as in floats.

What goes in is rounded to 256 levels between two bounds that were measured once, on other sentences, not to those of the
batch at hand: a sentence reads the same in any company. Products of whole numbers have no last bit to round, so that
results do not depend on threads, either. Where oneDNN has no such products, floats of the same levels are multiplied,
with the same results but for ties.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import linear

if TYPE_CHECKING:
    from torch import Tensor

TOP = 255
WEIGHT_TOP = 63
"""Weights have seven bits: two products of 255 x 63 fill sixteen, in which processors without VNNI add them."""
WHOLE = platform.machine() in {"x86_64", "AMD64"} and hasattr(torch.ops.onednn, "qlinear_prepack")
"""Whether there are products of whole numbers here."""


class _Product:
    """Columns of a matrix, and the levels of what they are multiplied by: n stands for (n - ``zero``) x ``scale``."""

    def __init__(self, weights: Tensor, scales: Tensor, bias: Tensor | None, scale: float, zero: int) -> None:
        self._scale, self._zero, self._bias = scale, zero, bias
        self._scales = scales.flatten().float()
        self._zeros = torch.zeros(len(weights), dtype=torch.long)
        self._weights: Any = torch.ops.onednn.qlinear_prepack(weights, None) if WHOLE else weights * scales.float()

    def levels(self, states: Tensor) -> Tensor:
        return states.div(self._scale).round_().add_(self._zero).clamp_(0, TOP)

    def __call__(self, levels: Tensor) -> Tensor:
        if not WHOLE:
            return linear(levels.sub(self._zero).mul_(self._scale), self._weights, self._bias)
        found: Tensor = torch.ops.onednn.qlinear_pointwise(
            *self._factors(levels), self._bias, 1.0, 0, torch.float32, "none", [], ""
        )
        return found

    def onto(self, found: Tensor, levels: Tensor) -> Tensor:
        """Adds the product to ``found``, in one go."""
        if not WHOLE:
            return found.add_(self(levels))
        both: Tensor = torch.ops.onednn.qlinear_pointwise.binary(
            *self._factors(levels), found, self._bias, 1.0, 0, torch.float32, 1.0, 0, "sum", 1.0, "none", [], ""
        )
        return both

    def _factors(self, levels: Tensor) -> tuple[Any, ...]:
        return levels.to(torch.uint8), self._scale, self._zero, self._weights, self._scales, self._zeros


class Linear8:
    """Multiplies by ``weights`` (output x input, int8) times ``scales`` (output x 1) and adds ``bias`` (output).

    ``scale`` and ``zero`` give the levels of the input; the ``wide`` ones of its columns, whose numbers go far beyond those
    of the others (Dettmers et al. 2022, LLM.int8), up to ``highest``, have levels of their own.
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
        self._zero, self._wide = zero, torch.tensor(wide, dtype=torch.long)
        self._most = _Product(weights, scales, bias, scale, zero)
        self._rest = None
        if wide:  # oneDNN stops the process on a matrix of no columns
            self._rest = _Product(weights[:, self._wide].contiguous(), scales, None, highest / (TOP // 2), TOP // 2 + 1)

    def __call__(self, states: Tensor) -> Tensor:
        """Rows x input -> rows x output."""
        levels = self._most.levels(states)
        if self._rest is None:
            return self._most(levels)
        levels[:, self._wide] = self._zero
        return self._rest.onto(self._most(levels), self._rest.levels(states[:, self._wide]))
