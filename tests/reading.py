"""What the tests of ingest share: reading paths to Documents and Failures."""

from __future__ import annotations

from pathlib import Path

from peristiwa.ingest import read_documents
from peristiwa.types import Document, Failure


def read(*paths: Path, **options) -> list[Document | Failure]:
    return list(read_documents(paths, **options))


def one(path: Path, **options) -> Document:
    [document] = read(path, **options)
    assert isinstance(document, Document), document
    return document


def failure(path: Path) -> Failure:
    [result] = read(path)
    assert isinstance(result, Failure), result
    assert result.stage == "ingest"
    return result
