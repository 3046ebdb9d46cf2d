"""Names of countries: CLDR's for the document's language (through babel), and a table of other names in use."""

from __future__ import annotations

import re
from functools import lru_cache

from peristiwa.entities.grammar import any_of
from peristiwa.errors import SettingsError
from peristiwa.settings import config_folder

NOT_COUNTRIES = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
"""Two-letter codes of CLDR that name groupings or nothing."""


@lru_cache(maxsize=8)
def country_codes(language: str) -> dict[str, str]:
    """Country name → ISO 3166-1 alpha-2 code; empty for a language that CLDR lacks. Raises SettingsError."""
    return {**_cldr_names(language), **_other_names(language)}


@lru_cache(maxsize=8)
def country_pattern(language: str) -> re.Pattern[str]:
    """A pattern for one country name standing alone; matches nothing where no name is known."""
    names = country_codes(language)
    return re.compile(rf"(?<![\w-]){any_of(names)}(?![\w-])")


def _cldr_names(language: str) -> dict[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {name: code for code, name in territories.items() if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES}


def _other_names(language: str) -> dict[str, str]:
    path = config_folder() / "gazetteers" / f"countries.{language}.tsv"
    if not path.exists():
        return {}
    names = {}
    for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, tab, code = line.partition("\t")
        if not tab or not re.fullmatch(r"[A-Z]{2}", code):
            raise SettingsError(f"{path}, line {number}: expected a name, a tab and a two-letter code, found {line!r}.")
        names[name] = code
    return names
