"""Write datapackage.json, a Data Package (version 2) descriptor that tells other tools the columns of a run's files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from peristiwa.emit.atomic import writing
from peristiwa.emit.tables import TABLES, Groups, TableSpec
from peristiwa.models import digest
from peristiwa.types import Record

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIA = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}

Json = dict[str, object]


def write_datapackage(records: Iterable[Record], folder: Path, groups: Groups) -> list[Path]:
    """Write datapackage.json for the files that are in ``folder``; ``records`` are not looked at."""
    names = ["annotations.jsonl", "events.csv", *(f"{name}.parquet" for name in TABLES), "failures.jsonl"]
    resources = [_resource(folder / name) for name in names if (folder / name).exists()]
    path = folder / "datapackage.json"
    with writing(path) as out:
        descriptor = {
            "$schema": PROFILE,
            "name": "peristiwa-run",
            "title": "Event records read by Peristiwa",
            "resources": resources,
        }
        out.write(json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n")
    return [path]


def _resource(path: Path) -> Json:
    suffix = path.suffix[1:]
    table = TABLES.get(path.stem) if suffix in ("csv", "parquet") else None
    resource: Json = {
        "name": path.stem if suffix != "csv" else f"{path.stem}-csv",
        "path": path.name,
        "format": suffix,
        "mediatype": _MEDIA[suffix],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest(path)}",
    }
    if suffix != "parquet":
        resource["encoding"] = "utf-8"
    if table is not None:
        resource |= {"type": "table", "title": table.title, "schema": _schema(path.stem, table)}
    return resource


def _schema(name: str, table: TableSpec) -> Json:
    schema: Json = {
        "fields": [{"name": c.name, "type": c.kind, "description": c.description} for c in table.columns],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }
    if name == "arguments":
        schema["foreignKeys"] = [
            {"fields": ["doc_id", "happening"], "reference": {"resource": "events", "fields": ["doc_id", "id"]}}
        ]
    return schema
