"""The day on which a report was written, from the text itself, where no publication date is given."""

from __future__ import annotations

import re
from datetime import date

from peristiwa.dates.find import Found
from peristiwa.types import Anchor

HEADING = 160  # characters within which a date line ends
DASH_AFTER = re.compile(r"\s*\)?\s*[-–—:]")


def _day(found: Found) -> date | None:
    slots = found.slots
    if not {"day", "month", "year"} <= set(slots) or "hmonth" in slots:
        return None
    try:
        return date(int(slots["year"]), int(slots["month"]), int(slots["day"]))
    except ValueError:
        return None


def reference_of(text: str, founds: list[Found], published: date | None) -> tuple[date | None, Anchor]:
    """The publication date, else the date line ("Jakarta, 12 Maret 2018 –"), else the first day in news style
    ("Senin (12/3/2018)", "hari ini (12/3/2018)"), else None."""
    if published is not None:
        return published, "publication"
    for found in founds:
        day = _day(found)
        if found.end <= HEADING and day and DASH_AFTER.match(text, found.end) and "\n" not in text[: found.start]:
            return day, "narrative"
    for found in founds:
        day = _day(found)
        quoted = text[found.start : found.end]
        if day and "(" in quoted and ("weekday" in found.slots or found.slots.get("dayshift") == 0):
            return day, "narrative"
    return None, "unresolved"
