"""Which later mentions tell the very same happening again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from peristiwa.types import Argument

WORD = re.compile(r"\w+")
EMPTY = frozenset(["itu", "ini", "tersebut", "para", "yang", "di", "dan", "sang", "si"])
CONTRASTING = ("object", "place", "recipient")


@dataclass(frozen=True, slots=True)
class Mention:
    """What ``find_same`` compares of one mention: type, root of the trigger, arguments, the day told with it.

    ``stance`` marks what someone says for or against something: said by another, it is another happening.
    """

    type: str
    root: str
    arguments: tuple[Argument, ...]
    day: str | None
    stance: bool = False


def find_same(mention: Mention, earlier: Sequence[Mention]) -> int | None:
    """The index of the nearest earlier mention of the same happening, or None.

    Conservative: the same type and root, no object, place or recipient that contradicts the other's, no other day.
    """
    for index in range(len(earlier) - 1, -1, -1):
        other = earlier[index]
        if other.type == mention.type and other.root == mention.root and not _contradict(mention, other):
            return index
    return None


def _contradict(mention: Mention, other: Mention) -> bool:
    if mention.day and other.day and not (mention.day.startswith(other.day) or other.day.startswith(mention.day)):
        return True
    for role in (*CONTRASTING, *(["agent"] if mention.stance else [])):
        mine, theirs = _words(mention.arguments, role), _words(other.arguments, role)
        if mine and theirs and not mine & theirs:
            return True
    return False


def _words(arguments: Sequence[Argument], role: str) -> set[str]:
    return {
        word
        for argument in arguments
        if argument.role == role
        for word in WORD.findall(argument.text.lower())
        if word not in EMPTY
    }
