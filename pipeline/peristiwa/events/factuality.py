"""How sure the text is of an event (modality) and which part of it is told (phase).

A cue counts where it stands: among the event's own markers (auxiliaries, negators, conjunctions), or on a word that the
event is embedded under, read upward from the trigger until something closes the clause off: a reporting verb, whose
content stands on its own, or a relative clause. The order of strength is negated, possible, planned, asserted: "tidak akan
hadir" is negated, "jika akan dibentuk" possible. After FactBank's idea that factuality comes from the sum of
embedding predicates (Saurí & Pustejovsky 2009), with its introspection left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import RELATIVE, is_deverbal, own_subjects, voice
from peristiwa.events.tree import children, first_conjunct, is_word, relation
from peristiwa.types import Modality, Phase

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

MARKING = ("advmod", "aux", "mark", "case", "det", "cop", "discourse", "cc")
WINDOW = 3
BACKGROUND = frozenset({"acl", "nmod", "xcomp"})
CONDITION_REACH = 8
STRENGTH: tuple[Modality, ...] = ("negated", "possible", "planned")
GATHERINGS = frozenset({"MEET", "NEGOTIATE", "INVESTIGATE", "VOTE"})
"""Types of events that are opened and closed: "kongres itu dibuka Presiden"; a shop or a road is something else."""
IDLE = frozenset({"sekadar", "sekedar", "semata", "semata-mata"})
RESTRICTORS = frozenset({"hanya", "cuma", "sekadar", "sekedar", "saja", "melulu", "semata"})


def find_modality(doc: Doc, candidate: Candidate, cues: Cues) -> Modality:
    """asserted, negated, planned or possible, for the event of ``candidate``."""
    head = doc[candidate.head]
    found = set(_cues_of(head, candidate, cues))
    return next((modality for modality in STRENGTH if modality in found), "asserted")


def _cues_of(head: Token, candidate: Candidate, cues: Cues) -> Iterator[Modality]:
    yield from _marked(head, candidate.start, cues, noun=voice(head) == "noun")
    first = first_conjunct(head)
    if first.i != head.i and not own_subjects(head):
        yield from _marked(first, first.i, cues, noun=voice(first) == "noun")
    yield from _embedded(first, candidate, cues)


def _marked(token: Token, start: int, cues: Cues, *, noun: bool) -> Iterator[Modality]:
    """What the markers of one word say."""
    markers = markers_of(token, start)
    negated = any(
        is_in(marker, cues.negators)
        and not (marker.i + 1 < len(marker.doc) and marker.nbor().lower_ in RESTRICTORS)
        and not is_idle(marker)
        and not _negates_other(marker, token, noun)
        for marker in markers
    )
    if negated:
        yield "negated"
    for marker in markers:
        if is_in(marker, cues.conditions) or (is_in(marker, cues.possible) and not negated):
            yield "possible"
        elif is_in(marker, cues.future) or is_in(marker, cues.planning) or _opens_purpose(marker, token, noun, cues):
            yield "planned"
    if _in_condition(token, start, cues):
        yield "possible"


def _opens_purpose(marker: Token, token: Token, noun: bool, cues: Cues) -> bool:
    """ "untuk membangun", "demi pembangunan": a purpose, unless what serves it was used and so reached it."""
    if marker.lower_ not in cues.purposes or relation(marker) not in ("mark", "case", "advmod", "dep"):
        return False
    if noun:
        return is_deverbal(token) and marker.lower_ == "untuk"
    return not is_in(first_conjunct(token).head, cues.implicative)


def _in_condition(token: Token, start: int, cues: Cues) -> bool:
    """A conditional conjunction opens the stretch between marks that the event stands in."""
    at = start - 1
    while at >= token.sent.start and start - at <= CONDITION_REACH and (is_word(token.doc[at]) or token.doc[at].is_space):
        if token.doc[at].lower_ in cues.conditions:
            return True
        at -= 1
    return False


def _negates_other(marker: Token, token: Token, noun: bool) -> bool:
    """A negator in the window that the tree gives to a verb, while the trigger is a noun further right."""
    return noun and marker.head.i != token.i and voice(marker.head) != "noun" and marker.i < token.i - 1


def is_idle(negator: Token) -> bool:
    """True for a negator that denies nothing: "paling tidak 15 tentara", "mau tak mau", "tidak sekadar mengecam"."""
    doc, at = negator.doc, negator.i
    before = doc[at - 1].lower_ if at > negator.sent.start else ""
    behind = doc[at + 1].lower_ if at + 1 < negator.sent.end else ""
    return before == "paling" or before == behind == "mau" or behind.startswith("henti") or behind in IDLE


def markers_of(token: Token, start: int) -> list[Token]:
    """The function words of a token: its marking dependents on the left, and those before it that a parser lost."""
    found = {child.i: child for child in children(token, *MARKING) if child.i < token.i}
    at, steps = start - 1, 0
    while at >= token.sent.start and steps < WINDOW:
        before = token.doc[at]
        if before.is_space:
            at -= 1
            continue
        if not is_word(before) or before.pos_ not in ("ADV", "AUX", "PART", "SCONJ", "ADP"):
            break
        found[before.i] = before
        at, steps = at - 1, steps + 1
    return [found[i] for i in sorted(found)]


def _embedded(token: Token, candidate: Candidate, cues: Cues) -> Iterator[Modality]:
    """What the words above the event say of it, nearest first, until a clause closes it off."""
    seen = {token.i}
    here = token
    while here.head.i not in seen:
        above, kind = here.head, relation(here)
        seen.add(above.i)
        if kind == "parataxis" or (kind == "acl" and any(child.lower_ == RELATIVE for child in here.children)):
            return
        if kind == "conj":
            here = above
            continue
        light = candidate.light_verb is not None and above.i == candidate.light_verb
        if is_in(above, cues.reporting) or is_in(above, cues.saying):
            yield from _under(above, here, cues, reporting=True)
            return
        yield from _under(above, here, cues, reporting=False)
        noun = voice(above) == "noun"
        if kind == "advcl" and not any(c.lower_ in cues.purposes for c in children(here, "mark")):
            return
        if (not noun or light) and (kind != "nsubj" or light or is_in(above, cues.occurring)):
            reached = _reaches(here, above, light, cues)
            yield from (m for m in _marked(above, above.i, cues, noun=noun) if m != "negated" or reached)
        if (
            noun
            and kind == "nmod"
            and not (is_in(above, cues.planning) or is_in(above, cues.possible))
            and above.i != token.head.i
        ):
            return
        here = above


def _under(above: Token, here: Token, cues: Cues, *, reporting: bool) -> Iterator[Modality]:
    """What embedding under one word says: "gagal merebut", "diduga mencuri", "berencana membangun"."""
    before = relation(here) in ("nsubj", "csubj") and here.i < above.i
    if before and voice(above) == "passive" and not reporting and (is_in(above, cues.planning) or is_in(above, cues.failing)):
        # "pertemuan itu direncanakan", "kunjungan dibatalkan"; but "banjir diduga …" takes the flood for granted.
        yield "negated" if is_in(above, cues.failing) else "planned"
    if here.i < above.i:
        return
    if is_in(above, cues.failing):
        yield "negated"
    elif is_in(above, cues.possible):
        yield "possible"
    elif is_in(above, cues.planning) and not reporting:
        yield "planned"


def _reaches(here: Token, above: Token, light: bool, cues: Cues) -> bool:
    """A negated verb negates what it brings about: its event noun, the subject of "ada" or "terjadi", its complement."""
    return light or is_in(above, cues.occurring) or relation(here) == "xcomp"


def find_phase(doc: Doc, candidate: Candidate, cues: Cues) -> Phase | None:
    """start, ongoing or end, where a verb or marker of beginning, going on or ending says so; else None."""
    head = doc[candidate.head]
    around = [*markers_of(head, candidate.start)]
    first = first_conjunct(head)
    if candidate.light_verb is not None:
        around.append(doc[candidate.light_verb])
    elif first.head.i != first.i and relation(first) in ("nsubj", "obj", "xcomp"):
        around.append(first.head)
    if candidate.type in GATHERINGS and voice(head) == "noun":
        if any(is_in(token, cues.opening) for token in _done_to(first)):
            return "start"
        if any(is_in(token, cues.closing) for token in _done_to(first)):
            return "end"
    for token in around:
        if is_in(token, cues.starting):
            return "start"
        if is_in(token, cues.ending) and relation(token) not in ("mark", "case"):  # "usai bertemu menteri"
            return "end"
    return "ongoing" if any(is_in(token, cues.continuing) for token in around) else None


def _done_to(noun: Token) -> list[Token]:
    """The verbs whose object a noun is, and the noun of such a verb: "dibuka", "membuka [kongres]", "pembukaan [kongres]"."""
    above, kind = noun.head, relation(noun)
    wanted = {"nsubj": "passive", "obj": "active", "nmod": "noun", "compound": "noun"}.get(kind)
    return [above] if voice(above) == wanted else []


def is_background(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True if the event is not what its sentence tells but what it takes as known, at a time of its own.

    Its own markers put it before the rest ("telah", "pernah"), or it stands in a relative clause or inside a noun phrase.
    """
    head = doc[candidate.head]
    if any(is_in(token, cues.anterior) for token in markers_of(head, candidate.start)):
        return True
    return relation(first_conjunct(head)) in BACKGROUND and candidate.light_verb is None
