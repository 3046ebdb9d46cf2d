"""Short reports built by hand, as a run reads them, for the tests of merging."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from peristiwa.types import (
    Argument,
    Bound,
    Document,
    Entity,
    EntityType,
    Event,
    EventDate,
    Modality,
    Quantity,
    Record,
    Role,
    Sentence,
    Trigger,
)


@dataclass(frozen=True)
class Told:
    """An event of a report: its words are looked up in the text."""

    type: str
    trigger: str
    lemma: str
    roles: dict[Role, str]
    days: tuple[str, str] | None = None
    modality: Modality = "asserted"
    same_as: str | None = None


def report(
    doc_id: str,
    text: str,
    events: Sequence[Told],
    names: dict[str, tuple[EntityType, str, str | None]] | None = None,
    numbers: dict[str, tuple[float, str, Bound | None]] | None = None,
    published: str | None = None,
    title: str | None = None,
) -> Record:
    """A record whose sentences are the lines of ``text``; ``names`` maps words to type, canonical name and link."""

    def at(words: str) -> tuple[int, int, str]:
        start = text.index(words)
        return start, start + len(words), words

    entities = tuple(
        Entity(f"T{n}", kind, *at(words), name, link) for n, (words, (kind, name, link)) in enumerate((names or {}).items(), 1)
    )
    quantities = tuple(
        Quantity(f"Q{n}", *at(words), value, unit, bound)
        for n, (words, (value, unit, bound)) in enumerate((numbers or {}).items(), 1)
    )
    found = []
    for number, told in enumerate(events, 1):
        arguments = []
        for role, words in told.roles.items():
            start, end, _ = at(words)
            inside = next((e.id for e in entities if start <= e.start and e.end <= end), None)
            arguments.append(Argument(role, start, end, words, entity=inside))
        trigger = Trigger(*at(told.trigger), told.lemma)
        date = EventDate(told.days[0], None, *told.days, "argument") if told.days else None
        sentence = text[: trigger.start].count("\n")
        found.append(
            Event(f"E{number}", told.type, trigger, sentence, told.modality, None, date, tuple(arguments), told.same_as)
        )
    bounds, start = [], 0
    for line in text.split("\n"):
        bounds.append(Sentence(start, start + len(line)))
        start += len(line) + 1
    day = datetime.date.fromisoformat(published) if published else None
    document = Document(doc_id, text, f"in/{doc_id}.txt", published=day, title=title)
    return Record(document, tuple(bounds), entities, (), quantities, tuple(found))
