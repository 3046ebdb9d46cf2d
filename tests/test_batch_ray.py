"""The engine for a cluster gives the bytes of the one for a machine, whoever dies on the way."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import pyarrow
import pytest
from typer.testing import CliRunner

from fakes import Assassin, Fake, sample
from peristiwa.batch import Plan, make_plan, merge, origin_of, run, run_shard
from peristiwa.batch.lines import FILES
from peristiwa.batch.ray_engine import RayEngine, Reader, import_ray, pack, run_on_ray, unpack
from peristiwa.batch.remote import RemoteFolder, fetch_inputs, put
from peristiwa.batch.tasks import read_tasks
from peristiwa.cli import app
from peristiwa.emit import read_failures
from peristiwa.errors import UsageError
from peristiwa.extract import Extractor
from peristiwa.types import Failure

CLOCKS = ("started", "seconds", "tokens_per_second", "settings")


def contents(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    manifest = json.loads(found["manifest.json"])  # type: ignore[arg-type]
    found["manifest.json"] = {name: value for name, value in manifest.items() if name not in CLOCKS}
    return found


def differing(folder: Path, expected: dict[str, object]) -> list[str]:
    found = contents(folder)
    return sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder named by a relative path: bad files among the good, a table, metadata."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "masuk"
    (folder / "b").mkdir(parents=True)
    for number in range(100):
        text = {17: "LEMPAR", 41: "MATI", 77: ""}.get(number, sample(number))
        (folder / f"d{number:03d}.txt").write_text(text, encoding="utf8")
    for number in range(20):
        (folder / "b" / f"d{number:03d}.txt").write_text(sample(200 + number), encoding="utf8")
    (folder / "b" / "metadata.csv").write_text("doc_id,published,source\nd003,2020-02-03,Koran\nd004,kapan,\nd005,,\nd005,,\n")
    rows = [json.dumps({"doc_id": f"baris {number}", "text": sample(300 + number)}) for number in range(40)]
    (folder / "tabel.jsonl").write_text("\n".join(rows) + "\nrusak\n", encoding="utf8")
    return "masuk"


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    """A Ray of two cores and little memory, for this file."""
    pytest.importorskip("ray", reason="needs Ray: pip install 'peristiwa[ray]'")
    pytest.importorskip("ray.data", reason="needs Ray Data: pip install 'peristiwa[ray]'")
    found = import_ray()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))  # where actors find the fakes
        patch.setenv("RAY_worker_niceness", "0")  # 15 by default: on a busy machine the tests would take minutes
        options = {"num_cpus": 2, "object_store_memory": 100 << 20, "include_dashboard": False, "log_to_driver": False}
        for last in (False, True):
            try:
                found.init(address="local", logging_level="ERROR", **options)
                break
            except Exception as error:  # Ray gives its own processes 30 seconds, which a busy machine may not have
                found.shutdown()
                if last:
                    pytest.skip(f"Ray did not start: {error}")
        yield found
        found.shutdown()


def test_without_ray_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r'pip install "peristiwa\[ray\]"'):
        run_on_ray(["masuk"], "out", Fake())


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["in", "-o", "out", "--engine", "spark"], "there are local and ray"),
        (["in", "-o", "s3://bucket/run"], "URLs need --engine ray"),
        (["in", "-o", "out", "--engine", "ray", "--shard", "1/2"], "either Ray deals out"),
    ],
)
def test_the_command_line_refuses_what_no_engine_does(options: list[str], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        CliRunner().invoke(app, ["run", *options], catch_exceptions=False)


def test_a_reader_gives_the_lines_of_the_local_engine(inputs: str, tmp_path: Path) -> None:
    """Shards are packed where the files are, and read where there are none of them."""
    run([inputs], tmp_path / "one", Fake(), quiet=True)
    plan = make_plan([inputs], tmp_path / "two", origin_of(Fake()))
    reader = Reader(plan, Fake(), str(plan.work / "shards"), 60, None)
    told = []
    for shard in range(plan.shards):
        packed = pack(pyarrow.table({"shard": [shard]}), plan, str(tmp_path), {})
        told += pickle.loads(reader(packed).column("told")[0].as_py())
    assert [ended.doc_id for ended in told if ended.failure] == [f.doc_id for f in read_failures(tmp_path / "one")]
    assert len(told) == plan.documents
    merge(plan)
    assert differing(tmp_path / "two", contents(tmp_path / "one")) == []


def test_a_file_that_changed_after_planning_is_packed_as_a_failure(inputs: str, tmp_path: Path) -> None:
    plan = make_plan([inputs], tmp_path / "out", origin_of(Fake()))
    (tmp_path / inputs / "d001.txt").write_text("Lain.")
    (tmp_path / inputs / "d002.txt").unlink()
    expected = [task.load("id", {}) for task in read_tasks(plan.part(0, "tasks.jsonl"))]
    other = replace(plan, folder=tmp_path / "actor")
    (other.work / "shards").mkdir(parents=True)
    packed = pack(pyarrow.table({"shard": [0]}), plan, str(tmp_path), {}).column("packed")[0].as_py()
    unpack(packed, other, 0, tmp_path / "unpacked")
    assert [task.load("id", {}) for task in read_tasks(other.part(0, "tasks.jsonl"))] == expected
    assert sum(isinstance(item, Failure) and "Run with --fresh" in item.reason for item in expected) == 1


def test_inputs_at_a_url_are_copied_once_and_follow_it(tmp_path: Path) -> None:
    there = fsspec.filesystem("memory")
    for name, text in (("a.txt", b"Satu."), ("b/a.txt", b"Dua."), ("c.csv", b"text\nTiga.\n")):
        there.pipe_file(f"/ember/{name}", text)
    names, shown = fetch_inputs(["memory://ember", "memory://ember/*.txt", "lokal", "memory://ember/c.csv"], tmp_path)
    assert names == [str(tmp_path / "0"), str(tmp_path / "1"), "lokal", str(tmp_path / "3")]
    assert set(shown.values()) == {"memory:///ember"}

    def found(number: int) -> dict[str, bytes]:
        return {str(p.relative_to(tmp_path / str(number))): p.read_bytes() for p in (tmp_path / str(number)).rglob("*.*")}

    assert found(0) == {"a.txt": b"Satu.", "b/a.txt": b"Dua.", "c.csv": b"text\nTiga.\n"}
    assert (found(1), found(3)) == ({"a.txt": b"Satu."}, {"c.csv": b"text\nTiga.\n"})
    before = (tmp_path / "0" / "a.txt").stat().st_mtime_ns
    there.rm_file("/ember/b/a.txt")
    there.pipe_file("/ember/c.csv", b"text\nEmpat.\n")
    fetch_inputs(["memory://ember"], tmp_path)
    assert found(0) == {"a.txt": b"Satu.", "c.csv": b"text\nEmpat.\n"}
    assert (tmp_path / "0" / "a.txt").stat().st_mtime_ns == before
    with pytest.raises(UsageError, match="no such file or folder: memory://kosong"):
        fetch_inputs(["memory://kosong"], tmp_path)
    with pytest.raises(UsageError, match="tak-ada://x"):
        fetch_inputs(["tak-ada://x"], tmp_path)


def test_a_run_at_a_url_goes_on_from_another_machine(inputs: str, tmp_path: Path) -> None:
    def engine_of(place: RemoteFolder, most: int) -> Any:
        def engine(plan: Plan, shards: list[int], extractor: Extractor, watch: object) -> None:
            place.open(plan)
            for number, shard in enumerate(shards):
                if number == most:
                    raise KeyboardInterrupt
                run_shard(plan, shard, extractor)
                for name in (*FILES, "done"):
                    put(plan.part(shard, name), f"{place.shards()}/{plan.part(shard, name).name}")
                    plan.part(shard, name).unlink()
                place.land(plan, shard)
                reached.append(shard)

        return engine

    (tmp_path / inputs / "d041.txt").write_text("Tidak berbahaya.")
    run([inputs], tmp_path / "one", Fake(), quiet=True)
    reached: list[int] = []
    url = "memory://ember-hasil/run"
    first, second = RemoteFolder(url, tmp_path / "a"), RemoteFolder(url, tmp_path / "b")
    first.pull()
    with pytest.raises(KeyboardInterrupt):
        run([inputs], first.local, Fake(), quiet=True, engine=engine_of(first, 2))
    second.pull()
    run([inputs], second.local, Fake(), quiet=True, engine=engine_of(second, 99))
    assert reached == sorted(set(reached))  # nothing was done twice
    assert not second.is_finished()
    second.push()
    assert second.is_finished()
    there = fsspec.filesystem("memory")
    assert not there.exists("/ember-hasil/run/.work/shards")
    third = RemoteFolder(url, tmp_path / "c")
    third.pull()
    assert differing(tmp_path / "c", contents(tmp_path / "one")) == []
    assert run([inputs], third.local, Fake(), quiet=True).earlier
    there.pipe_file("/ember-lain/x.txt", b"x")
    with pytest.raises(UsageError, match="no run's"):
        RemoteFolder("memory://ember-lain", tmp_path / "d").pull()


def test_two_actors_one_of_them_killed_give_the_bytes_of_one_machine(inputs: str, tmp_path: Path, ray: Any) -> None:
    run([inputs], tmp_path / "one", Fake(), quiet=True)
    assert len(read_failures(tmp_path / "one")) == 6
    mark = tmp_path / "victim"
    done = run([inputs], tmp_path / "two", Assassin(mark), quiet=True, engine=RayEngine(workers=2))
    assert int(mark.read_text()) > 1  # somebody was killed
    assert (done.failed, differing(tmp_path / "two", contents(tmp_path / "one"))) == (6, [])
    assert not (tmp_path / "two" / ".work" / "shards").exists()


def test_inputs_and_results_at_a_url(inputs: str, tmp_path: Path, ray: Any) -> None:
    (tmp_path / inputs / "d041.txt").write_text("Tidak berbahaya.")
    run([inputs], tmp_path / "one", Fake(), quiet=True)
    source, out = (tmp_path / inputs).as_uri(), (tmp_path / "two").as_uri()
    done = run_on_ray([source], out, Fake(), workers=2, style="quiet")
    lines = (tmp_path / "two" / "annotations.jsonl").read_bytes()
    assert (
        lines.replace(f'"source": "{source}/'.encode(), b'"source": "masuk/') == contents(tmp_path / "one")["annotations.jsonl"]
    )
    assert done.failed == 5
    assert not (tmp_path / "two" / ".work" / "shards").exists()
    assert run_on_ray([source], out, Fake(), workers=2, style="quiet").earlier
