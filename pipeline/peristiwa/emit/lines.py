"""Write annotations.jsonl, a record a line, and failures.jsonl."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from peristiwa.emit.atomic import writing
from peristiwa.emit.tables import Groups
from peristiwa.errors import UsageError
from peristiwa.records import record_to_json
from peristiwa.types import Failure, Record


def write_jsonl(records: Iterable[Record], folder: Path, groups: Groups) -> list[Path]:
    """Write annotations.jsonl; records are taken one by one and none is kept."""
    path = folder / "annotations.jsonl"
    with writing(path) as out:
        for record in records:
            out.write(record_to_json(record) + "\n")
    return [path]


def read_failures(folder: Path, most: int | None = None) -> list[Failure]:
    """The failures of a run's folder, the first ``most`` of them, none where it has no failures.jsonl. Raises UsageError."""
    path = folder / "failures.jsonl"
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf8", newline="\n") as lines:  # a reason may hold other line ends
            return [Failure(**json.loads(line)) for line in islice(lines, most) if line.strip()]
    except (TypeError, ValueError) as error:
        raise UsageError(f"{path}: not a file of failures ({error}). Run again, with --fresh.") from error


def failure_line(failure: Failure) -> bytes:
    """A line of failures.jsonl, with its end."""
    return json.dumps(asdict(failure), ensure_ascii=False).encode("utf8", "replace") + b"\n"
