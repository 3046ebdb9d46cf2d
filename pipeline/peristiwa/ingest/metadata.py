"""``metadata.csv`` beside text files: what a file's text does not say about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from peristiwa.errors import InputError
from peristiwa.ingest.tables import Row, read_rows

NAME = "metadata.csv"


class Metadata:
    """The rows of one folder's metadata.csv by ``doc_id``, which is a file's stem or its name.

    A row that cannot be read costs the document that it names. Raises InputError when the file has no column doc_id, or
    a misspelt one, or cannot be decoded to its end.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._rows: dict[str, list[Row]] = {}
        if not self.path.is_file():
            return
        for row in read_rows(self.path, required="doc_id", by_line=True):
            if row.is_last:
                raise InputError(row.error or "")
            self._rows.setdefault(row.cells.get("doc_id", "").strip(), []).append(row)

    def of(self, path: Path) -> Row | None:
        """The row of one file, None if it has none. Raises InputError if it has two, or one that cannot be read."""
        for doc_id in (path.name, path.stem):
            rows = self._rows.get(doc_id, ())
            if len(rows) > 1:
                lines = " and ".join(str(row.line) for row in rows)
                raise InputError(f"{self.path} has {len(rows)} rows for {doc_id!r}, at lines {lines}. Keep one.")
            for row in rows:
                if row.error:
                    raise InputError(f"{self.path}: {row.error}")
                return row
        return None

    def strays(self, files: Collection[str]) -> Iterator[str]:
        """What is wrong with rows that cost no document: they are ``of`` none of the ``files``, which are names."""
        used = {name if name in self._rows else Path(name).stem for name in files}
        stems = {Path(name).stem: name for name in files}
        for doc_id, rows in self._rows.items():
            for row in rows if doc_id not in used else ():
                if row.error:
                    yield f"{self.path}: {row.error}"
                elif doc_id in stems:
                    name, own = stems[doc_id], self._rows[stems[doc_id]][0].line
                    yield f"{self.path}: line {row.line}: the row for {name!r} is line {own}, so this one is for nothing."
                elif doc_id:
                    yield f"{self.path}: line {row.line}: there is no file {doc_id!r} beside it, so the row is for nothing."
                else:
                    yield f"{self.path}: line {row.line}: no doc_id, so the row is for nothing. Write the name of its file."
