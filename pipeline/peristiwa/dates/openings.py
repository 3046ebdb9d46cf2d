"""With which two symbols a rule can begin, so that only the rules that have a chance are tried at a place of a text.

A pattern is read as a position automaton (Glushkov 1961): every class in it is a position, and what counts is which
positions may come first, which may follow each of those, and whether the match may already end there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

Item = str | frozenset[str]  # an operator out of ( ) | ? * or the characters of a class


@dataclass(frozen=True, slots=True)
class Opening:
    """One way in which a match can begin: its first symbol, whether it may end there, and else what may come next."""

    first: frozenset[str]
    ends: bool
    second: frozenset[str]


@dataclass(slots=True)
class _Part:
    """A part of a pattern: the positions that it can begin and end with, and whether it can be empty."""

    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)
    empty: bool = True


def openings(items: Sequence[Item]) -> tuple[Opening, ...]:
    """The openings of a pattern, given as operators and classes (every repetition counts as any number of times)."""
    classes: list[frozenset[str]] = []
    follow: list[set[int]] = []

    def sequence(at: int) -> tuple[_Part, int]:
        out = _Part(empty=False)
        here = _Part()
        while at < len(items) and items[at] != ")":
            item = items[at]
            at += 1
            if item == "|":
                out = _Part(out.first | here.first, out.last | here.last, out.empty or here.empty)
                here = _Part()
                continue
            if item == "(":
                part, at = sequence(at)
                at += 1
            else:
                assert isinstance(item, frozenset)
                part = _Part({len(classes)}, {len(classes)}, empty=False)
                classes.append(item)
                follow.append(set())
            if at < len(items) and items[at] in ("?", "*"):
                if items[at] == "*":
                    for position in part.last:
                        follow[position] |= part.first
                part.empty = True
                at += 1
            for position in here.last:
                follow[position] |= part.first
            here = _Part(
                here.first | part.first if here.empty else here.first,
                here.last | part.last if part.empty else part.last,
                here.empty and part.empty,
            )
        return _Part(out.first | here.first, out.last | here.last, out.empty or here.empty), at

    whole, _ = sequence(0)
    return tuple(
        Opening(classes[p], p in whole.last, frozenset().union(*(classes[q] for q in follow[p]))) for p in sorted(whole.first)
    )


class Opened(Protocol):
    """A rule that knows its openings."""

    @property
    def openings(self) -> tuple[Opening, ...]: ...


RuleType = TypeVar("RuleType", bound=Opened)


class Candidates(dict[str, tuple[RuleType, ...]]):
    """The rules that can match where a text has these two symbols (or one, at its end), in the order of the grammar."""

    def __init__(self, rules: tuple[RuleType, ...]) -> None:
        super().__init__()
        self.rules = rules
        self.ways: dict[str, list[tuple[RuleType, Opening]]] = {}
        for rule in rules:
            for way in rule.openings:
                for symbol in way.first:
                    self.ways.setdefault(symbol, []).append((rule, way))

    def __missing__(self, symbols: str) -> tuple[RuleType, ...]:
        second = symbols[1:]
        fitting = {id(rule): rule for rule, way in self.ways.get(symbols[0], ()) if way.ends or second in way.second}
        self[symbols] = found = tuple(fitting.values())
        return found
