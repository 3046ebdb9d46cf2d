"""What stands between two places of a document, by running counts: a stretch costs a few subtractions, however long."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from peristiwa.events.tree import is_word

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

QUOTES = '"“”'
BREAKS = frozenset(",;:")
JOINS = frozenset({"SCONJ", "CCONJ"})


class Stretch(NamedTuple):
    """How many words, commas and the like, verbs, quotation marks, conjunctions and "yang" a stretch of tokens holds."""

    words: int
    breaks: int
    verbs: int
    quotes: int
    joins: int
    relatives: int


class Between:
    """The counts of one document: ``between(start, end)`` is what tokens ``[start, end)`` hold."""

    def __init__(self, doc: Doc) -> None:
        def running(holds: Callable[[Token], bool]) -> list[int]:
            return list(accumulate(map(holds, doc), initial=0))

        self._words = running(is_word)
        self._breaks = running(lambda token: token.text in BREAKS)
        self._verbs = running(lambda token: token.pos_ == "VERB")
        self._quotes = running(lambda token: token.text in QUOTES)
        self._joins = running(lambda token: token.pos_ in JOINS)
        self._relatives = running(lambda token: token.lower_ == "yang")

    def __call__(self, start: int, end: int) -> Stretch:
        end = max(start, end)
        return Stretch(
            self._words[end] - self._words[start],
            self._breaks[end] - self._breaks[start],
            self._verbs[end] - self._verbs[start],
            self._quotes[end] - self._quotes[start],
            self._joins[end] - self._joins[start],
            self._relatives[end] - self._relatives[start],
        )
