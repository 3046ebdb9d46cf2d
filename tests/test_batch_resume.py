"""Runs that are killed: whatever the moment, the same command again gives the bytes of a run that nobody disturbed."""

from __future__ import annotations

import importlib
import json
import mmap
import os
import random
import signal
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from fakes import Fake, sample
from peristiwa.batch import make_plan, origin_of, read_plan, run, run_shard
from peristiwa.batch.lines import ROW
from peristiwa.batch.plan import Plan
from peristiwa.batch.shard import Ended
from peristiwa.errors import UsageError
from peristiwa.extract import Extractor

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the tests fork")

DOCUMENTS = 150
CLOCKS = ("started", "seconds", "tokens_per_second", "settings")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    for number in range(DOCUMENTS - 50):
        (folder / f"d{number:03d}.txt").write_text("LEMPAR" if number % 9 == 4 else sample(number), encoding="utf8")
    (folder / "kosong.txt").write_bytes(b"")
    lines = [json.dumps({"doc_id": f"baris {number}", "text": sample(1000 + number)}) for number in range(49)]
    (folder / "tabel.jsonl").write_text("\n".join(lines) + "\n", encoding="utf8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("undisturbed")
    run([str(inputs)], folder, Fake(), quiet=True)
    return contents(folder)


def contents(folder: Path) -> dict[str, object]:
    """Every file of a run's folder; of the manifest what no clock and no number of workers is in."""
    found: dict[str, object] = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    manifest = json.loads(found["manifest.json"])  # type: ignore[arg-type]
    found["manifest.json"] = {name: value for name, value in manifest.items() if name not in CLOCKS}
    return found


def differing(folder: Path, expected: dict[str, object]) -> list[str]:
    """The names of the files that are not as expected (pytest would take minutes to show how bytes differ)."""
    found = contents(folder)
    return sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))


def in_child(work: Callable[[], object]) -> int:
    """Start ``work`` in a process group of its own."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        work()
        os._exit(0)
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(1)


def ended_well(pid: int) -> bool:
    """Whether the process ended by itself, or was killed; anything else is a failure of the test."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0
    return True


@pytest.mark.parametrize(("workers", "seed"), [(1, 1), (2, 2), (4, 3)])
def test_kill_at_random_moments(inputs: Path, undisturbed: dict[str, object], tmp_path: Path, workers: int, seed: int) -> None:
    """Only the parent is killed: its workers must end by themselves and leave the shards to those of the next run."""
    chance = random.Random(seed)
    kills = rounds = 0
    longest = 0.4
    while kills < 17:
        folder = tmp_path / f"run{rounds}"
        rounds += 1
        while True:
            begin = time.monotonic()
            pid = in_child(lambda: run([str(inputs)], folder, Fake(delay=0.002, workers=workers), quiet=True))  # noqa: B023
            if kills < 17:
                time.sleep(chance.uniform(0.01, longest))
                os.kill(pid, signal.SIGKILL)
            if ended_well(pid):
                longest = max(0.2, min(longest, time.monotonic() - begin))
                break
            kills += 1
        assert differing(folder, undisturbed) == []


class Switch:
    """A counter that a process and its children share; the call that it stops at kills them all, in the middle."""

    NAMES = ("write", "replace", "rename", "fsync", "ftruncate", "unlink")

    def __init__(self, at: int) -> None:
        self.at = at
        self.memory = mmap.mmap(-1, 8)

    @property
    def count(self) -> int:
        return int(struct.unpack("q", self.memory[:8])[0])

    def arm(self) -> None:
        for name in self.NAMES:
            setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **more: object) -> object:
            self.memory[:8] = struct.pack("q", self.count + 1)
            if self.count == self.at:
                if name == "write":
                    handle, data = arguments
                    real(handle, data[: len(data) // 2])  # type: ignore[index]
                os.killpg(0, signal.SIGKILL)
                time.sleep(10)
            return real(*arguments, **more)

        return call


def test_kill_inside_writes_and_renames(inputs: Path, undisturbed: dict[str, object], tmp_path: Path) -> None:
    def armed(switch: Switch, folder: Path) -> Callable[[], object]:
        def work() -> None:
            switch.arm()
            run([str(inputs)], folder, Fake(workers=1), quiet=True)

        return work

    whole = Switch(-1)
    assert ended_well(in_child(armed(whole, tmp_path / "whole")))
    calls = whole.count
    assert calls > 2 * DOCUMENTS
    chance = random.Random(5)
    late = range(calls - 40, calls + 1)  # joining, where files take each other's places
    for at in [*chance.sample(range(1, calls - 40), 14), *chance.sample(late, 10)]:
        folder = tmp_path / f"at{at}"
        assert not ended_well(in_child(armed(Switch(at), folder))), at
        assert ended_well(in_child(lambda: run([str(inputs)], folder, Fake(workers=2), quiet=True)))  # noqa: B023
        assert differing(folder, undisturbed) == [], at
        assert not list(folder.glob("*.tmp")) + list(folder.glob(".*.tmp"))


def test_kill_of_a_worker_alone_costs_nothing(inputs: Path, undisturbed: dict[str, object], tmp_path: Path) -> None:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not children.exists():
        pytest.skip("the system does not list a process's children")
    killed: list[int] = []
    seen: list[int] = []

    def watch(message: Ended) -> None:
        seen.append(message.number)
        if len(seen) % 13 == 0 and len(killed) < 8:
            mine = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
            killed.append(int(mine[len(killed) % len(mine)]))
            os.kill(killed[-1], signal.SIGKILL)

    def work() -> None:
        from peristiwa.batch.local import LocalEngine

        def engine(plan, shards, extractor, progress):  # type: ignore[no-untyped-def]
            def both(ended: Ended) -> None:
                progress(ended)
                watch(ended)

            LocalEngine(workers=2)(plan, shards, extractor, both)

        run([str(inputs)], tmp_path / "out", Fake(delay=0.002, workers=2), quiet=True, engine=engine)
        assert len(killed) == 8

    assert ended_well(in_child(work))
    assert differing(tmp_path / "out", undisturbed) == []


def shard_files(folder: Path) -> Iterator[Path]:
    yield from sorted((folder / ".work" / "shards").glob("00000.*"))


@pytest.fixture
def half_done(inputs: Path, tmp_path: Path) -> Path:
    """A run whose first shard is half done, by its own process."""
    folder = tmp_path / "half"

    def work() -> None:
        plan = make_plan([str(inputs)], folder, origin_of(Fake()))

        def tell(message: object) -> None:
            if isinstance(message, Ended) and message.number == 15:
                os.killpg(0, signal.SIGKILL)

        run_shard(plan, 0, Fake(batch_documents=4), tell=tell)  # type: ignore[arg-type]

    assert not ended_well(in_child(work))
    return folder


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("annotations.jsonl", lambda data: data + b'{"schema": "peristiwa/1", "doc_'),
        ("annotations.jsonl", lambda data: data[:-1]),
        ("annotations.jsonl", lambda data: data[: len(data) // 2]),
        ("annotations.jsonl", lambda data: b""),
        ("annotations.jsonl", lambda data: data + bytes(4096)),
        ("annotations.jsonl", lambda data: data + data.splitlines(keepends=True)[0]),
        ("failures.jsonl", lambda data: data[:-7]),
        ("failures.jsonl", lambda data: b""),
        ("failures.jsonl", lambda data: data + b"\n"),
        ("counts", lambda data: data[:-3]),
        ("counts", lambda data: data[: 3 * ROW.size]),
        ("counts", lambda data: data + bytes(ROW.size)),
    ],
)
def test_torn_and_lost_lines_are_repaired(
    half_done: Path, inputs: Path, undisturbed: dict[str, object], name: str, damage: Callable[[bytes], bytes]
) -> None:
    path = half_done / ".work" / "shards" / f"00000.{name}"
    assert path.stat().st_size
    path.write_bytes(damage(path.read_bytes()))
    run([str(inputs)], half_done, Fake(), quiet=True)
    assert differing(half_done, undisturbed) == []


def test_what_is_done_is_not_done_again(half_done: Path, inputs: Path) -> None:
    plan = read_plan(half_done)
    assert plan is not None
    told: list[int] = []
    run_shard(plan, 0, Fake(), tell=lambda message: told.append(message.number) if isinstance(message, Ended) else None)
    assert told == list(range(16, 32))
    run_shard(plan, 0, Fake(), tell=lambda message: pytest.fail(f"{message}: the shard was done"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: (folder / "d001.txt").write_text("Lain sama sekali."), "d001.txt changed"),
        (lambda folder: (folder / "d001.txt").unlink(), "d001.txt is gone"),
        (lambda folder: (folder / "d001a.txt").write_text("Baru."), "d001a.txt is new"),
        (lambda folder: (folder / "zz.txt").write_text("Baru."), "zz.txt is new"),
        (lambda folder: (folder / "tabel.jsonl").unlink(), "tabel.jsonl is gone"),
        (lambda folder: (folder / "metadata.csv").write_text("doc_id,published\nd001,2020-01-01\n"), "metadata.csv is new"),
    ],
)
def test_changed_inputs_are_refused(inputs: Path, tmp_path: Path, change: Callable[[Path], object], says: str) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for path in inputs.iterdir():
        (source / path.name).write_bytes(path.read_bytes())
    out = tmp_path / "out"
    plan = make_plan([str(source)], out, origin_of(Fake()))
    run_shard(plan, 0, Fake())
    change(source)
    with pytest.raises(UsageError, match=f"(?s){says}.*--fresh"):
        run([str(source)], out, Fake(), quiet=True)
    assert read_plan(out) == plan  # nothing was touched
    assert run([str(source)], out, Fake(), quiet=True, fresh=True).documents


def test_a_touched_file_is_the_same_file(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Satu.")
    out = tmp_path / "out"
    make_plan([str(tmp_path / "a.txt")], out, origin_of(Fake()))
    os.utime(tmp_path / "a.txt", (1, 1))
    assert run([str(tmp_path / "a.txt")], out, Fake(), quiet=True).ok == 1


def test_changed_settings_models_and_packages_are_refused(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("peristiwa.batch.run")
    plan = make_plan([str(inputs)], tmp_path, origin_of(Fake()))
    run_shard(plan, 1, Fake())
    with pytest.raises(UsageError, match=r"settings changed: triggers \(both → rules\)"):
        run([str(inputs)], tmp_path, Fake(triggers="rules"), quiet=True)
    with pytest.raises(UsageError, match="inputs changed"):
        run([str(inputs / "d001.txt")], tmp_path, Fake(), quiet=True)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_model_versions", lambda _: {"roles": {"file": "roles.json", "sha256": "0" * 64}})
        with pytest.raises(UsageError, match="models changed"):
            run([str(inputs)], tmp_path, Fake(), quiet=True)
    with monkeypatch.context() as patch:
        patch.setattr(module, "version", lambda _: "0.0")
        with pytest.raises(UsageError, match=r"packages changed: .*→ 0.0"):
            run([str(inputs)], tmp_path, Fake(), quiet=True)
    done = run([str(inputs)], tmp_path, Fake(batch_documents=3, threads=1, workers=2, timeout=9), quiet=True)
    assert done.documents == DOCUMENTS  # how a run is done may change in its course


def test_a_finished_run_is_not_done_again(inputs: Path, tmp_path: Path) -> None:
    first = run([str(inputs)], tmp_path, Fake(), quiet=True)
    before = contents(tmp_path)
    stamp = (tmp_path / "manifest.json").stat().st_mtime_ns
    again = run([str(inputs)], tmp_path, Fake(), quiet=True)
    assert (again.earlier, first.earlier) == (True, False)
    assert (tmp_path / "manifest.json").stat().st_mtime_ns == stamp
    with pytest.raises(UsageError, match="--fresh"):
        run([str(inputs)], tmp_path, Fake(triggers="rules"), quiet=True)
    assert differing(tmp_path, before) == []
    (tmp_path / "events.parquet").unlink()
    assert not run([str(inputs)], tmp_path, Fake(), quiet=True).earlier
    assert differing(tmp_path, before) == []


def test_a_run_that_another_finishes_meanwhile_is_that_one(inputs: Path, tmp_path: Path) -> None:
    """Two commands on one folder: the faster one takes the parts of the run away, which the other looks for."""

    def overtaken(plan: Plan, shards: Iterable[int], extractor: Extractor, watch: object) -> None:
        run([inputs], tmp_path / "out", Fake(), quiet=True)
        plan.part(0, "tasks.jsonl").read_bytes()

    done = run([inputs], tmp_path / "out", Fake(), quiet=True, engine=overtaken)
    assert done.earlier
    assert done.ok > 0

    def broken(plan: Plan, *_: object) -> None:
        plan.part(99, "done").read_bytes()

    with pytest.raises(FileNotFoundError):  # nobody has finished it: something else is wrong
        run([inputs], tmp_path / "other", Fake(), quiet=True, engine=broken)
