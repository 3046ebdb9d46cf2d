"""A shard's results on disk, appended line by line, and brought back to whole lines after a crash.

Beside annotations and failures lies ``counts``: a row of fixed size per document, in order. A crash may tear the last
line of any of the three, and a power cut may lose more of one than of another; what counts as done is the longest run of
documents from the first that all three agree on. The rest is cut off and done again.
"""

from __future__ import annotations

import json
import os
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from peristiwa.batch.plan import Plan
from peristiwa.emit import failure_line
from peristiwa.errors import UsageError
from peristiwa.types import Failure, Record

FILES = ("annotations.jsonl", "failures.jsonl", "counts")
_HEAD = 1 << 16
_WHOLE = 16 << 20
"""Lines up to this length are parsed to see whether they are whole; a longer one is judged by its two ends."""

_PATIENCE = 30.0
"""Seconds that a shard's lock may stay with a process that was told to die."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What one document, or many, gave. ``cuts`` counts where a text was cut for the models with no sentence ending there."""

    ok: int = 0
    failed: int = 0
    tokens: int = 0
    characters: int = 0
    sentences: int = 0
    events: int = 0
    entities: int = 0
    times: int = 0
    quantities: int = 0
    arguments: int = 0
    cuts: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def found(self) -> dict[str, int]:
        """The counts of what was found, by the names of the manifest."""
        names = ("sentences", "events", "entities", "times", "quantities", "arguments")
        return {name: getattr(self, name) for name in names}


ROW = struct.Struct(f"<{len(fields(Counts))}q")
FAILED = Counts(failed=1)


def counts_of(record: Record, tokens: int) -> Counts:
    """The counts of one record of ``tokens`` words."""
    return Counts(
        ok=1,
        tokens=tokens,
        characters=len(record.document.text),
        sentences=len(record.sentences),
        events=len(record.events),
        entities=len(record.entities),
        times=len(record.times),
        quantities=len(record.quantities),
        arguments=sum(len(event.arguments) for event in record.events),
    )


def read_counts(path: Path) -> Iterator[Counts]:
    """The rows of a counts file, in order."""
    with path.open("rb") as rows:
        while len(row := rows.read(ROW.size)) == ROW.size:
            yield Counts(*ROW.unpack(row))


class ShardFiles:
    """The open files of one shard, locked against a second process. Writes go straight to the system, whole lines at a time."""

    def __init__(self, plan: Plan, shard: int) -> None:
        self._paths = {name: plan.part(shard, name) for name in FILES}
        self._shard = shard
        self._stack = ExitStack()
        self._handles: dict[str, int] = {}

    def __enter__(self) -> ShardFiles:
        for name, path in self._paths.items():
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
            self._stack.callback(os.close, handle)
            self._handles[name] = handle
        _lock(self._handles["counts"], self._shard)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def repair(self, doc_ids: Iterable[str]) -> int:
        """Cut off what is torn or out of step, and return how many documents, from the first, are done."""
        rows = os.fstat(self._handles["counts"]).st_size // ROW.size
        done = 0
        ends = {"annotations.jsonl": 0, "failures.jsonl": 0}
        with ExitStack() as stack:
            walks = {name: _ids(stack.enter_context(self._paths[name].open("rb"))) for name in ends}
            heads = {name: next(walk, None) for name, walk in walks.items()}
            for doc_id in doc_ids:
                name = next((name for name, head in heads.items() if head is not None and head[0] == doc_id), None)
                if name is None or done == rows:
                    break
                head = heads[name]
                assert head is not None
                ends[name] = head[1]
                heads[name] = next(walks[name], None)
                done += 1
        for name, end in {**ends, "counts": done * ROW.size}.items():
            if os.fstat(self._handles[name]).st_size != end:
                os.ftruncate(self._handles[name], end)
        return done

    def add(self, name: str, chunks: Iterable[bytes], counts: Counts) -> None:
        """Append one document's line, given in pieces without a line end, to annotations.jsonl or failures.jsonl."""
        _write(self._handles["counts"], ROW.pack(*astuple(counts)), self._paths["counts"])
        last = b""
        for chunk in chunks:
            _write(self._handles[name], last, self._paths[name])
            last = chunk
        _write(self._handles[name], last + b"\n", self._paths[name])

    def fail(self, failure: Failure) -> None:
        """Append a line of failures.jsonl."""
        self.add("failures.jsonl", [failure_line(failure)[:-1]], FAILED)

    def sync(self) -> None:
        """Wait until all is on the disk."""
        for name, handle in self._handles.items():
            try:
                os.fsync(handle)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(self._paths[name])) from error


def _write(handle: int, data: bytes, path: Path) -> None:
    """Write all of ``data``. Raises OSError with the file's name."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(handle, view) :]
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _ids(file: Any) -> Iterator[tuple[str, int]]:
    """The doc_id of each whole line, and the offset of the line's end; ends at the first line that is not whole."""
    end = 0
    while True:
        head = file.readline(_HEAD)
        size, last = len(head), head[-1:]
        pieces = [head]
        while last and last != b"\n":
            piece = file.readline(_HEAD)
            if size <= _WHOLE:
                pieces.append(piece)
            size, last = size + len(piece), piece[-1:]
        if last != b"\n":
            return
        doc_id = _id_of(b"".join(pieces), whole=size <= _WHOLE)
        if doc_id is None:
            return
        end += size
        yield doc_id, end


def _id_of(line: bytes, *, whole: bool) -> str | None:
    try:
        if whole:
            found = json.loads(line)["doc_id"]
        else:
            text = line[:_HEAD].decode("utf8", "replace")
            at = text.index('"doc_id": ') + len('"doc_id": ')
            found, _ = json.JSONDecoder().raw_decode(text, at)
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def _lock(handle: int, shard: int) -> None:
    """Hold a shard for this process; the lock goes with the process, however it ends."""
    try:
        import fcntl
    except ImportError:  # no such locks on Windows
        return
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise UsageError(f"shard {shard + 1} is being run by another process. Wait for it, or end it.") from None
            time.sleep(0.05)
        except OSError:
            with suppress(OSError):  # a file system without locks
                return
