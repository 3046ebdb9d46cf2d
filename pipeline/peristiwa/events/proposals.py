"""Everything in a trigger's sentence that could be one of its arguments: noun phrases, clauses and time expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peristiwa.events.arguments import NOMINAL, find_fillers, find_times_of, span_of
from peristiwa.events.candidate import Candidate
from peristiwa.events.clauses import find_clauses, find_whole, mender
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.edges import has_clitic, is_counting
from peristiwa.events.extent import is_measure, is_owner, noun_phrase, reaches
from peristiwa.events.roles import Mentions, is_no_role, is_person, role_of
from peristiwa.events.source import source_heads
from peristiwa.events.tree import (
    NAME_PARTS,
    is_word,
    phrase,
    relation,
    told_twice,
)
from peristiwa.events.view import once
from peristiwa.types import Role

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

HEADS = NOMINAL - {"DET"}
"""Parts of speech that head a phrase."""
NO_HEADS = NAME_PARTS | {"nummod", "det", "case", "mark"}
"""Relations of words that head none."""
SUCCESSOR: Mapping[str, Role | None] = {
    "subject": "object",
    "by": "object",
    "oleh": "object",
    "bare": "object",
    "object": None,
    "patient": None,
}
"""Who takes a post from whom: "Hasan menggantikan Budi", "Budi digantikan oleh Hasan"."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A possible argument over tokens ``[start, end)``; ``time`` is an index into the document's times, or None."""

    start: int
    end: int
    head: int
    kind: str
    slots: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    time: int | None = None
    variant: str = "full"


def propose(doc: Doc, candidate: Candidate, frame: Mapping[str, Role | None], mentions: Mentions, cues: Cues) -> list[Proposal]:
    """The proposals of one trigger, in text order; what the rules link to it carries their slots and roles."""
    linked: dict[int, list[tuple[str, Role | None]]] = {}
    spans: dict[tuple[int, int], Proposal] = {}
    whole = find_whole(doc, candidate, mentions, cues)
    mend = mender(doc, candidate, whole, cues)
    left = set[int]()
    replaced = is_in(doc[candidate.head], cues.replacing)
    for filler in find_fillers(doc, candidate, cues):
        role = role_of(filler.slot, filler.token, frame, mentions, cues)
        if replaced and filler.slot in SUCCESSOR and is_person(filler.token, mentions, cues):
            role = SUCCESSOR[filler.slot]
            if role is None:
                left.add(filler.token.i)
        if filler.clausal:
            span = span_of(filler, candidate, mentions, cues)
            if span is not None:
                span = mend(span)
                spans[span] = Proposal(*span, filler.token.i, "clause", (filler.slot,), (role,) if role else ())
        else:
            linked.setdefault(_counted_noun(filler.token, cues).i, []).append((filler.slot, role))
    for token in source_heads(doc, candidate, mentions, cues):
        linked.setdefault(token.i, []).append(("claim", "source"))
    sentence = doc[candidate.head].sent
    for token in sentence:
        if token.i in left or not _is_nominal(token, candidate, linked, mentions, cues):
            continue
        if whole is not None and whole.covers(token.i):
            continue
        links = linked.get(token.i, [])
        roles = tuple(dict.fromkeys(role for _, role in links if role is not None))
        slots = tuple(dict.fromkeys(slot for slot, _ in links))
        for span, variant in reaches(token, mentions, cues).items():
            start, end = _beside(doc, *span, token.i, candidate)
            if whole is not None and token.i == whole.noun:
                end = token.i + 1
            if start >= end or is_no_role(doc[start], mentions, cues):
                continue
            end = _with_list(doc, start, end, candidate, cues)
            known = spans.get((start, end))
            if known is None or (roles and not known.roles):
                spans[start, end] = Proposal(start, end, token.i, "phrase", slots, roles, None, variant)
    for span, head in find_clauses(doc, candidate, cues):
        span = mend(span)
        spans.setdefault(span, Proposal(*span, head, "clause"))
    near = set(find_times_of(doc, candidate, mentions, cues))
    for index, anchor in mentions.told_in(sentence):
        start, end = mentions.time_span(index)
        roles = ("time",) if index in near else ()
        spans[start, end] = Proposal(start, end, anchor.i, "time", (), roles, index)
    return sorted(spans.values(), key=lambda p: (p.start, p.end))


def _is_nominal(token: Token, candidate: Candidate, linked: Mapping[int, object], mentions: Mentions, cues: Cues) -> bool:
    if candidate.start <= token.i < candidate.end or token.i == candidate.light_verb or not is_word(token):
        return False
    if mentions.time_at(token) is not None or _is_beside_phrases(token, mentions, cues):
        return False
    if _is_listed(token, candidate, cues):
        return False
    following = token.doc[token.i + 1] if token.i + 1 < token.sent.end else None
    if token.pos_ == "NUM" and following is not None and following.pos_ in ("NOUN", "PROPN"):
        return False
    if token.i in linked:
        return True
    return (token.pos_ in HEADS and relation(token) not in NO_HEADS) or _is_rest(token)


def _is_rest(token: Token) -> bool:
    """The "lain" of "empat lainnya luka-luka", an adjective that heads a phrase with its number."""
    return token.lower_ == "lain" and token.i > token.sent.start and token.doc[token.i - 1].pos_ == "NUM"


@once
def _is_beside_phrases(token: Token, mentions: Mentions, cues: Cues) -> bool:
    """What a tree takes for a phrase and is none: "1. Menolak …", "3 (tiga) orang", "setidaknya", "Presiden kita"."""
    if token.lower_ in cues.et_al and token.i > token.sent.start and token.doc[token.i - 1].pos_ in ("PROPN", "CCONJ"):
        return True
    if is_counting(token, cues) or _is_lower_end(token, cues):
        return True
    return _is_item(token) or _is_counted(token) or _is_adverb(token, mentions, cues)


def _is_lower_end(token: Token, cues: Cues) -> bool:
    """Whether a number is the first of two: "[tujuh] atau delapan mahasiswa"."""
    doc, at = token.doc, token.i
    if token.pos_ != "NUM" or at + 3 >= token.sent.end:
        return False
    return doc[at + 1].lower_ in cues.ranges and doc[at + 2].pos_ == "NUM" and doc[at + 3].pos_ in ("NOUN", "PROPN")


def _is_listed(token: Token, candidate: Candidate, cues: Cues) -> bool:
    """Whether a word says what the subject is made of, a clause to parsers: "bantuan berupa [beras dan obat] dikirim"."""
    made = _made_of(token.doc, candidate, cues)
    return made is not None and made < token.i < candidate.start


def _made_of(doc: Doc, candidate: Candidate, cues: Cues) -> int | None:
    """Where "berupa" stands, if it is the last verb before the trigger's."""
    before = range(candidate.start - 1, doc[candidate.start].sent.start, -1)
    at = next((at for at in before if doc[at].pos_ == "VERB" and at != candidate.light_verb), None)
    return at if at is not None and doc[at].lower_ in cues.made_of and doc[at - 1].pos_ != "PRON" else None


def _with_list(doc: Doc, start: int, end: int, candidate: Candidate, cues: Cues) -> int:
    """Where a phrase ends with what it is made of: "bantuan | berupa beras dan obat | dikirim"."""
    if end >= candidate.start or doc[end].lower_ not in cues.made_of or _made_of(doc, candidate, cues) != end:
        return end
    last = candidate.start
    while last > end and (doc[last - 1].pos_ in ("AUX", "ADV", "PART") or not is_word(doc[last - 1])):
        last -= 1
    return last


def _is_item(token: Token) -> bool:
    """Whether a number or letter marks an item of a list: "2. Meminta", "a) Mengangkat"."""
    first = token.i == token.sent.start or (token.i == token.sent.start + 1 and token.doc[token.i - 1].text == "(")
    short = token.text.isdigit() or len(token.text) == 1
    return first and short and token.i + 2 < token.sent.end and token.nbor().text in (".", ")")


def _is_counted(token: Token) -> bool:
    """Whether a number is told again in brackets, or is told there, and counts the noun behind: "3 (tiga) orang"."""
    doc, limit = token.doc, token.sent.end
    if token.pos_ != "NUM":
        return False
    closing = next((at for at in range(token.i + 1, limit) if doc[at].pos_ != "NUM" and doc[at].text != "("), limit)
    if closing + 1 >= limit or doc[closing + 1].pos_ not in ("NOUN", "PROPN"):
        return False
    told = told_twice(doc, closing, token.sent.start)
    return told is not None and told <= token.i


def _counted_noun(token: Token, cues: Cues) -> Token:
    """The noun whose place a parser gave to a word of measure: "[Setidaknya] 30 orang ditangkap"; else the token itself."""
    if _is_lower_end(token, cues):
        return token.doc[token.i + 3]
    if is_counting(token, cues):
        return token.nbor()
    if not is_measure(token, cues):
        return token
    behind = (child for child in token.head.children if child.i > token.i and relation(child) == relation(token))
    return next(behind, token)


def _is_adverb(token: Token, mentions: Mentions, cues: Cues) -> bool:
    """Whether a word with -nya, or a pronoun, is an adverb or the owner in another's phrase: "setidaknya", "rencananya"."""
    if is_measure(token, cues):
        return noun_phrase(token, mentions, cues)[0] <= token.i
    siblings = [child for child in token.head.children if relation(child) == "nsubj" and child.i != token.i]
    if any(phrase(owned)[1] == token.i and is_owner(token, owned, token.i, cues) for owned in siblings):
        return True
    planned = has_clitic(token) and is_in(token, cues.planning)
    return planned and relation(token) == "nsubj" and bool(siblings)


def _beside(doc: Doc, start: int, end: int, head: int, candidate: Candidate) -> tuple[int, int]:
    """A phrase that the trigger is part of ends, or begins, beside it, or before its bracket: "Ratna | (wafat 1965)"."""
    if end <= candidate.start or candidate.end <= start:
        return start, end
    if head > candidate.start:
        return candidate.end, end
    opened = candidate.start - 1
    return start, opened if opened > head and doc[opened].text == "(" else candidate.start
