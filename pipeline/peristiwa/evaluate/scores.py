"""Counts, what follows from them, and how they are shown."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.table import Table

Interval = tuple[float, float]
Json = dict[str, "int | float | str | list[str] | list[float] | Json | None"]


class Counts(NamedTuple):
    """What precision, recall and F1 are made of; addition is that of the three numbers."""

    correct: int = 0
    gold: int = 0
    predicted: int = 0

    def plus(self, other: Counts) -> Counts:
        return Counts(self.correct + other.correct, self.gold + other.gold, self.predicted + other.predicted)


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 of summed counts, NaN where it is 0/0, with 95 % intervals where they can be had."""

    correct: int
    gold: int
    predicted: int
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None

    @property
    def precision(self) -> float:
        return self.correct / self.predicted if self.predicted else math.nan

    @property
    def recall(self) -> float:
        return self.correct / self.gold if self.gold else math.nan

    @property
    def f1(self) -> float:
        both = self.gold + self.predicted
        return 2 * self.correct / both if both else math.nan

    def to_dict(self) -> Json:
        """JSON; what is undefined is null."""
        out: Json = {"correct": self.correct, "gold": self.gold, "predicted": self.predicted}
        for name in ("precision", "recall", "f1"):
            value: float = getattr(self, name)
            interval: Interval | None = getattr(self, f"{name}_interval")
            out[name] = None if math.isnan(value) else round(value, 6)
            out[f"{name}_95"] = [round(x, 6) for x in interval] if interval else None
        return out


@dataclass(frozen=True, slots=True)
class Scores:
    """The result of one evaluation.

    ``layers`` maps a layer ("argument") to its score, ``parts`` a layer to the scores of its labels (types, roles).
    ``units`` are what was resampled for the intervals (documents, sentences), ``counts`` a layer's counts in each of
    them, in the order of ``units``, which comparing two runs needs.
    """

    title: str
    unit: str
    units: tuple[str, ...]
    layers: dict[str, Score]
    parts: dict[str, dict[str, Score]]
    counts: dict[str, tuple[Counts, ...]] = field(repr=False, default_factory=dict)
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def to_dict(self) -> Json:
        layers: Json = {}
        for name, score in self.layers.items():
            layer = score.to_dict()
            if self.parts.get(name):
                layer["parts"] = {label: part.to_dict() for label, part in self.parts[name].items()}
            layers[name] = layer
        return {
            "title": self.title,
            self.unit: len(self.units),
            "missing": list(self.missing),
            "extra": list(self.extra),
            "layers": layers,
        }


def total(counts: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    out = Counts()
    for one in counts:
        out = out.plus(one)
    return out


def score_table(scores: Scores, layer: str | None = None) -> Table:
    """A rich table of all layers, or of the labels of one ``layer``."""
    from rich.table import Table

    rows = scores.layers if layer is None else scores.parts[layer]
    table = Table(
        title=scores.title if layer is None else f"{layer}, by label",
        caption=f"{len(scores.units)} {scores.unit}; 95 % intervals by bootstrap over {scores.unit}",
    )
    table.add_column("layer" if layer is None else "label")
    for heading in ("gold", "predicted", "correct", "P", "R", "F1", "95 %"):
        table.add_column(heading, justify="right")
    for name, s in rows.items():
        low_high = f"{100 * s.f1_interval[0]:.1f}–{100 * s.f1_interval[1]:.1f}" if s.f1_interval else "–"
        numbers = ("–" if math.isnan(x) else f"{100 * x:.1f}" for x in (s.precision, s.recall, s.f1))
        table.add_row(name, str(s.gold), str(s.predicted), str(s.correct), *numbers, low_high)
    return table
