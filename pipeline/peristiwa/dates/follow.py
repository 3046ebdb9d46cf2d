"""What follows on something told: "keesokan harinya", "tiga tahun kemudian", "beberapa bulan berikutnya".

Such an expression counts from what the text has told, never from the day of the report: where no date was told before it,
and none stands beside it ("keesokan harinya, Kamis (5/6/2025)"), when it was is not known.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from peristiwa.dates.context import BOUNDARY, CLAUSE, Story
from peristiwa.dates.find import Found
from peristiwa.timex import unit_of

BESIDE = re.compile(r",?(?: (?:atau|yakni|yaitu|tepatnya))?(?: pada)? \Z", re.IGNORECASE)
GAP = 20  # characters between two names of one day
NEAR = 250  # characters within which the month or year was told


def follows(found: Found) -> bool:
    """Whether an expression counts days or longer on from what was told."""
    slots = found.slots
    if slots.get("from") != "focus":
        return False
    code = slots.get("unit") or slots.get("seunit")
    ahead = slots.get("sign") or slots.get("shift") or slots.get("dayshift") or 0
    return isinstance(ahead, int | float) and ahead > 0 and not (code is not None and unit_of(code).clock)


def named_beside(found: Found, story: Story) -> Found | None:
    """The day of a month that stands beside a day that follows: "keesokan harinya, Kamis (5/6/2025)"; None without one."""
    slots = found.slots
    if not follows(found) or unit_of(slots.get("unit") or slots.get("seunit") or "D").code != "D":
        return None
    at = bisect_right(story.founds, found.start, key=lambda other: other.start)
    if at == len(story.founds):
        return None
    beside = story.founds[at]
    named = beside.form == "calendar" and {"day", "month"} <= beside.slots.keys()
    near = beside.start - found.end < GAP and BESIDE.fullmatch(story.text, found.end, beside.start) is not None
    return beside if named and near else None


def some_time_later(found: Found, story: Story) -> str:
    """The value of "beberapa bulan kemudian": of days the month that was told, of months the year, as far as they are known;
    else some day in the past, or in the future where this sentence or the one before tells of it."""
    start = max(
        (match.start() for match in BOUNDARY.finditer(story.text, max(0, found.start - CLAUSE), found.start)), default=-1
    )
    if story.direction(found.start, found.end) > 0 or (start >= 0 and story.direction(start, start) > 0):
        return "FUTURE_REF"
    told, code = story.focus(), unit_of(found.slots.get("unit") or found.slots["seunit"]).code
    if told is None or code not in ("D", "W", "M") or found.start - told.at > NEAR:
        return "PAST_REF"
    return f"{told.day.year:04d}" + (f"-{told.day.month:02d}" if code == "D" and told.grain != "year" else "")
