"""People who are told by their initials: suspects and victims ("berinisial AS", "RS alias Ucok", "MK (12)").

They are persons whatever body or country the letters stand for elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from peristiwa.entities.grammar import INITIALS, EntityWords
from peristiwa.entities.mention import Mention, overlaps
from peristiwa.entities.tables import Tables

LETTERS = re.compile(rf"(?<![\w.]){INITIALS}")
NAME_AFTER = re.compile(r"\s(?:[A-Z]\w|\d)")
NAME_BEFORE = re.compile(r"(?:\b[A-Z][\w.]*\s|\d\s?|[./-])$")
COUNTED = re.compile(r"\s\(\d{1,3}\)")
BRACKETED = re.compile(rf"\(({INITIALS})\)")
SHORT = 2
"""Letters up to which what stands behind "tersangka" is taken for a person."""


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
    for start, end in sentences:
        found += _told(text, start, end, words)
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
    first: dict[str, int] = {}
    for mention in found:
        first.setdefault(text[mention.start : mention.end], mention.end)
    defined = {match[1] for match in BRACKETED.finditer(text)} if first else set()
    spans = {mention[:2] for mention in model}
    for letters, at in first.items():
        if len(letters) < SHORT or letters in defined:
            continue
        for match in re.compile(rf"(?<![\w./-]){re.escape(letters)}(?![\w/-])").finditer(text, at):
            mention = Mention(*match.span(), "PER", initials=True)
            alone = mention[:2] in spans or not (
                NAME_AFTER.match(text, match.end()) or NAME_BEFORE.search(text, at, match.start())
            )
            longer = any(overlaps(mention, m) and m.end - m.start > len(letters) for m in model)
            if alone and not longer and not any(overlaps(mention, other) for other in found):
                yield mention
