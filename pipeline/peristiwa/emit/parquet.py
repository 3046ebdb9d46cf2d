"""Write the tables as Parquet files, in batches: a run of any size needs the memory of one batch."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.emit.atomic import replacing
from peristiwa.emit.tables import TABLES, Groups, Row, TableSpec
from peristiwa.types import Record

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 10_000  # rows


def schema_of(table: TableSpec) -> pa.Schema:
    """The explicit schema of a table, so that an empty or all-null column has its type, too."""
    import pyarrow as pa

    types = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64()}
    return pa.schema([pa.field(column.name, types[column.kind]) for column in table.columns])


def write_parquet(records: Iterable[Record], folder: Path, groups: Groups) -> list[Path]:
    """Write a .parquet file for each table in one pass over ``records``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    paths = {name: folder / f"{name}.parquet" for name in TABLES}
    schemas = {name: schema_of(table) for name, table in TABLES.items()}
    waiting: dict[str, list[Row]] = {name: [] for name in TABLES}
    with ExitStack() as stack:
        temporary = {name: stack.enter_context(replacing(path)) for name, path in paths.items()}
        writers = {name: stack.enter_context(pq.ParquetWriter(temporary[name], schemas[name])) for name in TABLES}

        def flush(name: str) -> None:
            if waiting[name]:
                writers[name].write_batch(pa.RecordBatch.from_pylist(waiting[name], schema=schemas[name]))
                waiting[name].clear()

        for record in records:
            for name, table in TABLES.items():
                waiting[name] += table.rows(record, groups)
                if len(waiting[name]) >= BATCH:
                    flush(name)
        for name in TABLES:
            flush(name)
    return list(paths.values())
