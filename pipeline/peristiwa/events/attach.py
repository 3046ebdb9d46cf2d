"""When an event happened, as the whole document tells it.

The event's own time argument decides. Without one, an event told as a fact takes the date of an earlier mention of the
same happening, of an event it shares its sentence with, or of the narrative around it; in a news report, which tells of its
"today" unless it says otherwise, the publication date, and the basis says so. What is planned or possible, and what
nothing dates, has no date.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from peristiwa.types import Argument, Basis, EventDate, Modality, Time


@dataclass(frozen=True, slots=True)
class Dated:
    """An event that ``find_date`` has been through: where its sentence is, and what it was given."""

    sentence: int
    date: EventDate | None


def is_dated(time: Time) -> bool:
    """True for a point in time with a known year: "2019-12" yes; P2W, XXXX-03, PAST_REF no."""
    return time.type in ("DATE", "TIME") and time.value is not None and time.value[:4].isdigit()


def event_date(time: Time, basis: Basis) -> EventDate:
    """The day (or month, or year) of a time: the clock and the part of day are left out, as gold leaves them out."""
    value = time.value or ""
    if time.type == "TIME":
        day = value[:10]
        return EventDate(day, day, time.earliest, time.latest, basis)
    return EventDate(value, time.edtf, time.earliest, time.latest, basis)


def published_date(day: datetime.date) -> EventDate:
    text = day.isoformat()
    return EventDate(text, text, text, text, "publication")


def find_date(
    sentence: int,
    arguments: Sequence[Argument],
    modality: Modality,
    times: Sequence[tuple[int, Time]],
    same: Dated | None,
    earlier: Sequence[Dated],
    *,
    published: datetime.date | None,
) -> EventDate | None:
    """The date of one event, or None where the document does not say.

    ``times`` are the document's, each with the index of its sentence, in text order; ``same`` the earlier mention of this
    happening; ``earlier`` the events before this one.
    """
    by_id = {time.id: time for _, time in times}
    own = [by_id[a.time] for a in arguments if a.role == "time" and a.time in by_id]
    for time in own:
        if is_dated(time):
            return event_date(time, "argument")
    if published is not None and any(time.value == "PRESENT_REF" for time in own):
        return published_date(published)
    if any(time.type == "DATE" for time in own):
        return None
    if same is not None and same.date is not None:
        return _from_context(same.date)
    if modality != "asserted":
        return None
    inside = [time for at, time in times if at == sentence and is_dated(time)]
    neighbours = [event.date for event in earlier if event.sentence == sentence and event.date is not None]
    if neighbours:
        return _from_context(neighbours[-1])
    if published is not None:
        return published_date(published)
    if inside:
        return event_date(inside[0], "context")
    told = [event.date for event in earlier if event.date is not None]
    return _from_context(told[-1]) if told else None


def _from_context(date: EventDate) -> EventDate:
    basis: Basis = "publication" if date.basis == "publication" else "context"
    return EventDate(date.value, date.edtf, date.earliest, date.latest, basis)
