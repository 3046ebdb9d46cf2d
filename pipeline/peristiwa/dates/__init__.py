"""Time expressions: where they are and what they mean. Works on plain text and needs no model."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from peristiwa.columns import text_of
from peristiwa.dates.context import Story
from peristiwa.dates.counted import counted
from peristiwa.dates.dateline import reference_of
from peristiwa.dates.find import Found, expressions, pieces
from peristiwa.dates.grammar import Grammar, compile_grammar, load_grammar
from peristiwa.dates.guards import keeps, months_as_names
from peristiwa.dates.lexer import unwrap
from peristiwa.dates.ranges import link
from peristiwa.dates.resolve import resolve
from peristiwa.language import Language
from peristiwa.timex import doubted, extent
from peristiwa.types import Time

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["find_times"]

DEFAULT_LANGUAGE = "id"
NAMED = frozenset({"EVT", "LAW"})
BODIES = frozenset({"PER", "ORG", "LOC"})
HOLDERS = frozenset({"PER", "ORG", "LOC", "EVT"})
DOUBT = 30  # characters before an expression in which a word of doubt is looked for


def find_times(source: str | Doc, published: date | None = None, language: Language | None = None) -> list[Time]:
    """The time expressions of a text, in text order, not overlapping, with ids D1, D2 ...

    ``published`` resolves relative expressions; without it the date line of the text serves, if it has one. Given a
    parsed Doc, a bare year inside the name of an event or a law is not a time. Offsets are code points into the text.
    A date whose weekday contradicts it keeps the value of its digits, and its ``edtf`` says that it is uncertain
    ("2018-03-12?" for "Selasa (12/3/2018)"), as it does behind "mungkin".
    """
    text = source if isinstance(source, str) else text_of(source)
    grammar = _grammar(language)
    plain = unwrap(text)
    founds = _in_text(plain, grammar)
    if founds and not isinstance(source, str):
        founds = _outside_names(founds, source, plain)
    if not founds:
        return []
    reference, anchor = reference_of(plain, founds, published)
    story = Story(plain, grammar, reference, anchor, founds=founds)
    doubtful = grammar.uncertain.mentioned(plain)
    times: list[Time] = []
    for found in founds:
        meaning = resolve(found, story)
        if meaning is None:
            continue
        start, end = found.start, found.end
        span = meaning.extent or extent(meaning.value, meaning.mod, meaning.zone)
        if meaning.doubt or (doubtful and span.edtf and grammar.uncertain.before(plain, start, DOUBT)):
            span = doubted(span)
        edtf, earliest, latest = span
        kind, value, mod = meaning.type, meaning.value, meaning.mod
        quoted, number = text[start:end], len(times) + 1
        times.append(Time(f"D{number}", kind, start, end, quoted, value, mod, edtf, earliest, latest, meaning.anchor))
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


def _outside_names(founds: list[Found], doc: Doc, text: str) -> list[Found]:
    """The expressions without the years inside names of events and laws, and the days, weekdays and months inside others."""
    doubtful = [found for found in founds if _names_around(found)]
    if not doubtful:
        return founds
    # A law in small letters is none: "perjanjian 1891"; "pemilu 2024" is a name.
    named = (entity for entity in doc.ents if not (entity.label_ == "LAW" and entity.text.islower()))
    names = [(entity.label_, entity.start_char, entity.end_char) for entity in named]
    inside = {
        found.start
        for found in doubtful
        if any(label in _names_around(found) and _holds(start, end, found) for label, start, end in names)
        or ("few" in found.slots and not _has_holder(found, text, names))
    }
    return [found for found in founds if found.start not in inside]


def _holds(start: int, end: int, found: Found) -> bool:
    """Whether a name is around an expression; "Natal 2010" is itself a time, "Festival Natal 2010" a name."""
    return found.end <= end and (start < found.start if "feast" in found.slots else start <= found.start)


def _has_holder(found: Found, text: str, names: list[tuple[str, int, int]]) -> bool:
    """Whether a name stands right before the bracket that a year of three digits stands in: "Raja Sindok (763–809)"."""
    name = text[: max(text.rfind("(", 0, found.start), 0)].rstrip(" ,")
    return any(end == len(name) and label in HOLDERS for label, _, end in names)


def _names_around(found: Found) -> frozenset[str]:
    """The labels of the names inside which an expression would be no time."""
    if found.kinds[-1:] in (("BAREYEAR",), ("YR",)):
        return NAMED
    if found.kinds in (("DT",), ("WD",), ("MY",)) and "year" not in found.slots:
        return BODIES
    return frozenset()


def _in_text(text: str, grammar: Grammar) -> list[Found]:
    """The expressions that are times, ranges filled in."""
    symbols = pieces(text, grammar)
    founds, beside = expressions(symbols, grammar)
    if not founds:
        return founds
    founds, linked = link(text, founds, beside, symbols, grammar)
    persons = months_as_names(text, founds, grammar.guards["month_cues"])
    kept = [found for found in founds if keeps(text, found, grammar, found.start in linked, persons)]
    paired = [
        found for at, found in enumerate(kept) if "pair" not in found.slots or (at and kept[at - 1].end + 1 == found.start)
    ]
    return list(counted(text, paired, linked, grammar))
