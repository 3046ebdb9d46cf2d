"""Military units, whose names hold a slash: "Korem 143/Haluoleo", "Kodim 0734/Kota Yogyakarta"."""

from __future__ import annotations

import re

from peristiwa.entities.grammar import Grammar
from peristiwa.entities.mention import Mention

ROMAN = re.compile(r"[IVX]+")


def units(text: str, grammar: Grammar) -> list[Mention]:
    """Each unit, whole; behind a post that has its kind in it, what is left ("Pangdam IV/Diponegoro")."""
    if not grammar.words.units.heads or "/" not in text:
        return []
    return [_unit(match, grammar) for match in grammar.words.units.unit.finditer(text)]


def numbered_units(text: str, grammar: Grammar, countries: re.Pattern[str]) -> list[Mention]:
    """Units known by a number, with the country they are of: "Armada ke-7 Amerika Serikat"."""
    out = []
    for match in grammar.words.units.numbered_unit.finditer(text) if grammar.words.units.numbered else ():
        country = countries.match(text, match.end() + 1) if text[match.end() : match.end() + 1] == " " else None
        out.append(Mention(match.start(), country.end() if country else match.end(), "ORG"))
    return out


def _unit(match: re.Match[str], grammar: Grammar) -> Mention:
    """Up to a title; behind a post, where a person follows, the first word and a number."""
    start, end = match.start("name") if match["post"] else match.start(), match.end("own")
    for word in re.compile(r"\S+").finditer(match.string, *match.span("more")):
        if grammar.titles and grammar.titles.match(f"{word.group()} "):
            break
        if not match["post"] or ROMAN.fullmatch(word.group()):
            end = word.end()
    return Mention(start, end, "ORG")
