"""The tables of a run: their columns, and the rows that a record gives to each, whatever the format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from peristiwa.emit.coordinates import coordinates
from peristiwa.emit.parts import Part
from peristiwa.happenings import fillers, happenings
from peristiwa.types import Record

Cell = str | int | float | None
Row = dict[str, Cell]
Groups = Mapping[str, str]  # event type → its group in the ontology
Kind = Literal["string", "integer", "number"]

FILLER_ROLES = ("agent", "object", "recipient", "topic", "place", "source")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    description: str


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: what it holds, its columns, its key, and how a record becomes rows."""

    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Record, Groups], Iterator[Row]]


def _documents(record: Record, groups: Groups) -> Iterator[Row]:
    if isinstance(record, Part):
        return
    document = record.document
    yield {
        "doc_id": document.doc_id,
        "source": document.source,
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "language": document.language,
        "characters": len(document.text),
    }


def _events(record: Record, groups: Groups) -> Iterator[Row]:
    text = record.document.text
    for happening in happenings(record.events):
        first, date = happening.first, happening.date
        sentence = record.sentences[first.sentence] if first.sentence < len(record.sentences) else None
        yield {
            "doc_id": record.document.doc_id,
            "id": happening.id,
            "type": happening.type,
            "group": groups.get(happening.type),
            "trigger": first.trigger.text,
            "start": first.trigger.start,
            "end": first.trigger.end,
            **{role: "; ".join(a.text for a in fillers(happening, role, record.entities)) or None for role in FILLER_ROLES},
            "date": date.value if date else None,
            "earliest": date.earliest if date else None,
            "latest": date.latest if date else None,
            "basis": date.basis if date else None,
            "modality": happening.modality,
            "phase": first.phase,
            "mentions": "; ".join(mention.id for mention in happening.mentions),
            "same_as": happening.same_as,
            "sentence": text[sentence.start : sentence.end] if sentence else None,
            "confidence": happening.confidence,
            "rule": first.rule,
        }


def _arguments(record: Record, groups: Groups) -> Iterator[Row]:
    of = {mention.id: happening.id for happening in happenings(record.events) for mention in happening.mentions}
    for event in record.events:
        for number, argument in enumerate(event.arguments, 1):
            yield {
                "doc_id": record.document.doc_id,
                "event_id": event.id,
                "happening": of[event.id],
                "number": number,
                "role": argument.role,
                "start": argument.start,
                "end": argument.end,
                "text": argument.text,
                "entity": argument.entity,
                "time": argument.time,
                "refers_to": argument.refers_to,
            }


def _entities(record: Record, groups: Groups) -> Iterator[Row]:
    for entity in record.entities:
        place = coordinates(entity.link)
        yield {
            "doc_id": record.document.doc_id,
            "id": entity.id,
            "type": entity.type,
            "start": entity.start,
            "end": entity.end,
            "text": entity.text,
            "name": entity.name,
            "link": entity.link,
            "latitude": place[0] if place else None,
            "longitude": place[1] if place else None,
        }


def _times(record: Record, groups: Groups) -> Iterator[Row]:
    for time in record.times:
        yield {
            "doc_id": record.document.doc_id,
            "id": time.id,
            "type": time.type,
            "start": time.start,
            "end": time.end,
            "text": time.text,
            "value": time.value,
            "mod": time.mod,
            "edtf": time.edtf,
            "earliest": time.earliest,
            "latest": time.latest,
            "anchor": time.anchor,
        }


def _quantities(record: Record, groups: Groups) -> Iterator[Row]:
    for quantity in record.quantities:
        yield {
            "doc_id": record.document.doc_id,
            "id": quantity.id,
            "start": quantity.start,
            "end": quantity.end,
            "text": quantity.text,
            "value": float(quantity.value),
            "unit": quantity.unit,
            "bound": quantity.bound,
        }


_DOC = Column("doc_id", "string", "the document")
_START = Column("start", "integer", "first character, counted in code points of the document's text from 0")
_END = Column("end", "integer", "the character after the last")
_TEXT = Column("text", "string", "the quoted text")
_EARLIEST = Column("earliest", "string", "first day that it can mean, YYYY-MM-DD")
_LATEST = Column("latest", "string", "last day that it can mean, YYYY-MM-DD")


def _id(what: str) -> Column:
    return Column("id", "string", f"{what}, unique inside its document")


TABLES: dict[str, TableSpec] = {
    "documents": TableSpec(
        "One row per document that was read, whether it tells of events or not",
        (
            _DOC,
            Column("source", "string", "where it came from: a file, and in a file of several the line or member"),
            Column("title", "string", "its title, where the input gave one"),
            Column("published", "string", "the day of publication, YYYY-MM-DD, where the input gave one"),
            Column("language", "string", "the language that it was read in"),
            Column("characters", "integer", "code points of its text"),
        ),
        ("doc_id",),
        _documents,
    ),
    "events": TableSpec(
        "One row per happening that a document tells",
        (
            _DOC,
            _id("the first mention of the happening"),
            Column("type", "string", "event type of the ontology"),
            Column("group", "string", "the type's group"),
            Column("trigger", "string", "the word that names the event in its first mention"),
            _START,
            _END,
            *(Column(role, "string", f"{role} fillers of all mentions, joined by '; '") for role in FILLER_ROLES),
            Column("date", "string", "TIMEX3 value of when it happened; empty when the document does not say"),
            _EARLIEST,
            _LATEST,
            Column("basis", "string", "where the date comes from: argument, context, publication"),
            Column("modality", "string", "asserted, negated, planned, possible"),
            Column("phase", "string", "start, ongoing, end, or empty"),
            Column("mentions", "string", "ids of all mentions in the order of the text, joined by '; '"),
            Column("same_as", "string", "an earlier mention of the same happening that is not in this row, seldom there"),
            Column("sentence", "string", "the sentence of the first mention"),
            Column("confidence", "number", "calibrated probability, empty until there is one"),
            Column("rule", "string", "what fired"),
        ),
        ("doc_id", "id"),
        _events,
    ),
    "arguments": TableSpec(
        "One row per filler of a role",
        (
            _DOC,
            Column("event_id", "string", "the mention of an event"),
            Column("happening", "string", "the row of the events table that the mention belongs to"),
            Column("number", "integer", "place among the event's arguments, from 1"),
            Column("role", "string", "agent, object, recipient, topic, place, time, source"),
            _START,
            _END,
            _TEXT,
            Column("entity", "string", "id of the entity that the filler is or contains"),
            Column("time", "string", "id of the time that the filler is or contains"),
            Column("refers_to", "string", "name of what a pronoun or definite noun stands for"),
        ),
        ("doc_id", "event_id", "number"),
        _arguments,
    ),
    "entities": TableSpec(
        "One row per named mention",
        (
            _DOC,
            _id("the mention"),
            Column("type", "string", "PER, ORG, LOC, LAW, EVT"),
            _START,
            _END,
            _TEXT,
            Column("name", "string", "canonical name, or the text itself"),
            Column("link", "string", "identifier in a source that can be checked"),
            Column("latitude", "number", "of a linked town, in degrees north (WGS 84); empty for all else"),
            Column("longitude", "number", "of a linked town, in degrees east"),
        ),
        ("doc_id", "id"),
        _entities,
    ),
    "times": TableSpec(
        "One row per temporal expression",
        (
            _DOC,
            _id("the expression"),
            Column("type", "string", "DATE, TIME, DURATION, SET"),
            _START,
            _END,
            _TEXT,
            Column("value", "string", "TIMEX3 value; X where a part is unknown"),
            Column("mod", "string", "TIMEX3 mod"),
            Column("edtf", "string", "the value as EDTF"),
            _EARLIEST,
            _LATEST,
            Column("anchor", "string", "explicit, publication, narrative, unresolved"),
        ),
        ("doc_id", "id"),
        _times,
    ),
    "quantities": TableSpec(
        "One row per number with a unit",
        (
            _DOC,
            _id("the quantity"),
            _START,
            _END,
            _TEXT,
            Column("value", "number", "the number, scales and decimal comma resolved"),
            Column("unit", "string", "what is counted; currencies as ISO 4217 codes"),
            Column("bound", "string", "at_least, at_most, about, or empty"),
        ),
        ("doc_id", "id"),
        _quantities,
    ),
}
