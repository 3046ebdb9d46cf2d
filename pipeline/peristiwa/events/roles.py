"""From grammatical slots to roles, and from tokens to the spans, entities and times that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from peristiwa.events.between import Between
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.posts import find_posts
from peristiwa.events.predicate import RELATIVE, agent_pronoun, voice
from peristiwa.events.tree import DASHES, ancestors, balanced, characters, phrase, relation, root_of, tokens_of
from peristiwa.types import Argument, Entity, Role, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

PERSONS = frozenset({"PER", "ORG", "LOC"})


def frame_of(general: Mapping[str, Role | None], own: Mapping[str, Role | None]) -> dict[str, Role | None]:
    """The slots of one event type: the language's, overridden by the type's own."""
    return {**general, **own}


def role_of(slot: str, token: Token, frame: Mapping[str, Role | None], mentions: Mentions, cues: Cues) -> Role | None:
    """The role of a filler, or None. ``slot.person`` and ``slot.thing`` are asked before ``slot``.

    A bare noun after a passive is its agent when it names someone ("ditangkap polisi"), else a second object.
    """
    kind = "person" if is_person(token, mentions, cues) else "thing"
    if slot == "bare":
        slot = "by" if kind == "person" else "second"
    for name in _names(slot, kind):
        if name in frame:
            return frame[name]
    return None


def _names(slot: str, kind: str) -> Iterator[str]:
    """The slots to ask for, narrowest first: with and without what fills it, then without where it was found."""
    yield f"{slot}.{kind}"
    yield slot
    place, _, rest = slot.partition(".")
    if place in ("noun", "passed"):
        yield f"{rest}.{kind}"
        yield rest
    elif rest:
        yield f"{place}.{kind}"
        yield place


def is_person(token: Token, mentions: Mentions, cues: Cues) -> bool:
    """True for what can act: people, bodies, countries; by entity type, else by the noun itself."""
    entity = mentions.entity_at(token)
    if entity is not None:
        return entity.type in PERSONS
    return is_in(token, cues.pronouns) or is_in(token, cues.person_nouns) or token.pos_ == "PROPN"


APPROXIMATION = re.compile(r"se(\w+)-\w+")
"""With -nya an adverb, whatever the word: "sekurang-kurangnya", "selambat-lambatnya"."""
CLITIC = "nya"
WITH = "dengan"
FRAME_WORDS = 3
"""Words of the longest preposition that the roles of a language list ("di luar proses")."""


def is_measure(token: Token, cues: Cues) -> bool:
    """Whether a word opens a phrase and stays outside it: "sebanyak", "setidaknya"."""
    return is_in(token, cues.measures) or (_has_clitic(token) and APPROXIMATION.fullmatch(token.lower_) is not None)


def _has_clitic(token: Token) -> bool:
    return token.i + 1 < token.sent.end and token.nbor().lower_ == CLITIC


def is_no_role(doc: Doc, start: int, mentions: Mentions, cues: Cues) -> bool:
    """Whether the preposition before a phrase goes on into its first words, and so says no role: "di | sela-sela kongres".

    The longest that the roles list decides ("di tengah: null", but "di tengah laut: place"); a place with a name is one.
    """
    first = doc[start].sent.start
    at = next((at for at in range(start - 1, max(first, start - FRAME_WORDS) - 1, -1) if doc[at].pos_ == "ADP"), None)
    if at is None:
        return False
    words = [
        word for word in doc[at : min(at + 2 * FRAME_WORDS, doc[start].sent.end)] if word.pos_ not in ("DET", "NUM", "SPACE")
    ]
    for size in range(min(FRAME_WORDS, len(words)), max(start - at, 2) - 1, -1):
        slot = " ".join(word.lower_ for word in words[:size])
        if slot in cues.roles:
            named = mentions.entity_at(words[size]) if size < len(words) else None
            return cues.roles[slot] is None and (named is None or named.type != "LOC")
    return False


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


class Mentions:
    """The entities and time expressions of one document, addressed by token."""

    def __init__(self, doc: Doc, entities: Sequence[Entity], times: Sequence[Time]) -> None:
        self.doc = doc
        self.entities = list(entities)
        self.times = list(times)
        self._entity: dict[int, Entity] = {}
        self._time: dict[int, int] = {}
        self._posts: dict[int, tuple[int, int]] | None = None
        self._spans = [tokens_of(doc, time.start, time.end) for time in self.times]
        self._anchors: dict[int, list[tuple[int, Token]]] = {}
        for entity in self.entities:
            for at in tokens_of(doc, entity.start, entity.end):
                self._entity[at] = entity
        for index, span in enumerate(self._spans):
            self._time |= dict.fromkeys(span, index)
            if words := [token for token in map(doc.__getitem__, span) if not token.is_space]:
                inside = {token.i for token in words}
                heads = [token for token in words if token.head.i not in inside or token.head.i == token.i]
                self._anchors.setdefault(words[0].sent.start, []).append((index, (heads or words)[0]))

    @cached_property
    def between(self) -> Between:
        """What stands between two of the document's tokens."""
        return Between(self.doc)

    def entity_at(self, token: Token) -> Entity | None:
        return self._entity.get(token.i)

    def time_at(self, token: Token) -> int | None:
        return self._time.get(token.i)

    def times_in(self, sentence: Span) -> Sequence[tuple[int, Token]]:
        """(index, head token) of the times of a sentence, in text order."""
        return self._anchors.get(sentence.start, ())

    def told_in(self, sentence: Span) -> Sequence[tuple[int, Token]]:
        """As ``times_in``, without that of the report's date line ("Jakarta, 12 Maret 2018 –"), which dates no event there."""
        return [(index, anchor) for index, anchor in self.times_in(sentence) if index != self._date_line]

    @cached_property
    def _date_line(self) -> int | None:
        """The first time of the document, if names alone stand before it and a dash behind it, but no range goes on."""
        if not self._spans or not self._spans[0]:
            return None
        first, last = self._spans[0][0], self._spans[0][-1]
        behind = [self.doc[at].text for at in range(last + 1, min(last + 3, len(self.doc)))]
        opens = not any(self.doc[at].text[:1].islower() for at in range(first))
        return 0 if first and opens and len(behind) == 2 and behind[0] in DASHES and not behind[1][:1].isdigit() else None

    def _posts_of(self, cues: Cues) -> dict[int, tuple[int, int]]:
        if self._posts is None:
            self._posts = find_posts(self.doc, self._entity, cues)
        return self._posts

    def noun_phrase(self, token: Token, cues: Cues) -> tuple[int, int]:
        """The phrase of ``token``, widened to the whole name that it is in, without words of measure or times at its edges."""
        return self.widened(token, *phrase(token), cues)

    def widened(self, token: Token, start: int, end: int, cues: Cues) -> tuple[int, int]:
        """A span around ``token`` that takes in the name that it is in and sheds words of measure and times."""
        entity = self.entity_at(token)
        if entity is not None:
            name = tokens_of(self.doc, entity.start, entity.end)
            start, end = min(start, name.start), max(end, name.stop)
        if (post := self._posts_of(cues).get(token.i)) is not None:
            start, end = min(start, post[0]), max(end, post[1])
        if start > token.sent.start and self.doc[start - 1].pos_ == "NUM" and start - 1 not in self._time:
            # A number counts the noun that it stands before ("65 negara"), also where the parser hung it on a word to its
            # left across a comma ("saat ini, 65 negara"); without the comma it belongs there ("Pasal 65 undang-undang").
            opens = start - 2 >= token.sent.start and self.doc[start - 2].pos_ == "PUNCT"
            start -= opens or self.doc[start - 1].head.i >= start - 1
        start = self._opening(token, start, end, cues)
        if start + 1 < end and self.doc[start].lower_ in cues.hearsay:
            start += 1
        while end - 1 > token.i and end - 1 in self._time:
            end -= 1
            while end - 1 > token.i and self.doc[end - 1].pos_ in ("ADP", "PUNCT", "SPACE"):
                end -= 1
        end = self._closing(token, start, self._before_verb(token, end, cues), cues)
        return balanced(self.doc, start, end)

    def _opening(self, token: Token, start: int, end: int, cues: Cues) -> int:
        """Where a phrase begins without words of measure and focus: "sekurang-kurangnya | 50 orang", "bukan hanya | PKI"."""
        while start < end:
            word = self.doc[start]
            follows = self.doc[start + 1] if start + 1 < end else None
            denied = word.lower_ in cues.negators and follows is not None and is_measure(follows, cues)
            outside = denied or is_measure(word, cues)
            length = 2 if outside and _has_clitic(word) else 1
            if not (outside or word.is_space) or (start >= token.i and end <= start + length):
                return start
            start += length
        return start

    def _before_verb(self, token: Token, end: int, cues: Cues) -> int:
        """Where a phrase ends without what says how the next verb is done: "Jokowi | resmi melantik", "Ia | urung pergi"."""
        doc, limit = self.doc, token.sent.end
        at = next((at for at in range(end, limit) if doc[at].pos_ not in ("ADV", "AUX", "PART", "SPACE")), limit)
        if at == limit or doc[at].pos_ != "VERB":
            return end
        while end - 1 > token.i and (length := self._of_verb(token, end - 1, doc[at], cues)):
            end -= length
        for at in range(token.i + 1, end - 1):
            if doc[at].pos_ == "ADP" and self._says_how(token, at, end, cues):
                return at
        return end

    def _of_verb(self, token: Token, last: int, verb: Token, cues: Cues) -> int:
        """How many words at the end of a phrase right before a verb are the verb's."""
        word, before = self.doc[last], self.doc[last - 1]
        if word.lower_ in cues.undone or (word.lower_ in cues.future and voice(verb) == "active"):
            return 1
        if word.lower_ in cues.measures:
            # A thing may be of that kind ("dokumen resmi", "juru bicara resmi"), a name or a noun with "itu" is not.
            return int(
                before.pos_ in ("PROPN", "DET", "PRON") or self.entity_at(before) is not None or _is_actor(before, token, cues)
            )
        planned = before.lower_ in cues.planning or before.lower_ + CLITIC in cues.hearsay
        return 2 if word.lower_ == CLITIC and planned and last - 1 > token.i else 0

    def _says_how(self, token: Token, at: int, end: int, cues: Cues) -> bool:
        """Whether a name is followed by how it did something, from a preposition on: "Dewan Keamanan | dengan suara bulat"."""
        words = self.doc[at:end]
        if cues.roles.get(f"{words[0].lower_} {words[1].lower_}", "place") is None:
            return True
        return words[0].lower_ == WITH and words[1].pos_ in ("ADJ", "ADV") and self.entity_at(token) is not None

    def _closing(self, token: Token, start: int, end: int, cues: Cues) -> int:
        """Where a phrase ends without what belongs to the phrase round it, and with the owner whom a tree cut off.

        "pria yang ditahan di Medan | itu", "rapat yang dihadiri 27 negara | itu"; "orang tua [saya] meninggal".
        """
        doc, last = self.doc, self.doc[end - 1]
        if end < token.sent.end and is_owner(doc[end], token, end, cues):
            return end + 1
        if end - 1 <= token.i or last.lower_ not in cues.demonstratives:
            return end
        named = self.entity_at(doc[end - 2]) is not None or doc[end - 2].pos_ == "PROPN"
        # "27 negara itu", but "kedua negara itu": those are known.
        counted = any(word.pos_ == "NUM" and not word.lower_.startswith("ke") for word in doc[start : token.i])
        around = (
            _in_relative(token) or last.head.i < start or (relation(token) == "nmod" and self._is_bare_name(start, end - 1))
        )
        return end - 1 if (named or counted) and around else end

    def _is_bare_name(self, start: int, end: int) -> bool:
        """Whether tokens ``[start, end)`` are the name of a person or place and no more: "serangan di [Gaza] itu"."""
        name = self.entity_at(self.doc[start])
        return (
            name is not None and name.type in ("PER", "LOC") and tokens_of(self.doc, name.start, name.end) == range(start, end)
        )

    def behind_place(self, start: int, end: int, cues: Cues) -> int:
        """Where a phrase begins without the town that a report begins with: "Solo - | Wali Kota Gibran melantik".

        Two names alike are a pair ("Rusia - Ukraina", "Jakarta - Bandung"), and so may a country and a body be.
        """
        doc, place = self.doc, self.entity_at(self.doc[start])
        dash = next((at for at in range(start + 1, end - 1) if self.entity_at(doc[at]) is not place), end)
        if (
            place is None
            or place.type != "LOC"
            or start != doc[start].sent.start
            or dash == end
            or doc[dash].text not in DASHES
        ):
            return start
        behind = self.entity_at(doc[dash + 1])
        town = not (place.link or "").startswith("iso3166:")
        if behind is None:
            return dash + 1 if doc[dash + 1].pos_ == "NOUN" or doc[dash + 1].lower_ in cues.person_nouns else start
        return dash + 1 if behind.type == "PER" or (town and behind.type == "ORG") else start

    def argument(self, role: Role, start: int, end: int) -> Argument:
        """An argument over tokens [start, end), linked to the first entity that it holds."""
        left, right = characters(self.doc, start, end)
        root = root_of(self.doc, left, right)
        # The entity that the phrase is or is headed by: the one that holds its head, else one that fills its end.
        entity = (self.entity_at(root) if root is not None else None) or self._entity.get(end - 1)
        return Argument(role, left, right, self.doc.text[left:right], entity=entity.id if entity is not None else None)

    def time_span(self, index: int) -> tuple[int, int]:
        """The tokens of a time expression, end exclusive."""
        return self._spans[index].start, self._spans[index].stop

    def time_argument(self, index: int) -> Argument:
        time = self.times[index]
        return Argument("time", time.start, time.end, time.text, time=time.id)
