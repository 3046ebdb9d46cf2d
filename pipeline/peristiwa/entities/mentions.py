"""Named mentions: the model's names, repaired, with laws and named happenings added by grammar.

The annotation guidelines decide the spans: no titles, no quotation marks, the outermost name only, and a bracketed
abbreviation after a name is a mention of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from peristiwa.entities.agree import agree
from peristiwa.entities.grammar import Grammar
from peristiwa.entities.initials import bodies, initials
from peristiwa.entities.joined import join
from peristiwa.entities.kinds import NONE
from peristiwa.entities.mention import Mention, overlaps
from peristiwa.entities.mistaken import Sifter, is_title, spells
from peristiwa.entities.parted import Parter
from peristiwa.entities.tables import Tables
from peristiwa.entities.titled import Titled
from peristiwa.entities.told import told
from peristiwa.entities.units import numbered_units, units

if TYPE_CHECKING:
    from spacy.tokens import Doc

CERTAIN = {
    ("LAW", "article"),
    ("LAW", "numbered"),
    ("LAW", "resolution"),
    ("LAW", "alone"),
    ("LAW", "dated"),
    ("LAW", "agenda"),
    ("EVT", "poll"),
    ("EVT", "series"),
    ("EVT", "day"),
}
"""Patterns that need no second opinion: a number, a year or a fixed name identifies the instrument or the happening."""

EDGES = " \t\n\r\"'“”‘’«»,;:!?-–—"
BRACKETS = "()[]"
INSTRUMENTS = {"LAW", "EVT"}
"""Types whose names may end with the bracketed short form of something inside the name."""

OPEN_ABBREVIATION = re.compile(r"\s?\(\s?([A-Z][\w/&-]{1,14})\s?\)?$")
OPEN_GLOSS = re.compile(r"\s\(\s?([A-Z][a-z]\S*(?:\s[A-Za-z]\S*)+?)\s?\)?$")
UNOPENED = re.compile(r"[^()]*\)\s*")
ABBREVIATION_AFTER = re.compile(r"\s\(([A-Z][A-Za-z/&-]*[A-Z][A-Za-z/&-]*)\)")
SYLLABLES_AFTER = re.compile(r"\s\(([A-Z][a-z]{3,14})\)")
"""What may be made of the syllables of a name: "Hari Perhubungan Nasional (Harhubnas)"."""
CLOSING_BRACKET = re.compile(r"\s\(([A-Z][\w-]{1,12})\)$")
DAY_AT_END = re.compile(r"\s\d{1,2}$")
SEASON = re.compile(r"/\d{2}(?:\d{2})?(?!\w)")
NAME_BEFORE = re.compile(r"[A-ZÀ-ÖØ-Þ][\w.'’]*\)?,\s$")
CAPITALISED_BEFORE = re.compile(r"\b([A-Z][\w-]*)\s$")


def find_mentions(doc: Doc, text: str, grammar: Grammar, tables: Tables) -> list[Mention]:
    """All named mentions of ``doc``, whose text is ``text``, in text order, none overlapping another."""
    countries, organisations = tables.countries, tables.bodies
    model = [Mention(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
    model = join(text, model, grammar.words, tables)
    parter = Parter(text, grammar, tables)
    model = [part for mention in parter.part(model) for part in repair(text, mention, grammar)]
    sentences = [(s.start_char, s.end_char) for s in doc.sents]
    letters = initials(text, sentences, model, grammar.words, tables)
    model = bodies(text, model, letters, grammar.words, tables)
    sifter = Sifter(doc, text, grammar.words, tables, model)
    repaired = [retyped(text, mention, grammar, countries, tables) for mention in sifter.sift()]
    repaired = in_context(text, repaired, grammar, tables)
    nameless = [mention for mention in repaired if mention.type == NONE]
    repaired = [mention for mention in repaired if mention.type != NONE]
    by_rule, doubtful = grammar_mentions(text, sentences, grammar)
    doubtful = [parter.closed(mention)[0] for mention in doubtful if not is_title(text, mention, grammar.words)]
    army = units(text, grammar)
    doubtful += numbered_units(text, grammar, countries)
    repaired = [part for mention in repaired for part in after_unit(text, mention, army, grammar)]
    by_rule += [*letters, *army, *titles_in_capitals(text, grammar)]
    by_rule, doubtful, repaired = ([before_verb(doc, text, m) for m in group] for group in (by_rule, doubtful, repaired))
    doubtful = [m for m in doubtful if text[m.start : m.end] not in organisations]
    kept = [part for mention in settle(by_rule, repaired, doubtful) for part in tidy(text, mention, grammar)]
    kept = widen(text, kept)
    named = (
        Mention(*match.span(), "LOC") for match in countries.finditer(text) if not is_language(text, match.start(), grammar)
    )
    kept += [country for country in named if not any(overlaps(country, other) for other in [*kept, *nameless])]
    shorts = [short for short in bracketed_abbreviations(text, kept) if not sifter.is_common(text[short.start : short.end])]
    return sorted(kept + shorts)


def in_context(text: str, mentions: list[Mention], grammar: Grammar, tables: Tables) -> list[Mention]:
    """The mentions with the types that titles, the sentence that defines a name, and the other mentions of it tell."""
    words = grammar.words
    if grammar.titles:
        mentions = Titled(text, words.nobles, grammar.titles, tables, words.cut_titles).settle(mentions)
    return agree(text, told(text, mentions, words.kinds, words.title_before), words.agree, words.person_before)


def is_language(text: str, start: int, grammar: Grammar) -> bool:
    """Whether a place's name is a language's there: "dalam bahasa Rusia"."""
    return grammar.words.language_before.search(text, max(0, start - 40), start) is not None


def repair(text: str, mention: Mention, grammar: Grammar) -> list[Mention]:
    """A model's mention as the guidelines want it: titles and degrees off a person, "(KPK)" split off a name."""
    start, end = trim(text, mention.start, mention.end)
    if (unopened := UNOPENED.match(text, start, end)) and unopened.end() < end:
        start = unopened.end()  # "Pidana Khusus (Pidsus) Kejaksaan Negeri", of which the model saw the end
    if opener := grammar.words.opener.match(text, start, end):
        start = opener.end()
    if mention.type not in INSTRUMENTS and (at := text.find(" (", start, end)) >= 0 and ")" not in text[at : end + 1]:
        outer, rest = mention._replace(start=start, end=at), mention._replace(start=at + 2, end=end)
        parts = [outer] if text[end : end + 1] == ":" else [outer, rest]
        return [part for span in parts for part in repair(text, span, grammar)]
    out = []
    if mention.type == "PER":
        only = grammar.only_degrees is not None and grammar.only_degrees.fullmatch(text, start, end)
        if (only and NAME_BEFORE.search(text, max(start - 40, 0), start)) or grammar.bare_title.fullmatch(text, start, end):
            return []
        start = after_titles(text, start, end, grammar)
        if grammar.degrees:
            while match := grammar.degrees.search(text[start:end]):
                end = start + match.start()
    if (match := OPEN_ABBREVIATION.search(text[start:end])) and match[1] not in grammar.names.company_ends:
        inner = start + match.start(1), start + match.end(1)
        if match.start() > 0:
            end = start + match.start()
            out.append(Mention(*inner, mention.type))
    elif mention.type == "LAW" and (match := OPEN_GLOSS.search(text[start:end])) and match.start() > 0:
        out.append(Mention(start + match.start(1), start + match.end(1), "LAW"))
        end = start + match.start()
    start, end = trim(text, start, end)
    if end > start and any(c.isalnum() for c in text[start:end]):
        out.append(Mention(start, end, mention.type))
    return out


def after_titles(text: str, start: int, end: int, grammar: Grammar) -> int:
    """Where a person's name begins: behind titles, a relative, or, where no title stands before, an address ("Mas")."""
    for opening in (grammar.words.kin_before, grammar.titles, grammar.words.addressed):
        match = opening.match(text, start, end) if opening else None
        if match and match.end() < end:
            titled = opening is grammar.words.addressed and grammar.words.title_before.search(text, max(0, start - 40), start)
            return start if titled else match.end()
    return start


def after_unit(text: str, mention: Mention, army: list[Mention], grammar: Grammar) -> list[Mention]:
    """What of a person's mention stands behind a military unit ("Korem 032/Wirabraja Brigjen Yudi")."""
    unit = next((unit for unit in army if mention.type == "PER" and unit.end < mention.end and overlaps(unit, mention)), None)
    return [mention] if unit is None else repair(text, mention._replace(start=unit.end), grammar)


def titles_in_capitals(text: str, grammar: Grammar) -> list[Mention]:
    """The title of a law in capitals over several lines, as decrees and statutes bear it."""
    title = grammar.title_page
    return [] if title is None else [Mention(*trim(text, *match.span()), "LAW") for match in title.finditer(text)]


def retyped(text: str, mention: Mention, grammar: Grammar, countries: re.Pattern[str], tables: Tables) -> Mention:
    """A model's mention with the type that the tables have for its name: a country is a place, an alliance is none.

    A body that is housed somewhere may be meant as the place ("dibawa ke Rumah Sakit …"). Who is "asal" somewhere comes
    from a place.
    """
    if mention.type == "ORG" and countries.fullmatch(text, mention.start, mention.end):
        return mention._replace(type="LOC")
    for type_, opening in grammar.openings.items():
        if mention.type in ("PER", "ORG", "LOC") and mention.type != type_ and opening.match(text, mention.start, mention.end):
            return mention._replace(type=type_)
    if mention.type == "PER" and grammar.words.body_end.search(text, mention.start, mention.end):
        return mention._replace(type="ORG")
    if mention.type == "PER" and grammar.words.origin_before.search(text, max(0, mention.start - 20), mention.start):
        return mention._replace(type="LOC")
    name = text[mention.start : mention.end]
    if mention.type == "PER" and not name.isupper() and ("PER", name) not in tables.known:
        return next((mention._replace(type=type_) for type_ in ("ORG", "EVT") if (type_, name) in tables.known), mention)
    known = mention.type not in ("ORG", "PER") and name in tables.bodies
    return mention._replace(type="ORG") if known and not grammar.housed.match(text, mention.start) else mention


def before_verb(doc: Doc, text: str, mention: Mention) -> Mention:
    """An instrument's name up to the verb that tells what is done to it ("Perda … retribusi parkir dicabut").

    Passive only: an active verb may belong to the name ("tentang larangan merokok").
    """
    if mention.type != "LAW" or (span := doc.char_span(mention.start, mention.end, alignment_mode="expand")) is None:
        return mention
    verbs = (t for t in span[1:] if t.pos_ == "VERB" and t.text.islower() and "Pass" in t.morph.get("Voice", []))
    verb = next(verbs, None)
    return mention if verb is None else Mention(*trim(text, mention.start, verb.idx), mention.type)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without quotation marks, spaces and lone brackets at its edges."""
    while start < end and (text[start] in EDGES or (text[start] in BRACKETS and not _closed(text[start:end]))):
        start += 1
    while start < end and (text[end - 1] in EDGES or (text[end - 1] in BRACKETS and not _closed(text[start:end]))):
        end -= 1
    if text[start:end].count("(") == text[start:end].count(")") + 1 and text[end : end + 1] == ")":
        end += 1  # "ayat (3" of a tokeniser that parts the bracket
    return start, end


def tidy(text: str, mention: Mention, grammar: Grammar) -> list[Mention]:
    """A settled mention without what is done to it ("Revisi UU KPK"), two instruments parted, a mere class dropped.

    "Undang-Undang" alone names no law. A bracketed short form at the end stays where it shortens only the last part of
    the name ("RUU tentang Daerah Khusus Jakarta (DKJ)"); where it shortens the whole it is a mention of its own.
    """
    if mention.type not in INSTRUMENTS:
        return [mention]
    start, end, kind, _ = mention
    if (match := CLOSING_BRACKET.search(text[start:end])) and not shortens_end(text[start : start + match.start()], match[1]):
        end = start + match.start()
    if kind == "EVT":
        return [Mention(*_edition(text, start, end, grammar), kind)]
    if grammar.law_process and (match := grammar.law_process.match(text, start, end)):
        start = match.end()
    parts, at = [], start
    if grammar.law_heads:
        for match in grammar.law_heads.finditer(text, start, end):
            if grammar.about is None or not grammar.about.search(text, at, match.start()):
                parts.append((at, match.start()))
                at = match.end()
    spans = [trim(text, *span) for span in (*parts, (at, end))]
    return [Mention(a, b, kind) for a, b in spans if b > a and not (grammar.law_class and grammar.law_class.match(text, a, b))]


def _edition(text: str, start: int, end: int, grammar: Grammar) -> tuple[int, int]:
    """A happening with its whole season ("Liga 1 2022/2023"), without the first word of a date ("Bom Bali 12 Oktober")."""
    if text[end - 4 : end].isdigit() and (match := SEASON.match(text, end)):
        return start, match.end()
    day = DAY_AT_END.search(text[start:end])
    if day and day.start() > 0 and grammar.words.event.month_after.match(text, end):
        return start, start + day.start()
    return start, end


def shortens_end(name: str, short: str) -> bool:
    """Whether ``short`` abbreviates the last words of ``name`` rather than the whole of it."""
    words = [word for at, word in enumerate(name.split()) if word[0].isupper() or not at]
    if not words:
        return False
    if len(short) < len(words) and [w[0].upper() for w in words[-len(short) :]] == list(short.upper()):
        return True
    return short[0].upper() != words[0][0] and any(word[0] == short[0].upper() for word in words[1:])


def widen(text: str, mentions: list[Mention]) -> list[Mention]:
    """Laws and happenings with the bracketed short form of their own last part, which swallows what it holds."""
    out: list[Mention] = []
    for mention in sorted(mentions):
        if out and mention.start < out[-1].end:
            continue
        match = ABBREVIATION_AFTER.match(text, mention.end) if mention.type in INSTRUMENTS else None
        if match and shortens_end(text[mention.start : mention.end], match[1]):
            mention = mention._replace(end=match.end())
        out.append(mention)
    return out


def _closed(part: str) -> bool:
    return part.count("(") == part.count(")") and part.count("[") == part.count("]")


def grammar_mentions(text: str, sentences: list[tuple[int, int]], grammar: Grammar) -> tuple[list[Mention], list[Mention]]:
    """Laws and named happenings by rule: first those that are certain (numbered or fixed), then the rest."""
    certain: list[Mention] = []
    doubtful: list[Mention] = []
    for start, end in sentences:
        lower = text[start:end].lower()
        for type_, seeker in (("LAW", grammar.laws), ("EVT", grammar.events)):
            if not seeker.words.search(lower):
                continue
            for kind, pattern in seeker.patterns:
                for match in pattern.finditer(text, start, end):
                    mention = Mention(*trim(text, match.start(), match.end()), type_)
                    if mention.end - mention.start < 2 or _is_inner(text, start, mention, kind, grammar):
                        continue
                    (certain if (type_, kind) in CERTAIN else doubtful).append(mention)
    return certain, doubtful


def _is_inner(text: str, sentence: int, mention: Mention, kind: str, grammar: Grammar) -> bool:
    """Whether a match is only the last part of a title or body: "Hakim Konstitusi …", "Asisten Operasi Kapolri"."""
    if kind != "named":
        return False
    before = CAPITALISED_BEFORE.search(text[sentence : mention.start])
    return before is not None and bool(grammar.owners) and before[1] in grammar.owners


def settle(certain: list[Mention], model: list[Mention], doubtful: list[Mention]) -> list[Mention]:
    """One set without overlaps.

    A certain rule beats the model; the model beats a doubtful rule, except that a rule which covers model mentions
    as parts of a longer name wins ("Perjanjian" + "Helsinki"), since the guidelines mark the outermost name.
    """
    kept: list[Mention] = []
    for mention in sorted(certain, key=lambda m: (m.start - m.end, m.start)):
        if not any(overlaps(mention, other) for other in kept):
            kept.append(mention)
    whole = [cut for m in doubtful if (cut := _without_person(m, model)) and _is_whole(cut, model)]
    for group in (sorted(whole, key=lambda m: (m.start - m.end, m.start, m.type)), model):
        for mention in group:
            if not any(overlaps(mention, other) for other in kept):
                kept.append(mention)
    return kept


def _without_person(mention: Mention, model: list[Mention]) -> Mention:
    """The match without a person at its end whom the model saw ("RUU Desa Budi Santoso mengatakan"), a short gap before."""
    for other in model:
        if other.type == "PER" and other.end >= mention.end and mention.start + 8 < other.start < mention.end:
            named_already = any(m.start == mention.start and m.end <= other.start for m in model)
            if named_already:
                return mention._replace(end=other.start - 1)
    return mention


def _is_whole(mention: Mention, model: list[Mention]) -> bool:
    return not any(o.start < mention.start or o.end > mention.end for o in model if overlaps(mention, o))


def bracketed_abbreviations(text: str, mentions: list[Mention]) -> list[Mention]:
    """ "(KPK)", "(Kejari)" right after a name is a second mention of the same type, whether or not the model saw it."""
    out: list[Mention] = []
    for mention in mentions:
        match = ABBREVIATION_AFTER.match(text, mention.end)
        if not match and (match := SYLLABLES_AFTER.match(text, mention.end)):
            name = text[mention.start : mention.end].split()
            match = match if len(name) > 1 and spells(name, match[1]) else None
        if not match or mention.type == "PER":
            continue
        inner = Mention(match.start(1), match.end(1), mention.type)
        if not any(overlaps(inner, other) for other in mentions):
            out.append(inner)
    return out
