"""Why each event of a finished run, and why not more: traces.jsonl, a line a document, stored beside its records.

A run keeps no trace, which is larger than what it found. But everything after the text is a pure function of it, the
settings and the models, so that the trace can be written later, for all documents or some, and be proved to be that of
the run: what is found again must be what was found.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.emit import read_manifest
from peristiwa.emit.atomic import writing
from peristiwa.emit.run import TRACES
from peristiwa.errors import UsageError
from peristiwa.events.trace import trace_to_dict
from peristiwa.extract import explain, load_with
from peristiwa.records import read_records
from peristiwa.settings import Settings, validate
from peristiwa.types import Failure

if TYPE_CHECKING:
    from peristiwa.extract import Extractor
    from peristiwa.types import Record


def write_traces(
    folder: Path | str, only: Collection[str] = (), extractor: Extractor | None = None
) -> tuple[int, list[Failure]]:
    """Write ``folder``/traces.jsonl anew, for the documents ``only`` if any are named; how many, and those that have none.

    A document has none where other events are found than the run has: its text went through the models in windows, or
    models, settings or versions are not the run's. ``extractor`` is one with the run's settings if not given. Raises
    UsageError for a folder without a finished run or an unknown document, GoldError for records that are damaged,
    SettingsError, ModelError, OSError.
    """
    folder = Path(folder)
    if extractor is None:
        manifest = read_manifest(folder)
        extractor = load_with(validate(Settings, manifest.get("settings"), folder / "manifest.json"))
    records = read_records(folder / "annotations.jsonl")
    chosen = (record for record in records if not only or record.document.doc_id in only)
    seen: set[str] = set()
    failures: list[Failure] = []
    with writing(folder / TRACES) as out:
        while batch := list(islice(chosen, extractor.settings.batch_documents)):
            seen.update(record.document.doc_id for record in batch)
            for line in _lines(batch, extractor):
                if isinstance(line, Failure):
                    failures.append(line)
                else:
                    out.write(line + "\n")
        if missing := sorted(set(only) - seen):
            raise UsageError(f"{folder}: has no document {', '.join(missing)}. Name it by its doc_id.")
    return len(seen) - len(failures), failures


def _lines(batch: list[Record], extractor: Extractor) -> Iterator[str | Failure]:
    annotated = extractor.annotate_many(record.document for record in batch)
    for record, item in zip(batch, annotated, strict=True):
        document = record.document
        if isinstance(item, Failure):
            yield item
            continue
        again = extractor.finish(*item)
        if isinstance(again, Failure):
            yield again
        elif again.events != record.events:
            reason = "other events are found than the run has: read in windows, or models, settings or versions differ"
            yield Failure(document.doc_id, document.source, "trace", reason)
        else:
            yield json.dumps(trace_to_dict(record, explain(extractor, *item)), ensure_ascii=False)
