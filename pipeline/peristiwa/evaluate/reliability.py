"""Whether ``confidence`` keeps its word: of the events told with 80 % confidence, are 80 % right?

An event is right when the layer "event typed" counts it (docs/records.md). Events are binned by confidence; the expected
calibration error is the mean distance of confidence and share right over the bins, weighted by their size (Naeini et al.
2015; ten bins of equal width). Its interval comes from resampling documents; the error is never negative and so is its
noise: with few events even perfect confidence has an error above zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from peristiwa.evaluate.compare import DRAWS, SEED, percentiles, resample
from peristiwa.evaluate.metrics import Pair
from peristiwa.evaluate.scores import Counts, Interval, Json, Score, total
from peristiwa.types import Event

if TYPE_CHECKING:
    from rich.table import Table

BINS = 10
STEPS = 20
"""Points of the curve: thresholds 0, 0.05 … 0.95."""


class Judged(NamedTuple):
    """One event of a run: the confidence it was told with, and whether it is right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Events with a confidence in ``[low, high)``, the last bin with its end: their number, mean confidence, share right."""

    low: float
    high: float
    events: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Point:
    """What is left of a run when events with less confidence are dropped: the layer "event typed"."""

    threshold: float
    score: Score


@dataclass(frozen=True, slots=True)
class Reliability:
    """Bins that hold events, expected calibration error with its 95 % interval, Brier score, and the curve.

    ``unsure`` counts the events without a confidence; they are in no bin, and no threshold drops them.
    """

    events: int
    unsure: int
    error: float
    interval: Interval | None
    brier: float
    bins: tuple[Bin, ...]
    curve: tuple[Point, ...]

    def to_dict(self) -> Json:
        """JSON."""
        bins = [{name: round(value, 4) for name, value in asdict(one).items()} for one in self.bins]
        points = [{"min_confidence": point.threshold, **point.score.to_dict()} for point in self.curve]
        return {
            "events": self.events,
            "without_confidence": self.unsure,
            "expected_calibration_error": round(self.error, 6),
            "expected_calibration_error_95": [round(x, 6) for x in self.interval] if self.interval else None,
            "brier": round(self.brier, 6),
            "bins": bins,  # type: ignore[dict-item]
            "curve": points,  # type: ignore[dict-item]
        }


def bin_of(confidence: float) -> int:
    """The number of the bin."""
    return min(int(confidence * BINS), BINS - 1)


def sums(judged: Iterable[Judged]) -> list[list[float]]:
    """For each bin: events, summed confidence, events right."""
    table = [[0.0, 0.0, 0.0] for _ in range(BINS)]
    for confidence, right in judged:
        row = table[bin_of(confidence)]
        row[0] += 1
        row[1] += confidence
        row[2] += right
    return table


def calibration_error(judged: Sequence[Judged]) -> float:
    """Expected calibration error, 0 to 1; 0 of nothing."""
    return sum(abs(confidence - right) for _, confidence, right in sums(judged)) / max(len(judged), 1)


def measure_reliability(pairs: Mapping[str, Pair]) -> Reliability | None:
    """The reliability of a run's confidence, from the documents' readings by doc_id; None where no event has any."""
    documents = [pairs[doc_id] for doc_id in sorted(pairs)]
    judged = [judge(pair) for pair in documents]
    every = [one for document in judged for one in document]
    if not every:
        return None
    bins = [
        Bin(at / BINS, (at + 1) / BINS, int(n), confidence / n, right / n)
        for at, (n, confidence, right) in enumerate(sums(every))
        if n
    ]
    return Reliability(
        events=len(every),
        unsure=sum(event.confidence is None for pair in documents for event in pair.predicted.events),
        error=calibration_error(every),
        interval=_interval(judged),
        brier=sum((confidence - right) ** 2 for confidence, right in every) / len(every),
        bins=tuple(bins),
        curve=tuple(_curve(documents)),
    )


def judge(pair: Pair) -> list[Judged]:
    """The events of one document that have a confidence, in text order."""
    right = {id(found) for _, found in pair.typed}
    return [Judged(e.confidence, id(e) in right) for e in pair.events[1] if e.confidence is not None]


def _interval(judged: Sequence[Sequence[Judged]]) -> Interval | None:
    import numpy as np

    if len(judged) < 2:
        return None
    table = np.array([sums(document) for document in judged]).reshape(len(judged), -1)
    drawn = resample(table, SEED, DRAWS).reshape(-1, BINS, 3)
    events = drawn[:, :, 0].sum(axis=1)
    errors = np.abs(drawn[:, :, 1] - drawn[:, :, 2]).sum(axis=1)
    return percentiles(np.where(events > 0, errors / np.maximum(events, 1), np.nan))


def _curve(pairs: Sequence[Pair]) -> Iterable[Point]:
    """Matched anew at each threshold, so that a point is what ``run --min-confidence`` would score."""
    for step in range(STEPS):
        threshold = step / STEPS
        yield Point(threshold, Score(*total(_counts(pair, threshold) for pair in pairs)))


def _counts(pair: Pair, threshold: float) -> Counts:
    kept = [event for event in pair.predicted.events if is_kept(event, threshold)]
    if len(kept) < len(pair.predicted.events):
        pair = Pair(pair.gold, replace(pair.predicted, events=tuple(kept)))
    return Counts(len(pair.typed), len(pair.gold.events), len(kept))


def is_kept(event: Event, threshold: float) -> bool:
    """Whether ``--min-confidence`` keeps an event: it does where there is no confidence to judge by."""
    return event.confidence is None or event.confidence >= threshold


def reliability_table(found: Reliability) -> Table:
    """A rich table of the bins."""
    from rich.table import Table

    told = f"{100 * found.interval[0]:.1f}–{100 * found.interval[1]:.1f}" if found.interval else "–"
    caption = f"expected calibration error {100 * found.error:.1f} (95 % {told}); Brier score {found.brier:.3f}"
    if found.unsure:
        caption += f"; {found.unsure} events without confidence left out"
    table = Table(title="confidence, by bin", caption=caption)
    for heading in ("from", "to", "events", "mean confidence", "right"):
        table.add_column(heading, justify="right")
    for one in found.bins:
        cells = (one.low, one.high), (one.confidence, one.right)
        table.add_row(*(f"{x:.1f}" for x in cells[0]), str(one.events), *(f"{100 * x:.1f}" for x in cells[1]))
    return table


def curve_table(found: Reliability) -> Table:
    """A rich table of precision and recall along the thresholds of ``--min-confidence``."""
    from rich.table import Table

    table = Table(title="event typed, by --min-confidence")
    for heading in ("min-confidence", "predicted", "correct", "P", "R", "F1"):
        table.add_column(heading, justify="right")
    for point in found.curve:
        s = point.score
        shares = (f"{100 * x:.1f}" if x == x else "–" for x in (s.precision, s.recall, s.f1))  # NaN is 0/0
        table.add_row(f"{point.threshold:.2f}", str(s.predicted), str(s.correct), *shares)
    return table
