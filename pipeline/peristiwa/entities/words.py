"""The words of the ``entities`` section of a language file, validated, with the small patterns made of them."""

from __future__ import annotations

import re
from functools import cached_property

from peristiwa.entities.around import AgreeWords, InitialWords, PortfolioWords, UnitWords
from peristiwa.entities.kinds import KindWords
from peristiwa.entities.nobles import NobleWords
from peristiwa.entities.patterns import NAME_WORD, any_of
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
    leading: list[str] = []
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
    memorial: list[str] = []
    memorial_ends: list[str] = []
    not_memorial: list[str] = []
    series: list[str] = []
    classes: list[str] = []
    days: list[str] = []
    capital: list[str] = []
    months: list[str] = []
    incidents: list[str] = []
    not_incidents: list[str] = []
    feasts: list[str] = []
    wars: list[str] = []
    closing: list[str] = []
    actors: list[str] = []
    leaders: list[str] = []
    not_leaders: list[str] = []

    @cached_property
    def actor(self) -> re.Pattern[str]:
        return re.compile(rf"{any_of(self.actors)}\b")

    @cached_property
    def war(self) -> re.Pattern[str]:
        """A war's name up to where who fought in it may stand: "Perang Dunia I", or "Perang X" before "Angkatan"."""
        last = rf"{any_of(self.closing)}(?!\s{any_of(self.closing)}\b)"
        who = rf"(?:{any_of(self.actors)}\b|{any_of(self.leaders)}\s(?!{any_of(self.not_leaders)}\b)[A-Z])"
        return re.compile(rf"{any_of(self.wars)}(?:\s{NAME_WORD}){{0,3}}?\s(?:(?P<closed>{last})(?=\s)|{NAME_WORD}(?=\s{who}))")

    @cached_property
    def feast(self) -> re.Pattern[str]:
        return re.compile(rf"{any_of(self.feasts)}(?:\s\d{{4}})?")

    @cached_property
    def in_month(self) -> re.Pattern[str]:
        """Common nouns and the month of a year, which tells when: "pemilu Desember 2019"; a place or a capital makes a name."""
        return re.compile(rf"[a-z]+(?:\s[a-z]+)*\s{any_of(self.months)}\s\d{{4}}")

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
    offices: list[str] = []
    given_towns: list[str] = []
    members: list[str] = []
    titles: list[str] = []
    address: list[str] = []
    kin: list[str] = []
    ranks: list[str] = []
    inner_titles: list[str] = []
    groups: list[str] = []
    boards: list[str] = []
    board_ranks: list[str] = []
    origins: list[str] = []
    stances: list[str] = []
    body_ends: list[str] = []
    degrees: list[str] = []
    degree_heads: list[str] = []
    owners: list[str] = []
    housed: list[str] = []
    law: LawWords = LawWords()
    event: EventWords = EventWords()
    forenames: list[str] = []
    religions: list[str] = []
    directions: list[str] = []
    bare_degrees: list[str] = []
    sides: list[str] = []
    media: list[str] = []
    inner_ranks: list[str] = []
    graves: list[str] = []
    lands: list[str] = []
    arms: list[str] = []

    @cached_property
    def grave_before(self) -> re.Pattern[str]:
        """In mid-sentence or not, the head of a grave's name, and who lies in it by his title: " Makam Sunan "."""
        return re.compile(rf"(?P<inner>[a-z,]\s)?\b(?P<head>{any_of(self.graves)}\s(?:{any_of(self.titles)}\s)?)$")

    @cached_property
    def land_ends(self) -> tuple[str, ...]:
        return tuple(f"{land} " for land in self.lands)

    @cached_property
    def land_before(self) -> re.Pattern[str]:
        """The word before a country's nickname, behind no other name: "ke Negeri ", but not "Pengadilan Negeri "."""
        return re.compile(rf"(?:^|[.,!?\n\"“(]\s?|(?<![\w-])[a-z]+\s)(?P<head>{any_of(self.lands)}\s)$")

    opens_with: dict[str, list[str]] = {}

    @cached_property
    def no_epithets(self) -> frozenset[str]:
        """What someone may be besides: "Budi yang Menteri", "Rina yang Katolik"."""
        return frozenset([*self.titles, *self.roles, *self.religions])

    @cached_property
    def firm(self) -> re.Pattern[str]:
        return re.compile(rf"{any_of(self.names.company)}\s")

    @cached_property
    def medium(self) -> re.Pattern[str]:
        return re.compile(rf"(?i:{any_of(self.media)})\s")

    @cached_property
    def medium_ends(self) -> frozenset[str]:
        return frozenset(medium.split()[-1] for medium in self.media)

    @cached_property
    def medium_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.media)})\s$")

    @cached_property
    def inner_rank(self) -> re.Pattern[str]:
        """A rank inside a name, with the arm behind it: " Letkol Laut "."""
        return re.compile(rf"\s{any_of(self.inner_ranks)}(?:\s{any_of(self.arms)})*\s(?=\(?[A-Z])")

    @cached_property
    def side_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?i:{any_of(self.sides)})\s$")

    @cached_property
    def degree_before(self) -> re.Pattern[str]:
        """Between a person and a mention that may be a degree: ", ", ", S.H., "."""
        dotted = rf"(?:{any_of(self.degree_heads)}(?:\.[A-Z]\w{{0,4}})+\.?|{any_of([*self.degrees, *self.bare_degrees])})"
        return re.compile(rf"(?:,\s?{dotted})*,\s?$")

    @cached_property
    def degree(self) -> re.Pattern[str]:
        """One degree or more, behind a person's name and a comma."""
        dotted = rf"(?:{any_of(self.degree_heads)}(?:\.[A-Z]\w{{0,4}})+\.?|{any_of([*self.degrees, *self.bare_degrees])}\.?)"
        return re.compile(rf"{dotted}(?:,\s{dotted})*")

    @cached_property
    def ship(self) -> re.Pattern[str]:
        return re.compile(rf"{any_of(self.ships)}\s")

    @cached_property
    def ship_bracket(self) -> re.Pattern[str]:
        """ "Kapal Motor Penumpang (", behind which "KMP" names no body."""
        return re.compile(rf"\b(?i:{any_of(self.vessels)})(?:\s\w+){{1,3}}\s\($")

    @cached_property
    def ship_before(self) -> re.Pattern[str]:
        """Before a ship's name, or that of whom it is named after: "KRI ", "KRI dr. "."""
        return re.compile(rf"\b{any_of(self.ships)}\s(?:{any_of(self.titles)}\s)*$")

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
    def cut_titles(self) -> dict[str, tuple[str, ...]]:
        """The first words of titles of two, by the second: "Wali " of "Wali Kota"."""
        pairs = [title.split() for title in self.titles if title.count(" ") == 1]
        return {last: tuple(f"{head} " for head, tail in pairs if tail == last) for _, last in pairs}

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
    def office_before(self) -> re.Pattern[str]:
        """Before a place: "Kantor Bupati "."""
        return re.compile(rf"\b{any_of(self.offices)}\s{any_of(self.local_posts)}\s$")

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
    def board_before(self) -> re.Pattern[str]:
        return re.compile(rf"\b{any_of(self.boards)}\s{any_of(self.board_ranks)}\s$")

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
