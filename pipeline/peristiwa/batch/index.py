"""What planning must remember of all files and documents, on disk: ten million ids do not fit the memory of a laptop."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from peristiwa.ingest import File, real_path

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
CREATE TABLE files (n INTEGER PRIMARY KEY, path BLOB, name TEXT, error TEXT, stem BLOB, real BLOB UNIQUE, size INTEGER);
CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE contents (digest TEXT PRIMARY KEY, id TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a run, and whether another file has its stem."""

    file: File
    shared: bool


class Index:
    """Files, ids given out, and contents seen, in a SQLite file; ``in`` asks whether an id was given out.

    Without a ``path`` it is a temporary file of SQLite's own, which is gone with the process, however that ends.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._base = sqlite3.connect(path or "", isolation_level=None)
        try:
            self._base.executescript(_TABLES)
            self._base.execute("BEGIN")
        except sqlite3.Error as error:
            self._base.close()
            raise OSError(errno.EIO, str(error), str(path or tempfile.gettempdir())) from error

    def close(self) -> None:
        self._base.close()

    def add_file(self, file: File, size: int) -> None:
        """Remember a file unless it is known by another path."""
        row = (os.fsencode(file.path), file.name, file.error, os.fsencode(file.path.stem), os.fsencode(real_path(file)), size)
        self._base.execute("INSERT OR IGNORE INTO files (path, name, error, stem, real, size) VALUES (?, ?, ?, ?, ?, ?)", row)

    def totals(self) -> tuple[int, int]:
        """How many files there are, and their bytes."""
        count, size = self._base.execute("SELECT count(*), coalesce(sum(size), 0) FROM files").fetchone()
        return count, size

    def files(self) -> Iterator[Listed]:
        """All files in the order in which they were added."""
        self._base.execute("CREATE INDEX IF NOT EXISTS stems ON files (stem)")
        query = (
            "SELECT path, name, error, EXISTS (SELECT 1 FROM files AS f WHERE f.stem = files.stem AND f.n <> files.n)"
            " FROM files ORDER BY n"
        )
        for path, name, error, shared in self._base.execute(query):
            yield Listed(File(Path(os.fsdecode(path)), name, error), bool(shared))

    def __contains__(self, doc_id: object) -> bool:
        return self._base.execute("SELECT 1 FROM ids WHERE id = ?", (doc_id,)).fetchone() is not None

    def give_out(self, doc_id: str) -> None:
        """Remember an id. It must be new."""
        self._base.execute("INSERT INTO ids VALUES (?)", (doc_id,))

    def first_with(self, digest: str, doc_id: str) -> str | None:
        """The id of an earlier document with the same content; if there is none, ``doc_id`` is the first."""
        found = self._base.execute("SELECT id FROM contents WHERE digest = ?", (digest,)).fetchone()
        if found is not None:
            return str(found[0])
        self._base.execute("INSERT INTO contents VALUES (?, ?)", (digest, doc_id))
        return None
