"""Write a run as brat standoff, to be looked at and corrected in brat."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from peristiwa.brat import annotation_conf, write_brat, write_metadata
from peristiwa.emit.atomic import writing
from peristiwa.emit.tables import Groups
from peristiwa.types import Document, Record


def write_standoff(records: Iterable[Record], folder: Path, groups: Groups) -> list[Path]:
    """Write brat/ with a .txt and .ann for each document, metadata.csv and the annotation.conf that opens it."""
    into = folder / "brat"
    into.mkdir(parents=True, exist_ok=True)
    documents: list[Document] = []
    types = set(groups)
    for record in records:
        write_brat(record, into)
        document = record.document
        documents.append(Document(document.doc_id, "", document.source, document.language, document.published, document.title))
        types |= {event.type for event in record.events}
    write_metadata(documents, into)
    with writing(into / "annotation.conf") as out:
        out.write(annotation_conf(sorted(types)))
    return [into]
