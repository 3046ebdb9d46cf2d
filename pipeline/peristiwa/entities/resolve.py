"""Canonical names inside one document, and identifiers that can be checked.

An abbreviation takes the name that the text itself gives before its brackets; a surname takes the full name that was
told before it; a country takes its ISO 3166 code through the CLDR names of the document's language.
"""

from __future__ import annotations

from peristiwa.entities.gazetteer import country_codes
from peristiwa.entities.mentions import Mention


def canonical_names(text: str, mentions: list[Mention]) -> list[str]:
    """The canonical name of each mention (same order), the mention's own text where nothing better is known."""
    own = [text[m.start : m.end] for m in mentions]
    full = _defined_abbreviations(text, mentions, own)
    names = []
    persons: list[str] = []
    for mention, name in zip(mentions, own, strict=True):
        if mention.type == "PER":
            name = next((p for p in reversed(persons) if _is_part(name, p)), name)
            persons.append(name)
        names.append(full.get((mention.type, name), name))
    return names


def _defined_abbreviations(text: str, mentions: list[Mention], own: list[str]) -> dict[tuple[str, str], str]:
    """Abbreviations that stand in brackets right after a name of the same type."""
    full: dict[tuple[str, str], str] = {}
    for (before, name), (after, short) in zip(
        zip(mentions, own, strict=True), zip(mentions[1:], own[1:], strict=True), strict=False
    ):
        between = text[before.end : after.start]
        closed = text[after.end : after.end + 1] == ")"
        if between.strip() == "(" and closed and before.type == after.type and len(short) < len(name):
            full.setdefault((before.type, short), name)
    return full


def _is_part(name: str, longer: str) -> bool:
    """Whether ``name`` is one or more whole words of a longer person's name."""
    words, others = name.split(), longer.split()
    return len(words) < len(others) and all(word in others for word in words)


def link(mention: Mention, name: str, language: str) -> str | None:
    """The identifier of a mention, or None; nothing is ever guessed."""
    if mention.type != "LOC":
        return None
    code = country_codes(language).get(name)
    return f"iso3166:{code}" if code else None
