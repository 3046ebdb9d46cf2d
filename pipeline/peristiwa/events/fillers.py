"""What the tree links to a trigger, set right where a parser takes the second of two for a part of the first.

The other side of a fight, a second object with a place of its own, the subject behind its passive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues
from peristiwa.events.edges import has_clitic
from peristiwa.events.extent import BETWEEN, WITH
from peristiwa.events.predicate import voice
from peristiwa.events.tree import bare_phrase, children, phrase, preposition, relation

if TYPE_CHECKING:
    from spacy.tokens import Token

OBLIQUE = frozenset({"obl", "nmod"})
AFTER_PASSIVE = frozenset({"bare", "second"})
INDEPENDENT = frozenset({"ROOT", "conj", "parataxis", "ccomp"})
PLACES = frozenset({"di", "ke"})
OBJECTS = frozenset({"object", "patient"})


@dataclass(frozen=True, slots=True)
class Filler:
    """A token that fills a grammatical slot; ``clausal`` fillers span a clause, others a noun phrase.

    What a model that has seen few of the kind would miss is ``sure``.
    """

    slot: str
    token: Token
    clausal: bool = False
    raised: Token | None = None
    sure: bool = False


def regrouped(found: Sequence[Filler], head: Token, candidate: Candidate, cues: Cues) -> list[Filler]:
    """The fillers of a trigger, each in the slot that the grammar gives it."""
    return _with_inverted(_with_gapped(_with_sides(found), cues), head, candidate, cues)


def _with_sides(found: Sequence[Filler]) -> list[Filler]:
    """ "Bentrokan antara polisi dengan mahasiswa": who stands behind that "dengan" is a side as well."""
    side = next((filler for filler in found if filler.slot.endswith(BETWEEN)), None)
    if side is None:
        return list(found)
    token = side.token
    below = [child for child in children(token, *OBLIQUE) if child.i > token.i]
    others = [child for child in below if (opened := preposition(child)) is not None and opened.lower_ == WITH]
    told = [replace(f, slot=side.slot) if f.slot.endswith(WITH) and f.token.i > token.i else f for f in found]
    return [*told, *(Filler(side.slot, other) for other in others)]


def _with_gapped(found: Sequence[Filler], cues: Cues) -> list[Filler]:
    """ "mendirikan sekolah di Bandung dan [rumah sakit] di Jakarta": a second object, with a place of its own."""
    kept: list[Filler] = []
    objects = {filler.token.i: filler.slot for filler in found if filler.slot in OBJECTS}
    for filler in found:
        token, place = filler.token, filler.slot.rpartition(".")[2]
        before = [slot for at, slot in objects.items() if at < token.head.i]
        if place not in PLACES or not before or relation(token) != "conj" or not _opens_place(token, place, cues):
            kept.append(filler)
            continue
        kept.append(replace(filler, slot=before[0], sure=True))
        kept += [Filler(place, child) for child in children(token, *OBLIQUE) if child.i > token.i]
    return kept


def _opens_place(token: Token, place: str, cues: Cues) -> bool:
    """Whether a noun beside a name of a place has one of its own behind it: "di Bandung dan [rumah sakit] | di Jakarta"."""
    doc, end = token.doc, bare_phrase(token)[1]
    opens = doc[phrase(token)[0] - 1]
    told = opens.pos_ == "CCONJ" and end < token.sent.end and doc[end].lower_ == place
    return told and token.head.pos_ == "PROPN" and cues.definite.get(token.lower_) != "LOC"


def _with_inverted(found: Sequence[Filler], verb: Token, candidate: Candidate, cues: Cues) -> list[Filler]:
    """ "Di Solo ditangkap [seorang pengedar]": behind a passive without a subject, someone new is whom it is done to.

    Not who is known: "Di Solo ditangkap polisi".
    """
    told = any(filler.slot == "patient" for filler in found)
    if told or voice(verb) != "passive" or relation(verb) not in INDEPENDENT:
        return list(found)
    joined = verb.i > verb.sent.start and verb.doc[verb.i - 1].lower_ in cues.joining
    made = candidate.type == "ESTABLISH"
    new = {f.token.i for f in found if f.slot in AFTER_PASSIVE and (joined or made or _is_new(f.token, cues))}
    return [replace(f, slot="patient", sure=True) if f.token.i in new and f.slot in AFTER_PASSIVE else f for f in found]


def _is_new(token: Token, cues: Cues) -> bool:
    """Whether a noun has a number or "seorang" before it, or -nya behind it."""
    counted = any(child.pos_ == "NUM" or child.lower_ in cues.indefinite for child in token.children if child.i < token.i)
    return counted or has_clitic(token)
