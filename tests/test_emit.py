"""A run's folder: every file there, readable by pandas, whole or absent, and counts that add up."""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from peristiwa.brat import read_brat_folder
from peristiwa.emit import TABLES, WRITERS, read_failures, read_manifest, write_run
from peristiwa.emit import parquet as parquet_module
from peristiwa.emit.coordinates import coordinates
from peristiwa.emit.spreadsheet import escape_cell
from peristiwa.errors import UsageError
from peristiwa.records import read_records
from peristiwa.types import (
    Argument,
    Document,
    Entity,
    Event,
    EventDate,
    Failure,
    Quantity,
    Record,
    Sentence,
    Time,
    Trigger,
)

TEXT = 'Kabar, "pagi".\nPada 3 Mei 2031 Dewan Samudra dan Wali Laut mengesahkan 65 pasal; =2+3 Malaka.'
GROUPS = {"ADOPT": "law", "DIE": "life"}


def span(quoted: str) -> tuple[int, int, str]:
    start = TEXT.index(quoted)
    return start, start + len(quoted), quoted


def make(doc_id: str) -> Record:
    event = Event(
        "E1",
        "ADOPT",
        Trigger(*span("mengesahkan"), "sah"),
        1,
        "planned",
        None,
        EventDate("2031-05-03", "2031-05-03", "2031-05-03", "2031-05-03", "argument"),
        (
            Argument("time", *span("3 Mei 2031"), time="D1"),
            Argument("agent", *span("Dewan Samudra"), entity="T1"),
            Argument("agent", *span("Wali Laut")),
            Argument("object", *span("65 pasal")),
            Argument("place", *span("=2+3 Malaka"), refers_to="Kota Malaka"),
        ),
        None,
        None,
        "ADOPT/mengesahkan",
    )
    return Record(
        Document(doc_id, TEXT, f"in/{doc_id}.txt", "id", datetime.date(2031, 5, 4), "Kabar"),
        (Sentence(0, 14), Sentence(15, len(TEXT))),
        (Entity("T1", "ORG", *span("Dewan Samudra"), "Dewan Samudra", None),),
        (Time("D1", "DATE", *span("3 Mei 2031"), "2031-05-03", None, "2031-05-03", "2031-05-03", "2031-05-03"),),
        (Quantity("Q1", *span("65 pasal"), 65, "pasal"),),
        (event, replace(event, id="E2", type="DIE", date=None, arguments=(), same_as="E1", confidence=0.5)),
    )


def run(folder: Path, records: object, **more: object) -> dict[str, object]:
    given = {"settings": {"language": "id"}, "settings_hash": "abc", "packages": {"stanza": "1"}, "groups": GROUPS}
    models = {"ner.pt": {"sha256": "f" * 64, "version": "1"}}
    return write_run(folder, records, **{"models": models, **given, **more})  # type: ignore[arg-type]


def test_the_whole_folder(tmp_path: Path) -> None:
    records = [make("a"), make("b")]
    lost = Failure("c", "in/c.pdf", "ingest", "empty")
    late = Failure("d", "in/d.txt", "annotate", "too\u2028long")
    ticks = iter([10.0, 12.0])
    manifest = run(
        tmp_path, iter([records[0], lost, records[1], late]), skipped=3, tokens=lambda: 30, clock=lambda: next(ticks)
    )
    assert {p.name for p in tmp_path.iterdir()} == {
        "annotations.jsonl",
        "arguments.parquet",
        "documents.parquet",
        "entities.parquet",
        "events.csv",
        "events.parquet",
        "failures.jsonl",
        "manifest.json",
        "quantities.parquet",
        "times.parquet",
    }
    assert list(read_records(tmp_path / "annotations.jsonl")) == records
    assert read_failures(tmp_path) == [lost, late]
    assert manifest == read_manifest(tmp_path)
    assert manifest["documents"] == {"in": 7, "ok": 2, "failed": 2, "skipped": 3}
    assert manifest["found"] == {
        "sentences": 4,
        "events": 4,
        "entities": 2,
        "times": 2,
        "quantities": 2,
        "arguments": 10,
    }
    assert (manifest["seconds"], manifest["tokens"], manifest["tokens_per_second"]) == (2.0, 30, 15.0)
    assert (manifest["settings_hash"], manifest["packages"]) == ("abc", {"stanza": "1"})
    assert manifest["models"] == {"ner.pt": {"sha256": "f" * 64, "version": "1"}}


def test_pandas_reads_the_tables(tmp_path: Path) -> None:
    run(tmp_path, [make("a"), make("b")])
    events = pd.read_parquet(tmp_path / "events.parquet")
    assert list(events.columns) == [c.name for c in TABLES["events"].columns]
    assert len(events) == 4
    first = events.iloc[0]
    assert first[["doc_id", "id", "type", "group", "trigger"]].tolist() == ["a", "E1", "ADOPT", "law", "mengesahkan"]
    assert TEXT[first["start"] : first["end"]] == "mengesahkan"
    assert first["agent"] == "Dewan Samudra; Wali Laut"
    assert first[["object", "place"]].tolist() == ["65 pasal", "=2+3 Malaka"]
    assert first[["date", "earliest", "latest", "basis"]].tolist() == ["2031-05-03"] * 3 + ["argument"]
    assert first["modality"] == "planned"
    assert first["sentence"] == TEXT[15:]
    assert events.iloc[1][["recipient", "date", "basis"]].isna().all()
    assert events.iloc[1]["confidence"] == 0.5
    table = pd.read_csv(tmp_path / "events.csv")
    guarded = events.assign(place=events["place"].replace("=2+3 Malaka", "'=2+3 Malaka"))
    pd.testing.assert_frame_equal(table, guarded, check_dtype=False)
    arguments = pd.read_parquet(tmp_path / "arguments.parquet")
    joined = arguments.merge(events, left_on=["doc_id", "event_id"], right_on=["doc_id", "id"])
    assert len(joined) == len(arguments) == 10
    assert arguments["role"].tolist()[:5] == ["time", "agent", "agent", "object", "place"]
    assert arguments["refers_to"].dropna().tolist() == ["Kota Malaka"] * 2
    assert pd.read_parquet(tmp_path / "quantities.parquet")["value"].tolist() == [65.0, 65.0]
    assert pd.read_parquet(tmp_path / "times.parquet")["anchor"].tolist() == ["explicit"] * 2
    assert pd.read_parquet(tmp_path / "entities.parquet")["name"].tolist() == ["Dewan Samudra"] * 2
    for name, spec in TABLES.items():
        assert not pd.read_parquet(tmp_path / f"{name}.parquet").duplicated(list(spec.key)).any()


def test_every_document_has_a_row_with_its_day(tmp_path: Path) -> None:
    """So that shares can be had of all documents, and events joined with when and where they were told."""
    silent = Record(Document("b", "Tidak ada kabar.", "in/b.txt"))
    run(tmp_path, [make("a"), silent, Failure("c", "in/c.pdf", "ingest", "empty")])
    documents = pd.read_parquet(tmp_path / "documents.parquet")
    assert documents[["doc_id", "source", "title"]].fillna("").values.tolist() == [
        ["a", "in/a.txt", "Kabar"],
        ["b", "in/b.txt", ""],
    ]
    assert documents["published"].fillna("").tolist() == ["2031-05-04", ""]
    assert documents["characters"].tolist() == [len(TEXT), len("Tidak ada kabar.")]


def test_one_row_per_happening_with_its_mentions(tmp_path: Path) -> None:
    told = make("a").events[0]
    again = replace(told, id="E2", trigger=Trigger(*span("Kabar"), "kabar"), same_as="E3", confidence=0.4, modality="asserted")
    third = replace(
        told,
        id="E3",
        trigger=Trigger(*span("pasal"), "pasal"),
        date=EventDate("2031", "2031", "2031-01-01", "2031-12-31", "argument"),
        arguments=(
            Argument("agent", *span("Dewan"), entity="T1"),
            Argument("agent", *span("Malaka")),
            Argument("object", *span("pasal"), refers_to="65 pasal"),
        ),
        same_as="E1",
        confidence=0.7,
    )
    run(tmp_path, [replace(make("a"), events=(told, third, again))])
    (row,) = pd.read_parquet(tmp_path / "events.parquet").to_dict("records")
    assert (row["id"], row["mentions"], row["trigger"]) == ("E2", "E2; E1; E3", "Kabar")
    assert pd.isna(row["same_as"])
    assert (row["agent"], row["object"]) == ("Dewan Samudra; Wali Laut; Malaka", "65 pasal")
    assert (row["date"], row["modality"], row["confidence"]) == ("2031-05-03", "asserted", 0.7)
    arguments = pd.read_parquet(tmp_path / "arguments.parquet")
    assert arguments["event_id"].unique().tolist() == ["E1", "E3", "E2"]
    assert arguments["happening"].unique().tolist() == ["E2"]
    assert [e.id for e in next(read_records(tmp_path / "annotations.jsonl")).events] == ["E1", "E3", "E2"]


def test_mentions_dated_before_christ_share_the_narrowest_date(tmp_path: Path) -> None:
    told = make("a").events[0]
    age = replace(told, date=EventDate("BC0300", "-0299", "-0299-01-01", "-0299-12-31", "argument"))
    day = EventDate("BC0300", "-0299-05-03", "-0299-05-03", "-0299-05-03", "argument")
    again = replace(told, id="E2", trigger=Trigger(*span("pasal"), "pasal"), date=day, same_as="E1")
    run(tmp_path, [replace(make("a"), events=(age, again))])
    (row,) = pd.read_parquet(tmp_path / "events.parquet").to_dict("records")
    assert (row["mentions"], row["earliest"], row["latest"]) == ("E1; E2", "-0299-05-03", "-0299-05-03")


def test_linked_towns_have_their_place() -> None:
    north, east = coordinates("geonames:1642911") or (0.0, 0.0)  # Jakarta
    assert (round(north, 1), round(east, 1)) == (-6.2, 106.8)
    assert coordinates("geonames:1") is coordinates("iso3166:ID") is coordinates(None) is None
    place = Entity("T1", "LOC", 0, 7, "Jakarta", "Jakarta", "geonames:1642911")
    [row] = TABLES["entities"].rows(Record(Document("d", "Jakarta"), entities=(place,)), {})
    assert (row["latitude"], row["longitude"]) == (north, east)


def test_an_empty_run_has_valid_empty_tables(tmp_path: Path) -> None:
    manifest = run(tmp_path, [], formats=list(WRITERS))
    assert manifest["documents"] == {"in": 0, "ok": 0, "failed": 0, "skipped": 0}
    assert manifest["tokens_per_second"] is None
    full = tmp_path / "full"
    run(full, [make("a")])
    for name in TABLES:
        empty = pq.read_schema(tmp_path / f"{name}.parquet")
        assert empty == pq.read_schema(full / f"{name}.parquet")
        assert len(pd.read_parquet(tmp_path / f"{name}.parquet")) == 0
    table = pd.read_csv(tmp_path / "events.csv")
    assert len(table) == 0
    assert list(table.columns) == [c.name for c in TABLES["events"].columns]
    assert (tmp_path / "annotations.jsonl").read_bytes() == (tmp_path / "failures.jsonl").read_bytes() == b""


def test_small_batches_write_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [make(f"d{i}") for i in range(7)]
    run(tmp_path / "one", records)
    monkeypatch.setattr(parquet_module, "BATCH", 3)
    run(tmp_path / "many", iter(records))
    for name in TABLES:
        one, many = (pd.read_parquet(tmp_path / f / f"{name}.parquet") for f in ("one", "many"))
        pd.testing.assert_frame_equal(one, many)
    assert pq.ParquetFile(tmp_path / "many" / "events.parquet").num_row_groups > 1


def test_same_records_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        run(tmp_path / folder, [make("a"), make("b")], formats=list(WRITERS))
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert len(files) > 10
    for file in files:
        if file.name != "manifest.json":  # clocks live there
            assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file


def test_doubled_and_broken_records_are_failures(tmp_path: Path) -> None:
    bad = make("x")
    bad = replace(bad, entities=(replace(bad.entities[0], start=0),))
    manifest = run(tmp_path, [make("a"), make("a"), bad])
    assert manifest["documents"] == {"in": 3, "ok": 1, "failed": 2, "skipped": 0}
    failures = [json.loads(line) for line in (tmp_path / "failures.jsonl").read_text(encoding="utf8").splitlines()]
    assert [(f["doc_id"], f["stage"]) for f in failures] == [("a", "emit"), ("x", "emit")]
    assert "same doc_id" in failures[0]["reason"]
    assert "quotes" in failures[1]["reason"]


def test_a_report_on_the_old_run_goes_with_it(tmp_path: Path) -> None:
    run(tmp_path, [make("a")])
    (tmp_path / "report.html").write_text("old")
    run(tmp_path, [make("b")])
    assert not (tmp_path / "report.html").exists()


def test_files_of_formats_that_are_not_asked_for_again_go_too(tmp_path: Path) -> None:
    every = ("parquet", "csv", "brat", "datapackage")
    run(tmp_path, [make("a")], formats=every, settings={"formats": every})
    (tmp_path / "notes.csv").write_text("mine")
    (tmp_path / "manifest-of-mine.json").write_text("{}")
    run(tmp_path, [make("b")], formats=("csv",), settings={"formats": ("csv",)})
    own = {"annotations.jsonl", "failures.jsonl", "manifest.json", "events.csv"}
    assert {path.name for path in tmp_path.iterdir()} == {*own, "notes.csv", "manifest-of-mine.json"}


def test_a_run_that_breaks_off_leaves_the_old_one_whole(tmp_path: Path) -> None:
    run(tmp_path, [make("a")])
    (tmp_path / "report.html").write_text("old")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def broken() -> Iterator[Record]:
        yield make("b")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, broken())
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_tables_that_break_leave_the_old_run_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, [make("a")])
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def full(*_: object) -> list[Path]:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(WRITERS, "parquet", full)
    with pytest.raises(OSError, match="No space"):
        run(tmp_path, [make("b")])
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+62", "'+62"),
        ("-nya", "'-nya"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("1=1", "1=1"),
        ("a-b", "a-b"),
        ("", ""),
        (-3, -3),
        (-0.5, -0.5),
        (None, None),
    ],
)
def test_formulas_are_guarded(cell: str | int | float | None, written: object) -> None:
    assert escape_cell(cell) == written


def test_csv_keeps_quotes_commas_and_line_breaks(tmp_path: Path) -> None:
    record = make("a")
    record = replace(record, events=(replace(record.events[0], sentence=0),), sentences=(Sentence(0, len(TEXT)),))
    run(tmp_path, [record])
    with (tmp_path / "events.csv").open(encoding="utf8", newline="") as table:
        (row,) = csv.DictReader(table)
    assert row["sentence"] == TEXT


def test_brat_comes_back(tmp_path: Path) -> None:
    records = [make("a"), make("b/c")]
    run(tmp_path, records, formats=["brat"])
    again = read_brat_folder(tmp_path / "brat")
    assert [r.document for r in again] == [r.document for r in records]
    for one, two in zip(again, records, strict=True):
        assert [(e.type, e.trigger.start, e.modality, e.same_as) for e in one.events] == [
            (e.type, e.trigger.start, e.modality, e.same_as) for e in two.events
        ]
    assert "ADOPT\t" in (tmp_path / "brat" / "annotation.conf").read_text(encoding="utf8")
    assert not (tmp_path / "events.csv").exists()


def test_data_package_describes_the_files(tmp_path: Path) -> None:
    run(tmp_path, [make("a")], formats=["datapackage", "parquet", "csv"])
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf8"))
    assert package["$schema"].startswith("https://datapackage.org/profiles/2.0/")
    names = [r["name"] for r in package["resources"]]
    assert len(set(names)) == len(names) == 9
    for resource in package["resources"]:
        content = (tmp_path / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        if resource.get("type") == "table":
            columns = [f["name"] for f in resource["schema"]["fields"]]
            read = pd.read_csv if resource["format"] == "csv" else pd.read_parquet
            assert list(read(tmp_path / resource["path"]).columns) == columns
            assert set(resource["schema"]["primaryKey"]) <= set(columns)


def test_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="xlsx; known are jsonl, parquet"):
        run(tmp_path / "new", [], formats=["xlsx"])
    assert not (tmp_path / "new").exists()
    with pytest.raises(UsageError, match="no such file"):
        read_manifest(tmp_path)
    for content, says in ((b"{", "not JSON"), (b"\xff{}", "not JSON"), (b"[]", "not a manifest")):
        (tmp_path / "manifest.json").write_bytes(content)
        with pytest.raises(UsageError, match=rf"{says}.*\. Run again, with --fresh\."):
            read_manifest(tmp_path)
    assert run(tmp_path, [make("a")]) == read_manifest(tmp_path)
