"""The words of the ``entities`` section of a language file, validated, with the small patterns made of them."""

from __future__ import annotations

import re
from functools import cached_property

from peristiwa.entities.kinds import KindWords
from peristiwa.entities.nobles import NobleWords
from peristiwa.entities.patterns import INITIALS, NAME_WORD, any_of
from peristiwa.settings import Strict


class LawWords(Strict):
    numbered: list[str] = []
    named: list[str] = []
    alone: list[str] = []
    articles: list[str] = []
    article_parts: list[str] = []
    number_words: list[str] = []
    year_words: list[str] = []
    small_words: list[str] = []
    title_stops: list[str] = []
    resolutions: list[str] = []
    bodies: list[str] = []
    about: list[str] = []
    trailing: list[str] = []
    processes: list[str] = []
    classes: list[str] = []
    after_title: list[str] = []
    dated: list[str] = []
    agendas: list[str] = []
    frameworks: list[str] = []
    kinds: list[str] = []
    goals: list[str] = []


class EventWords(Strict):
    named: list[str] = []
    alone: list[str] = []
    strict: list[str] = []
    dated: list[str] = []
    unique: list[str] = []
    storms: list[str] = []
    polls: list[str] = []
    poll_words: list[str] = []
    trailing: list[str] = []
    series: list[str] = []
    classes: list[str] = []
    days: list[str] = []
    capital: list[str] = []
    months: list[str] = []
    incidents: list[str] = []
    not_incidents: list[str] = []
    feasts: list[str] = []

    @cached_property
    def feast(self) -> re.Pattern[str]:
        return re.compile(rf"{any_of(self.feasts)}(?:\s\d{{4}})?")

    @cached_property
    def month_after(self) -> re.Pattern[str]:
        return re.compile(rf"\s{any_of(self.months)}\b")


class NameWords(Strict):
    """What canonical names and identifiers need of a language."""

    home: str | None = None
    nation: list[str] = []
    company: list[str] = []
    company_ends: list[str] = []
    heads: list[str] = []
    province: list[str] = []
    city: list[str] = []
    number: str = ""
    number_signs: list[str] = []
    year: str = ""
    year_signs: list[str] = []
    about: list[str] = []

    @cached_property
    def nation_after(self) -> re.Pattern[str]:
        return re.compile(rf"\s{any_of(self.nation)}$")

    @cached_property
    def company_around(self) -> re.Pattern[str]:
        return re.compile(rf"^{any_of(self.company)}\.?\s|{self.company_after.pattern}")

    @cached_property
    def company_after(self) -> re.Pattern[str]:
        return re.compile(rf",?(?:\s|(?<=,))\(?{any_of(self.company_ends)}\.?\)?$")

    @cached_property
    def company_tail(self) -> re.Pattern[str]:
        """Behind a company's name: " (Persero)", ", Tbk", " (Persero) Tbk"."""
        ends = any_of(end for end in self.company_ends if not end.endswith("."))
        return re.compile(rf"(?:\s\({ends}\.?\))?(?:,?\s?(?<=[\s,]){ends}\b(?!\s[A-Z]))?")

    @cached_property
    def number_sign(self) -> re.Pattern[str]:
        return re.compile(rf"\s{any_of(self.number_signs)}(?:\s|(?=\d))")

    @cached_property
    def short_law(self) -> re.Pattern[str]:
        return re.compile(rf"^(\D+?)\s(?:{any_of(self.number_signs)}\s?)?(\d+)/(\d{{4}})$")

    @cached_property
    def year_sign(self) -> re.Pattern[str]:
        return re.compile(rf"(?<=\s){any_of(self.year_signs)}\s?(?=\d{{4}})")

    @cached_property
    def province_before(self) -> re.Pattern[str]:
        return re.compile(rf"^{any_of(self.province)}\s")

    @cached_property
    def city_before(self) -> re.Pattern[str]:
        return re.compile(rf"^{any_of(self.city)}\s")


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


class EntityWords(Strict):
    names: NameWords = NameWords()
    initials: InitialWords = InitialWords()
    portfolios: PortfolioWords = PortfolioWords()
    units: UnitWords = UnitWords()
    kinds: KindWords = KindWords()
    nobles: NobleWords = NobleWords()
    agree: AgreeWords = AgreeWords()
    hyphened: list[str] = []
    leagues: dict[str, str] = {}
    opens: list[str] = []
    openers: list[str] = []
    languages: list[str] = []
    stocks: list[str] = []
    town_nouns: list[str] = []
    pointers: list[str] = []
    parts_of_time: list[str] = []
    common: list[str] = []
    roles: list[str] = []
    works: list[str] = []
    ships: list[str] = []
    vessels: list[str] = []
    called: list[str] = []
    one: list[str] = []
    headings: list[str] = []
    local_posts: list[str] = []
    given_towns: list[str] = []
    members: list[str] = []
    titles: list[str] = []
    address: list[str] = []
    kin: list[str] = []
    ranks: list[str] = []
    inner_titles: list[str] = []
    groups: list[str] = []
    origins: list[str] = []
    stances: list[str] = []
    body_ends: list[str] = []
    degrees: list[str] = []
    degree_heads: list[str] = []
    owners: list[str] = []
    housed: list[str] = []
    law: LawWords = LawWords()
    event: EventWords = EventWords()

    @cached_property
    def ship(self) -> re.Pattern[str]:
        return re.compile(rf"{any_of(self.ships)}\s")

    @cached_property
    def ship_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.ships)}\s$")

    @cached_property
    def ship_called(self) -> re.Pattern[str]:
        """Before a ship's name: "Kapal penumpang bernama", but not "nakhoda kapal bernama"."""
        opening = rf"(?:^|[.!?]\s|\b(?i:{any_of(self.one)})\s)"
        return re.compile(rf"{opening}(?i:{any_of(self.vessels)})(?:\s[a-z]+)?\s{any_of(self.called)}\s$")

    @cached_property
    def work_before(self) -> re.Pattern[str]:
        return re.compile(rf"(?i:\b{any_of(self.works)}(?:nya)?\W*$)")

    @cached_property
    def title_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.titles)}(?:\s{any_of(self.ranks)})?\s$")

    @cached_property
    def cut_titles(self) -> dict[str, str]:
        """The first words of titles of two, by the second: "Wali" of "Wali Kota"."""
        pairs = (title.split() for title in self.titles if title.count(" ") == 1)
        return {last: first for first, last in pairs}

    @cached_property
    def title_words(self) -> frozenset[str]:
        return frozenset(word for title in self.titles for word in title.split())

    @cached_property
    def person_before(self) -> re.Pattern[str]:
        """A title behind which no realm or region stands."""
        posts = {*self.nobles.sovereigns, *self.local_posts, *self.nobles.posts}
        return re.compile(rf"\b{any_of(title for title in self.titles if title not in posts)}(?:\s{any_of(self.ranks)})?\s$")

    @cached_property
    def post_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.local_posts)}\s$")

    @cached_property
    def addressed(self) -> re.Pattern[str]:
        """Before a name; not before short syllables, a Korean or Chinese name whose first this is ("Kang Ho Dong")."""
        syllable = r"[a-z]{1,3}\b"
        return re.compile(rf"{any_of(self.address)}\s(?![A-Z]{syllable}(?:[\s-][A-Za-z]{syllable})+$)")

    @cached_property
    def kin_before(self) -> re.Pattern[str]:
        return re.compile(rf"{any_of(self.kin)}nya\s")

    @cached_property
    def inner_title(self) -> re.Pattern[str]:
        return re.compile(rf"\s(?={any_of(self.inner_titles)}\s[A-Z])")

    @cached_property
    def group_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.groups)}\s$")

    @cached_property
    def origin_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.origins)}\s$")

    @cached_property
    def stance(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.stances)})-(?=[A-Z])")

    @cached_property
    def body_end(self) -> re.Pattern[str]:
        return re.compile(rf"\s{any_of(self.body_ends)}$")

    @cached_property
    def hyphened_place(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.hyphened)}\b")

    @cached_property
    def league_before(self) -> re.Pattern[str]:
        """Before a pair of countries that makes one name of them: "Persekutuan Prancis-Austria"."""
        return re.compile(rf"\b({any_of(self.leagues)})\s$")

    @cached_property
    def open(self) -> re.Pattern[str]:
        """ "Prancis Terbuka 2019"."""
        return re.compile(rf"\b(?P<place>{NAME_WORD}(?:\s{NAME_WORD})?)\s{any_of(self.opens)}(?:\s\d{{4}})?\b")

    @cached_property
    def opener(self) -> re.Pattern[str]:
        """What no name begins with ("Lewat Paris Agreement")."""
        return re.compile(rf"{any_of(self.openers)}\s(?=[A-Z])")

    @cached_property
    def language_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.languages)}\s(?:[A-Z]\w+\s(?:dan|atau)\s)?$")

    @cached_property
    def stock_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.stocks)}\s(?:[A-Z]{{4}},?\s(?:dan\s)?)*$")

    @cached_property
    def member_before(self) -> re.Pattern[str]:
        return re.compile(rf"(?i:\b{any_of(self.members)})(?:\s[a-z]+){{0,2}}\s$")
