"""Clusters beside a run: what is written, where a list of it stands, and how it goes away again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from peristiwa.emit import read_manifest, replacing, writing
from peristiwa.emit.run import CLUSTERS
from peristiwa.errors import UsageError
from peristiwa.models import digest

LINES, TABLE, MANIFEST = CLUSTERS
OURS = (LINES, TABLE)
SCHEMA = "peristiwa-merge/1"
BATCH = 10_000  # rows
COLUMNS = ("cluster", "type", "doc_id", "id", "mentions", "date", "earliest", "latest", "published", "actors", "places",
           "numbers", "sentence", "conflicts")  # fmt: skip

Json = dict[str, Any]


def annotations_of(run: Path) -> Path:
    """The annotations of a finished run. Raises UsageError where ``run`` is none."""
    read_manifest(run)
    path = run / "annotations.jsonl"
    if not path.exists():
        raise UsageError(f"{path}: no such file. Give the folder of a finished 'peristiwa run'.")
    return path


def read_merge(folder: Path) -> Json | None:
    """The list of what a merge wrote into ``folder``, None where there is none. Raises UsageError where it is damaged."""
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf8"))
        if found["schema"] != SCHEMA or not set(found["files"]) <= set(OURS):
            raise ValueError("not a list of what a merge wrote")
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{path}: cannot be used ({error}). Remove {', '.join((*OURS, MANIFEST))} by hand.") from error
    return dict(found)


def write_clusters(folder: Path, clusters: Iterable[Json], about: Json) -> Json:
    """Write clusters.jsonl and clusters.parquet, a cluster at a time, and merge.json, which lists them; return the list.

    The list stands there before the files do, so that a merge that was broken off can be undone, too. Raises UsageError
    where a file of these names is there that no merge wrote, or that was changed since.
    """
    folder.mkdir(parents=True, exist_ok=True)
    earlier = read_merge(folder)
    if earlier is None and (strange := [name for name in OURS if (folder / name).exists()]):
        raise UsageError(f"{folder / strange[0]}: is there, and no merge wrote it. Move it away, or give another -o.")
    if earlier is not None and (changed := _changed(folder, earlier)):
        raise UsageError(f"{changed}: was changed since the merge wrote it. Move it away to merge anew, or give another -o.")
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    manifest: Json = {"schema": SCHEMA, "started": started, "files": dict.fromkeys(OURS), **about}
    _write_list(folder, manifest)
    with replacing(folder / TABLE) as table, writing(folder / LINES) as lines:
        _write_table(table, _written(clusters, lines.write))
    manifest["files"] = {name: digest(folder / name) for name in OURS}
    _write_list(folder, manifest)
    return manifest


def undo_merge(folder: Path | str) -> list[Path]:
    """Remove what a merge wrote into ``folder``, and nothing else; the paths that went.

    Raises UsageError where no merge wrote there, or where a file is no longer as it was written (nothing is removed then).
    """
    folder = Path(folder)
    manifest = read_merge(folder)
    if manifest is None:
        raise UsageError(f"{folder / MANIFEST}: no such file, so there is no merge to undo here.")
    paths = [folder / name for name in manifest["files"] if (folder / name).exists()]
    if changed := _changed(folder, manifest):
        raise UsageError(f"{changed}: was changed since the merge wrote it. Move it away, then undo.")
    gone = [*paths, folder / MANIFEST]  # the list last: an undo that is broken off can be given again
    for path in gone:
        path.unlink()
    return gone


def _changed(folder: Path, manifest: Json) -> Path | None:
    """A file that is no longer as the merge of ``manifest`` wrote it; of one that was broken off nothing is known."""
    written = {folder / name: known for name, known in manifest["files"].items() if known is not None}
    return next((path for path, known in written.items() if path.exists() and digest(path) != known), None)


def _write_list(folder: Path, manifest: Json) -> None:
    with writing(folder / MANIFEST) as out:
        out.write(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def _written(clusters: Iterable[Json], write: Any) -> Iterator[Json]:
    for cluster in clusters:
        write(json.dumps(cluster, ensure_ascii=False) + "\n")
        yield cluster


def _write_table(path: Path, clusters: Iterable[Json]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([pa.field(name, pa.string()) for name in COLUMNS])
    rows: list[Json] = []
    with pq.ParquetWriter(path, schema) as writer:
        for cluster in clusters:
            rows += _rows(cluster)
            if len(rows) >= BATCH:
                writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))
                rows.clear()
        writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))


def _rows(cluster: Json) -> Iterator[Json]:
    """One row per happening of a cluster, lists joined by '; ' as in the tables of a run."""
    named = "; ".join(conflict.get("key", conflict["what"]) for conflict in cluster["conflicts"]) or None
    for member in cluster["happenings"]:
        yield {
            "cluster": cluster["id"],
            "type": cluster["type"],
            **{name: member[name] for name in ("doc_id", "id", "date", "earliest", "latest", "published", "sentence")},
            "mentions": "; ".join(mention["id"] for mention in member["mentions"]),
            "actors": "; ".join(member["actors"]) or None,
            "places": "; ".join(member["places"]) or None,
            "numbers": "; ".join(number["text"] for number in member["numbers"]) or None,
            "conflicts": named,
        }
