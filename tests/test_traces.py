"""The traces of a finished run: one line a document, proved to be of its events, and gone with the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from peristiwa import load
from peristiwa.batch import run
from peristiwa.cli import app
from peristiwa.errors import UsageError
from peristiwa.extract import Extractor
from peristiwa.report.traces import write_traces

TEXTS = {
    "a": "Gubernur Bayu Pratama meresmikan Jembatan Melati pada 3 Maret 2021.",
    "b": "Polisi menangkap dua orang di Kupang. Cuaca cerah.",
}


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


@pytest.fixture
def finished(extractor: Extractor, tmp_path: Path) -> Path:
    inputs = tmp_path / "in"
    inputs.mkdir()
    for name, text in TEXTS.items():
        (inputs / f"{name}.txt").write_text(text, encoding="utf8")
    run([str(inputs)], tmp_path / "out", extractor)
    return tmp_path / "out"


def test_every_event_of_a_run_has_its_reasons(finished: Path, extractor: Extractor) -> None:
    assert CliRunner().invoke(app, ["trace", str(finished)]).exit_code == 0
    traces = [json.loads(line) for line in (finished / "traces.jsonl").read_text(encoding="utf8").splitlines()]
    records = [json.loads(line) for line in (finished / "annotations.jsonl").read_text(encoding="utf8").splitlines()]
    assert [trace["doc_id"] for trace in traces] == [record["doc_id"] for record in records]
    for trace, record in zip(traces, records, strict=True):
        assert [told["event"] for told in trace["events"]] == [event["id"] for event in record["events"]]
        assert all(told["weights"] for told in trace["events"])
    assert any(choice["kind"] == "date" for trace in traces for told in trace["events"] for choice in told["choices"])


def test_documents_can_be_named(finished: Path, extractor: Extractor) -> None:
    ids = [json.loads(line)["doc_id"] for line in (finished / "annotations.jsonl").read_text(encoding="utf8").splitlines()]
    assert write_traces(finished, [ids[1]], extractor) == (1, [])
    assert json.loads((finished / "traces.jsonl").read_text(encoding="utf8"))["doc_id"] == ids[1]
    with pytest.raises(UsageError, match="has no document nobody"):
        write_traces(finished, ["nobody"], extractor)
    assert json.loads((finished / "traces.jsonl").read_text(encoding="utf8"))["doc_id"] == ids[1]  # the last good ones


def test_what_is_not_the_runs_is_not_told_as_if_it_were(finished: Path, extractor: Extractor) -> None:
    """The confidence of an event as another model would give it: the trace of this one would explain something else."""
    path = finished / "annotations.jsonl"
    first, *rest = path.read_text(encoding="utf8").splitlines()
    record = json.loads(first)
    record["events"][0]["confidence"] = 0.123
    path.write_text("\n".join([json.dumps(record, ensure_ascii=False), *rest]) + "\n", encoding="utf8")
    written, failures = write_traces(finished, (), extractor)
    assert written == len(TEXTS) - 1
    assert [failure.stage for failure in failures] == ["trace"]
    assert record["doc_id"] == failures[0].doc_id


def test_traces_of_an_old_run_go_with_it(finished: Path, extractor: Extractor, tmp_path: Path) -> None:
    write_traces(finished, (), extractor)
    run([str(tmp_path / "in")], finished, extractor, fresh=True)
    assert not (finished / "traces.jsonl").exists()
