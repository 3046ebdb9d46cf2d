"""Documents that raise, hang, eat memory or end the process cost themselves; outputs that cannot be written cost nothing."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import Fake, sample
from peristiwa import emit
from peristiwa.batch import join, make_plan, origin_of, run, run_part
from peristiwa.batch import local as local_module
from peristiwa.batch.local import LocalEngine
from peristiwa.batch.quarantine import cores, memory_for, threads_for
from peristiwa.emit import read_failures
from peristiwa.errors import UsageError

GOOD = {f"baik{number:02d}": sample(number) for number in range(40)}
BAD = {
    "baik05x": "Teks ini LEMPAR kesalahan.",
    "baik11x": "Teks ini MACET selamanya.",
    "baik17x": "Teks ini RAKUS.",
    "baik23x": "Teks ini MATI.",
    "baik29x": "Teks ini LEDAK.",
    "zkosong": "",
}


def write(folder: Path, texts: dict[str, str]) -> str:
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf8")
    return str(folder)


def lines(folder: Path) -> dict[str, str]:
    """The lines of annotations.jsonl by document."""
    found = [json.loads(line) for line in (folder / "annotations.jsonl").read_text(encoding="utf8").splitlines()]
    return {record.pop("doc_id"): json.dumps({**record, "source": None}) for record in found}


@pytest.mark.parametrize("workers", [1, 2])
def test_poison_costs_itself_and_a_line(tmp_path: Path, workers: int) -> None:
    settings = {"workers": workers, "timeout": 1.0, "memory": 4.0}
    run([write(tmp_path / "good", GOOD)], tmp_path / "healthy", Fake(), quiet=True)
    done = run([write(tmp_path / "all", GOOD | BAD)], tmp_path / "ill", Fake(**settings), quiet=True)  # type: ignore[arg-type]
    assert (done.documents, done.ok, done.failed) == (len(GOOD) + len(BAD), len(GOOD), len(BAD))
    ill, healthy = lines(tmp_path / "ill"), lines(tmp_path / "healthy")
    assert [name for name in {*ill, *healthy} if ill.get(name) != healthy.get(name)] == []
    failures = {failure.doc_id: (failure.stage, failure.reason) for failure in read_failures(tmp_path / "ill")}
    assert list(failures) == list(BAD)
    assert failures["baik05x"] == ("extract", "ValueError: dilempar")
    assert failures["baik29x"] == ("extract", "RuntimeError: meledak")
    assert failures["zkosong"][0] == "ingest"
    assert failures["baik11x"] == ("annotate", "it took longer than 1 seconds; see --timeout")
    assert "memory" in failures["baik17x"][1].lower()
    assert failures["baik23x"] == ("annotate", "the process that read it ended with exit code 9; see --memory")


def test_a_limit_of_memory_below_the_models_is_not_put_down_to_the_texts(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"--memory 0\.1: too little; the models .* Give at least 4, so that long texts have room"
    ):
        run([write(tmp_path / "in", GOOD)], tmp_path / "out", Fake(memory=0.1), quiet=True)
    assert run([str(tmp_path / "in")], tmp_path / "out", Fake(memory=4.0), quiet=True).ok == len(GOOD)


def test_a_batch_is_given_more_time_than_a_document(tmp_path: Path) -> None:
    texts = {f"d{number}": sample(number) for number in range(16)}
    done = run([write(tmp_path / "in", texts)], tmp_path / "out", Fake(delay=0.2, timeout=1.5), quiet=True)
    assert (done.ok, done.failed) == (16, 0)


def test_a_broken_run_stops_and_goes_on(tmp_path: Path) -> None:
    texts = {f"d{number:03d}": "LEMPAR" if number >= 40 else sample(number) for number in range(120)}
    source = write(tmp_path / "in", texts)
    told = r"stopped: 6 of 46 documents failed(?s:.*)d045 \(.*d045\.txt\): extract: ValueError: dilempar"
    with pytest.raises(UsageError, match=told):
        run([source], tmp_path / "out", Fake(max_failures=5, batch_documents=1), quiet=True)
    work = tmp_path / "out" / ".work" / "shards"
    assert len((work / "00000.annotations.jsonl").read_text().splitlines()) == 32
    assert len((work / "00001.failures.jsonl").read_text().splitlines()) >= 6
    assert not (tmp_path / "out" / "manifest.json").exists()
    done = run([source], tmp_path / "out", Fake(), quiet=True)
    assert (done.ok, done.failed) == (40, 80)
    assert len(lines(tmp_path / "out")) == 40


def test_models_that_do_not_load_are_told_at_once(tmp_path: Path) -> None:
    from peristiwa.errors import ModelError

    class NoModels(Fake):
        @property
        def annotator(self):  # type: ignore[no-untyped-def, override]
            raise ModelError("no such file (the tokenize model)")

    with pytest.raises(ModelError, match="tokenize"):
        run([write(tmp_path / "in", GOOD)], tmp_path / "out", NoModels(), quiet=True)


def in_child(work: Callable[[], object]) -> str:
    """What ``work`` raises, in a process of its own."""
    read, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os.write(write_end, b"nothing raised")
        except BaseException as error:
            os.write(write_end, f"{type(error).__name__}: {error}".encode()[:4000])
        finally:
            os._exit(0)
    os.close(write_end)
    with open(read, "rb") as told:
        said = told.read().decode()
    os.waitpid(pid, 0)
    return said


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def changed(found: dict[str, bytes], expected: dict[str, bytes]) -> list[str]:
    """The names of the files that differ (pytest would take minutes to show how bytes do)."""
    return sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))


@pytest.mark.parametrize("room", [6_000, 60_000, 80_000])
def test_a_full_disk_leaves_the_last_good_state(tmp_path: Path, room: int) -> None:
    """A limit on the size of a file stands in for the end of the disk: in a shard, then in joining them."""
    old, new = write(tmp_path / "old", {"lama": sample(0)}), write(tmp_path / "new", GOOD)
    out = tmp_path / "out"
    run([old], out, Fake(), quiet=True)
    before = state(out)

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        run([new], out, Fake(), quiet=True, fresh=True)

    said = in_child(work)
    assert "File too large" in said or "disk I/O error" in said
    assert str(out) in said
    assert changed(state(out), before) == []
    run([new], out, Fake(), quiet=True)
    run([new], tmp_path / "undisturbed", Fake(), quiet=True)
    assert changed(state(out), state(tmp_path / "undisturbed")) == ["manifest.json"]


def test_tables_that_cannot_be_written_leave_the_old_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "in", GOOD)
    run([write(tmp_path / "old", {"lama": sample(0)})], tmp_path / "out", Fake(), quiet=True)
    before = state(tmp_path / "out")

    def full(*_: object) -> list[Path]:
        raise OSError(errno.ENOSPC, "No space left on device", "events.csv")

    with monkeypatch.context() as patch:
        patch.setitem(emit.WRITERS, "csv", full)
        with pytest.raises(OSError, match="No space"):
            run([source], tmp_path / "out", Fake(), quiet=True, fresh=True)
    assert changed(state(tmp_path / "out"), before) == []
    assert run([source], tmp_path / "out", Fake(), quiet=True).ok == len(GOOD)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_may_not_be_written_is_told_and_left(tmp_path: Path) -> None:
    source = write(tmp_path / "in", GOOD)
    run([source], tmp_path / "out", Fake(), quiet=True)
    before = state(tmp_path / "out")
    for path in [tmp_path, *tmp_path.parents]:
        if path.stat().st_uid == os.geteuid() and path.stat().st_mode & 5 != 5:
            path.chmod(path.stat().st_mode | 0o5)

    def work() -> None:
        os.setuid(65534)
        run([source], tmp_path / "out", Fake(), quiet=True, fresh=True)

    said = in_child(work)
    assert said.startswith("PermissionError")
    assert str(tmp_path / "out") in said
    assert changed(state(tmp_path / "out"), before) == []


def test_parts_on_many_machines_make_the_same_run(tmp_path: Path) -> None:
    source = write(tmp_path / "in", {f"d{number:03d}": sample(number) for number in range(130)} | {"x": "LEMPAR"})
    run([source], tmp_path / "one", Fake(), quiet=True)
    out = tmp_path / "parts"
    with pytest.raises(UsageError, match="no plan"):
        join(out)
    for part in (3, 1):
        assert run_part([source], out, Fake(), part=part, parts=3, style="quiet").ok
    with pytest.raises(UsageError, match=r"of 5 shards are not done \(2, 5\)"):
        join(out)
    run_part([source], out, Fake(), part=2, parts=3, style="quiet")
    assert (join(out).ok, join(out).failed) == (130, 1)
    assert join(out).earlier
    assert changed(state(out), state(tmp_path / "one")) == ["manifest.json"]
    with pytest.raises(UsageError, match="from 1 to 3"):
        run_part([source], out, Fake(), part=0, parts=3)


def test_two_planners_at_once_make_one_plan(tmp_path: Path) -> None:
    source = write(tmp_path / "in", GOOD)
    plan = make_plan([source], tmp_path / "out", origin_of(Fake()))
    again = make_plan([source], tmp_path / "out", origin_of(Fake()))
    assert plan == again


def test_a_shard_in_use_is_not_run_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from peristiwa.batch import lines as lines_module

    monkeypatch.setattr(lines_module, "_PATIENCE", 0.1)
    source = write(tmp_path / "in", GOOD)
    plan = make_plan([source], tmp_path / "out", origin_of(Fake()))
    with lines_module.ShardFiles(plan, 0):
        said = in_child(lambda: run([source], tmp_path / "out", Fake(), quiet=True))
    assert "another process" in said


def test_threads_times_workers_is_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert threads_for(1, None) == 1
    assert threads_for(1, 2) == 2
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert threads_for(1, None) == cores()
    assert threads_for(cores(), None) == 1
    assert threads_for(10 * cores(), None) == 1
    assert threads_for(2, 3) == 3
    assert (memory_for(1) or 5) >= 4


def test_a_worker_that_never_gets_ready_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from peristiwa.errors import PeristiwaError

    monkeypatch.setattr(local_module, "work", lambda *_: os._exit(3))
    plan = make_plan([write(tmp_path / "in", GOOD)], tmp_path / "out", origin_of(Fake()))
    begin = time.monotonic()
    with pytest.raises(PeristiwaError, match="exit code 3"):
        LocalEngine()(plan, [0], Fake(), lambda _: None)
    assert time.monotonic() - begin < 20
