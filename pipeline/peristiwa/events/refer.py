"""What a pronoun, a definite noun, or a noun with an apposition stands for: the name, as the document writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues
from peristiwa.events.tree import children, phrase
from peristiwa.types import Argument, Entity

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


def refer(doc: Doc, argument: Argument, entities: Sequence[Entity], cues: Cues) -> Argument:
    """``argument`` with ``refers_to`` filled where the document names what it stands for.

    An apposition that is a name; for a definite noun ("perjanjian tersebut") the last name before it of a type that the
    noun can stand for; for a pronoun of the third person the last person before its sentence or its place. A phrase
    that is a name itself refers to nothing else.
    """
    if argument.role == "time" or argument.entity is not None:
        return argument
    span = doc.char_span(argument.start, argument.end, alignment_mode="expand")
    if span is None:
        return argument
    head = span.root
    name = _apposition(head, entities) or _definite(head, argument, entities, cues)
    return replace(argument, refers_to=name) if name is not None else argument


def _apposition(head: Token, entities: Sequence[Entity]) -> str | None:
    for child in children(head, "appos"):
        start, end = phrase(child)
        left, right = child.doc[start].idx, child.doc[end - 1].idx + len(child.doc[end - 1].text)
        if child.i < head.i or child.doc[child.i - 1].text == "(":
            continue
        for entity in entities:
            if left <= entity.start and entity.end <= right and entity.start < left + 1:
                return entity.text
    return None


def _definite(head: Token, argument: Argument, entities: Sequence[Entity], cues: Cues) -> str | None:
    pronoun = head.lower_ in cues.anaphors
    pointed = any(child.lower_ in cues.demonstratives for child in head.children)
    wanted = cues.anaphors.get(head.lower_) if pronoun else cues.definite.get(head.lower_) if pointed else None
    if wanted is None:
        return None
    before = [entity for entity in entities if entity.end <= argument.start and entity.type == wanted]
    return before[-1].text if before else None
