"""What the model tells in pieces and is one name: "Raymond" dari "Poitiers", "PT PLN" ("Persero"), Fraksi "PKB" "DPR"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from peristiwa.entities.mention import Mention, overlaps
from peristiwa.entities.patterns import NAME_WORD
from peristiwa.entities.tables import Tables
from peristiwa.entities.words import EntityWords

GIVEN = re.compile(r"(?:[A-ZÀ-Þ][a-zß-ÿ'’]+\s)?[A-ZÀ-Þ][a-zß-ÿ'’]+(?P<number>\s[IVX]+)?")
EPITHET = re.compile(r"\syang\s(?!Di[a-z]+(?:i|kan)\b)([A-Z][a-z]+)\b(?![-.]?\w|\s[A-Z])")
HOME = re.compile(rf"\sdari\s({NAME_WORD})(?!\s[A-Z])")
GIFT = re.compile(r"\b(?:untuk|kepada|bagi)\s(?:\w+\s)?$")
CAPITAL_BEFORE = re.compile(r"\b[A-Z][\w.-]*\s$")
WORD = re.compile(r"\w+")
ONE_NAME = re.compile(r"[A-Z][a-zé'’]+")
BRACKETED_GIVEN = re.compile(r"\s\(([A-Z][a-zé'’]+)\)\s(?=[A-Z])")
NAMES = re.compile(rf"{NAME_WORD}(?:\s{NAME_WORD}){{0,2}}")


def join(text: str, model: Sequence[Mention], words: EntityWords, tables: Tables) -> list[Mention]:
    """The model's mentions of ``text``, the pieces of one name put together."""
    mentions = _stances(text, model, words, tables)
    mentions = _grown(mentions, _companies(text, mentions, words))
    mentions = _grown(mentions, _groups(text, mentions, words))
    mentions = _grown(mentions, _boards(text, mentions, words))
    mentions = _grown(mentions, _given_names(text, mentions))
    mentions = _grown(mentions, _forenames(text, mentions, words))
    mentions = _grown(mentions, _epithets(text, mentions, words))
    mentions = _grown(mentions, _firms(text, mentions, words))
    mentions = _grown(mentions, _places(text, mentions, words, tables))
    mentions = _grown(mentions, _offices(text, mentions, words))
    mentions = _grown(mentions, _directions(text, mentions, words))
    mentions = _grown(mentions, _pairs(text, mentions, words))
    mentions = _grown(mentions, _opens(text, mentions, words, tables))
    return _grown(mentions, _nobles(text, mentions, words, tables))


def _grown(mentions: Sequence[Mention], longer: Iterable[Mention]) -> list[Mention]:
    """The mentions with the longer ones in the place of what they cover."""
    out = list(mentions)
    for whole in longer:
        out = [*(mention for mention in out if not overlaps(mention, whole)), whole]
    return sorted(out)


def _companies(text: str, mentions: Sequence[Mention], words: EntityWords) -> Iterable[Mention]:
    """ "PT Waskita Karya (Persero) Tbk", of which the model may leave off the end."""
    for mention in mentions:
        tail = words.names.company_tail.match(text, mention.end) if mention.type == "ORG" else None
        if tail and tail.group():
            yield mention._replace(end=tail.end())


def _groups(text: str, mentions: Sequence[Mention], words: EntityWords) -> Iterable[Mention]:
    """ "Fraksi PKB DPR": the group, the body of its members, and the body in which they sit."""
    for at, mention in enumerate(mentions):
        before = words.group_before.search(text, max(0, mention.start - 20), mention.start)
        if mention.type != "ORG" or before is None:
            continue
        following = mentions[at + 1] if at + 1 < len(mentions) else mention
        beside = following.type == "ORG" and text[mention.end : following.start] == " "
        yield Mention(before.start(), following.end if beside else mention.end, "ORG")


def _boards(text: str, mentions: Sequence[Mention], words: EntityWords) -> Iterable[Mention]:
    """ "Pengurus Besar" "Nahdlatul Ulama": the board of a body is named with it."""
    for mention in mentions:
        before = words.board_before.search(text, max(0, mention.start - 40), mention.start) if mention.type == "ORG" else None
        if before is not None:
            yield Mention(before.start(), mention.end, "ORG")


def _given_names(text: str, mentions: Sequence[Mention]) -> Iterable[Mention]:
    """ "Kassym" "-" "Jomart Tokayev", "Sarah Louise" ("Heath") "Palin"; but "Anies-Cak Imin" are named alone too."""
    people = [mention for mention in mentions if mention.type == "PER"]
    for first in people:
        given = text[first.start : first.end]
        bracket = BRACKETED_GIVEN.match(text, first.end)
        if not (ONE_NAME.fullmatch(given) or (bracket and GIVEN.fullmatch(given))):
            continue
        if bracket is None and not text.startswith("-", first.end):
            continue
        if bracket and any(m.start == bracket.start(1) and m.type != "PER" for m in mentions):
            continue
        begins = range(bracket.start(1), bracket.end() + 1) if bracket else range(first.end + 1, first.end + 2)
        rest = next((p for p in people if p.start in begins and p.end > (bracket.end() if bracket else p.start)), None)
        if rest is None or (bracket is None and " " not in text[rest.start : rest.end]):
            continue
        if len(re.findall(rf"\b{re.escape(given)}\b(?!-)", text)) > (1 if bracket else 0):
            continue
        yield Mention(first.start, rest.end, "PER")


def _forenames(text: str, mentions: Sequence[Mention], words: EntityWords) -> Iterable[Mention]:
    """ "Moh" ". Hatta": a first name that is told in short."""
    for first, second in pairwise(mentions):
        beside = first.type == second.type == "PER" and text[first.end : second.start] in (". ", ".")
        if beside and text[first.start : first.end].rpartition(" ")[2] in words.forenames:
            yield Mention(first.start, second.end, "PER")


def _epithets(text: str, mentions: Sequence[Mention], words: EntityWords) -> Iterable[Mention]:
    """ "Friedrich" yang "Agung"; but "Budi yang Menteri"."""
    for mention in mentions:
        epithet = EPITHET.match(text, mention.end) if mention.type == "PER" else None
        if epithet and GIVEN.fullmatch(text, mention.start, mention.end) and epithet[1] not in words.no_epithets:
            yield mention._replace(end=epithet.end())


def _firms(text: str, mentions: Sequence[Mention], words: EntityWords) -> Iterable[Mention]:
    """ "PT Mulya" "Raymon Perkasa"; but "Direktur PT Maju" "Hasan Basri", and one whom the text names elsewhere."""
    for first, second in pairwise(mentions):
        if first.type != "ORG" or second.type != "PER" or text[first.end : second.start] != " ":
            continue
        if not words.firm.match(text, first.start) or words.names.company_after.search(text, first.start, first.end):
            continue
        name, before = text[second.start : second.end], text[max(0, first.start - 40) : first.start]
        posted = words.member_before.search(before) or words.initials.who_before.search(before) or CAPITAL_BEFORE.search(before)
        if not posted and len(re.findall(rf"\b{re.escape(name)}\b", text)) == 1:
            yield Mention(first.start, second.end, "ORG")


def _places(text: str, mentions: Sequence[Mention], words: EntityWords, tables: Tables) -> Iterable[Mention]:
    """ "Negeri" "Paman Sam"; "ke Makam" "Sunan Giri", "Makam" "Joko" terletak di …; but "Makam Budi dibongkar"."""
    for mention in mentions:
        if mention.type not in ("PER", "LOC"):
            continue
        before = text[max(0, mention.start - 40) : mention.start]
        is_land = before.endswith(words.land_ends) and not tables.is_region(text[mention.start : mention.end])
        if not is_land and not any(head in before for head in words.graves):
            continue
        grave = words.grave_before.search(before) if mention.type == "PER" else None
        if grave and not grave["inner"] and not words.kinds.standing.match(text, mention.end):
            grave = None
        if found := grave or (words.land_before.search(before) if is_land else None):
            yield Mention(mention.start - len(found["head"]), mention.end, "LOC")


def _offices(text: str, mentions: Sequence[Mention], words: EntityWords) -> Iterable[Mention]:
    """ "Kantor Gubernur" "Sulawesi Barat": where who governs a place has the seat is one place."""
    for mention in mentions:
        office = words.office_before.search(text, max(0, mention.start - 40), mention.start) if mention.type == "LOC" else None
        if office:
            yield Mention(office.start(), mention.end, "LOC")


def _directions(text: str, mentions: Sequence[Mention], words: EntityWords) -> Iterable[Mention]:
    """ "Satpol PP Jakarta" "Timur": nobody is called so."""
    for first, second in pairwise(mentions):
        beside = second.type == "PER" and first.type in ("ORG", "LOC") and text[first.end : second.start] == " "
        if beside and text[second.start : second.end] in words.directions:
            yield first._replace(end=second.end)


def _pairs(text: str, mentions: Sequence[Mention], words: EntityWords) -> Iterable[Mention]:
    """ "Austria-Hungaria", "Persekutuan Prancis-Austria"; but "Indonesia-Malaysia" are two names."""
    for match in words.hyphened_place.finditer(text) if "-" in text else ():
        yield Mention(*match.span(), "LOC")
    for first, second in pairwise(mentions):
        if first.type == second.type == "LOC" and text[first.end : second.start] == "-":
            head = words.league_before.search(text, max(0, first.start - 20), first.start)
            if head:
                yield Mention(head.start(), second.end, words.leagues[head[1]])


def _opens(text: str, mentions: Sequence[Mention], words: EntityWords, tables: Tables) -> Iterable[Mention]:
    """ "Prancis Terbuka 2019": a tournament, not the country."""
    places = {mention[:2] for mention in mentions if mention.type == "LOC"}
    for match in words.open.finditer(text) if any(word in text for word in words.opens) else ():
        if match.span("place") in places or tables.is_place(match["place"]):
            yield Mention(*match.span(), "EVT")


def _nobles(text: str, mentions: Sequence[Mention], words: EntityWords, tables: Tables) -> Iterable[Mention]:
    """ "Raymond dari Poitiers", "Henry II dari Inggris", "Adipati Bernhard dari Spanheim": a person known by where he is from.

    Without a number, only where the model takes the place for a person's name, as it does where it knows no such place, or
    where he bears a noble's title and the place is none that the tables know.
    """
    people = {(mention.start, mention.end) for mention in mentions if mention.type == "PER"}
    alone = {text[start:end] for start, end in people if not text.endswith("dari ", 0, start)}
    for start, end in sorted(people):
        name, home = GIVEN.fullmatch(text, start, end), HOME.match(text, end)
        if name is None or home is None or GIFT.search(text, max(0, start - 30), start):
            continue
        known = home.span(1) in people and home[1] not in alone
        if not known and words.nobles.title_before.search(text, max(0, start - 30), start):
            known = not (tables.is_place(home[1]) or home[1] in words.nobles.realm_names)
        if name["number"] or (" " not in name.group() and known):
            yield Mention(start, home.end(), "PER")


def _stances(text: str, model: Sequence[Mention], words: EntityWords, tables: Tables) -> list[Mention]:
    """ "Pro-Palestina" names nothing but the country in it; "Pro-Rakyat" nothing at all."""
    mentions = list(model)
    for match in words.stance.finditer(text):
        end = match.end()
        name = NAMES.match(text, end)
        places = (" ".join(name.group().split()[:count]) for count in (3, 2, 1)) if name else ()
        place = next((place for place in places if tables.is_place(place)), None)
        alone = end + len(place) if place else WORD.match(text, end).end()  # type: ignore[union-attr]
        mentions = [mention for mention in mentions if mention[:2] != (match.start(), alone)]
        if place and not any(mention.start <= end < mention.end for mention in mentions):
            mentions.append(Mention(end, alone, "LOC"))
    return sorted(mentions)
