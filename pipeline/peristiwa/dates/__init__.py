"""Time expressions: where they are and what they mean. Works on plain text and needs no model."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from peristiwa.dates.context import Story
from peristiwa.dates.dateline import reference_of
from peristiwa.dates.find import Found, expressions, pieces
from peristiwa.dates.grammar import Grammar, compile_grammar, load_grammar
from peristiwa.dates.guards import keeps, months_as_names
from peristiwa.dates.lexer import unwrap
from peristiwa.dates.ranges import link
from peristiwa.dates.resolve import resolve
from peristiwa.dates.values import doubted, extent
from peristiwa.language import Language
from peristiwa.types import Time

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["find_times"]

DEFAULT_LANGUAGE = "id"
NAMED = frozenset({"EVT", "LAW"})
BODIES = frozenset({"PER", "ORG", "LOC"})


def find_times(source: str | Doc, published: date | None = None, language: Language | None = None) -> list[Time]:
    """The time expressions of a text, in text order, not overlapping, with ids D1, D2 ...

    ``published`` resolves relative expressions; without it the date line of the text serves, if it has one. Given a
    parsed Doc, a bare year inside the name of an event or a law is not a time. Offsets are code points into the text.
    A date whose weekday contradicts it keeps the value of its digits, and its ``edtf`` says that it is uncertain
    ("2018-03-12?" for "Selasa (12/3/2018)"), as it does behind "mungkin".
    """
    text = source if isinstance(source, str) else source.text
    grammar = _grammar(language)
    names, bodies = ([], []) if isinstance(source, str) else (_spans(source, NAMED), _spans(source, BODIES))
    plain = unwrap(text)
    founds = [found for found in _in_text(plain, grammar) if not _in_name(found, names, bodies)]
    reference, anchor = reference_of(plain, founds, published)
    story = Story(plain, grammar, reference, anchor, founds=founds)
    times: list[Time] = []
    for found in founds:
        meaning = resolve(found, story)
        if meaning is None:
            continue
        span = meaning.extent or extent(meaning.value, meaning.mod, meaning.zone)
        if meaning.doubt or (span.edtf and grammar.uncertain.search(plain, max(0, found.start - 30), found.start)):
            span = doubted(span)
        times.append(
            Time(
                id=f"D{len(times) + 1}",
                type=meaning.type,
                start=found.start,
                end=found.end,
                text=text[found.start : found.end],
                value=meaning.value,
                mod=meaning.mod,
                edtf=span.edtf,
                earliest=span.earliest,
                latest=span.latest,
                anchor=meaning.anchor,
            )
        )
    return times


def _grammar(language: Language | None) -> Grammar:
    if language is None:
        return load_grammar(DEFAULT_LANGUAGE)
    known = _COMPILED.get(id(language))
    if known is None or known[0] is not language:
        known = (language, compile_grammar(language))
        _COMPILED[id(language)] = known
    return known[1]


_COMPILED: dict[int, tuple[Language, Grammar]] = {}


def _spans(doc: Doc, labels: frozenset[str]) -> list[tuple[int, int]]:
    return [(entity.start_char, entity.end_char) for entity in doc.ents if entity.label_ in labels]


def _in_name(found: Found, names: list[tuple[int, int]], bodies: list[tuple[int, int]]) -> bool:
    """Whether a year stands inside the name of an event or law, or a day, weekday or month inside any other name."""
    if found.kinds[-1:] in (("BAREYEAR",), ("YR",)):
        return any(start <= found.start and found.end <= end for start, end in names)
    if found.kinds in (("DT",), ("WD",), ("MY",)) and "year" not in found.slots:
        return any(start <= found.start and found.end <= end for start, end in bodies)
    return False


def _in_text(text: str, grammar: Grammar) -> list[Found]:
    """The expressions that are times, ranges filled in."""
    symbols = pieces(text, grammar)
    candidates, linked = link(text, list(expressions(symbols, grammar)), symbols, grammar)
    persons = months_as_names(text, candidates)
    kept = []
    for found in candidates:
        if keeps(text, found, grammar, found.start in linked, persons):
            kept.append(found)
    return kept
