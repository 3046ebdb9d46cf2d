"""What the text is talking about: the day of publication, the dates told so far, and the tense of the clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from peristiwa.dates.grammar import Grammar
from peristiwa.timex import Grain
from peristiwa.types import Anchor

if TYPE_CHECKING:
    from peristiwa.dates.find import Found

CLOSING = re.compile('["”]')
BOUNDARY = re.compile(r"[.!?\n](?:(?<=\n)|(?=[\s\"”’)]))")  # of sentences
WORD = re.compile(r"\w+")
CLAUSE, BEFORE = 160, 40  # characters on each side of an expression in which its clause, and before it a word, is looked for


class Told(NamedTuple):
    """A date that the text has told: a day with how much of it is known, where it stood (``at`` to ``end``), and its
    hour, which is only rough unless ``exact``."""

    day: date
    grain: Grain
    at: int
    end: int = 0
    hour: tuple[int, int] | None = None
    exact: bool = False


@dataclass(slots=True)
class Story:
    """The narrative so far. ``reference`` is the publication date, or the date line's where that is unknown.

    ``founds`` are all expressions of the text; ``quotations`` and ``attributions`` belong to ``quotes`` and are filled
    when first asked for.
    """

    text: str
    grammar: Grammar
    reference: date | None
    reference_anchor: Anchor = "publication"
    told: dict[Grain, Told] = field(default_factory=dict)
    last: Told | None = None
    feast: date | None = None
    session: Told | None = None
    founds: Sequence[Found] = ()
    quotations: list[tuple[int, int]] | None = None
    attributions: list[tuple[int, date]] | None = None

    def focus(self, grains: tuple[Grain, ...] = ("day", "week", "month", "year")) -> Told | None:
        """The last told date of one of the grains."""
        last = None
        for grain in grains:
            told = self.told.get(grain)
            if told and (last is None or told.at > last.at):
                last = told
        return last

    def tell(self, told: Told) -> None:
        """Adds a date to the story: the last one of its grain, and of a session where it has an hour that is not to come."""
        self.told[told.grain] = self.last = told
        if told.exact and self.reference is not None and told.day <= self.reference:
            self.session = told

    def clause(self, start: int, end: int) -> tuple[str, str]:
        """The sentence around an expression: what stands before and after it, at most 160 characters on each side."""
        begins = max(0, start - CLAUSE)
        for match in BOUNDARY.finditer(self.text, begins, start):
            begins = match.end()
        stop = BOUNDARY.search(self.text, end, end + CLAUSE)
        return self.text[begins:start], self.text[end : stop.start() if stop else end + CLAUSE]

    def before(self, start: int) -> str:
        """The word right before an expression, lower case."""
        words = WORD.findall(self.text, max(0, start - BEFORE), start)
        return words[-1].lower() if words else ""

    def direction(self, start: int, end: int) -> int:
        """1 where the clause speaks of the future, -1 of the past, 0 where it does not say."""
        left, right = self.clause(start, end)
        grammar = self.grammar
        if '"' in left or "”" in left:
            outside = CLOSING.split(left)[-1]
            if grammar.said.found(outside):  # '"Kami akan pergi," kata Sari, Senin'
                left = outside
        if grammar.tensed.isdisjoint(WORD.findall(f"{left} | {right}".lower())):
            return 0
        left, right = grammar.clauses.own(left, right)
        clause = f"{left} | {right}"
        words = WORD.findall(clause.lower())
        if not grammar.thwarted.isdisjoint(words):  # "semula akan digelar pada 20 Mei": what was to be is past or still to come
            return 0
        future, past = grammar.future.found(clause, words), grammar.past.found(clause, words)
        if future and past:  # the nearer cue decides
            place = len(left)
            near = [
                (min(abs(m.start() - place) for m in cues.pattern.finditer(clause)), sign)
                for cues, sign in ((grammar.future, 1), (grammar.past, -1))
            ]
            return min(near)[1]
        return 1 if future else -1 if past else 0


def nearest(candidates: list[date], reference: date) -> date | None:
    """The candidate with the smallest distance; the past one where two are equally far."""
    return min(candidates, key=lambda day: (abs((day - reference).days), day > reference), default=None)
