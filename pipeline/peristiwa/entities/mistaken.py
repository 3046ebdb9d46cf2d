"""What the model takes for a name and is none: common nouns, headings in capitals, portfolios, ships, plates, titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from peristiwa.entities.mention import Mention
from peristiwa.entities.tables import Tables
from peristiwa.entities.words import EntityWords

if TYPE_CHECKING:
    from spacy.tokens import Doc

NUMBERED = re.compile(r"(?:[IVX]+\s)?\d{4}")  # of a time: "kuartal I 2018"
PLATE = re.compile(r"[A-Z]{1,2}\s\d{1,4}\s?[A-Z]{1,3}")
ABBREVIATION = re.compile(r"[A-Z][A-Z/-]+")
TICKER = re.compile(r"[A-Z]{4}")
DEFINED = re.compile(r"(?<=\s)\(([A-Z][A-Za-z]*[A-Z])\)")
PHRASE = 8
"""Words before a bracket that may be what is abbreviated in it."""
REACH = 120
"""Characters before and behind a mention within which its quotation marks stand."""
OPENING, CLOSING = "\"“‘'", "\"”’'"
MARK = re.compile(f"[{OPENING}{CLOSING}]")
PROPER = {"PROPN", "NUM", "X", "PUNCT", "SYM"}
JOINING = {"ADP", "CCONJ", "SCONJ"}
PHONETIC = re.compile("[\u0250-\u02af\u02c8\u02cc\u02d0]")
"""Letters of the International Phonetic Alphabet."""
LONG_HEADING = 4
"""Words of a heading in capitals that are no longer one name."""


@dataclass(frozen=True)
class Sifter:
    """Looks at the model's mentions of one document, ``model``, one by one."""

    doc: Doc
    text: str
    words: EntityWords
    names: Tables
    model: Sequence[Mention]

    def sift(self) -> list[Mention]:
        """The mentions that are names, a common noun at the head of one left off ("olah TKP Polda Jabar")."""
        return [self._cut(mention) for mention in self.model if not self._is_none(mention)]

    def _is_none(self, mention: Mention) -> bool:
        name, event = self.text[mention.start : mention.end], self.words.event
        return (
            self._is_common(name, mention)
            or self._is_portfolio(name, mention)
            or (mention.type != "LOC" and mention.type != "EVT" and PLATE.fullmatch(name) is not None)
            or self._is_ship(name, mention)
            or self._is_title(mention)
            or self._is_heading(name, mention)
            or self._is_language(mention)
            or self._is_stock(name, mention)
            or self._is_noun(name, mention)
            or self._is_degree(name, mention)
            or self._is_side(name, mention)
            or self._is_phrase(name, mention)
            or self._is_kind(name, mention)
            or PHONETIC.search(name) is not None
            or (mention.type == "EVT" and any(time.fullmatch(name) for time in (NUMBERED, event.feast, event.in_month)))
        )

    def _is_common(self, name: str, mention: Mention) -> bool:
        """An abbreviation of a common noun; one who plays a part, if nobody of the text bears the word as a name."""
        if self.is_common(name):
            return True
        if mention.type not in ("PER", "ORG") or name not in self._parts:
            return False
        return not any(m.type == "PER" and m != mention and name in self._of(m).split()[1:] for m in self.model)

    def is_common(self, name: str) -> bool:
        """Whether an abbreviation stands for a common noun, in the language or in this text."""
        return name in self._common or name in self._defined

    def _of(self, mention: Mention) -> str:
        return self.text[mention.start : mention.end]

    @cached_property
    def _common(self) -> frozenset[str]:
        return frozenset(self.words.common)

    @cached_property
    def _parts(self) -> frozenset[str]:
        return frozenset(self.words.roles)

    @cached_property
    def _defined(self) -> frozenset[str]:
        """Abbreviations of a phrase in small letters: "operasi tangkap tangan (OTT)"; not those that the tables know."""
        found = set()
        ends = {mention.end for mention in self.model}
        for match in DEFINED.finditer(self.text):
            short = match[1]
            phrase = self.text[max(0, match.start() - REACH) : match.start()].split()[-min(len(short), PHRASE) :]
            small = len(phrase) > 1 and all(word.islower() for word in phrase[-2:])
            a_name = match.start() - 1 in ends or any((kind, short) in self.names.known for kind in ("ORG", "LAW", "EVT"))
            if small and spells(phrase, short) and not a_name:
                found.add(short)
        return frozenset(found)

    def _is_portfolio(self, name: str, mention: Mention) -> bool:
        """ "Menteri PUPR", "Menteri Koperasi dan UKM Teten Masduki": but a party or a country has ministers too."""
        if mention.type != "ORG" or not ABBREVIATION.fullmatch(name) or self.names.is_place(name):
            return False
        if self.words.portfolios.bracket.search(self._line_before(mention.start)):
            return True
        match = self.words.portfolios.before.search(self._line_before(mention.start))
        if match is None or (match["joined"] and mention.end + 1 not in self._persons):
            return False
        full = self.names.known.get(("ORG", name))
        return full is None or full.startswith(tuple(self.words.portfolios.bodies))

    @cached_property
    def _persons(self) -> frozenset[int]:
        return frozenset(mention.start for mention in self.model if mention.type == "PER")

    def _is_ship(self, name: str, mention: Mention) -> bool:
        """ "KRI Bung Tomo", or "Ronald Reagan" behind "USS" or "kapal induk bernama"."""
        if mention.type not in ("ORG", "LOC", "PER"):
            return False
        if name in self.words.ships and self.words.ship_bracket.search(self._line_before(mention.start)):
            return True
        inside = mention.type != "PER" and self.words.ship.match(name)
        before = self._line_before(mention.start)
        called = before.endswith(self._called) and self.words.ship_called.search(before)
        return bool(inside or called or self.words.ship_before.search(before))

    @cached_property
    def _called(self) -> tuple[str, ...]:
        return tuple(f"{word} " for word in self.words.called)

    def _is_language(self, mention: Mention) -> bool:
        """ "dalam bahasa Rusia"."""
        return mention.type == "LOC" and self.words.language_before.search(self._line_before(mention.start)) is not None

    def _is_stock(self, name: str, mention: Mention) -> bool:
        """ "saham BBRI, BMRI, dan UNVR", unless the text has given the code as a company's short form."""
        if mention.type != "ORG" or not TICKER.fullmatch(name) or self.names.is_known(name) or f"({name})" in self.text:
            return False
        return self.words.stock_before.search(self._line_before(mention.start)) is not None

    def _is_noun(self, name: str, mention: Mention) -> bool:
        """ "Palu godam", "Padang rumput itu", "Tanjung itu" at the head of a sentence; but "Padang hari ini"."""
        if mention.type != "LOC" or name not in self.words.town_nouns:
            return False
        span = self.doc.char_span(mention.start, mention.end, alignment_mode="expand")
        if span is None or not span[0].is_sent_start or span.end >= len(self.doc):
            return False
        after = self.doc[span.end]
        noun = after.pos_ == "NOUN" and after.text.islower() and after.text not in self.words.parts_of_time
        return noun or after.text in self.words.pointers

    def _is_degree(self, name: str, mention: Mention) -> bool:
        """ "MA" in "Budi Santoso, S.H., MA meresmikan"; but "Budi, MA, dan KY"."""
        if not self.words.degree.fullmatch(name) or self.text.startswith((", dan ", " dan "), mention.end):
            return False
        before = self.words.degree_before.search(self.text, max(0, mention.start - 40), mention.start)
        return before is not None and before.start() in self._person_ends

    @cached_property
    def _person_ends(self) -> frozenset[int]:
        return frozenset(mention.end for mention in self.model if mention.type == "PER")

    def _is_side(self, name: str, mention: Mention) -> bool:
        """ "di sebelah Utara", "di Selatan"; but "di Barat", which is a part of the world."""
        if name not in self.words.directions:
            return False
        before = self.text[max(0, mention.start - 20) : mention.start]
        at = name != "Barat" and f" {before}".lower().endswith((" di ", " ke ", " dari "))
        return at or self.words.side_before.search(before) is not None

    def _is_phrase(self, name: str, mention: Mention) -> bool:
        """ "perjanjian 1891", "perang": in small letters; but "pemilu 2024"."""
        numbered = mention.type == "EVT" and any(letter.isdigit() for letter in name)
        return mention.type in ("LAW", "EVT") and name.islower() and not numbered

    def _is_kind(self, name: str, mention: Mention) -> bool:
        """ "KTT berikutnya", "jelang Pilkada": what kind of happening, with nothing that tells which; not in a bracket."""
        kind = mention.type == "EVT" and name in self.words.event.named and name not in self.words.event.alone
        return kind and not self.text.endswith("(", 0, mention.start)

    def _is_title(self, mention: Mention) -> bool:
        """In quotation marks behind the noun of something that has a title: film "Perang Terakhir"."""
        return is_title(self.text, mention, self.words)

    def _is_heading(self, name: str, mention: Mention) -> bool:
        """Words of the language in a line of capitals: "SIARAN PERS", "MEMUTUSKAN"."""
        if mention.type in ("PER", "LOC") or not name.isupper() or self._line(mention).upper() != self._line(mention):
            return False
        if " ".join(name.lower().split()) in self.words.headings:
            return True
        small = name.title().split()
        heads = {*self.words.names.heads, *self.words.names.company, *self.words.housed}
        event = {*self.words.event.named, *self.words.event.strict, *self.words.law.named, *self.words.law.numbered}
        if mention.type == "LAW" and small[1:2] and small[1] in self.words.law.classes:
            return True  # "PERJANJIAN KERJA SAMA"
        opens = [" ".join(small[:n]) for n in (1, 2)]
        if any(head in (heads if mention.type == "ORG" else event) for head in opens):
            return False
        if mention.type == "ORG" and any(head in event for head in opens):
            return True
        if any(self.names.is_place(word) for word in small):
            return False
        if any((mention.type, word) in self.names.known for word in name.split()):
            return False
        if len(small) >= LONG_HEADING:
            return True
        span = self.doc.char_span(mention.start, mention.end, alignment_mode="expand")
        return span is not None and any(token.pos_ not in PROPER for token in span if not token.is_space)

    def _cut(self, mention: Mention) -> Mention:
        """Without a common noun in front, and what only leads on behind; of a headline in capitals, what the tables know."""
        name = self._of(mention)
        first, _, rest = name.partition(" ")
        if mention.type == "ORG" and first in self._common and rest[:1].isupper():
            return mention._replace(start=mention.start + len(first) + 1)
        long = len(name.split()) >= LONG_HEADING and name.isupper() and ("ORG", first) in self.names.known
        if mention.type == "ORG" and long and self._line(mention) == self._line(mention).upper():
            return mention._replace(end=mention.start + len(first))
        return self._shorten(mention)

    def _shorten(self, mention: Mention) -> Mention:
        """Without prepositions and conjunctions at its end: "Konvensi Wina dan"."""
        span = self.doc.char_span(mention.start, mention.end, alignment_mode="expand")
        if span is None or len(span) < 2 or span[-1].pos_ not in JOINING or not span[-1].text.islower():
            return mention
        return self._shorten(mention._replace(end=span[:-1].end_char))

    def _line(self, mention: Mention) -> str:
        start = self.text.rfind("\n", 0, mention.start) + 1
        end = self.text.find("\n", mention.end)
        return self.text[start : end if end >= 0 else len(self.text)]

    def _line_before(self, at: int) -> str:
        return self.text[max(self.text.rfind("\n", 0, at) + 1, at - 80) : at]


def is_title(text: str, mention: Mention, words: EntityWords) -> bool:
    """Whether a mention stands in quotation marks behind the noun of a work, on its line; of a person or body, all of it."""
    line = max(text.rfind("\n", 0, mention.start) + 1, mention.start - REACH)
    found = (match.start() for match in MARK.finditer(text, line, mention.start))
    marks = [at for at in found if not text[at - 1 : at].isalnum()]
    if not marks:
        return False
    opened = marks[-1]
    closed = next((at for at in range(mention.end, min(len(text), mention.end + REACH)) if text[at] in CLOSING), None)
    if closed is None or any(text[at] in CLOSING for at in range(opened + 1, mention.start)):
        return False
    if mention.type not in ("EVT", "LAW") and (mention.start != opened + 1 or mention.end != closed):
        return False
    return words.work_before.search(text[max(line, opened - 40) : opened]) is not None


def spells(phrase: Sequence[str], short: str) -> bool:
    """Whether the first letters of the words give the abbreviation: "rapat umum pemegang saham" RUPS."""
    first = "".join(word[0] for word in phrase).upper()
    if first == short.upper():
        return True
    letters = iter("".join(phrase).upper())
    return first[:1] == short[:1].upper() and all(letter in letters for letter in short.upper())
