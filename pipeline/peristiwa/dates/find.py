"""Where the time expressions are: words are reduced to pieces, pieces to expressions, longest match first."""

from __future__ import annotations

import re
from typing import NamedTuple

from peristiwa.dates.automaton import fill
from peristiwa.dates.grammar import Grammar
from peristiwa.dates.lexer import Symbols, lex
from peristiwa.dates.numbers import Slots

LENGTHS = frozenset(("DUR", "AGO", "SETP"))  # a number and its unit
NEW_LINE = re.compile(r"\n\s*[A-Z]")
ENDED = re.compile(r"\s*(?:\Z|[.;:,)\]\"”]|[-–—](?!\s*\d{3}))")
AFTER = re.compile(r"\s*([^\W\d_]+)(?: (antara))?")
IN_LIFE = re.compile(r"([A-Z][\w'’]*),? \((?:[^()\d]{0,20}[.\s])?(?:\d{3} ?[-–—] ?)?\Z")
LIFE_END = re.compile(r"(?:(?<=[(\s]\d{3})|(?<=[-–—]\d{3}))(?: ?[-–—] ?\d{3})?(?: M)?[);,]")
OPENS = re.compile(r"(?:\A|[.!?\n]\s*)([A-Z]\w+)\s\Z")
LIFE = 40  # characters before a year in brackets in which the name of its holder ends
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


def _is_sunday(symbols: Symbols, index: int) -> bool:
    """ "Minggu lalu" inside a sentence is last Sunday; at its start, or without a capital, it is last week."""
    start = symbols.start(index)
    return symbols.text[start].isupper() and not SENTENCE_START.search(symbols.text, max(0, start - 3), start)


def _is_broken(symbols: Symbols, index: int, length: int) -> bool:
    """Whether a new line with a capital parts a number from its unit: "Tahun Sidang: 2019" and, on the next, "Hari: Selasa"."""
    return NEW_LINE.search(symbols.text, symbols.ends[index], symbols.ends[index + length - 1]) is not None


def counts_on(symbols: Symbols, last: int, comma: bool, grammar: Grammar) -> bool:
    """Whether the number that ends a date counts what follows: "3 Mei 863 warga", not "3 Mei 863 di Kediri"."""
    end = symbols.ends[last]
    if ENDED.match(symbols.text, end):
        return False
    word = AFTER.match(symbols.text, end)
    if word is None:
        return True
    if comma:
        return word[1].lower() in grammar.guards["counted"]
    return word[1].lower() not in grammar.guards["year_ends"] or word[2] is not None


def _in_life(symbols: Symbols, index: int, grammar: Grammar) -> bool:
    """Whether a number is one end of the span in brackets behind a name: "Raja Sindok (763–809)", "(skt. 420 – 453)"."""
    text, start = symbols.text, symbols.start(index)
    opened = IN_LIFE.search(text, max(0, start - LIFE), start)
    if opened is None or opened[1].lower() in grammar.guards["number_heads"]:
        return False
    return LIFE_END.match(text, start + 3) is not None


def _opens(symbols: Symbols, index: int, grammar: Grammar) -> bool:
    """Whether a number and its preposition open a sentence, and a comma parts them from it: "Pada 622, Nabi hijrah"."""
    text, start = symbols.text, symbols.start(index)
    opened = OPENS.search(text, max(0, start - LIFE), start)
    return opened is not None and opened[1].lower() in grammar.guards["openers"] and text.startswith(", ", symbols.ends[index])


def _is_odd(symbols: Symbols, index: int, length: int, slots: Slots, grammar: Grammar) -> bool:
    """Whether what could be a year of three digits, or one behind a comma, is none."""
    if "few" in slots:
        return not (_in_life(symbols, index, grammar) or _opens(symbols, index, grammar))
    comma = symbols.text[symbols.ends[index + length - 2] - 1] == ","
    return "odd" in slots and counts_on(symbols, index + length - 1, comma, grammar)


def pieces(text: str, grammar: Grammar) -> Symbols:
    """The symbols of the second level: the pieces of time expressions, each one symbol, and all other words."""
    symbols = lex(text, grammar.lexicon)
    string, search, read, sundays = symbols.string, grammar.pieces.start.search, grammar.pieces.read, grammar.members["AMBIDAY"]
    number, runs = symbols.number, []
    start = search(string)
    while start:
        index = start.start()
        done = index + 1
        sunday = string[index] in sundays and _is_sunday(symbols, index)
        for compiled, length, slots, numbers, _, _ in read(string, index):
            if (sunday and compiled.kind != "WD") or (compiled.kind in LENGTHS and _is_broken(symbols, index, length)):
                continue
            if ("odd" in slots or "few" in slots) and _is_odd(symbols, index, length, slots, grammar):
                continue
            done = index + length
            runs.append((index, done, compiled.kind_char))
            if numbers:
                slots = slots.copy()
                for at, name, word_class in numbers:
                    fill(slots, name, word_class, number(index + at))
            symbols.read[symbols.ends[done - 1]] = slots
            break
        start = search(string, done)
    if runs:
        symbols.join(runs)
    return symbols


def expressions(symbols: Symbols, grammar: Grammar) -> tuple[list[Found], list[Found]]:
    """The expressions of a text whose pieces are found, in text order, not overlapping; and those of them that have a word
    or mark beside them that may link them with another ("12-15 Maret", "2014 hingga 2019")."""
    string, ends, search, read = symbols.string, symbols.ends, grammar.expressions.start.search, grammar.expressions.read
    links, linkends, size = grammar.members["LINK"], grammar.members["LINKEND"], len(string)
    founds: list[Found] = []
    beside: list[Found] = []
    start = search(string)
    while start:
        index = start.start()
        readings = read(string, index)
        if not readings:
            start = search(string, index + 1)
            continue
        compiled, length, said, numbers, parts, kinds = readings[0]
        last = index + length
        slots: Slots = {}
        for at in parts:
            piece: Slots = symbols.read[ends[index + at]]  # type: ignore[assignment]
            slots = {**slots, **piece} if slots else piece
        if said or numbers:
            slots = {**slots, **said}
        for at, name, word_class in numbers:
            fill(slots, name, word_class, symbols.number(index + at))
        if "yy" in slots:  # "tahun 98"
            slots = {**slots, "year": 1900 + int(slots["yy"])}
        found = Found(symbols.start(index), ends[last - 1], index, last, compiled.name, compiled.form, kinds, slots)
        founds.append(found)
        if (last < size and string[last] in links) or (index and string[index - 1] in linkends):
            beside.append(found)
        start = search(string, last)
    return founds, beside
