"""Posts whose portfolio is a coordination: "Menteri Hukum dan HAM Yasonna Laoly" is one filler, however the tree cuts it."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues
from peristiwa.events.tree import is_word

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

MARKS = frozenset({",", "&"})


def find_posts(doc: Doc, names: Container[int], cues: Cues) -> dict[int, tuple[int, int]]:
    """For each token of such a post, and of the name that follows it, the tokens from the first to the last, end exclusive.

    ``names`` are the tokens of entities: a body or person after "dan" is another filler, as is another post
    ("Menteri Agama dan Menteri Sosial"). What goes on without a portfolio's capital letter is none of it.
    """
    found: dict[int, tuple[int, int]] = {}
    for token in doc:
        if token.lower_ in cues.portfolios and token.text[0].isupper() and token.i not in names and token.i not in found:
            end = _end(token, names, cues)
            if end is not None:
                span = (_start(token, cues), end)
                found |= dict.fromkeys(range(*span), span)
    return found


def _start(post: Token, cues: Cues) -> int:
    """Where the post begins: "mantan Wakil | Menteri"."""
    before = range(post.i - 1, post.sent.start - 1, -1)
    return next((at + 1 for at in before if post.doc[at].lower_ not in cues.person_nouns | cues.former), post.sent.start)


def _end(post: Token, names: Container[int], cues: Cues) -> int | None:
    """Where the post ends, with the names beside it; None where its portfolio has but one part."""
    doc, last = post.doc, post.sent.end
    at, joined = post.i + 1, False
    while at < last:
        part = next((ahead for ahead in range(at, last) if not _joins(doc[ahead])), last)
        if part == last or not _is_part(doc[part], names, cues):
            break
        joined = joined or any(doc[between].text != "," for between in range(at, part))
        at = part + 1
    if not joined:
        return None
    return next((behind for behind in range(at, last) if behind not in names), last)


def _joins(token: Token) -> bool:
    return token.pos_ == "CCONJ" or token.text in MARKS


def _is_part(token: Token, names: Container[int], cues: Cues) -> bool:
    """Whether a token is a word of a portfolio: capitalised, in no name and no other post."""
    return token.text[0].isupper() and is_word(token) and token.i not in names and token.lower_ not in cues.person_nouns
