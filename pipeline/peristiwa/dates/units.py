"""Clock faces and quantities: the arithmetic under the values."""

from __future__ import annotations

from peristiwa.dates.numbers import Slots, plain
from peristiwa.timex import SECONDS, unit_of

AFTERNOON = {"TMI": range(5), "TAF": range(1, 8), "TEV": range(1, 8), "TNI": range(6, 12), "pm": range(1, 12)}


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
