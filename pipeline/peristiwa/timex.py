"""What a TIMEX3 value means: its EDTF (ISO 8601-2) form and the first and last day that it covers; and values counted in units.

Values are the strings of docs/annotation.md: calendar values with X for unknown digits, weeks, quarters, halves,
weekends, seasons ("2018-SU"), decades ("199"), centuries ("18"), years before Christ ("BC0044"), T-forms, references
and durations.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

Grain = Literal["day", "week", "month", "year"]
SECONDS = {"H": 3600, "MIN": 60, "S": 1}
UNKNOWN = {"Y": "XXXX", "M": "XXXX-XX", "W": "XXXX-WXX", "D": "XXXX-XX-XX"}

CALENDAR = re.compile(r"([0-9X]{4})(?:-([0-9X]{2})(?:-([0-9X]{2}))?)?(?:T(.*))?\Z")
WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})(?:-(WE|[1-7]))?\Z")
PERIOD = re.compile(r"(?:FY)?([0-9]{4})(?:-([QH])([1-4]))?\Z")
SEASON = re.compile(r"([0-9]{4})-(SP|SU|FA|WI)\Z")
BEFORE_CHRIST = re.compile(r"BC([0-9]{4})\Z")
LONG = re.compile(r"[0-9]{2,3}\Z")
SEASONS = {"SP": (21, 3), "SU": (22, 6), "FA": (23, 9), "WI": (24, 12)}  # ISO 8601-2 code, first month (northern)
EDTF_QUARTER = {"Q": 32, "H": 39}  # ISO 8601-2 season codes: 33-36 are quarters, 40-41 halves
THIRDS = {"START": (0, 1), "MID": (1, 2), "END": (2, 3)}


class Extent(NamedTuple):
    """EDTF and the inclusive interval of a value; None where nothing is known."""

    edtf: str | None = None
    earliest: str | None = None
    latest: str | None = None


def _days(first: date, last: date, mod: str | None) -> tuple[date, date]:
    """The third of an interval that "awal", "pertengahan" or "akhir" names."""
    if mod not in THIRDS:
        return first, last
    low, high = THIRDS[mod]
    length = (last - first).days + 1
    return first + timedelta(days=length * low // 3), first + timedelta(days=max(length * high // 3 - 1, length * low // 3))


def _extent(edtf: str | None, first: date, last: date, mod: str | None) -> Extent:
    if mod in THIRDS:
        first, last = _days(first, last, mod)
        edtf = f"{first.isoformat()}/{last.isoformat()}~"
    elif edtf is None:
        edtf = f"{first.isoformat()}/{last.isoformat()}"
    elif mod == "APPROX" and "/" not in edtf:
        edtf += "~"
    return Extent(edtf, first.isoformat(), last.isoformat())


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def doubted(span: Extent) -> Extent:
    """The same extent, marked as uncertain: EDTF ``?``, and ``%`` where it is approximate too."""
    if span.edtf is None or "/" in span.edtf:
        return span
    return span._replace(edtf=span.edtf[:-1] + "%" if span.edtf.endswith("~") else span.edtf + "?")


@lru_cache(maxsize=4096)
def extent(value: str | None, mod: str | None = None, zone: str | None = None) -> Extent:
    """The extent of a TIMEX3 value. Durations, sets and references have none.

    ``mod`` START, MID and END narrow the interval to its first, middle or last third; ``zone`` is an offset such as
    "+07:00" that goes into the EDTF of clock times.
    """
    if value is None:
        return Extent()
    try:
        return _read(value, mod, zone)
    except (ValueError, OverflowError):  # a day that no calendar has, such as 30 February
        return Extent()


def _read(value: str, mod: str | None, zone: str | None) -> Extent:
    if match := CALENDAR.match(value):
        return _read_calendar(match, mod, zone)
    if match := WEEK.match(value):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        if match[3] == "WE":
            return _extent(None, monday + timedelta(days=5), monday + timedelta(days=6), None)
        if match[3]:
            day = monday + timedelta(days=int(match[3]) - 1)
            return _extent(day.isoformat(), day, day, None)
        return _extent(None, monday, monday + timedelta(days=6), mod)
    if match := PERIOD.match(value):
        year = int(match[1])
        if not match[2]:
            return _extent(match[1], date(year, 1, 1), date(year, 12, 31), mod)
        number, months = int(match[3]), 3 if match[2] == "Q" else 6
        if months * number > 12:
            return Extent()
        first = date(year, months * (number - 1) + 1, 1)
        return _extent(f"{match[1]}-{EDTF_QUARTER[match[2]] + number}", first, month_end(year, months * number), mod)
    if match := SEASON.match(value):
        code, month = SEASONS[match[2]]
        year, first = int(match[1]), date(int(match[1]), month, 1)
        last = month_end(year + 1, 2) if month == 12 else month_end(year, month + 2)
        return _extent(f"{match[1]}-{code}", first, last, mod)
    if match := BEFORE_CHRIST.match(value):
        year = int(match[1]) - 1  # there is a year 0 in ISO 8601: 1 BC
        text = f"-{year:04d}" if year else "0000"
        return Extent(text + ("~" if mod == "APPROX" else ""), f"{text}-01-01", f"{text}-12-31")
    if LONG.match(value):
        width = 10 if len(value) == 3 else 100
        start = int(value) * width
        first, last = date(max(start, 1), 1, 1), date(start + width - 1, 12, 31)
        return _extent(value + "X" * (4 - len(value)), first, last, mod)
    return Extent()


def _read_calendar(match: re.Match[str], mod: str | None, zone: str | None) -> Extent:
    year, month, day, clock = match.groups()
    head = "-".join(part for part in (year, month, day) if part)
    if "X" in head:
        return Extent(head if "X" not in (clock or "") and not clock else None, *_unknown(year, month, day))
    if not month:
        return _extent(head, date(int(year), 1, 1), date(int(year), 12, 31), mod)
    if not day:
        return _extent(head, date(int(year), int(month), 1), month_end(int(year), int(month)), mod)
    this = date(int(year), int(month), int(day))
    edtf = head
    if clock and clock[0].isdigit() and len(clock) >= 5:
        edtf = f"{head}T{clock if len(clock) > 5 else clock + ':00'}{zone or ''}"
    return _extent(edtf, this, this, None if mod in THIRDS else mod)


def _unknown(year: str, month: str | None, day: str | None) -> tuple[str | None, str | None]:
    """The interval of a value with unknown parts: that of the known parts in front."""
    if "X" in year:
        return None, None
    if month and "X" not in month:
        return date(int(year), int(month), 1).isoformat(), month_end(int(year), int(month)).isoformat()
    return f"{year}-01-01", f"{year}-12-31"


ERA_DAYS, ERA_YEARS = 146_097, 400
"""The calendar repeats itself after so many days, which are so many years."""


def day_number(day: str) -> int:
    """The number of a day "2018-03-14", 1 for 0001-01-01, below that for the years before, which ``datetime`` does not have."""
    year, month, number = int(day[:-6]), int(day[-5:-3]), int(day[-2:])
    eras = max(0, (ERA_YEARS - year) // ERA_YEARS)
    return date(year + ERA_YEARS * eras, month, number).toordinal() - ERA_DAYS * eras


def numbered_day(number: int) -> str:
    """The day that ``day_number`` gives this number."""
    eras = max(0, (ERA_DAYS - number) // ERA_DAYS)
    day = date.fromordinal(number + ERA_DAYS * eras)
    year = day.year - ERA_YEARS * eras
    return f"{'-' * (year < 0)}{abs(year):04d}{day:-%m-%d}"


def shift_month(day: date, months: int) -> date:
    """The first day of the month that lies ``months`` after that of ``day``. Raises ValueError out of range."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit such as 8Y (a windu): ``code`` with a ``factor``."""

    code: str
    factor: int = 1

    @property
    def clock(self) -> bool:
        """Whether it is shorter than a day."""
        return self.code in SECONDS

    @property
    def seconds(self) -> int:
        """Its length in seconds, for the units shorter than a day."""
        return SECONDS[self.code] * self.factor

    @property
    def unknown(self) -> str:
        """The value of a wholly unknown period of this unit."""
        return UNKNOWN.get(self.code, "XXXX")


@lru_cache(maxsize=256)
def unit_of(code: object) -> Unit:
    """The unit of a code of the grammar: Y, M, W, D, H, MIN, S, DE, CE, or a multiple such as 3M."""
    match = re.match(r"(\d*)([A-Z]+)\Z", str(code))
    return Unit(match[2], int(match[1] or 1)) if match else Unit("D")


def unit_value(base: date, unit: Unit, shift: int) -> tuple[date, Grain, str]:
    """The period that lies ``shift`` units from that of ``base``: its first day, its grain and its value.

    Raises ValueError or OverflowError outside the years 1 to 9999.
    """
    step = shift * unit.factor
    if unit.code == "M" and unit.factor in (3, 6):
        letter = "Q" if unit.factor == 3 else "H"
        first = shift_month(base, -((base.month - 1) % unit.factor) + step)
        return first, "month", f"{first.year:04d}-{letter}{(first.month - 1) // unit.factor + 1}"
    if unit.code == "Y":
        return date(base.year + step, 1, 1), "year", f"{base.year + step:04d}"
    if unit.code == "M":
        first = shift_month(base, step)
        return first, "month", f"{first.year:04d}-{first.month:02d}"
    if unit.code == "W":
        day = base + timedelta(weeks=step)
        year, week, _ = day.isocalendar()
        return day, "week", f"{year:04d}-W{week:02d}"
    if unit.code == "DE":
        decade = base.year // 10 + step
        return date(decade * 10, 1, 1), "year", f"{decade:03d}"
    if unit.code == "CE":
        century = (base.year - 1) // 100 + step
        return date(century * 100 + 1, 1, 1), "year", f"{century:02d}"
    day = base + timedelta(days=step)
    return day, "day", day.isoformat()
