"""Happenings of one document: the mentions that ``same_as`` holds together, read as one.

``same_as`` is transitive, so a happening is a chain of it; a mention without one is a happening of its own. Links between
mentions of different types join nothing: a happening has one type.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peristiwa.timex import day_number
from peristiwa.types import Argument, Entity, Event, EventDate, Modality

_BASES = ("argument", "context", "publication")
Key = tuple[str, str]  # type and id of a mention


@dataclass(frozen=True, slots=True)
class Happening:
    """Mentions of one happening in the order of the text; its id and type are those of the first."""

    mentions: tuple[Event, ...]

    @property
    def first(self) -> Event:
        return self.mentions[0]

    @property
    def id(self) -> str:
        return self.first.id

    @property
    def type(self) -> str:
        return self.first.type

    @property
    def same_as(self) -> str | None:
        """What a mention of it is the same as that is not among the mentions (of another type, or not read with them)."""
        own = {mention.id for mention in self.mentions}
        return next((m.same_as for m in self.mentions if m.same_as is not None and m.same_as not in own), None)

    @property
    def modality(self) -> Modality:
        """Asserted where any mention asserts it (a plan that came true), else that of the first mention."""
        return "asserted" if any(m.modality == "asserted" for m in self.mentions) else self.first.modality

    @property
    def confidence(self) -> float | None:
        """The greatest of its mentions: it is there if any of them is."""
        return max((m.confidence for m in self.mentions if m.confidence is not None), default=None)

    @property
    def date(self) -> EventDate | None:
        """The date told best (by an argument, then by the context), made as narrow as another mention makes it."""
        dates = [m.date for m in self.mentions if m.date is not None]
        if not dates:
            return None
        best = min(dates, key=lambda date: _BASES.index(date.basis))
        return min((date for date in dates if _inside(date, best)), key=days_of, default=best)


def happenings(events: Iterable[Event]) -> list[Happening]:
    """The happenings of one document's events, in the order of their first mentions."""
    ordered = sorted(events, key=lambda event: (event.trigger.start, event.trigger.end, event.id))
    above: dict[Key, Key] = {}

    def top(key: Key) -> Key:
        while (parent := above.get(key, key)) != key:
            above[key] = above.get(parent, parent)
            key = parent
        return key

    for event in ordered:
        if event.same_as is not None:
            one, other = sorted((top((event.type, event.id)), top((event.type, event.same_as))))
            above[other] = one
    chains: dict[Key, list[Event]] = {}
    for event in ordered:
        chains.setdefault(top((event.type, event.id)), []).append(event)
    return [Happening(tuple(chain)) for chain in chains.values()]


def fillers(happening: Happening, role: str, entities: Sequence[Entity] = ()) -> list[Argument]:
    """The fillers of ``role`` over all mentions in order, each told once: the same words, or the same name of ``entities``."""
    names = {entity.id: entity.name for entity in entities}
    seen: set[str] = set()
    out: list[Argument] = []
    for mention in happening.mentions:
        for argument in mention.arguments:
            if argument.role != role:
                continue
            told = {argument.text.casefold()}
            if len(happening.mentions) > 1:  # inside one mention coordinated fillers stand as they are
                told |= {n.casefold() for n in (names.get(argument.entity or ""), argument.refers_to) if n}
                if told & seen:
                    continue
            seen |= told
            out.append(argument)
    return out


def days_of(date: EventDate) -> int:
    """How many days the interval of ``date`` spans; very many where an end is open."""
    if date.earliest is None or date.latest is None:
        return 10**9
    return day_number(date.latest) - day_number(date.earliest)


def _inside(date: EventDate, other: EventDate) -> bool:
    if other.earliest is None or other.latest is None or date.earliest is None or date.latest is None:
        return date == other
    begins = day_number(other.earliest) <= day_number(date.earliest)
    return begins and day_number(date.latest) <= day_number(other.latest)
