"""Files to Documents: readers by suffix, and the one place that changes text (``clean``)."""

from __future__ import annotations

from peristiwa.ingest.clean import clean
from peristiwa.ingest.read import (
    ONE_DOCUMENT,
    READERS,
    STDIN,
    File,
    another_id,
    as_paths,
    check_inputs,
    check_tables,
    file_id,
    find_files,
    is_run,
    read_documents,
    read_file,
    real_path,
    stray_rows,
)

__all__ = [
    "ONE_DOCUMENT",
    "READERS",
    "STDIN",
    "File",
    "another_id",
    "as_paths",
    "check_inputs",
    "check_tables",
    "clean",
    "file_id",
    "find_files",
    "is_run",
    "read_documents",
    "read_file",
    "real_path",
    "stray_rows",
]
