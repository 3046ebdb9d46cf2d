"""What a pronoun, a definite noun, or a noun with an apposition stands for: the name, as the document writes it.

Precision first: a rule speaks only where the document leaves one candidate that it can see, and where none does the
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.tree import ancestors, characters, children, phrase, relation, root_of, tokens_of
from peristiwa.types import Argument, Entity

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

COUNTRY, PROVINCE, TOWN = "iso3166:", "iso3166-2:", "geonames:"
PROXIMAL = frozenset({"ini"})
"""The demonstratives that point at what the text is about."""

CLITICS = frozenset({"nya"})
"""Forms that stand for a person only as the speaker ("ujarnya"); elsewhere they mark possession and much else."""

KINDS_OF_PLACE = {"negara": COUNTRY, "provinsi": PROVINCE, "kota": TOWN}
"""What the identifier of a place must begin with for the noun to stand for it; "negara itu" is no town."""


def refer(doc: Doc, argument: Argument, entities: Sequence[Entity], cues: Cues) -> Argument:
    """``argument`` with ``refers_to`` filled where the document names what it stands for.

    A name set off beside a post ("Menteri ESDM, Ignasius Jonan"); an apposition that is a name; for a definite noun
    ("perjanjian tersebut") the last name that has the noun for its head, else the only name nearby of a type that the
    noun can stand for; for a pronoun of the third person the last speaker, subject or person before it. A phrase that
    is a name itself refers to nothing else.
    """
    if argument.role == "time":
        return argument
    head = root_of(doc, argument.start, argument.end)
    if head is None or any(entity.start <= head.idx < entity.end for entity in entities):
        return argument
    name = (
        _beside(doc, argument, entities)
        or _apposition(head, entities, argument)
        or _pronoun(head, argument, entities, cues)
        or _definite(head, argument, entities, cues)
    )
    return replace(argument, refers_to=name) if name is not None else argument


def _beside(doc: Doc, argument: Argument, entities: Sequence[Entity]) -> str | None:
    """The person named right after a post: "Direktur Utama PT Mandala, Budi Santoso"."""
    if any(entity.type == "PER" and entity.start < argument.end and argument.start < entity.end for entity in entities):
        return None
    for entity in entities:
        if (
            entity.type == "PER"
            and 0 < entity.start - argument.end <= 3
            and doc.text[argument.end : entity.start].strip() in (",", "")
        ):
            return _as_written(entity, entities)
    return None


def _apposition(head: Token, entities: Sequence[Entity], argument: Argument) -> str | None:
    for child in children(head, "appos"):
        left, right = characters(child.doc, *phrase(child))
        if child.i < head.i or child.doc[child.i - 1].text == "(" or left < argument.end - 1:
            continue
        if children(child, "conj", "cc"):  # a list whose first comma the parser took for an apposition
            continue
        for entity in entities:
            if left <= entity.start and entity.end <= right and entity.start < left + 1:
                return None if entity.type == "LOC" and _ends_in_place(argument, entities) else entity.text
    return None


def _ends_in_place(argument: Argument, entities: Sequence[Entity]) -> bool:
    """ "pengadilan federal Texas, Amerika Serikat": the second place holds the first, it does not explain the phrase."""
    return any(e.type == "LOC" and argument.start < e.end <= argument.end for e in entities)


def _pronoun(head: Token, argument: Argument, entities: Sequence[Entity], cues: Cues) -> str | None:
    wanted = cues.anaphors.get(head.lower_)
    if wanted is None or (head.lower_ in CLITICS and argument.role != "source"):
        return None
    before = [entity for entity in entities if entity.end <= argument.start and entity.type == wanted]
    if not before:
        return None
    if argument.role == "source":
        speakers = [entity for entity in before if _speaks(head.doc, entity, cues)]
        return _as_written((speakers or before)[-1], entities)
    nearest = before[-1]
    if nearest.start >= head.sent.start_char:
        return _as_written(nearest, entities)
    subjects = [entity for entity in before if relation(_root(head.doc, entity)) == "nsubj"]
    return _as_written(subjects[-1] if subjects and before.index(subjects[-1]) >= len(before) - 3 else nearest, entities)


def _root(doc: Doc, entity: Entity) -> Token:
    token: Token = root_of(doc, entity.start, entity.end) or doc[0]
    while relation(token) in ("flat", "compound", "appos") and token.head.i != token.i:
        token = token.head
    return token


def _speaks(doc: Doc, entity: Entity, cues: Cues) -> bool:
    """Whether a person is told to say something: beside a verb of saying, or after "menurut"."""
    root = _root(doc, entity)
    verb = next(iter(ancestors(root)), root)
    if is_in(verb, cues.saying) or is_in(verb, cues.reporting):
        return True
    first = tokens_of(doc, entity.start, entity.end).start
    opening = doc[max(doc[first].sent.start, first - 8) : first]
    return any(is_in(token, cues.saying) or is_in(token, cues.according) for token in opening)


def _definite(head: Token, argument: Argument, entities: Sequence[Entity], cues: Cues) -> str | None:
    """A noun with a demonstrative, or a kind of body or instrument that stands alone with a capital ("Konferensi")."""
    pointed = any(child.lower_ in cues.demonstratives for child in head.children)
    alone = argument.text == head.text and head.text[:1].isupper()
    wanted = cues.definite.get(head.lower_)
    if not (pointed or alone) or wanted is None or any(relation(c) == "nummod" for c in head.children):
        return None
    before = [entity for entity in entities if entity.end <= argument.start]
    headed = [entity for entity in before if _has_head(entity, head.lower_)]
    if headed:
        # With several to choose from, "ini" points at what the text is about, "itu" and "tersebut" at the last.
        about = any(child.lower_ in PROXIMAL for child in head.children) and len({e.name for e in headed}) > 1
        return _as_written(headed[0 if about else -1], entities)
    if not pointed:
        return None
    since = head.sent.start_char
    previous = head.doc[head.sent.start - 1].sent.start_char if head.sent.start > 0 else since
    of_kind = [e for e in before if e.type == wanted and (e.link or "").startswith(KINDS_OF_PLACE.get(head.lower_, ""))]
    near = [entity for entity in of_kind if entity.start >= previous]
    if wanted == "LOC":
        return _as_written(of_kind[-1], entities) if of_kind else None
    if near and len({entity.name for entity in near}) == 1 and not _is_other(near[-1], head.lower_, cues):
        return _as_written(near[-1], entities)
    return None


def _has_head(entity: Entity, noun: str) -> bool:
    """Whether ``noun`` is the first word of a longer name, as written or in full: "perppu" of "Perppu Nomor 2 Tahun 2017"."""
    return any(name.lower().startswith(noun + " ") for name in (entity.text, entity.name))


def _is_other(entity: Entity, noun: str, cues: Cues) -> bool:
    """Whether a name says itself that it is of another kind: a "Konvensi …" is no "undang-undang"."""
    first = entity.name.split()[0].lower()
    return first != noun and first in cues.definite


def _as_written(entity: Entity, entities: Sequence[Entity]) -> str:
    """The fullest form of a name that the document itself writes."""
    return entity.name if any(other.text == entity.name for other in entities) else entity.text
