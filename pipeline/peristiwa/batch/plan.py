"""The plan of a run: every document with its id, in shards, written down before the first document is read by a model.

A plan lies in ``RUN/.work`` until the run is finished::

    plan.json                     what the results depend on, and how many documents and shards there are
    inputs.jsonl                  every input file with its fingerprint
    shards/00000.tasks.jsonl      the documents of a shard: a file to read, or the text itself where a file holds many
    shards/00000.annotations.jsonl, .failures.jsonl, .counts     what is done (batch/lines.py)
    shards/00000.done             written last

It is built beside its place and renamed, so that there is a whole plan or none. Shards depend on the inputs alone, never
on the number of workers, so that a run may go on with another number, or on other machines.
"""

from __future__ import annotations

import datetime
import errno
import hashlib
import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from peristiwa.batch.index import Index, Listed
from peristiwa.batch.inputs import Print, fingerprint, list_files, with_metadata
from peristiwa.batch.tasks import FileTask, Task, TaskWriter, TextTask
from peristiwa.emit import writing
from peristiwa.errors import UsageError
from peristiwa.ingest import ONE_DOCUMENT, STDIN, File, another_id, as_paths, check_inputs, file_id, read_file
from peristiwa.types import Document

WORK = ".work"
VERSION = 1
NAMED = 1000
"""Duplicates that the manifest names; the rest is counted."""

ORIGIN_NAMES = {
    "settings": "the settings",
    "configuration": "the configuration files",
    "models": "the models",
    "packages": "the installed packages",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """What results depend on beside the inputs; ``for_manifest`` is told but may change in mid-run."""

    settings: Mapping[str, Any]
    configuration: Mapping[str, str]
    models: Mapping[str, Mapping[str, object]]
    packages: Mapping[str, str]
    groups: Mapping[str, str]
    language: str
    for_manifest: Mapping[str, Any] = field(default_factory=dict)

    def key(self) -> dict[str, Any]:
        """What must stay the same while a run lasts, by part, as JSON holds it."""
        parts = {name: dict(getattr(self, name)) for name in ORIGIN_NAMES}
        return dict(json.loads(json.dumps(parts, sort_keys=True)))


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan on disk. ``work`` is its folder; the counts are those of all shards."""

    folder: Path
    inputs: tuple[str, ...]
    documents: int
    files: int
    shards: int
    key: Mapping[str, Any]
    groups: Mapping[str, str]
    language: str
    started: str
    for_manifest: Mapping[str, Any]
    duplicates: Mapping[str, Any]

    @property
    def work(self) -> Path:
        return self.folder / WORK

    def part(self, shard: int, name: str) -> Path:
        """The path of a shard's file: tasks.jsonl, annotations.jsonl, failures.jsonl, counts, done."""
        return self.work / "shards" / f"{shard:05d}.{name}"

    def is_done(self, shard: int) -> bool:
        return self.part(shard, "done").exists()


def make_plan(inputs: Sequence[str], folder: Path, origin: Origin, *, stdin: BinaryIO | None = None) -> Plan:
    """Write the plan of a run into ``folder``, all of it or nothing. Raises UsageError when an input does not exist.

    Another process that plans the same run at the same time does no harm: the first to finish wins.
    """
    check_inputs(as_paths(inputs))
    folder.mkdir(parents=True, exist_ok=True)
    building = folder / f"{WORK}.{os.getpid()}.tmp"
    shutil.rmtree(building, ignore_errors=True)
    (building / "shards").mkdir(parents=True)
    index = Index(building / "index.sqlite")
    try:
        list_files(inputs, folder, index)
        tasks = TaskWriter(building / "shards", *index.totals())
        duplicates = Duplicates()
        with (building / "inputs.jsonl").open("w", encoding="ascii") as out, tasks:
            for task, content in _tasks(index, origin.language, stdin, lambda print_: _write(out, print_.to_dict())):
                tasks.add(task)
                if content is not None:
                    duplicates.add(task.doc_id, index.first_with(content, task.doc_id))
            out.flush()
            os.fsync(out.fileno())
        index.close()
        (building / "index.sqlite").unlink()
        header = {
            "version": VERSION,
            "inputs": list(inputs),
            "documents": tasks.documents,
            "files": _count_lines(building / "inputs.jsonl"),
            "shards": tasks.shards,
            "key": origin.key(),
            "groups": dict(origin.groups),
            "language": origin.language,
            "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "for_manifest": dict(origin.for_manifest),
            "duplicates": duplicates.to_dict(),
        }
        with writing(building / "plan.json") as plan_file:
            plan_file.write(json.dumps(header, indent=2) + "\n")
        try:
            os.rename(building, folder / WORK)
        except OSError:
            if not (folder / WORK / "plan.json").exists():  # else another process was faster with the same plan
                raise
    except sqlite3.Error as error:  # no room, mostly
        raise OSError(errno.EIO, str(error), str(building)) from error
    finally:
        index.close()
        shutil.rmtree(building, ignore_errors=True)
    plan = read_plan(folder)
    assert plan is not None
    return plan


@dataclass(slots=True)
class Duplicates:
    """Documents with the content of an earlier one: they are read all the same, and named."""

    count: int = 0
    named: list[dict[str, str]] = field(default_factory=list)

    def add(self, doc_id: str, first: str | None) -> None:
        if first is None:
            return
        self.count += 1
        if len(self.named) < NAMED:
            self.named.append({"doc_id": doc_id, "same_as": first})

    def to_dict(self) -> dict[str, Any]:
        return {"count": self.count, "named": self.named}


def _tasks(
    index: Index, language: str, stdin: BinaryIO | None, note: Callable[[Print], None]
) -> Iterator[tuple[Task, str | None]]:
    """Every document of the run as a task with the digest of its content; ``note`` hears of each file."""
    for listed in with_metadata(index.files()):
        if isinstance(listed, Path):
            note(fingerprint(File(listed, listed.name)))
            continue
        file = listed.file
        own_id = file_id(file, listed.shared)
        if file.path == STDIN:
            data = (stdin or sys.stdin.buffer).read()
            note(_stdin_print(data))
            found = Print("-", "-", None, ())
        else:
            data = b""
            found = fingerprint(file)
            note(found)
        if found.digest is not None and file.path.suffix.lower() in ONE_DOCUMENT:
            doc_id = _new_id(own_id, file, None, index)
            yield FileTask(doc_id, found), found.digest
            continue
        for result, number in read_file(file, own_id, language, stdin=io.BytesIO(data)):
            doc_id = _new_id(result.doc_id, file, number, index)
            content = hashlib.sha256(result.text.encode()).hexdigest() if isinstance(result, Document) else None
            yield TextTask(replace(result, doc_id=doc_id)), content


def _count_lines(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def _new_id(doc_id: str, file: File, number: int | None, index: Index) -> str:
    if doc_id in index:
        doc_id = another_id(doc_id, file, number, index)
    index.give_out(doc_id)
    return doc_id


def _stdin_print(data: bytes) -> Print:
    return Print("-", "-", hashlib.sha256(data).hexdigest(), ())


def _write(out: io.TextIOWrapper, data: Mapping[str, Any]) -> None:
    out.write(json.dumps(data) + "\n")  # ASCII: a path may hold bytes that are no UTF-8


def read_plan(folder: Path) -> Plan | None:
    """The plan in a run's folder, None where there is none. Raises UsageError when it cannot be used."""
    path = folder / WORK / "plan.json"
    try:
        data = json.loads(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise UsageError(f"{folder}: is a file, or lies below one. Name a folder.") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: the plan of this run cannot be read ({error}). Run with --fresh.") from error
    if data.pop("version", None) != VERSION:
        raise UsageError(f"{path}: the plan of another version of peristiwa. Run with --fresh.")
    return Plan(folder=folder, **{**data, "inputs": tuple(data["inputs"])})


def check_unchanged(plan: Plan, inputs: Sequence[str], origin: Origin, *, stdin: BinaryIO | None = None) -> None:
    """Raise UsageError, naming what differs, unless the plan is the one that these inputs and this extractor would give."""
    for name, now in origin.key().items():
        if now != plan.key.get(name):
            refuse(plan, f"{ORIGIN_NAMES[name]} changed: {_difference(plan.key.get(name, {}), now)}")
    if tuple(inputs) != plan.inputs:
        refuse(plan, f"the inputs changed: it was made for {' '.join(plan.inputs)}")
    check_inputs(as_paths(inputs))
    index = Index()
    try:
        list_files(inputs, plan.folder, index)
        _compare(plan, with_metadata(index.files()), stdin)
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), tempfile.gettempdir()) from error
    finally:
        index.close()


def _compare(plan: Plan, files: Iterator[Listed | Path], stdin: BinaryIO | None) -> None:
    with (plan.work / "inputs.jsonl").open(encoding="ascii") as lines:
        planned = (Print.from_dict(json.loads(line)) for line in lines)
        for listed in files:
            file = File(listed, listed.name) if isinstance(listed, Path) else listed.file
            before = next(planned, None)
            if before is None or (before.path, before.name) != (os.fspath(file.path), file.name):
                gone = before is not None and before.path != "-" and not os.path.lexists(before.path)
                refuse(plan, f"{before.path} is gone" if before is not None and gone else f"{file.path} is new")
                return
            now = _stdin_print((stdin or sys.stdin.buffer).read()) if file.path == STDIN else fingerprint(file, before)
            if (now.digest, now.error) != (before.digest, before.error):
                refuse(plan, f"{'standard input' if file.path == STDIN else file.path} changed")
        left = next(planned, None)
        if left is not None:
            refuse(plan, f"{left.path} is gone")


def refuse(plan: Plan, what: str) -> None:
    """Raise UsageError: results of before and after would stand in one file."""
    raise UsageError(
        f"{plan.folder}: holds a run that was begun with something else: {what}. "
        "Undo the change to go on with it, use --fresh to begin anew in this folder, or name another folder."
    )


def _difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The first entries that differ, old and new."""
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    told = []
    for name in names[:3]:
        old, new = before.get(name), now.get(name)
        short = all(isinstance(value, str | int | float | None) and len(str(value)) < 30 for value in (old, new))
        told.append(f"{name} ({old} → {new})" if short else name)
    return ", ".join(told) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def discard(folder: Path) -> None:
    """Remove a run's plan and all that was done of it; finished results stay until new ones replace them."""
    work = folder / WORK
    if work.exists():
        gone = folder / f"{WORK}-old.{os.getpid()}.tmp"
        os.rename(work, gone)  # at one stroke: half a plan must never be taken for a whole one
        shutil.rmtree(gone)
    for left in folder.glob(f"{WORK}*.tmp"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
