"""Words at the end of a phrase that are, or are not, part of it: stages, ages, "dkk", and numbers before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import RELATIVE
from peristiwa.events.roles import Mentions
from peristiwa.events.tree import characters

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

CLITIC = "nya"


def has_clitic(token: Token) -> bool:
    """Whether -nya, a token of its own, stands behind a word: "rencana | nya"."""
    return token.i + 1 < token.sent.end and token.nbor().lower_ == CLITIC


def stage_length(token: Token, last: int, mentions: Mentions, cues: Cues) -> int:
    """How many words up to ``last`` say at which stage the next verb comes: "Belanda | awalnya", "jembatan | pertama kali".

    A noun may own one of them ("tujuan akhirnya", "masa kini"), a name or who acts does not.
    """
    doc = token.doc
    for length in range(1, min(3, last - token.i) + 1):
        start = last + 1 - length
        if doc.text[slice(*characters(doc, start, last + 1))].lower() in cues.stages:
            before = doc[start - 1]
            alone = (length > 1 and doc[last].lower_ != CLITIC) or length > 2
            own = before.pos_ in ("PROPN", "DET", "PRON") or mentions.entity_at(before) is not None
            return length if alone or own or is_actor(before, token, cues) else 0
    return 0


def is_actor(word: Token, token: Token, cues: Cues) -> bool:
    """Whether a word is the head of its phrase and one that acts: "pemerintah", not the "bicara" of "juru bicara"."""
    return word.i == token.i and is_in(word, cues.person_nouns)


def before_relative(token: Token, end: int, mentions: Mentions) -> int:
    """Where a phrase ends before its relative clause, whatever its predicate: "mobil | yang sedang dalam perjalanan"."""
    inside = range(token.i + 1, end)
    return next((at for at in inside if token.doc[at].text == RELATIVE and mentions.entity_at(token.doc[at]) is None), end)


def is_counting(word: Token, cues: Cues) -> bool:
    """Whether a word counts the noun that it stands before: "[keempat] ABK"; not "hari kedua polisi …"."""
    follows = word.nbor() if word.i + 1 < word.sent.end else None
    return word.lower_ in cues.ordinals and word.head.i >= word.i and follows is not None and follows.pos_ in ("NOUN", "PROPN")


def with_others(token: Token, end: int, mentions: Mentions, cues: Cues) -> int:
    """Where a name ends with what says that it is not alone: "Anwar Usman | dkk", "Budi | dan kawan-kawan"."""
    doc, limit = token.doc, token.sent.end
    if end >= limit or (doc[end - 1].pos_ != "PROPN" and mentions.entity_at(doc[end - 1]) is None):
        return end
    last = end + (doc[end].pos_ == "CCONJ")
    owned = last + 1 < limit and doc[last + 1].pos_ in ("NOUN", "PRON")
    return last + 1 if last < limit and doc[last].lower_ in cues.et_al and not owned else end


def with_age(doc: Doc, end: int, token: Token, cues: Cues) -> int:
    """Where the noun of someone ends with the age: "wanita | berusia 40 tahun itu"."""
    at = end - 1 if end - 1 > token.i and doc[end - 1].lower_ in cues.aged else end
    if at + 2 >= token.sent.end or doc[at].lower_ not in cues.aged or doc[at + 1].pos_ != "NUM":
        return end
    behind = at + 3
    return behind + 1 if behind < token.sent.end and doc[behind].lower_ in cues.demonstratives else behind
