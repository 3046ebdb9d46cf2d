"""Sentences that say what a word means: nothing happens in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peristiwa.events.context import sentence_bounds
from peristiwa.events.lexicon import Lexicon
from peristiwa.events.view import once

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECT = 6
"""Words of what is defined, at most."""
BARE = frozenset({"NOUN", "ADJ", "VERB", "ADP", "CCONJ"})
"""Parts of speech of a kind of things: no name, number, pronoun or demonstrative, and no relative clause."""
COUNTERS = frozenset({"suatu", "sebuah", "seorang", "segala", "salah", "satu"})


def in_definition(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word stands in a definition: "Kudeta adalah perebutan kekuasaan secara paksa"."""
    first = token.doc[sentence_bounds(token.doc, token.i)[0]]
    return _is_definition(first, lexicon.kinds, lexicon.copulas)


@once
def _is_definition(first: Token, kinds: frozenset[str], copulas: frozenset[str]) -> bool:
    """Whether the sentence that begins at a token says of a bare noun what kind of things it is, and names nobody, no day."""
    doc = first.doc
    words = [word for word in doc[slice(*sentence_bounds(doc, first.i))] if not word.is_space]
    copula = next((at for at, word in enumerate(words[: SUBJECT + 1]) if word.lower_ in copulas), 0)
    subject, behind = words[:copula], words[copula + 1 :]
    if not subject or subject[0].pos_ != "NOUN" or any(word.pos_ not in BARE for word in subject):
        return False
    kind = next((word.lower_ for word in behind if word.lower_ not in COUNTERS), "")
    told = any(word.ent_type_ not in ("", "LAW") or (word.pos_ == "NUM" and not word.ent_type_) for word in behind)
    return kind in kinds and not told
