"""People who are told by their initials: suspects and victims ("berinisial AS", "RS alias Ucok", "MK (12)").

They are persons whatever body or country the letters stand for elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from peristiwa.entities.mention import Mention, overlaps
from peristiwa.entities.mistaken import spells
from peristiwa.entities.patterns import INITIALS
from peristiwa.entities.tables import Tables
from peristiwa.entities.words import EntityWords

LETTERS = re.compile(rf"(?<![\w.]){INITIALS}")
NAME_AFTER = re.compile(r"\s(?:[A-Z]\w|\d)")
NAME_BEFORE = re.compile(r"(?:\b[A-Z][\w.]*\s|\d\s?|[./-])$")
COUNTED = re.compile(r"\s\(\d{1,3}\)")
BEHIND = re.compile(rf"\s\(({INITIALS})\)")
BRACKETED = re.compile(rf"\(({INITIALS})\)")
SHORT = 2
"""Letters up to which what stands behind "tersangka" is taken for a person."""
LONG = 6
"""Letters up to which a name in capitals may be a body's short form."""


def initials(
    text: str,
    sentences: Iterable[tuple[int, int]],
    model: Sequence[Mention],
    words: EntityWords,
    tables: Tables,
) -> list[Mention]:
    """Each mention of a person by initials, once some cue of the text tells that they are one."""
    if not words.initials.cues:
        return []
    found: list[Mention] = []
    a_case = words.initials.role_word.search(text) is not None
    found += _bracketed(text, model, tables)
    for start, end in sentences:
        found += _told(text, start, end, words)
        found += _described(text, start, end, words, tables)
        found += _aged(text, start, end, words, model, tables, a_case)
    return found + list(_later(text, found, model))


def _told(text: str, start: int, end: int, words: EntityWords) -> Iterator[Mention]:
    """Behind "berinisial" any letters; behind "tersangka" one or two that no name follows; before "alias"."""
    for pattern in (words.initials.told, words.initials.role):
        for chain in pattern.finditer(text, start, end):
            for match in LETTERS.finditer(text, *chain.span(1)):
                named = _is_word(match.group(), words) or NAME_AFTER.match(text, match.end())
                if named and pattern is words.initials.role:
                    break
                yield Mention(*match.span(), "PER", initials=True)
    for match in words.initials.also.finditer(text, start, end):
        if not NAME_BEFORE.search(text, start, match.start()) and len(match[1]) <= SHORT:
            yield Mention(*match.span(1), "PER", initials=True)


def _described(text: str, start: int, end: int, words: EntityWords, tables: Tables) -> Iterator[Mention]:
    """Before a noun of a person behind a comma: "YS, pegawai dinas itu"."""
    for match in words.initials.described.finditer(text, start, end):
        known = tables.is_known(match[1]) or match[1] in words.common or match[1] in words.initials.never
        if not known and not NAME_BEFORE.search(text, start, match.start()):
            yield Mention(*match.span(1), "PER", initials=True)


def _bracketed(text: str, model: Sequence[Mention], tables: Tables) -> Iterator[Mention]:
    """ "Dewi Suryana (DSU)": letters of the name before them, which they stand for."""
    for mention in model:
        match = BEHIND.match(text, mention.end) if mention.type == "PER" else None
        if match is None:
            continue
        letters, name = match[1], text[mention.start : mention.end]
        known = tables.is_known(letters)
        if spells(name.split(), letters) if not known else letters == "".join(word[0] for word in name.split()):
            yield Mention(*match.span(1), "PER")


def bodies(text: str, model: Sequence[Mention], found: Sequence[Mention], words: EntityWords, tables: Tables) -> list[Mention]:
    """The mentions of ``model``, a body's letters that it takes for a person's as the body: "Putusan MA itu".

    The letters are a body's where the text gives them beside its name or where the tables have them, in a text of suspects
    only beside an office.
    """
    told = {text[m.start : m.end] for m in found}
    out = []
    for mention in model:
        letters = text[mention.start : mention.end]
        short = SHORT <= len(letters) <= LONG and letters.isupper()
        if mention.type == "PER" and short and letters not in told and _is_body(text, letters, mention, model, words, tables):
            mention = mention._replace(type="ORG")
        out.append(mention)
    return out


def _is_body(text: str, letters: str, mention: Mention, model: Sequence[Mention], words: EntityWords, tables: Tables) -> bool:
    """Whether the letters are a body's: given by the text, or known to the tables and not told as a person's."""
    full = tables.known.get(("ORG", letters))
    if any(m.type == "ORG" and _names(text, m, letters, full) for m in model):
        return True
    if full is None or ("PER", letters) in tables.known or words.initials.person_after.match(text, mention.end):
        return False
    office = words.initials.office_before.search(text, max(0, mention.start - 20), mention.start)
    return office is not None or words.initials.role_word.search(text) is None


def _names(text: str, body: Mention, letters: str, full: str | None) -> bool:
    """Whether the text gives the letters in brackets for a body, or names in full the body that the tables have for them."""
    name = text[body.start : body.end]
    bracket = BEHIND.match(text, body.end)
    if bracket and bracket[1] == letters and spells(name.split(), letters):
        return True
    return name == full or (name == letters and text[body.start - 1 : body.start] == "(")


def _is_word(letters: str, words: EntityWords) -> bool:
    return len(letters.replace(".", "")) > SHORT or letters in words.initials.never or letters in words.common


def _aged(
    text: str, start: int, end: int, words: EntityWords, model: Sequence[Mention], tables: Tables, a_case: bool
) -> Iterator[Mention]:
    """Before an age in brackets, unless the sentence counts something of places and bodies ("China (38), AS (36)").

    What the tables know is a person only in ``a_case`` of a suspect or victim, or beside one whom they do not know.
    """
    matches = list(words.initials.aged.finditer(text, start, end))
    if not matches:
        return
    unknown = [m[1] for m in matches if not tables.is_known(m[1])]
    names = [m for m in model if start <= m.start < end and m.type != "PER" and not LETTERS.fullmatch(text, m.start, m.end)]
    if any(COUNTED.match(text, name.end) for name in names):
        return
    for match in matches:
        letters, at, after = match[1], *match.span(1)
        if letters in words.common or (letters not in unknown and (len(letters) > SHORT or not (a_case or unknown))):
            continue
        longer = any(m.start <= at and after <= m.end and m.end - m.start > len(letters) for m in model)
        person = Mention(at, after, "PER") in model or words.initials.before.search(text, max(start, at - 20), at)
        if not longer and (person or not NAME_BEFORE.search(text, start, at)):
            yield Mention(at, after, "PER", initials=True)


def _later(text: str, found: Sequence[Mention], model: Sequence[Mention]) -> Iterator[Mention]:
    """The same letters further on, standing alone; not those that the text has defined in brackets, nor single ones."""
    first: dict[str, Mention] = {}
    for mention in found:
        first.setdefault(text[mention.start : mention.end], mention)
    defined = {match[1] for match in BRACKETED.finditer(text)} if first else set()
    spans = {mention[:2] for mention in model}
    for letters, told in first.items():
        at = told.end
        if len(letters) < SHORT or (letters in defined and told.initials):
            continue
        for match in re.compile(rf"(?<![\w./-]){re.escape(letters)}(?![\w/-])").finditer(text, at):
            mention = Mention(*match.span(), "PER", initials=told.initials)
            alone = mention[:2] in spans or not (
                NAME_AFTER.match(text, match.end()) or NAME_BEFORE.search(text, at, match.start())
            )
            longer = any(overlaps(mention, m) and m.end - m.start > len(letters) for m in model)
            if alone and not longer and not any(overlaps(mention, other) for other in found):
                yield mention
