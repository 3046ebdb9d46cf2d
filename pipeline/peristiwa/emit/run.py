"""Write a run's folder (docs/records.md, "A run's folder")."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from peristiwa.emit.atomic import replacing, sweep, sync_folder, writing
from peristiwa.emit.datapackage import write_datapackage
from peristiwa.emit.lines import failure_line, write_jsonl
from peristiwa.emit.parquet import write_parquet
from peristiwa.emit.parts import read_parts
from peristiwa.emit.spreadsheet import write_csv
from peristiwa.emit.standoff import write_standoff
from peristiwa.emit.tables import Groups
from peristiwa.errors import GoldError, UsageError
from peristiwa.records import check_record, read_records, record_to_json
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

WHOLE = frozenset({"brat"})
"""Formats that need each record whole, however long; the others take the long ones in parts."""

CLUSTERS = ("clusters.jsonl", "clusters.parquet", "merge.json")
"""What a merge makes of a run, removed when the run is replaced."""

TRACES = "traces.jsonl"
"""The file of ``report.traces`` beside a run, removed when the run is replaced."""

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
    finished annotations.jsonl. All is built beside its place; see ``finish_run``.

    ``models`` maps a model to what identifies it (file, sha256), ``packages`` a package to its version,
    ``groups`` an event type to its group. ``skipped`` and ``tokens`` may be callables, asked when the records are
    through. Raises UsageError for an unknown format.
    """
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    begin = clock()
    tally = _Tally()

    def manifest() -> dict[str, object]:
        seconds = clock() - begin
        skips = skipped() if callable(skipped) else skipped
        words = tokens() if callable(tokens) else tokens
        ok, failed = len(tally.ids), len(tally.failures)
        return {
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

    lines = (record_to_json(record).encode() + b"\n" for record in _passing(records, tally))
    failures = (failure_line(failure) for failure in tally.failures)  # read when the records are through
    return finish_run(folder, lines, failures, groups=groups, manifest=manifest, formats=formats)


def finish_run(
    folder: Path,
    annotations: Iterable[bytes],
    failures: Iterable[bytes],
    *,
    groups: Groups,
    manifest: Callable[[], dict[str, object]],
    formats: Sequence[str] = DEFAULT_FORMATS,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, object]:
    """Write a run's files from the bytes of annotations.jsonl and failures.jsonl, in pieces, and return the manifest.

    All files are built in a hidden folder beside their place. Only when the last is whole do they take the place of an old
    run's: its manifest (with report and traces) goes first, the new manifest comes last, so that a folder with a manifest is
    a finished run, and an error on the way leaves the old one as it was. ``manifest`` is called when the tables are built;
    the names and sizes of the files are added to it. Raises UsageError for an unknown format, OSError.
    """
    unknown = [name for name in formats if name not in WRITERS]
    if unknown:
        raise UsageError(f"unknown format {', '.join(unknown)}; known are {', '.join(WRITERS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    staging = folder / f".new.{os.getpid()}.tmp"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        for name, pieces in (("annotations.jsonl", annotations), ("failures.jsonl", failures)):
            with replacing(staging / name) as path, path.open("wb") as out:
                out.writelines(pieces)
        for name, writer in WRITERS.items():
            if name in formats and name != "jsonl":
                tell(f"writing {name}")
                reader = read_records if name in WHOLE else read_parts
                writer(reader(staging / "annotations.jsonl"), staging, groups)
        found = manifest()
        built = sorted(staging.iterdir())
        found["files"] = {path.name: path.stat().st_size for path in built if path.is_file()}
        with writing(staging / "manifest.json") as text:
            text.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        merged = CLUSTERS if (folder / CLUSTERS[-1]).exists() else ()
        stale = _written_before(folder) - {path.name for path in built}
        for name in ("manifest.json", "report.html", TRACES, *merged, *sorted(stale)):  # of an earlier run
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
            else:
                (folder / name).unlink(missing_ok=True)
        for path in [*built, staging / "manifest.json"]:
            if path.is_dir():
                shutil.rmtree(folder / path.name, ignore_errors=True)
            os.replace(path, folder / path.name)
        sync_folder(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return found


def _written_before(folder: Path) -> set[str]:
    """The tables and folders of formats that an earlier run wrote to a folder, by its manifest.

    A new run with fewer formats must not leave them beside its own: they would pass for its results.
    """
    try:
        manifest = read_manifest(folder)
    except UsageError:  # none, or a broken one
        return set()
    files, settings = manifest.get("files"), manifest.get("settings")
    names = {name for name in files if _is_a_formats(name)} if isinstance(files, dict) else set()
    if isinstance(settings, dict) and "brat" in (settings.get("formats") or ()):
        names.add("brat")
    return names


def _is_a_formats(name: str) -> bool:
    return name == Path(name).name and name.endswith((".parquet", ".csv", ".json"))


def _passing(results: Iterable[Record | Failure], tally: _Tally) -> Iterator[Record]:
    """The records of ``results``, counted; what cannot be kept is tallied as failed."""
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
    except ValueError as error:  # bytes that are no UTF-8 as well
        raise UsageError(f"{path}: not JSON ({error}). Run again, with --fresh.") from error
    if not isinstance(data, dict):
        raise UsageError(f"{path}: not a manifest. Run again, with --fresh.")
    return data
