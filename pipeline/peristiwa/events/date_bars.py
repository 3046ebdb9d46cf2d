"""Times that stand beside an event and do not tell when it was: a frame of comparison, the end of what is extended.

"gempa terkuat sejak 1906" was not in 1906, and "memperpanjang mandat itu hingga 30 Juni" was done before that day.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import RELATIVE, is_deverbal, own_subjects, voice
from peristiwa.events.tree import ancestors, children
from peristiwa.events.view import once
from peristiwa.types import Time

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

ORDINAL = "ke-"
REACH = 16
"""Words before "sejak" among which the ordinal or superlative stands, and up to its copula."""
CONCERNING = "terkait"
NEARBY = 3
"""Words before a crime among which "kasus" or "tersangka" stands."""
THIS = "ini"
"""How a time ends that lasts until the text is told: "hingga hari ini"."""
NEAR = 6
"""Words between "sejak" and the time in it: "sejak kemerdekaan negara itu pada | 1991"."""


def is_compared(doc: Doc, start: int, end: int, cues: Cues) -> bool:
    """Whether a time is what a rank is counted from: "banjir terbesar sejak 1953", "untuk pertama kalinya sejak 1965".

    Not where a span goes on from it ("presiden pertama sejak 1945 hingga 1967"), where its holder holds it since
    ("menjabat gubernur ke-3 sejak 2023"), nor where a verb stands between ("musim kedua disiarkan sejak Mei").
    """
    first = doc[start].sent.start
    if end < len(doc) and doc[end].lower_ in cues.until:
        return False
    opened = next((at for at in range(start - 1, max(first, start - NEAR) - 1, -1) if doc[at].lower_ in cues.since), None)
    if opened is None or any(doc[at].pos_ == "VERB" or doc[at].text == "," for at in range(opened, start)):
        return False
    verb = False
    for at in range(opened - 1, max(first, opened - REACH) - 1, -1):
        token = doc[at]
        if token.text in ",;:":
            return False
        ordinal = token.lower_ in cues.ordinals or token.lower_ == "pertama" or token.lower_.startswith(ORDINAL)
        if is_in(token, cues.best) or ordinal:
            closed = doc[at + 1].lower_ in cues.demonstratives  # "memimpin partai terbesar itu sejak 2004"
            alone = not ordinal or "kali" in (doc[at - 1].lower_, doc[at + 1].lower_)
            return not closed and ((alone and not verb) or _is_equated(doc, at, first, cues))
        if is_in(token, cues.becoming) or (token.pos_ == "VERB" and not _is_relative(doc, at, first)):
            return False
        verb = verb or token.pos_ == "VERB"
    return False


def _is_relative(doc: Doc, verb: int, first: int) -> bool:
    """Whether "yang" opens the clause of a verb: "gempa terkuat yang | melanda negara itu"."""
    for at in range(verb - 1, max(first, verb - NEAR) - 1, -1):
        if doc[at].lower_ == RELATIVE:
            return True
        if doc[at].pos_ == "VERB":
            return False
    return False


def _is_equated(doc: Doc, rank: int, first: int, cues: Cues) -> bool:
    """Whether a phrase of rank is what something is said to be: "merupakan | kunjungan pertama"."""
    for at in range(rank - 1, max(first, rank - REACH) - 1, -1):
        token = doc[at]
        if token.lower_ in cues.equating:
            return True
        if token.pos_ == "VERB" or token.text in ",;:" or token.lower_ in cues.copulas:
            return False
    return False


def is_lasting(doc: Doc, anchor: Token, bounds: tuple[int, int], time: Time, cues: Cues) -> bool:
    """Whether a calendar date is what something lasts or counts up to: "ditahan hingga 1950", "Hingga 2022 korban …".

    Not "hingga hari ini", which is when it is told, nor where a happening ends: "Perang itu berlangsung sampai 1825", or what
    happened then is told: "ditelusuri hingga 1912, ketika …".
    """
    start, end = bounds
    if end + 1 < len(doc) and doc[end].text == "," and doc[end + 1].lower_ in cues.whiles:
        return False
    dated = time.type == "DATE" and (time.value or "")[:1].isdigit() and not time.text.lower().endswith(THIS)
    return (dated and not is_in(anchor.head, cues.occurring)) or is_extended(doc, anchor, start, cues)


def is_extended(doc: Doc, anchor: Token, start: int, cues: Cues) -> bool:
    """Whether something is to hold up to the time that begins at ``start``: "memperpanjang mandat itu hingga 30 Juni".

    Or a term that is told of lasts till then: "mendukung kepemimpinan Wahid hingga 2004".
    """
    first = doc[start].sent.start
    if start == first or doc[start - 1].lower_ not in cues.until:
        return False
    left = next((doc[at] for at in range(start - 1, first - 1, -1) if doc[at].pos_ == "VERB"), None)
    if left is not None and any(token.lower_.removesuffix("nya") in cues.terms for token in doc[left.i + 1 : start]):
        return True
    above = next((token for token in ancestors(anchor) if token.pos_ == "VERB"), None)
    return any(verb is not None and verb.i < start and is_in(verb, cues.extending) for verb in (left, above))


DAY_OF = "hari"
"""What a day is made: "9 Desember 2015 ditetapkan sebagai hari pemungutan suara"."""


def is_designated(doc: Doc, start: int, end: int, cues: Cues) -> bool:
    """Whether a day is what something is made on: "menetapkan 2 Oktober sebagai Hari Batik"; not "dilantik 3 Mei sebagai …"."""
    first, last = doc[start].sent.start, doc[start].sent.end
    if end + 1 >= last or start == first:
        return False
    if doc[end].lower_ == "sebagai":
        joined = doc[start - 1].pos_ == "CCONJ"
        left = next((doc[at] for at in range(start - 1, first - 1, -1) if doc[at].pos_ == "VERB"), doc[start - 1])
        return is_in(left if joined else doc[start - 1], cues.designating)
    made = doc[end + 1].lower_ == "sebagai" and end + 2 < last and doc[end + 2].lower_ == DAY_OF
    return made and voice(doc[end]) == "passive" and not doc[start - 1].text.isalpha()


def is_term(doc: Doc, start: int, cues: Cues) -> bool:
    """Whether a time is a term of office: "Bupati Solo periode 2010-2015"; not "pada periode 2010-2015"."""
    first = doc[start].sent.start
    at = start - 1
    while at > first and (doc[at].text in "-–—" or doc[at].text.isdigit() or doc[at].lower_ in cues.until):
        at -= 1
    if at > first and doc[at].lower_ in ("jabatan", "bakti"):
        at -= 1
    return at > first and doc[at].lower_ in ("periode", "masa") and doc[at - 1].pos_ in ("NOUN", "PROPN")


@once
def parted_at(head: Token, cues: Cues) -> tuple[int, int | None, int] | None:
    """Where the clause or phrase begins that lies before or after the rest of its sentence and holds ``head``, where the comma
    stands that closes it in front of the main clause, and its own head: "Setelah terpilih | , ia mengunjungi …".
    """
    for above in (head, *ancestors(head)):
        opened = [child for child in children(above, "mark", "case", "advmod") if child.i < head.i]
        marks = [mark for mark in opened if mark.lower_ in cues.parting]
        if marks:
            main = above.head
            commas = [at for at in range(above.i + 1, main.i) if head.doc[at].text == ","]
            return marks[0].i, commas[-1] if commas and head.i < commas[-1] else None, above.i
    return None


def is_outside(head: Token, start: int, cues: Cues) -> bool:
    """Whether a time is told of what lies before or after ``head``: "Sebelum ditangkap, Budi memimpin partai sejak 1990"."""
    found = parted_at(head, cues)
    if found is None:
        return False
    mark, comma, _ = found
    return start < mark or (comma is not None and start > comma)


@once
def is_act(noun: Token, cues: Cues) -> bool:
    """Whether a noun tells a happening, by its form ("kematiannya", "pengesahan") or as one that befalls ("perang")."""
    text = noun.lower_.removesuffix("nya")
    if noun.pos_ == "PROPN" or voice(noun) != "noun":
        return False
    state = text.startswith("ke") and text.endswith("an") and len(text) > len("kesan")
    return state or is_deverbal(noun) or text in cues.upheavals or text in cues.truces


def is_end(head: Token, start: int, day: bool, cues: Cues) -> bool:
    """Whether a time is that of what ``head`` lasted until: "dipenjara hingga kematiannya pada 1953".

    Not where the end is what came of it, on one day: "dipukuli hingga tewas pada Senin (3/5)".
    """
    doc = head.doc
    opened = next((at for at in range(start - 1, head.i, -1) if doc[at].text == "," or doc[at].lower_ in cues.until), head.i)
    if opened == head.i or doc[opened].text == ",":
        return False
    end = doc[opened].head
    if not opened < end.i < start or head.i > opened:
        return False
    return is_act(end, cues) or (end.pos_ == "VERB" and (not day or bool(own_subjects(end))))


@once
def charging_verb(noun: Token, cues: Cues) -> Token | None:
    """The verb whose time is not that of a crime somebody is charged with: "diperiksa dalam kasus [pembunuhan] Rina".

    It stands before the crime, or is said of the charged or of a hearing: "Sidang kasus [pembunuhan] Rina digelar".
    """
    doc, sentence = noun.doc, noun.sent
    if voice(noun) != "noun":
        return None
    left = [doc[at] for at in range(noun.i - 1, max(sentence.start, noun.i - NEARBY) - 1, -1)]
    near = takewhile(lambda token: token.pos_ in ("NOUN", "PROPN", "ADP", "VERB"), left)
    word = next((token for token in near if token.lower_ in cues.charges or token.lower_ == CONCERNING), None)
    if word is None:
        return None
    before = next((doc[at] for at in range(word.i - 1, sentence.start - 1, -1) if doc[at].pos_ == "VERB"), None)
    if before is not None:
        return None if word.lower_ == CONCERNING or is_in(before, cues.states) else before
    topical = word.lower_ in cues.charged or (word.i > sentence.start and doc[word.i - 1].pos_ == "NOUN")
    return next((doc[at] for at in range(noun.i + 1, sentence.end) if doc[at].pos_ == "VERB"), None) if topical else None


def is_of_charge(noun: Token, start: int, year: bool, cues: Cues) -> bool:
    """Whether a time is that of the charge alone: "ditetapkan sebagai tersangka pencabulan anak pada | 18 Februari 2016".

    Not in a clause of its own, nor where a place stands between ("kasus ledakan di Blitar, Minggu"), nor a mere year behind
    the crime: that may be either's.
    """
    doc, verb = noun.doc, charging_verb(noun, cues) if start > noun.i else None
    if verb is None:
        return False
    if verb.i > noun.i:
        return start > verb.i and not any(token.lower_ == RELATIVE for token in doc[noun.i : verb.i])
    parted = any(token.lower_ in (RELATIVE, "di", "selama") or token.text in ",(" for token in doc[noun.i : start])
    return not year and not parted


def is_of_cause(head: Token, start: int, cues: Cues) -> bool:
    """Whether a time stands in what a relative clause names as cause: "istana yang hancur akibat perang pada 1552"."""
    doc, between = head.doc, range(start - 1, head.i, -1)
    opened = next((at for at in between if doc[at].text == "," or doc[at].lower_ in cues.aftermath), head.i)
    if opened == head.i or doc[opened].text == "," or not opened < doc[opened].head.i < start:
        return False
    return any(doc[at].lower_ == RELATIVE for at in range(head.i + 1, opened))
