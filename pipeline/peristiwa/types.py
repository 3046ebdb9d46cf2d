"""The frozen types that every stage reads and writes.

All offsets count Unicode code points of ``Document.text``, end exclusive: ``text[start:end]`` is the quoted ``text``
of every span. What the fields mean is in docs/records.md and docs/annotation.md.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal, get_args

from peristiwa.errors import UsageError

EntityType = Literal["PER", "ORG", "LOC", "LAW", "EVT"]
TimeType = Literal["DATE", "TIME", "DURATION", "SET"]
Role = Literal["agent", "object", "recipient", "topic", "place", "time", "source"]
Modality = Literal["asserted", "negated", "planned", "possible"]
Phase = Literal["start", "ongoing", "end"]
Anchor = Literal["explicit", "publication", "narrative", "unresolved"]
Basis = Literal["argument", "context", "publication"]
Bound = Literal["at_least", "at_most", "about"]

ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)
TIME_TYPES: tuple[TimeType, ...] = get_args(TimeType)
ROLES: tuple[Role, ...] = get_args(Role)
MODALITIES: tuple[Modality, ...] = get_args(Modality)

ENTITY_NAMES: dict[str, EntityType] = {
    "PER": "PER",
    "PERSON": "PER",
    "ORG": "ORG",
    "ORGANISATION": "ORG",
    "ORGANIZATION": "ORG",
    "LOC": "LOC",
    "LOCATION": "LOC",
    "PLACE": "LOC",
    "GPE": "LOC",
    "FAC": "LOC",
    "LAW": "LAW",
    "EVT": "EVT",
    "EVENT": "EVT",
}
"""The names of our entity types in other tag sets; what has no counterpart is no entity here."""

PAGE_BREAK = "\f"
"""Parts the printed pages of a text, as in what pdftotext writes; the page of a character is one more than stand before it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text as it entered the pipeline, after the only changes ever made to it (NFC, line ends)."""

    doc_id: str
    text: str
    source: str = ""
    language: str = "id"
    published: datetime.date | None = None
    title: str | None = None

    def __post_init__(self) -> None:
        for name in ("doc_id", "text", "language"):
            value = getattr(self, name)
            if not isinstance(value, str):
                raise UsageError(f"{self.doc_id}: {name} is a {type(value).__name__}: give a string.")
        if isinstance(self.published, datetime.datetime):  # a date, too, but one that cannot be counted with dates
            day = self.published.date() if self.published == self.published else None  # NaT is a datetime, and no day
            object.__setattr__(self, "published", day)
        if not isinstance(self.published, datetime.date | None):
            raise UsageError(f"{self.doc_id}: published is a {type(self.published).__name__}: give a datetime.date or None.")


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that gave no result: a line of failures.jsonl."""

    doc_id: str
    source: str
    stage: str
    reason: str

    def __str__(self) -> str:
        """As people are told of it; a source may be a file, or a newspaper that many documents are from."""
        source = f" ({self.source})" if self.source and self.source != self.doc_id else ""
        return f"{self.doc_id}{source}: {self.stage}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Sentence:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A named mention. ``name`` is the canonical name or the text; ``link`` a checkable identifier or None."""

    id: str
    type: EntityType
    start: int
    end: int
    text: str
    name: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """A TIMEX3 expression with its value in three forms: TIMEX3 ``value``/``mod``, EDTF, and an interval.

    ``earliest`` and ``latest`` are ISO dates (YYYY-MM-DD), both inclusive, None where nothing is known.
    ``value`` may hold X for unknown parts ("XXXX-03").
    """

    id: str
    type: TimeType
    start: int
    end: int
    text: str
    value: str | None
    mod: str | None = None
    edtf: str | None = None
    earliest: str | None = None
    latest: str | None = None
    anchor: Anchor = "explicit"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, scales and decimal comma resolved in ``value``; currencies are units ("IDR")."""

    id: str
    start: int
    end: int
    text: str
    value: float
    unit: str | None = None
    bound: Bound | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    start: int
    end: int
    text: str
    lemma: str


@dataclass(frozen=True, slots=True)
class Argument:
    """A filler of one role. ``entity`` and ``time`` are ids of the mention that it is or contains."""

    role: Role
    start: int
    end: int
    text: str
    entity: str | None = None
    time: str | None = None
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class EventDate:
    value: str
    edtf: str | None
    earliest: str | None
    latest: str | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class Event:
    """One mention of a happening. ``rule`` names what fired; ``confidence`` is None until it is calibrated."""

    id: str
    type: str
    trigger: Trigger
    sentence: int
    modality: Modality = "asserted"
    phase: Phase | None = None
    date: EventDate | None = None
    arguments: tuple[Argument, ...] = ()
    same_as: str | None = None
    confidence: float | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that was read from one document: a line of annotations.jsonl, and what gold looks like when loaded."""

    document: Document
    sentences: tuple[Sentence, ...] = ()
    entities: tuple[Entity, ...] = ()
    times: tuple[Time, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    events: tuple[Event, ...] = ()
