"""What each expression means: the slots of an expression and the story so far give a TIMEX3 value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from peristiwa.dates import feasts
from peristiwa.dates.context import Grain, Story, Told, nearest, shift_month
from peristiwa.dates.days import base_of, by_tense, contradicted, day_of, habitual, sign_of, whole, year_of_month
from peristiwa.dates.find import Found
from peristiwa.dates.grammar import Feast
from peristiwa.dates.units import Unit, clock_of, quantity, unit_of, unit_value
from peristiwa.dates.values import Extent, month_end
from peristiwa.types import Anchor, TimeType


class Meaning(NamedTuple):
    """The value of an expression. ``told`` is what it adds to the story; ``extent`` overrides that of the value;
    ``doubt`` says that its parts contradict each other."""

    type: TimeType
    value: str | None
    anchor: Anchor = "explicit"
    mod: str | None = None
    told: tuple[date, Grain] | None = None
    zone: str | None = None
    extent: Extent | None = None
    doubt: bool = False


SAKA = 78  # years that the era is behind ours
NEAR_COUNT = 400  # characters: how far back the day may stand from which "hari keempat" counts
PARTS_OF_YEAR = {"quarter": 4, "half": 2, "third": 3, "season": 4}
SMALLER = {"CE": ("Y", 100), "DE": ("Y", 10), "Y": ("M", 12), "M": ("W", 4), "W": ("D", 7)}
SEASON_NUMBERS = {"SP": 1, "SU": 2, "FA": 3, "WI": 4}
PART_HOURS = {"TMO": 7, "TMI": 12, "TAF": 15, "TEV": 18, "TNI": 20}


def resolve(found: Found, story: Story) -> Meaning | None:
    """The meaning of an expression, None where it turns out to be no time. Updates the story."""
    try:
        meaning = FORMS[found.form](found, story)
    except (ValueError, OverflowError):  # a year that the calendar of Python does not have
        meaning = Meaning("DATE", None, "unresolved")
    if meaning and meaning.told:
        day, grain = meaning.told
        hour: tuple[int, int] | None = None
        if "hour" in found.slots or "halfto" in found.slots:
            hour = clock_of(found.slots)[:2]
        elif "part" in found.slots:
            hour = (PART_HOURS.get(str(found.slots["part"]), 12), 0)
        story.tell(Told(day, grain, found.start, found.end, hour, "hour" in found.slots))
    return meaning


def _mod(found: Found) -> str | None:
    mod = found.slots.get("mod") or found.slots.get("approx")
    return str(mod) if mod else None


# ---- calendar ------------------------------------------------------------------------------------------------------


def calendar(found: Found, story: Story) -> Meaning | None:
    """Dates, weekdays, months, years, decades, centuries, quarters, parts of day and clock times."""
    slots = found.slots
    if "hmonth" in slots or "hyear" in slots:
        return _hijri(found, story)
    if "bc" in slots and "century" not in slots:
        return Meaning("DATE", f"BC{int(slots['bc']):04d}", mod=_mod(found))
    if "tens" in slots:
        slots = {**slots, "decade": 190 + int(slots["tens"])}
    if "decade" in slots:
        start = int(slots["decade"]) * 10
        return Meaning("DATE", f"{start // 10:03d}", mod=_mod(found), told=(date(start, 1, 1), "year"))
    if "century" in slots:
        number = int(slots["century"])
        return Meaning("DATE", f"BC{number:02d}" if "bc" in slots else f"{number - 1:02d}", mod=_mod(found))
    if "quarter" in slots or "half" in slots or "third" in slots or "season" in slots:
        return _part_of_year(found, story)
    timed = "part" in slots or "hour" in slots or "halfto" in slots
    if "day" in slots or "weekday" in slots or "dayshift" in slots or timed:
        if found.kinds == ("DEI",) and slots.get("part") == "TNI" and _overnight(found, story):
            return Meaning("DURATION", "P1D")
        value, anchor, day = day_of(found, story)
        doubt = day is not None and contradicted(found, day)
        if not timed:
            return Meaning("DATE", value, anchor, _mod(found), (day, "day") if day else None, doubt=doubt)
        return _time(found, value, anchor, day)._replace(doubt=doubt)
    if "month" in slots:
        return _month(found, story)
    if "year" in slots or "saka" in slots:
        year = int(slots["year"]) if "year" in slots else int(slots["saka"]) + SAKA
        told: tuple[date, Grain] | None = (date(year, 1, 1), "year") if year > 0 else None
        return Meaning("DATE", f"{year:04d}", mod=_mod(found), told=told)
    return None


def _overnight(found: Found, story: Story) -> bool:
    """ "menginap semalam" is for a night, "gudang terbakar semalam" last night; other words for last night say so."""
    one_word = " " not in story.text[found.start : found.end]
    return one_word and story.before(found.start) in story.grammar.section.tense.overnight


def _time(found: Found, value: str, anchor: Anchor, day: date | None) -> Meaning:
    slots = found.slots
    zone = slots.get("zone")
    if "hour" in slots or "halfto" in slots:
        hour, minute, second = clock_of(slots)
        clock = f"T{hour:02d}:{minute:02d}" + (f":{second:02d}" if second is not None else "")
    else:
        clock = str(slots["part"])
    told: tuple[date, Grain] | None = (day, "day") if day else None
    return Meaning("TIME", value + clock, anchor, _mod(found), told, str(zone) if zone and zone != "?" else None)


def _month(found: Found, story: Story) -> Meaning:
    month, year = int(found.slots["month"]), whole(found, "year")
    anchor: Anchor = "explicit"
    if year is None:
        year, anchor = year_of_month(found, story, month)
    if year is None:
        return Meaning("DATE", f"XXXX-{month:02d}", "unresolved", _mod(found))
    return Meaning("DATE", f"{year:04d}-{month:02d}", anchor, _mod(found), (date(year, month, 1), "month"))


def _part_of_year(found: Found, story: Story) -> Meaning:
    """Quarters, halves, thirds and seasons. A third has no TIMEX3 value of its own: that of its year stands, and the
    EDTF form and the interval tell which third it is."""
    slots = found.slots
    name = next(name for name in PARTS_OF_YEAR if name in slots)
    last = PARTS_OF_YEAR[name]
    number = SEASON_NUMBERS[str(slots["season"])] if name == "season" else int(slots[name])
    year = whole(found, "year")
    if not 1 <= number <= last:
        number = last
    months = 12 // last
    month = months * (number - 1) + (3 if name == "season" else 1)
    anchor: Anchor = "explicit"
    if year is None:
        base, anchor = base_of(found, story)
        focus = story.focus() if base is None else None
        base = base or (focus.day if focus else None)
        if base is None:
            return Meaning("DATE", "XXXX" + _part_code(name, number), "unresolved", _mod(found))
        year = base.year + (int(slots["shift"]) if "shift" in slots else 0)
        sign = sign_of(found)
        if "follows" in slots and story.last:  # "kuartal I dan II"
            year = story.last.day.year
        elif sign < 0 and shift_month(date(year, month, 1), months) > base:
            year -= 1
        elif sign > 0 and date(year, month, 1) <= base:
            year += 1
        elif "shift" not in slots and not sign and "tail" not in slots:
            year -= date(year, month, 1) > base and story.direction(found.start, found.end) <= 0
    begins = date(year, month, 1)
    if name == "third":
        first = Extent(f"{year:04d}-{36 + number}", begins.isoformat(), month_end(year, month + 3).isoformat())
        return Meaning("DATE", f"{year:04d}", anchor, _mod(found), (begins, "month"), extent=first)
    return Meaning("DATE", f"{year:04d}" + _part_code(name, number), anchor, _mod(found), (begins, "month"))


def _part_code(name: str, number: int) -> str:
    if name == "season":
        return "-" + next(code for code, value in SEASON_NUMBERS.items() if value == number)
    return {"quarter": f"-Q{number}", "half": f"-H{number}", "third": ""}[name]


def _hijri(found: Found, story: Story) -> Meaning:
    """A Hijri date as its Gregorian day; a Hijri month or year as the month or year in which it begins."""
    month, day, year = whole(found, "hmonth"), whole(found, "day"), whole(found, "hyear")
    base = story.reference or (story.last.day if story.last else None)
    years = [year] if year else [int((base.year - 622) * 33 / 32) + n for n in (-1, 0, 1, 2)] if base else []
    anchor: Anchor = "explicit" if year else story.reference_anchor
    if day and month:
        days = [d for y in years if (d := feasts.from_hijri(y, month, day))]
        this = nearest(days, base) if base and not year else (days[0] if days else None)
        if this:
            if found.kinds[:1] == ("PT",):  # "malam 1 Suro" is the eve
                this -= timedelta(days=1)
            about = Extent(f"{this.isoformat()}~", this.isoformat(), this.isoformat())  # sighting may differ by a day
            if "part" in found.slots:
                return Meaning(
                    "TIME", f"{this.isoformat()}{found.slots['part']}", anchor, _mod(found), (this, "day"), extent=about
                )
            return Meaning("DATE", this.isoformat(), anchor, _mod(found), (this, "day"), extent=about)
        return Meaning("DATE", None, "unresolved")
    spans = [span for y in years if (span := feasts.hijri_span(y, month))]
    if not spans:
        return Meaning("DATE", None, "unresolved")
    first, last = min(spans, key=lambda span: abs((span[0] - base).days)) if base and not year else spans[0]
    text = Extent(f"{first.isoformat()}/{last.isoformat()}", first.isoformat(), last.isoformat())
    value = first.isoformat()[: 7 if month else 4]
    return Meaning("DATE", value, anchor, _mod(found), (first, "month" if month else "year"), extent=text)


# ---- relative ------------------------------------------------------------------------------------------------------


def period(found: Found, story: Story) -> Meaning | None:
    """ "pekan lalu", "tahun yang sama", "akhir bulan ini"."""
    unit, shift = unit_of(found.slots["unit"]), int(found.slots["shift"])
    mod = _mod(found)
    base, anchor = base_of(found, story)
    if base is None:
        focus = story.focus()
        if focus is None:
            return Meaning("DATE", unit.unknown, "unresolved", mod)
        base, anchor = focus.day, "narrative"
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
    if sign > 0 and slots.get("from") != "focus" and story.before(found.start) in length_cues:
        return duration(found, story)
    count = slots.get("n", 1)
    base, anchor = base_of(found, story)
    if unit.clock and "vague" in slots and slots.get("from") == "focus" and base:
        return Meaning("TIME", base.isoformat(), anchor)
    if "vague" in slots or not isinstance(count, int | float):
        return Meaning("DATE", "PAST_REF" if sign < 0 else "FUTURE_REF", anchor)
    if base is None:
        focus = story.focus()
        if focus is None:
            return Meaning("DATE", unit.unknown, "unresolved", _mod(found))
        base, anchor = focus.day, "narrative"
    if unit.clock:
        return _hours_ago(found, story, unit, count * sign, base, anchor)
    if count != int(count) and unit.code in SMALLER:  # "setengah tahun lalu" is six months ago
        code, factor = SMALLER[unit.code]
        unit, count = unit_of(code), count * unit.factor * factor
    if unit.code in ("DE", "CE") and slots.get("from") == "focus":  # "empat dekade kemudian" is a year
        unit, count = unit_of("Y"), count * unit.factor * SMALLER[unit.code][1]
    day, grain, value = unit_value(base, unit, int(count) * sign)
    return Meaning("DATE", value, anchor, _mod(found), (day, grain))


def _hours_ago(found: Found, story: Story, unit: Unit, count: float, base: date, anchor: Anchor) -> Meaning:
    """Hours and minutes count from a clock time where one is told, else only the day is known."""
    from datetime import datetime, time

    focus = story.focus(("day",))
    if found.slots.get("from") == "focus" and focus and focus.exact and focus.hour and focus.hour[0] < 24:
        moment = datetime.combine(focus.day, time(*focus.hour)) + timedelta(seconds=unit.seconds * count)
        return Meaning("TIME", moment.strftime("%Y-%m-%dT%H:%M"), "narrative", _mod(found), (moment.date(), "day"))
    return Meaning("TIME", base.isoformat(), anchor, _mod(found))


def duration(found: Found, story: Story) -> Meaning | None:
    """Lengths of time; they have no place on the calendar."""
    value = quantity(found.slots)
    return Meaning("DURATION", value, mod=_mod(found)) if value else None


def recurrent(found: Found, story: Story) -> Meaning | None:
    """ "setiap Senin", "setiap tahun", "dua kali sepekan"."""
    slots = found.slots
    mod = _mod(found)
    clock = ""
    if "hour" in slots or "halfto" in slots:
        hour, minute, _ = clock_of(slots)
        clock = f"T{hour:02d}:{minute:02d}"
    elif "part" in slots:
        clock = str(slots["part"])
    if "feast" in slots or "hmonth" in slots:
        return Meaning("SET", "P1Y", mod=mod)
    if "weekday" in slots:
        return Meaning("SET", f"XXXX-WXX-{slots['weekday']}{clock}", mod=mod)
    if "month" in slots or "day" in slots or clock:
        month, day = whole(found, "month"), whole(found, "day")
        head = "XXXX-" + (f"{month:02d}" if month else "XX")
        return Meaning("SET", head + (f"-{day:02d}" if day else "-XX" if clock else "") + clock, mod=mod)
    value = quantity(slots)
    return Meaning("SET", value, mod=mod) if value else None


def reference(found: Found, story: Story) -> Meaning | None:
    """ "saat ini", "dulu", "nanti"."""
    return Meaning("DATE", str(found.slots["value"]), "publication" if story.reference else "unresolved")


def feast(found: Found, story: Story) -> Meaning | None:
    """Feast days, with their year from the text, from "tahun lalu", or nearest to the report; "H-7" counts from them, or
    where none is named, from the feast or the day that the text told last."""
    slots = found.slots
    days = int(slots.get("n", 0)) * (1 if "plus" in slots else -1) + (int(slots["nth"]) - 1 if "nth" in slots else 0)
    if "feast" not in slots:
        focus = story.focus(("day",))
        last, anchor = (story.feast or (focus.day if focus else None)), "narrative" if focus else "unresolved"
        return _counted(found, last, days, anchor) if last else Meaning("DATE", None, "unresolved")  # type: ignore[arg-type]
    known = story.grammar.section.feasts[int(slots["feast"])]
    this, anchor = _feast_day(found, story, known)
    if this is None:
        told = story.reference or story.last
        return Meaning("DATE", None if told or not known.fixed else f"XXXX-{known.fixed}", "unresolved")
    story.feast = this
    return _counted(found, this, days, anchor, known.part or "")


def _counted(found: Found, day: date, days: int, anchor: Anchor, part: str = "") -> Meaning:
    this = day + timedelta(days=days)
    return Meaning("TIME" if part else "DATE", this.isoformat() + part, anchor, _mod(found), (this, "day"))


def _feast_day(found: Found, story: Story, known: Feast) -> tuple[date | None, Anchor]:
    slots = found.slots
    base = story.reference or (story.last.day if story.last else None)
    year = whole(found, "year")
    if "hyear" in slots:
        span = feasts.hijri_span(int(slots["hyear"]), None)
        years = [span[0].year, span[1].year] if span else []
        days = [d for y in years if (d := feasts.feast_day(known, y)) and span and span[0] <= d <= span[1]]
        return (days[0] if days else None), "explicit"
    if year is not None:
        return feasts.feast_day(known, year), "explicit"
    if base is None:
        return None, "unresolved"
    around = [d for y in range(base.year - 1, base.year + 2) if (d := feasts.feast_day(known, y))]
    sign = sign_of(found)
    if "unit" in slots and unit_of(slots["unit"]).code == "Y":
        around = [d for d in around if d.year == base.year + int(slots["shift"])]
    elif sign:
        around = [d for d in around if (d - base).days * sign > 0]
    else:
        around = by_tense(around, base, found, story, unsaid=(1, 1))
    return nearest(around, base), story.reference_anchor


def week(found: Found, story: Story) -> Meaning | None:
    """ "pekan ke-23 tahun 2017" is a week of the year. Weeks of a month have no value of their own in TIMEX3: that of the
    month stands ("pekan kedua Maret 2018")."""
    slots = found.slots
    if "hmonth" in slots or "hyear" in slots:
        return _hijri(found, story)
    if "month" in slots:
        return _month(found, story)
    if "unit" in slots:
        return period(found, story)
    number, year = int(slots["week"]), whole(found, "year")
    if year is None:
        return None
    if not 1 <= number <= 53:
        return Meaning("DATE", f"{year:04d}")
    monday = date.fromisocalendar(year, number, 1)
    return Meaning("DATE", f"{year:04d}-W{number:02d}", told=(monday, "week"))


def count(found: Found, story: Story) -> Meaning | None:
    """ "hari keempat", counted from the day that was told last and stays the first; no time where none is near."""
    focus = story.focus(("day",))
    number = int(found.slots["nth"])
    if focus is None or found.start - focus.at > NEAR_COUNT or number < 1:
        return None
    this = focus.day + timedelta(days=number - 1)
    return Meaning("DATE", this.isoformat(), "narrative")


FORMS: dict[str, Callable[[Found, Story], Meaning | None]] = {
    "calendar": calendar,
    "period": period,
    "week": week,
    "ago": ago,
    "count": count,
    "duration": duration,
    "set": recurrent,
    "reference": reference,
    "feast": feast,
}
