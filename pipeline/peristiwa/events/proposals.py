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
from peristiwa.events.between import JOINS
from peristiwa.events.candidate import Candidate
from peristiwa.events.clauses import find_clauses, find_whole, mender
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.extent import is_measure, is_owner, noun_phrase, reaches
from peristiwa.events.predicate import form, subjects, voice
from peristiwa.events.roles import Mentions, is_no_role, is_person, role_of
from peristiwa.events.source import source_heads
from peristiwa.events.tree import (
    NAME_PARTS,
    ancestors,
    is_word,
    phrase,
    preposition,
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
PATH_LIMIT = 5
SUCCESSOR: Mapping[str, Role | None] = {"subject": "object", "by": "object", "bare": "object", "object": None, "patient": None}
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
            start, end = _beside(*span, token.i, candidate)
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
    return _is_item(token) or _is_counted(token) or _is_adverb(token, mentions, cues)


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
    planned = token.i + 1 < token.sent.end and token.nbor().lower_ == "nya" and is_in(token, cues.planning)
    return planned and relation(token) == "nsubj" and bool(siblings)


def _beside(start: int, end: int, head: int, candidate: Candidate) -> tuple[int, int]:
    """A phrase that the trigger is part of ends, or begins, beside the trigger."""
    if start < candidate.end and candidate.start < end:
        return (start, candidate.start) if head < candidate.start else (candidate.end, end)
    return start, end


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the features of all proposals of one trigger share."""

    head: Token
    voice: str
    about: frozenset[int]
    up: Mapping[int, list[str]]
    phrases: Mapping[bool, list[int]]
    times: int


def _scene(candidate: Candidate, head: Token, proposals: Sequence[Proposal], cues: Cues) -> _Scene:
    phrases: dict[bool, set[int]] = {True: set(), False: set()}
    for proposal in proposals:
        if proposal.kind == "phrase":
            phrases[proposal.end <= candidate.start].add(proposal.head)
    return _Scene(
        head,
        voice(head),
        frozenset(token.i for token in subjects(head, cues)),
        _path_up(head),
        {left: sorted(heads) for left, heads in phrases.items()},
        sum(proposal.kind == "time" for proposal in proposals),
    )


def features(
    doc: Doc,
    candidate: Candidate,
    proposals: Sequence[Proposal],
    mentions: Mentions,
    cues: Cues,
    asked: Sequence[bool] | None = None,
) -> Iterator[list[str]]:
    """For each proposal the names of the features that hold; none of those that are not ``asked`` for."""
    head = doc[candidate.head]
    scene = _scene(candidate, head, proposals, cues)
    kind = form(head)
    linked = len({p.head for p in proposals if p.roles})
    type_, word, above = candidate.type, head.lower_, relation(head)
    light = candidate.light_verb is not None
    for proposal, wanted in zip(proposals, [True] * len(proposals) if asked is None else asked, strict=True):
        if not wanted:
            yield []
            continue
        token = doc[proposal.head]
        side = "<" if proposal.start < candidate.start else ">"
        opened = _opener(doc, proposal)
        what = _what(token, proposal, mentions, cues)
        path = _path(scene, token)
        owner = _owner(scene, token)
        rule = "+".join(sorted(proposal.roles)) or "-"
        found = [
            "bias",
            *_of_link(proposal),
            *_of_position(doc, candidate, proposal, proposals, scene, opened, mentions),
            *_of_filler(token, proposal, mentions, cues),
            f"path={path}",
            f"subject={token.i in scene.about}",
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
            f"word={word}:{side}:{opened}",
            f"word={word}:{rule}",
            f"word={word}:{what}:{side}",
            f"opened={opened}:{what}",
            f"light={light}:{kind}:{side}",
            f"light={light}:{path}",
            f"linked={linked}:{rule}",
            f"owner={owner}:{what}",
            f"owner={owner}:{side}:{kind}",
            f"head={above}:{path}",
            f"head={above}:{side}:{opened}:{kind}",
            f"filler={token.lower_}",
            f"filler={token.lower_}:{type_}",
        ]
        yield list(dict.fromkeys(found))


def _of_link(proposal: Proposal) -> Iterator[str]:
    yield f"kind={proposal.kind}"
    yield f"variant={proposal.variant}:{bool(proposal.roles)}"
    for slot in proposal.slots:
        yield f"slot={slot}"
    if not proposal.slots:
        yield f"unlinked={proposal.kind}"


def _of_position(
    doc: Doc,
    candidate: Candidate,
    proposal: Proposal,
    proposals: Sequence[Proposal],
    scene: _Scene,
    opened: str,
    mentions: Mentions,
) -> list[str]:
    start, end, kind = proposal.start, proposal.end, proposal.kind
    left = end <= candidate.start
    gap = (end, candidate.start) if left else (candidate.end, start)
    between = mentions.between(*gap)
    distance, commas, verbs = between.words, min(between.breaks, 3), min(between.verbs, 3)
    side = "<" if left else ">"
    bucket = distance if distance < 4 else 4 if distance < 6 else 6 if distance < 10 else 10
    near = min(bucket, 4)
    heads = scene.phrases[left]
    rank = heads.index(proposal.head) if kind == "phrase" else -1
    order = min(len(heads) - 1 - rank if left else rank, 4) if rank >= 0 else -1
    joins = sorted({token.lower_ for token in doc[slice(*gap)] if token.pos_ in JOINS}) if between.joins else ()
    found = [
        f"distance={side}{bucket}",
        f"distance={side}{bucket}:{kind}",
        f"commas={side}{commas}",
        f"verbs={side}{verbs}",
        f"between={side}{commas}:{verbs}:{near}",
        f"quotes={side}{between.quotes % 2}",
        f"order={side}{order}:{kind}",
        f"near={side}{near}:{commas}:{scene.voice}",
        f"near={side}{order}:{scene.voice}:{verbs}",
        f"near={side}{near}:{opened}",
        f"yang={side}{between.relatives > 0}:{scene.voice}",
        f"across={side}{''.join(joins)}",
    ]
    sentence = scene.head.sent
    if start == sentence.start:
        found.append(f"first:{kind}")
    if kind == "time":
        found.append(f"times={scene.times}:{side}:{bool(proposal.roles)}")
    if kind == "clause":
        after = doc[end].text if end < len(doc) else ""
        before = doc[start - 1].lower_ if start else ""
        found += [
            f"ends={after}:{end == sentence.end}",
            f"starts={doc[start].pos_}:{bucket}",
            f"starts={before}:{candidate.type}",
            f"words={min((end - start) // 3, 8)}",
        ]
    inside = any(p.start <= start and end <= p.end and p is not proposal for p in proposals)
    found.append(f"inside={inside}:{kind}")
    return found


def _of_filler(token: Token, proposal: Proposal, mentions: Mentions, cues: Cues) -> list[str]:
    doc, end, variant = token.doc, proposal.end, proposal.variant
    length = end - proposal.start
    entity = mentions.entity_at(token)
    type_ = entity.type if entity is not None else None
    above = token.head
    reported = is_in(above, cues.telling)
    return [
        f"entity={type_}",
        f"pos={token.pos_}",
        f"relation={token.dep_}",
        f"above={above.lower_ if reported and above.pos_ == 'VERB' else above.pos_}",
        f"relation={token.dep_}:{reported}",
        f"variant={variant}:{type_}:{min(length, 5)}",
        f"last={doc[end - 1].pos_}:{variant}",
        f"next={doc[end].pos_ if end < len(doc) else None}:{variant}",
        f"length={min(length, 8)}:{proposal.kind}",
        *(["pronoun"] if token.lower_ in cues.pronouns else []),
        f"before={_word(doc, proposal.start - 1, -1)}",
        f"after={_word(doc, end, 1)}",
    ]


def _owner(scene: _Scene, token: Token) -> str:
    """Whose a phrase is by its nearest verb: the trigger's, a verb's above or below the trigger, or another's."""
    head, here = scene.head, token
    for above in ancestors(token):
        if above.i == head.i:
            return "trigger"
        here = above
        if voice(above) != "noun":
            break
    if here.i in scene.up and here.i != head.i:
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


def _path(scene: _Scene, token: Token) -> str:
    """The relations from the trigger up to what it and ``token`` hang from, and down to ``token``; "far" beyond a limit."""
    up = scene.up
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
