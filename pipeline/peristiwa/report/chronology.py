"""Events as rows a person reads, and their distribution over time as bars."""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peristiwa.report.marks import page_breaks
from peristiwa.types import Event, Record, Role

BARS_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One event with its fillers joined by "; ", as the tables of a run have it."""

    doc_id: str
    id: str
    type: str
    trigger: str
    agent: str
    object: str
    recipient: str
    topic: str
    place: str
    time: str
    source: str
    date: str
    earliest: str | None
    latest: str | None
    basis: str
    modality: str
    rule: str
    sentence: str
    page: int | None
    """The printed page of its trigger, None where the text has no pages."""


def rows(record: Record) -> list[Row]:
    """The events of one record, in text order."""
    breaks = page_breaks(record.document.text)
    return [_row(record, event, breaks) for event in record.events]


def _row(record: Record, event: Event, breaks: Sequence[int]) -> Row:
    def filler(role: Role) -> str:
        return "; ".join(f"{a.text} (= {a.refers_to})" if a.refers_to else a.text for a in event.arguments if a.role == role)

    sentence = record.sentences[event.sentence] if event.sentence < len(record.sentences) else None
    date = event.date
    return Row(
        doc_id=record.document.doc_id,
        id=event.id,
        type=event.type,
        trigger=event.trigger.text,
        agent=filler("agent"),
        object=filler("object"),
        recipient=filler("recipient"),
        topic=filler("topic"),
        place=filler("place"),
        time=filler("time"),
        source=filler("source"),
        date=date.value if date else "",
        earliest=date.earliest if date else None,
        latest=date.latest if date else None,
        basis=date.basis if date else "",
        modality=event.modality,
        rule=event.rule or "",
        sentence=record.document.text[sentence.start : sentence.end] if sentence else "",
        page=bisect_left(breaks, event.trigger.start) + 1 if breaks else None,
    )


def timeline(dated: Sequence[Row], groups: Mapping[str, str]) -> list[dict[str, Any]]:
    """Bars over time: per day, month, year, decade or century, the finest step that gives at most 60 bars.

    Each bar has a label, a total, and its parts per group as shares of the highest bar. Events are counted at the
    start of their interval; one whose interval is longer than the step would claim a precision it lacks, but leaving
    it out would hide it, so it is counted as well.
    """
    shown = [row for row in dated if row.earliest and row.earliest >= "0001"]  # datetime ends at year 1
    dates = [datetime.date.fromisoformat(row.earliest or "") for row in shown]
    if not dates:
        return []
    step = next((s for s in STEPS if _bins(min(dates), max(dates), s) <= BARS_AT_MOST), "century")
    first, last = _bin(min(dates), step), _bin(max(dates), step)
    counts: dict[int, Counter[str]] = {number: Counter() for number in range(first, last + 1)}
    for row, date in zip(shown, dates, strict=True):
        counts[_bin(date, step)][groups.get(row.type, "other")] += 1
    highest = max(sum(counter.values()) for counter in counts.values())
    return [
        {
            "label": _label(number, step),
            "total": sum(counter.values()),
            "parts": [(group, count, 100 * count / highest) for group, count in sorted(counter.items())],
        }
        for number, counter in counts.items()
    ]


STEPS = ("day", "month", "year", "decade", "century")


def _bins(first: datetime.date, last: datetime.date, step: str) -> int:
    return _bin(last, step) - _bin(first, step) + 1


def _bin(date: datetime.date, step: str) -> int:
    match step:
        case "day":
            return date.toordinal()
        case "month":
            return date.year * 12 + date.month - 1
        case "year":
            return date.year
        case "decade":
            return date.year // 10
        case _:
            return date.year // 100


def _label(number: int, step: str) -> str:
    match step:
        case "day":
            return datetime.date.fromordinal(number).isoformat()
        case "month":
            return f"{number // 12:04}-{number % 12 + 1:02}"
        case "year":
            return str(number)
        case "decade":
            return f"{number}0s"
        case _:
            return f"{number:02}00s"
