"""What a user can set of merging: ``config/merge.yaml``, validated at the door."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic import Field

from peristiwa.errors import SettingsError
from peristiwa.settings import Strict, config_path, read_yaml, validate


class TriggerWeights(Strict):
    same: float
    other: float


class DateWeights(Strict):
    days: float
    months: float
    years: float
    near: float


class PublishedWeights(Strict):
    near: float
    later: float


class ActorWeights(Strict):
    first: float
    more: float
    most: float
    apart: float


class PlaceWeights(Strict):
    same: float
    country: float
    named: float
    apart: float


class NumberWeights(Strict):
    same: float
    possible: float


class CompanyWeights(Strict):
    same: float


class TitleWeights(Strict):
    all: float


class Weights(Strict):
    trigger: TriggerWeights
    date: DateWeights
    published: PublishedWeights
    actors: ActorWeights
    places: PlaceWeights
    numbers: NumberWeights
    company: CompanyWeights
    title: TitleWeights


class Units(Strict):
    same: dict[str, list[str]] = {}
    never: list[str] = []

    @cached_property
    def names(self) -> dict[str, str]:
        """A unit's word → the word that all units which count the same are called by."""
        return {word: name for name, words in self.same.items() for word in words}


class MergeOptions(Strict):
    """The content of ``config/merge.yaml``, where each key has a comment."""

    threshold: float = Field(gt=0)
    tolerance: int = Field(ge=0)
    short: int = Field(ge=7)
    longest: int = Field(ge=7)
    before: int = Field(ge=0)
    anchors: int = Field(ge=1)
    window: int = Field(ge=1)
    kinds: list[str]
    tolls: list[str]
    weights: Weights
    units: dict[str, Units]


def load_options(path: Path | str | None = None) -> MergeOptions:
    """The options of ``path`` over the shipped ones, key by key at the top. Raises SettingsError."""
    data = read_yaml(config_path("merge.yaml"))
    if path is not None:
        own = read_yaml(path) or {}
        if not isinstance(own, dict):
            raise SettingsError(f"{path}: expected a mapping of settings, found {type(own).__name__}.")
        data = {**data, **own}
    return validate(MergeOptions, data, path or config_path("merge.yaml"))
