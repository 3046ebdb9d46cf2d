"""What each expression means: the slots of an expression and the story so far give a TIMEX3 value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from peristiwa.dates import feasts
from peristiwa.dates.context import BOUNDARY, Story, Told, nearest
from peristiwa.dates.days import base_of, by_tense, contradicted, day_of, sign_of, told_year, whole, year_of_month
from peristiwa.dates.find import Found
from peristiwa.dates.grammar import Feast
from peristiwa.dates.meaning import Meaning, mod_of
from peristiwa.dates.numbers import Slots
from peristiwa.dates.relative import ago, length, period, shifted
from peristiwa.dates.units import clock_of, quantity
from peristiwa.timex import Extent, Grain, month_end, shift_month, unit_of
from peristiwa.types import Anchor, TimeType

SAKA = 78  # years that the era is behind ours
BESIDE = 14  # days between a feast and a day told in the same sentence
NEAR_COUNT = 400  # characters: how far back the day may stand from which "hari keempat" counts
PARTS_OF_YEAR = {"quarter": 4, "half": 2, "third": 3, "season": 4}
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


# ---- calendar ------------------------------------------------------------------------------------------------------


def calendar(found: Found, story: Story) -> Meaning | None:
    """Dates, weekdays, months, years, decades, centuries, quarters, parts of day and clock times."""
    if not BY_SLOT.keys().isdisjoint(found.slots):
        return next(read for slot, read in BY_SLOT.items() if slot in found.slots)(found, story)
    return _day_or_longer(found, story)


def _day_or_longer(found: Found, story: Story) -> Meaning | None:
    slots = found.slots
    timed = "part" in slots or "hour" in slots or "halfto" in slots
    if "day" in slots or "weekday" in slots or "dayshift" in slots or timed:
        if found.kinds == ("DEI",) and slots.get("part") == "TNI" and _overnight(found, story):
            return Meaning("DURATION", "P1D")
        value, anchor, day = day_of(found, story)
        doubt = day is not None and contradicted(found, day)
        if day and "over" in slots:  # "12 Maret pukul 22.00-06.00" ends on the next day
            day += timedelta(days=1)
            value = day.isoformat()
        told: tuple[date, Grain] | None = (day, "day") if day else None
        kind, clock, zone = _clock(slots) if timed else ("DATE", "", None)
        return Meaning(kind, value + clock, anchor, mod_of(found), told, zone, None, doubt)
    if "month" in slots:
        return _month(found, story)
    if "year" in slots or "saka" in slots:
        year = int(slots["year"]) if "year" in slots else int(slots["saka"]) + SAKA
        return Meaning("DATE", f"{year:04d}", "explicit", mod_of(found), (date(year, 1, 1), "year") if year > 0 else None)
    return None


def _usual(found: Found, story: Story) -> Meaning | None:
    """ "Senin-Jumat pukul 08.00-16.00" holds on each of these days, unless it is told as future or past."""
    if "habit" not in found.slots and story.direction(found.start, found.end):
        return _day_or_longer(found, story)
    usual = recurrent(found, story)
    return usual._replace(type="TIME") if usual and found.kinds == ("CK",) else usual


def _before_christ(found: Found, story: Story) -> Meaning | None:
    year = whole(found, "bc")
    return Meaning("DATE", f"BC{year:04d}", mod=mod_of(found)) if year and year == found.slots["bc"] else None


def _decade(found: Found, story: Story) -> Meaning:
    slots = found.slots
    decade = int(slots["decade"]) if "decade" in slots else 190 + int(slots["tens"])
    told: tuple[date, Grain] = (date(decade * 10, 1, 1), "year")
    return _half(Meaning("DATE", f"{decade:03d}", mod=mod_of(found), told=told), slots, decade * 10, 10)


def _century(found: Found, story: Story) -> Meaning:
    number = int(found.slots["century"])
    if "bc" in found.slots:
        return Meaning("DATE", f"BC{number:02d}", mod=mod_of(found))
    return _half(Meaning("DATE", f"{number - 1:02d}", mod=mod_of(found)), found.slots, (number - 1) * 100, 100)


def _half(meaning: Meaning, slots: Slots, start: int, length: int) -> Meaning:
    """A half of a decade or century has no TIMEX3 value of its own: that of the whole stands, and the EDTF form and the
    interval tell which half it is ("paruh pertama abad ke-17")."""
    if "half" not in slots:
        return meaning
    first = max(start + (length // 2 if slots["half"] != 1 else 0), 1)
    last = start + length // 2 - 1 if slots["half"] == 1 else start + length - 1
    years = (f"{first:04d}", f"{last:04d}")
    return meaning._replace(extent=Extent("/".join(years), f"{years[0]}-01-01", f"{years[1]}-12-31"))


def _overnight(found: Found, story: Story) -> bool:
    """ "menginap semalam" is for a night, "gudang terbakar semalam" last night; other words for last night say so."""
    one_word = " " not in story.text[found.start : found.end]
    return one_word and story.before(found.start) in story.grammar.section.tense.overnight


def _clock(slots: Slots) -> tuple[TimeType, str, str | None]:
    """The type, the end of the value and the zone of a time of day."""
    if "hour" not in slots and "halfto" not in slots:
        return "TIME", str(slots["part"]), None
    hour, minute, second = clock_of(slots)
    zone = slots.get("zone")
    clock = f"T{hour:02d}:{minute:02d}" + (f":{second:02d}" if second is not None else "")
    return "TIME", clock, str(zone) if zone and zone != "?" else None


def _month(found: Found, story: Story) -> Meaning:
    month, year = int(found.slots["month"]), whole(found, "year")
    anchor: Anchor = "explicit"
    if year is None:
        year, anchor = year_of_month(found, story, month)
    if year is None:
        return Meaning("DATE", f"XXXX-{month:02d}", "unresolved", mod_of(found))
    return Meaning("DATE", f"{year:04d}-{month:02d}", anchor, mod_of(found), (date(year, month, 1), "month"))


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
            return Meaning("DATE", "XXXX" + _part_code(name, number), "unresolved", mod_of(found))
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
        return Meaning("DATE", f"{year:04d}", anchor, mod_of(found), (begins, "month"), extent=first)
    return Meaning("DATE", f"{year:04d}" + _part_code(name, number), anchor, mod_of(found), (begins, "month"))


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
                    "TIME", f"{this.isoformat()}{found.slots['part']}", anchor, mod_of(found), (this, "day"), extent=about
                )
            return Meaning("DATE", this.isoformat(), anchor, mod_of(found), (this, "day"), extent=about)
        return Meaning("DATE", None, "unresolved")
    spans = [span for y in years if (span := feasts.hijri_span(y, month))]
    if not spans:
        return Meaning("DATE", None, "unresolved")
    first, last = min(spans, key=lambda span: abs((span[0] - base).days)) if base and not year else spans[0]
    text = Extent(f"{first.isoformat()}/{last.isoformat()}", first.isoformat(), last.isoformat())
    value = first.isoformat()[: 7 if month else 4]
    return Meaning("DATE", value, anchor, mod_of(found), (first, "month" if month else "year"), extent=text)


# ---- lengths, sets, references --------------------------------------------------------------------------------------


def duration(found: Found, story: Story) -> Meaning | None:
    """ "dua pekan", "beberapa bulan"."""
    return length(found)


def recurrent(found: Found, story: Story) -> Meaning | None:
    """ "setiap Senin", "setiap tahun", "dua kali sepekan"."""
    slots = found.slots
    mod = mod_of(found)
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
        return Meaning("DATE", None if told or not known.fixed else _any_year(known), "unresolved")
    story.feast = this
    part = str(slots.get("part", ""))
    eve = part == "TNI" and not known.part and "early" not in slots  # "malam Lebaran", not "dini hari Lebaran"
    return _counted(found, this, days - eve, anchor, known.part or part)


def counted(found: Found, story: Story) -> Meaning | None:
    """ "tiga hari sebelum Lebaran", from the day that is named."""
    slots = found.slots
    unit = unit_of(slots["counted"])
    named = FORMS[str(slots["of"])](found._replace(start=int(slots["at"])), story)
    if named is None or named.told is None:
        return Meaning("DATE", unit.unknown, "unresolved", mod_of(found))
    return shifted(found, unit, float(slots["count"]) * int(slots["sign"]), named.told[0], named.anchor)


def _any_year(known: Feast) -> str:
    """A fixed feast where no year is known."""
    day = feasts.feast_day(known, 2001)
    return f"XXXX{day.isoformat()[4:]}" if day else "XXXX"


def _counted(found: Found, day: date, days: int, anchor: Anchor, part: str = "") -> Meaning:
    this = day + timedelta(days=days)
    return Meaning("TIME" if part else "DATE", this.isoformat() + part, anchor, mod_of(found), (this, "day"))


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
    sign = sign_of(found)
    narrated = None if sign or "unit" in slots else _narrated_feast(found, story, known)
    if narrated:
        return narrated, "narrative"
    around = [d for y in range(base.year - 1, base.year + 2) if (d := feasts.feast_day(known, y))]
    if "unit" in slots and unit_of(slots["unit"]).code == "Y":
        around = [d for d in around if d.year == base.year + int(slots["shift"])]
    elif sign:
        around = [d for d in around if (d - base).days * sign > 0]
    else:
        around = by_tense(around, base, found, story, unsaid=(1, 1))
    return nearest(around, base), story.reference_anchor


def _narrated_feast(found: Found, story: Story, known: Feast) -> date | None:
    """A feast of the year that the text narrates: beside a day of the same sentence ("Pada 17 Juli 2015, … saat
    Idulfitri"), or in the year that is told."""
    last = story.last
    if last and last.grain == "day" and not BOUNDARY.search(story.text, last.end, found.start):
        for year in (last.day.year, last.day.year - 1, last.day.year + 1):
            day = feasts.feast_day(known, year)
            if day and abs((day - last.day).days) <= BESIDE:
                return day
    told = told_year(found, story)
    return feasts.feast_day(known, told) if told is not None else None


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


BY_SLOT: dict[str, Callable[[Found, Story], Meaning | None]] = {  # what calendar dates say other than days, months and years
    "hmonth": _hijri,
    "hyear": _hijri,
    "decade": _decade,
    "tens": _decade,
    "century": _century,
    "bc": _before_christ,
    "habit": _usual,
    "hours": _usual,
    "quarter": _part_of_year,
    "half": _part_of_year,
    "third": _part_of_year,
    "season": _part_of_year,
}
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
    "counted": counted,
}
