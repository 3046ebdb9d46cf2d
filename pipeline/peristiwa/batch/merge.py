"""Finished shards to the run's folder: lines joined in order, tables built from them, the manifest last."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peristiwa.batch.lines import Counts, read_counts
from peristiwa.batch.plan import NAMED, Plan
from peristiwa.batch.tasks import read_tasks
from peristiwa.emit import finish_run, read_manifest
from peristiwa.errors import UsageError

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ShardMark:
    """What a shard's mark of completion says."""

    counts: Counts
    seconds: float


def read_mark(plan: Plan, shard: int) -> ShardMark | None:
    """The mark of a finished shard, None for one that is not."""
    try:
        data = json.loads(plan.part(shard, "done").read_text(encoding="utf8"))
    except FileNotFoundError:
        return None
    seconds = data.pop("seconds")
    return ShardMark(Counts(**data), seconds)


def merge(
    plan: Plan, *, seconds: Callable[[], float] | None = None, tell: Callable[[str], None] = lambda _: None
) -> dict[str, object]:
    """Build the run's files from its finished shards, and return the manifest. The shards go when all is written.

    ``seconds`` tells the time that the run took, by default the sum of what each shard took. Raises UsageError when a
    shard is missing, or when the counts do not add up; OSError when the folder cannot be written.
    """
    marks = [read_mark(plan, shard) for shard in range(plan.shards)]
    missing = [shard + 1 for shard, mark in enumerate(marks) if mark is None]
    if missing:
        names = ", ".join(map(str, missing[:10])) + (" …" if len(missing) > 10 else "")
        raise UsageError(f"{plan.folder}: {len(missing)} of {plan.shards} shards are not done ({names}). Run them first.")
    total = sum((mark.counts for mark in marks if mark), Counts())
    if total.ok + total.failed != plan.documents:
        raise UsageError(
            f"{plan.folder}: {plan.documents} documents went in, and {total.ok} + {total.failed} came out. Run with --fresh."
        )
    summed = sum(mark.seconds for mark in marks if mark)
    tell("joining")
    manifest = finish_run(
        plan.folder,
        _joined(plan, "annotations.jsonl"),
        _joined(plan, "failures.jsonl"),
        groups=plan.groups,
        formats=plan.for_manifest["settings"]["formats"],
        manifest=lambda: _manifest(plan, total, seconds() if seconds else summed),
        tell=tell,
    )
    gone = plan.work / ".shards.tmp"
    os.rename(plan.work / "shards", gone)  # at one stroke: shards that are half gone are not to be run again
    shutil.rmtree(gone, ignore_errors=True)
    return manifest


def _joined(plan: Plan, name: str) -> Iterator[bytes]:
    for shard in range(plan.shards):
        with plan.part(shard, name).open("rb") as lines:
            while piece := lines.read(_PIECE):
                yield piece


def _manifest(plan: Plan, total: Counts, seconds: float) -> dict[str, object]:
    return {
        "schema": "peristiwa-run/1",
        "started": plan.started,
        **plan.for_manifest,
        "documents": {"in": plan.documents, "ok": total.ok, "failed": total.failed, "skipped": 0},
        "found": total.found(),
        "characters": total.characters,
        "tokens": total.tokens,
        "seconds": round(seconds, 3),
        "tokens_per_second": round(total.tokens / seconds, 1) if seconds > 0 else None,
        "inputs": {"files": plan.files, "shards": plan.shards},
        "duplicates": dict(plan.duplicates),
        "cuts": _cuts(plan) if total.cuts else {"count": 0, "named": []},
    }


def _cuts(plan: Plan) -> dict[str, Any]:
    """The documents that were cut for the models where no sentence ends."""
    count = 0
    named: list[dict[str, Any]] = []
    for shard in range(plan.shards):
        tasks, rows = read_tasks(plan.part(shard, "tasks.jsonl")), read_counts(plan.part(shard, "counts"))
        for task, counts in zip(tasks, rows, strict=True):
            count += counts.cuts
            if counts.cuts and len(named) < NAMED:
                named.append({"doc_id": task.doc_id, "cuts": counts.cuts})
    return {"count": count, "named": named}


def finished(plan: Plan) -> dict[str, object] | None:
    """The manifest of a run whose files are all in place and of this plan, else None."""
    folder: Path = plan.folder
    if (plan.work / "shards").exists() or not (folder / "manifest.json").exists():
        return None
    manifest = read_manifest(folder)
    files = manifest.get("files")
    if manifest.get("started") != plan.started or not isinstance(files, dict):
        return None
    shutil.rmtree(plan.work / ".shards.tmp", ignore_errors=True)
    whole = all((folder / name).exists() and (folder / name).stat().st_size == size for name, size in files.items())
    return manifest if whole else None
