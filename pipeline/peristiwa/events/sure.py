"""Arguments that the grammar is sure of, where the model has seen too few such sentences to give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from peristiwa.events.arguments import find_fillers
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.extent import before_preposition, is_alongside, noun_phrase
from peristiwa.events.predicate import NOUNS, RELATIVE, cleft_of, subjects, voice
from peristiwa.events.roles import Mentions, is_person
from peristiwa.events.tree import conjuncts, first_conjunct, is_word, relation, root_of, tokens_of
from peristiwa.types import Argument, Role

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

SURE: Mapping[str, Role] = {
    "subject": "agent",
    "subject.noun": "agent",
    "middle": "agent",
    "object": "object",
    "patient": "object",
}
"""The roles of what fills a slot for sure (``fillers``)."""

SHARED: frozenset[Role] = frozenset({"agent", "object"})
"""The roles that who stands alongside another shares."""
TALKS = frozenset({"MEET", "NEGOTIATE", "AGREE"})
"""Types of events with another party: "rapat bersama DPR"."""


def with_sure(
    doc: Doc, candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions, cues: Cues
) -> Sequence[Argument]:
    """The arguments, and besides the object behind a passive or beside a second place, and who takes part.

    "Dari Jambi ditangkap [dua hakim]", "membangun benteng di Solo dan [istana] di Medan", "[Remaja] yang terlibat tawuran";
    "Yang menandatangani kontrak itu adalah [direktur lama]"; "[Aturan itu] menggantikan undang-undang lama".
    """
    roles = [argument.role for argument in arguments]
    inverted = voice(doc[candidate.head]) == "passive" and "object" not in roles
    gapped = "object" in roles and roles.count("place") > 1
    joins = "agent" not in roles and is_in(first_conjunct(doc[candidate.head]).head, cues.joining)
    replaces = candidate.type == "AMEND" and "agent" not in roles and is_in(doc[candidate.head], cues.replacing)
    if not (inverted or gapped or joins or replaces or cleft_of(doc[candidate.head], cues) is not None):
        return arguments
    told = [
        (filler.slot, filler.token)
        for filler in find_fillers(doc, candidate, cues)
        if filler.sure or (replaces and filler.slot == "middle")
    ]
    found = [mentions.argument(SURE[slot], *before_preposition(token, mentions, cues)) for slot, token in told]
    known = [argument for argument in arguments if argument.role != "source"]
    new = [one for one in found if all(one.start >= other.end or other.start >= one.end for other in known)]
    return sorted([*arguments, *new], key=lambda a: (a.start, a.end, a.role))


def with_attendants(
    doc: Doc, candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions, cues: Cues
) -> Sequence[Argument]:
    """The arguments, and who attends a meeting: "[Menteri] berangkat ke Solo untuk menghadiri rapat"."""
    noun = doc[candidate.head]
    verb = noun.head
    if candidate.type not in TALKS or relation(noun) != "obj" or verb.i > noun.i or not is_in(verb, cues.attending):
        return arguments
    told = [subject for subject in subjects(verb, cues) if subject.i < verb.i and is_person(subject, mentions, cues)]
    found = [mentions.argument("agent", *before_preposition(token, mentions, cues)) for token in told]
    new = [one for one in found if all(one.start >= other.end or other.start >= one.end for other in arguments)]
    return sorted([*arguments, *new], key=lambda a: (a.start, a.end, a.role))


def with_place(
    doc: Doc, candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions, cues: Cues
) -> Sequence[Argument]:
    """The arguments, and the place that a relative clause is told of: "dibuang ke [Ambon], tempat ia wafat"."""
    verb = first_conjunct(doc[candidate.head])
    noun = verb.head
    if relation(verb) != "acl" or noun.i >= verb.i or any(argument.role == "place" for argument in arguments):
        return arguments
    opened = any(noun.i < mark.i < verb.i and mark.lower_ in cues.wheres for mark in verb.children)
    if voice(doc[candidate.head]) == "noun" or not opened:
        return arguments
    place = mentions.argument("place", *noun_phrase(noun, mentions, cues))
    if any(one.start < place.end and place.start < one.end for one in arguments):
        return arguments
    return sorted([*arguments, place], key=lambda a: (a.start, a.end, a.role))


def with_companions(
    doc: Doc, candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions, cues: Cues
) -> Sequence[Argument]:
    """The arguments, and besides those who are told alongside others: "Gubernur bersama [Kapolda] meresmikan pasar".

    At the end of a clause they stand beside its subject: "Ia mendirikan klinik itu bersama [suaminya]".
    """
    head = doc[candidate.head]
    found = list(arguments)
    for word in head.sent:
        if not is_alongside(word, mentions, cues):
            continue
        role = _shared_role(doc, word, candidate, arguments, mentions, cues)
        above = word.head
        if role is None or above.i <= word.i or not is_person(above, mentions, cues):
            continue
        before = above.i < candidate.start
        for member in conjuncts(above):
            if member.pos_ not in NOUNS or (member.i < candidate.start) != before:
                continue
            start, end = noun_phrase(member, mentions, cues)
            new = mentions.argument(role, max(start, word.i + 1), end)
            found = [one for one in found if one.role != "recipient" or one.start >= new.end or new.start >= one.end]
            if all(one.start >= new.end or new.start >= one.end for one in found if one.role != "source"):
                found.append(new)
    return sorted(found, key=lambda a: (a.start, a.end, a.role))


def without_addressee(
    doc: Doc, candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions, cues: Cues
) -> Sequence[Argument]:
    """The arguments, and of who is asked for what only the latter as the topic: "mengimbau warga agar [menahan diri]".

    Where "agar" stands before both they are one clause: "mengimbau agar [warga menahan diri]".
    """
    if candidate.type != "CALL" or voice(doc[candidate.head]) != "active":
        return arguments
    asked = {
        tokens_of(doc, a.start, a.end).start: tokens_of(doc, a.start, a.end).stop for a in arguments if a.role == "recipient"
    }
    found = list[Argument]()
    for argument in arguments:
        whole = tokens_of(doc, argument.start, argument.end)
        opened = argument.role == "topic" and whole.start == candidate.end and whole.start in asked
        start = _behind_addressees(doc, whole, asked, cues) if opened else None
        found.append(mentions.argument("topic", start, whole.stop) if start is not None else argument)
    return sorted(found, key=lambda a: (a.start, a.end, a.role))


def _behind_addressees(doc: Doc, topic: range, asked: Mapping[int, int], cues: Cues) -> int | None:
    """Where in a topic that opens with those who are asked begins what is asked for; ``asked``: where each begins and ends."""
    at = asked[topic.start]
    while at + 1 in asked and asked[at + 1] < topic.stop and (doc[at].pos_ == "CCONJ" or doc[at].text == ","):
        at = asked[at + 1]
    if at < topic.stop and doc[at].lower_ == RELATIVE:
        at = next((here for here in range(at, topic.stop) if doc[here].lower_ in cues.complementizers), topic.stop)
    if at < topic.stop and doc[at].lower_ in cues.complementizers:
        at += 1
    return at if at < topic.stop and is_word(doc[at]) and doc[at].pos_ != "CCONJ" else None


def _shared_role(
    doc: Doc, word: Token, candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions, cues: Cues
) -> Role | None:
    """The role of who stands behind ``word``: that of whom it is told of right before, else of who does it.

    "menangkap Rudi bersama [istrinya]", but "mendirikan klinik itu bersama [suaminya]".
    """
    if any(doc[at].lower_ == RELATIVE for at in range(candidate.end, word.i)):
        return None
    host = next((a for a in arguments if a.role in SHARED and tokens_of(doc, a.start, a.end).stop == word.i), None)
    root = root_of(doc, host.start, host.end) if host is not None else None
    acting = root is not None and is_person(root, mentions, cues)
    if host is not None and (word.i < candidate.end or host.role == "agent" or acting):
        return host.role
    above = word.head.head
    verb = above.head if relation(above) == "obj" else above
    carrier = candidate.head if candidate.light_verb is None else candidate.light_verb
    if verb.i != carrier or word.i < verb.i or voice(verb) != "active" or candidate.type in TALKS:
        return None
    return "agent" if any(argument.role == "agent" for argument in arguments) else None
