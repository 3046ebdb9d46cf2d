"""``metadata.csv`` beside text files: what a file's text does not say about it."""

from __future__ import annotations

from pathlib import Path

from peristiwa.errors import InputError
from peristiwa.ingest.tables import read_rows

NAME = "metadata.csv"


class Metadata:
    """The rows of one folder's metadata.csv by ``doc_id``, which is a file's stem or its name.

    Raises InputError when the file has no column doc_id or a row that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._rows: dict[str, dict[str, str]] = {}
        self._doubled: set[str] = set()
        if not self.path.is_file():
            return
        for row in read_rows(self.path, required="doc_id"):
            if isinstance(row, str):
                raise InputError(f"{self.path}: {row}")
            doc_id = row.get("doc_id", "").strip()
            if doc_id in self._rows:
                self._doubled.add(doc_id)
            self._rows[doc_id] = row

    def of(self, path: Path) -> dict[str, str]:
        """The row of one file, empty if it has none. Raises InputError if it has two."""
        for doc_id in (path.name, path.stem):
            if doc_id in self._doubled:
                raise InputError(f"{self.path} has two rows for {doc_id!r}. Keep one.")
            if doc_id in self._rows:
                return self._rows[doc_id]
        return {}
