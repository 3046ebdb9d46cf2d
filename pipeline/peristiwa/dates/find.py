"""Where the time expressions are: words are reduced to pieces, pieces to expressions, longest match first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from peristiwa.dates.grammar import Compiled, Grammar
from peristiwa.dates.lexer import Slots, Symbols, lex
from peristiwa.dates.openings import Candidates

UNIT_ORDER = {code: rank for rank, code in enumerate("CE DE 8Y 5Y Y 6M 4M 3M M W 10D D H MIN S".split())}
SENTENCE_START = re.compile(r"(?:\A|[.!?:\n]|[\"“”'‘(])\s*\Z")


class Found(NamedTuple):
    """An expression before it has a value: ``start`` and ``end`` in the text, ``first`` and ``last`` in the symbols
    of the second level (``last`` exclusive), ``kinds`` the pieces it is made of, ``slots`` all that they say."""

    start: int
    end: int
    first: int
    last: int
    rule: str
    form: str
    kinds: tuple[str, ...]
    slots: Slots

    def having(self, **slots: int | float | str) -> Found:
        """The same expression with further slots."""
        return self._replace(slots={**self.slots, **slots})


def _longest(rules: Candidates[Compiled], string: str, index: int) -> list[tuple[Compiled, re.Match[str]]]:
    """The rules that match at ``index``, the longest match first; equal lengths in the order of the grammar."""
    found = [
        (rule, match)
        for rule in rules[string[index : index + 2]]
        if (match := rule.regex.match(string, index)) and match.end() > index
    ]
    if len(found) > 1:
        found.sort(key=lambda pair: -pair[1].end())
    return found


def _captured(compiled: Compiled, match: re.Match[str], symbols: Symbols) -> Slots:
    slots: Slots = {}
    for group, name, word_class in compiled.slots:
        at = match.start(group)
        if at < 0:
            continue
        value = symbols.values[at]
        if isinstance(value, dict):
            if word_class in value:
                slots[name] = value[word_class]
            else:
                slots.update(value)  # a token of digits that says several things at once
        else:
            slots[name] = word_class if value is None else value
    return slots


def _is_sunday(text: str, symbols: Symbols, index: int) -> bool:
    """ "Minggu lalu" inside a sentence is last Sunday; at its start, or without a capital, it is last week."""
    value = symbols.values[index]
    if not isinstance(value, dict) or "AMBIDAY" not in value:
        return False
    start = symbols.starts[index]
    return text[start].isupper() and not SENTENCE_START.search(text, max(0, start - 3), start)


def _descends(symbols: Symbols, compiled: Compiled, match: re.Match[str]) -> bool:
    """Whether the units of a length go from long to short: "3 tahun 6 bulan", not "dua hari, tiga hari"."""
    captured = _captured(compiled, match, symbols)
    ranks = [UNIT_ORDER.get(str(captured[name]), 0) for name in ("unit", "unit_two", "unit_three") if name in captured]
    return all(one < two for one, two in pairwise(ranks))


def pieces(text: str, grammar: Grammar) -> Symbols:
    """The symbols of the second level: the pieces of time expressions, each one symbol, and all other words."""
    symbols = lex(text, grammar.lexicon)
    string, search = symbols.string, grammar.piece_start.search
    reduced = Symbols([], [], [], "")
    starts, ends, values = reduced.starts, reduced.ends, reduced.values
    chars: list[str] = []
    done = copied = 0
    while start := search(string, done):
        index = start.start()
        done = index + 1
        sunday = _is_sunday(text, symbols, index)
        for compiled, match in _longest(grammar.piece_at, string, index):
            if sunday and compiled.rule.kind != "WD":
                continue
            if compiled.several and not _descends(symbols, compiled, match):
                continue
            done = match.end()
            starts += symbols.starts[copied:index]
            ends += symbols.ends[copied:index]
            values += symbols.values[copied:index]
            starts.append(symbols.starts[index])
            ends.append(symbols.ends[done - 1])
            values.append({**compiled.set, **_captured(compiled, match, symbols)})
            chars += (string[copied:index], compiled.kind_char)
            copied = done
            break
    starts += symbols.starts[copied:]
    ends += symbols.ends[copied:]
    values += symbols.values[copied:]
    chars.append(string[copied:])
    reduced.string = "".join(chars)
    return reduced


def expressions(symbols: Symbols, grammar: Grammar) -> Iterator[Found]:
    """The expressions of a text whose pieces are found, in text order, not overlapping."""
    done = 0
    while start := grammar.expression_start.search(symbols.string, done):
        index = start.start()
        chosen = next(iter(_longest(grammar.expression_at, symbols.string, index)), None)
        if chosen is None:
            done = index + 1
            continue
        compiled, match = chosen
        slots: Slots = {}
        kinds: list[str] = []
        for value in symbols.values[index : match.end()]:
            if isinstance(value, dict) and "kind" in value:
                kinds.append(str(value["kind"]))
                slots.update(value)
        slots.pop("kind", None)
        slots.update(_captured(compiled, match, symbols))
        slots.update(compiled.set)
        if "yy" in slots:  # "tahun 98"
            slots["year"] = 1900 + int(slots.pop("yy"))
        yield Found(
            symbols.starts[index],
            symbols.ends[match.end() - 1],
            index,
            match.end(),
            compiled.rule.name,
            compiled.rule.form,
            tuple(kinds),
            slots,
        )
        done = match.end()
