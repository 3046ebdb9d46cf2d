"""Printed lines to paragraphs: what a page repeats on its edges is taken off, lines are joined where the text runs on.

Where a line ends is a matter of the paper, where a paragraph ends one of the text. A line runs on into the next when it
is full (the next line's first word would not have fitted behind it) or the next one begins small, and when that one is
neither an item of a list, nor indented by itself, nor set in another size. Pages are parted by a form feed, as pdftotext
does (``types.PAGE_BREAK``); a sentence that goes on overleaf has it for a space.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from peristiwa.types import PAGE_BREAK

HYPHEN = "\u00ad"
"""Ends a line whose last word goes on in the next one."""

_ITEM = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)](?:\s|(?=[^\W\d_]{2}))|[•–—*▪●○§-]\s", re.ASCII)
"""What an item of a list begins with: "1.", "(2)", "a.", "iv)", a bullet."""
_BEFORE_ITEM = (".", ";", ":", ",", " dan", " atau", "/atau")
_CATCHWORD = re.compile(r"(.+?)\s*(?:…|\.\s?\.\s?\.)")
"""The line at the foot of a page of law that says how the next page begins: "18. Dewan …"."""
_EDGE = 4
"""Lines of a page among which its first or last may be, beside running heads and feet."""
_NUMBERS = re.compile(r"\d+|^\W*[ivxlc]{1,6}\W*$")
_CLOSED = (".", ";", ":", "?", "!")
_INDENT = 6.0
"""Points by which a line has to stand in or out for it to mean something."""
_SAME_PLACE = 3.0
_SAME_SIZE = 0.15
_FARTHEST = 1.6
"""How far down the next line of a paragraph may be, in usual distances of lines on its page."""
_FURNITURE = 1 / 4
"""Share of the pages that must have a line at the same height for it to be a running head or foot."""
_FEW_PAGES = 3
"""But so many pages at least, of fewer than that two: in laws, "Pasal 3" and "Pasal 7" stand on top of some by chance."""
_HEADING = 3
"""Words in capitals that make a line a heading, in which no sentence goes on."""
_SHARED = 3
"""Letters that the halves share around a hyphen of the word's own: "sifat-sifat", "perundang-undangan", "sayur-mayur"."""
_FEW = 300
"""Lines of a page whose margins are told one by one; beyond, it is a table, and one margin does."""


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its text without white space around it, its edges and height in points from the bottom left corner."""

    text: str
    left: float
    right: float
    bottom: float
    height: float


def join_lines(pages: Sequence[Sequence[Line]]) -> str:
    """The text of all pages, each a list of lines in reading order: paragraphs parted by an empty line, pages by "\\f"."""
    pieces: list[str] = []
    above: Line | None = None
    margin, leads, breaks = 0.0, True, ""
    for lines in _without_furniture(_without_catchwords(pages)):
        leading = _usual_leading(lines)
        for line, own_margin in zip(lines, _margins(lines), strict=True):
            if above is not None and _runs_on(above, line, margin, leads, None if breaks else leading):
                _append(pieces, breaks, line.text)
                leads = False
            else:
                pieces += ["\n\n", breaks, line.text]
                leads = True
            above, margin, breaks = line, own_margin, ""
        breaks += PAGE_BREAK
    return "".join(pieces[1:]).removesuffix(HYPHEN)


def _runs_on(above: Line, line: Line, margin: float, leads: bool, leading: float | None) -> bool:
    """Whether the paragraph of the line ``above``, which ``leads`` it or not, goes on in the next.

    ``margin`` is where lines like the one above end, ``leading`` the page's distance of lines, None from page to page.
    """
    if abs(above.height - line.height) > _SAME_SIZE * above.height or (_is_heading(above) and not _is_heading(line)):
        return False
    shift = 0.0
    if leading is not None:
        if not 0 < above.bottom - line.bottom <= _FARTHEST * leading:
            if above.bottom >= line.bottom or above.right >= line.left:  # the next column begins higher up, to the right
                return False
            leading = None
        else:
            shift = line.left - above.left
    if _ITEM.match(line.text) and (
        leading is None or abs(shift) > _INDENT or (leads and _ITEM.match(above.text)) or above.text.endswith(_BEFORE_ITEM)
    ):
        return False
    if above.text.endswith(HYPHEN):
        return True
    if abs(shift) > _INDENT and not leads:
        return False
    small = line.text[0].islower() and not above.text.endswith(_CLOSED) and abs(shift) <= _INDENT
    return small or _is_full(above, line, margin)


def _is_heading(line: Line) -> bool:
    return line.text.isupper() and len(line.text.split()) >= _HEADING


def _is_full(line: Line, below: Line, margin: float) -> bool:
    """Whether the first word of the line below would not have fitted behind ``line``."""
    letter = (below.right - below.left) / len(below.text)
    return line.right + (len(below.text.split(maxsplit=1)[0]) + 1) * letter > margin


def _margins(lines: Sequence[Line]) -> list[float]:
    """Where the other lines end that stand above or below each line; infinity where there are none to tell."""
    if len(lines) > _FEW:
        return [_far(lines)] * len(lines)
    return [
        _far([other for other in lines if other is not line and other.left < line.right and line.left < other.right])
        for line in lines
    ]


def _far(lines: Sequence[Line]) -> float:
    """Where most of ``lines`` end at the latest: the tenth that reach farthest may be of another kind."""
    rights = sorted(line.right for line in lines)
    return rights[-1 - len(rights) // 10] if rights else math.inf


def _usual_leading(lines: Sequence[Line]) -> float:
    """The median distance of a line from the next one below it; of a page without two lines, that line's height."""
    falls = sorted(above.bottom - line.bottom for above, line in pairwise(lines) if above.bottom > line.bottom)
    return falls[len(falls) // 2] if falls else 0.0


def _append(pieces: list[str], breaks: str, text: str) -> None:
    """A line behind the one before it, whose hyphen stays if it is the word's own."""
    last = pieces[-1]
    if not last.endswith(HYPHEN):
        pieces += [breaks or " ", text]
        return
    stem = last.removesuffix(HYPHEN)
    pieces[-1] = stem + "-" if _own_hyphen(stem, text) else stem
    pieces += [breaks, text]


def _own_hyphen(before: str, after: str) -> bool:
    """Whether a hyphen at the end of a line is the word's own and not the printer's.

    A doubled word has it in the middle, and so have compounds with a name or a number behind it ("non-Blok", "ke-21").
    """
    first, second = re.split(r"[\W\d_]", before)[-1].lower(), re.split(r"[\W\d_]", after, maxsplit=1)[0].lower()
    if not second or after[0].isupper():
        return True
    return any(first.endswith(second[:length]) for length in range(_SHARED, len(second) + 1)) or (
        len(first) >= _SHARED and first[-_SHARED:] == second[-_SHARED:]
    )


def _without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without running heads, feet and page numbers: lines on an edge that many pages have at the same height."""
    seen = Counter(place for lines in pages for place in {_place(line) for line in lines})
    least = max(min(_FEW_PAGES, max(2, len(pages) - 1)), _FURNITURE * len(pages))

    def repeated(line: Line) -> bool:
        words, height = _place(line)
        return sum(seen[words, near] for near in (height - 1, height, height + 1)) >= least

    body = []
    for lines in pages:
        kept = [line for line in lines if not repeated(line)] or lines  # forms that differ in nothing but a number
        highest = max((line.bottom for line in kept), default=0.0)
        lowest = min((line.bottom for line in kept), default=0.0)
        body.append([line for line in lines if lowest <= line.bottom <= highest])
    return body


def _place(line: Line) -> tuple[str, int]:
    return _NUMBERS.sub("0", line.text), round(line.bottom / _SAME_PLACE)


def _without_catchwords(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the words at their foot that the next page repeats as its first."""
    body = [list(lines) for lines in pages]
    for lines, following in pairwise(body):
        for line in sorted(lines, key=lambda line: line.bottom)[:_EDGE]:
            word = _CATCHWORD.match(line.text)
            if word and any(first.text.startswith(word[1]) for first in following[:_EDGE]):
                lines.remove(line)
    return body
