"""The nouns that say what a name is, as the ``entities.kinds`` section of a language file has them."""

from __future__ import annotations

import re
from functools import cached_property

from peristiwa.entities.patterns import any_of
from peristiwa.settings import Strict

NONE = "none"
"""What has a name, but no type: films, ships, species."""


class KindWords(Strict):
    """Nouns by what they make of a name, and the words around them in a sentence that defines it."""

    copulas: list[str] = []
    adverbs: list[str] = []
    articles: list[str] = []
    definite: list[str] = []
    works: list[str] = []
    crafts: list[str] = []
    species: list[str] = []
    places: list[str] = []
    bodies: list[str] = []
    person: list[str] = []
    media: list[str] = []
    firms: list[str] = []
    by: str = ""
    stands: list[str] = []
    company: list[str] = []
    parties: list[str] = []

    @cached_property
    def firm(self) -> re.Pattern[str]:
        """What a firm's name begins with: "PT", "CV"."""
        return re.compile(rf"{any_of(self.company)}\s")

    def kind(self, noun: str) -> str | None:
        """The type of what a noun names, ``NONE`` for what has none, None where the noun tells nothing."""
        return self._kinds.get(" ".join(noun.split()))

    @cached_property
    def _kinds(self) -> dict[str, str]:
        kinds = dict.fromkeys((*self.works, *self.crafts, *self.species), NONE)
        kinds |= dict.fromkeys(self.places, "LOC")
        kinds |= dict.fromkeys((*self.bodies, *self.media), "ORG")
        return kinds | dict.fromkeys(self.person, "PER")

    @cached_property
    def definition(self) -> re.Pattern[str]:
        """Behind a name: " (bahasa Latin: …) adalah sebuah desa", " merupakan seorang"."""
        bracket, adverb = r"(?:\s\([^()\n]{1,80}\))?", rf"(?:\s{any_of(self.adverbs)})?"
        return re.compile(rf"[\"”’']?{bracket}{adverb}\s{any_of(self.copulas)}\s(?:{any_of(self.articles)}\s)*{self._noun}")

    @cached_property
    def next_sentence(self) -> re.Pattern[str]:
        """Behind a name: " didirikan pada 2019. Munisipalitas ini"."""
        return re.compile(rf"\sdi[a-z]+\s[^\n.]{{1,200}}\.\s(?i:{self._noun})\s{any_of(self.definite)}\b")

    @cached_property
    def noun_before(self) -> re.Pattern[str]:
        """Before a name: "surat kabar", "kapal perang", but not "mobil", which may be somebody's."""
        ships = [craft for craft in self.crafts if " " in craft]
        return re.compile(rf"\b(?P<noun>(?i:{any_of([*self.media, *ships])}))\s$")

    @cached_property
    def work_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.works)})\s$")

    @cached_property
    def standing(self) -> re.Pattern[str]:
        """Behind the name of something that is somewhere: " terletak", " adalah sebuah"."""
        return re.compile(rf"\s{any_of([*self.copulas, *self.stands])}\b")

    @cached_property
    def by_after(self) -> re.Pattern[str]:
        """Behind the title of a work: " karya Marah Rusli"."""
        return re.compile(rf"\s{self.by}\s[A-Z]") if self.by else re.compile(r"(?!)")

    @cached_property
    def body_behind(self) -> re.Pattern[str]:
        """Behind a firm's name: ", perusahaan asuransi"."""
        return re.compile(rf",\s(?:{any_of(self.articles)}\s)?{any_of(self.firms)}\b(?!\s{any_of(self.definite)}\b)")

    @cached_property
    def _noun(self) -> str:
        nouns = any_of(self._kinds)
        return rf"(?P<noun>{nouns})(?![\w-])"
