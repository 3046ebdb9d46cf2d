"""What is not a time: law numbers, amounts, scores, years inside names, parts of day in fixed phrases.

Each guard looks at the words around an expression; they decide only about the forms that are ambiguous (a bare year,
a year behind "Tahun", a bare month, a bare part of day, a short number with a unit).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property

from peristiwa.dates.find import Found
from peristiwa.dates.grammar import Grammar

WORDS = re.compile(r"s\.d\.?|\w+(?:['’]\w+)?|[^\w\s]")
NEXT = re.compile(rf"[^\S\n]*({WORDS.pattern})")
CAPITAL = re.compile(r"[A-Z][\w.]*\W*\Z")
SURNAME = re.compile(r" [A-Z][a-z]+\b(?! \d)")
SENTENCE_END = frozenset(".!?")
CERTAIN = frozenset(("DT", "WD", "CK"))  # with a second part, these are nothing but times
TITLED = frozenset(("POS", "DEI", "REL", "REFP"))
COUNTED_FROM_NOW = frozenset(("POS", "DEI", "REL"))
HEADLINE = 200  # characters
CURRENCY = re.compile(r"([^\W\d_]+|[^\w\s.,])[\d\s.,]*\Z")  # the word or mark before a number, or before what of it is in front
PHONE = re.compile(r"(?<![\d/])\d{1,3}[-–](?:\d{4}[-–])?\Z")
DASHES = frozenset("-–—‑/")
BULLETS = " \t-–—•*·"
ENTRY = re.compile(r"[^\S\n]+[-–—][^\S\n]+[A-Z\"“]")
LIFE = re.compile(
    r"\((?:[^()\d]{0,60}\d[^()]{0,60}[-–—;])?\s*(?:(?P<mark>[^\W\d]{1,4})\.\s*|(?:[a-z]+ ){0,2}"
    r"[A-Z][^\W\d]*(?:[ -][A-Z][^\W\d]*){0,3},\s*)\Z"
)
LIFE_ENDS = frozenset(")-–—;")
OPEN = frozenset("(“\"‘'[")
MONTH, NOBODY = ("MY",), frozenset[str]()
LIST_REACH = 160  # characters within which a list of numbers of resolutions begins
REACH, AHEAD = 90, 50  # characters within which the words around an expression stand

Sets = Mapping[str, frozenset[str]]


class Surroundings:
    """The words before and after an expression, inside its line: ``previous`` right before it ("" where it opens the
    line), ``low`` the same in lower case, ``before`` up to eight (nearest last), ``following`` right after it.

    ``linked``: it is one end of a range whose other end is a time; ``names``: the months that are first names here."""

    def __init__(self, text: str, found: Found, linked: bool, names: frozenset[str]) -> None:
        self.text, self.linked, self.names = text, linked, names
        start = self.start = found.start
        self.end = found.end
        left = text[max(0, start - REACH) : start]
        self.left = left = left[left.rfind("\n") + 1 :]
        self.near = near = left.rsplit(None, 2)
        self.previous = _last_word(near[-1]) if near else ""
        self.low = self.previous.lower()

    @property
    def quoted(self) -> str:
        """The expression itself."""
        return self.text[self.start : self.end]

    @cached_property
    def before(self) -> list[str]:
        return WORDS.findall(self.left)[-8:]

    @cached_property
    def following(self) -> str:
        match = NEXT.match(self.text, self.end, self.end + AHEAD)
        return match[1] if match else ""

    def before_last(self) -> str:
        """The word before the previous one, in lower case, "" where there is none."""
        if len(self.near) > 1 and self.near[-1] == self.previous:
            return _last_word(self.near[-2]).lower()
        return self.before[-2].lower() if len(self.before) > 1 else ""


def _last_word(chunk: str) -> str:
    """The last word or mark of what stands between two spaces."""
    return chunk if chunk.isalpha() else WORDS.findall(chunk)[-1]


def months_as_names(text: str, founds: list[Found], cues: frozenset[str]) -> frozenset[str]:
    """The months that the text uses as a person's first name: those followed by a capitalised word ("Mei Lan"), with
    none of ``cues`` before them ("Sejak Maret Budi …")."""
    bare = [found for found in founds if found.kinds == MONTH and "year" not in found.slots and SURNAME.match(text, found.end)]
    if not bare:
        return NOBODY
    return frozenset(text[f.start : f.end] for f in bare if _word_before(text, f.start) not in cues)


def _word_before(text: str, start: int) -> str:
    before = text[max(0, start - REACH) : start].split()
    return before[-1].lower() if before else ""


def keeps(text: str, found: Found, grammar: Grammar, linked: bool, names: frozenset[str]) -> bool:
    """Whether an expression is a time; ``linked`` and ``names`` as in ``Surroundings``."""
    kinds = found.kinds
    first, last = (kinds[0], kinds[-1]) if kinds else ("", "")
    if first in CERTAIN and (len(kinds) > 1 or first == "CK"):
        return True
    guard = GUARDS.get(last)
    titled = first in TITLED and text[found.start].isupper()
    if guard is None and not titled:
        return True
    if first == "DT" and "year" in found.slots and not CAPITAL.search(text, max(0, found.start - 20), found.start):
        return True
    around, sets = Surroundings(text, found, linked, names), grammar.guards
    named = titled and around.previous[:1].isupper() and around.low not in sets["year_cues"]
    if named and not (found.kinds[0] in COUNTED_FROM_NOW and _in_headline(text, found)):
        return False  # "Papua Tengah 2024", the programme "Metro Hari Ini"
    return guard is None or guard(found, around, sets)


def _in_headline(text: str, found: Found) -> bool:
    """Whether a line of capitalised words without a full stop is a headline, in which a capital shows no name: "Sidang Budi
    Digelar Pekan Depan". "Tengah 2024" may still close a name there.
    """
    if found.slots.get("mod") == "MID":
        return False
    start, end = text.rfind("\n", 0, found.start) + 1, text.find("\n", found.end)
    line = text[start : end if end >= 0 else len(text)][:HEADLINE]
    words = [word for word in WORDS.findall(line) if word.isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return len(words) >= 4 and capitals * 4 >= len(words) * 3 and not line.rstrip().endswith(".")


def _keeps_reference(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "Kota itu dulu sepi", not "makan dulu": at the start of a clause, behind a subject, or before "pernah"."""
    if len(found.kinds) > 1 or around.quoted.lower() not in sets["then_words"]:
        return True
    previous = around.previous
    if not previous or not previous[0].isalnum() or around.low in sets["then_cues"]:
        return True
    return around.following in sets["then_after"] or (previous[0].isupper() and around.following.isalpha())


def _keeps_period(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "13,8 miliar tahun lalu" is no last year."""
    return len(found.kinds) > 1 or around.low not in sets["scales"]


def _keeps_year(found: Found, around: Surroundings, sets: Sets) -> bool:
    if found.rule != "year":
        return True
    linked, previous, low, following = around.linked, around.previous, around.low, around.following
    if linked and low == "/":
        return True
    if low in DASHES and "few" not in found.slots and PHONE.search(around.text, max(0, found.start - 10), found.start):
        return False
    if following.lower() in sets["counted"] or following == "%" or low in sets["money"]:
        return False
    if following == "/" and not linked:
        return False
    if low == "." and around.before_last() in sets["number_heads"] | sets["money"]:
        return False
    if found.slots.get("tail") is not None and following != "":
        return True
    if low.isalpha() and around.before_last() in sets["number_heads"]:
        return False
    if _numbers_instrument(around, sets["instruments"], sets["lists"]):
        return False
    if low in sets["number_heads"] or low in sets["amount_cues"] or (_in_code(around) and not linked):
        return False
    if _named(around, sets["name_heads"], sets["year_cues"]):
        return False
    if "approx" in found.slots and not linked:
        loose = not following[:1].isalpha() or following.lower() in sets["year_cues"] | sets["then_cues"]
        if found.slots["approx"] != "APPROX" or not (loose or low in sets["year_cues"]):
            return False
    if _heads_entry(around) or _in_life(around, sets["life_marks"]) or _in_field(around, sets["year_fields"]):
        return True
    if linked or "mod" in found.slots or "approx" in found.slots:
        return linked or not _head_in(around.before, sets["law_heads"])
    if previous in OPEN:
        if previous == "(" and _head_in(around.before[:-1], sets["law_heads"]):
            return False
        return following in (")", "-", "–", ",", ";", "]")
    if low in sets["year_cues"]:
        return True
    if not previous:  # "2003. Kota itu jatuh.": the head of an entry in a chronicle
        return following in (".", ":") and around.text[found.end + 1 : found.end + 2] in (" ", "\n")
    if previous in SENTENCE_END or previous in ":;":
        return False
    if previous == ",":
        last = around.before_last()
        return (last.isdigit() and len(last) == 4) or (last == "itu" and following == ",")  # "Kala itu, 2007, Siti dilantik"
    if len(around.before) == 1 and following in sets["amount_cues"]:
        return True  # "Anggaran 2025 sebesar Rp5 triliun"
    if previous[0].isupper():
        run = _capital_run(around.before)
        head = around.before[-run - 1].lower() if run < len(around.before) else ""
        return run <= 2 and head in sets["happening_heads"]
    return previous.isalpha() and not following[:1].isdigit()


def _numbers_instrument(around: Surroundings, heads: frozenset[str], lists: frozenset[str]) -> bool:
    """Whether the number, or the year in brackets behind it, is that of a resolution in a list: "resolusi 1542 (2004) dan
    1608"; not in "resolusi tahun 1947", "resolusi pada 1947", "resolusi (1947)".
    """
    left = around.text[max(0, around.start - LIST_REACH) : around.start].rpartition("\n")[2]
    words = WORDS.findall(left)
    bracketed = bool(words) and words[-1] == "("
    listed = bracketed
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        if word.lower() in heads:
            return not bracketed or words[at + 1] != "("
        if word == ")" or word == "(":
            listed = word == ")"  # what stands in brackets may be anything: "1000 (ES-I)"
        elif not (listed or word.isdigit() or word == "," or word in lists or (word[0].isupper() and word.isalpha())):
            return False
    return False


def _heads_entry(around: Surroundings) -> bool:
    """ "- 1602 – VOC didirikan": the head of an entry in a chronicle, between a bullet and a dash with spaces."""
    return not around.left.strip(BULLETS) and ENTRY.match(around.text, around.end) is not None


def _in_life(around: Surroundings, marks: frozenset[str]) -> bool:
    """ "(Surabaya, 1901 – meninggal di Jakarta, 1970)" and "(w. 1904)": when somebody was born and died."""
    match = LIFE.search(around.left)
    if match is None or around.following not in LIFE_ENDS:
        return False
    return match["mark"] is None or match["mark"].lower() in marks


def _in_field(around: Surroundings, fields: frozenset[str]) -> bool:
    """ "Tahun Sidang: 2018", a line of a form."""
    words = around.left.split()
    return around.low == ":" and 0 < len(words) <= 4 and words[0].rstrip(":").lower() in fields


def _named(around: Surroundings, heads: frozenset[str], cues: frozenset[str]) -> bool:
    """Whether the year closes a name: its head stands right before, or before up to three words of the name."""
    if around.low in cues:
        return False
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


def _in_code(around: Surroundings) -> bool:
    """Whether the number stands inside a code such as "12/PUU-XV/2017" or "v2.2018"."""
    before, after = around.text[max(0, around.start - 1) : around.start], around.text[around.end : around.end + 1]
    return before in ("/", "_", "#", "@", "=", ".") or after in ("_", "@", "=")


def _capital_run(before: list[str]) -> int:
    """How many of the last words are capitalised, as in a name."""
    count = 0
    for word in reversed(before):
        if not (word[0].isupper() or word.isdigit()):
            break
        count += 1
    return count


def _head_in(before: list[str], heads: frozenset[str]) -> bool:
    """Whether a word of ``heads`` stands in the name (capitalised words, numbers, slashes) at the end of the words."""
    for word in reversed(before):
        if word.lower() in heads:
            return True
        if not (word[0].isupper() or word[0].isdigit() or word in ("/", "-", ".", ":", "(", ")")):
            return False
    return False


def _keeps_named_year(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "Nomor 11 Tahun 2008" and "UUD ... Tahun 1945" are names of laws, "Rp 25 M" is money; "gempa tahun 2004" is a time."""
    if len(found.kinds) > 1 or "year" not in found.slots:
        return True
    currency = CURRENCY.search(around.left)
    if currency and currency[1].lower() in sets["money"]:
        return False
    previous = around.previous
    numbered = previous and (previous[0].isdigit() or "/" in previous)
    if numbered or (previous and previous[0].isupper() and around.quoted[0].isupper()):
        return not _head_in(around.before, sets["law_heads"])
    return True


def _keeps_month(found: Found, around: Surroundings, sets: Sets) -> bool:
    """A bare month is none inside a person's name ("Mei Lan", "Budi Maret"), nor, without a preposition, in a text
    that names such a person."""
    slots, word = found.slots, around.quoted
    if len(found.kinds) > 1 or "year" in slots or "hyear" in slots or around.linked:
        return True
    if not word[0].isupper() or " " in word or "tail" in slots:
        return True
    if len(word) <= 3 and word.lower() != "mei":
        return False
    previous, following = around.previous, around.following
    cued = around.low in sets["year_cues"]
    if around.low in sets["month_cues"]:
        return True
    if (word in around.names and not cued) or around.low in sets["person_cues"]:
        return False
    named_after = following[:1].isupper() and following.isalpha() and not following.isupper()
    named_before = previous[:1].isupper() and previous.isalpha() and not cued and len(around.before) > 1
    return not named_after and not named_before


def _keeps_weekday(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "Pak Minggu", "Pasar Minggu" and "Budi Minggu membuka warung" are names, "Budi Minggu mengatakan" is none."""
    if around.low in sets["titles"] or _in_place_name(around, sets["place_heads"]):
        return False
    given = around.previous[:1].isupper() and around.low in sets["given_names"]
    return not given or not around.following[:1].islower() or around.following in sets["said"]


def _keeps_day(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "Universitas 17 Agustus 1945" is a name, "Pasal 12" no day."""
    if _in_place_name(around, sets["place_heads"]):
        return False
    return not (set(found.slots) <= {"day"} and around.low in sets["number_heads"])


def _in_place_name(around: Surroundings, heads: frozenset[str]) -> bool:
    return around.previous[:1].isupper() and around.low.rstrip(".") in heads


def _keeps_short_date(found: Found, around: Surroundings, sets: Sets) -> bool:
    """A day and a month in digits alone are mostly a share or a score, but not in "Sabtu-Minggu (3-4/3)"."""
    return around.linked or found.slots.get("bare") != "short"


def _keeps_part(found: Found, around: Surroundings, sets: Sets) -> bool:
    """A bare part of day counts behind a preposition, or with "hari" or "-nya"."""
    if found.slots.get("bare") != "part":
        return True
    words = around.quoted.split()
    opens = not around.previous or around.low in SENTENCE_END or around.low in OPEN
    if around.low in sets["part_blocks"] or (words[0][0].isupper() and not opens) or (words[-1].istitle() and len(words) > 1):
        return False
    return around.low in sets["part_cues"] or len(words) > 1 or words[0].endswith("nya")


def _keeps_quarter(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "Laba Q1" and "Pada Q1", neither "Audi Q1" nor "jurnal internasional Q1"."""
    if around.low in sets["year_cues"] or not around.previous:
        return True
    return around.previous.islower() and sets["quarter_blocks"].isdisjoint(map(str.lower, around.before[-3:]))


def _keeps_decade(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "Generasi 90-an" is of a decade, "suhu 90-an derajat" is not."""
    return around.linked or found.slots.get("bare") != "decade" or around.low in sets["decade_heads"]


def _keeps_rate(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "naik 5 persen dari tahun ke tahun" is a rate, no time."""
    return sets["rate_cues"].isdisjoint(around.before[-3:])


def _keeps_countdown(found: Found, around: Surroundings, sets: Sets) -> bool:
    return found.rule != "countdown" or around.linked or not around.previous or around.low in sets["year_cues"]


def _keeps_length(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "Nomor 3 Tahun" and "Rp 5 jam" are no lengths, nor is "Perang Seratus Hari"."""
    words = around.quoted.split()
    titled = len(found.kinds) == 1 and len(words) > 1 and all(word.istitle() for word in words)
    if titled and around.previous not in SENTENCE_END | {""} | OPEN and not _in_headline(around.text, found):
        return False
    return around.low not in sets["number_heads"] and around.low not in sets["money"]


def _keeps_feast(found: Found, around: Surroundings, sets: Sets) -> bool:
    """ "Mandailing Natal" is a place, "Natal Sitompul" a person."""
    if len(found.kinds) > 1:
        return True
    named = around.following[:1].isupper() and around.following.isalpha()
    return around.low not in sets["feast_places"] and not named


GUARDS: dict[str, Callable[[Found, Surroundings, Sets], bool]] = {  # by the last piece of an expression
    "BAREYEAR": _keeps_year,
    "YR": _keeps_named_year,
    "MY": _keeps_month,
    "WD": _keeps_weekday,
    "DT": _keeps_day,
    "DM": _keeps_short_date,
    "PT": _keeps_part,
    "REL": _keeps_period,
    "REFP": _keeps_reference,
    "DUR": _keeps_length,
    "SETP": _keeps_rate,
    "QTRQ": _keeps_quarter,
    "DEC2": _keeps_decade,
    "FEAST": _keeps_feast,
    "": _keeps_countdown,
}
