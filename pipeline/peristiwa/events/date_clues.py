"""What the text around a trigger, and around each time expression, tells of dates, read once from the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from peristiwa.events.attach import Clue, can_date, event_date, is_dated
from peristiwa.events.candidate import Candidate
from peristiwa.events.context import left_of, sentence_bounds, word_after
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.date_bars import (
    is_compared,
    is_designated,
    is_end,
    is_lasting,
    is_of_cause,
    is_of_charge,
    is_outside,
    is_term,
    parted_at,
)
from peristiwa.events.date_given import given_date
from peristiwa.events.factuality import is_background, markers_of
from peristiwa.events.predicate import RELATIVE, form, voice
from peristiwa.events.roles import Mentions
from peristiwa.events.tree import ancestors, is_word, preposition, relation
from peristiwa.types import Argument, EventDate, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PATH_LIMIT = 4
YEAR, MONTH = len("2019"), len("2019-05")
LIFE = 30
"""Words up to which the bracket is looked for that a life's dates stand in."""
HE = frozenset({"ia", "dia", "beliau", "nya", "dirinya"})
"""Pronouns of the one person whose life a text tells."""
WORD = re.compile(r"\w+")
CLASSES = ("anterior", "future", "planning", "possible", "negators", "conditions", "continuing", "purposes")
UNTIL = "until"
"""The note of a time that something lasts or counts up to."""
BIRTH = "birth"
"""The note of a time of someone's birth, or of both ends of a life in brackets, which dates nothing else."""
BESIDE = "beside"
"""The note of a time that dates nothing at all: "gempa terkuat sejak 1906", "memperpanjang mandat hingga 30 Juni"."""
SILENT = frozenset({BIRTH, BESIDE})
"""The notes that are no features."""


def find_clue(doc: Doc, candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions, cues: Cues) -> Clue:
    """The clue of one trigger."""
    head = doc[candidate.head]
    links = {
        mentions.times[index].id: tuple(_link_names(doc, candidate, anchor, mentions.times[index], mentions, cues))
        for index, anchor in mentions.times_in(head.sent)
    }
    names = tuple(dict.fromkeys(_event_names(doc, candidate, cues)))
    words = frozenset(
        word
        for a in arguments
        if a.role in ("agent", "object", "recipient", "place")
        for word in WORD.findall(a.text.lower())
        if len(word) > 3
    )
    above = tuple(token.i for token in ancestors(head))
    root = head.lemma_.lower()
    apart, behind, only = _apart(head, mentions, cues)
    given = given_date(candidate, mentions, cues) or _end_of_life(candidate, arguments, mentions)
    # Where it opens a sentence it is often no more than "besides".
    earlier = any(is_in(marker, cues.earlier) and not marker.is_sent_start for marker in markers_of(head, candidate.start))
    earlier = earlier or _is_aside(head, mentions)
    return Clue(names, links, candidate.head, above, candidate.type, root, words, apart, behind, only, given, earlier)


def _apart(head: Token, mentions: Mentions, cues: Cues) -> tuple[frozenset[str], frozenset[str], frozenset[str] | None]:
    """The ids of the times of a sentence that are told of another event alone, those behind the clause that this one stands
    in, and those that alone can be this one's."""
    times, told = mentions.times, mentions.times_in(head.sent)
    parted = parted_at(head, cues)
    if parted is not None and head.doc[parted[0]].lower_ in cues.ahead:
        inside = (index for index, _ in told if not is_outside(head, mentions.time_span(index)[0], cues))
        return frozenset(), frozenset(), frozenset(times[index].id for index in inside)
    comma = parted[1] if parted is not None else None
    apart, behind = set(), set()
    for index, _ in told:
        length, start = len(times[index].value or ""), mentions.time_span(index)[0]
        apart_from = is_end(head, start, length > MONTH, cues) or is_of_charge(head, start, length <= YEAR, cues)
        if apart_from or is_of_cause(head, start, cues):
            apart.add(times[index].id)
        elif comma is not None and start > comma:
            behind.add(times[index].id)
    return frozenset(apart), frozenset(behind), None


def _is_aside(head: Token, mentions: Mentions) -> bool:
    """Whether an event only tells which one the subject is of a clause that has a time: "Menteri yang dicopot itu meninggal
    pada 2021"."""
    noun = head.head
    relative = relation(head) == "acl" and any(child.lower_ == RELATIVE and child.i < head.i for child in head.children)
    if not relative or relation(noun) != "nsubj" or noun.head.i < head.i or voice(noun.head) == "noun":
        return False
    told = [(mentions.times[index], anchor) for index, anchor in mentions.times_in(head.sent)]
    return any(can_date(time) and anchor.head.i == noun.head.i for time, anchor in told)


def find_notes(doc: Doc, mentions: Mentions, cues: Cues) -> dict[str, tuple[str, ...]]:
    """For the id of every time how it stands in its sentence: as the time of a report's words, in brackets, first or last."""
    found: dict[str, tuple[str, ...]] = {}
    for sentence in doc.sents:
        told = mentions.times_in(sentence)
        if not told:
            continue
        said = any(is_in(token, cues.telling) for token in sentence)
        words = [token.i for token in sentence if is_word(token)]
        for index, anchor in told:
            time = mentions.times[index]
            start, end = mentions.time_span(index)
            at = "first" if start <= words[0] + 1 else "last" if end >= words[-1] else "inside"
            spoken = is_in(anchor.head, cues.telling)
            bracket = "(" in time.text or (start > 0 and doc[start - 1].text == "(")
            until = (UNTIL,) if start > 0 and doc[start - 1].lower_ in cues.until else ()
            born = (BIRTH,) if _is_birth(anchor, start, mentions, cues) else ()
            barred = is_compared(doc, start, end, cues) or (until and is_lasting(doc, anchor, (start, end), time, cues))
            barred = barred or is_designated(doc, start, end, cues) or is_term(doc, start, cues)
            beside = (BESIDE,) if barred else ()
            found[time.id] = (f"said={said}:{at}", f"spoken={spoken}", f"bracket={bracket}", *until, *born, *beside)
    return found


def _is_birth(anchor: Token, start: int, mentions: Mentions, cues: Cues) -> bool:
    """Whether a time is told of a birth ("lahir di Solo pada 5 Mei 1900"), or of a life."""
    return (
        any(is_in(above, cues.birth) for above in islice(ancestors(anchor), 2))
        or life_around(anchor, start, mentions) is not None
    )


def life_around(anchor: Token, start: int, mentions: Mentions) -> range | None:
    """The tokens of the bracket that tells a life and that a time which begins at ``start`` stands in: "Hasan (1900–1965)"."""
    doc, limit = anchor.doc, anchor.sent.end
    opened = next((at for at in range(start - 1, max(anchor.sent.start, start - LIFE), -1) if doc[at].text in "()"), None)
    if opened is None or doc[opened].text != "(":
        return None
    closed = next((at for at in range(start, min(limit, opened + 2 * LIFE)) if doc[at].text == ")"), limit)
    entity = mentions.entity_at(doc[opened - 1])
    told = {mentions.time_at(doc[at]) for at in range(opened, closed)} - {None}
    return range(opened, closed) if entity is not None and entity.type == "PER" and len(told) == 2 else None


def _end_of_life(candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions) -> EventDate | None:
    """When somebody died whose life a bracket tells: "Budi Santoso (1920 – 7 Juni 1990) … Ia wafat di Jakarta"."""
    if candidate.type != "DIE":
        return None
    who = {argument.text.lower().split()[-1] for argument in arguments if argument.role == "object"}
    doc = mentions.doc
    lives: dict[str, Time] = {}
    for sentence in doc.sents:
        for index, anchor in mentions.times_in(sentence):
            bracket = life_around(anchor, mentions.time_span(index)[0], mentions)
            holder = mentions.entity_at(doc[bracket.start - 1]) if bracket is not None else None
            if bracket is not None and holder is not None:
                told = (mentions.time_at(doc[at]) for at in bracket)
                last = max(time for time in told if time is not None)  # times are numbered as the text tells them
                lives.setdefault(holder.text.lower().split()[-1], mentions.times[last])
    found = [end for name, end in lives.items() if name in who or (len(lives) == 1 and not who.isdisjoint(HE))]
    return event_date(found[0], "context") if len(found) == 1 and is_dated(found[0]) else None


def _event_names(doc: Doc, candidate: Candidate, cues: Cues) -> Iterator[str]:
    head = doc[candidate.head]
    kind = form(head)
    yield "event"
    yield f"type={candidate.type}"
    yield f"voice={kind}"
    yield f"relation={relation(head)}"
    yield f"relation={relation(head)}:{kind}"
    yield f"word={head.lower_}"
    yield f"light={candidate.light_verb is not None}"
    yield f"background={is_background(doc, candidate, cues)}"
    yield from _marker_names(doc, candidate, cues)
    start, end = sentence_bounds(doc, candidate.start)
    words = [token for token in doc[start:end] if is_word(token)]
    if words:
        yield f"opens={words[0].lower_}"
    quotes = sum(token.text in '"“”' for token in doc[start : candidate.start])
    yield f"quoted={quotes % 2 == 1}"
    yield f"reported={any(is_in(token, cues.telling) for token in words)}"
    above = next((token for token in ancestors(head) if voice(token) != "noun"), None)
    if above is not None:
        yield f"under={'report' if is_in(above, cues.telling) else voice(above)}"
    yield f"definite={is_definite(doc, candidate, cues)}"


def is_definite(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """Whether the trigger is pointed at: "serangan itu", "serangannya"."""
    after = word_after(doc, candidate.end - 1)
    return (after is not None and after.lower_ in cues.demonstratives) or doc[candidate.head].lower_.endswith("nya")


def _marker_names(doc: Doc, candidate: Candidate, cues: Cues) -> Iterator[str]:
    heads = [doc[candidate.head]]
    if candidate.light_verb is not None:
        heads.append(doc[candidate.light_verb])
    markers = [marker for head in heads for marker in markers_of(head, head.i)]
    for marker in markers:
        yield f"marker={marker.lower_}"
        yield from (f"marker@{name}" for name in CLASSES if is_in(marker, getattr(cues, name)))
    if not markers:
        yield "marker=none"
    for token in left_of(doc, candidate.start, 4):
        yield from (f"left@{name}" for name in CLASSES if is_in(token, getattr(cues, name)))


def _link_names(doc: Doc, candidate: Candidate, anchor: Token, time: Time, mentions: Mentions, cues: Cues) -> Iterator[str]:
    head = doc[candidate.head]
    left = anchor.i < candidate.start
    side = "<" if left else ">"
    gap = (anchor.i + 1, candidate.start) if left else (candidate.end, anchor.i)
    between = mentions.between(*gap)
    distance, commas, verbs = between.words, min(between.breaks, 3), min(between.verbs, 3)
    bucket = distance if distance < 4 else 4 if distance < 6 else 6 if distance < 10 else 10 if distance < 20 else 20
    opened = preposition(anchor)
    said = any(is_in(token, cues.telling) for token in doc[slice(*gap)])
    path = _path(head, anchor)
    yield f"distance={side}{bucket}"
    yield f"between={side}{commas}:{verbs}"
    yield f"quotes={side}{between.quotes % 2}"
    yield f"said={side}{said}"
    yield f"path={path}"
    yield f"path={path}:{voice(head)}"
    yield f"opened={side}{opened.lower_ if opened is not None else ''}"
    yield f"yang={side}{between.relatives > 0}"
    yield f"grain={side}{grain_of(time.value or '')}"


def _path(head: Token, anchor: Token) -> str:
    up: dict[int, list[str]] = {head.i: []}
    climbed: list[str] = []
    here = head
    for above in ancestors(head):
        climbed = [*climbed, "^" + relation(here)]
        up[above.i] = climbed
        here = above
    down: list[str] = []
    here = anchor
    while here.i not in up and len(down) <= PATH_LIMIT and here.head.i != here.i:
        down.append("." + relation(here))
        here = here.head
    if here.i not in up or len(up[here.i]) + len(down) > PATH_LIMIT:
        return "far"
    return "".join([*up[here.i], *reversed(down)])


def grain_of(value: str) -> str:
    """day, week, month, year, decade; "partial" where the year is unknown."""
    if not value[:4].isdigit():
        return "partial" if value.startswith("XXXX") else "decade" if value.isdigit() else "ref"
    if "W" in value[:8]:
        return "week"
    return {4: "year", 7: "month"}.get(len(value), "day" if len(value) >= 10 else "part")
