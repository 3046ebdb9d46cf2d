"""Expressions that count from now or from the story: "pekan lalu", "tiga tahun kemudian"."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from peristiwa.dates.context import Story
from peristiwa.dates.days import FINE_ENOUGH, base_of, day_of, habitual, told_before
from peristiwa.dates.find import Found
from peristiwa.dates.follow import follows, named_beside, some_time_later
from peristiwa.dates.meaning import Meaning, mod_of
from peristiwa.dates.units import quantity
from peristiwa.timex import Unit, unit_of, unit_value
from peristiwa.types import Anchor

DAYS = {"D": 1, "W": 7, "M": 30, "week": 7, "month": 30, "year": 365}
SMALLER = {"CE": ("Y", 100), "DE": ("Y", 10), "Y": ("M", 12), "M": ("W", 4), "W": ("D", 7)}


def period(found: Found, story: Story) -> Meaning | None:
    """ "pekan lalu", "tahun yang sama", "akhir bulan ini"."""
    unit, shift = unit_of(found.slots["unit"]), int(found.slots["shift"])
    mod = mod_of(found)
    if beside := _beside(found, story):
        return beside
    base, anchor = base_of(found, story)
    if base is None:
        focus = None if shift else story.focus()  # "minggu lalu" counts from the day of the report only
        if focus is None:
            return Meaning("DATE", unit.unknown, "unresolved", mod)
        base, anchor = focus.day, "narrative"
    if known := _known_of(found, story, unit, shift):
        return Meaning("DATE", known, anchor, mod)
    if found.rule == "edge-of-unit" and habitual(found, story):
        return Meaning("DATE", unit.unknown, "unresolved", mod)
    weekend = unit.code == "W" and mod == "END"
    day, grain, value = unit_value(base, unit, shift)
    if weekend:
        return Meaning("DATE", value + "-WE", anchor, None, (day, "week"))
    return Meaning("DATE", value, anchor, mod, (day, grain))


def ago(found: Found, story: Story) -> Meaning | None:
    """ "dua hari lalu", "tiga tahun kemudian", "beberapa minggu lagi"."""
    slots = found.slots
    unit, sign = unit_of(slots.get("unit") or slots["seunit"]), int(slots["sign"])
    length_cues = story.grammar.section.tense.length
    if sign > 0 and story.before(found.start) in length_cues:
        return length(found)  # "selama tiga tahun berikutnya"
    count = slots.get("n", 1)
    base, anchor = base_of(found, story)
    if unit.clock and "vague" in slots and slots.get("from") == "focus" and base:
        return Meaning("TIME", base.isoformat(), anchor)
    if "vague" in slots or not isinstance(count, int | float):
        value = some_time_later(found, story) if follows(found) else "PAST_REF" if sign < 0 else "FUTURE_REF"
        return Meaning("DATE", value, anchor)
    if beside := _beside(found, story):
        return beside
    if base is None:
        return Meaning("DATE", unit.unknown, "unresolved", mod_of(found))
    if known := _known_of(found, story, unit, count * sign):
        return Meaning("DATE", known, anchor, mod_of(found))
    if unit.clock:
        return _hours_ago(found, story, unit, count * sign, base, anchor)
    if unit.code in ("DE", "CE") and slots.get("from") == "focus":  # "empat dekade kemudian" is a year
        unit, count = unit_of("Y"), count * unit.factor * SMALLER[unit.code][1]
    return shifted(found, unit, count * sign, base, anchor)


def _beside(found: Found, story: Story) -> Meaning | None:
    """The day that is named right behind "hari berikutnya" or "sehari setelahnya", None without one."""
    beside = named_beside(found, story)
    if beside is None:
        return None
    value, anchor, day = day_of(beside, story)
    return Meaning("DATE", value, anchor, mod_of(found), (day, "day") if day else None)


def _known_of(found: Found, story: Story, unit: Unit, count: float) -> str | None:
    """What is known of a day or month that is counted from a date told less finely: "Pada 1812 … Tiga hari kemudian" is some
    day of 1812. None where the date is fine enough."""
    told = told_before(found, story)
    fine = FINE_ENOUGH.get("D" if unit.clock else unit.code, ("day",) if unit.code in ("D", "10D") or unit.clock else ())
    if told is None or not fine or told.grain in fine:
        return None
    if abs(count) * DAYS.get(unit.code, 1) * unit.factor > DAYS[told.grain] / 2:
        return unit.unknown
    year = f"{told.day.year:04d}"
    if told.grain == "month" and unit.code != "W":
        return f"{year}-{told.day.month:02d}-XX"
    return year + {"M": "-XX", "W": "-WXX"}.get(unit.code, "-XX-XX")


def shifted(found: Found, unit: Unit, count: float, base: date, anchor: Anchor) -> Meaning:
    """The day or longer that lies a number of units after ``base``."""
    slots = found.slots
    if count != int(count) and unit.code in SMALLER:  # "setengah tahun lalu" is six months ago
        code, factor = SMALLER[unit.code]
        unit, count = unit_of(code), count * unit.factor * factor
    day, grain, value = unit_value(base, unit, int(count))
    if "part" in slots:  # "dua malam lalu"
        return Meaning("TIME", f"{value}{slots['part']}", anchor, mod_of(found), (day, grain))
    return Meaning("DATE", value, anchor, mod_of(found), (day, grain))


def _hours_ago(found: Found, story: Story, unit: Unit, count: float, base: date, anchor: Anchor) -> Meaning:
    """Hours and minutes count from a clock time where one is told, else only the day is known."""
    focus = story.focus(("day",))
    if found.slots.get("from") == "focus" and focus and focus.exact and focus.hour and focus.hour[0] < 24:
        moment = datetime.combine(focus.day, time(*focus.hour)) + timedelta(seconds=unit.seconds * count)
        return Meaning("TIME", moment.strftime("%Y-%m-%dT%H:%M"), "narrative", mod_of(found), (moment.date(), "day"))
    return Meaning("TIME", base.isoformat(), anchor, mod_of(found))


def length(found: Found) -> Meaning | None:
    """A length of time, which has no place on the calendar."""
    value = quantity(found.slots)
    return Meaning("DURATION", value, mod=mod_of(found)) if value else None
