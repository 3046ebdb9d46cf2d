"""Direct speech: "hari ini" inside a quotation counts from the day on which it was said, where the report tells it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta

from peristiwa.dates.context import BOUNDARY, Story, nearest
from peristiwa.dates.find import Found

MARK = re.compile(r"[\"“”„\n]")
REACH = 250  # characters from the end of a quotation within which its attribution tells the day
FRESH = 7  # days: what was said longer before the report than this is no news


def quotations(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of the quotations of a text, in order; a quotation does not go beyond its line."""
    opened: int | None = None
    for match in MARK.finditer(text):
        mark = match[0]
        if mark == "\n":
            opened = None
        elif mark in "“„" or (mark == '"' and opened is None):
            opened = match.start()
        elif opened is not None:
            yield opened, match.end()
            opened = None


def said_on(found: Found, story: Story) -> date | None:
    """The day on which the quotation around an expression was spoken, None outside quotations and where no
    attribution ("kata Budi, Selasa (13/3/2018)") tells it: the one in the same sentence, else the last one before.
    Without a publication date the day of the report is itself read from the text, and stands."""
    if story.reference_anchor != "publication":
        return None
    if story.quotations is None:
        story.quotations = list(quotations(story.text))
    around = _around(found.start, story.quotations) if story.quotations else None
    if around is None:
        return None
    if story.attributions is None:
        story.attributions = list(_attributions(story))
    if not story.attributions:
        return None
    following = bisect_right(story.attributions, around[1], key=lambda told: told[0])
    if following < len(story.attributions):
        at, day = story.attributions[following]
        if at - around[1] < REACH and not BOUNDARY.search(story.text, around[1], at):
            return day
    return story.attributions[following - 1][1] if following else None


def _around(at: int, spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    index = bisect_right(spans, (at, at)) - 1
    return spans[index] if index >= 0 and spans[index][1] > at else None


def _attributions(story: Story) -> Iterator[tuple[int, date]]:
    """Where the text tells in news style, outside quotations and beside a verb of saying, on which day: place and day."""
    for found in story.founds:
        dated = {"weekday", "day", "month"} <= set(found.slots) or found.kinds == ("WD",)
        if not dated or "unit" in found.slots or _around(found.start, story.quotations or []):
            continue
        day = _day(found, story.reference)
        if day is None or (story.reference and not 0 <= (story.reference - day).days <= FRESH):
            continue
        if story.grammar.said.found(" | ".join(story.clause(found.start, found.end))):
            yield found.start, day


def _day(found: Found, reference: date | None) -> date | None:
    slots = found.slots
    if "day" not in slots:  # "kata Budi, Jumat"
        return reference - timedelta(days=(reference.isoweekday() - int(slots["weekday"])) % 7) if reference else None
    years = [slots["year"]] if "year" in slots else [reference.year, reference.year - 1] if reference else []
    days = []
    for year in years:
        try:
            days.append(date(int(year), int(slots["month"]), int(slots["day"])))
        except ValueError:
            continue
    return nearest(days, reference) if reference else (days[0] if days else None)
