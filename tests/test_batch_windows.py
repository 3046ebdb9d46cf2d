"""Long texts: windows that together are the text, the record of one piece, and memory that does not grow with it."""

from __future__ import annotations

import json
import os
import resource
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import Fake, sample
from peristiwa.batch import run
from peristiwa.batch.windows import LONGEST_RUN, LongText, Stitcher, Window, is_long, windows
from peristiwa.emit import parts
from peristiwa.emit.parts import read_parts
from peristiwa.emit.tables import TABLES
from peristiwa.records import read_records
from peristiwa.types import Argument, Document, Event, EventDate, Record, Sentence, Time, Trigger

LIMIT = 5_000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Kata ini berulang. ", "satu dua ", "\n\n", "\n", "A" * 700, "x" * 2500, "“Ya.” ", "é ", " ", "😀."]),
        max_size=60,
    )
)
def test_windows_are_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = list(windows(text, LIMIT))
    assert [window.start for window in found] == [0, *(window.end for window in found[:-1])][: len(found)]
    assert (found[-1].end if found else 0) == len(text)
    assert all(0 < window.end - window.start <= LIMIT for window in found)
    assert not found or not found[-1].cut
    for window in found:
        assert max(map(len, text[window.start : window.end].split()), default=0) <= LONGEST_RUN


def test_a_window_ends_where_a_sentence_does() -> None:
    text = "Ini sebuah kalimat yang biasa saja. " * 1000
    found = list(windows(text, LIMIT))
    assert len(found) > 5
    assert all(text[: window.end].rstrip().endswith(".") and not window.cut for window in found)
    halves = text[:3000].rstrip() + "\n\n" + text[:9000]
    assert next(windows(halves, LIMIT)).end == halves.index("\n\n") + 2


@given(st.text(max_size=40), st.integers(0, 45), st.integers(0, 45))
def test_a_long_text_has_the_parts_of_its_text(text: str, start: int, end: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("peristiwa.batch.windows._PIECE", 7)
        long = LongText(text)
        assert (len(long), long[start:end], long[:end]) == (len(text), text[start:end], text[:end])


def test_one_emoji_does_not_widen_a_long_text() -> None:
    text = "\U0001f600" + "a" * 1_000_000
    tracemalloc.start()
    try:
        long = LongText(text)
        assert tracemalloc.get_traced_memory()[0] < sys.getsizeof(text) / 3
    finally:
        tracemalloc.stop()
    assert list(windows(long, LIMIT)) == list(windows(text, LIMIT))


def test_a_list_a_table_and_a_blob_are_cut_and_counted() -> None:
    rows = "tiga puluh\t12\t4\n" * 1000
    assert all(window.cut for window in list(windows(rows, LIMIT))[:-1])
    assert all(rows[window.end - 1] == "\n" for window in windows(rows, LIMIT))
    blob = "Gambar: " + "iVBORw0KGgo" * 1000 + " selesai."
    assert is_long(blob, 100_000)
    assert not is_long("kata " * 10_000, 100_000)
    found = list(windows(blob, 100_000))
    assert max(window.end - window.start for window in found) <= LONGEST_RUN
    assert sum(window.cut for window in found) == 5


def test_arguments_stand_in_the_sentence_of_their_trigger_where_a_cut_has_ended_it() -> None:
    text = "Pada 2019 warga Ambon lari dan"  # read again with the window that begins at "lari"
    cut = text.index("lari")
    times = (Time("D1", "DATE", 5, 9, "2019", "2019", None, "2019", "2019-01-01", "2019-12-31"),)
    arguments = (Argument("time", 5, 9, "2019", time="D1"), Argument("topic", cut, cut + 4, "lari"))
    date = EventDate("2019", "2019", "2019-01-01", "2019-12-31", "argument")
    event = Event("E1", "TRAVEL", Trigger(cut, cut + 4, "lari", "lari"), 0, "asserted", None, date, arguments)
    record = Record(Document("a", text), (Sentence(0, len(text)),), (), times, (), (event,))
    part = Stitcher().add(record, Window(100 + cut, 100 + len(text), True), 100)
    assert part.sentences == (Sentence(100 + cut, 100 + len(text)),)
    assert [argument.role for argument in part.events[0].arguments] == ["topic"]
    assert part.events[0].date == EventDate("2019", "2019", "2019-01-01", "2019-12-31", "context")


def long_text(paragraphs: int) -> str:
    return "\n\n".join(sample(number) for number in range(paragraphs))


@pytest.fixture
def long_files(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "panjang.txt").write_text(long_text(150), encoding="utf8")
    (folder / "pendek.txt").write_text(sample(7), encoding="utf8")
    (folder / "tabel.jsonl").write_text(json.dumps({"text": long_text(100), "title": 'Judul, "text": "x"'}) + "\n")
    return folder


def test_windows_give_the_record_of_one_piece(long_files: Path, tmp_path: Path) -> None:
    run([str(long_files)], tmp_path / "windows", Fake(window=LIMIT), quiet=True)
    run([str(long_files)], tmp_path / "whole", Fake(window=10_000_000), quiet=True)
    for name in ("annotations.jsonl", "events.csv", "events.parquet", "entities.parquet", "failures.jsonl"):
        same = (tmp_path / "windows" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
        assert same, name
    counts = [json.loads((tmp_path / name / "manifest.json").read_text())["found"] for name in ("windows", "whole")]
    assert counts[0] == counts[1]
    assert counts[0]["events"] == 3 * 251


def test_cuts_are_reported_and_nothing_is_dropped(tmp_path: Path) -> None:
    text = "Gambar berikut. " + "iVBORw0KGgo" * 1000 + " Dewan mengesahkannya."
    (tmp_path / "gambar.txt").write_text(text)
    (tmp_path / "biasa.txt").write_text(sample(1))
    run([str(tmp_path / "biasa.txt"), str(tmp_path / "gambar.txt")], tmp_path / "out", Fake(), quiet=True)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["cuts"] == {"count": 5, "named": [{"doc_id": "gambar", "cuts": 5}]}
    records = list(read_records(tmp_path / "out" / "annotations.jsonl"))
    assert records[1].document.text == text
    assert [event.trigger.text for event in records[1].events] == ["mengesahkannya"]


def test_a_window_that_fails_is_named(tmp_path: Path) -> None:
    text = long_text(100) + " LEMPAR " + long_text(100)
    (tmp_path / "a.txt").write_text(text)
    done = run([str(tmp_path / "a.txt")], tmp_path / "out", Fake(window=LIMIT), quiet=True)
    assert done.failed == 1
    assert f"of {len(text)}: ValueError: dilempar" in done.failures[0].reason
    assert (tmp_path / "out" / "annotations.jsonl").read_bytes() == b""


@pytest.mark.parametrize("piece", [1 << 20, 4096, 97])
def test_long_lines_are_read_in_parts(long_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    run([str(long_files)], tmp_path / "out", Fake(window=LIMIT), quiet=True)
    path = tmp_path / "out" / "annotations.jsonl"
    whole = {name: [row for r in read_records(path) for row in spec.rows(r, {})] for name, spec in TABLES.items()}
    monkeypatch.setattr(parts, "LONG_LINE", 20_000)
    monkeypatch.setattr(parts, "ITEMS", 100)
    monkeypatch.setattr(parts, "_PIECE", piece)
    found = list(read_parts(path))
    assert len(found) > 10
    rows = {name: [row for r in found for row in spec.rows(r, {})] for name, spec in TABLES.items()}
    assert [name for name in TABLES if name != "events" and rows[name] != whole[name]] == []
    # A happening's mentions may lie in two parts, and are then two rows; no mention is lost.
    told = [sorted(x for row in some for x in str(row["mentions"]).split("; ")) for some in (rows["events"], whole["events"])]
    assert told[0] == told[1]
    same = {record.document for record in found} == {record.document for record in read_records(path)}
    assert same


def test_escapes_at_the_seams_of_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'Ia berkata "ya\\" \\\\ \t\u2028 é 😀 mengubah.\n' * 300
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": text}) + "\n")
    run([str(tmp_path / "a.jsonl")], tmp_path / "out", Fake(window=LIMIT), quiet=True)
    path = tmp_path / "out" / "annotations.jsonl"
    monkeypatch.setattr(parts, "LONG_LINE", 100)
    for piece in range(1, 60):
        monkeypatch.setattr(parts, "_PIECE", piece if piece > 20 else 100 + piece)
        same = next(read_parts(path)).document.text == text
        assert same, piece


def peak(work: Callable[[], object], extra: int | None = None) -> int:
    """The peak memory of ``work`` and its workers in a process of its own, in bytes; at most ``extra`` more address space."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            if extra is not None:
                with open("/proc/self/statm") as statm:
                    now = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
                resource.setrlimit(resource.RLIMIT_AS, (now + extra, now + extra))
            work()
            usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
            os.write(write, str(max(usage) * 1024).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    with open(read) as told:
        said = told.read()
    assert os.waitpid(pid, 0)[1] == 0
    return int(said)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_a_long_text_needs_the_memory_of_a_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1.6 MB of text give a line of 25 MB, which as a record would take more than 200 MB."""
    monkeypatch.setattr(parts, "LONG_LINE", 1 << 20)
    text = long_text(12_000)
    assert len(text) > 1_500_000
    (tmp_path / "a.txt").write_text(text, encoding="utf8")
    del text
    peak(lambda: run([str(tmp_path / "a.txt")], tmp_path / "out", Fake(memory=64), quiet=True), extra=100 << 20)
    assert (tmp_path / "out" / "annotations.jsonl").stat().st_size > 20 << 20
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["documents"]["ok"], manifest["found"]["events"]) == (1, 3 * 12_000)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_memory_does_not_grow_with_the_number_of_documents(tmp_path: Path) -> None:
    peaks = []
    for count in (1000, 5000):  # both fill the buffers of rows that the tables are written from
        path = tmp_path / f"{count}.jsonl"
        with path.open("w") as out:
            out.writelines(json.dumps({"text": sample(number) * 5}) + "\n" for number in range(count))
        peaks.append(peak(lambda: run([str(path)], tmp_path / f"out{count}", Fake(workers=2), quiet=True)))  # noqa: B023
    assert peaks[1] - peaks[0] < 24 << 20
