"""What a reader finds, before it is checked and cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

COLUMNS = ("doc_id", "text", "published", "title", "language", "source")
"""Columns that tables and metadata.csv may have; others are ignored."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One document as a reader found it, values as they came (a table may hold anything), or why there is none.

    ``number`` is the line (JSON lines) or row (CSV, Parquet) in a file of several documents, None in a file of one.
    """

    text: Any = None
    doc_id: Any = None
    published: Any = None
    title: Any = None
    language: Any = None
    source: Any = None
    number: int | None = None
    error: str | None = None
