"""Planning, joining and telling: ids, duplicates, counts that add up, the same bytes however a run is done."""

from __future__ import annotations

import io
import itertools
import json
import os
import pickle
import re
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fakes import Fake, sample
from peristiwa import extract
from peristiwa.batch import join, make_plan, origin_of, read_plan, run
from peristiwa.batch.lines import Counts
from peristiwa.batch.progress import EVERY, Progress, style_of
from peristiwa.batch.shard import Ended
from peristiwa.batch.tasks import LEAST_DOCUMENTS, read_tasks
from peristiwa.cli import app
from peristiwa.emit import read_failures
from peristiwa.errors import UsageError
from peristiwa.ingest import read_documents
from peristiwa.types import Document, Failure, Record


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder with one of each: shared stems, a table with ids of its own, metadata, hidden files, what cannot be read."""
    folder = tmp_path / "masuk"
    (folder / "b").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    for number in range(70):
        (folder / f"d{number:02d}.txt").write_text(sample(number), encoding="utf8")
    (folder / "b" / "d03.txt").write_text("Lain dari yang pertama.")
    (folder / "b" / "d04.html").write_text("<p>")
    (folder / "b" / "metadata.csv").write_text("doc_id,published\nd03,2020-02-03\n")
    (folder / "b.jsonl").write_text('{"doc_id": "d05", "text": "Satu mengubah."}\n{"text": "Dua."}\nrusak\n{"text": ""}\n')
    (folder / "x.pdf").write_bytes(b"%PDF-1.7")
    (folder / ".hidden" / "y.txt").write_text("Tersembunyi.")
    (folder / "README.txt").write_text("Bukan dokumen.")
    return folder


def test_every_document_of_the_readers_is_in_the_run_once(mixed: Path, tmp_path: Path) -> None:
    expected = list(read_documents([mixed]))
    done = run([str(mixed)], tmp_path / "out", Fake(workers=2), quiet=True)
    records = [json.loads(line) for line in (tmp_path / "out" / "annotations.jsonl").read_text(encoding="utf8").splitlines()]
    failures = read_failures(tmp_path / "out")
    assert [record["doc_id"] for record in records] == [item.doc_id for item in expected if isinstance(item, Document)]
    assert failures == [item for item in expected if isinstance(item, Failure)]
    assert {record["doc_id"]: record["source"] for record in records} == {
        item.doc_id: item.source for item in expected if isinstance(item, Document)
    }
    assert next(record["published"] for record in records if record["doc_id"] == "b/d03.txt") == "2020-02-03"
    assert Counter(record["doc_id"] for record in records).most_common(1)[0][1] == 1
    assert done.documents == len(expected) == done.ok + done.failed


@pytest.mark.parametrize("how", [{"batch_documents": 1}, {"batch_documents": 8}, {"batch_documents": 64}, {"workers": 4}])
def test_the_same_bytes_however_a_run_is_done(mixed: Path, tmp_path: Path, how: dict[str, int]) -> None:
    for name, options in (("one", {}), ("two", how)):
        run([str(mixed)], tmp_path / name, Fake(**options), quiet=True)
    files = sorted(path.name for path in (tmp_path / "one").iterdir() if path.is_file() and path.name != "manifest.json")
    assert len(files) == 9
    differing = [name for name in files if (tmp_path / "one" / name).read_bytes() != (tmp_path / "two" / name).read_bytes()]
    assert differing == []


def test_any_order_of_inputs_gives_the_same_lines(mixed: Path, tmp_path: Path) -> None:
    parts = [str(mixed / "b.jsonl"), str(mixed / "d01.txt"), str(mixed / "d02.txt")]
    found = []
    for number, order in enumerate(itertools.permutations(parts)):
        run(order, tmp_path / str(number), Fake(), quiet=True)
        found.append(sorted((tmp_path / str(number) / "annotations.jsonl").read_bytes().splitlines()))
    assert all(lines == found[0] for lines in found)


def test_duplicates_are_noticed_and_named(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text("Sama." if name != "b" else "Beda.")
    (tmp_path / "t.jsonl").write_text('{"text": "Sama."}\n{"text": "Beda."}\n')
    done = run([str(tmp_path)], tmp_path / "out", Fake(), quiet=True)
    duplicates = json.loads((tmp_path / "out" / "manifest.json").read_text())["duplicates"]
    assert duplicates["count"] == 3
    assert duplicates["named"] == [
        {"doc_id": "c", "same_as": "a"},
        {"doc_id": "t-1", "same_as": "a"},
        {"doc_id": "t-2", "same_as": "b"},
    ]
    assert done.ok == 5  # they are read all the same


def test_a_file_given_twice_is_read_once_and_the_runs_own_folder_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Satu.")
    inputs = [str(tmp_path), str(tmp_path / "a.txt")]
    assert run(inputs, tmp_path / "out", Fake(), quiet=True).documents == 1
    again = run(inputs, tmp_path / "out", Fake(), quiet=True)
    assert (again.documents, again.earlier) == (1, True)


def test_standard_input_is_part_of_the_plan(tmp_path: Path) -> None:
    done = run(["-"], tmp_path / "out", Fake(), quiet=True, stdin=io.BytesIO("Dewan mengesahkan é.".encode()))
    assert (done.ok, done.events) == (1, 1)
    make_plan(["-"], tmp_path / "half", origin_of(Fake()), stdin=io.BytesIO(b"Satu."))
    with pytest.raises(UsageError, match="standard input changed"):
        run(["-"], tmp_path / "half", Fake(), quiet=True, stdin=io.BytesIO(b"Dua."))
    assert run(["-"], tmp_path / "half", Fake(), quiet=True, stdin=io.BytesIO(b"Satu.")).ok == 1


def test_a_document_that_changes_after_planning_is_a_failure(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text("Satu.")
    plan = make_plan([str(tmp_path)], tmp_path / "out", origin_of(Fake()))
    (tmp_path / "b.txt").write_text("Dua.")
    (tmp_path / "c.txt").unlink()
    loaded = [task.load("id", {}) for task in read_tasks(plan.part(0, "tasks.jsonl"))]
    assert [type(item) for item in loaded] == [Document, Failure, Failure]
    assert "changed after the run was planned" in loaded[1].reason  # type: ignore[union-attr]


def test_shards_depend_on_the_inputs_alone(mixed: Path, tmp_path: Path) -> None:
    plans = [make_plan([str(mixed)], tmp_path / name, origin_of(Fake(workers=w))) for name, w in (("one", 1), ("two", 4))]
    assert plans[0].shards == plans[1].shards == -(-plans[0].documents // LEAST_DOCUMENTS)
    tasks = [[path.read_bytes() for path in sorted((plan.work / "shards").iterdir())] for plan in plans]
    assert tasks[0] == tasks[1]
    assert read_plan(tmp_path / "one") == plans[0]
    assert not list((tmp_path / "one").glob("*.tmp"))


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        with open(odd, "wb") as file:
            file.write(b"Satu.")
    except OSError:
        pytest.skip("the file system takes no such name")
    done = run([str(tmp_path)], tmp_path / "out", Fake(), quiet=True)
    assert done.ok == 1
    assert "caf\ufffd" in (tmp_path / "out" / "annotations.jsonl").read_text(encoding="utf8")
    assert run([str(tmp_path)], tmp_path / "out", Fake(), quiet=True).earlier


def test_an_empty_run_is_a_run(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert run([str(tmp_path / "in")], tmp_path / "out", Fake(), quiet=True).documents == 0
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["documents"]["in"] == 0


def test_an_extractor_travels_without_its_models() -> None:
    other = pickle.loads(pickle.dumps(Fake(workers=3)))
    assert other.settings.workers == 3
    assert not other.is_loaded
    stream = Fake().extract_many(Document(f"d{number}", "Satu mengubah.") for number in itertools.count())
    assert isinstance(next(stream), Record)


def ended(number: int, failure: Failure | None = None) -> Ended:
    return Ended(0, number, f"d{number}", Counts(failed=1) if failure else Counts(ok=1, tokens=100), failure)


def test_plain_lines_tell_speed_failures_and_what_is_left() -> None:
    out = io.StringIO()
    now = [0.0]
    with Progress(10, style="lines", done=2, failed=1, out=out, clock=lambda: now[0]) as progress:
        for number in range(2, 6):
            now[0] += EVERY / 2
            progress(ended(number))
    lines = out.getvalue().splitlines()
    assert "2 of 10 documents were done before" in lines[0]
    assert "4/10 documents, 1 failed, 20 words/s, 0 min 30 s left" in lines[1]
    assert len(lines) == 3


def test_the_first_document_of_a_pack_says_nothing_of_what_is_left() -> None:
    """It comes when the models have loaded and the whole pack is read: "18 min left" of a run of half a minute."""
    out = io.StringIO()
    now = [2 * EVERY]
    with Progress(100, style="lines", out=out, clock=lambda: now[0]) as progress:
        now[0] = 4 * EVERY
        for number in range(50):
            progress(ended(number))
        now[0] = 6 * EVERY
        progress(ended(50))
    first, second = out.getvalue().splitlines()
    assert first.endswith("words/s")
    assert second.endswith(" left")


def test_json_lines_and_silence() -> None:
    out = io.StringIO()
    now = [0.0]
    with Progress(2, style="json", out=out, clock=lambda: now[0]) as progress:
        progress(ended(0, Failure("d0", "d0.txt", "ingest", "kosong")))
        now[0] = EVERY
        progress(ended(1))
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [event["event"] for event in events] == ["failure", "progress"]
    assert events[0]["reason"] == "kosong"
    assert (events[1]["done"], events[1]["failed"], events[1]["remaining_seconds"]) == (2, 1, 0)
    quiet = io.StringIO()
    with Progress(1, style="quiet", out=quiet) as progress:
        progress(ended(0))
    assert quiet.getvalue() == ""
    assert style_of(quiet=True, log_json=True) == "json"


def test_the_bar_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    out.isatty = lambda: True  # type: ignore[method-assign]
    with Progress(2, style="bar", out=out) as progress:
        progress(ended(0))
        progress.stage("joining")
    assert "failed" in out.getvalue()


def test_the_command_line_runs_parts_joins_and_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "load", lambda *_: Fake())
    runner = CliRunner()
    source = tmp_path / "in"
    source.mkdir()
    for number in range(40):
        (source / f"d{number:02d}.txt").write_text(sample(number), encoding="utf8")
    out = str(tmp_path / "out")
    for part in ("2/2", "1/2"):
        done = runner.invoke(app, ["run", str(source), "-o", out, "--shard", part, "--log-json"])
        told = json.loads(done.stderr.splitlines()[-1])
        assert (done.exit_code, told["event"], told["part"], told["failed"]) == (0, "part", part, 0)
    assert runner.invoke(app, ["join", out]).exit_code == 0
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["documents"]["ok"] == 40
    assert "finished before" in runner.invoke(app, ["run", str(source), "-o", out]).stderr
    done = runner.invoke(app, ["run", str(source), "-o", out, "--fresh", "--workers", "2", "--log-json", "--timeout", "60"])
    assert json.loads(done.stderr.splitlines()[-1])["event"] == "finished"
    for wrong in ("0/2", "3/2", "x", "1/"):
        assert isinstance(runner.invoke(app, ["run", str(source), "-o", out, "--shard", wrong]).exception, UsageError)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "text,publised\nSatu.,2023-01-01\n", "If it is 'published'"),
        ("a.csv", "isi\nSatu.\n", "no column 'text'"),
        (
            "a.jsonl",
            '{"isi": "Satu."}\n{"isi": "Dua."}\n',
            "none of its first rows can be read. line 1: the text is missing; found",
        ),
        ("a.jsonl", '{"text": {"isi": "Satu."}}\n', "of type dict"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_before_anything_is_made(
    tmp_path: Path, name: str, content: str, says: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf8")
    with pytest.raises(UsageError, match=re.escape(says)):
        run([str(tmp_path / name)], tmp_path / "out", Fake(), quiet=True)
    assert not (tmp_path / "out").exists()
    (tmp_path / "b.txt").write_text("Satu mengubah.", encoding="utf8")
    summary = run([str(tmp_path)], tmp_path / "out", Fake(), quiet=True)  # in a folder it costs itself
    assert summary.ok == 1
    assert summary.failed >= 1


def test_a_table_with_some_good_rows_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"isi": "Satu."}\n{"text": "Dua."}\n', encoding="utf8")
    summary = run([str(tmp_path / "a.jsonl")], tmp_path / "out", Fake(), quiet=True)
    assert (summary.ok, summary.failed) == (1, 1)


def test_paths_may_be_strings_and_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Satu mengubah.", encoding="utf8")
    ways = [tmp_path / "a.txt", str(tmp_path / "a.txt"), [tmp_path / "a.txt"], [str(tmp_path / "a.txt")]]
    for inputs in ways:
        assert run(inputs, str(tmp_path / "out"), Fake(), quiet=True).ok == 1
    assert join(str(tmp_path / "out")).earlier
