"""Words around people told by initials, ministers, military units, and names of more than one type; part of ``words``."""

from __future__ import annotations

import re
from functools import cached_property

from peristiwa.entities.patterns import INITIALS, NAME_WORD, any_of
from peristiwa.settings import Strict


class InitialWords(Strict):
    """Who is told by initials: ``cues``, ``roles`` before them, ``alias``, an ``age`` after; ``never`` are other things."""

    cues: list[str] = []
    alias: list[str] = []
    joined: list[str] = []
    age: list[str] = []
    roles: list[str] = []
    never: list[str] = []
    who: list[str] = []
    offices: list[str] = []

    @cached_property
    def told(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.cues)})\s{self._chain}")

    @cached_property
    def role(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.roles)})\s{self._chain}")

    @cached_property
    def role_word(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.roles)})\b")

    @cached_property
    def before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of([*self.cues, *self.roles])})\s$")

    @cached_property
    def person_after(self) -> re.Pattern[str]:
        return re.compile(rf",?\s\(?\d|\s{any_of(self.alias)}\s|,\s{any_of(self.who)}\b")

    @cached_property
    def described(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w./-])(?<![A-Z]\s)([A-Z]{{2,3}}),\s{any_of(self.who)}\b")

    @cached_property
    def office_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.offices)})\s$")

    @cached_property
    def who_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.who)})\s$")

    @cached_property
    def also(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w./-])({INITIALS})\s{any_of(self.alias)}\s")

    @cached_property
    def aged(self) -> re.Pattern[str]:
        years = any_of(self.age)
        return re.compile(rf"(?<![\w./-])({INITIALS})(?:\s\(\d{{1,2}}(?:\s{years})?\)|,\s\d{{1,2}}\s{years}\b)")

    @cached_property
    def _chain(self) -> str:
        age = rf"(?:,?\s\(?\d{{1,2}}(?:\s{any_of(self.age)})?\)?)?"
        return rf"({INITIALS}{age}(?:(?:,?\s{any_of(self.joined)}\s|,\s){INITIALS}{age})*)"


class PortfolioWords(Strict):
    """``heads`` of a minister's title, ``joined`` between its parts; ``bodies`` open the full names of ministries."""

    heads: list[str] = []
    joined: list[str] = []
    bodies: list[str] = []

    @cached_property
    def bracket(self) -> re.Pattern[str]:
        """ "Menteri Pekerjaan Umum dan Perumahan Rakyat (", whose short form tells no body."""
        return re.compile(rf"\b{any_of(self.heads)}(?:\s(?:{any_of(self.joined)}\s)?[A-Z]\w*,?)+\s\($")

    @cached_property
    def before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.heads)}\s(?P<joined>(?:[A-Z]\w*,?\s)+{any_of(self.joined)}\s)?$")


class UnitWords(Strict):
    """Military units ("Korem 143/Haluoleo") and the posts that lead one ("Pangdam IV/Diponegoro")."""

    heads: list[str] = []
    posts: list[str] = []
    arms: list[str] = []
    numbered: list[str] = []
    of_arms: list[str] = []
    not_numbered: list[str] = []

    @cached_property
    def numbered_unit(self) -> re.Pattern[str]:
        """ "Resimen Marinir ke-5", "Brigade 1"; a division has its arm named, since leagues have divisions too."""
        arm = rf"(?:\s(?!{any_of(self.not_numbered)}\b)[A-Z][a-z]+)"
        return re.compile(
            rf"\b(?:{any_of(self.numbered)}{arm}{{0,2}}|Divisi{arm}{{1,2}})\s(?:ke-)?(?:\d{{1,4}}|[IVXL]+)(?![\w/.%-]\w|\w)"
        )

    @cached_property
    def unit(self) -> re.Pattern[str]:
        """A unit, or the post before one; its name after the slash, of up to three words."""
        number = r"(?:\d{1,4}|[IVXL]+|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)"
        head = rf"\b(?:{any_of(self.heads)}(?:\s{any_of(self.arms)})*|(?P<post>{any_of(self.posts)}))"
        return re.compile(rf"{head}\s(?P<name>{number}\s?/\s?(?P<own>{NAME_WORD})(?P<more>(?:\s{NAME_WORD}){{0,2}}))")


class AgreeWords(Strict):
    """``places`` stand before a place, ``bodies`` before a body; ``heads`` make a place's name ("Kerajaan Aures")."""

    places: list[str] = []
    bodies: list[str] = []
    heads: list[str] = []

    @cached_property
    def body_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.bodies)})\s$")

    @cached_property
    def place_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.places)}\s$")

    @cached_property
    def realm(self) -> re.Pattern[str]:
        return re.compile(rf"{any_of(self.heads)}\s({NAME_WORD}(?:\s{NAME_WORD})?)")
