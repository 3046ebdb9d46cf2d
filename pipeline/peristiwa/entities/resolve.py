"""Canonical names inside one document, and identifiers that can be checked.

One actor, one name: an abbreviation takes the name that the text itself gives beside its brackets, else the one of the
gazetteer; a surname takes the full name told in the text; "Dewan" takes the one council that the text has named; a law
told by its number takes the title told with it. A country or province takes its ISO 3166 code, a town its number in
GeoNames; what is unsure takes none.
"""

from __future__ import annotations

import re
from collections import ChainMap
from itertools import pairwise

from peristiwa.entities.gazetteer import country_codes, full_names, known_names, names_by_code, province_codes, short_pattern
from peristiwa.entities.mention import Mention
from peristiwa.entities.places import find_town
from peristiwa.entities.words import NameWords

INNER_SHORT = re.compile(r"\s\([A-Z][\w/&-]{1,12}\)")
LONGEST_SHORT = 3
"""Letters up to which a place in capitals is a short form ("NTT")."""
Defined = dict[tuple[str, str], str]


def canonical_names(text: str, mentions: list[Mention], words: NameWords, language: str) -> list[str]:
    """The canonical name of each mention (same order), the mention's own text where nothing better is known."""
    own = [" ".join(text[m.start : m.end].split()) for m in mentions]
    defined = _defined_abbreviations(text, mentions, own)
    kinds = [mention.type for mention in mentions]
    names = [
        name if mention.initials else full_name(name, mention.type, words, language, defined)
        for name, mention in zip(own, mentions, strict=True)
    ]
    persons = [name for name, kind in zip(names, kinds, strict=True) if kind == "PER"]
    out: list[str] = []
    told: dict[str, list[str]] = {}
    for name, kind in zip(names, kinds, strict=True):
        before = told.setdefault(kind, [])
        if kind == "PER":
            name = _whole_person(name, before, persons)
        elif kind == "LOC":
            name = _name_of_place(name, words, language)
        elif kind == "LAW":
            titled = [other for other, k in zip(names, kinds, strict=True) if k == "LAW" and _is_titled(other, name, words)]
            name = titled[0] if titled else _whole_body(name, kind, before, words, language)
        else:
            name = _whole_body(name, kind, before, words, language)
        before.append(name)
        out.append(name)
    return out


def full_name(name: str, kind: str, words: NameWords, language: str, defined: Defined | None = None) -> str:
    """``name`` with its short forms written out: by ``defined``, what the document says, before the gazetteer.

    "DPR RI" → "Dewan Perwakilan Rakyat"; "Majelis Umum PBB" → "Majelis Umum Perserikatan Bangsa-Bangsa";
    "UU 7/2017" → "Undang-Undang Nomor 7 Tahun 2017". A place or person is written out only as a whole.
    """
    known = ChainMap(defined or {}, known_names(language))
    if (kind, name) in known:
        return known[kind, name]
    if kind in ("PER", "LOC"):
        return name
    name = INNER_SHORT.sub("", name)
    base = words.nation_after.sub("", name)
    if base != name and ((kind, base) in known or (kind, base) in full_names(language)):
        return known.get((kind, base), base)
    if kind == "ORG":
        name = words.company_after.sub("", words.company_around.sub("", name)) or name
        if (kind, name) in known:
            return known[kind, name]
    if kind == "LAW":
        name = words.short_law.sub(rf"\1 {words.number} \2 {words.year} \3", name)
        name = words.number_sign.sub(f" {words.number} ", name)
        name = words.year_sign.sub(f"{words.year} ", name)

    def write_out(match: re.Match[str]) -> str:
        full = known.get((kind, match.group())) or known.get(("ORG", match.group())) or match.group()
        if name.startswith(full, match.start()):
            return match.group()  # "Persib Bandung"
        before = name[: match.start()].split()
        head, _, rest = full.partition(" ")
        return rest if before and rest and before[-1] == head else full  # "Bank BRI": the head is there already

    return short_pattern(language, kind).sub(write_out, name)


def _defined_abbreviations(text: str, mentions: list[Mention], own: list[str]) -> Defined:
    """Abbreviations in brackets right after a name of the same type; what stands first in the text holds."""
    full: Defined = {}
    pairs = list(zip(mentions, own, strict=True))
    for (before, name), (after, short) in pairwise(pairs):
        between = text[before.end : after.start]
        closed = text[after.end : after.end + 1] == ")"
        if between.strip() == "(" and closed and before.type == after.type and len(short) < len(name):
            full.setdefault((before.type, short), name)
    return full


def _whole_person(name: str, before: list[str], everyone: list[str]) -> str:
    """The full name that ``name`` is part of: the last told before, else the only one told after."""
    earlier = next((person for person in reversed(before) if _is_part(name, person)), None)
    if earlier is not None:
        return earlier
    later = {person for person in everyone if _is_part(name, person)}
    return later.pop() if len(later) == 1 else name


def _is_part(name: str, longer: str) -> bool:
    """Whether ``name`` is one or more whole words of a longer person's name."""
    words, others = name.split(), longer.split()
    return len(words) < len(others) and all(word in others for word in words)


def _is_titled(name: str, number: str, words: NameWords) -> bool:
    """Whether ``name`` is the instrument ``number`` with its title: "Undang-Undang Nomor 7 Tahun 2017 tentang …"."""
    return any(name.startswith(f"{number} {about} ") for about in words.about)


def _whole_body(name: str, kind: str, before: list[str], words: NameWords, language: str) -> str:
    """The one longer name told before that ``name`` opens: a bare head ("Dewan"), or all but the owner ("Majelis Umum")."""
    longer = {other for other in before if other.startswith(name + " ")}
    if len(longer) != 1:
        return name
    whole = longer.pop()
    owner = whole[len(name) + 1 :]
    known = (kind, owner) in full_names(language) or ("ORG", owner) in full_names(language) or owner in country_codes(language)
    return whole if name in words.heads or known else name


def _name_of_place(name: str, words: NameWords, language: str) -> str:
    """The one name of a country or province, else ``name``; "MEDAN", as a dateline writes it, where a town or more is Medan."""
    code = _code(name, words, language)
    if code is None and name.isupper() and len(name) > LONGEST_SHORT:
        small = name.title()
        code = _code(small, words, language)
        name = small if code or find_town(words.city_before.sub("", small), words.home) else name
    return names_by_code(language).get(code, name) if code else name


def _code(name: str, words: NameWords, language: str) -> str | None:
    """The ISO 3166-1 or 3166-2 code of a country or province, None for any other place."""
    provinces = province_codes(language)
    bare = words.province_before.sub("", name)
    if bare != name:
        return provinces.get(bare) or provinces.get(f"{words.province[0]} {bare}")
    return country_codes(language).get(name) or provinces.get(name)


def link(mention: Mention, name: str, words: NameWords, language: str) -> str | None:
    """The identifier of a mention, or None; nothing is ever guessed."""
    if mention.type != "LOC":
        return None
    code = _code(name, words, language)
    if code:
        return f"iso3166-2:{code}" if "-" in code else f"iso3166:{code}"
    if words.province and f"{words.province[0]} {name}" in province_codes(language):
        return None  # "Jambi": the province or its capital
    town = words.city_before.sub("", name)
    number = find_town(town, words.home)
    return f"geonames:{number}" if number is not None else None
