"""Which roles a stretch of text cannot have for a trigger, because of the clauses that they stand in.

The table and the network of roles see words, paths and distances, and give a verb what stands near it: the subject of the
main clause to a verb of a relative clause, both subjects of a sentence to either verb. What the grammar rules out is told
here, as bars: some roles, and which proposals cannot have them. Each was measured alone (training/LOG.md).
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import RELATIVE, new_clauses, new_subject, own_subjects, voice
from peristiwa.events.proposals import Proposal
from peristiwa.events.roles import Mentions, is_person
from peristiwa.events.tree import children, first_conjunct, is_word, preposition, relation, subtree
from peristiwa.types import Role

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Roles = frozenset[Role]
Bar = tuple[Roles, Callable[[Proposal], bool]]

OF_CLAUSE: Roles = frozenset({"agent", "object", "recipient"})
"""Roles that a clause with a subject of its own shares with no other; a place, a time or a speaker may be told for both."""
AGENT: Roles = frozenset({"agent"})
PLACE: Roles = frozenset({"place"})
TIME: Roles = frozenset({"time"})
CONTROL_REACH = 12
"""Words between a verb that has its object do something and what that does."""
BEFORE_VERB = frozenset({"AUX", "ADV", "PART", "PUNCT"})


@dataclass(frozen=True, slots=True)
class _Scene:
    """A trigger and what could be its arguments; ``verb`` is the trigger's head, whatever its voice."""

    doc: Doc
    verb: Token
    candidate: Candidate
    proposals: Sequence[Proposal]
    mentions: Mentions
    cues: Cues


def barred(doc: Doc, candidate: Candidate, proposals: Sequence[Proposal], mentions: Mentions, cues: Cues) -> list[Roles]:
    """For each proposal the roles that it cannot have."""
    scene = _Scene(doc, doc[candidate.head], candidate, proposals, mentions, cues)
    bars = [bar for rule in RULES for bar in rule(scene)]
    return [frozenset[Role]().union(*(roles for roles, holds in bars if holds(proposal))) for proposal in proposals]


def _before_new_subject(scene: _Scene) -> Iterator[Bar]:
    """ "65 negara meratifikasi dan 68 telah menandatangani": 65 sign nothing."""
    own = new_subject(scene.verb)
    if own is not None:
        yield AGENT, lambda p: p.head < own.i and p.end <= own.i


def _in_other_clause(scene: _Scene) -> Iterator[Bar]:
    """ "Tiga rumah terbakar | dan dua orang tewas"."""
    bounds = new_clauses(scene.verb.sent, scene.cues)
    if bounds:
        here = bisect(bounds, scene.candidate.start)
        yield OF_CLAUSE, lambda p: bisect(bounds, p.head) != here


def _outside_relative(scene: _Scene) -> Iterator[Bar]:
    """ "Polisi memeriksa sopir yang menabrak Budi": of what stands before "yang" only the noun is meant, and its names.

    No time of the main clause is meant either where the relative clause tells its own.
    """
    verb = first_conjunct(scene.verb)
    opened = _opener(verb)
    if opened is None:
        return
    below = subtree(verb)
    if any(p.time is not None and p.head in below and p.start > opened for p in scene.proposals):
        yield TIME, lambda p: p.time is not None and (p.head not in below or p.start < opened)
    if any(opened < subject.i < verb.i for subject in own_subjects(verb)):
        return
    noun = verb.head
    meant = {noun.i, *(child.i for child in children(noun, "nsubj", "appos", "conj"))}
    if relation(noun) in ("appos", "conj", "flat", "nmod", "compound"):
        meant.add(noun.head.i)
    end = opened
    while end > noun.i and not is_word(scene.doc[end - 1]):
        end -= 1
    yield OF_CLAUSE, lambda p: p.end <= opened and p.end < end and not any(p.start <= one < p.end for one in meant)


def _opener(verb: Token) -> int | None:
    """Where the "yang" of the relative clause stands that a verb heads."""
    if relation(verb) != "acl" or verb.head.i >= verb.i:
        return None
    return next((at for at in range(verb.i - 1, verb.head.i, -1) if verb.doc[at].lower_ == RELATIVE), None)


def _object_of_relative(scene: _Scene) -> Iterator[Bar]:
    """ "Pria yang membunuh istrinya ditangkap": the object of a relative clause before the verb is none of the verb."""

    def holds(proposal: Proposal) -> bool:
        if proposal.end > scene.candidate.start:
            return False
        token = scene.doc[proposal.head]
        above = token.head
        return relation(token) == "obj" and above.i < token.i and above.i != scene.verb.i and _opener(above) is not None

    if voice(scene.verb) != "noun":
        yield OF_CLAUSE, holds


def _behind_next_verb(scene: _Scene) -> Iterator[Bar]:
    """ "Ia wafat pada 1962 dan dimakamkan di Kalibata": the place is that of the burial. "Ia lahir dan besar di Solo": of both.

    A time behind the next verb is that verb's where the trigger has one of its own.
    """
    verb, doc = scene.verb, scene.doc
    if voice(verb) == "noun":
        return
    following = [other for other in children(verb, "conj") if other.i > verb.i and voice(other) != "noun"]
    joints = [
        child.i for other in following for child in other.children if verb.i < child.i < other.i and child.pos_ == "CCONJ"
    ]
    if not joints:
        return
    joint = min(joints)
    if any(p.time is not None and p.end <= joint for p in scene.proposals):
        yield TIME, lambda p: p.time is not None and p.start > joint
    if any(is_word(token) for token in doc[scene.candidate.end : joint]):
        yield PLACE, lambda p: p.time is None and p.start > joint


def _object_of_first(scene: _Scene) -> Iterator[Bar]:
    """ "Polisi menangkap Budi serta menyita dua senjata": Budi seizes nothing."""
    verb = scene.verb
    first = first_conjunct(verb)
    if first.i >= verb.i or own_subjects(verb) or {voice(verb), voice(first)} != {"active"}:
        return
    objects = [token.i for token in children(first, "obj", "iobj") if first.i < token.i < verb.i]
    yield AGENT, lambda p: p.end <= scene.candidate.start and any(p.start <= one < p.end for one in objects)


def _subject_of_response(scene: _Scene) -> Iterator[Bar]:
    """ "Penangkapan Budi dikecam oleh AJI", "Polisi membubarkan unjuk rasa": who answers a happening has no part in it."""
    noun = first_conjunct(scene.verb)
    verb = noun.head
    if voice(scene.verb) != "noun" or scene.candidate.light_verb is not None or not is_in(verb, scene.cues.responding):
        return
    if voice(verb) == "active" and relation(noun) == "obj":
        others = own_subjects(verb)
    elif voice(verb) == "passive" and relation(noun) == "nsubj":
        others = [child for child in children(verb, "obl", "obj") if child.i > verb.i]
    else:
        return
    yield AGENT, lambda p: any(p.start <= one.i < p.end for one in others)


def _controller(scene: _Scene) -> Iterator[Bar]:
    """ "Belanda memaksa sultan menandatangani perjanjian", "Sultan dipaksa Belanda menandatanganinya": the sultan signs."""
    verb, doc = scene.verb, scene.doc
    if voice(verb) == "noun":
        return
    behind = range(verb.i - 1, max(verb.sent.start, verb.i - CONTROL_REACH) - 1, -1)
    above = next((doc[at] for at in behind if doc[at].pos_ == "VERB"), None)
    if above is None or not is_in(above, scene.cues.controlling):
        return
    between = [p for p in scene.proposals if p.kind == "phrase" and above.i < p.start and p.end <= scene.candidate.start]
    if not any(_can_act(doc[p.head], scene) and _is_bare(doc, above.i + 1, p.start, scene.cues) for p in between):
        return
    if voice(above) == "active":
        yield AGENT, lambda p: p.end <= above.i
    else:
        yield AGENT, lambda p: p in between


def _can_act(token: Token, scene: _Scene) -> bool:
    """A person or body, or the noun of who does something ("perampok")."""
    text = token.lower_
    return is_person(token, scene.mentions, scene.cues) or (text.startswith("pe") and not text.endswith("an") and len(text) > 5)


def _is_bare(doc: Doc, start: int, end: int, cues: Cues) -> bool:
    """Whether no preposition stands there but that of an addressee."""
    return all(doc[at].pos_ != "ADP" or doc[at].lower_ in cues.addressing for at in range(start, end))


def _who_is_blamed(scene: _Scene) -> Iterator[Bar]:
    """ "Polisi menangkap Budi karena membunuh istrinya": Budi did; "Ia dipecat partainya karena membelot": he did."""
    verb = scene.verb
    opened = any(mark.lower_ in scene.cues.causes for mark in children(verb, "mark"))
    if relation(verb) != "advcl" or not opened or voice(verb) != "active" or own_subjects(verb):
        return
    above, others = verb.head, list[int]()
    if voice(above) == "passive":
        others = [child.i for child in children(above, "obl", "obj") if above.i < child.i < verb.i]
    elif voice(above) == "active" and is_in(above, scene.cues.blaming):
        others = [subject.i for subject in own_subjects(above)]
    yield AGENT, lambda p: any(p.start <= one < p.end for one in others)


def _before_subordinate(scene: _Scene) -> Iterator[Bar]:
    """ "Warga mengungsi sebelum Israel menyerang Gaza": a clause with a subject of its own takes none from before it."""
    verb = scene.verb
    marks = [mark.i for mark in children(verb, "mark") if mark.i < verb.i]
    if relation(verb) == "advcl" and marks and any(marks[0] < subject.i < verb.i for subject in own_subjects(verb)):
        yield OF_CLAUSE, lambda p: p.end <= marks[0]


def _apposition(scene: _Scene) -> Iterator[Bar]:
    """ "Salah satu pilot, Letnan Kolonel Oleg Peshkov, tewas": what is named between commas has been told before them."""
    doc, first = scene.doc, scene.verb.sent.start
    close = scene.candidate.start - 1
    while close > first and doc[close].pos_ in BEFORE_VERB and doc[close].text != ",":
        close -= 1
    opening = next((at for at in range(close - 1, first, -1) if doc[at].text == ","), None)
    if doc[close].text != "," or opening is None or doc[opening + 1].pos_ == "CCONJ":
        return
    told = [p for p in scene.proposals if p.kind == "phrase" and p.end == opening and preposition(doc[p.head]) is None]
    if told and scene.mentions.entity_at(doc[close - 1]) is not None:
        yield OF_CLAUSE, lambda p: opening < p.start and p.end <= close


RULES: tuple[Callable[[_Scene], Iterator[Bar]], ...] = (
    _before_new_subject,
    _in_other_clause,
    _outside_relative,
    _object_of_relative,
    _behind_next_verb,
    _object_of_first,
    _subject_of_response,
    _controller,
    _who_is_blamed,
    _before_subordinate,
    _apposition,
)
