"""Records to and from JSON, in the form ``peristiwa/1`` of docs/records.md.

Reading is the door for data from outside, so it validates: every span must quote the text, every id be unique.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peristiwa.errors import GoldError
from peristiwa.types import (
    ENTITY_TYPES,
    MODALITIES,
    ROLES,
    TIME_TYPES,
    Argument,
    Document,
    Entity,
    Event,
    EventDate,
    Quantity,
    Record,
    Sentence,
    Time,
    Trigger,
)

SCHEMA = "peristiwa/1"


def _fields(item: Sentence | Entity | Time | Quantity | Event | EventDate | Trigger) -> dict[str, Any]:
    """The fields of a frozen type in their order; unlike ``dataclasses.asdict`` it copies nothing."""
    return {name: getattr(item, name) for name in item.__slots__}


def record_to_dict(record: Record) -> dict[str, Any]:
    """The JSON object of one record, keys in the order of docs/records.md."""
    document = record.document
    return {
        "schema": SCHEMA,
        "doc_id": document.doc_id,
        "source": document.source,
        "language": document.language,
        "published": document.published.isoformat() if document.published else None,
        "title": document.title,
        "text": document.text,
        "sentences": [_fields(sentence) for sentence in record.sentences],
        "entities": [_fields(entity) for entity in record.entities],
        "times": [_fields(time) for time in record.times],
        "quantities": [_fields(quantity) for quantity in record.quantities],
        "events": [_event_to_dict(event) for event in record.events],
    }


def _event_to_dict(event: Event) -> dict[str, Any]:
    out = _fields(event)
    out["trigger"] = _fields(event.trigger)
    out["date"] = _fields(event.date) if event.date is not None else None
    out["arguments"] = [_argument_to_dict(argument) for argument in event.arguments]
    return out


def _argument_to_dict(argument: Argument) -> dict[str, Any]:
    """A time argument names its time, any other its entity where it has one; ``refers_to`` where there can be one."""
    out: dict[str, Any] = {
        "role": argument.role,
        "start": argument.start,
        "end": argument.end,
        "text": argument.text,
    }
    if argument.role == "time":
        out["time"] = argument.time
        return out
    if argument.entity is not None:
        out["entity"] = argument.entity
    out["refers_to"] = argument.refers_to
    return out


def record_to_json(record: Record) -> str:
    """One line, without the line end; the same record always gives the same bytes."""
    return json.dumps(record_to_dict(record), ensure_ascii=False, separators=(", ", ": "))


def record_from_dict(data: dict[str, Any], where: str) -> Record:
    """The record of a JSON object; keys that are absent take their defaults (gold leaves out what it does not mark).

    Raises GoldError, naming ``where``, when a field is missing or a span does not quote the text.
    """
    try:
        if not isinstance(data["doc_id"], str) or not isinstance(data["text"], str):
            raise TypeError("doc_id and text are strings")
        published = data.get("published")
        document = Document(
            doc_id=data["doc_id"],
            text=data["text"],
            source=data.get("source") or "",
            language=data.get("language") or "id",
            published=datetime.date.fromisoformat(published) if published else None,
            title=data.get("title"),
        )
        record = Record(
            document=document,
            sentences=tuple(Sentence(s["start"], s["end"]) for s in data.get("sentences", [])),
            entities=tuple(_entity(e) for e in data.get("entities", [])),
            times=tuple(Time(**t) for t in data.get("times", [])),
            quantities=tuple(Quantity(**q) for q in data.get("quantities", [])),
            events=tuple(_event(e) for e in data.get("events", [])),
        )
        check_record(record, where)
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # a field is missing, or of another type
        raise GoldError(
            f"{where}: not a record of {SCHEMA}: {type(error).__name__}: {error}. See docs/records.md for the form."
        ) from error
    return record


def _entity(data: dict[str, Any]) -> Entity:
    return Entity(**{"name": data["text"], **data})


def _event(data: dict[str, Any]) -> Event:
    trigger = data["trigger"]
    date = data.get("date")
    return Event(
        id=data["id"],
        type=data["type"],
        trigger=Trigger(trigger["start"], trigger["end"], trigger["text"], trigger.get("lemma") or ""),
        sentence=data.get("sentence", 0),
        modality=data.get("modality") or "asserted",
        phase=data.get("phase"),
        date=_date(date) if date else None,
        arguments=tuple(Argument(**a) for a in data.get("arguments", [])),
        same_as=data.get("same_as"),
        confidence=data.get("confidence"),
        rule=data.get("rule"),
    )


def _date(data: dict[str, Any]) -> EventDate | None:
    if not data.get("value"):
        return None
    return EventDate(data["value"], data.get("edtf"), data.get("earliest"), data.get("latest"), data.get("basis") or "context")


def check_record(record: Record, where: str) -> None:
    """Raise GoldError unless every span quotes the text, ids are unique, and labels are known."""
    text = record.document.text
    quotes: list[tuple[str, int, int, str]] = [
        *((e.id, e.start, e.end, e.text) for e in record.entities),
        *((t.id, t.start, t.end, t.text) for t in record.times),
        *((q.id, q.start, q.end, q.text) for q in record.quantities),
        *((e.id, e.trigger.start, e.trigger.end, e.trigger.text) for e in record.events),
    ]
    ids = [owner for owner, *_ in quotes]
    quotes += [(e.id, a.start, a.end, a.text) for e in record.events for a in e.arguments]
    for owner, start, end, quoted in quotes:
        if not 0 <= start < end <= len(text) or text[start:end] != quoted:
            raise GoldError(
                f"{where}: {owner} [{start}:{end}] quotes {quoted!r} but the text there is "
                f"{text[start:end]!r}. Offsets count code points, end exclusive."
            )
    doubled = sorted({i for i in ids if ids.count(i) > 1}) if len(set(ids)) < len(ids) else []
    if doubled:
        raise GoldError(f"{where}: the ids {', '.join(doubled)} stand twice; ids are unique inside a document.")
    labels: list[tuple[str, str, tuple[str, ...]]] = [
        *((e.id, e.type, ENTITY_TYPES) for e in record.entities),
        *((t.id, t.type, TIME_TYPES) for t in record.times),
        *((e.id, e.modality, MODALITIES) for e in record.events),
        *((e.id, a.role, ROLES) for e in record.events for a in e.arguments),
    ]
    for owner, label, allowed in labels:
        if label not in allowed:
            raise GoldError(f"{where}: {owner} has the unknown label {label!r}; known are {', '.join(allowed)}.")


def read_records(path: Path | str) -> Iterator[Record]:
    """The records of a JSON-lines file. Raises GoldError with the line's number."""
    path = Path(path)
    try:
        lines = path.open("rb")
    except OSError as error:
        raise GoldError(f"{path}: cannot be read ({error.strerror}).") from error
    with lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            try:
                data = json.loads(line.decode("utf8"))
            except ValueError as error:  # of the encoding or of the JSON
                raise GoldError(f"{where}: not JSON in UTF-8 ({error}).") from error
            yield record_from_dict(data, where)


def read_utf8(path: Path | str) -> str:
    """The text of an annotation file. Raises GoldError when it cannot be read or is not UTF-8."""
    try:
        return Path(path).read_bytes().decode("utf8")
    except OSError as error:
        raise GoldError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}: not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
