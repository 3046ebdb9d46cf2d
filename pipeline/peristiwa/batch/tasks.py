"""The documents of a shard before they are read: a file to read, or a text out of a file that holds many."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from peristiwa.batch.inputs import METADATA, Print, stat_of
from peristiwa.ingest import File, read_file
from peristiwa.models import digest
from peristiwa.types import Document, Failure

SHARDS = 256
"""What a run is cut into, if that gives shards of a sensible size."""

LEAST_DOCUMENTS, MOST_DOCUMENTS = 32, 2048
LEAST_BYTES, MOST_BYTES = 256 << 10, 64 << 20


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file that holds one document; it is read where the shard is run, from its copy ``at`` where it was sent there."""

    doc_id: str
    file: Print
    at: str | None = None

    @property
    def size(self) -> int:
        return self.file.stat[0]

    def to_dict(self) -> dict[str, Any]:
        return {"doc_id": self.doc_id, "file": self.file.to_dict()} | ({"at": self.at} if self.at else {})

    @property
    def source(self) -> str:
        """The path as text that can be written as UTF-8, whatever bytes the file system holds."""
        path = self.file.path if "://" in self.file.path else Path(self.file.path).as_posix()
        return os.fsencode(path).decode("utf8", "replace")

    def load(self, language: str, folders: dict[Any, Any]) -> Document | Failure:
        """The file's document. One that is not the planned one any more is a Failure: the results would not be the run's."""
        path = Path(self.at or self.file.path)
        try:
            if stat_of(path) != self.file.stat and digest(path) != self.file.digest:
                return Failure(self.doc_id, self.source, "ingest", "changed after the run was planned. Run with --fresh.")
        except OSError as error:
            return Failure(self.doc_id, self.source, "ingest", f"cannot be read ({error.strerror or error}).")
        if path.parent not in folders:
            folders.clear()  # one folder's metadata at a time
        result, _ = next(read_file(File(path, self.file.name), self.doc_id, language, folders=folders))
        return replace(self._as_planned(result) if self.at else result, doc_id=self.doc_id)

    def _as_planned(self, result: Document | Failure) -> Document | Failure:
        """What a copy gave, with the file's own place for the copy's."""
        assert self.at is not None
        copy = os.fsencode(self.at).decode("utf8", "replace")
        if result.source == copy:
            result = replace(result, source=self.source)
        if isinstance(result, Failure):
            metadata = str(Path(self.at).parent / METADATA)
            own = self.source.rpartition("/")[0]
            result = replace(result, reason=result.reason.replace(metadata, f"{own}/{METADATA}" if own else METADATA))
        return result


@dataclass(frozen=True, slots=True)
class TextTask:
    """A document, or the reason why there is none, that was read while planning."""

    result: Document | Failure

    @property
    def doc_id(self) -> str:
        return self.result.doc_id

    @property
    def source(self) -> str:
        return self.result.source

    @property
    def size(self) -> int:
        return len(self.result.text) if isinstance(self.result, Document) else 0

    def to_dict(self) -> dict[str, Any]:
        data = asdict(self.result)
        if isinstance(self.result, Failure):
            return {"doc_id": self.doc_id, "failure": data}
        return {"doc_id": self.doc_id, "document": {**data, "published": data["published"] and data["published"].isoformat()}}

    def load(self, language: str, folders: dict[Any, Any]) -> Document | Failure:
        return self.result


Task = FileTask | TextTask


def read_tasks(path: Path) -> Iterator[Task]:
    """The tasks of a shard, in order, as a stream."""
    with path.open(encoding="ascii") as lines:
        for line in lines:
            data = json.loads(line)
            if "file" in data:
                yield FileTask(data["doc_id"], Print.from_dict(data["file"]), data.get("at"))
            elif "failure" in data:
                yield TextTask(Failure(**data["failure"]))
            else:
                document = data["document"]
                day = document["published"]
                yield TextTask(Document(**{**document, "published": datetime.date.fromisoformat(day) if day else None}))


class TaskWriter:
    """Deals tasks out to shards of about equal work, in order."""

    def __init__(self, folder: Path, files: int, size: int) -> None:
        self.documents = 0
        self.shards = 0
        self._folder = folder
        self._most_documents = min(max(files // SHARDS, LEAST_DOCUMENTS), MOST_DOCUMENTS)
        self._most_bytes = min(max(size // SHARDS, LEAST_BYTES), MOST_BYTES)
        self._out: TextIO | None = None
        self._count = self._bytes = 0

    def __enter__(self) -> TaskWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def add(self, task: Task) -> None:
        """Put a task into the open shard, or into a new one where that is full."""
        full = self._count >= self._most_documents or self._bytes >= self._most_bytes
        if self._out is None or full:
            self._close()
            self._out = (self._folder / f"{self.shards:05d}.tasks.jsonl").open("w", encoding="ascii")
            self.shards += 1
            self._count = self._bytes = 0
        self._out.write(json.dumps(task.to_dict()) + "\n")
        self.documents += 1
        self._count += 1
        self._bytes += task.size

    def _close(self) -> None:
        if self._out is not None:
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()
            self._out = None
