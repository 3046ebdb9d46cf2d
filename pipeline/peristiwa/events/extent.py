"""How far the phrase of a filler reaches: the whole name, its number, nothing of the verb or phrase beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.edges import (
    CLITIC,
    before_relative,
    has_clitic,
    is_actor,
    is_counting,
    stage_length,
    with_age,
    with_others,
)
from peristiwa.events.posts import behind_short_form
from peristiwa.events.predicate import RELATIVE, agent_pronoun, voice
from peristiwa.events.roles import Mentions
from peristiwa.events.tree import (
    DASHES,
    ancestors,
    balanced,
    bare_phrase,
    chunk,
    phrase,
    preposition,
    relation,
    tokens_of,
)
from peristiwa.events.view import once

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

APPROXIMATION = re.compile(r"se(\w+)-\w+")
"""With -nya an adverb, whatever the word: "sekurang-kurangnya", "selambat-lambatnya"."""
DATELINE = 8
"""Words within which a report says where it is written."""
CLOSE_REACH = 12
"""Words up to which a mark that closes is looked for."""
STRAIGHT = frozenset('"“”')
OF, AS = "dari", "sebagai"
BETWEEN, WITH = "antara", "dengan"
AMONG = ("antara", "lain")
"""An adverb that is a preposition and an adjective to parsers."""


@once
def reaches(token: Token, mentions: Mentions, cues: Cues) -> dict[tuple[int, int], str]:
    """How far the phrase of ``token`` may reach, and why: as the tree says ("full"), up to its first preposition ("bare"), or
    by parts of speech ("chunk")."""
    told = {phrase(token): "full"}
    told.setdefault(bare_phrase(token), "bare")
    told.setdefault(chunk(token), "chunk")
    found: dict[tuple[int, int], str] = {}
    for span, variant in told.items():
        start, end = after_dateline(token, *widened(token, *span, mentions, cues))
        start = _behind_place(token.doc, start, end, mentions, cues)
        found.setdefault(closed(token.doc, start, end), variant)
    return found


@once
def noun_phrase(token: Token, mentions: Mentions, cues: Cues) -> tuple[int, int]:
    """The phrase of ``token``, widened to the whole name that it is in, without words of measure or times at its edges."""
    return widened(token, *phrase(token), mentions, cues)


@once
def before_preposition(token: Token, mentions: Mentions, cues: Cues) -> tuple[int, int]:
    """As ``noun_phrase``, up to the first preposition: "[istana] di Bayreuth"."""
    return widened(token, *bare_phrase(token), mentions, cues)


def widened(token: Token, start: int, end: int, mentions: Mentions, cues: Cues) -> tuple[int, int]:
    """A span around ``token`` that takes in the name that it is in and sheds words of measure and times."""
    doc, entity = token.doc, mentions.entity_at(token)
    end = token.i + 1 if token.lower_ == CLITIC else before_relative(token, end, mentions)
    inside = range(token.i + 1, end - 1)
    end = next((at for at in inside if is_alongside(doc[at], mentions, cues) or _counts_on(doc, at, end, mentions)), end)
    if entity is not None:
        name = tokens_of(doc, entity.start, entity.end)
        start, end = min(start, name.start), max(end, name.stop)
    if (post := mentions.post_at(token, cues)) is not None:
        start, end = min(start, post[0]), max(end, post[1])
    end = _with_body(token, _with_name(token, start, end, mentions), mentions, cues)
    if start > token.sent.start and doc[start - 1].pos_ == "NUM" and mentions.time_at(doc[start - 1]) is None:
        # A number counts the noun that it stands before ("65 negara"), also where the parser hung it on a word to its
        # left across a comma ("saat ini, 65 negara"); without the comma it belongs there ("Pasal 65 undang-undang").
        opens = start - 2 >= token.sent.start and doc[start - 2].pos_ == "PUNCT"
        start -= opens or doc[start - 1].head.i >= start - 1
    elif start > token.sent.start and is_counting(doc[start - 1], cues):
        start -= 1
    start = _bounded(doc, _opening(token, start, end, cues), token, mentions, cues)
    if start + 1 < end and doc[start].lower_ in cues.hearsay:
        start += 1
    while end - 1 > token.i and mentions.time_at(doc[end - 1]) is not None:
        end -= 1
        while end - 1 > token.i and doc[end - 1].pos_ in ("ADP", "PUNCT", "SPACE"):
            end -= 1
    end = _before_happening(token, _before_side(token, end), mentions)
    end = _closing(token, start, _before_verb(token, end, mentions, cues), mentions, cues)
    return balanced(doc, start, with_age(doc, with_others(token, end, mentions, cues), token, cues))


def is_alongside(word: Token, mentions: Mentions, cues: Cues) -> bool:
    """Whether a preposition leads to who is a filler beside the one before it: "Gubernur Aceh [bersama] Kapolda"."""
    return word.lower_ in cues.alongside and word.pos_ in ("ADP", "SCONJ") and mentions.entity_at(word) is None


def _counts_on(doc: Doc, at: int, end: int, mentions: Mentions) -> bool:
    """Whether a conjunction begins another filler, with a number of its own: "5 ton beras | dan 30 karung gula"."""
    counted = at + 2 < end and doc[at].pos_ == "CCONJ" and doc[at + 1].pos_ == "NUM" and doc[at + 2].pos_ == "NOUN"
    return counted and mentions.entity_at(doc[at]) is None


def _with_name(token: Token, start: int, end: int, mentions: Mentions) -> int:
    """Where a phrase ends with the name that its end cuts, or that a short form parts from it.

    "Mahasiswa Universitas Islam Negeri (UIN) | Sunan Kalijaga", "Jajaran Sekretariat Jenderal (Sekjen) | Kementerian Sosial".
    What is behind the bracket of a name is another's: "Komisi Pemberantasan Korupsi (KPK) | Firli Bahuri".
    """
    doc, limit = token.doc, token.sent.end
    name = mentions.entity_at(doc[end - 1])
    behind = mentions.entity_at(doc[end]) if end < limit and doc[end - 1].text == ")" else None
    if behind is not None and behind is not name and mentions.entity_at(token) is None:
        span = tokens_of(doc, behind.start, behind.end)
        if span.start == end and any(start <= doc[at].head.i < end for at in span):
            name = behind
    if name is None:
        return end
    end = closed(doc, start, max(end, tokens_of(doc, name.start, name.end).stop))[1]
    short = end + 1 < limit and doc[end + 1].text[:1].isupper()  # "(Basarnas)", not "(dikenal sebagai …)"
    return behind_short_form(doc, end, limit) if short else end


def _with_body(token: Token, end: int, mentions: Mentions, cues: Cues) -> int:
    """Where the phrase of a member ends with the body, where a tree gave it to the verb: "anggota DPR | dari Fraksi Golkar"."""
    doc = token.doc
    if token.lower_ not in cues.members or end + 1 >= token.sent.end or doc[end].lower_ != OF:
        return end
    body = mentions.entity_at(doc[end + 1])
    return tokens_of(doc, body.start, body.end).stop if body is not None and body.type == "ORG" else end


def _before_side(token: Token, end: int) -> int:
    """Where a phrase ends before the other side: "perang antara Sunda | dengan Majapahit"."""
    opened = preposition(token)
    if opened is None or opened.lower_ != BETWEEN:
        return end
    return next((at for at in range(token.i + 1, end) if token.doc[at].lower_ == WITH), end)


def _before_happening(token: Token, end: int, mentions: Mentions) -> int:
    """Where a post ends before the happening that tells when one came to it: "sebagai gubernur | dalam Pilkada 2013"."""
    opened, doc = preposition(token), token.doc
    if opened is None or opened.lower_ != AS:
        return end
    for at in range(token.i + 1, end - 1):
        name = mentions.entity_at(doc[at + 1]) if doc[at].pos_ == "ADP" else None
        if name is not None and name.type == "EVT":
            return at
    return end


def _opening(token: Token, start: int, end: int, cues: Cues) -> int:
    """Where a phrase begins without words of measure and focus, or of how a thing is done, or of who is told of among others.

    "sekurang-kurangnya | 50 orang", "bukan hanya | PKI"; "mengecam keras | serangan itu"; "antara lain | Gubernur Emil".
    """
    while start < end:
        word = token.doc[start]
        follows = token.doc[start + 1] if start + 1 < end else None
        denied = word.lower_ in cues.negators and follows is not None and is_measure(follows, cues)
        outside = denied or is_measure(word, cues) or _is_told_otherwise(word, follows, cues)
        length = 2 if outside and has_clitic(word) else 1
        if not (outside or word.is_space) or (start >= token.i and end <= start + length):
            return start
        start += length
    return start


def _bounded(doc: Doc, start: int, token: Token, mentions: Mentions, cues: Cues) -> int:
    """Where a number begins with its bound: "[lebih dari] 200 orang", "[sekitar] 300 orang", "[2.000 hingga] 4.000 orang"."""
    first = token.sent.start
    if doc[start].pos_ != "NUM":
        return start
    at = start - 1
    if (
        at - 1 >= first
        and doc[at].lower_ in cues.ranges
        and doc[at - 1].pos_ == "NUM"
        and mentions.time_at(doc[at - 1]) is None
    ):
        start, at = at - 1, at - 2
    if at >= first and doc[at].lower_ in cues.bounds:
        return at
    return at - 1 if at - 1 >= first and f"{doc[at - 1].lower_} {doc[at].lower_}" in cues.bounds else start


def _is_told_otherwise(word: Token, follows: Token | None, cues: Cues) -> bool:
    """Whether a word before a noun says how the verb before it is done ("keras"), or ends an "antara lain"."""
    if follows is None or word.i == word.sent.start:
        return False
    before = word.doc[word.i - 1]
    if word.lower_ in cues.inner and before.lower_ in ("di", "ke", "dari") and follows.pos_ in ("NOUN", "PROPN"):
        return follows.lower_ not in cues.inner_of
    return is_how(word, cues) or is_among(before)


def is_how(word: Token, cues: Cues) -> bool:
    """Whether a word right behind a verb says how it is done, not what to: "mengecam [keras] serangan"."""
    return word.lower_ in cues.hows and word.i > word.sent.start and word.doc[word.i - 1].pos_ == "VERB"


def is_among(word: Token) -> bool:
    """Whether a preposition is half of an adverb: "dihadiri [antara] lain Menteri Budi"."""
    return (word.lower_, word.nbor().lower_) == AMONG if word.i + 1 < word.sent.end else False


@once
def deed_of(person: Token, cues: Cues) -> Token | None:
    """The root that says what someone is asked to do, a part of the noun to parsers: "meminta gubernur | mundur"."""
    above = person.head
    asked = is_in(above, cues.controlling) or is_in(above, cues.planning)
    if above.i >= person.i or not asked or not is_in(person, cues.person_nouns):
        return None
    below = [child for child in person.children if child.i > person.i and child.lower_ in cues.roots]
    return below[0] if below and relation(below[0]) in ("acl", "compound", "amod", "nmod", "advcl") else None


def is_around(word: Token, cues: Cues) -> bool:
    """Whether a word behind people says where they live, and what follows nothing: "warga [sekitar] menolak tambang"."""
    if word.lower_ not in cues.around or word.i == word.sent.start or not is_in(word.doc[word.i - 1], cues.person_nouns):
        return False
    return word.i + 1 == word.sent.end or word.nbor().pos_ not in ("NUM", "NOUN", "PROPN", "PRON", "DET")


def _before_verb(token: Token, end: int, mentions: Mentions, cues: Cues) -> int:
    """Where a phrase ends without what says how the next verb is done: "Jokowi | resmi melantik", "Ia | urung pergi"."""
    doc, limit = token.doc, token.sent.end
    at = next((at for at in range(end, limit) if doc[at].pos_ not in ("ADV", "AUX", "PART", "SPACE")), limit)
    if at == limit or doc[at].pos_ != "VERB":
        return end
    if at == end and end - 1 > token.i and _does(doc[end - 1], doc[at], cues):
        return end - 1
    while end - 1 > token.i and (length := _of_verb(token, end - 1, doc[at], mentions, cues)):
        end -= length
    for at in range(token.i + 1, end - 1):
        if doc[at].pos_ == "ADP" and _says_how(token, at, end, mentions, cues):
            return at
    return end


def _does(pronoun: Token, verb: Token, cues: Cues) -> bool:
    """Whether a pronoun behind a noun does what the bare verb says: "Pelaku | kami tangkap", not "rombongan kami tiba"."""
    by = agent_pronoun(verb, cues)
    return by is not None and by.i == pronoun.i and verb.lower_ not in cues.roots | cues.intransitive


def _of_verb(token: Token, last: int, verb: Token, mentions: Mentions, cues: Cues) -> int:
    """How many words at the end of a phrase right before a verb are the verb's."""
    word, before = token.doc[last], token.doc[last - 1]
    if word.lower_ in cues.thereupon and before.lower_ != RELATIVE:
        return 1
    if stage := stage_length(token, last, mentions, cues):
        return stage
    if word.lower_ in cues.undone or (word.lower_ in cues.future and voice(verb) == "active"):
        return 1
    if word.lower_ in cues.measures:
        # A thing may be of that kind ("dokumen resmi", "juru bicara resmi"), a name or a noun with "itu" is not.
        return int(
            before.pos_ in ("PROPN", "DET", "PRON") or mentions.entity_at(before) is not None or is_actor(before, token, cues)
        )
    planned = before.lower_ in cues.planning or before.lower_ + CLITIC in cues.hearsay
    return 2 if word.lower_ == CLITIC and planned and last - 1 > token.i else 0


def _says_how(token: Token, at: int, end: int, mentions: Mentions, cues: Cues) -> bool:
    """Whether a name is followed by how it did something, from a preposition on: "Dewan Keamanan | dengan suara bulat"."""
    words = token.doc[at:end]
    if cues.roles.get(f"{words[0].lower_} {words[1].lower_}", "place") is None:
        return True
    return words[0].lower_ in cues.manner and words[1].pos_ in ("ADJ", "ADV") and mentions.entity_at(token) is not None


def _closing(token: Token, start: int, end: int, mentions: Mentions, cues: Cues) -> int:
    """Where a phrase ends without what belongs to the phrase round it, and with what a tree cut off.

    "pria yang ditahan di Medan | itu", "rapat yang dihadiri 27 negara | itu", "meminta warga | pulang"; "orang tua [saya]
    meninggal", "warga [sekitar] menolak tambang".
    """
    deed = deed_of(token, cues)
    if deed is not None and deed.i < end:
        end = deed.i - (token.doc[deed.i - 1].lower_ in cues.negators)
    doc, last = token.doc, token.doc[end - 1]
    if end < token.sent.end and (is_owner(doc[end], token, end, cues) or is_around(doc[end], cues)):
        return end + 1
    if end - 1 <= token.i or last.lower_ not in cues.demonstratives:
        return end
    named = mentions.entity_at(doc[end - 2]) is not None or doc[end - 2].pos_ == "PROPN"
    # "27 negara itu", but "kedua negara itu": those are known.
    counted = any(word.pos_ == "NUM" and not word.lower_.startswith("ke") for word in doc[start : token.i])
    if not (named or counted):
        return end
    around = _in_relative(token) or last.head.i < start
    around = around or (relation(token) == "nmod" and _is_bare_name(doc, start, end - 1, mentions))
    return end - 1 if around else end


def _is_bare_name(doc: Doc, start: int, end: int, mentions: Mentions) -> bool:
    """Whether tokens ``[start, end)`` are the name of a person or place and no more: "serangan di [Gaza] itu"."""
    name = mentions.entity_at(doc[start])
    return name is not None and name.type in ("PER", "LOC") and tokens_of(doc, name.start, name.end) == range(start, end)


def _behind_place(doc: Doc, start: int, end: int, mentions: Mentions, cues: Cues) -> int:
    """Where a phrase begins without the town or paper that a report begins with: "Solo - | Wali Kota Gibran melantik".

    Two names alike are a pair ("Rusia - Ukraina", "Jakarta - Bandung"), and so may a country and a body be; a second dash
    closes what the first opens ("Inter - klub Italia -").
    """
    place = mentions.entity_at(doc[start])
    dash = next((at for at in range(start + 1, end - 1) if mentions.entity_at(doc[at]) is not place), end)
    if place is None or place.type not in ("LOC", "ORG") or start != doc[start].sent.start or dash == end:
        return start
    if doc[dash].text not in DASHES or (end < len(doc) and doc[end].text in DASHES):
        return start
    behind = mentions.entity_at(doc[dash + 1])
    town = place.type == "LOC" and not (place.link or "").startswith("iso3166:")
    if behind is None:
        return dash + 1 if doc[dash + 1].pos_ == "NOUN" or doc[dash + 1].lower_ in cues.person_nouns else start
    return dash + 1 if behind.type == "PER" or (town and behind.type == "ORG") else start


def closed(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """The span up to the mark that closes what it opens ('Film "Badai', 'Rina (20'), or to the one that it stands inside of."""
    limit = doc[start].sent.end
    texts = {token.text for token in doc[start:end]}
    if not STRAIGHT.isdisjoint(texts):
        inside = sum(doc[at].text in STRAIGHT for at in range(doc[start].sent.start, start)) % 2 == 1
        marks = [at for at in range(start, min(end + CLOSE_REACH, limit)) if doc[at].text in STRAIGHT]
        if inside and marks[0] > start:
            return start, marks[0]
        odd = sum(at < end for at in marks) % 2 == 1
        if odd and not inside and marks[-1] >= end:
            end = next(at for at in marks if at >= end) + 1
    return start, with_bracket(doc, start, end) if "(" in texts else end


def with_bracket(doc: Doc, start: int, end: int) -> int:
    """Where a span ends with the bracket that closes what it opens: "Komisi Pengawas Persaingan Usaha (KPPU)"."""
    opened = next((at for at in range(end - 1, start - 1, -1) if doc[at].text in ("(", ")")), None)
    if opened is None or doc[opened].text == ")":
        return end
    limit = min(end + CLOSE_REACH, doc[start].sent.end)
    return next((at + 1 for at in range(end, limit) if doc[at].text == ")"), end)


def after_dateline(head: Token, start: int, end: int) -> tuple[int, int]:
    """The span without the place and paper that a report begins with: "JAKARTA, Antara - | Presiden Joko Widodo"."""
    doc, first = head.doc, head.sent.start
    dash = next((at for at in range(start, min(end - 1, first + DATELINE)) if doc[at].text in DASHES), None)
    if dash is None:
        return start, end
    before = doc[first:dash]
    named = all(token.pos_ in ("PROPN", "PUNCT", "X", "SYM", "SPACE") for token in before)
    told = any(token.text in (",", "(") or (len(token.text) > 2 and token.text.isupper()) for token in before)
    return (dash + 1, end) if named and told else (start, end)


def is_measure(token: Token, cues: Cues) -> bool:
    """Whether a word opens a phrase and stays outside it: "sebanyak", "setidaknya"."""
    return is_in(token, cues.measures) or (has_clitic(token) and APPROXIMATION.fullmatch(token.lower_) is not None)


def is_owner(pronoun: Token, token: Token, end: int, cues: Cues) -> bool:
    """Whether a pronoun says whose the subject is that ends before it: "Presiden kita akan pergi", not "itu kami tolak"."""
    same = relation(pronoun) == relation(token) == "nsubj" and pronoun.head.i == token.head.i
    if not same or pronoun.lower_ not in cues.pronouns or pronoun.lower_.endswith(CLITIC):
        return False
    before = token.doc[end - 1]
    return before.pos_ in ("NOUN", "ADJ") and agent_pronoun(token.head, cues) is None and pronoun.i < token.head.i


def _in_relative(token: Token) -> bool:
    """Whether a token is in a relative clause, right of its "yang"."""
    below = token
    for above in ancestors(token):
        if relation(below) == "acl" and any(token.doc[at].lower_ == RELATIVE for at in range(above.i + 1, below.i)):
            return True
        below = above
    return False
