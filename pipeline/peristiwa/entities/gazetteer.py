"""Tables of names: countries (CLDR's names, through babel, and others in use), provinces, well-known short names.

The tables are config/gazetteers/<what>.<language>.tsv; a language without one has no such names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from peristiwa.entities.patterns import any_of
from peristiwa.errors import SettingsError
from peristiwa.settings import config_folder

NOT_COUNTRIES = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
"""Two-letter codes of CLDR that name groupings or nothing."""

COUNTRY_CODE, PROVINCE_CODE, NAME_TYPE = r"[A-Z]{2}", r"[A-Z]{2}-[A-Z0-9]{1,3}", r"PER|ORG|LOC|LAW|EVT"


@lru_cache(maxsize=8)
def country_codes(language: str) -> dict[str, str]:
    """Country name → ISO 3166-1 alpha-2 code; empty for a language that CLDR lacks. Raises SettingsError."""
    return {**_cldr_names(language), **_coded("countries", language, COUNTRY_CODE)}


@lru_cache(maxsize=8)
def province_codes(language: str) -> dict[str, str]:
    """Province name → ISO 3166-2 code ("Jabar" → "ID-JB"). Raises SettingsError."""
    return _coded("provinces", language, PROVINCE_CODE)


@lru_cache(maxsize=8)
def names_by_code(language: str) -> dict[str, str]:
    """Code of a country or province → its one name: the table's first for it, else CLDR's. Raises SettingsError."""
    names = {code: name for name, code in _cldr_names(language).items()}
    first: dict[str, str] = {}
    for table in (_coded("countries", language, COUNTRY_CODE), province_codes(language)):
        for name, code in table.items():
            first.setdefault(code, name)
    return {**names, **first}


@lru_cache(maxsize=8)
def country_pattern(language: str) -> re.Pattern[str]:
    """A pattern for one country name standing alone; matches nothing where no name is known."""
    names = country_codes(language)
    return re.compile(rf"(?<![\w-]){any_of(names)}(?![\w-])")


@lru_cache(maxsize=8)
def known_names(language: str) -> dict[tuple[str, str], str]:
    """(type, short name) → full name of well-known bodies, laws, happenings, people. Raises SettingsError."""
    return {(type_, short): full for short, full, type_ in _rows("names", language, f"[^\t]+\t(?:{NAME_TYPE})")}


@lru_cache(maxsize=8)
def full_names(language: str) -> frozenset[tuple[str, str]]:
    """(type, full name) of everything that ``known_names`` stands for."""
    return frozenset((type_, full) for (type_, _), full in known_names(language).items())


@lru_cache(maxsize=8)
def bodies(language: str) -> frozenset[str]:
    """The full names of organisations."""
    return frozenset(full for type_, full in full_names(language) if type_ == "ORG")


@lru_cache(maxsize=8)
def short_pattern(language: str, type_: str) -> re.Pattern[str]:
    """A pattern for a short name inside a longer name of ``type_``: the type's own, and those of bodies."""
    shorts = {short for kind, short in known_names(language) if kind in (type_, "ORG")}
    return re.compile(rf"(?<![\w/-]){any_of(shorts)}(?![\w/-])")


def _cldr_names(language: str) -> dict[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {name: code for code, name in territories.items() if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES}


def _coded(table: str, language: str, code: str) -> dict[str, str]:
    return {row[0]: row[1] for row in _rows(table, language, code)}


def _rows(table: str, language: str, rest: str) -> list[list[str]]:
    """The rows of a table: a name, a tab, and what matches ``rest``. Raises SettingsError naming the line."""
    path: Path = config_folder() / "gazetteers" / f"{table}.{language}.tsv"
    if not path.exists():
        return []
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not re.fullmatch(rf"[^\t]+\t(?:{rest})", line):
            raise SettingsError(f"{path}, line {number}: expected a name, a tab and {rest!r}, found {line!r}.")
        rows.append(line.split("\t"))
    return rows
