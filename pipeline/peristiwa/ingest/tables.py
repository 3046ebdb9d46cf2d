"""Tables with a document per row: JSON lines, CSV, Parquet. All are read as streams, never at once."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from peristiwa.errors import InputError
from peristiwa.ingest.raw import COLUMNS, Raw
from peristiwa.ingest.text import decode, find_encoding

_DELIMITERS = ",;\t|"
_BATCH = 256
_CHUNK = 1 << 20
_CELL = 1 << 30
"""Most characters in one cell of a CSV file; Python's own limit is 128 thousand."""


def read_jsonl(path: Path) -> Iterator[Raw]:
    """One document per line, a JSON object with the columns of COLUMNS; empty lines are skipped."""
    with path.open("rb") as file:
        for number, line in enumerate(_lines(file), 1):
            try:
                data = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8")) if line.strip() else None
            except UnicodeDecodeError as error:
                reason = f"undecodable: not UTF-8 at byte {error.start}. Save it as UTF-8."
                yield Raw(number=number, error=f"line {number}: {reason}")
                continue
            except (ValueError, RecursionError) as error:
                yield Raw(number=number, error=f"line {number}: not JSON ({error}).")
                continue
            if isinstance(data, dict):
                yield _raw(data, number, f"line {number}")
            elif line.strip():
                yield Raw(number=number, error=f"line {number}: expected a JSON object, found {type(data).__name__}.")


def _lines(file: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file in UTF-8, or in UTF-16 with a byte order mark."""
    lines = iter(file)
    first = next(lines, b"")
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):  # rare, and its line ends cannot be found in bytes: read it whole
        yield from (line.encode() for line in decode(b"".join([first, *lines])).split("\n"))
    else:
        yield first
        yield from lines


def read_csv(path: Path) -> Iterator[Raw]:
    """One document per row; the header names the columns, the delimiter is told from it. Raises InputError."""
    for number, row in enumerate(read_rows(path, required="text"), 1):
        yield Raw(number=number, error=row) if isinstance(row, str) else _raw(row, number, f"row {number}")


def read_rows(path: Path, required: str) -> Iterator[dict[str, str] | str]:
    """The rows of a CSV file by column, as a stream; a row that cannot be read is a string that says why.

    Raises InputError when the file cannot be decoded or its header has no column ``required``.
    """
    encoding = _encoding(path)
    csv.field_size_limit(_CELL)
    with path.open(encoding=encoding, newline="") as file:
        header_line = file.readline()
        header, delimiter = _header(header_line, required)
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        line = 2
        while True:
            try:
                cells = next(rows, None)
            except UnicodeDecodeError as error:
                yield f"line {line} or after: not {encoding} ({error.reason}). Save the file as UTF-8."
                return
            except csv.Error as error:
                yield f"line {line}: {error}."
                line = rows.line_num + 2
                continue
            if cells is None:
                return
            if len(cells) > len(header) and any(cells[len(header) :]):
                counts = f"{len(cells)} cells, but the header has {len(header)}"
                yield f"line {line}: {counts}. Quote cells that hold {delimiter!r}."
            elif any(cells):
                yield dict(zip(header, cells, strict=False))
            line = rows.line_num + 2


def _header(line: str, required: str) -> tuple[list[str], str]:
    """Column names and the delimiter with which one of them is ``required``."""
    for delimiter in _DELIMITERS:
        header = [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter), [])]
        if required in header:
            return header, delimiter
    names = ", ".join(repr(name.strip()) for name in line.strip().split(",")[:12])
    raise InputError(f"there is no column {required!r} in the header line; found {names or 'nothing'}.")


def _encoding(path: Path) -> str:
    """The encoding of a whole file, without holding it: all of it is looked at for UTF-8, its beginning for others."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(_CHUNK)
        if not start:
            raise InputError("empty: there is no text in it.")
        if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
            return find_encoding(start)
        try:
            chunk = start
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return find_encoding(start)
    return "utf-8"


def read_parquet(path: Path) -> Iterator[Raw]:
    """One document per row, in batches. Raises InputError when it is no Parquet file or has no column ``text``."""
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if name in COLUMNS]
            if "text" not in names:
                found = ", ".join(map(repr, file.schema_arrow.names[:12]))
                raise InputError(f"there is no column 'text'; found {found or 'nothing'}.")
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH, columns=names):
                for row in batch.to_pylist():
                    number += 1
                    yield _raw(row, number, f"row {number}")
    except pyarrow.ArrowException as error:
        raise InputError(f"not a Parquet file that can be read: {error}") from error


def _raw(row: Mapping[str, Any], number: int, where: str) -> Raw:
    values = {name: row.get(name) for name in COLUMNS}
    text = values["text"]
    if not isinstance(text, str):
        what = "missing" if text is None else f"of type {type(text).__name__}, not a string"
        return Raw(**{**values, "text": None}, number=number, error=f"{where}: the text is {what}.")
    return Raw(**values, number=number)
