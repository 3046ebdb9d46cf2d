"""Sentences that say what a word means, and verbs of what is usual: nothing happens there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peristiwa.events.context import sentence_bounds
from peristiwa.events.lexicon import Lexicon
from peristiwa.events.tree import first_conjunct, relation
from peristiwa.events.view import once

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECT = 6
"""Words of what is defined, at most."""
BARE = frozenset({"NOUN", "ADJ", "VERB", "ADP", "CCONJ"})
"""Parts of speech of a kind of things: no name, number, pronoun or demonstrative, and no relative clause."""
BEFORE = 40
"""Characters before a verb in which its duty is told; "biasanya" may be two tokens."""
PURPOSE = "untuk"
TOLD_APART = frozenset({"yang", "pihak"})
COUNTERS = frozenset({"suatu", "sebuah", "seorang", "segala", "salah", "satu"})


def in_definition(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word stands in a definition: "Kudeta adalah perebutan kekuasaan secara paksa"."""
    first = token.doc[sentence_bounds(token.doc, token.i)[0]]
    return _is_definition(first, lexicon.kinds, lexicon.customs, lexicon.copulas)


@once
def _is_definition(first: Token, kinds: frozenset[str], customs: frozenset[str], copulas: frozenset[str]) -> bool:
    """Whether the sentence that begins at a token says of a bare noun what kind of things it is, and names nobody, no day.

    A custom may have a name: "Jauhar adalah tradisi bakar diri", not "Pembakaran itu adalah tradisi".
    """
    doc = first.doc
    words = [word for word in doc[slice(*sentence_bounds(doc, first.i))] if not word.is_space]
    copula = next((at for at, word in enumerate(words[: SUBJECT + 1]) if word.lower_ in copulas), 0)
    subject, behind = words[:copula], words[copula + 1 :]
    if not subject:
        return False
    kind = next((word.lower_ for word in behind if word.lower_ not in COUNTERS), "")
    named = kind in customs and all(word.pos_ == "PROPN" for word in subject)
    bare = kind in kinds | customs and subject[0].pos_ == "NOUN" and all(word.pos_ in BARE for word in subject)
    told = any(word.ent_type_ not in ("", "LAW") or (word.pos_ == "NUM" and not word.ent_type_) for word in behind)
    return (named or bare) and not told


def is_usual(token: Token, lexicon: Lexicon) -> bool:
    """Whether a verb tells what a body is for or what is usual: "bertugas menyelidiki", "biasanya merusak padi"; not of one
    who is told apart by it ("polisi yang bertugas menembak pelaku"). A noun goes with its verb: "Banjir biasanya merusak".
    """
    verb = first_conjunct(token)
    if relation(verb) == "nsubj":
        verb = verb.head
    before = token.doc.text[max(0, verb.idx - BEFORE) : verb.idx].lower().split()
    if before[-1:] == [PURPOSE]:
        before.pop()
    if before[-1:] and before[-1] in lexicon.duties:
        return before[-2:-1] == [] or before[-2] not in TOLD_APART
    return bool(before) and before[-1] in lexicon.habits
