"""Records survive JSON, and malformed ones are refused with a place and a reason."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from peristiwa.errors import GoldError
from peristiwa.records import read_records, record_from_dict, record_to_dict, record_to_json
from peristiwa.types import (
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

TEXT = "Pada 2019, Mesir meneken 3 pakta."


def record() -> Record:
    return Record(
        Document("d", TEXT, "d.txt", "id", datetime.date(2020, 1, 2), "Judul"),
        (Sentence(0, len(TEXT)),),
        (Entity("T1", "LOC", 11, 16, "Mesir", "Mesir", "iso3166:EG"),),
        (Time("D1", "DATE", 5, 9, "2019", "2019", None, "2019", "2019-01-01", "2019-12-31", "explicit"),),
        (Quantity("Q1", 25, 32, "3 pakta", 3.0, "pakta"),),
        (
            Event(
                "E1",
                "SIGN",
                Trigger(17, 24, "meneken", "teken"),
                0,
                "asserted",
                None,
                EventDate("2019", "2019", "2019-01-01", "2019-12-31", "argument"),
                (
                    Argument("agent", 11, 16, "Mesir", entity="T1"),
                    Argument("object", 25, 32, "3 pakta"),
                    Argument("time", 5, 9, "2019", time="D1"),
                ),
                None,
                None,
                "SIGN/teken",
            ),
        ),
    )


def test_a_record_survives_json() -> None:
    assert record_from_dict(json.loads(record_to_json(record())), "here") == record()


def test_the_form_is_that_of_the_contract() -> None:
    data = record_to_dict(record())
    assert list(data) == [
        "schema", "doc_id", "source", "language", "published", "title", "text",
        "sentences", "entities", "times", "quantities", "events",
    ]  # fmt: skip
    assert data["schema"] == "peristiwa/1"
    agent, thing, when = data["events"][0]["arguments"]
    assert agent == {"role": "agent", "start": 11, "end": 16, "text": "Mesir", "entity": "T1", "refers_to": None}
    assert thing["refers_to"] is None
    assert "entity" not in thing
    assert when == {"role": "time", "start": 5, "end": 9, "text": "2019", "time": "D1"}


def test_the_same_record_gives_the_same_bytes() -> None:
    assert record_to_json(record()) == record_to_json(record())


WRONG_OFFSETS = [{"id": "T1", "type": "LOC", "start": 0, "end": 5, "text": "Mesir"}]


def broken(**changes: object) -> dict[str, object]:
    return {**json.loads(record_to_json(record())), **changes}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (broken(entities=WRONG_OFFSETS), "quotes"),
        (broken(entities=[{"id": "D1", "type": "LOC", "start": 11, "end": 16, "text": "Mesir"}]), "twice"),
        (broken(entities=[{"id": "T1", "type": "GPE", "start": 11, "end": 16, "text": "Mesir"}]), "GPE"),
        (broken(published="kemarin"), "ValueError"),
        ({"doc_id": "d"}, "text"),
        (broken(times=[{"id": "D1", "kind": "DATE"}]), "TypeError"),
        (broken(times=["2019"]), "TypeError"),
        (broken(entities=[{"id": "T1", "type": "LOC", "start": "11", "end": 16, "text": "Mesir"}]), "TypeError"),
        (broken(doc_id=7), "strings"),
        (["a", "list"], "not a record"),
    ],
)  # fmt: skip
def test_malformed_records_are_refused_with_a_reason(data: Any, says: str) -> None:
    with pytest.raises(GoldError, match=says) as error:
        record_from_dict(data, "file.jsonl, line 7")
    assert "file.jsonl, line 7" in str(error.value)


def test_reading_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(record_to_json(record()) + "\n\n{oops\n", encoding="utf8")
    with pytest.raises(GoldError, match="line 3"):
        list(read_records(path))
    path.write_bytes(record_to_json(record()).encode() + b'\n{"doc_id": "caf\xe9"}\n')
    with pytest.raises(GoldError, match=r"line 2: not JSON in UTF-8"):
        list(read_records(path))
    with pytest.raises(GoldError, match="cannot be read"):
        list(read_records(tmp_path / "none.jsonl"))
