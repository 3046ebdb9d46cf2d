"""Text to symbols: the first step of the cascade.

Every token becomes one *symbol*: its offsets, a value where the lexicon or the number reader knows one, and one
character that stands for the set of word classes it belongs to. A text is then a string of such characters, and the
rules of the grammar are regular expressions over that string (a finite-state cascade after Abney 1996).
All repetition in the token pattern is bounded or possessive by construction, so that the work is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeAlias

Value: TypeAlias = "int | float | str | dict[str, int | float | str]"
Slots: TypeAlias = dict[str, "int | float | str"]
Classes: TypeAlias = frozenset[str]

LOW, CAP, OTHER, BREAK = "LOW", "CAP", "OTHER", "BREAK"

# The alternatives are tried in this order; a number that is glued to letters, slashes or further digits falls through
# to the plainer alternatives, so that "10/2025" in "Fd/10/2025" or "B50" are not read as dates.
TOKEN = re.compile(
    r"""
    (?![^\S\n])(?:  # at once past spaces, and past all that begins with a digit where there is none
    (?P<word>[^\W\d_]\w*(?:['’]\w+)?)
  | (?P<blank>\n[^\S\n]*\n)
  | (?=['’0-9])(?:
    (?P<iso>(?<![\w./-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T\ ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?(?![\w/-]))
  | (?P<dmy>(?:(?<![\w/.-])|(?<=[(\s][0-9]-)|(?<=[(\s][0-9]{2}-)|(?<=[0-9]{4}-))
      (?:[0-9]{1,2}/\ ?[0-9]{1,2}/|[0-9]{1,2}[.]\ ?[0-9]{1,2}[.]|[0-9]{1,2}-\ ?[0-9]{1,2}-)\ ?
      (?:[0-9]{4}|(?<![.])[0-9]{2})(?![\w/-]|[.,][0-9]))
  | (?P<dm>(?:(?<![\w/.,-])|(?<=[(][0-9]-)|(?<=[(][0-9]{2}-))[0-9]{1,2}/[0-9]{1,2}(?![\w/-]|[.,][0-9]))
  | (?P<clock>(?<![\w/.,:])[0-9]{1,2}[.:][0-9]{2}(?:[.:][0-9]{2})?(?![\w%]|[.,:/][0-9]))
  | (?P<times>[0-9]{1,3}\ ?[xX]\ ?[0-9]{1,3}(?!\w))
  | (?P<decade>(?<![\w/.,])(?:[0-9]{4}|['’]?[0-9]{2}|[0-9](?=[-–‑]an))(?:[-–‑]?an|['’]?s)(?!\w))
  | (?P<nth>[0-9]{1,2}(?:st|nd|rd|th)(?!\w))
  | (?P<short>(?<!\w)['’][0-9]{2}(?!\w))
  | (?P<num>(?<![\w])[0-9]+(?:[.,][0-9]+){0,5}(?!\w)))
  | (?P<mixed>\w+)
  | (?P<punct>[^\w\s]))
    """,
    re.VERBOSE,
)
TOKENS = re.compile("(" + re.sub(r"\(\?P<\w+>", "(?:", TOKEN.pattern) + ")", re.VERBOSE)  # the same, to split a text with
CONTINUED = re.compile(r"\n(?<=[\w,;)]\n)(?=[a-z])")
WRAPPED = re.compile(r"\n(?<=[\w,;)]\n)(?=\w)")
GLUED = re.compile(r"(?<=[a-z])[A-Z][a-z]{3,}\Z")
ROMAN = re.compile(r"(?=[IVXL])X{0,3}(?:IX|IV|V?I{0,3})\Z")
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
MAX_DIGITS = 9
MEMORY = 50_000  # surface forms that are remembered with their symbols
UNREAD = "\0"  # stands for a token that must be looked at where it stands
SPELT, SPELT_YEAR = frozenset({"NUM", "INT"}), frozenset({"NUM", "INT", "SPELTYEAR"})


class Surfaces(dict[str, str]):
    """The symbol character of each surface form: those of the lexicon, and by their shape those met so far."""

    def __init__(self, entries: Mapping[str, tuple[str, Value | None]], chars: Mapping[Classes, str]) -> None:
        super().__init__({surface: char for surface, (char, _) in entries.items()})
        self.plain = {name: chars[frozenset({name})] for name in (LOW, CAP, OTHER, BREAK)}
        self.entries = entries

    def __missing__(self, surface: str) -> str:
        first = surface[0]
        if first.isalpha() and surface[1:].islower():
            char = self.plain[CAP if first.isupper() else LOW]
        elif first in "0123456789" or (first in "'’" and len(surface) > 1):
            return UNREAD  # the same digits are a clock time here and a number there
        elif first.isalnum() and not first.isdecimal():
            tail = GLUED.search(surface)
            if tail is not None and tail[0] in self.entries:
                return UNREAD
            char = self.plain[CAP if first.isupper() else LOW]
        else:
            char = self.plain[BREAK if first == "\n" else OTHER]
        if len(self) < MEMORY:
            self[surface] = char
        return char


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the lexer knows: ``entries`` maps a surface form to its symbol character and value, ``values`` to the value
    where there is one; ``surfaces``, ``digits`` and ``runs`` (of numeral words) are the symbols that were read before."""

    entries: Mapping[str, tuple[str, Value | None]]
    chars: Mapping[Classes, str]
    numerals: Mapping[str, tuple[str, float]]
    spelling: re.Pattern[str]
    decimal: str
    surfaces: Surfaces
    values: Mapping[str, Value]
    digits: dict[tuple[str, str], tuple[str, Value | None]] = field(default_factory=dict)
    runs: dict[tuple[str, ...], tuple[int, Value | None, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Symbols:
    """A sequence of symbols as parallel lists; ``string`` has one character for each."""

    starts: list[int]
    ends: list[int]
    values: list[Value | None]
    string: str

    def __len__(self) -> int:
        return len(self.starts)


def read_roman(text: str) -> int | None:
    """The value of an upper-case Roman number up to XXXIX, None for anything else."""
    if not text or len(text) > 7 or not ROMAN.match(text):
        return None
    total = 0
    for this, following in zip(text, [*text[1:], ""], strict=True):
        value = ROMAN_DIGITS[this]
        total += -value if following and ROMAN_DIGITS[following] > value else value
    return total


def number_classes(digits: str, value: float) -> Classes:
    """The word classes of a number by its shape: NUM always, DAY, HOUR, YEAR ... where it could be one."""
    found = {"NUM"}
    if value == int(value) and digits.isdigit():
        found.add("INT")
        if len(digits) <= 2 and 1 <= value <= 31:
            found.add("DAY")
        if len(digits) <= 2 and value <= 24:
            found.add("HOUR")
        if len(digits) == 2 and 30 <= value <= 99:
            found.add("YEAR2")
        if len(digits) == 4 and 1000 <= value <= 2199:
            found.add("YEAR")
        if len(digits) <= 4 and value >= 1 and not digits.startswith("0"):
            found.add("ANYYEAR")
    return frozenset(found)


def read_number(text: str, decimal: str) -> float | None:
    """The value of a digit string with thousands separators and one decimal mark, None where it is none."""
    if len(text) > MAX_DIGITS + 6 or ":" in text:
        return None
    thousands = "." if decimal == "," else ","
    whole, _, fraction = text.partition(decimal)
    groups = whole.split(thousands)
    if len(groups) > 1 and not all(len(group) == 3 for group in groups[1:]):
        return None
    if decimal in fraction or thousands in fraction or len("".join(groups)) > MAX_DIGITS:
        return None
    return float("".join(groups) + ("." + fraction if fraction else ""))


def plain(value: float) -> int | float:
    """An int where the number is whole."""
    return int(value) if value == int(value) else value


def _shape(kind: str, text: str, decimal: str) -> tuple[Classes, Value | None]:
    """Classes and value of a token that is made of digits."""
    parts = [int(part) for part in re.findall(r"[0-9]+", text)[:6]] if kind != "num" else []
    if kind == "iso":
        year, month, day = parts[:3]
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return frozenset({OTHER}), None
        slots: dict[str, int | float | str] = {"year": year, "month": month, "day": day}
        if len(parts) > 3:
            slots |= dict(zip(("hour", "minute", "second"), parts[3:], strict=False))
        return frozenset({"ISODATE"}), slots
    if kind == "dmy":
        day, month, year = parts[:3]
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return frozenset({OTHER}), None
        if year < 100:
            year += 1900 if year >= 30 else 2000
        return frozenset({"FULLDATE"}), {"day": day, "month": month, "year": year}
    if kind == "dm":
        if 1 <= parts[0] <= 31 and 1 <= parts[1] <= 12:
            return frozenset({"SHORTDATE"}), {"day": parts[0], "month": parts[1]}
        return frozenset({OTHER}), None
    if kind == "clock":
        hour, minute, second = (*parts, -1)[:3]
        classes = {"NUM"} if read_number(text, decimal) is not None else set()
        if hour <= 24 and minute < 60 and second < 60:
            clock: dict[str, int | float | str] = {"hour": hour, "minute": minute}
            return frozenset({"CLOCK", *classes}), clock | ({"second": second} if second >= 0 else {})
        number = read_number(text, decimal)
        return (frozenset({"NUM"}), plain(number)) if number is not None else (frozenset({OTHER}), None)
    if kind == "nth":
        return frozenset({"ORD"}), parts[0]
    if kind == "times":
        return frozenset({"TIMES"}), {"n": parts[0] * parts[1]}
    if kind == "decade":
        base = parts[0] if parts[0] >= 100 else 1900 + parts[0]
        about: Slots = {"HOURISH": parts[0]} if 1 <= parts[0] <= 24 and text[:1].isdigit() and text.endswith("an") else {}
        if base % 10 or not 1000 <= base < 2200:
            return (frozenset({"HOURISH"}), about) if about else (frozenset({OTHER}), None)
        shape = {"DECADE"} if parts[0] >= 100 else {"SHORTDECADE", "HOURISH"} if about else {"SHORTDECADE"}
        return frozenset(shape), {"decade": base // 10} | about
    if kind == "short":
        return frozenset({"SHORTYEAR"}), 1900 + parts[0] if parts[0] >= 30 else 2000 + parts[0]
    value = read_number(text, decimal)
    if value is None:
        return frozenset({OTHER}), None
    return number_classes(text, value), plain(value)


def number_signatures() -> set[Classes]:
    """Every set of classes that the lexer can give to a token made of digits (the grammar is compiled over them)."""
    found = {number_classes(text, float(text)) for n in range(2300) for text in (str(n), f"{n:02d}", f"{n:04d}")}
    found |= {frozenset({"NUM"}), frozenset({"CLOCK"}), frozenset({"CLOCK", "NUM"}), frozenset({"NUM", "INT"})}
    shapes = "ISODATE FULLDATE SHORTDATE TIMES DECADE SHORTDECADE SHORTYEAR ORD HALFTO"
    found |= {frozenset({shape}) for shape in shapes.split()}
    found |= {frozenset({"HOURISH"}), frozenset({"HOURISH", "SHORTDECADE"})}
    found |= {number_classes(str(n), float(n)) | {"SPELT"} for n in range(100)}
    found |= {frozenset({"NUM", "SPELT"}), frozenset({"NUM", "SPELT", "HALF"}), SPELT | {"SPELT"}}
    found.add(SPELT_YEAR | {"SPELT"})
    return found | {frozenset({c}) for c in (LOW, CAP, OTHER, BREAK)}


def unwrap(text: str) -> str:
    """The text with a space for every line end that only wraps a line: one before a lower-case word, and where a quarter
    of all are such, any within a sentence. No offset changes."""
    continued = len(CONTINUED.findall(text))
    if not continued:
        return text
    wrapped = continued >= 3 and continued * 4 >= text.count("\n")
    return (WRAPPED if wrapped else CONTINUED).sub(" ", text)


def lex(text: str, lexicon: Lexicon) -> Symbols:
    """The symbols of ``text``, in order; numerals in words are merged into one number, "ke-3" into one ordinal.

    A text is mostly words that have to do with no time, so all that holds for every token is done in bulk.
    """
    parts = TOKENS.split(text)  # gap, token, gap, token ..., gap
    tokens = parts[1::2]
    ends = list(accumulate(map(len, parts)))
    string = "".join(map(lexicon.surfaces.__getitem__, tokens))
    symbols = Symbols(ends[:-1:2], ends[1::2], list(map(lexicon.values.get, tokens)), string)
    if UNREAD in string:
        _read(text, symbols, lexicon)
    spelt = [
        match.start()
        for match in lexicon.spelling.finditer(symbols.string)
        if text[symbols.starts[match.start()] : symbols.ends[match.start()]].lower() in lexicon.numerals
    ]
    return _merge_numerals(text, symbols, spelt, lexicon) if spelt else symbols


def _read(text: str, symbols: Symbols, lexicon: Lexicon) -> None:
    """Reads the tokens that ``Surfaces`` left unread: those made of digits, and two words without a space between them
    ("dikonfirmasiSelasa (21/10)"), which become two symbols."""
    chars = list(symbols.string)
    for index in [match.start() for match in re.finditer(UNREAD, symbols.string)][::-1]:
        start, end = symbols.starts[index], symbols.ends[index]
        surface = text[start:end]
        tail = GLUED.search(surface) if surface[0].isalpha() else None
        if tail is not None:
            word, value = lexicon.entries[tail[0]]
            chars[index : index + 1] = [lexicon.surfaces.plain[CAP if surface[0].isupper() else LOW], word]
            symbols.values[index : index + 1] = [None, value]
            symbols.starts.insert(index + 1, start + tail.start())
            symbols.ends.insert(index, start + tail.start())
            continue
        match = TOKEN.match(text, start)
        kind = (match.lastgroup or "") if match else ""
        symbol = lexicon.digits.get((kind, surface))
        if symbol is None:
            classes, value = (frozenset({OTHER}), None) if kind == "mixed" else _shape(kind, surface, lexicon.decimal)
            symbol = (lexicon.chars[classes], value)
            if len(lexicon.digits) < MEMORY:
                lexicon.digits[kind, surface] = symbol
        chars[index], symbols.values[index] = symbol
    symbols.string = "".join(chars)


def _merge_numerals(text: str, symbols: Symbols, spelt: list[int], lexicon: Lexicon) -> Symbols:
    """Joins runs of numeral words ("dua puluh lima", "kesembilan belas") and "ke-19" into single symbols."""
    merged = Symbols([], [], [], "")
    chars: list[str] = []
    done = 0
    marked = set(spelt)
    for index in spelt:
        if index < done:
            continue
        last = index + 1
        while last in marked and last - index < 12:
            last += 1
        words = tuple(text[symbols.starts[i] : symbols.ends[i]].lower() for i in range(index, last))
        if lexicon.numerals[words[0]][0] == "prefix":
            last, value, char = _ordinal(text, symbols, index, lexicon)
        else:
            known = lexicon.runs.get(words)
            if known is None:
                known = _run(words, lexicon)
                if len(lexicon.runs) < MEMORY:
                    lexicon.runs[words] = known
            count, value, char = known
            last = index + count
        if not char:
            continue
        merged.starts += symbols.starts[done:index]
        merged.ends += symbols.ends[done:index]
        merged.values += symbols.values[done:index]
        merged.starts.append(symbols.starts[index])
        merged.ends.append(symbols.ends[last - 1])
        merged.values.append(value)
        chars += (symbols.string[done:index], char)
        done = last
    merged.starts += symbols.starts[done:]
    merged.ends += symbols.ends[done:]
    merged.values += symbols.values[done:]
    merged.string = "".join((*chars, symbols.string[done:]))
    return merged


def _ordinal(text: str, symbols: Symbols, index: int, lexicon: Lexicon) -> tuple[int, Value | None, str]:
    """ "ke-19", "ke 19" is no ordinal: where it ends, its value and its symbol, "" where there is none."""
    after = index + 1
    if after >= len(symbols) or symbols.ends[index] != symbols.starts[after]:
        return after, None, ""
    after += text[symbols.starts[after] : symbols.ends[after]] in "-–‑"
    value = symbols.values[after] if after < len(symbols) else None
    return after + 1, value, lexicon.chars[frozenset({"ORD"})] if isinstance(value, int) else ""


def _run(words: tuple[str, ...], lexicon: Lexicon) -> tuple[int, Value | None, str]:
    """The first number in a run of numeral words: how many words it takes, its value and its symbol."""
    steps: list[tuple[str, float]] = []
    for word in words:
        step = lexicon.numerals[word]
        if step[0] == "prefix" or (len(steps) > 1 and steps[0][0] == "half"):
            break
        if steps and step[0] in ("unit", "ordinal") and steps[-1][0] in ("unit", "ordinal"):
            before = steps[-1][1]  # "seratus dua" is one number, "dua tiga" is two
            if before < 100 or before <= step[1]:
                break
        steps.append(step)
    number = _spelt_value(steps)
    value: Value = plain(number)
    if steps[0][0] == "half" and len(steps) > 1:
        value, classes = plain(number - steps[0][1]), frozenset({"HALFTO"})  # "setengah tujuh" is half to seven
    elif steps[0][0] == "ordinal":
        classes = frozenset({"ORD"})
    elif number == int(number):
        shape = number_classes(str(int(number)), number) if number < 100 else SPELT_YEAR if number >= 1000 else SPELT
        classes = shape | {"SPELT"}
    else:
        classes = frozenset({"NUM", "SPELT", "HALF"} if number == 0.5 else {"NUM", "SPELT"})
    return len(steps), value, lexicon.chars[classes]


def _spelt_value(words: list[tuple[str, float]]) -> float:
    """The value of a run of numeral words: units add, "belas" adds ten, "puluh", "ratus", "ribu" multiply."""
    total, current = 0.0, 0.0
    for kind, number in words:
        if kind in ("unit", "ordinal", "half"):
            current += number
        elif kind == "teen":
            current = (current or 1) + number
        elif number < 1000:
            hundreds = current % 10 or 1
            current = current - current % 10 + hundreds * number
        else:
            total += (current or 1) * number
            current = 0.0
    return total + current
