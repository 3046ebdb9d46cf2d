"""Units of time, clock faces and quantities: the arithmetic under the values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from peristiwa.dates.context import Grain, shift_month
from peristiwa.dates.numbers import Slots, plain

SECONDS = {"H": 3600, "MIN": 60, "S": 1}
UNKNOWN = {"Y": "XXXX", "M": "XXXX-XX", "W": "XXXX-WXX", "D": "XXXX-XX-XX"}
AFTERNOON = {"TMI": range(5), "TAF": range(1, 8), "TEV": range(1, 8), "TNI": range(6, 12), "pm": range(1, 12)}


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


def clock_of(slots: Slots) -> tuple[int, int, int | None]:
    """Hour, minute and second of a clock time; "pukul 7 malam" is 19:00, "setengah tujuh" 6:30."""
    part = str(slots.get("part", ""))
    second = slots.get("second")
    if "halfto" in slots:
        hour, minute = (int(slots["halfto"]) - 1) % 24, 30
    else:
        hour, minute = int(slots["hour"]), int(slots.get("minute", 0))
    minute += int(slots.get("plus", 0)) - int(slots.get("minus", 0))
    hour, minute = hour + minute // 60, minute % 60
    if hour in AFTERNOON.get(part, ()):
        hour += 12
    elif part == "TNI" and hour == 12:
        hour = 0
    return hour if hour <= 24 else hour - 24, minute, int(second) if isinstance(second, int | float) else None


def _term(count: str, code: str) -> tuple[bool, str]:
    clock = code in SECONDS
    return clock, count + {"MIN": "M"}.get(code, code)


def quantity(slots: Slots) -> str | None:
    """The ISO 8601 duration of a number of units: P2W, PT1.5H, PXM, P3Y6M; None where the unit is missing."""
    code = slots.get("unit") or slots.get("seunit")
    if code is None:
        return None
    unit = unit_of(code)
    if "vague" in slots:
        terms = [_term("X", unit.code)]
    else:
        number = slots.get("n", 1)
        if not isinstance(number, int | float):
            return None
        amount = (number + (0.5 if "plus_half" in slots else 0)) * unit.factor
        terms = [_term(f"{plain(amount)}", unit.code)]
    for further in ("two", "three"):
        code, count = slots.get(f"unit_{further}"), slots.get(f"n_{further}")
        if code is not None and isinstance(count, int | float):
            other = unit_of(code)
            terms.append(_term(f"{plain(float(count) * other.factor)}", other.code))
    days = "".join(text for clock, text in terms if not clock)
    clocks = "".join(text for clock, text in terms if clock)
    return f"P{days}" + (f"T{clocks}" if clocks else "")
