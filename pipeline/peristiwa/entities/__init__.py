"""Named entities and quantities of an annotated document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from peristiwa.columns import text_of
from peristiwa.entities.grammar import compile_grammar
from peristiwa.entities.mentions import find_mentions
from peristiwa.entities.quantities import find_quantities
from peristiwa.entities.resolve import canonical_names, link
from peristiwa.entities.tables import load_tables
from peristiwa.language import Language
from peristiwa.types import Entity, EntityType

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["find_entities", "find_quantities"]


def find_entities(doc: Doc, language: Language) -> list[Entity]:
    """The named mentions of ``doc`` in text order, ids T1…, with canonical names and links.

    Reads ``doc.ents`` (the model's names) and ``doc.sents``; the rest comes from the language's ``entities`` section.
    """
    grammar, text = compile_grammar(language), text_of(doc)
    mentions = find_mentions(doc, text, grammar, load_tables(language.code, grammar.names))
    names = canonical_names(text, mentions, grammar.names, language.code)
    return [
        Entity(
            id=f"T{number}",
            type=cast(EntityType, mention.type),
            start=mention.start,
            end=mention.end,
            text=text[mention.start : mention.end],
            name=name,
            link=link(mention, name, grammar.names, language.code),
        )
        for number, (mention, name) in enumerate(zip(mentions, names, strict=True), 1)
    ]
