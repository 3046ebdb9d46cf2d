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
      [0-9]{1,2}(?P<sep>[/.-])\ ?[0-9]{1,2}(?P=sep)\ ?
      (?:[0-9]{4}|(?<![.])[0-9]{2})(?![\w/-]|[.,][0-9]))
  | (?P<dm>(?<![\w/.,-])[0-9]{1,2}/[0-9]{1,2}(?![\w/-]|[.,][0-9]))
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
CONTINUED = re.compile(r"\n(?<=[\w,;)]\n)(?=[a-z])")
WRAPPED = re.compile(r"\n(?<=[\w,;)]\n)(?=\w)")
GLUED = re.compile(r"(?<=[a-z])[A-Z][a-z]{3,}\Z")
ROMAN = re.compile(r"(?=[IVXL])X{0,3}(?:IX|IV|V?I{0,3})\Z")
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
MAX_DIGITS = 9
MEMORY = 50_000  # surface forms that are remembered with their symbols
SPELT, SPELT_YEAR = frozenset({"NUM", "INT"}), frozenset({"NUM", "INT", "SPELTYEAR"})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the lexer knows: ``entries`` maps a surface form to its symbol character and value; ``known`` are the entries
    and what was read before."""

    entries: Mapping[str, tuple[str, Value | None]]
    chars: Mapping[Classes, str]
    numerals: Mapping[str, tuple[str, float]]
    spelling: re.Pattern[str]
    decimal: str
    known: dict[str, tuple[str, Value | None]] = field(default_factory=dict)


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
    """The symbols of ``text``, in order; numerals in words are merged into one number, "ke-3" into one ordinal."""
    spans: list[tuple[int, int]] = []
    read: list[tuple[str, Value | None]] = []
    known = lexicon.known.get
    for match in TOKEN.finditer(text):
        symbol = known(match[0])
        if symbol is None:
            symbol, lost = _read(match, lexicon)
            if lost is not None:  # "dikonfirmasiSelasa (21/10)": a lost space
                middle = match.start() + lost
                spans += ((match.start(), middle), (middle, match.end()))
                read += (symbol, lexicon.entries[match[0][lost:]])
                continue
        spans.append(match.span())
        read.append(symbol)
    if not spans:
        return Symbols([], [], [], "")
    starts, ends = map(list, zip(*spans, strict=True))
    chars, values = zip(*read, strict=True)
    symbols = Symbols(starts, ends, list(values), "".join(chars))
    numerals = lexicon.numerals
    spelt = [
        match.start()
        for match in lexicon.spelling.finditer(symbols.string)
        if text[starts[match.start()] : ends[match.start()]].lower() in numerals
    ]
    return _merge_numerals(text, symbols, spelt, lexicon) if spelt else symbols


def _read(match: re.Match[str], lexicon: Lexicon) -> tuple[tuple[str, Value | None], int | None]:
    """The symbol of a token that was not met before, and where a word of the lexicon is glued to its end."""
    surface, kind = match[0], match.lastgroup or ""
    if kind not in ("word", "punct", "mixed", "blank"):  # the same digits are a clock time here and a number there
        symbol = lexicon.known.get(kind + " " + surface)
        if symbol is None:
            classes, value = _shape(kind, surface, lexicon.decimal)
            symbol = _keep(kind + " " + surface, (lexicon.chars[classes], value), lexicon)
        return symbol, None
    name = {"punct": OTHER, "mixed": OTHER, "blank": BREAK}.get(kind) or (CAP if surface[0].isupper() else LOW)
    symbol = (lexicon.chars[frozenset({name})], None)
    tail = GLUED.search(surface) if kind == "word" else None
    if tail is not None and tail[0] in lexicon.entries:
        return symbol, tail.start()
    return _keep(surface, symbol, lexicon), None


def _keep(key: str, symbol: tuple[str, Value | None], lexicon: Lexicon) -> tuple[str, Value | None]:
    if len(lexicon.known) < MEMORY:
        lexicon.known[key] = symbol
    return symbol


def _merge_numerals(text: str, symbols: Symbols, spelt: list[int], lexicon: Lexicon) -> Symbols:
    """Joins runs of numeral words ("dua puluh lima", "kesembilan belas") and "ke-19" into single symbols."""
    starts: list[int] = []
    ends: list[int] = []
    values: list[Value | None] = []
    chars: list[str] = []
    done = 0

    def copy(upto: int) -> None:
        starts.extend(symbols.starts[done:upto])
        ends.extend(symbols.ends[done:upto])
        values.extend(symbols.values[done:upto])
        chars.append(symbols.string[done:upto])

    marked = set(spelt)
    for index in spelt:
        if index < done:
            continue
        words: list[tuple[str, float]] = []
        last = index
        while last in marked and len(words) < 12:
            word = text[symbols.starts[last] : symbols.ends[last]].lower()
            step = lexicon.numerals[word]
            if words and step[0] in ("unit", "ordinal") and words[-1][0] in ("unit", "ordinal"):
                before = words[-1][1]  # "seratus dua" is one number, "dua tiga" is two
                if before < 100 or before <= step[1]:
                    break
            if len(words) > 1 and words[0][0] == "half":
                break
            words.append(step)
            last += 1
        if words[0][0] == "prefix":
            follower = last
            if follower < len(symbols) and text[symbols.starts[follower] : symbols.ends[follower]] in "-–‑":
                follower += 1
            value = symbols.values[follower] if follower < len(symbols) else None
            if isinstance(value, int) and follower < len(symbols) and symbols.ends[last - 1] == symbols.starts[last]:
                copy(index)
                starts.append(symbols.starts[index])
                ends.append(symbols.ends[follower])
                values.append(value)
                chars.append(lexicon.chars[frozenset({"ORD"})])
                done = follower + 1
            continue
        number = _spelt_value(words)
        if number is None:
            continue
        copy(index)
        starts.append(symbols.starts[index])
        ends.append(symbols.ends[last - 1])
        values.append(plain(number))
        if words[0][0] == "half" and len(words) > 1:
            values[-1] = plain(number - words[0][1])  # "setengah tujuh" is half to seven
            chars.append(lexicon.chars[frozenset({"HALFTO"})])
        elif words[0][0] == "ordinal":
            chars.append(lexicon.chars[frozenset({"ORD"})])
        elif number == int(number):
            digits = str(int(number))
            classes = number_classes(digits, number) if number < 100 else SPELT_YEAR if number >= 1000 else SPELT
            chars.append(lexicon.chars[classes | {"SPELT"}])
        else:
            chars.append(lexicon.chars[frozenset({"NUM", "SPELT", "HALF"} if number == 0.5 else {"NUM", "SPELT"})])
        done = last
    copy(len(symbols))
    return Symbols(starts, ends, values, "".join(chars))


def _spelt_value(words: list[tuple[str, float]]) -> float | None:
    """The value of a run of numeral words: units add, "belas" adds ten, "puluh", "ratus", "ribu" multiply."""
    total, current = 0.0, 0.0
    for kind, number in words:
        if kind in ("unit", "ordinal", "half"):
            current += number
        elif kind == "teen":
            current = (current or 1) + number
        elif kind == "times" and number < 1000:
            hundreds = current % 10 or 1
            current = current - current % 10 + hundreds * number
        elif kind == "times":
            total += (current or 1) * number
            current = 0.0
        else:
            return None
    return total + current
