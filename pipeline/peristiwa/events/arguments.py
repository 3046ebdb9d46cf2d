"""Who did what to whom, where and when: the fillers of an event's roles, from the dependency tree.

``find_fillers`` lists what the grammar links to a trigger as (slot, token) pairs: subject of an active verb, patient of
a passive one, "oleh …", possessor of a noun event, the phrase after a preposition. ``roles`` turns a slot into a role,
per event type; ``find_arguments`` adds the spans, the time expressions and the source, and keeps each filler once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.extent import deed_of, is_among, is_around, is_how, noun_phrase
from peristiwa.events.fillers import OBLIQUE, Filler, regrouped
from peristiwa.events.predicate import agent_pronoun, cleft_of, is_deverbal, relative_head, subjects, voice
from peristiwa.events.roles import Mentions, role_of
from peristiwa.events.source import find_sources
from peristiwa.events.tree import (
    balanced,
    children,
    clause,
    conjuncts,
    first_conjunct,
    is_word,
    phrase,
    preposition,
    relation,
    subtree,
)
from peristiwa.types import Argument, Role

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "X", "SYM", "DET"})
BARE = frozenset({"obj", "iobj", "obl", "nmod", "compound", "flat", "appos", "nsubj"})
# Relations that lead from inside a time phrase, or a phrase that holds one, up to the word that it is the time of.
WITHIN = frozenset(["nmod", "obl", "obj", "flat", "nummod", "appos", "conj", "compound", "parataxis", "dep"])
BEFALLS = frozenset({"ACCIDENT", "DISASTER", "DIE", "INJURE"})
"""Types of events that nobody does."""
PASSED_ON = frozenset({"di", "ke", "kepada", "dari", "dengan", "terhadap", "oleh", "untuk", "bersama", "antara"})


def find_fillers(doc: Doc, candidate: Candidate, cues: Cues) -> list[Filler]:
    """All that the tree links to the trigger, in no particular order, some perhaps twice."""
    head = doc[candidate.head]
    inside = range(candidate.start, candidate.end)
    light = doc[candidate.light_verb] if candidate.light_verb is not None else None
    if voice(head) == "noun":
        found = [*_of_noun(head, cues), *_of_carrier(head, light, cues, active=candidate.type not in BEFALLS)]
    else:
        found = list(_of_verb(head, cues))
        if light is not None and light.i != head.i:
            found += [f for f in _of_verb(light, cues) if f.slot not in ("object", "clause")]
    if candidate.end - candidate.start > 1:
        # A fixed phrase ("mengundurkan diri", "serangan siber"): what hangs from its other words is the event's too.
        for i in inside:
            if i != head.i:
                found += [f for f in _of_noun(doc[i], cues) if f.token.i > i]
    banned = {*inside, *({light.i} if light is not None else ())}
    found = regrouped(found, head, candidate, cues)
    return [filler for filler in found if filler.token.i not in banned]


def _of_verb(verb: Token, cues: Cues) -> Iterator[Filler]:
    kind = voice(verb)
    first = first_conjunct(verb)
    about = subjects(verb, cues)
    pronoun = agent_pronoun(verb, cues)
    described = relative_head(verb)
    patient_known = False
    if pronoun is not None and (described is not None or any(s.i < pronoun.i for s in about)):
        kind = "passive"
        yield Filler("by", pronoun)
        patients = [s for s in about if s.i != pronoun.i] or ([described] if described is not None else [])
        for patient in patients:
            patient_known = True
            yield Filler("patient", patient)
    else:
        slot = {"active": "subject", "passive": "patient"}.get(kind, "middle")
        if slot == "subject" and (is_in(verb, cues.becoming) or not _has_object(verb)):
            slot = "middle"
        clefted = slot != "middle" and cleft_of(verb, cues) is not None
        for subject in about:
            patient_known = patient_known or kind == "passive"
            yield Filler(slot, subject, sure=clefted)
        if not about and pronoun is not None:
            yield Filler("middle", pronoun)
    seen_object = False
    for child in sorted(verb.children, key=lambda c: c.i):
        for filler in _dependent(verb, child, kind, patient_known, cues):
            seen_object = seen_object or filler.slot == "object"
            yield filler
            if filler.slot in ("object", "patient") and child.i > verb.i:
                yield from _passed_on(child, cues)
    if kind == "active" and not seen_object:
        yield from _shared_object(verb)
    if first.i != verb.i and voice(first) != "noun":
        # A fronted adverbial holds for the whole coordination: "Pada 2015, A menyerang B dan merebut C".
        for child in children(first, *OBLIQUE):
            if child.i < first.i:
                yield from _prepositional(child)


def _dependent(verb: Token, child: Token, kind: str, patient_known: bool, cues: Cues) -> Iterator[Filler]:
    relation_ = relation(child)
    if relation_ in ("ccomp", "xcomp", "advcl", "acl", "parataxis") and child.i > verb.i and child.dep_ != "acl:relcl":
        yield from _complement(verb, child, relation_, cues)
        return
    if relation_ not in BARE or child.pos_ not in NOMINAL or child.lower_ == "yang" or child.dep_.endswith(":tmod"):
        return
    if child.dep_ == "obl:agent":
        for member in conjuncts(child):
            yield Filler("by", member)
        return
    opened = preposition(child) if relation_ in OBLIQUE or relation_ == "obj" else None
    if opened is not None and (is_how(opened, cues) or is_among(opened)):  # to parsers prepositions, too
        opened = None
    if opened is not None and not (relation_ == "obj" and opened.i < verb.i):
        yield from _prepositional(child)
        return
    if child.i < verb.i or relation_ == "nsubj":
        return
    for member in conjuncts(child):
        yield Filler(_bare_slot(verb, child, kind, patient_known, cues), member)
    if (deed := deed_of(child, cues)) is not None:
        yield Filler("clause", deed, clausal=True)


def _bare_slot(verb: Token, child: Token, kind: str, patient_known: bool, cues: Cues) -> str:
    """What a noun phrase without preposition is, right of its verb: object, agent of a passive, or second object."""
    if kind != "passive":
        return "object"
    between = [token for token in verb.doc[verb.i + 1 : phrase(child)[0]] if is_word(token) and not is_how(token, cues)]
    if any(is_among(token) for token in between):
        between = []
    if not patient_known:
        return "bare" if not between else "patient"
    return "bare" if len(between) <= 1 else "second"


def _complement(verb: Token, child: Token, kind: str, cues: Cues) -> Iterator[Filler]:
    marks = [mark for mark in children(child, "mark", "case") if mark.i < child.i]
    opener = marks[0].lower_ if marks else ""
    if kind in ("advcl", "acl", "parataxis") and opener not in cues.complementizers:
        return
    if (child.pos_ in ("NOUN", "PROPN") and kind in ("advcl", "acl") and not marks) or is_how(child, cues):
        return
    own = [s for s in children(child, "nsubj") if s.lower_ != "yang" and s.i < child.i]
    subject = own[0] if own else None
    if subject is not None and (not marks or marks[0].i > subject.i):
        # "meminta pemerintah (untuk) bertindak": the tree makes the addressee the subject of the clause.
        yield Filler("raised", subject)
        yield Filler("clause", child, clausal=True, raised=subject)
        return
    if subject is not None:
        yield Filler("raised", subject)
    yield Filler("clause", child, clausal=True)


def _passed_on(noun: Token, cues: Cues) -> Iterator[Filler]:
    """Phrases that a parser hung from the object though they say something of the event ("menangkap X di Y")."""
    for child in children(noun, *OBLIQUE):
        opened = preposition(child)
        if child.i > noun.i and opened is not None and opened.i > noun.i and opened.lower_ in PASSED_ON:
            for member in conjuncts(child):
                yield Filler(f"passed.{opened.lower_}", member)


def _has_object(verb: Token) -> bool:
    return any(child.i > verb.i for child in children(verb, "obj", "ccomp")) or any(True for _ in _shared_object(verb))


def _shared_object(verb: Token) -> Iterator[Filler]:
    """ "menentang atau mendukung kudeta": the object stands once, after the last verb."""
    for other in children(verb, "conj"):
        if other.i > verb.i and voice(other) == "active" and other.i - verb.i <= 4:
            for child in children(other, "obj"):
                if child.i > other.i:
                    for member in conjuncts(child):
                        yield Filler("object", member)


def _prepositional(child: Token) -> Iterator[Filler]:
    opened = preposition(child)
    if opened is None:
        return
    for member in conjuncts(child):
        own = preposition(member) if member.i != child.i else opened
        yield Filler((own or opened).lower_, member)


def _of_noun(noun: Token, cues: Cues) -> Iterator[Filler]:
    slot = "possessor.deverbal" if is_deverbal(noun) else "possessor"
    for child in sorted(noun.children, key=lambda c: c.i):
        kind = relation(child)
        if kind in ("nmod", "compound", "obl", "obj", "flat", "det") and child.i > noun.i:
            if kind == "det" and child.pos_ != "PRON":
                continue
            opened = preposition(child)
            if opened is not None and opened.i > noun.i:
                for filler in _prepositional(child):
                    yield Filler(f"noun.{filler.slot}", filler.token)
            elif child.pos_ in NOMINAL:
                for member in conjuncts(child):
                    yield Filler(slot, member)
                yield from _passed_on(child, cues)
        elif kind in ("acl", "advcl", "ccomp", "xcomp") and child.i > noun.i:
            yield from _of_description(noun, child, cues)
        elif kind == "nsubj" and child.i < noun.i and child.lower_ != "yang":
            for member in conjuncts(child):
                yield Filler("subject.noun", member)


def _of_description(noun: Token, verb: Token, cues: Cues) -> Iterator[Filler]:
    """A clause that describes a noun event: "serangan yang dilakukan X di Y", "keputusan untuk menutup Z"."""
    marks = [mark.lower_ for mark in children(verb, "mark") if mark.i < verb.i]
    if verb.dep_ != "acl:relcl" and any(mark in cues.complementizers for mark in marks):
        yield Filler("clause", verb, clausal=True)
        return
    if is_in(verb, cues.occurring):
        for filler in _of_verb(verb, cues):
            if filler.token.i != noun.i and filler.slot not in ("clause", "object", "second"):
                slot = "subject.noun" if filler.slot in ("by", "bare", "subject", "patient") else filler.slot
                yield Filler(slot, filler.token)


def _of_carrier(noun: Token, light: Token | None, cues: Cues, *, active: bool) -> Iterator[Filler]:
    """What a light verb, or one of happening, lends to its noun; and one of taking part, if the noun is a deed (``active``)."""
    first = first_conjunct(noun)
    carrier = light
    if carrier is None and first.head.i != first.i and is_in(first.head, cues.occurring):
        carrier = first.head
    joins = False
    beside = first.i > first.head.i and not (relation(first.head) == "conj" and relative_head(first.head) is not None)
    if carrier is None and active and beside and is_in(first.head, cues.joining):
        carrier, joins = first.head, True
    if carrier is None:
        return
    undergoing = is_in(carrier, cues.undergoing)
    members = {member.i for member in conjuncts(first)} | {noun.i}
    kind = voice(carrier)
    for filler in _of_verb(carrier, cues):
        if filler.token.i in members or filler.clausal:
            continue
        slot = filler.slot
        if joins and slot in ("subject", "middle", "patient"):
            yield Filler("subject.noun", filler.token, sure=True)
            continue
        if slot in ("subject", "middle") and first.i > carrier.i:
            slot = "undergoer" if undergoing else "subject.noun"
        elif slot in ("patient", "object", "subject", "middle", "second", "raised"):
            if not (kind == "passive" and undergoing and slot == "patient"):
                continue
            slot = "undergoer"
        elif slot in ("by", "bare"):
            slot = "subject.noun"
        yield Filler(slot, filler.token)


def find_arguments(
    doc: Doc, candidate: Candidate, frame: dict[str, Role | None], mentions: Mentions, cues: Cues
) -> tuple[Argument, ...]:
    """The arguments of one event, in text order, each filler once.

    ``frame`` maps grammatical slots to roles (``roles.frame_of`` merges the language's with the event type's);
    ``mentions`` holds the document's entities and time expressions.
    """
    found: dict[tuple[int, int], Argument] = {}
    for filler in find_fillers(doc, candidate, cues):
        role = role_of(filler.slot, filler.token, frame, mentions, cues)
        if role is None or role in ("time", "source") or mentions.time_at(filler.token) is not None:
            continue
        span = span_of(filler, candidate, mentions, cues)
        if span is None or span in found:
            continue
        found[span] = mentions.argument(role, *span)
    kept = _without_overlaps(list(found.values()))
    kept += [mentions.time_argument(time) for time in find_times_of(doc, candidate, mentions, cues)]
    kept += find_sources(doc, candidate, mentions, cues)
    return tuple(sorted(kept, key=lambda a: (a.start, a.end, a.role)))


def span_of(filler: Filler, candidate: Candidate, mentions: Mentions, cues: Cues) -> tuple[int, int] | None:
    token = filler.token
    doc = token.doc
    if filler.clausal:
        without = frozenset(subtree(filler.raised)) if filler.raised is not None else frozenset()
        without |= {c.i for c in token.children if is_in(c, cues.saying) or relation(c) == "parataxis" or is_around(c, cues)}
        start, end = clause(token, without=without)
        if start < candidate.end <= end or not (start < end):
            start = max(start, candidate.end)
    else:
        start, end = noun_phrase(token, mentions, cues)
        if start < candidate.start < end:
            end = candidate.start
        elif start < candidate.end <= end and candidate.start <= start:
            start = candidate.end
    start, end = balanced(doc, start, end)
    return (start, end) if start < end else None


def _without_overlaps(arguments: Sequence[Argument]) -> list[Argument]:
    """One role per stretch of text: of two that overlap with the same role the longer stays, else the first found."""
    kept: list[Argument] = []
    for argument in arguments:
        clash = [k for k in kept if k.start < argument.end and argument.start < k.end and k.role == argument.role]
        if not clash:
            kept.append(argument)
    return kept


def find_times_of(doc: Doc, candidate: Candidate, mentions: Mentions, cues: Cues) -> list[int]:
    """Indices (into ``mentions.times``) of the time expressions that say when this event was."""
    head = doc[candidate.head]
    near = {head.i, *range(candidate.start, candidate.end)}
    if candidate.light_verb is not None:
        near.add(candidate.light_verb)
    first = first_conjunct(head)
    if voice(head) == "noun" and first.head.i != first.i and is_in(first.head, cues.occurring):
        near.add(first.head.i)
    near |= {child.i for child in children(head, "acl") if is_in(child, cues.occurring)}
    opened = {child.lower_ for child in children(head, "mark")}
    if relation(head) == "xcomp" or (relation(head) == "advcl" and opened & cues.purposes):
        # "Pada 2003 dewan memutuskan untuk menambah …": the time holds for what was decided as well.
        near.add(head.head.i)
    found = []
    for index, anchor in mentions.told_in(head.sent):
        at, steps = anchor, 0
        while at.i not in near and at.head.i != at.i and steps < 4:
            if relation(at) not in WITHIN or (at.i != anchor.i and voice(at) != "noun"):
                break
            at, steps = at.head, steps + 1
        if at.i in near or (first.i != head.i and at.i == first.i and anchor.i < first.i):
            found.append(index)
    return found
