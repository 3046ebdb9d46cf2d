"""The tables of names of one language as the rules ask them."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache

from peristiwa.entities.gazetteer import bodies, country_codes, country_pattern, known_names, province_codes
from peristiwa.entities.patterns import any_of
from peristiwa.entities.places import towns_by_name
from peristiwa.entities.words import NameWords


@dataclass(frozen=True)
class Tables:
    """``known``: full names by (type, short name); ``bodies``: full names of organisations, of which
    ``full_bodies`` is a pattern; ``countries``: a pattern for their names."""

    language: str
    known: Mapping[tuple[str, str], str]
    bodies: Container[str]
    countries: re.Pattern[str]
    full_bodies: re.Pattern[str]
    city_before: re.Pattern[str]
    home: str | None

    def is_body(self, name: str) -> bool:
        return name in self.bodies or ("ORG", name) in self.known

    def is_known(self, name: str) -> bool:
        """A short or full name of a body, or a country or province."""
        return self.is_body(name) or self.is_region(name)

    def is_region(self, name: str) -> bool:
        """A country or a province."""
        return name in country_codes(self.language) or name in province_codes(self.language)

    def is_place(self, name: str) -> bool:
        """A country, a province or a town of the home country."""
        if self.is_region(name):
            return True
        town = self.city_before.sub("", name)
        return any(found.country == self.home for found in towns_by_name().get(town, ()))


@lru_cache(maxsize=8)
def _load(language: str, home: str | None, city: str) -> Tables:
    names = bodies(language)
    full = re.compile(rf"(?<![\w-]){any_of(name for name in names if ' ' in name)}(?![\w-])")
    return Tables(language, known_names(language), names, country_pattern(language), full, re.compile(city), home)


def load_tables(language: str, words: NameWords) -> Tables:
    """The tables of ``language``. Raises SettingsError."""
    return _load(language, words.home, words.city_before.pattern)
