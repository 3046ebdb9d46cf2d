"""All rules of one level of the grammar, read at once.

A rule is read as a position automaton (Glushkov 1961): every class in its pattern is a position, and what counts is which
positions may come first and which may follow each. All rules together walk along a text as far as any of them can go; what
the walked symbols mean is found out by the regular expressions of the rules, once, and remembered with the walk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from peristiwa.dates.numbers import Slots, Value

if TYPE_CHECKING:
    from peristiwa.dates.grammar import Compiled

Item = str | frozenset[str]  # an operator out of ( ) | ? * or the characters of a class
REPEATED = 4  # what "*" stands for at most
MEMORY = 50_000  # walks that are remembered
UNIT_ORDER = {code: rank for rank, code in enumerate("CE DE 8Y 5Y Y 6M 4M 3M M W 10D D H MIN S".split())}


@dataclass(slots=True)
class Part:
    """A part of a pattern: the positions that it can begin and end with, whether it can be empty, and how many symbols it
    can take at most."""

    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)
    empty: bool = True
    longest: int = 0


class Alphabet(NamedTuple):
    """What symbols mean by themselves: the value of a word (``worth``), the kind of a piece; the value of ``numbers`` stands
    in the text, and ``unknown`` are the words that are not in the lexicon."""

    worth: Mapping[str, Value]
    numbers: frozenset[str]
    unknown: frozenset[str]
    kinds: Mapping[str, str]


class Reading(NamedTuple):
    """What one rule says about the symbols of a walk: how many it takes (``length``), the slots that the rule and the words
    fill, and those that numbers fill (offset, slot, word class), which are read from the text. ``pieces`` are the symbols
    that stand for pieces of the level below, and ``kinds`` their kinds."""

    compiled: Compiled
    length: int
    slots: Slots
    numbers: tuple[tuple[int, str, str], ...]
    pieces: tuple[int, ...]
    kinds: tuple[str, ...]


class Node(dict[str, "Node | None"]):
    """A walk of the automaton: the symbols so far, the positions that may come next, and where each symbol leads."""

    __slots__ = ("after", "automaton", "path", "readings")

    def __init__(self, automaton: Automaton, path: str, after: frozenset[int]) -> None:
        self.automaton = automaton
        self.path = path
        self.after = after
        self.readings: tuple[Reading, ...] | None = None

    def __missing__(self, symbol: str) -> Node | None:
        automaton = self.automaton
        reached = [position for position in self.after if symbol in automaton.classes[position]]
        after: frozenset[int] = frozenset().union(*(automaton.follow[position] for position in reached))
        following = Node(automaton, self.path + symbol, after) if reached else None
        if automaton.walks < MEMORY:
            automaton.walks += 1
            self[symbol] = following
        return following


class Automaton:
    """The rules of one level, in the order of the grammar. ``start`` finds where some rule may match, by two symbols."""

    def __init__(self, rules: Sequence[Compiled], alphabet: Alphabet) -> None:
        self.rules = tuple(rules)
        self.alphabet = alphabet
        self.classes: list[frozenset[str]] = []
        self.follow: list[frozenset[int]] = []
        self.beginning: dict[str, tuple[Compiled, ...]] = {}
        self.longest = self.walks = 0
        begin: set[int] = set()
        ending: set[int] = set()
        for rule in self.rules:
            part = self._add(rule.items)
            begin |= part.first
            ending |= part.last
            self.longest = max(self.longest, part.longest)
            for symbol in frozenset().union(*(self.classes[position] for position in part.first)):
                self.beginning[symbol] = (*self.beginning.get(symbol, ()), rule)
        self.start = self._start(begin, begin & ending)
        self.root = Node(self, "", frozenset(begin))

    def read(self, string: str, index: int) -> tuple[Reading, ...]:
        """What matches at ``index``, the longest first; of equal length in the order of the grammar."""
        node = self.root
        for symbol in string[index : index + self.longest]:
            following = node[symbol]
            if following is None:
                break
            node = following
        if node.readings is None:
            node.readings = self._readings(node.path)
        return node.readings

    def _readings(self, path: str) -> tuple[Reading, ...]:
        found = []
        for rule in self.beginning.get(path[:1], ()):
            match = rule.regex.match(path)
            if match and match.end():
                reading = self._reading(rule, match)
                if not rule.several or _descends(reading.slots):
                    found.append(reading)
        return tuple(sorted(found, key=lambda reading: -reading.length))

    def _reading(self, rule: Compiled, match: re.Match[str]) -> Reading:
        slots: Slots = dict(rule.set)
        numbers = []
        for group, name, word_class in rule.slots:
            at, symbol = match.start(group), match[group]
            if symbol in self.alphabet.numbers:
                numbers.append((at, name, word_class))
            elif symbol:
                fill(slots, name, word_class, self.alphabet.worth.get(symbol))
        pieces = tuple(at for at, symbol in enumerate(match[0]) if symbol in self.alphabet.kinds)
        kinds = tuple(self.alphabet.kinds[match[0][at]] for at in pieces)
        return Reading(rule, match.end(), slots, tuple(numbers), pieces, kinds)

    def _start(self, begin: set[int], single: set[int]) -> re.Pattern[str]:
        """Matches a symbol that a rule can consist of, or one that can begin a rule, before one that may come second.

        Most of what begins a rule ("di", "12") is followed by an unknown word and begins none; so that few alternatives
        are tried, the symbols that may come second are only told apart by whether an unknown word or a number is among them.
        """
        seconds: dict[str, frozenset[str]] = {}
        for position in begin:
            following: frozenset[str] = frozenset().union(*(self.classes[p] for p in self.follow[position]))
            for symbol in self.classes[position]:
                seconds[symbol] = seconds.get(symbol, frozenset()) | following
        alone = frozenset().union(*(self.classes[position] for position in single))
        groups: dict[tuple[bool, bool], tuple[set[str], set[str]]] = {}
        for symbol, following in seconds.items():
            if symbol not in alone:
                sort = (following.isdisjoint(self.alphabet.unknown), following.isdisjoint(self.alphabet.numbers))
                first, second = groups.setdefault(sort, (set(), set()))
                first.add(symbol)
                second |= following
        ways = [f"(?<={one_of(alone)})"] if alone else []
        ways += [f"(?<={one_of(first)})(?={one_of(second)})" for first, second in groups.values()]
        return re.compile(f"{one_of(seconds)}(?:{'|'.join(ways)})")

    def _add(self, items: Sequence[Item]) -> Part:
        """Adds a pattern, given as operators and classes, to the positions (a star counts as any number of times)."""
        classes = self.classes
        follow: dict[int, set[int]] = {}

        def sequence(at: int) -> tuple[Part, int]:
            out, here = Part(empty=False), Part()
            while at < len(items) and items[at] != ")":
                item = items[at]
                at += 1
                if item == "|":
                    out, here = either(out, here), Part()
                    continue
                if isinstance(item, frozenset):
                    position = len(classes)
                    classes.append(item)
                    follow[position] = set()
                    part = Part({position}, {position}, empty=False, longest=1)
                else:
                    part, at = sequence(at)
                    at += 1
                if at < len(items) and items[at] in ("?", "*"):
                    if items[at] == "*":
                        for position in part.last:
                            follow[position] |= part.first
                        part.longest *= REPEATED
                    part.empty = True
                    at += 1
                for position in here.last:
                    follow[position] |= part.first
                here = Part(
                    here.first | part.first if here.empty else here.first,
                    here.last | part.last if part.empty else part.last,
                    here.empty and part.empty,
                    here.longest + part.longest,
                )
            return either(out, here), at

        whole, _ = sequence(0)
        self.follow += [frozenset(follow[position]) for position in sorted(follow)]
        return whole


def fill(slots: Slots, name: str, word_class: str, value: Value | None) -> None:
    """Puts what a symbol says into its slot; a token of digits may say several things at once."""
    if isinstance(value, dict):
        if word_class in value:
            slots[name] = value[word_class]
        else:
            slots.update(value)
    else:
        slots[name] = word_class if value is None else value


def either(one: Part, two: Part) -> Part:
    """The alternative of two parts."""
    return Part(one.first | two.first, one.last | two.last, one.empty or two.empty, max(one.longest, two.longest))


def one_of(symbols: Iterable[str]) -> str:
    """A class of a regular expression."""
    return f"[{''.join(map(re.escape, sorted(symbols)))}]"


def _descends(slots: Slots) -> bool:
    """Whether the units of a length go from long to short: "3 tahun 6 bulan", not "dua hari, tiga hari"."""
    ranks = [UNIT_ORDER.get(str(slots[name]), 0) for name in ("unit", "unit_two", "unit_three") if name in slots]
    return all(one < two for one, two in pairwise(ranks))
