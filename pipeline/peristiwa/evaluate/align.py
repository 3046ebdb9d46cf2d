"""Optimal one-to-one matching of gold and predicted items.

Greedy matching, in whatever order the lists happen to have, gives other scores when predictions are reordered. Here
the matching has the greatest total overlap there is, then the most pairs, then whatever else the caller ranks by; only
items that agree in all of it are interchangeable, so no order can change a score.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

_WORD = re.compile(r"\w+")
_EXACT = 2**52  # whole numbers up to here survive the float64 of the solver


class Span(Protocol):
    """Anything with offsets, end exclusive."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def overlap(a: Span, b: Span) -> int:
    """How many characters two spans share."""
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def same_span(a: Span, b: Span) -> bool:
    return (a.start, a.end) == (b.start, b.end)


def jaccard(a: Span, b: Span, text: str) -> float:
    """|A ∩ B| / |A ∪ B| over the word tokens (``\\w+``) of two spans; a token is known by its place in the text."""
    if same_span(a, b):
        return 1.0
    if not overlap(a, b):
        return 0.0
    one, two = ({(s.start + m.start(), s.start + m.end()) for m in _WORD.finditer(text[s.start : s.end])} for s in (a, b))
    return len(one & two) / len(one | two) if one | two else 0.0


def best_pairs(ranks: Mapping[tuple[int, int], Sequence[int]]) -> list[tuple[int, int]]:
    """The best one-to-one matching of rows to columns, as sorted (row, column) pairs.

    ``ranks`` holds the pairs that may match, each with the non-negative whole numbers that are to be maximised: the
    sum of the first, then the number of pairs, then the sums of the others in turn. Solved exactly with
    ``scipy.optimize.linear_sum_assignment`` within each connected group of pairs (groups are small: items that
    overlap).
    """
    pairs: list[tuple[int, int]] = []
    for group in _groups(ranks):
        if len(group) == 1:
            pairs += group
            continue
        pairs += _solve(group, [[ranks[p][0], 1, *ranks[p][1:]] for p in group])
    return sorted(pairs)


def _groups(edges: Mapping[tuple[int, int], Sequence[int]]) -> list[list[tuple[int, int]]]:
    """The edges by connected component, in a fixed order."""
    rows: dict[int, list[tuple[int, int]]] = {}
    columns: dict[int, list[tuple[int, int]]] = {}
    for edge in sorted(edges):
        rows.setdefault(edge[0], []).append(edge)
        columns.setdefault(edge[1], []).append(edge)
    seen: set[tuple[int, int]] = set()
    groups = []
    for edge in sorted(edges):
        if edge in seen:
            continue
        seen.add(edge)
        group, waiting = [], [edge]
        while waiting:
            row, column = waiting.pop()
            group.append((row, column))
            for other in (*rows[row], *columns[column]):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        groups.append(sorted(group))
    return groups


def _solve(group: list[tuple[int, int]], ranks: list[list[int]]) -> list[tuple[int, int]]:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows = sorted({row for row, _ in group})
    columns = sorted({column for _, column in group})
    most = min(len(rows), len(columns))
    # One number whose digits are the ranks, each in a base that its sum over a matching cannot reach.
    bases = [most * max(level) + 1 for level in zip(*ranks, strict=True)]
    while math.prod(bases) > _EXACT and len(bases) > 2:
        bases.pop()
    weights = np.zeros((len(rows), len(columns)))
    for (row, column), rank in zip(group, ranks, strict=True):
        number = 0
        for digit, base in zip(rank, bases, strict=False):
            number = number * base + digit
        weights[rows.index(row), columns.index(column)] = number
    chosen = zip(*linear_sum_assignment(weights, maximize=True), strict=True)
    return [(rows[i], columns[j]) for i, j in chosen if (rows[i], columns[j]) in set(group)]
