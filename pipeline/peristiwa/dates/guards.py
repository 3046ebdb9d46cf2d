"""What is not a time: law numbers, amounts, scores, years inside names, parts of day in fixed phrases.

Each guard looks at the words around an expression; they decide only about the forms that are ambiguous (a bare year,
a year behind "Tahun", a bare month, a bare part of day, a short number with a unit).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from peristiwa.dates.find import Found
from peristiwa.dates.grammar import Grammar

WORDS = re.compile(r"s\.d\.?|\w+(?:['’]\w+)?|[^\w\s]")
CAPITAL = re.compile(r"[A-Z][\w.]*\W*\Z")
SURNAME = re.compile(r" [A-Z][a-z]+\b(?! \d)")
SENTENCE_END = frozenset(".!?")
CERTAIN = (("DT",), ("WD",), ("CK",))  # with a second part, these are nothing but times
TITLED = (("POS",), ("DEI",), ("REL",), ("REFP",))
PHONE = re.compile(r"(?<![\d/])\d{1,3}[-–](?:\d{4}[-–])?\Z")
DASHES = frozenset("-–—‑/")
OPEN = frozenset("(“\"‘'[")


class Surroundings(NamedTuple):
    """The words before (nearest last) and after an expression, inside its paragraph."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def surroundings(text: str, found: Found) -> Surroundings:
    """Up to eight words on each side, not beyond a line end."""
    left = text[max(0, found.start - 90) : found.start]
    left = left[left.rfind("\n") + 1 :]
    right = text[found.end : found.end + 50]
    right = right.partition("\n")[0]
    before = tuple(WORDS.findall(left)[-8:])
    return Surroundings(before, tuple(WORDS.findall(right)[:4]))


def months_as_names(text: str, founds: list[Found]) -> frozenset[str]:
    """The months that the text uses as a person's first name: those followed by a capitalised word ("Mei Lan")."""
    bare = [found for found in founds if found.kinds == ("MY",) and "year" not in found.slots]
    if not bare:
        return frozenset()
    return frozenset(text[f.start : f.end] for f in bare if SURNAME.match(text, f.end))


def keeps(text: str, found: Found, grammar: Grammar, linked: bool, names: frozenset[str]) -> bool:
    """Whether an expression is a time. ``linked``: it is one end of a range whose other end is a time; ``names``: the
    months that are first names in this text."""
    kinds = found.kinds
    if kinds[:1] in CERTAIN and (len(kinds) > 1 or kinds == ("CK",)):
        return True
    if kinds == ("DT",) and "year" in found.slots and not CAPITAL.search(text, max(0, found.start - 20), found.start):
        return True
    around = surroundings(text, found)
    sets = grammar.guards
    titled = kinds[:1] in TITLED and text[found.start].isupper() and _last(around)[:1].isupper()
    if titled and _last(around).lower() not in sets["year_cues"]:
        return False  # "Papua Tengah 2024", the programme "Metro Hari Ini"
    if kinds[-1:] == ("BAREYEAR",) and found.rule == "year":
        return _keeps_year(text, found, around, sets, linked)
    if kinds[-1:] == ("YR",) and "year" in found.slots and len(kinds) == 1:
        return _keeps_named_year(text, found, around, sets)
    if kinds == ("MY",) and "year" not in found.slots and "hyear" not in found.slots:
        return linked or _keeps_month(text, found, around, sets, names)
    if kinds == ("REFP",) and text[found.start : found.end].lower() in sets["then_words"]:
        return _keeps_formerly(around, sets)
    if kinds[:1] == ("REL",) and _last(around).lower() in sets["scales"]:
        return False  # "13,8 miliar tahun lalu"
    if kinds == ("WD",) and _last(around).lower() in sets["person_cues"] - frozenset(grammar.section.tense.said):
        return False  # "Pak Minggu"
    if _in_place_name(text, found, around, sets["place_heads"]):
        return False
    if found.rule == "set" and set(around.before[-3:]) & sets["rate_cues"]:
        return False  # "naik 5 persen dari tahun ke tahun" is a rate, no time
    if found.slots.get("bare") == "short":
        return linked  # "Sabtu-Minggu (3-4/3)"
    if found.slots.get("bare") == "part":
        return _keeps_part(text, found, around, sets)
    if kinds == ("DT",) and set(found.slots) <= {"day"}:
        return not (around.before and around.before[-1].lower() in sets["number_heads"])
    if found.rule == "countdown" and "feast" not in found.slots:
        return linked or not around.before or _last(around).lower() in sets["year_cues"]
    if kinds[-1:] == ("DUR",):
        return _keeps_length(found, around, sets)
    if kinds == ("FEAST",):
        if _last(around).lower() in sets["feast_places"]:
            return False  # "Mandailing Natal"
        return not (around.after[:1] and around.after[0][:1].isupper() and around.after[0].isalpha())
    return True


def _keeps_formerly(around: Surroundings, sets: dict[str, frozenset[str]]) -> bool:
    """ "Kota itu dulu sepi", not "makan dulu": at the start of a clause, behind a subject, or before "pernah"."""
    previous = _last(around)
    if not previous or not previous[0].isalnum() or previous.lower() in sets["then_cues"]:
        return True
    following = around.after[0] if around.after else ""
    return following in sets["then_after"] or (previous[0].isupper() and following.isalpha())


def _last(around: Surroundings) -> str:
    """The word right before, "" where the expression opens its line."""
    return around.before[-1] if around.before else ""


def _keeps_year(text: str, found: Found, around: Surroundings, sets: dict[str, frozenset[str]], linked: bool) -> bool:
    following = around.after[0] if around.after else ""
    previous = _last(around)
    low = previous.lower()
    if linked and low == "/":
        return True
    if PHONE.search(text, max(0, found.start - 10), found.start):
        return False
    if following.lower() in sets["counted"] or following == "%" or low in sets["money"]:
        return False
    if following == "/" and not linked:
        return False
    if low == "." and len(around.before) > 1 and around.before[-2].lower() in (sets["number_heads"] | sets["money"]):
        return False
    if found.slots.get("tail") is not None and following != "":
        return True
    if len(around.before) > 1 and low.isalpha() and around.before[-2].lower() in sets["number_heads"]:
        return False
    if low in sets["number_heads"] or low in sets["amount_cues"] or (_in_code(text, found) and not linked):
        return False
    if _named(around, sets["name_heads"], sets["year_cues"]):
        return False
    if "approx" in found.slots and not linked:
        loose = not following[:1].isalpha() or following.lower() in sets["year_cues"] | sets["then_cues"]
        if found.slots["approx"] != "APPROX" or not (loose or low in sets["year_cues"]):
            return False
    if linked or "mod" in found.slots or "approx" in found.slots:
        return _head_before(around, sets["law_heads"]) is None or linked
    if previous in OPEN:
        inside = Surroundings(around.before[:-1], around.after)
        if previous == "(" and _head_before(inside, sets["law_heads"]):
            return False
        return following in (")", "-", "–", ",", ";", "]")
    if low in sets["year_cues"]:
        return True
    if not previous:  # "2003. Kota itu jatuh.": the head of an entry in a chronicle
        return following in (".", ":") and text[found.end + 1 : found.end + 2] in (" ", "\n")
    if previous in SENTENCE_END or previous in ":;":
        return False
    if previous == ",":
        return len(around.before) > 1 and around.before[-2].isdigit() and len(around.before[-2]) == 4
    if previous[0].isupper():
        run = _capital_run(around)
        head = around.before[-run - 1].lower() if run < len(around.before) else ""
        return run <= 2 and head in sets["happening_heads"]
    return previous.isalpha() and low not in sets["amount_cues"] and not following[:1].isdigit()


def _in_place_name(text: str, found: Found, around: Surroundings, heads: frozenset[str]) -> bool:
    """Whether a day, weekday or month closes a name of a place or body: "Pasar Minggu", "Universitas 17 Agustus 1945"."""
    if found.kinds not in (("DT",), ("WD",), ("MY",)) or (found.kinds == ("MY",) and {"year", "hyear"} & set(found.slots)):
        return False
    previous = _last(around)
    return previous[:1].isupper() and previous.lower().rstrip(".") in heads


def _named(around: Surroundings, heads: frozenset[str], cues: frozenset[str]) -> bool:
    """Whether the year closes a name: its head stands right before, or before up to three words of the name."""
    before = around.before
    while before and (before[-1] in DASHES or before[-1].isdigit()):  # the 2014 of "Kabinet Kerja 2014-2019"
        before = before[:-1]
    for count, word in enumerate(reversed(before[-4:])):
        low = word.lower()
        if not count and low in cues:
            return False
        if low in heads:
            return True
        if not word.isalpha() or (not word[0].isupper() and count):
            return False
    return False


def _in_code(text: str, found: Found) -> bool:
    """Whether the number stands inside a code such as "12/PUU-XV/2017" or "v2.2018"."""
    before, after = text[max(0, found.start - 1) : found.start], text[found.end : found.end + 1]
    return (before in ("/", "_", "#", "@", "=", ".") and before != "") or after in ("_", "@", "=")


def _capital_run(around: Surroundings) -> int:
    """How many words right before the expression are capitalised, as in a name."""
    count = 0
    for word in reversed(around.before):
        if not (word[0].isupper() or word.isdigit()):
            break
        count += 1
    return count


def _head_before(around: Surroundings, heads: frozenset[str]) -> str | None:
    """A word of ``heads`` in the name (capitalised words, numbers, slashes) right before the expression."""
    for word in reversed(around.before):
        low = word.lower()
        if low in heads:
            return low
        if not (word[0].isupper() or word[0].isdigit() or word in ("/", "-", ".", ":", "(", ")")):
            return None
    return None


def _keeps_named_year(text: str, found: Found, around: Surroundings, sets: dict[str, frozenset[str]]) -> bool:
    """ "Nomor 11 Tahun 2008" and "UUD ... Tahun 1945" are names of laws; "gempa tahun 2004" is a time."""
    previous = _last(around)
    if previous and (previous[0].isdigit() or "/" in previous):
        return _head_before(around, sets["law_heads"]) is None
    if text[found.start].isupper() and previous and previous[0].isupper():
        return _head_before(around, sets["law_heads"]) is None
    return True


def _keeps_month(text: str, found: Found, around: Surroundings, sets: dict[str, frozenset[str]], names: frozenset[str]) -> bool:
    """A bare month is none inside a person's name ("Mei Lan", "Budi Maret"), nor, without a preposition, in a text
    that names such a person."""
    if not text[found.start].isupper() or " " in text[found.start : found.end] or "tail" in found.slots:
        return True
    word = text[found.start : found.end]
    if len(word) <= 3 and word.lower() != "mei":
        return False
    following = around.after[0] if around.after else ""
    previous = _last(around)
    if previous.lower() not in sets["year_cues"] and word in names:
        return False
    if previous.lower() in sets["person_cues"]:
        return False
    named_after = following[:1].isupper() and following.isalpha() and not following.isupper()
    named_before = previous[:1].isupper() and previous.isalpha() and len(around.before) > 1
    named_before = named_before and previous.lower() not in sets["year_cues"]
    return not named_after and not named_before


def _keeps_part(text: str, found: Found, around: Surroundings, sets: dict[str, frozenset[str]]) -> bool:
    """A bare part of day counts behind a preposition, or with "hari" or "-nya"."""
    previous = _last(around).lower()
    words = text[found.start : found.end].split()
    opens = not around.before or previous in SENTENCE_END or previous in OPEN
    if previous in sets["part_blocks"] or (words[0][0].isupper() and not opens) or (words[-1].istitle() and len(words) > 1):
        return False
    return previous in sets["part_cues"] or len(words) > 1 or words[0].endswith("nya")


def _keeps_length(found: Found, around: Surroundings, sets: dict[str, frozenset[str]]) -> bool:
    """ "Nomor 3 Tahun" and "Rp 5 jam" are no lengths."""
    previous = _last(around).lower()
    return previous not in sets["number_heads"] and previous not in sets["money"]
