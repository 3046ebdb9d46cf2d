"""Named mentions: the model's names, repaired, with laws and named happenings added by grammar.

The annotation guidelines decide the spans: no titles, no quotation marks, the outermost name only, and a bracketed
abbreviation after a name is a mention of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from peristiwa.entities.grammar import Grammar

if TYPE_CHECKING:
    from spacy.tokens import Doc

CERTAIN = {"article", "numbered", "resolution", "alone"}
"""Kinds of patterns that need no second opinion: a number or a fixed name identifies the instrument."""

EDGES = " \t\n\r\"'“”‘’«»,;:!?-–—"
OPEN_ABBREVIATION = re.compile(r"\s?\(\s?([A-Z][\w/&-]{1,14})\s?\)?$")
ABBREVIATION_AFTER = re.compile(r"\s\(([A-Z][A-Za-z/&-]*[A-Z][A-Za-z/&-]*)\)")


class Mention(NamedTuple):
    start: int
    end: int
    type: str


def find_mentions(doc: Doc, grammar: Grammar, countries: re.Pattern[str]) -> list[Mention]:
    """All named mentions of ``doc`` in text order, none overlapping another."""
    text = doc.text
    model = [Mention(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
    repaired = [part for mention in model for part in repair(text, mention, grammar)]
    by_rule, doubtful = grammar_mentions(text, [(s.start_char, s.end_char) for s in doc.sents], grammar)
    kept = settle(by_rule, repaired, doubtful)
    named = (Mention(match.start(), match.end(), "LOC") for match in countries.finditer(text))
    kept += [country for country in named if not any(overlaps(country, other) for other in kept)]
    return sorted(kept + bracketed_abbreviations(text, kept))


def repair(text: str, mention: Mention, grammar: Grammar) -> list[Mention]:
    """A model's mention as the guidelines want it: titles and degrees off a person, "(KPK)" split off a name."""
    start, end = trim(text, mention.start, mention.end)
    out = []
    if mention.type == "PER":
        if grammar.titles and (match := grammar.titles.match(text, start, end)) and match.end() < end:
            start = match.end()
        if grammar.degrees:
            while match := grammar.degrees.search(text[start:end]):
                end = start + match.start()
    if match := OPEN_ABBREVIATION.search(text[start:end]):
        inner = start + match.start(1), start + match.end(1)
        if match.start() > 0:
            end = start + match.start()
            out.append(Mention(*inner, mention.type))
    start, end = trim(text, start, end)
    if end > start and any(c.isalnum() for c in text[start:end]):
        out.append(Mention(start, end, mention.type))
    return out


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without quotation marks, spaces and lone brackets at its edges."""
    while start < end and (text[start] in EDGES or (text[start] in "([" and not _closed(text[start:end]))):
        start += 1
    while start < end and (text[end - 1] in EDGES or (text[end - 1] in ")]" and not _closed(text[start:end]))):
        end -= 1
    return start, end


def _closed(part: str) -> bool:
    return part.count("(") == part.count(")") and part.count("[") == part.count("]")


def grammar_mentions(text: str, sentences: list[tuple[int, int]], grammar: Grammar) -> tuple[list[Mention], list[Mention]]:
    """Laws and named happenings by rule: first those that are certain (numbered or fixed), then the rest."""
    certain: list[Mention] = []
    doubtful: list[Mention] = []
    for start, end in sentences:
        for type_, patterns in (("LAW", grammar.laws), ("EVT", grammar.events)):
            for kind, pattern in patterns:
                for match in pattern.finditer(text, start, end):
                    mention = Mention(*trim(text, match.start(), match.end()), type_)
                    if mention.end - mention.start < 2:
                        continue
                    (certain if kind in CERTAIN else doubtful).append(mention)
    return certain, doubtful


def settle(certain: list[Mention], model: list[Mention], doubtful: list[Mention]) -> list[Mention]:
    """One set without overlaps.

    A certain rule beats the model; the model beats a doubtful rule, except that a rule which covers model mentions
    as parts of a longer name wins ("Perjanjian" + "Helsinki"), since the guidelines mark the outermost name.
    """
    kept: list[Mention] = []
    for mention in sorted(certain, key=lambda m: (m.start - m.end, m.start)):
        if not any(overlaps(mention, other) for other in kept):
            kept.append(mention)
    whole = [m for m in doubtful if not any(o.start < m.start or o.end > m.end for o in model if overlaps(m, o))]
    for group in (sorted(whole, key=lambda m: (m.start - m.end, m.start)), model):
        for mention in group:
            if not any(overlaps(mention, other) for other in kept):
                kept.append(mention)
    return kept


def overlaps(a: Mention, b: Mention) -> bool:
    return a.start < b.end and b.start < a.end


def bracketed_abbreviations(text: str, mentions: list[Mention]) -> list[Mention]:
    """ "(KPK)" right after a name is a second mention of the same type, whether or not the model saw it."""
    out: list[Mention] = []
    for mention in mentions:
        match = ABBREVIATION_AFTER.match(text, mention.end)
        if not match or mention.type == "PER":
            continue
        inner = Mention(match.start(1), match.end(1), mention.type)
        if not any(overlaps(inner, other) for other in mentions):
            out.append(inner)
    return out
