"""The files of a run and their fingerprints: what tells that an input is still the one that was planned."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from peristiwa.batch.index import Index, Listed
from peristiwa.ingest import STDIN, File, find_files
from peristiwa.models import digest

METADATA = "metadata.csv"


@dataclass(frozen=True, slots=True)
class Print:
    """A file's fingerprint. ``stat`` (size, times, inode) is only a short cut: equal stats, equal content."""

    path: str
    name: str
    digest: str | None
    stat: tuple[int, ...]
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Print:
        return cls(**{**data, "stat": tuple(data["stat"])})


def list_files(inputs: Sequence[str], skip: Path, index: Index) -> None:
    """Put the files of ``inputs`` into ``index``, those of the folder ``skip`` (the run's own) left out."""
    own = os.path.realpath(skip)
    for file in find_files([Path(name) for name in inputs]):
        if file.path == STDIN:
            index.add_file(file, 0)
            continue
        real = os.path.realpath(file.path)
        if real == own or real.startswith(own + os.sep):
            continue
        try:
            size = os.stat(file.path).st_size
        except OSError:
            size = 0
        index.add_file(file, size)


def with_metadata(files: Iterator[Listed]) -> Iterator[Listed | Path]:
    """The files, before the first of each folder the folder's metadata.csv where there is one: it is input as well."""
    last: Path | None = None
    for listed in files:
        folder = listed.file.path.parent
        if listed.file.path != STDIN and folder != last:
            last = folder
            if (folder / METADATA).is_file():
                yield folder / METADATA
        yield listed


def fingerprint(file: File, known: Print | None = None) -> Print:
    """The fingerprint of a file as it is now; ``known`` saves reading it where its stat is the same."""
    path = os.fspath(file.path)
    if file.error is not None:
        return Print(path, file.name, None, (), file.error)
    try:
        if not file.path.is_file():  # a pipe can be read only once
            return Print(path, file.name, None, ())
        stat = stat_of(file.path)
        if known is not None and known.stat == stat and known.digest is not None:
            return known
        return Print(path, file.name, digest(file.path), stat)
    except OSError as error:
        return Print(path, file.name, None, (), error.strerror or str(error))


def stat_of(path: Path) -> tuple[int, ...]:
    """Size, times and inode: a file in which one of them differs may have changed."""
    found = os.stat(path)
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
