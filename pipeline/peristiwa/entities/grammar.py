"""The ``entities`` section of a language file, validated and compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from peristiwa.language import Language
from peristiwa.settings import Strict, validate


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


class EventWords(Strict):
    named: list[str] = []
    alone: list[str] = []
    strict: list[str] = []


class EntityWords(Strict):
    titles: list[str] = []
    degrees: list[str] = []
    law: LawWords = LawWords()
    event: EventWords = EventWords()


@dataclass(frozen=True)
class Grammar:
    """Compiled patterns; None where the language has no words for one."""

    titles: re.Pattern[str] | None
    degrees: re.Pattern[str] | None
    laws: tuple[tuple[str, re.Pattern[str]], ...]
    events: tuple[tuple[str, re.Pattern[str]], ...]


def any_of(words: Iterable[str]) -> str:
    """A regular expression for one of ``words``, longest first, any white space between their parts; none match none."""
    parts = sorted(set(words), key=lambda w: (-len(w), w))
    if not parts:
        return "(?!)"
    return "(?:" + "|".join(r"\s".join(map(re.escape, word.split())) for word in parts) + ")"


# One word of a name: capitalised, an initialism, or parts joined by hyphen, slash or full stop.
NAME_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’&]*+(?:[-/.][\w'’]++)*+"
RUN = rf"{NAME_WORD}(?:\s{NAME_WORD})*"
ABBREVIATION = r"(?:\s\([A-Z][\w-]{1,12}\))?"
NUMBER = r"\d++[A-Za-z]?(?:[./-][\w./-]*\w)?"


@lru_cache(maxsize=8)
def compile_grammar(language: Language) -> Grammar:
    """The patterns of ``language``. Raises SettingsError when its ``entities`` section is malformed."""
    words = validate(EntityWords, language.section("entities"), f"{language.path}, entities")
    return Grammar(
        titles=re.compile(rf"(?:{any_of(words.titles)}\s)+") if words.titles else None,
        degrees=re.compile(rf",?(?:\s|,\s){any_of(words.degrees)}$") if words.degrees else None,
        laws=_law_patterns(words.law),
        events=_event_patterns(words.event),
    )


def _law_patterns(law: LawWords) -> tuple[tuple[str, re.Pattern[str]], ...]:
    if not law.numbered:
        return ()
    # A title is capitalised words and numbers with small words between them ("Informasi dan Transaksi Elektronik"),
    # or, after a number, a few lower-case words up to the next function word or punctuation mark.
    word = rf"(?:{NAME_WORD}|{NUMBER}\b)"
    title = rf"{NAME_WORD}(?:,?\s(?:{any_of(law.small_words)}\s){{0,2}}{word})*+"
    plain = rf"(?:(?!{any_of(law.title_stops)}\b)[a-z][\w-]*+)"
    about = rf"\s{any_of(law.about)}\s{title}"
    about_plain = rf"\s{any_of(law.about)}\s{plain}(?:\s{plain}){{0,7}}+"
    year = rf"(?:\s{any_of(law.year_words)}\s\d{{4}}|\s\(\d{{4}}\))"
    number = rf"(?:\s{any_of(law.number_words)}\s{NUMBER}{year}?|\s\d+/\d{{4}}|\s\d+{year})"
    head = rf"\b(?i:{any_of(law.numbered)}){ABBREVIATION}(?:\s[A-Z][\w-]*){{0,5}}?{ABBREVIATION}"
    numbered = rf"{head}{number}(?![\w%])(?:{about}|{about_plain})?"
    resolution = rf"\b{any_of(law.resolutions)}(?:\s{any_of(law.bodies)})?\s{NUMBER}{year}?(?![\w%])"
    resolution += rf"(?:\s{any_of(law.bodies)})?"
    named = rf"\b{any_of(law.named)}{ABBREVIATION}(?:\s{RUN}(?:\s\d{{4}}\b)?(?:{about})?|{about})"
    alone = rf"\b{any_of(law.alone)}\b(?![-\w])"
    part = rf"(?:\s{any_of(law.article_parts)}\s\(?\w{{1,2}}\)?)*"
    article = rf"\b{any_of(law.articles)}\s(?:\d+[A-Z]?|[IVXLC]+){part}\s(?:{numbered}|{named}|{alone})"
    patterns = {"article": article, "numbered": numbered, "resolution": resolution, "named": named, "alone": alone}
    return tuple((kind, re.compile(pattern)) for kind, pattern in patterns.items())


def _event_patterns(event: EventWords) -> tuple[tuple[str, re.Pattern[str]], ...]:
    if not event.named:
        return ()
    loose = [word for word in event.named if word not in event.strict]
    edition = r"(?:ke-\d+|ke-[IVXLC]+|[IVXLC]+|\d{4}(?:[–-]\d{4})?|\(\d{4}\))(?!\w)"
    name = rf"(?:{edition}|{NAME_WORD})"
    patterns = {
        "named": rf"\b{any_of(loose)}{ABBREVIATION}(?:\s{name})++",
        "strict": rf"\b{any_of(event.strict)}(?:\s{name})*?\s{edition}(?:\s{name})*+",
        "alone": rf"\b{any_of(event.alone)}\b(?:\s{edition})?",
    }
    return tuple((kind, re.compile(pattern)) for kind, pattern in patterns.items())
