"""How sure a score is, and whether two runs differ: bootstrap intervals and a paired test, over documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peristiwa.errors import UsageError
from peristiwa.evaluate.scores import Counts, Interval, Score, Scores, total

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEED = 20260101
DRAWS = 2000
_BLOCK = 2_000_000  # cells of a resampling matrix held at once


def score_of(counts: Sequence[Counts], *, seed: int = SEED, draws: int = DRAWS) -> Score:
    """The score of summed counts, with percentile intervals (95 %) from resampling the units with replacement.

    A single unit, or a measure that is 0/0 in the sample, has no interval.
    """
    import numpy as np

    table = np.array(counts, dtype=np.int64).reshape(-1, 3)
    correct, gold, predicted = (int(x) for x in table.sum(axis=0))
    if len(table) < 2:
        return Score(correct, gold, predicted)
    sums = resample(table, seed, draws)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = sums[:, 0] / sums[:, 2]
        recall = sums[:, 0] / sums[:, 1]
        f1 = 2 * sums[:, 0] / (sums[:, 1] + sums[:, 2])
    return Score(
        correct,
        gold,
        predicted,
        precision_interval=percentiles(precision) if predicted else None,
        recall_interval=percentiles(recall) if gold else None,
        f1_interval=percentiles(f1) if gold + predicted else None,
    )


def resample(table: NDArray[Any], seed: int, draws: int) -> NDArray[Any]:
    """Column sums of ``draws`` samples of the rows, (draws, columns); the same samples for tables of one length."""
    import numpy as np

    n = len(table)
    rng = np.random.default_rng(seed)
    step = max(1, _BLOCK // n)
    blocks = [rng.multinomial(n, np.full(n, 1 / n), size=min(step, draws - done)) @ table for done in range(0, draws, step)]
    return np.concatenate(blocks)


def percentiles(values: NDArray[np.float64]) -> Interval:
    """The 95 % interval of drawn values, those that are undefined (NaN) left out."""
    import numpy as np

    low, high = np.percentile(values[~np.isnan(values)], [2.5, 97.5])
    return float(low), float(high)


def summarise(
    title: str,
    unit: str,
    by_unit: Mapping[str, Mapping[str, Mapping[str, Counts]]],
    *,
    missing: Sequence[str] = (),
    extra: Sequence[str] = (),
) -> Scores:
    """Scores from counts by unit, layer and label (unit id → layer → label → Counts), summed (micro), with intervals.

    Units are taken in the order of their ids, so that the same counts always give the same intervals. A label "" has
    no row of its own.
    """
    units = tuple(sorted(by_unit))
    names = list(dict.fromkeys(name for layers in by_unit.values() for name in layers))
    counts, layers, parts = {}, {}, {}
    for name in names:
        rows = [by_unit[unit].get(name, {}) for unit in units]
        counts[name] = tuple(total(row.values()) for row in rows)
        layers[name] = score_of(counts[name])
        labels = sorted({label for row in rows for label in row if label})
        parts[name] = {label: score_of([row.get(label, Counts()) for row in rows]) for label in labels}
    return Scores(title, unit, units, layers, parts, counts, tuple(missing), tuple(extra))


@dataclass(frozen=True, slots=True)
class Comparison:
    """F1 of two runs on the same gold: ``difference`` is second minus first, with its interval and two-sided p."""

    first: float
    second: float
    difference: float
    interval: Interval | None
    p: float


def compare_runs(first: Scores, second: Scores, *, seed: int = SEED, draws: int = 10_000) -> dict[str, Comparison]:
    """Compare two runs layer by layer. Raises UsageError unless both were scored on the same units.

    p is that of a paired permutation test (approximate randomisation, Noreen 1989): how often a difference this large
    comes about when, for each document, the two runs are swapped by the throw of a coin. The interval is a paired
    bootstrap's.
    """
    if first.units != second.units:
        raise UsageError("two runs can be compared on the same gold only; these were scored on different documents.")
    return {
        name: _compare(first.counts[name], second.counts[name], seed, draws) for name in first.layers if name in second.layers
    }


def _compare(first: Sequence[Counts], second: Sequence[Counts], seed: int, draws: int) -> Comparison:
    import numpy as np

    a, b = (np.array(counts, dtype=np.int64).reshape(-1, 3) for counts in (first, second))
    observed = _f1(b.sum(axis=0)) - _f1(a.sum(axis=0))
    rng = np.random.default_rng(seed)
    step = max(1, _BLOCK // max(1, len(a)))
    extreme = 0
    for done in range(0, draws, step):
        swap = rng.integers(0, 2, size=(min(step, draws - done), len(a)))
        moved = swap @ (b - a)
        shuffled = _f1(b.sum(axis=0) - moved) - _f1(a.sum(axis=0) + moved)
        extreme += int((np.abs(shuffled) >= abs(observed) - 1e-12).sum())
    interval = None
    if len(a) > 1:
        sums = resample(np.concatenate([a, b], axis=1), seed, draws)
        interval = percentiles(_f1(sums[:, 3:]) - _f1(sums[:, :3]))
    return Comparison(
        first=float(_f1(a.sum(axis=0))),
        second=float(_f1(b.sum(axis=0))),
        difference=float(observed),
        interval=interval,
        p=(extreme + 1) / (draws + 1),
    )


def _f1(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 of (…, 3) sums; nothing marked and nothing found counts as 0 here."""
    import numpy as np

    out: NDArray[np.float64] = 2 * sums[..., 0] / np.maximum(1, sums[..., 1] + sums[..., 2])
    return out
