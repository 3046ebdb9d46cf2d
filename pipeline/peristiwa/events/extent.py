"""How far the phrase of a filler reaches: the whole name, its number, nothing of the verb or phrase beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import RELATIVE, agent_pronoun, voice
from peristiwa.events.roles import Mentions
from peristiwa.events.tree import DASHES, ancestors, balanced, bare_phrase, chunk, phrase, relation, tokens_of
from peristiwa.events.view import once

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

APPROXIMATION = re.compile(r"se(\w+)-\w+")
"""With -nya an adverb, whatever the word: "sekurang-kurangnya", "selambat-lambatnya"."""
CLITIC = "nya"
DATELINE = 8
"""Words within which a report says where it is written."""
CLOSE_REACH = 12
"""Words up to which a mark that closes is looked for."""
STRAIGHT = frozenset('"“”')


@once
def reaches(token: Token, mentions: Mentions, cues: Cues) -> dict[tuple[int, int], str]:
    """How far the phrase of ``token`` may reach, and why: as the tree says ("full"), up to its first preposition ("bare"), or
    by parts of speech ("chunk")."""
    found: dict[tuple[int, int], str] = {}
    for span, variant in ((phrase(token), "full"), (bare_phrase(token), "bare"), (chunk(token), "chunk")):
        start, end = after_dateline(token, *widened(token, *span, mentions, cues))
        start = _behind_place(token.doc, start, end, mentions, cues)
        found.setdefault(closed(token.doc, start, end), variant)
    return found


@once
def noun_phrase(token: Token, mentions: Mentions, cues: Cues) -> tuple[int, int]:
    """The phrase of ``token``, widened to the whole name that it is in, without words of measure or times at its edges."""
    return widened(token, *phrase(token), mentions, cues)


def widened(token: Token, start: int, end: int, mentions: Mentions, cues: Cues) -> tuple[int, int]:
    """A span around ``token`` that takes in the name that it is in and sheds words of measure and times."""
    doc, entity = token.doc, mentions.entity_at(token)
    if entity is not None:
        name = tokens_of(doc, entity.start, entity.end)
        start, end = min(start, name.start), max(end, name.stop)
    if (post := mentions.post_at(token, cues)) is not None:
        start, end = min(start, post[0]), max(end, post[1])
    if start > token.sent.start and doc[start - 1].pos_ == "NUM" and mentions.time_at(doc[start - 1]) is None:
        # A number counts the noun that it stands before ("65 negara"), also where the parser hung it on a word to its
        # left across a comma ("saat ini, 65 negara"); without the comma it belongs there ("Pasal 65 undang-undang").
        opens = start - 2 >= token.sent.start and doc[start - 2].pos_ == "PUNCT"
        start -= opens or doc[start - 1].head.i >= start - 1
    start = _opening(token, start, end, cues)
    if start + 1 < end and doc[start].lower_ in cues.hearsay:
        start += 1
    while end - 1 > token.i and mentions.time_at(doc[end - 1]) is not None:
        end -= 1
        while end - 1 > token.i and doc[end - 1].pos_ in ("ADP", "PUNCT", "SPACE"):
            end -= 1
    end = _closing(token, start, _before_verb(token, end, mentions, cues), mentions, cues)
    return balanced(doc, start, end)


def _opening(token: Token, start: int, end: int, cues: Cues) -> int:
    """Where a phrase begins without words of measure and focus: "sekurang-kurangnya | 50 orang", "bukan hanya | PKI"."""
    while start < end:
        word = token.doc[start]
        follows = token.doc[start + 1] if start + 1 < end else None
        denied = word.lower_ in cues.negators and follows is not None and is_measure(follows, cues)
        outside = denied or is_measure(word, cues)
        length = 2 if outside and _has_clitic(word) else 1
        if not (outside or word.is_space) or (start >= token.i and end <= start + length):
            return start
        start += length
    return start


def _before_verb(token: Token, end: int, mentions: Mentions, cues: Cues) -> int:
    """Where a phrase ends without what says how the next verb is done: "Jokowi | resmi melantik", "Ia | urung pergi"."""
    doc, limit = token.doc, token.sent.end
    at = next((at for at in range(end, limit) if doc[at].pos_ not in ("ADV", "AUX", "PART", "SPACE")), limit)
    if at == limit or doc[at].pos_ != "VERB":
        return end
    while end - 1 > token.i and (length := _of_verb(token, end - 1, doc[at], mentions, cues)):
        end -= length
    for at in range(token.i + 1, end - 1):
        if doc[at].pos_ == "ADP" and _says_how(token, at, end, mentions, cues):
            return at
    return end


def _of_verb(token: Token, last: int, verb: Token, mentions: Mentions, cues: Cues) -> int:
    """How many words at the end of a phrase right before a verb are the verb's."""
    word, before = token.doc[last], token.doc[last - 1]
    if word.lower_ in cues.undone or (word.lower_ in cues.future and voice(verb) == "active"):
        return 1
    if word.lower_ in cues.measures:
        # A thing may be of that kind ("dokumen resmi", "juru bicara resmi"), a name or a noun with "itu" is not.
        return int(
            before.pos_ in ("PROPN", "DET", "PRON") or mentions.entity_at(before) is not None or _is_actor(before, token, cues)
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
    """Where a phrase ends without what belongs to the phrase round it, and with the owner whom a tree cut off.

    "pria yang ditahan di Medan | itu", "rapat yang dihadiri 27 negara | itu"; "orang tua [saya] meninggal".
    """
    doc, last = token.doc, token.doc[end - 1]
    if end < token.sent.end and is_owner(doc[end], token, end, cues):
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
    """Where a phrase begins without the town that a report begins with: "Solo - | Wali Kota Gibran melantik".

    Two names alike are a pair ("Rusia - Ukraina", "Jakarta - Bandung"), and so may a country and a body be.
    """
    place = mentions.entity_at(doc[start])
    dash = next((at for at in range(start + 1, end - 1) if mentions.entity_at(doc[at]) is not place), end)
    if place is None or place.type != "LOC" or start != doc[start].sent.start or dash == end or doc[dash].text not in DASHES:
        return start
    behind = mentions.entity_at(doc[dash + 1])
    town = not (place.link or "").startswith("iso3166:")
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
    opened = [at for at in range(start, end) if doc[at].text == "("] if "(" in texts else []
    if opened and all(doc[at].text != ")" for at in range(opened[-1], end)):
        ends = (at + 1 for at in range(end, min(end + CLOSE_REACH, limit)) if doc[at].text == ")")
        end = next(ends, end)
    return start, end


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
    return is_in(token, cues.measures) or (_has_clitic(token) and APPROXIMATION.fullmatch(token.lower_) is not None)


def _has_clitic(token: Token) -> bool:
    return token.i + 1 < token.sent.end and token.nbor().lower_ == CLITIC


def is_owner(pronoun: Token, token: Token, end: int, cues: Cues) -> bool:
    """Whether a pronoun says whose the subject is that ends before it: "Presiden kita akan pergi", not "itu kami tolak"."""
    same = relation(pronoun) == relation(token) == "nsubj" and pronoun.head.i == token.head.i
    if not same or pronoun.lower_ not in cues.pronouns or pronoun.lower_.endswith(CLITIC):
        return False
    before = token.doc[end - 1]
    return before.pos_ in ("NOUN", "ADJ") and agent_pronoun(token.head, cues) is None and pronoun.i < token.head.i


def _is_actor(word: Token, token: Token, cues: Cues) -> bool:
    """Whether a word is the head of its phrase and one that acts: "pemerintah", not the "bicara" of "juru bicara"."""
    return word.i == token.i and is_in(word, cues.person_nouns)


def _in_relative(token: Token) -> bool:
    """Whether a token is in a relative clause, right of its "yang"."""
    below = token
    for above in ancestors(token):
        if relation(below) == "acl" and any(token.doc[at].lower_ == RELATIVE for at in range(above.i + 1, below.i)):
            return True
        below = above
    return False
