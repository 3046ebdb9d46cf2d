"""Write a run's folder (docs/records.md, "A run's folder")."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from peristiwa.emit.atomic import writing
from peristiwa.emit.datapackage import write_datapackage
from peristiwa.emit.lines import write_failures, write_jsonl
from peristiwa.emit.parquet import write_parquet
from peristiwa.emit.spreadsheet import write_csv
from peristiwa.emit.standoff import write_standoff
from peristiwa.emit.tables import Groups
from peristiwa.errors import GoldError, UsageError
from peristiwa.records import check_record, read_records
from peristiwa.types import Failure, Record

Writer = Callable[[Iterable[Record], Path, Groups], list[Path]]

WRITERS: dict[str, Writer] = {
    "jsonl": write_jsonl,
    "parquet": write_parquet,
    "csv": write_csv,
    "brat": write_standoff,
    "datapackage": write_datapackage,  # last: it describes the files of the others
}

DEFAULT_FORMATS = ("parquet", "csv")

_LISTS = ("events", "entities", "times", "quantities")


@dataclass(slots=True)
class _Tally:
    """What went by, counted while the records stream past."""

    ids: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("sentences", *_LISTS, "arguments"), 0))
    characters: int = 0


def write_run(
    folder: Path,
    records: Iterable[Record | Failure],
    *,
    settings: Mapping[str, object],
    settings_hash: str,
    packages: Mapping[str, str],
    models: Mapping[str, Mapping[str, object]],
    groups: Groups,
    skipped: int | Callable[[], int] = 0,
    tokens: int | Callable[[], int | None] | None = None,
    formats: Sequence[str] = DEFAULT_FORMATS,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, object]:
    """Write everything that a run leaves behind, and return the manifest.

    ``records`` is consumed once, each record written and let go. A Failure in it becomes a line of failures.jsonl, and
    so does a record that breaks docs/records.md or has the doc_id of an earlier one. The tables are then built from the
    finished annotations.jsonl. Each file appears whole or not at all; an old manifest (and the report on it) goes before
    the first new file, and the new one comes last, so that a folder with a manifest is a finished run.

    ``models`` maps a model to what identifies it (file, sha256), ``packages`` a package to its version,
    ``groups`` an event type to its group. ``skipped`` and ``tokens`` may be callables, asked when the records are
    through. Raises UsageError for an unknown format.
    """
    unknown = [name for name in formats if name not in WRITERS]
    if unknown:
        raise UsageError(f"unknown format {', '.join(unknown)}; known are {', '.join(WRITERS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    begin = clock()
    tally = _Tally()
    (annotations,) = write_jsonl(_passing(records, tally, folder), folder, groups)
    write_failures(tally.failures, folder)
    for name, writer in WRITERS.items():
        if name in formats and name != "jsonl":
            writer(read_records(annotations), folder, groups)
    seconds = clock() - begin
    skips = skipped() if callable(skipped) else skipped
    words = tokens() if callable(tokens) else tokens
    ok, failed = len(tally.ids), len(tally.failures)
    manifest: dict[str, object] = {
        "schema": "peristiwa-run/1",
        "started": started,
        "settings": dict(settings),
        "settings_hash": settings_hash,
        "packages": dict(packages),
        "models": {name: dict(model) for name, model in models.items()},
        "documents": {"in": ok + failed + skips, "ok": ok, "failed": failed, "skipped": skips},
        "found": tally.found,
        "characters": tally.characters,
        "tokens": words,
        "seconds": round(seconds, 3),
        "tokens_per_second": round(words / seconds, 1) if words is not None and seconds > 0 else None,
    }
    with writing(folder / "manifest.json") as out:
        out.write(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return manifest


def _passing(results: Iterable[Record | Failure], tally: _Tally, folder: Path) -> Iterator[Record]:
    """The records of ``results``, counted; what cannot be kept is tallied as failed. Lastly the old run's mark goes."""
    for result in results:
        if isinstance(result, Failure):
            tally.failures.append(result)
            continue
        document = result.document
        reason = _unfit(result, tally)
        if reason:
            tally.failures.append(Failure(document.doc_id, document.source, "emit", reason))
            continue
        tally.ids.add(document.doc_id)
        tally.characters += len(document.text)
        tally.found["sentences"] += len(result.sentences)
        for name in _LISTS:
            tally.found[name] += len(getattr(result, name))
        tally.found["arguments"] += sum(len(event.arguments) for event in result.events)
        yield result
    for name in ("manifest.json", "report.html"):
        (folder / name).unlink(missing_ok=True)


def _unfit(record: Record, tally: _Tally) -> str | None:
    if record.document.doc_id in tally.ids:
        return "another document of this run has the same doc_id; give each document an id of its own"
    try:
        check_record(record, record.document.doc_id)
    except GoldError as error:
        return str(error)
    return None


def read_manifest(folder: Path) -> dict[str, object]:
    """The manifest of a finished run. Raises UsageError where there is none."""
    path = folder / "manifest.json"
    try:
        data = json.loads(path.read_text(encoding="utf8"))
    except OSError as error:
        raise UsageError(f"{path}: no such file. Give the folder of a finished 'peristiwa run'.") from error
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}: not JSON ({error}). Run again.") from error
    if not isinstance(data, dict):
        raise UsageError(f"{path}: not a manifest. Run again.")
    return data
