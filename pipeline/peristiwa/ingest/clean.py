"""The only place that changes text: NFC and line ends, nothing else, so that offsets mean the same ever after."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from peristiwa.errors import InputError

_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")  # not tab, line end, form feed, nor escape of terminal colours
_MOST_CONTROLS = 0.02
_PIECE = 1 << 20
"""Characters that are tidied at once, and a line more."""
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """``text`` in NFC with ``\\n`` as its only line end. ``clean(clean(text)) == clean(text)``.

    Raises InputError when the text is empty or white space only, holds half of a surrogate pair (it could not be
    written as UTF-8), or looks binary (a NUL, or more than 2 % control characters).
    """
    lone = _SURROGATES.search(text)
    if lone:
        raise InputError(f"undecodable: a lone surrogate (U+{ord(lone[0]):04X}) at character {lone.start()}. Save it as UTF-8.")
    if "\x00" in text or len(_CONTROLS.findall(text)) > _MOST_CONTROLS * len(text):
        raise InputError("binary: it holds control characters that no text has. Give the text of the document instead.")
    if not text or text.isspace():  # strip() would copy a long text
        raise InputError("empty: there is no text in it.")
    if all(_tidy(piece) == piece for piece in _pieces(text)):
        return text
    return "".join(_tidy(piece) for piece in _pieces(text))


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces that end with a line, which can be tidied one by one: at once, a long one takes ten times its room."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _PIECE) + 1 or len(text)
        yield text[start:end]
        start = end
