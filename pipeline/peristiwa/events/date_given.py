"""Dates that no time expression tells by itself: counted from another event, or told by the name of a happening.

"sehari setelah pengeboman Rotterdam" tells when the bombing was where the sentence tells of the day after, and "terpilih
dalam Pemilu 1999" in which year. The value is told as finely as what it is counted from and what is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.roles import Mentions
from peristiwa.events.tree import children, relation
from peristiwa.timex import extent, unit_of, unit_value
from peristiwa.types import EventDate, Time

if TYPE_CHECKING:
    from spacy.tokens import Token

LENGTH = re.compile(r"P(\d+)([DWMY])\Z")
DATED = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?\Z")
NAMED = re.compile(r"\b(?:1\d{3}|20\d{2})\Z")
GRAINS = "YMD"
DAYS = {"D": 1, "W": 7, "M": 30, "Y": 365}
PARTS = frozenset({"nsubj", "nmod", "compound", "obj", "xcomp", "flat"})
"""Relations of an event to the word that "setelah" opens: "sebelum | perang bermula", "setelah | peristiwa pembunuhan"."""
OPENING = frozenset({"dalam", "pada", "di", "saat"})
"""Prepositions of a happening with a name that tells when: "terpilih dalam Pemilu 1999"."""
LASTING = frozenset({"selama"})
AS = "sebagai"
GAP = 4
"""Words between a day and a length that stands beside it: "18 Juni 2016, atau sekitar satu bulan sebelum"."""


def given_date(candidate: Candidate, mentions: Mentions, cues: Cues) -> EventDate | None:
    """The date that an event is told otherwise than by a time of its own, None for most."""
    head = mentions.doc[candidate.head]
    for index, _ in mentions.times_in(head.sent):
        if mentions.times[index].type == "DURATION" and (value := _counted(index, head, mentions, cues)[0]):
            return _dated(value)
    named = year_of_name(head, mentions, cues)
    return _dated(named[0]) if named is not None else None


def counted_from(head: Token, mentions: Mentions, cues: Cues) -> frozenset[int]:
    """The times of something else from which that of ``head`` is counted: "sebulan setelah pemilu [5 Juli]"."""
    lengths = (index for index, _ in mentions.times_in(head.sent) if mentions.times[index].type == "DURATION")
    return frozenset(at for index in lengths for at in _counted(index, head, mentions, cues)[1])


def shifted(value: str, count: int, code: str) -> str | None:
    """The value that lies some units off another, None where that cannot be told: a year and ten days off is that year."""
    if not DATED.match(value):
        return None
    grain = GRAINS[value.count("-")]
    if DAYS[code] < DAYS[grain]:
        return value if abs(count) * DAYS[code] * 2 < DAYS[grain] else None
    year, month, day = (int(part) for part in (value + "-01-01")[:10].split("-"))
    try:
        return unit_value(date(year, month, day), unit_of(code), count)[2]
    except (ValueError, OverflowError):
        return None


def _dated(value: str) -> EventDate:
    edtf, earliest, latest = extent(value)
    return EventDate(value, edtf, earliest, latest, "context")


def _counted(index: int, head: Token, mentions: Mentions, cues: Cues) -> tuple[str | None, Sequence[int]]:
    """When ``head`` was, where a length stands before "setelah" or "sebelum" between it and a dated event, and the time of
    that other one where it is counted from it."""
    doc, sentence = head.doc, head.sent
    start, end = mentions.time_span(index)
    length = LENGTH.match(mentions.times[index].value or "")
    if length is None or end >= sentence.end or doc[end].lower_ not in cues.parting - cues.since:
        return None, ()
    other = doc[end].head
    if other.i <= end or (start > sentence.start and doc[start - 1].lower_ in LASTING):
        return None, ()
    sign = -1 if doc[end].lower_ in cues.ahead else 1
    count, code = int(length[1]) * sign, length[2]
    top = other
    while start <= top.head.i < end and top.head.i != top.i:
        top = top.head  # parsers hang the clause from the length: "tiga hari | setelah gempa"
    opens = not any(token.pos_ == "VERB" for token in doc[sentence.start : start])
    closed = next((at for at in range(other.i, sentence.end) if doc[at].text == "," and opens), None)
    inside = set(range(end + 1, closed)) if closed is not None else {token.i for token in top.subtree if token.i > end}
    told = [(i, anchor) for i, anchor in mentions.times_in(sentence) if DATED.match(mentions.times[i].value or "")]
    within = [i for i, anchor in told if anchor.i in inside]
    without = [i for i, anchor in told if anchor.i not in inside]
    if head.i == other.i or (head.head.i == other.i and relation(head) in PARTS and head.i > end):
        time = None if within else _nearest(without, start, mentions)
        return (shifted(time.value or "", -count, code) if time is not None else None), ()
    if within and not without and head.i not in inside and top.head.i == head.i:
        return shifted(mentions.times[within[0]].value or "", count, code), within
    return None, ()


def _nearest(told: Sequence[int], start: int, mentions: Mentions) -> Time | None:
    """The time that a length counts from: the one right before it, else the only one of the sentence."""
    doc = mentions.doc
    ends = {index: mentions.time_span(index)[1] for index in told}
    open_to = [
        i for i, end in ends.items() if not any(token.pos_ == "CCONJ" for token in doc[end:start] if token.lower_ != "atau")
    ]
    near = [index for index in open_to if 0 <= start - ends[index] <= GAP]
    if not near and (len(told) != 1 or not open_to):
        return None
    return mentions.times[(near or told)[-1]]


def year_of_name(head: Token, mentions: Mentions, cues: Cues) -> tuple[str, int] | None:
    """The year that a happening names in which an event was, and where: "disetujui dalam Referendum Konstitusi Kenya 2010"."""
    for child in _happenings(head, cues):
        entity = mentions.entity_at(child)
        named = NAMED.search(entity.text) if entity is not None and entity.type == "EVT" else None
        if named is not None:
            return named[0], child.i
    return None


def _happenings(head: Token, cues: Cues) -> Iterator[Token]:
    """The words behind an event that may tell of a happening in which it was: "terpilih (menjadi gubernur) dalam Pilkada",
    "bertemu di sela-sela KTT", "memenangkan Pemilu"."""
    for child in (below for below in head.children if below.i > head.i):
        kind = relation(child)
        if kind == "xcomp" and is_in(child, cues.becoming):
            yield from _happenings(child, cues)
        if kind in ("obl", "nmod") and any(case.lower_ in OPENING for case in children(child, "case")):
            yield child
            if is_in(child, cues.stages_of):
                yield from children(child, "nmod")
        elif kind == "obl" and any(case.lower_ == AS for case in children(child, "case")):
            yield from (below for below in children(child, "nmod") if any(c.lower_ in OPENING for c in children(below, "case")))
        elif kind == "obj" and is_in(head, cues.taking_part):
            yield child
