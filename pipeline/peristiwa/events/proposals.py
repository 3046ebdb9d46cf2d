"""Everything in a trigger's sentence that could be one of its arguments, and what can be seen of each.

A proposal is a noun phrase, a clause or a time expression of the sentence. Its features say how the grammar links it to
the trigger (the rules' slot and role, the path in the tree, the preposition), where it stands, and what it is; they are names,
so that a weight file can be read by eye. Types, voices and words come in combinations, because a linear model needs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peristiwa.events.arguments import NOMINAL, find_fillers, find_times_of, span_of
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import is_deverbal, subjects, voice
from peristiwa.events.roles import Mentions, is_person, role_of
from peristiwa.events.source import source_heads
from peristiwa.events.tree import NAME_PARTS, ancestors, balanced, bare_phrase, chunk, clause, is_word, preposition, relation
from peristiwa.types import Role

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

CLAUSE_REACH = 14
PATH_LIMIT = 5


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
    for filler in find_fillers(doc, candidate, cues):
        role = role_of(filler.slot, filler.token, frame, mentions, cues)
        if filler.clausal:
            span = span_of(filler, candidate, mentions, cues)
            if span is not None:
                spans[span] = Proposal(*span, filler.token.i, "clause", (filler.slot,), (role,) if role else ())
        else:
            linked.setdefault(filler.token.i, []).append((filler.slot, role))
    for token in source_heads(doc, candidate, mentions, cues):
        linked.setdefault(token.i, []).append(("claim", "source"))
    sentence = doc[candidate.head].sent
    for token in sentence:
        if not _is_nominal(token, candidate, linked, mentions):
            continue
        links = linked.get(token.i, [])
        roles = tuple(dict.fromkeys(role for _, role in links if role is not None))
        slots = tuple(dict.fromkeys(slot for slot, _ in links))
        for variant, span in _spans(token, mentions, cues):
            start, end = _beside(*span, token.i, candidate)
            known = spans.get((start, end))
            if start < end and (known is None or (roles and not known.roles)):
                spans[start, end] = Proposal(start, end, token.i, "phrase", slots, roles, None, variant)
    for span, head in _clauses(doc, candidate, cues):
        spans.setdefault(span, Proposal(*span, head, "clause"))
    near = set(find_times_of(doc, candidate, mentions, cues))
    for index, anchor in mentions.times_in(sentence):
        start, end = mentions.time_span(index)
        roles = ("time",) if index in near else ()
        spans[start, end] = Proposal(start, end, anchor.i, "time", (), roles, index)
    return sorted(spans.values(), key=lambda p: (p.start, p.end))


def _spans(token: Token, mentions: Mentions, cues: Cues) -> Iterator[tuple[str, tuple[int, int]]]:
    """How far the phrase of ``token`` may reach: as the tree says, up to its first preposition, or by parts of speech."""
    yield "full", mentions.noun_phrase(token, cues)
    yield "bare", mentions.widened(token, *bare_phrase(token), cues)
    yield "chunk", mentions.widened(token, *chunk(token), cues)


def _is_nominal(token: Token, candidate: Candidate, linked: Mapping[int, object], mentions: Mentions) -> bool:
    if candidate.start <= token.i < candidate.end or token.i == candidate.light_verb or not is_word(token):
        return False
    if mentions.time_at(token) is not None:
        return False
    following = token.doc[token.i + 1] if token.i + 1 < token.sent.end else None
    if token.pos_ == "NUM" and following is not None and following.pos_ in ("NOUN", "PROPN"):
        return False
    if token.i in linked:
        return True
    return token.pos_ in NOMINAL - {"DET"} and relation(token) not in NAME_PARTS | {"nummod", "det", "case", "mark"}


def _beside(start: int, end: int, head: int, candidate: Candidate) -> tuple[int, int]:
    """A phrase that the trigger is part of ends, or begins, beside the trigger."""
    if start < candidate.end and candidate.start < end:
        return (start, candidate.start) if head < candidate.start else (candidate.end, end)
    return start, end


def _clauses(doc: Doc, candidate: Candidate, cues: Cues) -> Iterator[tuple[tuple[int, int], int]]:
    """Clauses to the right that could be a topic: by the tree, and from a complementizer to the next break."""
    sentence = doc[candidate.head].sent
    last = min(candidate.end + CLAUSE_REACH, sentence.end)
    for at in range(candidate.end, last):
        token = doc[at]
        if relation(token) in ("ccomp", "xcomp", "advcl", "csubj", "parataxis", "acl") and token.pos_ in (
            "VERB",
            "ADJ",
            "AUX",
        ):
            start, end = clause(token)
            start = max(start, candidate.end)
            start, end = balanced(doc, start, end)
            if end - start > 1:
                yield (start, end), at
        opens = token.lower_ in cues.complementizers
        if opens or (token.pos_ in ("VERB", "AUX") and doc[at - 1].pos_ not in ("VERB", "AUX", "SCONJ")):
            first = at + 1 if opens else at
            for limit in _breaks(doc, first, sentence.end):
                start, end = balanced(doc, first, limit)
                if end - start > 1:
                    yield (start, end), start


def _breaks(doc: Doc, at: int, limit: int) -> list[int]:
    """Where a clause that starts at ``at`` may end: at the next comma, the next quotation mark, the end of the sentence."""
    found: list[int] = []
    for stop in range(at, limit):
        if doc[stop].text in (",", ";") and not found:
            found.append(stop)
        if doc[stop].text in ('"', "”"):
            return [*found, stop]
    return [*found, limit]


def features(
    doc: Doc, candidate: Candidate, proposals: Sequence[Proposal], mentions: Mentions, cues: Cues
) -> Iterator[list[str]]:
    """For each proposal the names of the features that hold."""
    head = doc[candidate.head]
    kind: str = voice(head)
    if kind == "noun" and is_deverbal(head):
        kind = "deverbal"
    about = {token.i for token in subjects(head, cues)}
    up = _path_up(head)
    tree = {p.head for p in proposals if p.roles}
    for number, proposal in enumerate(proposals):
        token = doc[proposal.head]
        found = list(_of_link(proposal))
        found += _of_position(doc, candidate, proposal, proposals, number)
        found += _of_filler(token, proposal, mentions, cues)
        path = _path(head, token, up)
        found.append(f"path={path}")
        side = "<" if proposal.start < candidate.start else ">"
        opened = _opener(doc, proposal)
        what = _what(token, proposal, mentions, cues)
        type_ = candidate.type
        light = candidate.light_verb is not None
        rule = "+".join(sorted(proposal.roles)) or "-"
        found += [
            f"subject={token.i in about}",
            f"rule={rule}",
            f"rule={rule}:{what}",
            f"rule={rule}:{type_}",
            f"rule={rule}:{kind}:{side}",
            f"voice={kind}:{side}:{opened}",
            f"voice={kind}:{side}:{opened}:{what}",
            f"path={path}:{kind}",
            f"path={path}:{opened}",
            f"path={path}:{what}",
            f"type={type_}:{kind}:{side}:{opened}",
            f"type={type_}:{side}:{opened}:{what}",
            f"type={type_}:{what}",
            f"type={type_}:{rule}:{what}:{kind}",
            f"word={head.lower_}:{side}:{opened}",
            f"word={head.lower_}:{rule}",
            f"word={head.lower_}:{what}:{side}",
            f"opened={opened}:{what}",
            f"light={light}:{kind}:{side}",
            f"light={light}:{path}",
            f"linked={len(tree)}:{rule}",
            f"owner={_owner(head, token)}:{what}",
            f"owner={_owner(head, token)}:{side}:{kind}",
            f"head={relation(head)}:{path}",
            f"head={relation(head)}:{side}:{opened}:{kind}",
            f"filler={token.lower_}",
            f"filler={token.lower_}:{type_}",
        ]
        yield list(dict.fromkeys(["bias", *found]))


def _of_link(proposal: Proposal) -> Iterator[str]:
    yield f"kind={proposal.kind}"
    yield f"variant={proposal.variant}:{bool(proposal.roles)}"
    for slot in proposal.slots:
        yield f"slot={slot}"
    if not proposal.slots:
        yield f"unlinked={proposal.kind}"


def _of_position(
    doc: Doc, candidate: Candidate, proposal: Proposal, proposals: Sequence[Proposal], number: int
) -> Iterator[str]:
    left = proposal.end <= candidate.start
    between = doc[proposal.end : candidate.start] if left else doc[candidate.end : proposal.start]
    distance = sum(is_word(token) for token in between)
    commas = min(sum(token.text in (",", ";", ":") for token in between), 3)
    verbs = min(sum(token.pos_ == "VERB" for token in between), 3)
    quotes = sum(token.text in '"“”' for token in between) % 2
    side = "<" if left else ">"
    bucket = distance if distance < 4 else 4 if distance < 6 else 6 if distance < 10 else 10
    heads = sorted({p.head for p in proposals if p.kind == "phrase" and (p.end <= candidate.start) == left})
    rank = heads.index(proposal.head) if proposal.kind == "phrase" else -1
    order = min(len(heads) - 1 - rank if left else rank, 4) if rank >= 0 else -1
    yield f"distance={side}{bucket}"
    yield f"distance={side}{bucket}:{proposal.kind}"
    yield f"commas={side}{commas}"
    yield f"verbs={side}{verbs}"
    yield f"between={side}{commas}:{verbs}:{min(bucket, 4)}"
    yield f"quotes={side}{quotes}"
    yield f"order={side}{order}:{proposal.kind}"
    head = doc[candidate.head]
    near = min(bucket, 4)
    yield f"near={side}{near}:{commas}:{voice(head)}"
    yield f"near={side}{order}:{voice(head)}:{verbs}"
    yield f"near={side}{near}:{_opener(doc, proposal)}"
    yield f"yang={side}{any(token.lower_ == 'yang' for token in between)}:{voice(head)}"
    yield f"across={side}" + "".join(sorted({token.lower_ for token in between if token.pos_ in ("SCONJ", "CCONJ")}))
    if proposal.start == doc[candidate.head].sent.start:
        yield f"first:{proposal.kind}"
    times = sum(p.kind == "time" for p in proposals)
    if proposal.kind == "time":
        yield f"times={times}:{side}:{bool(proposal.roles)}"
    if proposal.kind == "clause":
        after = doc[proposal.end].text if proposal.end < len(doc) else ""
        yield f"ends={after}:{proposal.end == doc[candidate.head].sent.end}"
        yield f"starts={doc[proposal.start].pos_}:{bucket}"
        before = doc[proposal.start - 1].lower_ if proposal.start else ""
        yield f"starts={before}:{candidate.type}"
        yield f"words={min((proposal.end - proposal.start) // 3, 8)}"
    inside = any(p.start <= proposal.start and proposal.end <= p.end and p is not proposal for p in proposals)
    yield f"inside={inside}:{proposal.kind}"


def _of_filler(token: Token, proposal: Proposal, mentions: Mentions, cues: Cues) -> Iterator[str]:
    entity = mentions.entity_at(token)
    yield f"entity={entity.type if entity else None}"
    yield f"pos={token.pos_}"
    yield f"relation={token.dep_}"
    reported = token.head.pos_ == "VERB" and is_in(token.head, cues.reporting | cues.saying)
    yield f"above={token.head.lower_ if reported else token.head.pos_}"
    yield f"relation={token.dep_}:{is_in(token.head, cues.reporting | cues.saying)}"
    yield f"variant={proposal.variant}:{entity.type if entity else None}:{min(proposal.end - proposal.start, 5)}"
    yield f"last={token.doc[proposal.end - 1].pos_}:{proposal.variant}"
    yield f"next={token.doc[proposal.end].pos_ if proposal.end < len(token.doc) else None}:{proposal.variant}"
    yield f"length={min(proposal.end - proposal.start, 8)}:{proposal.kind}"
    if token.lower_ in cues.pronouns:
        yield "pronoun"
    before, after = _word(token.doc, proposal.start - 1, -1), _word(token.doc, proposal.end, 1)
    yield f"before={before}"
    yield f"after={after}"


def _owner(head: Token, token: Token) -> str:
    """Whose a phrase is by its nearest verb: the trigger's, a verb's above or below the trigger, or another's."""
    here = token
    for above in ancestors(token):
        if above.i == head.i:
            return "trigger"
        here = above
        if voice(above) != "noun":
            break
    if any(above.i == here.i for above in ancestors(head)):
        return "above"
    return "below" if any(above.i == head.i for above in ancestors(here)) else "other"


def _word(doc: Doc, at: int, step: int) -> str:
    while 0 <= at < len(doc) and doc[at].is_space:
        at += step
    return doc[at].lower_ if 0 <= at < len(doc) else ""


def _opener(doc: Doc, proposal: Proposal) -> str:
    if proposal.kind != "phrase":
        before = _word(doc, proposal.start - 1, -1)
        return before if before.isalpha() else ""
    opened = preposition(doc[proposal.head])
    return opened.lower_ if opened is not None else ""


def _what(token: Token, proposal: Proposal, mentions: Mentions, cues: Cues) -> str:
    if proposal.kind != "phrase":
        return proposal.kind
    entity = mentions.entity_at(token)
    if entity is not None:
        return entity.type
    if token.lower_ in cues.pronouns or token.pos_ == "PRON":
        return "pronoun"
    return "person" if is_person(token, mentions, cues) else "thing"


def _path_up(head: Token) -> dict[int, list[str]]:
    """For the trigger and each word above it, the relations climbed to get there."""
    found: dict[int, list[str]] = {head.i: []}
    here = head
    climbed: list[str] = []
    while here.head.i not in found:
        climbed = [*climbed, "^" + relation(here)]
        here = here.head
        found[here.i] = climbed
    return found


def _path(head: Token, token: Token, up: Mapping[int, list[str]]) -> str:
    down: list[str] = []
    here = token
    while here.i not in up and len(down) <= PATH_LIMIT:
        down.append("." + here.dep_)
        if here.head.i == here.i:
            return "far"
        here = here.head
    if here.i not in up or len(up[here.i]) + len(down) > PATH_LIMIT:
        return "far"
    return "".join([*up[here.i], *reversed(down)])
