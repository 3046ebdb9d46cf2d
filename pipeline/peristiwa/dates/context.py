"""What the text is talking about: the day of publication, the dates told so far, and the tense of the clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from peristiwa.dates.grammar import Grammar
from peristiwa.types import Anchor

if TYPE_CHECKING:
    from peristiwa.dates.find import Found

CLOSING = re.compile('["”]')
BOUNDARY = re.compile(r"[.!?](?=[\s\"”’)])|\n")
Grain = Literal["day", "week", "month", "year"]


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
    founds: Sequence[Found] = ()
    quotations: list[tuple[int, int]] | None = None
    attributions: list[tuple[int, date]] = field(default_factory=list)

    def focus(self, grains: tuple[Grain, ...] = ("day", "week", "month", "year")) -> Told | None:
        """The last told date of one of the grains."""
        found = [told for grain in grains if (told := self.told.get(grain))]
        return max(found, key=lambda told: told.at, default=None)

    def tell(self, told: Told) -> None:
        """Adds a date to the story: the last one of its grain."""
        self.told[told.grain] = self.last = told

    def clause(self, start: int, end: int) -> str:
        """The sentence around an expression, without the expression, at most 160 characters on each side."""
        left = self.text[max(0, start - 160) : start]
        right = self.text[end : end + 160]
        cuts = [match.end() for match in BOUNDARY.finditer(left)]
        stop = BOUNDARY.search(right)
        return left[cuts[-1] if cuts else 0 :] + " | " + (right[: stop.start()] if stop else right)

    def before(self, start: int) -> str:
        """The word right before an expression, lower case."""
        match = re.search(r"(\w+)\W*\Z", self.text[max(0, start - 40) : start])
        return match[1].lower() if match else ""

    def direction(self, start: int, end: int) -> int:
        """1 where the clause speaks of the future, -1 of the past, 0 where it does not say."""
        clause = self.clause(start, end)
        left, _, right = clause.partition(" | ")
        outside = CLOSING.split(left)[-1]
        if len(outside) < len(left) and self.grammar.said.search(outside):  # '"Kami akan pergi," kata Sari, Senin'
            clause = f"{outside} | {right}"
        future, past = self.grammar.future.search(clause), self.grammar.past.search(clause)
        if future and past:  # the nearer cue decides
            place = clause.index(" | ")
            near = [
                (min(abs(m.start() - place) for m in regex.finditer(clause)), sign)
                for regex, sign in ((self.grammar.future, 1), (self.grammar.past, -1))
            ]
            return min(near)[1]
        if future:
            return 1
        return -1 if past else 0


def shift_month(day: date, months: int) -> date:
    """The first day of the month that lies ``months`` after that of ``day``. Raises ValueError out of range."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def nearest(candidates: list[date], reference: date) -> date | None:
    """The candidate with the smallest distance; the past one where two are equally far."""
    return min(candidates, key=lambda day: (abs((day - reference).days), day > reference), default=None)
