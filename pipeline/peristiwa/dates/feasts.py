"""Gregorian days of feasts and of Hijri dates, from the libraries ``holidays`` (decreed days) and ``hijridate``."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from peristiwa.dates.grammar import Feast

FIRST_DECREED, LAST_DECREED = 1990, 2035  # outside, the library extrapolates; Hijri and fixed days still serve


@lru_cache(maxsize=64)
def _decreed(year: int, country: str = "ID") -> dict[str, date]:
    """The first day of each decreed holiday of a year, by its Indonesian name."""
    import holidays

    found: dict[str, date] = {}
    for day, names in sorted(holidays.country_holidays(country, years=year, language="id").items()):
        for name in names.split("; "):
            found.setdefault(name.removesuffix(" (perkiraan)"), day)
    return found


def from_hijri(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a Hijri date by the Umm al-Qura calendar (local sighting may differ by a day), or None
    outside its tables (1343-1500 AH)."""
    from hijridate import Hijri

    try:
        return date(*Hijri(year, month, day).to_gregorian().datetuple())
    except (ValueError, OverflowError):
        return None


def hijri_span(year: int, month: int | None) -> tuple[date, date] | None:
    """The first and last Gregorian day of a Hijri month or year, or None outside the tables."""
    first = from_hijri(year, month or 1, 1)
    after = from_hijri(year + 1, 1, 1) if month in (None, 12) else from_hijri(year, (month or 0) + 1, 1)
    return (first, after - timedelta(days=1)) if first and after else None


def feast_day(feast: Feast, year: int) -> date | None:
    """The first day of a feast in a Gregorian year, or None where no source knows it."""
    day = _unshifted(feast, year)
    return day + timedelta(days=feast.shift) if day else None


def _unshifted(feast: Feast, year: int) -> date | None:
    if feast.fixed:
        month, day = map(int, feast.fixed.split("-"))
        return date(year, month, day)
    if feast.decreed and FIRST_DECREED <= year <= LAST_DECREED:
        day_of = _decreed(year).get(feast.decreed)
        if day_of:
            return day_of
    if feast.hijri:
        month, day = map(int, feast.hijri.split("-"))
        for hijri_year in (int((year - 622) * 33 / 32) + offset for offset in (0, 1, -1, 2)):
            converted = from_hijri(hijri_year, month, day)
            if converted and converted.year == year:
                return converted
    return None
