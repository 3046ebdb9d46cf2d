"""A stretch of text that is one name."""

from __future__ import annotations

from typing import NamedTuple


class Mention(NamedTuple):
    """``initials``: a person's, which stand for nothing in the tables."""

    start: int
    end: int
    type: str
    initials: bool = False


def overlaps(a: Mention, b: Mention) -> bool:
    return a.start < b.end and b.start < a.end
