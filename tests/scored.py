"""A gold document and a run of it, small enough to count by hand."""

from __future__ import annotations

from peristiwa.types import (
    Argument,
    Document,
    Entity,
    Event,
    EventDate,
    Record,
    Role,
    Sentence,
    Time,
    Trigger,
)

TEXT = "Pada Januari 2031 Dewan Samudra mengesahkan Piagam Laut dan menolak usul Kota Malaka soal tarif baru kapal."


def at(quoted: str, text: str = TEXT) -> tuple[int, int]:
    assert text.count(quoted) == 1
    return text.index(quoted), text.index(quoted) + len(quoted)


def argument(role: Role, quoted: str) -> Argument:
    return Argument(role, *at(quoted), quoted)


def event(kind: str, quoted: str, *arguments: Argument, date: str | None = None, id: str = "E1", **rest: str) -> Event:
    when = EventDate(date, None, None, None, "argument") if date else None
    return Event(id, kind, Trigger(*at(quoted), quoted, ""), 0, date=when, arguments=arguments, **rest)  # type: ignore[arg-type]


def record(*events: Event, entities: tuple[Entity, ...] = (), times: tuple[Time, ...] = (), doc_id: str = "d") -> Record:
    return Record(Document(doc_id, TEXT), (Sentence(0, len(TEXT)),), entities, times, (), events)


GOLD = record(
    event(
        "ADOPT",
        "mengesahkan",
        argument("time", "Januari 2031"),
        argument("agent", "Dewan Samudra"),
        argument("object", "Piagam Laut"),
        date="2031-01",
    ),
    event(
        "REJECT",
        "menolak",
        argument("agent", "Dewan Samudra"),
        argument("object", "usul Kota Malaka"),
        argument("topic", "tarif baru kapal"),
        id="E2",
    ),
    entities=(
        Entity("T1", "ORG", *at("Dewan Samudra"), "Dewan Samudra", "Dewan Samudra"),
        Entity("T2", "LAW", *at("Piagam Laut"), "Piagam Laut", "Piagam Laut"),
        Entity("T3", "LOC", *at("Kota Malaka"), "Kota Malaka", "Kota Malaka"),
    ),
    times=(Time("D1", "DATE", *at("Januari 2031"), "Januari 2031", "2031-01"),),
)

RUN = record(
    event(
        "ADOPT",
        "mengesahkan",
        argument("time", "Januari 2031"),
        argument("agent", "Dewan"),  # Jaccard 1/2: counts, but not strictly
        argument("object", "Piagam Laut"),
        date="2031-01",
    ),
    event(
        "REJECT",
        "menolak",
        argument("agent", "Dewan Samudra"),
        argument("object", "Malaka"),  # Jaccard 1/3
        argument("recipient", "tarif baru kapal"),  # wrong role
        id="E2",
        date="2031-02",
        modality="planned",
    ),
    event("CALL", "usul", id="E3"),  # no such event
    entities=(
        Entity("T1", "ORG", *at("Dewan"), "Dewan", "Dewan"),
        Entity("T2", "LAW", *at("Piagam Laut"), "Piagam Laut", "Piagam Laut"),
        Entity("T3", "ORG", *at("Kota Malaka"), "Kota Malaka", "Kota Malaka"),
    ),
    times=(
        Time("D1", "TIME", *at("Januari"), "Januari", "2031-01"),
        Time("D2", "DATE", *at("2031"), "2031", "2031"),
    ),
)
