"""The date of an event chosen: a logistic ranking of the dates that a document tells, learnt from annotated documents.

Every option (``date_options``) sums the weights of its named features, "no date" sums nothing; the exponentials, made to
sum to one, are probabilities. Events are dated in text order, so that what was decided before speaks for what comes. The
weights are a JSON file, ``feature -> weight``, made by ``python -m peristiwa.training.event_dates``; without it the rules
of ``attach`` decide alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from pydantic import Field

from peristiwa.events.attach import Told
from peristiwa.events.date_options import UNTIL, Option, options
from peristiwa.events.weights import chances, read_weights
from peristiwa.models import WEIGHTS
from peristiwa.settings import Strict
from peristiwa.types import EventDate, Time

NAME = "event_dates.json"


class Dater(Protocol):
    """Who dates the events of a document."""

    def find_dates(
        self,
        events: Sequence[Told],
        times: Sequence[tuple[int, Time]],
        notes: Mapping[str, tuple[str, ...]],
        *,
        published: datetime.date | None,
    ) -> list[EventDate | None]: ...


class DateFile(Strict):
    """The content of ``event_dates.json``."""

    threshold: float
    features: dict[str, float]
    made_by: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class DateModel:
    """Weights by feature name, and the probability from which a date is given."""

    features: Mapping[str, float] = field(repr=False)
    threshold: float = 0.5

    def find_dates(
        self,
        events: Sequence[Told],
        times: Sequence[tuple[int, Time]],
        notes: Mapping[str, tuple[str, ...]],
        *,
        published: datetime.date | None,
    ) -> list[EventDate | None]:
        """The date of every event, in the order of ``events``, None where the document does not say.

        ``times`` are the document's, each with the index of its sentence, in text order; ``notes`` are ``find_notes``'.
        """
        return [date if chance >= self.threshold else None for date, chance in self.rank(events, times, notes, published)]

    def rank(
        self,
        events: Sequence[Told],
        times: Sequence[tuple[int, Time]],
        notes: Mapping[str, tuple[str, ...]],
        published: datetime.date | None,
    ) -> list[tuple[EventDate | None, float]]:
        """The likeliest date of every event and its probability, (None, 0) where there is no option.

        What an event passes on to those after it is a date that is likelier than none, whatever the threshold.
        """
        weighed = self.weigh(events, times, notes, published)
        return [max(((o.date, p) for o, p in row), key=lambda pair: pair[1], default=(None, 0.0)) for row in weighed]

    def weigh(
        self,
        events: Sequence[Told],
        times: Sequence[tuple[int, Time]],
        notes: Mapping[str, tuple[str, ...]],
        published: datetime.date | None,
    ) -> list[list[tuple[Option, float]]]:
        """The options of every event, each with its probability; see ``rank``."""
        told: list[EventDate | None] = []
        found: list[list[tuple[Option, float]]] = []
        for at in range(len(events)):
            offered = [] if _is_open(events[at], times, notes) else options(at, events, told, times, notes, published)
            likely = chances(self.features, (option.names for option in offered))
            found.append(list(zip(offered, likely, strict=True)))
            date, chance = max(((o.date, p) for o, p in found[-1]), key=lambda pair: pair[1], default=(None, 0.0))
            told.append(date if chance >= 1.0 - sum(likely) else None)
        return found


def _is_open(event: Told, times: Sequence[tuple[int, Time]], notes: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the event is told as of now ("sampai saat ini"): then none of the document's dates is its own."""
    spans = {(time.start, time.end): time for _, time in times}
    own = [spans[a.start, a.end] for a in event.arguments if a.role == "time" and (a.start, a.end) in spans]
    return any((time.value or "").endswith("_REF") and UNTIL in notes.get(time.id, ()) for time in own)


@lru_cache(maxsize=4)
def load_date_model(language: str, path: Path | None = None) -> DateModel | None:
    """The date model of a language, or None where none ships. Raises SettingsError if the file is damaged."""
    loaded = read_weights(DateFile, path or WEIGHTS / language / NAME, "peristiwa.training.event_dates")
    return None if loaded is None else DateModel(loaded.features, loaded.threshold)
