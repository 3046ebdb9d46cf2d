"""Quantities: numbers in digits or words with scale, unit and bound, resolved to a value.

Indonesian writes 1.500 for fifteen hundred and 1,5 for one and a half; "Rp1,5 triliun" is 1.5e12 IDR. Numbers that name
rather than count (law numbers, dates, scores, addresses) are left out: the caller passes the spans of the dates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from peristiwa.entities.patterns import any_of
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
    dozens: dict[str, int] = {}
    money_scales: dict[str, int] = {}
    teens: str = ""
    vague: dict[str, float] = {}
    fractions: dict[str, float] = {}
    halfway: list[str] = []
    currencies: dict[str, str] = {}
    currency_nouns: dict[str, str] = {}
    percent: list[str] = []
    at_least: list[str] = []
    at_most: list[str] = []
    about: list[str] = []
    not_after: list[str] = []
    and_words: list[str] = []
    ordinal_prefix: str = ""
    range_words: list[str] = []
    of_words: list[str] = []
    scores: list[str] = []
    unit_pairs: list[str] = []
    prefix_units: dict[str, str] = {}
    collective: dict[str, int] = {}
    collective_units: list[str] = []
    parts: dict[str, int] = {}
    per: str = ""
    more_after: list[str] = []
    more_before: list[str] = []
    tens_suffix: str = ""
    not_units: list[str] = []
    predicates: list[str] = []
    predicate_prefixes: list[str] = []
    prefixed_nouns: list[str] = []
    or_words: list[str] = []
    one: str = ""
    one_of: list[str] = []
    measures: list[str] = []

    @property
    def multiples(self) -> dict[str, int]:
        """What a number before it is multiplied with: "tiga ribu", "tiga lusin"."""
        return self.scales | self.dozens


@dataclass(frozen=True)
class Patterns:
    words: QuantityWords
    number: re.Pattern[str]
    bounds: tuple[tuple[Bound, re.Pattern[str]], ...]
    unit: re.Pattern[str]
    money: re.Pattern[str]
    not_after: re.Pattern[str]
    listed: re.Pattern[str]
    predicate: re.Pattern[str]
    between: re.Pattern[str]
    out_of: re.Pattern[str]
    result: re.Pattern[str]
    scores: re.Pattern[str]
    either: re.Pattern[str]
    more: re.Pattern[str]
    one_of: re.Pattern[str]
    measures: frozenset[str]
    signs: dict[str, str]


@dataclass(frozen=True)
class Found:
    """A quantity while its neighbours are read: where its own number starts, and the scale that it carries."""

    quantity: Quantity
    number: int
    scale: float | None
    is_bare_word: bool


DIGITS = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3}){2,}|\d+(?:,\d+)?"
# Thousands as English writes them; so few decimals are counted of nothing that is measured.
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
# What a number without a unit belongs to: an event noun at the head ("Penerbangan 703"), a name ("kafe Palopo 2"), a footnote.
HEADED = re.compile(r"(?:^|[.!?]\s)(?:Pe|Ke)[a-z]+an\s$")
NAMED = re.compile(r"(?:[\w,)”\"] |\()[A-Z]\w+\s$")
PLACED = re.compile(r"\b(?:[Dd]i|[Kk]e|[Dd]ari)\s(?:[a-z]+\s)?(?:[A-Z][\w-]+\s)+$")
NOTED = re.compile(r"[a-z)”\"][.!?][”\"]?\s$")
CAPITAL = re.compile(r"\s[A-Z]")
# Numbers without a unit that count nothing: a score ("3 - 0"), a minute of a game ("45’"), a number of an archive ("0153").
SCORED, SCORE = re.compile(r"\d\s-\s$"), re.compile(r"\s-\s\d")
MINUTE, ZERO = re.compile(r"(?:\+\d+)?[’'′]"), re.compile(r"0\d")
# Bounds stand at most this many characters before their number, so that no search runs far back.
LOOK_BACK = 24


@lru_cache(maxsize=8)
def compile_quantities(language: Language) -> Patterns:
    """The patterns of ``language``. Raises SettingsError when its ``quantities`` section is malformed."""
    words = validate(QuantityWords, language.section("quantities"), f"{language.path}, quantities")
    scale = any_of(words.multiples)
    spelled = any_of(word for word in (*words.digits, *words.multiples, words.teens) if word)
    half = any_of(word for word, value in words.fractions.items() if value == 0.5)
    # "3-5 persen", "Rp5-7 miliar", "3%-5%", "Rp5 juta-Rp7 juta" are ranges; "2-1" is a score, "021-555" a telephone number. So
    # is "20-30 orang": what a noun follows.
    predicate = (
        rf"{any_of(words.predicates)}(?!\w)"
        rf"|(?!{any_of(words.prefixed_nouns)}(?:nya)?(?!\w)){any_of(words.predicate_prefixes)}[a-z]{{2}}"
    )
    measured = rf"[\d.,]*\s?(?:%|{any_of([*words.percent, *words.scales, *words.currency_nouns])}\b)"
    tail = rf"(?:{measured}|[\d.,]*\s(?!{any_of(words.not_units)}(?!\w)|{predicate})(?-i:[a-z]{{2}}))"
    said = "|".join(rf"(?<={re.escape(word)}-)" for word in sorted({*words.percent, *words.scales, *words.currency_nouns}))
    second = rf"(?<=-)(?:(?:(?<=\d-)|{said or '(?!)'})(?={tail})|(?={any_of(words.currencies)}\s?\d))"
    money = rf"(?-i:{any_of(words.money_scales)})(?(currency)|(?=\s{any_of(words.currency_nouns)}\b))"
    part = rf"{any_of(words.parts)}"
    tens = rf"(?P<tens>{re.escape(words.tens_suffix)}\b)?" if words.tens_suffix else "(?P<tens>(?!))?"
    rounding = re.escape(words.tens_suffix.lstrip("-")) or "(?!)"
    # "Boeing 737", "JT 610": what has a capital names as it is written.
    names = {case: any_of(word for word in words.not_after if word.islower() is case) for case in (True, False)}
    identifying = rf"\b(?:(?i:{names[True]})|{names[False]})|{re.escape(words.ordinal_prefix) or '(?!)'}"
    number = rf"""(?x)
        (?:(?<![\w.,/:+-]) | {second})
        (?:(?P<currency>{any_of(words.currencies)})\s? | (?P<kind>(?-i:{any_of(words.prefix_units)}))\s?)?
        (?: (?P<over>[1-9])/(?P<under>\d|10) (?=\s[^\W\d_])
          | (?!(?m:^)\d{{1,3}}[.)]\s) (?P<digits>{DIGITS}) {tens} (?:\s?(?:(?P<scale>{scale})|(?P<money>{money})))?
            (?![\w]|[.,:/]\d|-\d(?!{tail})) (?(currency)|(?!/(?-i:[A-Z])))
            (?:\s\({spelled}(?:\s{spelled})*\))?
          | (?P<nth>{any_of(words.digits)}) \s {re.escape(words.per) if words.per else "(?!)"} [ ]? (?P<part>{part}) \b
          | (?P<fraction>{any_of(words.fractions)}) (?!\s{any_of(words.halfway)}\b) (?:\s(?P<fractionscale>{scale}))? \b
          | (?P<collective>{any_of(words.collective)}) (?=\s{any_of(words.collective_units)}\b)
          | (?P<vague>{any_of(words.vague)}) (?:\s(?P<vaguescale>{scale}))? \b
          | (?P<spelled>{spelled}(?:\s{spelled})*)
            (?:\s(?P<half>{half})(?:\s(?P<halfscale>{scale}))? | (?P<round>{rounding})(?:\s(?P<roundscale>{scale}))?)? \b
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
        unit=re.compile(
            rf"\s?(?P<percent>%)|\s(?P<pair>{any_of(words.unit_pairs)})(?!\w)"
            + r"|(?:[^\S\n]|\n(?=[a-z]))(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*[²³]?)"
        ),
        money=re.compile(rf"\s{any_of(words.currency_nouns)}\b", re.IGNORECASE),
        not_after=re.compile(rf"(?:{identifying})\s?$"),
        listed=re.compile(rf"\)?(?:,?\s{any_of(words.and_words)}\s|,\s|\s?–\s?)\(?"),
        predicate=re.compile(predicate),
        between=re.compile(rf"\s?[-–]\s?|\s{any_of(words.range_words)}\s", re.IGNORECASE),
        out_of=re.compile(rf"\s{any_of(words.of_words)}\s"),
        result=re.compile(rf"-(?!{measured})(\d{{1,9}})\s", re.IGNORECASE),
        scores=re.compile(rf"\b{any_of(words.scores)}\s(?:\w+\s)?$", re.IGNORECASE),
        either=re.compile(rf"\s{any_of(words.or_words)}\s"),
        more=re.compile(rf"\s{any_of(words.more_after)}\b(?!\s{any_of(words.more_before)}\b)"),
        one_of=re.compile(rf"\b{any_of(words.one_of)}\s$", re.IGNORECASE),
        measures=frozenset((*words.percent, *words.measures)),
        signs={sign.lower(): unit for sign, unit in (words.currencies | words.prefix_units).items()},
    )


def find_quantities(text: str, language: Language, not_in: Iterable[Span] = ()) -> list[Quantity]:
    """The quantities of ``text`` in order, ids Q1…; numbers inside the spans ``not_in`` (dates, names) are skipped.

    The span runs from the bound's word or the currency to the unit: "sedikitnya 65 orang" has value 65, unit "orang",
    bound "at_least". A range gives two quantities. Vague words ("ratusan") are their smallest value, bound "at_least".
    """
    patterns = compile_quantities(language)
    blocked = sorted((span.start, span.end) for span in not_in)
    found: list[Found] = []
    named: int | None = None  # where the last number ended that names: "Pasal 27, 28, dan 29"
    for match in patterns.number.finditer(text):
        if _inside(match.start(), match.end(), blocked):
            continue
        before = text[max(0, match.start() - LOOK_BACK) : match.start()]
        one = _read(text, match, before, patterns)
        between = "" if named is None else text[named : match.start()]
        is_listed = between == "-" or (patterns.listed.fullmatch(between) and _could_name(match, one))
        if patterns.not_after.search(before) or is_listed or _is_result(text, match, before, patterns):
            named = match.end()
        elif one is not None and not _belongs(text, match, before, one, patterns):
            found.append(one)
    joined = [one.quantity for one in _join_ranges(text, found, patterns) if not one.is_bare_word]
    kept = [quantity for quantity in joined if not _is_score(text, quantity)]
    return [replace(quantity, id=f"Q{number}") for number, quantity in enumerate(kept, 1)]


def _could_name(match: re.Match[str], found: Found | None) -> bool:
    """A plain number that counts no noun; the name of a law may follow it ("Pasal 27 dan 28 UU ITE")."""
    if found is None or found.scale or match["currency"] or not (match["digits"] or "").isdigit():
        return False
    unit = found.quantity.unit
    return unit is None or (unit[:1].isupper() and found.quantity.text.endswith(unit))


def _belongs(text: str, match: re.Match[str], before: str, found: Found, patterns: Patterns) -> bool:
    """A plain number that counts nothing: it closes a name or marks a footnote; but "di Bogor 3 tewas".

    Nor does "satu" behind "salah".
    """
    quantity = found.quantity
    if quantity.value == 1 and match["spelled"] and patterns.one_of.search(before):
        return True
    if quantity.unit or quantity.bound or found.scale or match["currency"] or not (match["digits"] or "").isdigit():
        return False
    if MINUTE.match(text, match.end()) or ZERO.match(match["digits"]):
        return True
    if HEADED.search(before) or (NAMED.search(before) and not _counts_there(text, match, before, patterns)):
        return True
    return bool(NOTED.search(before) and CAPITAL.match(text, match.end()))


def _counts_there(text: str, match: re.Match[str], before: str, patterns: Patterns) -> bool:
    """ "di Bogor 3 tewas"; but "PTPN 2 menanam tebu" is a name."""
    return PLACED.search(before) is not None and patterns.predicate.match(text, match.end() + 1) is not None


def _read(text: str, match: re.Match[str], before: str, patterns: Patterns) -> Found | None:
    value = _value(match, patterns.words)
    if value is None or value == math.inf:  # a run of hundreds of digits
        return None
    start, bound = _bound(before, match.start(), patterns)
    if bound is None and match["vague"]:
        bound = "at_least"
    if bound is None and (match["tens"] or match["round"]):
        bound = "about"
    more = patterns.more.match(text, match.end())  # "50 lebih warga" or "50 warga lebih"
    end, unit = _unit(text, more.end() if more else match.end(), match, patterns)
    if unit is not None and not more and (more := patterns.more.match(text, end)):
        end = more.end()
    if more and bound in (None, "about"):
        bound = "at_least"
    # A bare number word ("satu", "dua") is more often a pronoun than a count, but not in "dua tewas".
    counts = value > 1 and patterns.predicate.match(text, end + 1)
    bare = unit is None and bool(match["spelled"] or match["fraction"]) and not counts
    if _is_thousands(match, unit, patterns):
        value = float(match["digits"].replace(",", ""))
    quantity = Quantity("", start, end, text[start:end], value, unit, bound)
    return Found(quantity, match.start(), _scale(match, patterns.words), bare)


def _is_result(text: str, match: re.Match[str], before: str, patterns: Patterns) -> bool:
    """Whether two plain numbers with a hyphen between them are no range: "kalah 1-3 babak kedua", "2-1 gol"."""
    second = patterns.result.match(text, match.end())
    if second is None or not (match["digits"] or "").isdigit():
        return False
    return float(match["digits"]) >= float(second[1]) or patterns.scores.search(before) is not None


def _is_score(text: str, quantity: Quantity) -> bool:
    """ "menang 3 - 0"; but "3 - 4 kali" is a range, whose ends share the unit by now."""
    if quantity.unit or quantity.bound:
        return False
    return bool(SCORE.match(text, quantity.end) or SCORED.search(text, max(0, quantity.start - 4), quantity.start))


def _is_thousands(match: re.Match[str], unit: str | None, patterns: Patterns) -> bool:
    """ "3,000 orang", "1,234,567": the comma parts thousands, unless "1,753 meter" or "2,425 miliar" may be a fraction."""
    digits = match["digits"] or ""
    if "," not in digits or not THOUSANDS.fullmatch(digits):
        return False
    if digits.count(",") > 1:
        return True
    if match["scale"] or match["currency"] or match["kind"] or match["money"]:
        return False
    return digits.endswith("00") if unit is None else unit.islower() and unit not in patterns.measures


def _join_ranges(text: str, found: Sequence[Found], patterns: Patterns) -> list[Found]:
    """The ends of a range share their unit and scale: "Rp5-7 miliar", "10 hingga 20 kapal" (there "hingga" is no bound).

    So do two numbers of which one is meant: "lima atau enam orang". A part has the unit of its whole: "tiga dari lima orang".
    """
    out = list(found)
    for at in range(len(out) - 1):
        left, right = out[at], out[at + 1]
        a, b = left.quantity, right.quantity
        if a.unit is None and b.unit and 1 <= a.value < b.value and patterns.out_of.fullmatch(text, a.end, right.number):
            out[at] = replace(left, quantity=replace(a, unit=b.unit), is_bare_word=False)
            continue
        either = a.unit is None and b.unit is not None and a.value >= 1 and patterns.either.fullmatch(text, a.end, right.number)
        if a.value >= b.value or not (either or patterns.between.fullmatch(text, a.end, right.number)):
            continue
        if a.unit in (None, b.unit) or (b.unit is None and a.unit in patterns.signs.values()):
            value = a.value
            if left.scale is None and right.scale is not None and value * right.scale < b.value:
                value = _scaled(value, right.scale)
            end_bound = b.bound if right.number == b.start else None
            unit = b.unit or a.unit
            out[at] = replace(
                left, quantity=replace(a, value=value, unit=unit), is_bare_word=unit is None and left.is_bare_word
            )
            text_b = text[right.number : b.end]
            joined = replace(b, start=right.number, text=text_b, unit=unit, bound=end_bound)
            out[at + 1] = replace(right, quantity=joined, is_bare_word=unit is None and right.is_bare_word)
    return out


def _inside(start: int, end: int, blocked: Sequence[tuple[int, int]]) -> bool:
    return any(a < end and start < b for a, b in blocked)


def _value(match: re.Match[str], words: QuantityWords) -> float | None:
    if match["over"]:
        over, under = int(match["over"]), int(match["under"])
        return round(over / under, 4) if over < under else None
    if match["nth"]:
        return round(words.digits.get(match["nth"].lower(), 0) / words.parts[match["part"].lower()], 4)
    if match["collective"]:
        return float(words.collective[match["collective"].lower()])
    if match["digits"]:
        number = float(match["digits"].replace(".", "").replace(",", "." if match["digits"].count(",") == 1 else ""))
        return _scaled(number, _scale(match, words) or 1)
    if match["fraction"]:
        share = words.fractions.get(" ".join(match["fraction"].lower().split()))
        return share and _scaled(share, words.multiples.get((match["fractionscale"] or "").lower(), 1))
    if match["vague"]:
        least = words.vague.get(" ".join(match["vague"].lower().split()))
        return least and least * words.multiples.get((match["vaguescale"] or "").lower(), 1)
    whole = spelled_number(match["spelled"].lower().split(), words)
    if whole is not None and match["round"]:  # "dua ratusan ribu"; "satuan" is a unit
        return whole * words.multiples.get((match["roundscale"] or "").lower(), 1) if whole >= 10 else None
    if whole is None or not match["half"]:
        return whole
    return (whole + 0.5) * words.multiples.get((match["halfscale"] or "").lower(), 1)


def _scaled(number: float, scale: float) -> float:
    """The product as one would write it: 33,2 miliar is 33200000000, which it is not for binary fractions."""
    return float(Decimal(str(number)) * Decimal(str(scale)))


def _scale(match: re.Match[str], words: QuantityWords) -> float | None:
    return words.money_scales[match["money"]] if match["money"] else words.multiples.get((match["scale"] or "").lower())


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
        elif part in words.dozens and group:
            total += group * words.dozens[part]
            group, last = 0, None
        else:
            return None
    return None if len(parts) == 1 and parts[0] == words.one else float(total + group)


def _bound(before: str, start: int, patterns: Patterns) -> tuple[int, Bound | None]:
    cues = [(match.start(), bound) for bound, pattern in patterns.bounds if (match := pattern.search(before))]
    if not cues:
        return start, None
    first, bound = min(cues)  # the longest: "tidak lebih dari" holds "lebih dari"
    return start - len(before) + first, bound


def _unit(text: str, end: int, match: re.Match[str], patterns: Patterns) -> tuple[int, str | None]:
    """Where the quantity ends and its unit: a currency, the first word for per cent, or the noun after the number."""
    words = patterns.words
    if sign := match["currency"] or match["kind"]:
        return end, patterns.signs[sign.lower()]
    if money := patterns.money.match(text, end):
        noun = " ".join(money.group().lower().split())
        return money.end(), next(code for name, code in words.currency_nouns.items() if name.lower() == noun)
    unit = patterns.unit.match(text, end)
    if not unit:
        return end, None
    word = unit["percent"] or unit["pair"] or unit["word"]
    if word.lower() in words.not_units or patterns.predicate.match(word):
        return end, None
    return unit.end(), words.percent[0] if word.lower() in words.percent else word
