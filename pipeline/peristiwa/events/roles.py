"""From grammatical slots to roles, and from tokens to the spans, entities and times that they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from peristiwa.events.between import Between
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.posts import find_posts
from peristiwa.events.tree import DASHES, characters, root_of, tokens_of
from peristiwa.events.view import once
from peristiwa.types import Argument, Entity, Role, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

PERSONS = frozenset({"PER", "ORG", "LOC"})
FRAME_WORDS = 3
"""Words of the longest preposition that the roles of a language list ("di luar proses")."""


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


def acts(token: Token, cues: Cues) -> bool:
    """True for a noun of people, or of who does something: "perampok", "penyanyi"."""
    text = token.lower_
    return is_in(token, cues.person_nouns) or (text.startswith("pe") and not text.endswith("an") and len(text) > 5)


@once
def is_no_role(opening: Token, mentions: Mentions, cues: Cues) -> bool:
    """Whether the preposition before a phrase goes on into its first words, and so says no role: "di | sela-sela kongres".

    The longest that the roles list decides ("di tengah: null", but "di tengah laut: place"); a place with a name is one.
    ``opening`` is the first word of the phrase.
    """
    doc, start, first = opening.doc, opening.i, opening.sent.start
    at = next((at for at in range(start - 1, max(first, start - FRAME_WORDS) - 1, -1) if doc[at].pos_ == "ADP"), None)
    if at is None:
        return False
    words = [word for word in doc[at : min(at + 2 * FRAME_WORDS, opening.sent.end)] if word.pos_ not in ("DET", "NUM", "SPACE")]
    for size in range(min(FRAME_WORDS, len(words)), max(start - at, 2) - 1, -1):
        slot = " ".join(word.lower_ for word in words[:size])
        if slot in cues.roles:
            named = mentions.entity_at(words[size]) if size < len(words) else None
            return cues.roles[slot] is None and (named is None or named.type != "LOC")
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

    def post_at(self, token: Token, cues: Cues) -> tuple[int, int] | None:
        """The tokens of the post of two portfolios that a token is in, end exclusive."""
        if self._posts is None:
            self._posts = find_posts(self.doc, self._entity, cues)
        return self._posts.get(token.i)

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
