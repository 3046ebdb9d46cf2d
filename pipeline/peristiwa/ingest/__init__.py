"""Files to Documents: readers by suffix, and the one place that changes text (``clean``)."""

from __future__ import annotations

from peristiwa.ingest.clean import clean
from peristiwa.ingest.read import READERS, read_documents

__all__ = ["READERS", "clean", "read_documents"]
