"""Quantities: numbers in digits or words with scale, unit and bound, resolved to a value.

Indonesian writes 1.500 for fifteen hundred and 1,5 for one and a half; "Rp1,5 triliun" is 1.5e12 IDR. Numbers that name
rather than count (law numbers, dates, scores, addresses) are left out: the caller passes the spans of the dates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from peristiwa.entities.grammar import any_of
from peristiwa.language import Language
from peristiwa.settings import Strict, validate
from peristiwa.types import Bound, Quantity


class Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class QuantityWords(Strict):
    digits: dict[str, int] = {}
    scales: dict[str, int] = {}
    teens: str = ""
    vague: dict[str, float] = {}
    fractions: dict[str, float] = {}
    currencies: dict[str, str] = {}
    currency_nouns: dict[str, str] = {}
    percent: list[str] = []
    at_least: list[str] = []
    at_most: list[str] = []
    about: list[str] = []
    not_after: list[str] = []
    ordinal_prefix: str = ""
    not_units: list[str] = []


@dataclass(frozen=True)
class Patterns:
    words: QuantityWords
    number: re.Pattern[str]
    bounds: tuple[tuple[Bound, re.Pattern[str]], ...]
    unit: re.Pattern[str]
    money: re.Pattern[str]
    not_after: re.Pattern[str]


DIGITS = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
# Bounds stand at most this many characters before their number, so that no search runs far back.
LOOK_BACK = 24


@lru_cache(maxsize=8)
def compile_quantities(language: Language) -> Patterns:
    """The patterns of ``language``. Raises SettingsError when its ``quantities`` section is malformed."""
    words = validate(QuantityWords, language.section("quantities"), f"{language.path}, quantities")
    scale = any_of(words.scales)
    spelled = any_of(word for word in (*words.digits, *words.scales, words.teens) if word)
    half = any_of(word for word, value in words.fractions.items() if value == 0.5)
    identifying = [rf"\b{any_of(words.not_after)}", *([re.escape(words.ordinal_prefix)] if words.ordinal_prefix else [])]
    number = rf"""(?x)
        (?<![\w.,/:+-]) (?:(?P<currency>{any_of(words.currencies)})\s?)?
        (?: (?P<digits>{DIGITS}) (?:\s(?P<scale>{scale}))? (?![\w]|[.,:/-]\d)
          | (?P<fraction>{any_of(words.fractions)}) \b
          | (?P<vague>{any_of(words.vague)}) (?:\s(?P<vaguescale>{scale}))? \b
          | (?P<spelled>{spelled}(?:\s{spelled})*) (?:\s(?P<half>{half}))? \b
        )"""
    bounds: list[tuple[Bound, list[str]]] = [
        ("at_least", words.at_least),
        ("at_most", words.at_most),
        ("about", words.about),
    ]
    return Patterns(
        words=words,
        number=re.compile(number, re.IGNORECASE),
        bounds=tuple((bound, re.compile(rf"\b{any_of(cues)}\s$", re.IGNORECASE)) for bound, cues in bounds),
        unit=re.compile(r"\s?(?P<percent>%)|\s(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)"),
        money=re.compile(rf"\s{any_of(words.currency_nouns)}\b", re.IGNORECASE),
        not_after=re.compile(rf"(?:{'|'.join(identifying)})\s?$", re.IGNORECASE),
    )


def find_quantities(text: str, language: Language, not_in: Iterable[Span] = ()) -> list[Quantity]:
    """The quantities of ``text`` in order, ids Q1…; numbers inside the spans ``not_in`` (dates, names) are skipped.

    The span runs from the bound's word or the currency to the unit: "sedikitnya 65 orang" has value 65, unit "orang",
    bound "at_least". A range gives two quantities. Vague words ("ratusan") are their smallest value, bound "at_least".
    """
    patterns = compile_quantities(language)
    blocked = sorted((span.start, span.end) for span in not_in)
    out: list[Quantity] = []
    for match in patterns.number.finditer(text):
        if _inside(match.start(), match.end(), blocked):
            continue
        before = text[max(0, match.start() - LOOK_BACK) : match.start()]
        if patterns.not_after.search(before):
            continue
        value = _value(match, patterns.words)
        if value is None or value == math.inf:  # a run of hundreds of digits
            continue
        start, bound = _bound(before, match.start(), patterns)
        if bound is None and match["vague"]:
            bound = "at_least"
        end, unit = _unit(text, match, patterns)
        if unit is None and match["spelled"]:
            continue  # a bare number word ("satu", "dua") is more often a pronoun than a count
        out.append(Quantity(f"Q{len(out) + 1}", start, end, text[start:end], value, unit, bound))
    return out


def _inside(start: int, end: int, blocked: Sequence[tuple[int, int]]) -> bool:
    return any(a < end and start < b for a, b in blocked)


def _value(match: re.Match[str], words: QuantityWords) -> float | None:
    if match["digits"]:
        number = float(match["digits"].replace(".", "").replace(",", "."))
        return round(number * words.scales.get((match["scale"] or "").lower(), 1), 6)
    if match["fraction"]:
        return words.fractions.get(" ".join(match["fraction"].lower().split()))
    if match["vague"]:
        least = words.vague.get(" ".join(match["vague"].lower().split()))
        return least and least * words.scales.get((match["vaguescale"] or "").lower(), 1)
    whole = spelled_number(match["spelled"].lower().split(), words)
    return whole + 0.5 if whole is not None and match["half"] else whole


def spelled_number(parts: Sequence[str], words: QuantityWords) -> float | None:
    """The value of number words ("dua ratus lima puluh ribu" → 250000), None where they make no number."""
    total = group = 0
    last: int | None = None
    for part in parts:
        if part in words.digits:
            if last is not None and words.digits[part] < 10:
                return None  # two digits in a row
            number = words.digits[part]
            group += number
            last = number if number < 10 else None
        elif part == words.teens and last is not None:
            group += 10
            last = None
        elif part in words.scales and words.scales[part] < 1000 and last is not None:
            group += last * (words.scales[part] - 1)
            last = None
        elif part in words.scales and words.scales[part] >= 1000 and group:
            total += group * words.scales[part]
            group, last = 0, None
        else:
            return None
    return float(total + group)


def _bound(before: str, start: int, patterns: Patterns) -> tuple[int, Bound | None]:
    for bound, pattern in patterns.bounds:
        if match := pattern.search(before):
            return start - len(before) + match.start(), bound
    return start, None


def _unit(text: str, match: re.Match[str], patterns: Patterns) -> tuple[int, str | None]:
    """Where the quantity ends and its unit: a currency, the first word for per cent, or the noun after the number."""
    words, end = patterns.words, match.end()
    if match["currency"]:
        symbol = match["currency"]
        return end, next(code for sign, code in words.currencies.items() if sign.lower() == symbol.lower())
    if money := patterns.money.match(text, end):
        noun = " ".join(money.group().lower().split())
        return money.end(), next(code for name, code in words.currency_nouns.items() if name.lower() == noun)
    unit = patterns.unit.match(text, end)
    if not unit:
        return end, None
    word = unit["percent"] or unit["word"]
    if word.lower() in words.not_units:
        return end, None
    return unit.end(), words.percent[0] if word.lower() in words.percent else word
