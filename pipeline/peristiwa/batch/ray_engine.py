"""The engine for a cluster: the plan's shards through an actor pool of Ray Data, and back into the plan's folder.

``pack`` reads a shard's files where the driver is, ``Reader`` is an actor: it runs the shard in a folder of its own with
the local engine's worker process, time limit and quarantine, and puts the parts where the plan keeps them, the mark of
completion last. What dies is begun anew by Ray; a shard gives the same bytes however often that happens. Only shard
numbers and counts come back to the driver. Joining is that of every run.
"""

from __future__ import annotations

import getpass
import hashlib
import io
import json
import os
import pickle
import queue
import shutil
import sys
import tarfile
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from peristiwa.batch.inputs import METADATA, stat_of
from peristiwa.batch.lines import FILES
from peristiwa.batch.local import LocalEngine, Watch
from peristiwa.batch.plan import Plan
from peristiwa.batch.progress import Style
from peristiwa.batch.quarantine import cores, memory_for
from peristiwa.batch.remote import RemoteFolder, fetch_inputs, is_url, put, workspace
from peristiwa.batch.run import Summary, run
from peristiwa.batch.shard import Ended
from peristiwa.batch.tasks import FileTask, Task, TextTask, read_tasks
from peristiwa.emit import sweep
from peristiwa.errors import PeristiwaError, UsageError
from peristiwa.extract import Extractor

PACKERS = 2
"""Processes that read files for the cluster."""


def import_ray() -> Any:
    """Ray with Ray Data. Raises UsageError where it is not installed."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise UsageError(f'--engine ray: Ray is not installed ({error}). Install it: pip install "peristiwa[ray]"') from error
    return ray


@dataclass(slots=True)
class RayEngine:
    """Runs shards in ``workers`` actors, by default as many as the cluster has cores for; see LocalEngine for the limits.

    ``store`` is the folder of the plan's shards as every node sees it, a path or a URL; ``shown`` maps folders of this
    machine to what records call them. ``opened`` is called before the first shard, ``landed`` for each that is done.
    """

    workers: int | None = None
    timeout: float | None = None
    memory: float | None = None
    store: str | None = None
    shown: Mapping[str, str] = field(default_factory=dict)
    opened: Callable[[Plan], None] = lambda _: None
    landed: Callable[[Plan, int], None] = lambda _, __: None

    def __call__(self, plan: Plan, shards: Iterable[int], extractor: Extractor, watch: Watch) -> None:
        """Run ``shards``; ``watch`` hears of their documents as each shard is done. Raises what makes the run impossible."""
        left = list(shards)
        ray = import_ray()
        self.opened(plan)
        if not left:
            return
        if not ray.is_initialized():
            ray.init(log_to_driver=False, logging_level="ERROR")
        threads = extractor.settings.threads or 1
        able = max(int(ray.cluster_resources().get("CPU", 1)) // threads, 1)
        reader = {
            "plan": plan,
            "extractor": extractor.having(threads=threads),
            "store": self.store or str((plan.work / "shards").resolve()),
            "timeout": self.timeout,
            "memory": self.memory,
        }
        rows = _dataset(ray, left, {"plan": plan, "cwd": os.getcwd(), "shown": dict(self.shown)}).map_batches(
            Reader,
            batch_size=1,
            batch_format="pyarrow",
            compute=ray.data.ActorPoolStrategy(size=min(self.workers or able, len(left))),
            num_cpus=threads,
            fn_constructor_kwargs=reader,
        )
        try:
            for row in rows.iter_rows():
                told = pickle.loads(row["told"])
                if isinstance(told, Exception):
                    raise told
                self.landed(plan, row["shard"])
                for ended in told:
                    watch(ended)
        except ray.exceptions.RayError as error:
            raise PeristiwaError(f"Ray gave up: {error}") from error


def _dataset(ray: Any, shards: list[int], how: dict[str, Any]) -> Any:
    """A dataset of packed shards, one block each, read on the driver's node as the actors ask for them."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    here = {"ray.io/node-id": ray.get_runtime_context().get_node_id()}
    blocks = ray.data.from_items([{"shard": shard} for shard in shards], override_num_blocks=len(shards))
    return blocks.map_batches(
        pack,
        batch_size=1,
        batch_format="pyarrow",
        compute=ray.data.TaskPoolStrategy(size=PACKERS),
        num_cpus=0,
        label_selector=here,
        fn_kwargs=how,
    )


def pack(table: Any, plan: Plan, cwd: str, shown: Mapping[str, str]) -> Any:
    """The shards of a table with all that they need: a tar file of tasks and, in a folder each, the files they read."""
    numbers = table.column("shard").to_pylist()
    plan = replace(plan, folder=Path(cwd, plan.folder))
    return _table(numbers, "packed", [_packed(plan, shard, cwd, shown) for shard in numbers])


def _packed(plan: Plan, shard: int, cwd: str, shown: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    folders: dict[Path, int] = {}
    tasks = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for task in read_tasks(plan.part(shard, "tasks.jsonl")):
            name = _add_file(tar, task, cwd, folders)
            if name is None and isinstance(task, FileTask):  # it is gone, or not what was planned: load tells
                here = replace(task, file=replace(task.file, path=str(Path(cwd, task.file.path))))
                task = TextTask(replace(here.load(plan.language, {}), source=task.source))
            tasks.write(json.dumps({**_showing(task, shown).to_dict(), "moved": name}).encode() + b"\n")
        _add(tar, "tasks.jsonl", tasks.getvalue())
    return out.getvalue()


def _add_file(tar: tarfile.TarFile, task: Task, cwd: str, folders: dict[Path, int]) -> str | None:
    """Put a task's file into ``tar``, with its folder's metadata.csv, and return its name there.

    None for a task without a file, and for a file that cannot be read or is not the planned one any more.
    """
    if not isinstance(task, FileTask):
        return None
    path = Path(cwd, task.file.path)
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != task.file.digest:
            return None
        if path.parent not in folders:
            folders[path.parent] = len(folders)
            if (path.parent / METADATA).is_file():
                _add(tar, f"{folders[path.parent]}/{METADATA}", (path.parent / METADATA).read_bytes())
    except OSError:
        return None
    name = f"{folders[path.parent]}/{path.name}"
    _add(tar, name, data)
    return name


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


def _showing(task: Task, shown: Mapping[str, str]) -> Task:
    """The task with a URL in the place of the local copy of what lies there."""
    for local, url in shown.items():
        if isinstance(task, FileTask) and task.file.path.startswith(local + os.sep):
            return replace(task, file=replace(task.file, path=url + task.file.path[len(local) :]))
        if isinstance(task, TextTask) and task.source.startswith(local + os.sep):
            return TextTask(replace(task.result, source=url + task.source[len(local) :]))
    return task


def unpack(data: bytes, plan: Plan, shard: int, folder: Path) -> None:
    """Lay out a packed shard: its files in ``folder``, its tasks in the plan."""
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        tar.extractall(folder, filter="data")
    with (folder / "tasks.jsonl").open(encoding="ascii") as lines, plan.part(shard, "tasks.jsonl").open("w") as out:
        for line in lines:
            task = json.loads(line)
            name = task.pop("moved")
            if name is not None:
                task["at"] = str(folder / name)
                task["file"]["stat"] = stat_of(folder / name)
            out.write(json.dumps(task) + "\n")


def _table(numbers: list[int], name: str, values: list[bytes]) -> Any:
    import pyarrow

    return pyarrow.table({"shard": numbers, name: pyarrow.array(values, pyarrow.large_binary())})


class _Feed(deque[int]):
    """Shards that come one by one: whoever asks whether there are more waits for the next, and has done those before."""

    def __init__(self) -> None:
        super().__init__()
        self.coming: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def __bool__(self) -> bool:
        if not len(self):
            self.answers.put(None)
            self.append(self.coming.get())
        return True


class Reader:
    """An actor: it holds the models in a worker process of its own, and runs one shard after the other."""

    def __init__(self, plan: Plan, extractor: Extractor, store: str, timeout: float | None, memory: float | None) -> None:
        base = Path(tempfile.gettempdir(), f"peristiwa-ray-{getpass.getuser()}")
        base.mkdir(mode=0o700, exist_ok=True)
        sweep(base)  # what actors that were killed have left
        self.folder = base / f".actor.{os.getpid()}.tmp"
        self.plan = replace(plan, folder=self.folder)
        (self.plan.work / "shards").mkdir(parents=True)
        self.store = store
        self.ended: list[Ended] = []
        self.feed = _Feed()
        main = sys.modules["__main__"]
        if str(getattr(main, "__file__", "")).endswith("default_worker.py"):
            del main.__file__  # or each of our processes would import Ray's own main module, and all of Ray
        share = max(cores() // (extractor.settings.threads or 1), 1)
        engine = LocalEngine(timeout=timeout, memory=memory or memory_for(share), start_method="spawn")
        threading.Thread(target=self._serve, args=(engine, extractor), daemon=True).start()
        self.feed.answers.get()

    def _serve(self, engine: LocalEngine, extractor: Extractor) -> None:
        try:
            engine(self.plan, self.feed, extractor, self.ended.append)
        except Exception as error:
            self.feed.answers.put(error)

    def __call__(self, table: Any) -> Any:
        """Run packed shards; gives for each what its documents came to, or the error that ends the run."""
        numbers, packed = table.column("shard").to_pylist(), table.column("packed")
        told = [self._run(shard, data.as_py()) for shard, data in zip(numbers, packed, strict=True)]
        return _table(numbers, "told", [pickle.dumps(one) for one in told])

    def _run(self, shard: int, packed: bytes) -> list[Ended] | Exception:
        self.ended.clear()
        try:
            unpack(packed, self.plan, shard, self.folder / "in")
            self.feed.coming.put(shard)
            error = self.feed.answers.get()
            if error is not None:
                return error
            for name in (*FILES, "done"):
                put(self.plan.part(shard, name), f"{self.store}/{self.plan.part(shard, name).name}")
        except FileNotFoundError as error:
            return UsageError(
                f"{error.filename or self.store}: cannot be reached on node {os.uname().nodename}. "
                "Name a folder for the run's results that all nodes share, or a URL such as s3://bucket/run."
            )
        except (PeristiwaError, OSError) as error:
            return error
        for path in _parts(self.plan, shard):
            path.unlink()
        return list(self.ended)


def _parts(plan: Plan, shard: int) -> Iterator[Path]:
    return (plan.work / "shards").glob(f"{shard:05d}.*")


def run_on_ray(
    inputs: Sequence[str],
    out: str,
    extractor: Extractor,
    *,
    workers: int | None = None,
    fresh: bool = False,
    style: Style = "lines",
) -> Summary:
    """``run`` on a cluster: on the one that RAY_ADDRESS names or this machine is part of, else on a Ray of this machine.

    ``inputs`` and ``out`` may be URLs. Raises as ``run``, and UsageError where Ray or a package for a URL is missing.
    """
    import_ray()
    engine = RayEngine(workers, extractor.settings.timeout, extractor.settings.memory)
    space = workspace(out)
    names, engine.shown = fetch_inputs(inputs, space / "inputs")
    if not is_url(out):
        return run(names, Path(out), extractor, fresh=fresh, style=style, engine=engine)
    place = RemoteFolder(out, space / "run")
    place.pull()
    engine.store, engine.opened, engine.landed = place.shards(), place.open, place.land
    summary = run(names, place.local, extractor, fresh=fresh, style=style, engine=engine)
    if not (summary.earlier and place.is_finished()):
        place.push()
    return summary
