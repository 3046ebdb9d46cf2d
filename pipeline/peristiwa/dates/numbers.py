"""Numbers as they are written: which word classes a digit string or a run of numeral words belongs to, and its value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "int | float | str | dict[str, int | float | str]"
Slots: TypeAlias = dict[str, "int | float | str"]
Classes: TypeAlias = frozenset[str]

ROMAN = re.compile(r"(?=[IVXL])X{0,3}(?:IX|IV|V?I{0,3})\Z")
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
NOTHING: Classes = frozenset({"OTHER"})
MAX_DIGITS = 9


def read_roman(text: str) -> int | None:
    """The value of an upper-case Roman number up to XXXIX, None for anything else."""
    if not text or len(text) > 7 or not ROMAN.match(text):
        return None
    total = 0
    for this, following in zip(text, [*text[1:], ""], strict=True):
        value = ROMAN_DIGITS[this]
        total += -value if following and ROMAN_DIGITS[following] > value else value
    return total


def roman(number: int) -> str:
    """A number up to XXXIX in Roman digits."""
    tens, ones = divmod(number, 10)
    text = "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
    assert read_roman(text) == number
    return text


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
            found |= {"ANYYEAR", "YEAR3"} if len(digits) == 3 else {"ANYYEAR"}
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


def read_digits(kind: str, text: str, decimal: str) -> tuple[Classes, Value | None]:
    """Classes and value of a token that is made of digits; ``kind`` is the group of ``lexer.TOKEN`` that matched it."""
    parts = [int(part) for part in re.findall(r"[0-9]+", text)[:6]] if kind != "num" else []
    if kind == "iso":
        year, month, day = parts[:3]
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return NOTHING, None
        slots: Slots = {"year": year, "month": month, "day": day}
        if len(parts) > 3:
            slots |= dict(zip(("hour", "minute", "second"), parts[3:], strict=False))
        return frozenset({"ISODATE"}), slots
    if kind == "dmy":
        day, month, year = parts[:3]
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return NOTHING, None
        return frozenset({"FULLDATE"}), {"day": day, "month": month, "year": year if year >= 100 else _full_year(year)}
    if kind == "dm":
        if 1 <= parts[0] <= 31 and 1 <= parts[1] <= 12:
            return frozenset({"SHORTDATE"}), {"day": parts[0], "month": parts[1]}
        return NOTHING, None
    if kind == "clock":
        hour, minute, second = (*parts, -1)[:3]
        classes = {"NUM"} if read_number(text, decimal) is not None else set()
        if hour <= 24 and minute < 60 and second < 60:
            clock: Slots = {"hour": hour, "minute": minute}
            return frozenset({"CLOCK", *classes}), clock | ({"second": second} if second >= 0 else {})
        number = read_number(text, decimal)
        return (frozenset({"NUM"}), plain(number)) if number is not None else (NOTHING, None)
    if kind == "nth":
        return frozenset({"ORD"}), parts[0]
    if kind == "times":
        return frozenset({"TIMES"}), {"n": parts[0] * parts[1]}
    if kind == "decade":
        base = parts[0] if parts[0] >= 100 else 1900 + parts[0]
        if base < 1000:  # of the years before 1000, a round hundred means a century
            early: Slots = {"decade": base // 10} if base % 100 else {"century": base // 100 + 1}
            return (NOTHING, None) if base % 10 else (frozenset({"SHORTDECADE"}), early)
        about: Slots = {"HOURISH": parts[0]} if 1 <= parts[0] <= 24 and text[:1].isdigit() and text.endswith("an") else {}
        if base % 10 or not 1000 <= base < 2200:
            return (frozenset({"HOURISH"}), about) if about else (NOTHING, None)
        shape = {"DECADE"} if parts[0] >= 100 else {"SHORTDECADE", "HOURISH"} if about else {"SHORTDECADE"}
        return frozenset(shape), {"decade": base // 10} | about
    if kind == "short":
        return frozenset({"SHORTYEAR"}), _full_year(parts[0])
    value = read_number(text, decimal) if kind == "num" else None
    if value is None:
        return NOTHING, None
    return number_classes(text, value), plain(value)


def _full_year(two_digits: int) -> int:
    return two_digits + (1900 if two_digits >= 30 else 2000)


def number_signatures() -> set[Classes]:
    """Every set of classes that the lexer can give to a number (the grammar is compiled over them)."""
    found = {number_classes(text, float(text)) for n in range(2300) for text in (str(n), f"{n:02d}", f"{n:04d}")}
    found |= {frozenset({"NUM"}), frozenset({"CLOCK"}), frozenset({"CLOCK", "NUM"}), frozenset({"NUM", "INT"})}
    shapes = "ISODATE FULLDATE SHORTDATE TIMES DECADE SHORTDECADE SHORTYEAR ORD"
    found |= {frozenset({shape}) for shape in shapes.split()}
    found |= {frozenset({"HOURISH"}), frozenset({"HOURISH", "SHORTDECADE"})}
    found |= {_spelt_classes(n) for n in (*range(100), 100, 1000)}
    return found | {frozenset({"SPELT", *more.split()}) for more in ("NUM", "NUM HALF", "ORD", "HALFTO")}


def _spelt_classes(number: int) -> Classes:
    """The classes of a whole number in words."""
    if number < 100:
        shape = number_classes(str(number), number)
        return shape | ({"SPELT", "SPELTDAY"} if "DAY" in shape else {"SPELT"})
    return frozenset({"NUM", "INT", "SPELT"} | ({"SPELTYEAR"} if 1000 <= number < 2200 else set()))


def read_words(words: Iterable[str], numerals: Mapping[str, tuple[str, float]]) -> tuple[int, Value, Classes]:
    """The first number in a run of numeral words: how many words it takes, its value and its classes."""
    steps: list[tuple[str, float]] = []
    for word in words:
        step = numerals[word]
        if len(steps) > 1 and steps[0][0] == "half":
            break
        if steps and step[0] in ("unit", "ordinal") and steps[-1][0] in ("unit", "ordinal"):
            before = steps[-1][1]  # "seratus dua" is one number, "dua tiga" is two
            if before < 100 or before <= step[1]:
                break
        steps.append(step)
    number = _spelt_value(steps)
    if steps[0][0] == "half" and len(steps) > 1:  # "setengah tujuh" is half to seven
        return len(steps), plain(number - steps[0][1]), frozenset({"HALFTO", "SPELT"})
    if steps[0][0] == "ordinal":
        return len(steps), plain(number), frozenset({"ORD", "SPELT"})
    if number == int(number):
        return len(steps), int(number), _spelt_classes(int(number))
    return len(steps), number, frozenset({"NUM", "HALF", "SPELT"} if number == 0.5 else {"NUM", "SPELT"})


def _spelt_value(words: Sequence[tuple[str, float]]) -> float:
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
