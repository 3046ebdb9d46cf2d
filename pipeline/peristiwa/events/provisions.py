"""Articles of a law say what shall be done, not what was done: nothing happens in them but what the law does itself."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from peristiwa.events.context import sentence_bounds
from peristiwa.events.view import once
from peristiwa.ontology import ProvisionWords

if TYPE_CHECKING:
    from spacy.tokens import Token

LEAST = 2
"""Headings of articles that make a text a law's: one may be quoted."""
ACTIVE = "me"
_OPENING = re.compile(r"[^\S\n]*(?:\(\d{1,3}\)[^\S\n]*)?")
"""What stands before the first word of a paragraph: nothing, or its number ("(1)")."""


def in_provision(token: Token, words: ProvisionWords) -> bool:
    """Whether a word stands in an article and tells of nothing that the law does itself.

    It does what its first word says without a subject ("(1) Mengesahkan Konvensi Wina …"), and it tells when it comes into
    force or what it ends ("Peraturan ini mulai berlaku …").
    """
    stretches = _articles(token.doc[0], words.articles, words.closings)
    if not any(start <= token.idx < end for start, end in stretches):
        return False
    return not (_enacts(token) or (token.lower_ in words.force and _names_an_instrument(token)))


@once
def _articles(first: Token, articles: tuple[str, ...], closings: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The stretches of a text, by characters, that articles fill, given its first token.

    An article is headed by its number on a line of its own ("Pasal 1"); behind the last one begins "Ditetapkan di …".
    """
    text = first.doc.text
    headings = _starts(text, articles, r"[^\S\n]+\d+[a-z]?[^\S\n]*$")
    if len(headings) < LEAST:
        return ()
    ends = _starts(text, closings, r"\b")
    found: list[tuple[int, int]] = []
    for start in headings:
        if not found or start >= found[-1][1]:
            behind = bisect_left(ends, start)
            found.append((start, ends[behind] if behind < len(ends) else len(text)))
    return tuple(found)


def _starts(text: str, words: tuple[str, ...], behind: str) -> list[int]:
    """Where lines of a text begin with one of ``words``, followed by what the expression ``behind`` says."""
    return [match.start() for match in _opening(words, behind).finditer(text)] if words else []


@lru_cache(maxsize=8)
def _opening(words: tuple[str, ...], behind: str) -> re.Pattern[str]:
    return re.compile(rf"(?im)^[^\S\n]*(?:{'|'.join(map(re.escape, words))}){behind}")


def _enacts(token: Token) -> bool:
    """Whether a word opens its paragraph with a capital as an active verb."""
    if not (token.text[:1].isupper() and token.lower_.startswith(ACTIVE)):
        return False
    text = token.doc.text
    return _OPENING.fullmatch(text, text.rfind("\n", 0, token.idx) + 1, token.idx) is not None


def _names_an_instrument(token: Token) -> bool:
    """Whether the sentence names a law, or says "ini" of one."""
    first, end = sentence_bounds(token.doc, token.i)
    return any(word.ent_type_ == "LAW" or word.lower_ == "ini" for word in token.doc[first:end])
