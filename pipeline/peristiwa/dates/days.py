"""Which day or year an expression means: with its year or without, by weekday, by shift, or by the story alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from datetime import date, timedelta

from peristiwa.dates.context import BOUNDARY, WORD, Story, Told, nearest
from peristiwa.dates.find import Found
from peristiwa.dates.follow import follows, named_beside
from peristiwa.dates.quotes import said_on
from peristiwa.dates.units import clock_of
from peristiwa.timex import Grain, shift_month, unit_of
from peristiwa.types import Anchor

NUMBER = (int, float)
IN_REACH = 60  # characters: how far back in the sentence a bare year lends itself
PLAIN_YEAR = re.compile(r"(?<!\d)\d{4}(?![\w\d'’]|[-–‑]an)")
NEAR_YEAR = 250  # characters: how far back a told date still lends its year against that of the report
FAR, AROUND = 2, 3  # years: what is told of so long ago is no news; those among which a weekday tells the right one
FRESH, SEASON, NEXT = 14, 60, 31  # days: of this report; no longer of its season; of the story next to a told day
TURN = 180, 120  # days: a day so long before the one told last is of the next year, if it then follows so soon
FRONTED = re.compile(r"(?:\W|\w+\W+){0,2}\Z")  # before a year that opens its sentence: "Pada tahun 1945"
FIELD = re.compile(r"\s*\n\s*\w+:\s*\Z")  # between two fields of a form: "Tahun: 2017\nBulan: Mei"
FINE_ENOUGH: dict[str, tuple[Grain, ...]] = {
    "Y": ("day", "week", "month", "year"),
    "M": ("day", "week", "month"),
    "W": ("day", "week"),
}


def whole(found: Found, name: str) -> int | None:
    """The whole number in a slot, None where there is none."""
    value = found.slots.get(name)
    return int(value) if isinstance(value, NUMBER) else None


def base_of(found: Found, story: Story) -> tuple[date | None, Anchor]:
    """The day from which a relative expression counts, and where that day comes from."""
    focus = told_before(found, story)
    if focus:
        return focus.day, "narrative"
    if story.reference is None or follows(found):
        return None, "unresolved"
    return story.reference, story.reference_anchor


def told_before(found: Found, story: Story) -> Told | None:
    """The date from which "tiga hari kemudian" counts: the last one that is fine enough, else the last one."""
    if found.slots.get("from") != "focus":
        return None
    code = unit_of(found.slots.get("unit") or found.slots.get("seunit") or "D").code
    return story.focus(FINE_ENOUGH.get(code, ("day",))) or story.focus()


def day_of(found: Found, story: Story) -> tuple[str, Anchor, date | None]:
    """The day of an expression as a value, its anchor, and the day itself where it is wholly known."""
    slots = found.slots
    day, month, year = whole(found, "day"), whole(found, "month"), whole(found, "year")
    if day is not None and month is not None:
        if year is not None:
            return _checked(year, month, day, "explicit")
        return _day_without_year(found, story, day, month)
    if day is not None:
        return _day_alone(found, story, day)
    if "weekday" in slots:
        return _weekday(found, story, int(slots["weekday"]))
    if "dayshift" in slots:
        if beside := named_beside(found, story):
            return day_of(beside, story)
        base, anchor = base_of(found, story)
        if base is None:
            return "XXXX-XX-XX", "unresolved", None
        focus = story.focus(("day",)) or story.focus()
        if slots.get("from") == "focus" and focus and focus.grain != "day":
            known = f"{focus.day.year:04d}-" + (f"{focus.day.month:02d}-XX" if focus.grain == "month" else "XX-XX")
            return known, "narrative", None
        if slots.get("from") != "focus":
            base = said_on(found, story) or base
        this = base + timedelta(days=int(slots["dayshift"]))
        return this.isoformat(), anchor, this
    return _day_of_clock(found, story)


def contradicted(found: Found, day: date) -> bool:
    """Whether an expression names a weekday that its date is not ("malam Minggu, 10 Maret 2018" is a Saturday)."""
    slots = found.slots
    if "weekday" not in slots or "day" not in slots:
        return False
    eve = found.kinds[:2] == ("PT", "WD") and slots.get("part") == "TNI"
    return day.isoweekday() != slots["weekday"] and not (eve and day.isoweekday() % 7 + 1 == slots["weekday"])


def _checked(year: int, month: int, day: int, anchor: Anchor) -> tuple[str, Anchor, date | None]:
    """A date written out; of a day that the month does not have, only the month is known."""
    try:
        this = date(year, month, day)
    except ValueError:
        return f"{year:04d}-{month:02d}-XX", anchor, None
    return this.isoformat(), anchor, this


def _day_without_year(found: Found, story: Story, day: int, month: int) -> tuple[str, Anchor, date | None]:
    if "unit" in found.slots and unit_of(found.slots["unit"]).code == "Y":
        base, anchor = base_of(found, story)
        if base:
            return _checked(base.year + int(found.slots["shift"]), month, day, anchor)
        if follows(found):
            return f"XXXX-{month:02d}-{day:02d}", "unresolved", None
    told = told_year(found, story, month, day)
    if told is not None:
        return _checked(_fitting_year(told, found, story), month, day, "narrative")
    reference = story.reference
    unknown = f"XXXX-{month:02d}-" + (f"{day:02d}" if day <= monthrange(2000, month)[1] else "XX")
    if reference is None:
        return unknown, "unresolved", None
    candidates = []
    reach = 4 if (month, day) == (2, 29) else 1
    for year in range(reference.year - reach, reference.year + reach + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    tail = sign_of(found)
    if tail:
        candidates = [c for c in candidates if (c - reference).days * tail >= (0 if tail < 0 else 1)] or candidates
    elif "DM" not in found.kinds and "weekday" not in found.slots:
        candidates = by_tense(candidates, reference, found, story)
    this = nearest(candidates, reference)
    if this and contradicted(found, this) and (named := _in_named_year(this, found, story)):
        return named.isoformat(), "narrative", named
    return (this.isoformat() if this else unknown), story.reference_anchor, this


def _in_named_year(day: date, found: Found, story: Story) -> date | None:
    """A day that its weekday contradicts, in the one year of the text's full dates, of few years around, in which it does
    not: "Rabu (29/11)" beside "12 Desember 2023"."""
    years = {whole(other, "year") or 0 for other in story.founds if {"day", "month"} <= other.slots.keys()}
    near = [_day_in(year, day.month, day.day) for year in years if 0 < abs(year - day.year) <= AROUND]
    days = [this for this in near if this and not contradicted(found, this)]
    return days[0] if len(days) == 1 else None


def _fitting_year(year: int, found: Found, story: Story) -> int:
    """The year nearest to that of the story in which the date falls on its weekday; where the day of the report is known,
    the year is not in doubt and the weekday is wrong."""
    if "weekday" not in found.slots or story.reference_anchor == "publication":
        return year
    for step in (0, 1, -1, 2, -2, 3, -3):
        try:
            this = date(year + step, int(found.slots["month"]), int(found.slots["day"]))
        except ValueError:
            continue
        if not contradicted(found, this):
            return year + step
    return year


def by_tense(
    candidates: list[date], reference: date, found: Found, story: Story, unsaid: tuple[int, int] = (1, 4), stale: int = FRESH
) -> list[date]:
    """The day or month that is nearest when distance against the clause's tense counts several times over.

    Reports look back unless they say otherwise, so without a cue (``unsaid``: the weights of past and future) the future
    weighs more too; behind "hingga" both directions are alike.
    """
    direction = story.direction(found.start, found.end)
    until = story.before(found.start) in story.grammar.until
    past, future = {1: (4, 1), -1: (1, 6), 0: (1, 1) if until else unsaid}[direction]
    if direction > 0 and not until:  # what is to come lies ahead, unless so near that the words are only older than the report
        candidates = [c for c in candidates if (reference - c).days <= stale] or candidates
    weighed = [(abs((c - reference).days) * (future if c > reference else past), c) for c in candidates]
    return [min(weighed)[1]] if weighed else []


def sign_of(found: Found) -> int:
    """The direction that a closing word gives: "lalu" and "kemarin" -1, "mendatang" and "besok" 1."""
    tail, shift = found.slots.get("tail", found.slots.get("later")), found.slots.get("dayshift")
    if isinstance(tail, int) and tail:
        return tail
    return (shift > 0) - (shift < 0) if isinstance(shift, int) else 0


def told_year(found: Found, story: Story, month: int | None = None, day: int = 1) -> int | None:
    """The year of the story, where it is told near by and is not that of the report. ``month`` and ``day`` are what the
    expression says itself."""
    last, back = story.last, sign_of(found)
    if last and last.grain == "year" and not back and _lends_year(last, found, story, month, day):
        return last.day.year
    focus = story.focus(("day", "month"))
    if story.reference is None:
        focus = focus or story.focus()
    if focus is None:
        return None
    if story.reference is None or story.reference_anchor == "narrative":
        return focus.day.year
    if back or found.start - focus.at >= NEAR_YEAR:
        return None
    if abs(focus.day.year - story.reference.year) >= FAR and not _leaves(focus, found, story):
        return focus.day.year + _turns(focus, month, day)
    return focus.day.year if focus.grain == "day" and _is_next(focus, story.reference, month, day) else None


def _leaves(focus: Told, found: Found, story: Story) -> bool:
    """Whether the clause turns from the story to what will be: "Ia lahir pada 12 Juni 1960. Ia akan dilantik pada 5 April."""
    return story.reference is not None and focus.day < story.reference and story.direction(found.start, found.end) > 0


def _lends_year(last: Told, found: Found, story: Story, month: int | None, day: int) -> bool:
    """Whether a year that was told last holds for a day or month without one."""
    if not found.start - last.at < NEAR_YEAR:
        return False
    gap = story.text[last.end : found.start]
    words = gap.lower().split()
    if " ".join(words).removeprefix(",").strip() in story.grammar.exactly or FIELD.match(gap):
        return True  # "tahun lalu, tepatnya 3 Agustus"
    if not PLAIN_YEAR.search(story.text, last.at, last.end):
        return False
    if not BOUNDARY.search(story.text, last.end, found.start):  # "sepanjang tahun 2014, dari Januari sampai Desember"
        return found.start - last.at < IN_REACH and not (words and words[0] in story.grammar.section.tense.closing)
    # "Pada tahun 1945 Jepang menyerah. Pada 17 Agustus …": the year opens its sentence, and the day is none of this report.
    before = story.clause(last.at, last.end)[0]
    if "\n\n" in gap or not FRONTED.match(before) or story.direction(found.start, found.end) > 0:
        return False
    reference = story.reference
    if reference is None or story.reference_anchor == "narrative":
        return True
    told = _day_in(reference.year, month, day)
    fresh = told is not None and 0 <= (reference - told).days <= FRESH
    return reference.year - last.day.year >= FAR and not fresh


def _day_in(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month, day) if month else None
    except ValueError:
        return None


def _turns(focus: Told, month: int | None, day: int) -> int:
    """1 where the story has gone on into the next year: "19 Desember 1948 … Pada 28 Januari"."""
    this, after = (_day_in(focus.day.year + n, month, day) for n in (0, 1))
    turned = this and after and (focus.day - this).days > TURN[0] and (after - focus.day).days < TURN[1]
    return 1 if turned else 0


def _is_next(focus: Told, reference: date, month: int | None, day: int) -> bool:
    """Whether a day stands next to the one told last and far from the report: "11 hingga 15 Juli 2011 … Pada 13 Juli"."""
    told, new = _day_in(focus.day.year, month, day), _day_in(reference.year, month, day)
    if told is None or new is None or focus.day.year == reference.year:
        return False
    return abs((told - focus.day).days) <= NEXT and abs((new - reference).days) > SEASON


def _day_alone(found: Found, story: Story, day: int) -> tuple[str, Anchor, date | None]:
    """ "tanggal 26": of the month that was told last, else of the month of publication."""
    if "unit" in found.slots and unit_of(found.slots["unit"]).code == "M":
        base, anchor = base_of(found, story)
        if base:
            first = shift_month(base, int(found.slots["shift"]))
            return _checked(first.year, first.month, day, anchor)
    if habitual(found, story):
        return f"XXXX-XX-{day:02d}", "unresolved", None
    focus = story.focus(("day", "month"))
    if focus:
        return _checked(focus.day.year, focus.day.month, day, "narrative")
    if story.reference:
        return _checked(story.reference.year, story.reference.month, day, story.reference_anchor)
    return f"XXXX-XX-{day:02d}", "unresolved", None


def _weekday(found: Found, story: Story, weekday: int) -> tuple[str, Anchor, date | None]:
    slots = found.slots
    base, anchor = story.reference, story.reference_anchor
    if base is None:
        focus = story.focus(("day",))
        if focus is None:
            year = story.focus(("year", "month"))
            return (f"{year.day.year:04d}" if year else "XXXX") + f"-WXX-{weekday}", "unresolved", None
        base, anchor = focus.day, "narrative"
    back = (base.isoweekday() - weekday) % 7
    if "unit" in slots and unit_of(slots["unit"]).code == "W":
        monday = base - timedelta(days=base.isoweekday() - 1) + timedelta(weeks=int(slots["shift"]))
        this = monday + timedelta(days=weekday - 1)
        return this.isoformat(), anchor, this
    if found.kinds[:2] == ("PT", "WD") and slots.get("part") == "TNI":  # "malam Minggu" is Saturday night
        eve = base - timedelta(days=(base.isoweekday() - weekday + 1) % 7)
        return eve.isoformat(), anchor, eve
    sign = sign_of(found)
    if sign < 0:
        this = base - timedelta(days=back or 7)
    elif sign > 0:
        this = base + timedelta(days=7 - back)
    elif slots.get("tail") == 0:
        this = base + timedelta(days=weekday - base.isoweekday())
    elif story.direction(found.start, found.end) > 0 and back:
        this = base + timedelta(days=7 - back)
    else:
        this = base - timedelta(days=back)
    last = story.last.day if story.last else base
    if sign == 0 and _is_alternative(found, story):  # "Kamis (10/3) atau Jumat dini hari"
        ahead = (weekday - last.isoweekday()) % 7
        this = last + timedelta(days=ahead if ahead < 6 else -1)
    if "after" in slots and this < last:  # "Senin hingga Rabu", told on a Wednesday
        this += timedelta(weeks=1)
    elif "until" in slots and this + timedelta(days=int(slots["until"])) > base and _is_past(found, story):
        this -= timedelta(weeks=1)
    return this.isoformat(), anchor, this


def _is_alternative(found: Found, story: Story) -> bool:
    """Whether "atau" parts a weekday from the day that the text told right before."""
    last = story.last
    return (
        last is not None
        and last.grain == "day"
        and story.text[last.end : found.start].strip(" ,") in story.grammar.section.either
    )


def _is_past(found: Found, story: Story) -> bool:
    """Whether a closing word or the clause says that an expression lies in the past."""
    sign = sign_of(found)
    return sign < 0 or (not sign and story.direction(found.start, found.end) < 0)


def _day_of_clock(found: Found, story: Story) -> tuple[str, Anchor, date | None]:
    """The day of a clock time or part of day that names none: the one told last, else that of the report."""
    if habitual(found, story):
        return "XXXX-XX-XX", "unresolved", None
    tail = found.slots.get("tail")
    focus = story.focus(("day",))
    if tail is None and focus and focus is story.last and _past_midnight(found, focus, story):
        after = focus.day + timedelta(days=1)
        return after.isoformat(), "narrative", after
    if focus and _is_ahead(focus, found, story):
        focus = story.session
    if tail is None and focus and (story.reference is None or found.start - focus.at < 1500):
        return focus.day.isoformat(), "narrative", focus.day
    if story.reference:
        return story.reference.isoformat(), story.reference_anchor, story.reference
    return "XXXX-XX-XX", "unresolved", None


def _is_ahead(focus: Told, found: Found, story: Story) -> bool:
    """Whether the day told last is only planned, and the clock goes on that of the session that the text records: "Rapat
    dibuka pukul 10.00. Kunjungan akan dilakukan pada 20 September. Rapat ditutup pukul 13.40."
    """
    session, reference = story.session, story.reference
    if session is None or session is focus or reference is None or focus.day <= reference or "hour" not in found.slots:
        return False
    apart = BOUNDARY.search(story.text, focus.end, found.start) is not None
    later = session.hour is not None and session.hour < clock_of(found.slots)[:2]
    return apart and later and story.direction(found.start, found.end) <= 0


def habitual(found: Found, story: Story) -> bool:
    """Whether the sentence says that something is usual ("biasanya", "setiap hari"), so that no particular day is meant."""
    words = WORD.findall(" | ".join(story.clause(found.start, found.end)).lower())
    if not story.grammar.habit.isdisjoint(words):
        return True
    at = bisect_left(story.founds, found.start, key=lambda other: other.start)
    for other in story.founds[max(0, at - 3) : at]:  # "setiap hari pukul 08.00-17.00"
        if other.form == "set" and not BOUNDARY.search(story.text, other.end, found.start):
            return True
    return False


def _past_midnight(found: Found, focus: Told, story: Story) -> bool:
    """ "Selasa sore hingga pukul 01.00", "22.00-01.00": the end of a span that is earlier by the clock lies on the next day."""
    if "hour" not in found.slots or focus.hour is None:
        return False
    gap = story.text[focus.end : found.start]
    if story.before(found.start) not in story.grammar.until and gap.strip().lower() not in story.grammar.spans:
        return False
    return len(gap) < 25 and not set(gap) & set(".!?;") and clock_of(found.slots)[:2] < focus.hour


def year_of_month(found: Found, story: Story, month: int) -> tuple[int | None, Anchor]:
    """The year of a month that is named without one, and where it comes from."""
    if "unit" in found.slots and unit_of(found.slots["unit"]).code == "Y":
        base, anchor = base_of(found, story)
        if base:
            return base.year + int(found.slots["shift"]), anchor
        if follows(found):
            return None, "unresolved"
    told = told_year(found, story, month)
    if told is not None:
        return told, "narrative"
    reference = story.reference
    if reference is None:
        return None, "unresolved"
    this = date(reference.year, reference.month, 1)
    if found.slots.get("tail") == 0:
        return reference.year, story.reference_anchor
    candidates = [date(year, month, 1) for year in range(reference.year - 1, reference.year + 2)]
    sign = sign_of(found)
    if sign:
        candidates = [c for c in candidates if (c > this if sign > 0 else c < this)] or candidates
    else:
        candidates = by_tense(candidates, this, found, story, stale=NEXT)
    chosen = nearest(candidates, this)
    return (chosen.year if chosen else None), story.reference_anchor
