"""Titles of rulers, nobles and officers, and what stands behind each, as ``entities.nobles`` of a language file has them."""

from __future__ import annotations

import re
from functools import cached_property

from peristiwa.entities.patterns import NAME_WORD, any_of
from peristiwa.settings import Strict


class NobleWords(Strict):
    """``sovereigns`` have a realm or a region behind them, or a person; ``personal`` titles a person, a country at most."""

    sovereigns: list[str] = []
    personal: list[str] = []
    realms: list[str] = []
    places: list[str] = []
    in_places: list[str] = []
    parts: list[str] = []
    posts: list[str] = []
    address: list[str] = []
    judges: list[str] = []

    @cached_property
    def judge_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.judges)})\s$")

    @cached_property
    def addressed(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.address)}\s$")

    @cached_property
    def realm_names(self) -> frozenset[str]:
        return frozenset(self.realms)

    @cached_property
    def part_names(self) -> frozenset[str]:
        return frozenset(self.parts)

    @cached_property
    def noble(self) -> re.Pattern[str]:
        """A title at the head of a name."""
        return re.compile(rf"(?P<title>{any_of([*self.sovereigns, *self.personal])})\s(?=[A-Z])")

    @cached_property
    def title_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?P<title>{any_of([*self.sovereigns, *self.personal])})\s$")

    @cached_property
    def place_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.in_places)})\s$")

    @cached_property
    def post_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.posts)}\s$")

    @cached_property
    def post(self) -> re.Pattern[str]:
        return re.compile(rf"{any_of(self.posts)}\s(?=[A-Z])")

    @cached_property
    def post_and_name(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.posts)}\s(?P<name>{NAME_WORD}(?:\s{NAME_WORD})??)(?=,?\s[A-Z])")

    @cached_property
    def realm_and_person(self) -> re.Pattern[str]:
        return re.compile(rf"(?P<realm>{any_of(self.realms)})\s(?![IVX]+\b)(?=[A-Z])")

    @cached_property
    def ruler(self) -> re.Pattern[str]:
        """ "Kaisar Romawi Diokletianus": a ruler's title, the realm, perhaps the person."""
        person = r"(?:\s(?P<person>[A-Z][a-z]{2,}(?:\s[A-Z][a-z]{2,})?(?:\s[IVX]+)?)(?!\s[A-Z]))?"
        return re.compile(rf"\b{any_of(self.sovereigns)}\s(?P<realm>{any_of(self.realms)})\b{person}")
