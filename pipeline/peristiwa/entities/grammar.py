"""The ``entities`` section of a language file, compiled: patterns for laws and named happenings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from peristiwa.entities.patterns import NAME_WORD, any_of
from peristiwa.entities.words import EntityWords, EventWords, LawWords, NameWords
from peristiwa.language import Language
from peristiwa.settings import validate


@dataclass(frozen=True)
class Seeker:
    """Patterns by kind, and the lower-case words of which a sentence must have one for any of them to match.

    Most sentences have none, and one search tells.
    """

    words: re.Pattern[str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]


@dataclass(frozen=True)
class Grammar:
    """Compiled patterns; None where the language has no words for one."""

    titles: re.Pattern[str] | None
    bare_title: re.Pattern[str]
    degrees: re.Pattern[str] | None
    only_degrees: re.Pattern[str] | None
    law_class: re.Pattern[str] | None
    law_process: re.Pattern[str] | None
    law_heads: re.Pattern[str] | None
    about: re.Pattern[str] | None
    owners: frozenset[str]
    housed: re.Pattern[str]
    names: NameWords
    words: EntityWords
    title_page: re.Pattern[str] | None
    openings: dict[str, re.Pattern[str]]
    laws: Seeker
    events: Seeker


RUN = rf"{NAME_WORD}(?:\s{NAME_WORD})*"
ABBREVIATION = r"(?:\s\([A-Z][\w-]{1,12}\))?"
NUMBER = r"\d++[A-Za-z]?(?:[./-][\w./-]*\w)?"


@lru_cache(maxsize=8)
def compile_grammar(language: Language) -> Grammar:
    """The patterns of ``language``. Raises SettingsError when its ``entities`` section is malformed."""
    words = validate(EntityWords, language.section("entities"), f"{language.path}, entities")
    degree, dotted = any_of(words.degrees), rf"{any_of(words.degree_heads)}(?:\.[A-Z]\w{{0,4}})+\.?(?:\([A-Z]\w*\))?"
    return Grammar(
        titles=re.compile(rf"(?:{any_of(words.titles)}\s)+") if words.titles else None,
        bare_title=re.compile(any_of(title for title in words.titles if title.endswith(".") and len(title) > 2)),
        degrees=re.compile(rf"(?:,?(?:\s|,\s){degree}|,\s{dotted})$") if words.degrees else None,
        only_degrees=re.compile(rf"(?:(?:{degree}|{dotted})(?:,\s|$))+") if words.degrees else None,
        law_class=re.compile(rf"{any_of([*words.law.numbered, *words.law.named])}$") if words.law.named else None,
        law_process=re.compile(rf"{any_of(words.law.processes)}\s(?={_law_head(words.law)})") if words.law.processes else None,
        law_heads=None
        if not words.law.named
        else re.compile(rf"(?:,\s|\s(?:atau|dan|serta)\s)(?=(?:{_law_head(words.law)}|{any_of(words.law.articles)})\s)"),
        about=re.compile(rf"\s{any_of(words.law.about)}\s") if words.law.about else None,
        owners=frozenset(words.owners),
        housed=re.compile(rf"{any_of(words.housed)}\b"),
        names=words.names,
        words=words,
        title_page=_title_page(words.law) if words.law.numbered else None,
        openings={type_: re.compile(rf"{any_of(heads)}\s[A-Z]") for type_, heads in words.opens_with.items()},
        laws=Seeker(_law_words(words.law), _law_patterns(words.law, words.event, words.openers)),
        events=Seeker(_event_words(words.event), _event_patterns(words.event, words.common)),
    )


def _title_page(law: LawWords) -> re.Pattern[str]:
    """ "KEPUTUSAN GUBERNUR …", "NOMOR 118 TAHUN 2021", "TENTANG" and a title of up to four lines, the whole in capitals."""
    head, number, about = (any_of(word.upper() for word in words) for words in (law.numbered, law.number_words, law.about))
    line = rf"(?!{any_of(law.after_title)})[A-Z][^a-z\n]*[^a-z\n,]"
    first = rf"^[^\S\n]*{head}(?:[^\S\n][^a-z\n]*)?\n"
    numbered = rf"(?:[^\S\n]*{line}\n)?[^\S\n]*{number}(?![A-Z])[^a-z\n]*\d[^a-z\n]*"
    return re.compile(rf"(?m){first}{numbered}(?:\s+{about}\s+{line}(?:\n[^\S\n]*{line}){{0,3}}$)?")


def _law_head(law: LawWords) -> str:
    return any_of([*law.numbered, *law.named])


def _law_words(law: LawWords) -> re.Pattern[str]:
    heads = (
        law.numbered,
        law.resolutions,
        law.named,
        law.alone,
        law.trailing,
        law.leading,
        law.dated,
        law.agendas,
        law.frameworks,
    )
    return _one_of(word for words in heads for word in words)


def _event_words(event: EventWords) -> re.Pattern[str]:
    lists = (
        event.named,
        event.strict,
        event.alone,
        event.polls,
        event.dated,
        event.unique,
        event.storms,
        event.trailing,
        event.memorial,
        event.series,
        event.days,
        event.capital,
        event.incidents,
    )
    return _one_of(word for words in lists for word in words)


def _one_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(word.lower() for word in words)}")


def _law_patterns(law: LawWords, event: EventWords, openers: list[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    if not law.numbered:
        return ()
    # A title is capitalised words and numbers with small words between them ("Informasi dan Transaksi Elektronik"),
    # or, after a number, a few lower-case words up to the next function word or punctuation mark.
    months = event.months
    word = rf"(?:{NAME_WORD}|{NUMBER}\b)"
    when = rf"(?!pada\s(?:\d|{any_of([*months, *event.not_incidents])}\b))"
    title = rf"{NAME_WORD}(?:,?\s{when}(?:{any_of(law.small_words)}\s){{0,2}}{word})*+"
    plain = rf"(?:(?!{any_of(law.title_stops)}\b)[a-z][\w-]*+)"
    about = rf"\s{any_of(law.about)}\s{title}{ABBREVIATION}"
    joined = rf"(?:\s(?:{any_of(law.small_words)}\s)?{plain})"
    about_plain = rf"\s{any_of(law.about)}\s{plain}{joined}{{0,7}}+(?:\s(?:{any_of(law.small_words)}\s)?{title})?+"
    year = rf"(?:\s{any_of(law.year_words)}\s?\d{{4}}|\s\(\d{{4}}\))"
    # "Nomor 90/PUU-XXI/2023", "Nomor VII/MPR/2000", "No TR/442/2025"; with a court's seat, "Nomor 5/Pid.B/2022/PN Jkt.Sel".
    code = rf"(?:{NUMBER}|(?:[IVXLC]+|[A-Z]{{1,6}})[/.-]\w[\w./-]*\w)(?:\s-\s[A-Z]\w*/[\w./-]*\w)?"
    code += r"(?:(?<=/P[NT])\s[A-Z]\w+(?:\.[A-Z]\w+)?)?"
    number = rf"(?:\s{any_of(law.number_words)}:?\s?{code}{year}?|\s(?:\d+|[IVXLC]+(?:/MPRS?)?)/\d{{4}}|\s\d+{year})"
    # Who issued it stands between head and number: "Peraturan Menteri Energi dan Sumber Daya Mineral Nomor 26".
    issuer = r"(?:,?\s(?:(?:dan|dengan|atas|antara)\s)?[A-Z][\w/-]*)"
    head = rf"\b(?i:{any_of(law.numbered)}){ABBREVIATION}{issuer}{{0,10}}?{ABBREVIATION}"
    numbered = rf"{head}{number}(?![\w%])(?:{about}|{about_plain})?"
    resolution = rf"\b{any_of(law.resolutions)}(?:\s{any_of(law.bodies)})?\s{NUMBER}{year}?(?![\w%])"
    resolution += rf"(?:\s{any_of(law.bodies)})?"
    # "rancangan undang-undang (RUU) tentang Daerah Khusus": the title has capitals, the class has none.
    drafted = any_of(head for head in law.numbered if "-" in head)
    small = rf"\b(?i:(?:{any_of(law.numbered)})\s\([a-z][\w-]{{1,12}}\)|{drafted}){about}"
    named = rf"\b{any_of(law.named)}{ABBREVIATION}(?:\s(?!{any_of(law.classes)}\b){RUN}(?:\s\d{{4}}\b)?(?:{about})?|{about})"
    # Titles in English, whose head comes last: "Foreign Corrupt Practices Act", "ASEAN Agreement on Electronic Commerce".
    english = rf"\b(?!{any_of(openers)}\s){NAME_WORD}(?:\s(?:(?:of|and|to|the|in|on|for)\s)?{NAME_WORD}){{0,7}}?"
    english += rf"\s{any_of(law.trailing)}\b"
    english += rf"(?:\s(?:on|for|in|against|with|between|of)\s(?:the\s)?{NAME_WORD}"
    english += rf"(?:\s(?:(?:of|and|in|the|on)\s){{0,2}}{NAME_WORD})*+)?+(?!\s{NAME_WORD})"
    alone = rf"\b{any_of(law.alone)}\b(?![-\w])"
    part = rf"(?:\s{any_of(law.article_parts)}\s\(?\w{{1,2}}\)?)*"
    article = rf"\b{any_of(law.articles)}\s(?:\d+[A-Z]?|[IVXLC]+){part}\s(?:{numbered}|{named}|{alone})"
    dated = rf"\b{any_of(law.dated)}\s\d{{1,2}}\s{any_of(months)}(?:\s\d{{4}})?\b"
    # "Agenda 2030 untuk Pembangunan Berkelanjutan"; without a goal only in mid-sentence, where the capital tells.
    goal = rf"\s{any_of(law.goals)}\s{title}"
    numbered_agenda = rf"{any_of(law.agendas)}\s(?:\d{{4}}|\d{{2}}(?!\s{any_of(months)}))(?!\w)"
    agenda = rf"\b{numbered_agenda}{goal}|(?<=[a-z,]\s){numbered_agenda}"
    framework = rf"\b{any_of(law.frameworks)}\s(?!{any_of(law.kinds)}\b){NAME_WORD}(?:{goal})?"
    patterns = {"article": article, "numbered": numbered, "resolution": resolution, "named": named, "alone": alone}
    patterns |= {"small": small, "dated": dated, "agenda": agenda, "framework": framework}
    if law.trailing:
        patterns["english"] = english
    if law.leading:
        small_english = r"(?:of|and|in|the|on|for|to|with)\s"
        patterns["about"] = (
            rf"\b(?!{any_of(openers)}\s)(?:{NAME_WORD}\s){{0,6}}?{any_of(law.leading)}"
            rf"\s(?:on|for|of|to|against|between|concerning)\s(?:{small_english})?{NAME_WORD}(?:\s(?:{small_english}){{0,3}}{NAME_WORD})*+"
        )
    return tuple((kind, re.compile(pattern)) for kind, pattern in patterns.items())


def _event_patterns(event: EventWords, common: list[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    if not event.named:
        return ()
    loose = [word for word in event.named if word not in event.strict]
    edition = r"(?:ke-\d+|ke-[IVXLC]+|[IVXLC]+|\d{4}(?:[–/-]\d{2,4})?|\(\d{4}\))(?!\w)"
    year = r"\d{4}(?:[–/-]\d{2,4})?(?!\w)"
    day = rf"\d{{1,2}}\s{any_of(event.months)}(?:\s\d{{4}})?(?!\w)"
    name = rf"(?:{edition}|{NAME_WORD}){ABBREVIATION}"
    kinds = rf"{any_of([*event.not_incidents, *event.classes, *common])}|(?:Pe|Ke)[a-z]+an"
    poll_word = rf"(?:{any_of(event.poll_words)}\b|{NAME_WORD}){ABBREVIATION}"
    kept = rf"(?!{any_of(event.not_memorial)}\b)(?:{NAME_WORD}\s){{1,4}}?"
    of_month = rf"(?!{event.in_month.pattern}(?!\w))"
    patterns = {
        "named": rf"\b{any_of(loose)}{ABBREVIATION}(?!\s{any_of(event.classes)}\b)(?:\s{name})++",
        "strict": rf"\b{any_of(event.strict)}{ABBREVIATION}(?:\s{name})*?\s{edition}(?:\s{name})*+",
        "alone": rf"\b{any_of(event.alone)}\b(?:\s{edition})?",
        # "pemilu 2019", "pemilihan presiden dan wakil presiden Indonesia 2024": the year makes a name of the common noun.
        "poll": rf"\b{of_month}{any_of(event.polls)}{ABBREVIATION}(?:\s{poll_word}){{0,8}}?\s{year}",
        # "kudeta Fiji 2006", "krisis diplomatik Qatar 2017": a kind of happening, a place, a year.
        "dated": rf"\b{of_month}{any_of(event.dated)}(?:\s[a-z]+)?(?:\s{NAME_WORD}){{1,4}}\s{year}",
        # "genosida Rwanda", "pandemi COVID-19": with a name beside it there is only one.
        "unique": rf"\b{any_of(event.unique)}(?:\s{NAME_WORD}){{1,3}}",
        "storm": rf"\b{any_of(event.storms)}\s(?!{any_of(event.classes)}\b){NAME_WORD}(?!\s{NAME_WORD})",
        # "Micronesian Games 1998", "Seoul Drama Awards 2017": the head comes last, a year closes it.
        "trailing": rf"\b(?:{NAME_WORD}\s){{1,5}}{any_of(event.trailing)}{ABBREVIATION}(?:\s{NAME_WORD}){{0,2}}\s{year}",
        "memorial": rf"\b{any_of(event.memorial)}\s{kept}{any_of(event.memorial_ends)}\b(?:\s{edition})?",
        "series": rf"\b{any_of(event.series)}[ -]?\d{{1,3}}\b",
        "day": rf"\b(?:{any_of(event.days)}|(?<=[a-z,]\s){any_of(event.capital)})\s{day}",
        # "Peristiwa Madiun", not "Peristiwa Penembakan …", whose first noun only tells the kind.
        "incident": rf"\b{any_of(event.incidents)}(?!\s(?:{kinds})\b)(?:\s{NAME_WORD})++",
    }
    return tuple((kind, re.compile(pattern)) for kind, pattern in patterns.items())
