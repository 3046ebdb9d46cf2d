"""Line breaks for the tokeniser: where a single one ends a paragraph, it is read as an empty line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from peristiwa.annotate.convert import Parse, Token

_SINGLE_BREAK = re.compile(r"(?<=\S)[^\S\n]*\n[^\S\n]*(?=\S)")
"""One line end between two lines that hold text."""


def part_paragraphs(text: str) -> tuple[str, list[int]]:
    """``text`` with an empty line at each single line break that ends a paragraph, and where a character was added.

    Stanza ends a sentence at an empty line but reads a single line break as a space, so that a heading would run into
    the next sentence. A line break is left alone where a small letter follows, and in text whose lines were wrapped
    (as from PDF: a small letter follows at least a fifth of its line breaks), since sentences go on across them there.
    """
    breaks = list(_SINGLE_BREAK.finditer(text))
    inside = sum(text[match.end()].islower() for match in breaks)
    if inside * 5 >= len(breaks):
        return text, []
    pieces: list[str] = []
    added: list[int] = []
    position = 0
    for match in breaks:
        if not text[match.end()].islower():
            pieces += [text[position : match.end()], "\n"]
            added.append(match.end() + len(added))
            position = match.end()
    return "".join([*pieces, text[position:]]), added


def moved_back(parse: Parse, added: Sequence[int]) -> Parse:
    """A parse of the text with added characters, as one of the text without them."""
    if not added:
        return parse
    tokens = tuple(
        Token(token.start - bisect_left(added, token.start), token.end - bisect_left(added, token.end), token.words)
        for token in parse.tokens
    )
    return replace(parse, tokens=tokens)
