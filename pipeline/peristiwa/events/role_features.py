"""What can be seen of each proposal of a trigger: the named features of ``role_model``.

They say how the grammar links a proposal to the trigger (the rules' slot and role, the path in the tree, the preposition),
where it stands, and what it is; they are names, so that a weight file can be read by eye. Types, voices and words come in
combinations, because a linear model needs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peristiwa.events.between import JOINS
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import form, subjects, voice
from peristiwa.events.proposals import Proposal
from peristiwa.events.roles import Mentions, is_person
from peristiwa.events.tree import ancestors, preposition, relation

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PATH_LIMIT = 5


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
