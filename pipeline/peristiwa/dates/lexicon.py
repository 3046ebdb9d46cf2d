"""The lexicon of a language file: every surface form with the word classes that it belongs to and its value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from peristiwa.dates.automaton import one_of
from peristiwa.dates.lexer import CAP, LOW, OTHER, TOKEN
from peristiwa.dates.numbers import Classes, Value, read_words, roman

if TYPE_CHECKING:
    from peristiwa.dates.grammar import DatesSection

COMMA = ","  # may stand before a link ("Senin, dan Rabu"), but is none


def forms_of(
    section: DatesSection, literals: Iterable[str]
) -> tuple[dict[str, tuple[Classes, Value | None]], dict[str, tuple[str, float]]]:
    """What the lexicon says of each surface form (its classes and value), and the numerals: kind and number.

    ``literals`` are the words that stand in the rules themselves.
    """
    classes: dict[str, set[str]] = {}
    values: dict[str, Value] = {}
    for name, table in section.values.items():
        for value, words in table.items():
            for word in words:
                for form in (word, *(word + clitic for clitic in section.clitics.get(name, []))):
                    classes.setdefault(form, set()).add(name)
                    # a word of two classes ("minggu") keeps one value for each
                    held = values.setdefault(form, {})
                    assert isinstance(held, dict)
                    held[name] = value
    for name, words in section.words.items():
        for word in words:
            classes.setdefault(word, set()).add(name)
    for word in literals:
        classes.setdefault(word, set()).add("=" + word)
    if section.numerals.prefix:
        classes.setdefault(section.numerals.prefix, set())
    known = set(classes)
    for link in (COMMA, *section.links):
        tokens = [token[0] for token in TOKEN.finditer(link)]
        classes.setdefault(tokens[0], set()).add("LINK")
        if link != COMMA:
            classes.setdefault(tokens[-1], set()).add("LINKEND")
    forms: dict[str, tuple[Classes, Value | None]] = {}
    for word, found in classes.items():
        for form in cased(word):
            capital = form[0].isupper()
            shape = set() if word in known else {CAP if capital else LOW if form.isalpha() else OTHER}
            forms[form] = (frozenset(found | shape | ({"^"} if capital else set())), values.get(word))
    for number in range(1, 40):
        form = roman(number)
        others, own = forms.get(form, (frozenset({"^"}), None))
        forms[form] = (others | {"ROMAN"}, own if form.lower() in classes else number)
    numerals = {
        word: (kind, number)
        for kind in ("unit", "half", "teen", "times", "ordinal")
        for word, number in getattr(section.numerals, kind).items()
    }
    for word in numerals:
        _, worth, spelt = read_words([word], numerals)
        forms |= dict.fromkeys(cased(word), (spelt, worth))
    return forms, numerals


def cased(word: str) -> set[str]:
    """The three ways in which a word may be written."""
    return {word, word.capitalize(), word.upper()}


def spelling_of(
    prefix: str, entries: Mapping[str, str], members: Mapping[str, frozenset[str]], digits: frozenset[str]
) -> re.Pattern[str]:
    """Matches two or more numeral words, and the prefix of ordinals with a dash, perhaps, and a number that is no word."""
    spelt, dash = members["SPELT"], members["DASH"]
    ways = [f"(?<={one_of(spelt)}){one_of(spelt)}+"] if spelt else []
    marks = frozenset(entries[form] for form in cased(prefix)) if prefix else frozenset()
    ways += [f"(?<={one_of(marks)})(?:{one_of(dash)}|){one_of(digits)}"] if marks else []
    return re.compile(f"{one_of(spelt | marks)}(?:{'|'.join(ways)})" if ways else r"(?!)")
