"""The minute of what has one: an earthquake is dated as its own time tells it, with the clock.

All else is dated to the day (``attach.event_date``), as annotators date it whatever clock stands beside it. What has a
minute of its own is the list ``instants`` of the language's cues.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from peristiwa.events.attach import DAY
from peristiwa.events.cues import Cues, has_form
from peristiwa.types import Event, Time


def to_the_minute(events: Sequence[Event], fresh: Sequence[bool], times: Sequence[Time], cues: Cues) -> list[Event]:
    """The same events, those of ``cues.instants`` with the clock in their date where the text tells it.

    Without a time of its own, an event takes the clock that the document tells of its like on that day, if it tells but
    one, and if the event is not told as another one ("gempa kedua"), which ``fresh`` says of each.
    """
    clocks = {time.id: time for time in times if time.type == "TIME" and ":" in (time.value or "")[DAY:]}
    own = [_own_clock(event, clocks) if event.trigger.lemma in cues.instants else None for event in events]
    told: dict[str, set[Time]] = defaultdict(set)
    for time in own:
        if time is not None:
            told[(time.value or "")[:DAY]].add(time)

    def dated(event: Event, time: Time | None, another: bool) -> Event:
        if event.date is None:
            return event
        alike = told.get(event.date.value, set())
        if time is None and len(alike) == 1 and not another and has_form(event.trigger.text.lower(), cues.instants):
            (time,) = alike
        if time is None or time.value is None:
            return event
        return replace(event, date=replace(event.date, value=time.value, edtf=time.edtf))

    return [dated(*row) for row in zip(events, own, fresh, strict=True)]


def _own_clock(event: Event, clocks: Mapping[str, Time]) -> Time | None:
    """The first of the event's own times that tells a clock on the day of its date."""
    if event.date is None:
        return None
    for argument in event.arguments:
        time = clocks.get(argument.time or "")
        if argument.role == "time" and time is not None and (time.value or "").startswith(f"{event.date.value}T"):
            return time
    return None
