"""Tables with a document per row: JSON lines, CSV, Parquet. All are read as streams, never at once."""

from __future__ import annotations

import codecs
import csv
import json
import re
import string
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from peristiwa.errors import ColumnError, InputError
from peristiwa.ingest.raw import COLUMNS, Raw
from peristiwa.ingest.text import decode, find_encoding

_DELIMITERS = ",;\t|"
_SEP = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)
_BLANK = _DELIMITERS + '"' + string.whitespace
_NO_SLIPS = frozenset({"publisher"})
"""Names of other things, though a letter away from one of COLUMNS."""
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
                begin = line.removeprefix(codecs.BOM_UTF8).strip()
                if number == 1 and (begin == b"{" or begin.startswith(b"[")):  # else there would be a failure for every line
                    raise InputError(
                        "line 1: JSON that goes over several lines. Write one object a line, without a list."
                    ) from error
                what = f"{error.msg} at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else str(error)
                yield Raw(number=number, error=f"line {number}: not JSON ({what}).")
                continue
            if isinstance(data, dict):
                try:
                    check_columns(list(data))
                except InputError as error:
                    yield Raw(number=number, error=f"line {number}: {error}")
                    continue
                yield _raw(data, number, f"line {number}")
            elif line.strip():
                yield Raw(number=number, error=f"line {number}: expected a JSON object, found {type(data).__name__}.")


def _lines(file: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file in UTF-8 or UTF-16."""
    lines = iter(file)
    first = next(lines, b"")
    if first.startswith(
        (b"\xff\xfe", b"\xfe\xff", b"{\x00", b"\x00{")
    ):  # rare, and its line ends cannot be found in bytes: read it whole
        yield from (line.encode() for line in decode(b"".join([first, *lines])).split("\n"))
    else:
        yield first
        yield from lines


def read_csv(path: Path) -> Iterator[Raw]:
    """One document per row; the header names the columns, the delimiter is told from it. Raises InputError."""
    yield from _raws(read_rows(path, required="text"))


def read_tsv(path: Path) -> Iterator[Raw]:
    """As ``read_csv``, with tabs between the cells. Raises InputError."""
    yield from _raws(read_rows(path, required="text", delimiters="\t"))


def _raws(rows: Iterable[Row]) -> Iterator[Raw]:
    for number, row in enumerate(rows, 1):
        yield Raw(number=number, error=row.error) if row.error else _raw(row.cells, number, f"row {number}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a CSV file by column, with the line that it begins at, or what is wrong with it: then ``cells`` are what
    could be told all the same, and ``is_last`` says that nothing after it can be read.
    """

    line: int
    cells: dict[str, str]
    error: str | None = None
    is_last: bool = False


def read_rows(path: Path, required: str, *, delimiters: str = _DELIMITERS, by_line: bool = False) -> Iterator[Row]:
    """The rows of a CSV file as a stream; after one that cannot be read its next line is tried (``by_line``), or the next row.

    Empty lines before the header are skipped, and so is Excel's ``sep=;``, which names the delimiter. Raises InputError
    when the file cannot be decoded, or its header has no column ``required``, a column twice, or a misspelt one.
    """
    encoding = _encoding(path)
    csv.field_size_limit(_CELL)
    with path.open(encoding=encoding, newline="") as file:
        lines = _Lines(file)
        try:
            header, delimiter = _header(lines, required, delimiters)
        except UnicodeDecodeError as error:
            raise InputError(f"undecodable: not {encoding} ({error.reason}). Save it as UTF-8.") from error
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            line = lines.begin()
            try:
                cells = next(rows, None)
            except UnicodeDecodeError as error:
                reason = f"line {line} or after: not {encoding} ({error.reason}). Save the file as UTF-8."
                yield Row(line, {}, reason, is_last=True)
                return
            except csv.Error as error:
                first = next(csv.reader(lines.row[:1], delimiter=delimiter), [])
                reason = _wrong_quote(error, lines, delimiter, "" if by_line else "; nothing in between could be read")
                yield Row(line, dict(zip(header, first, strict=False)), reason)
                if by_line:
                    lines.again()
                continue
            if cells is None:
                return
            found = dict(zip(header, cells, strict=False))
            if any(cells[len(header) :]):
                counts = f"{len(cells)} cells, but the header has {len(header)}"
                yield Row(line, found, f"line {line}: {counts}. Quote cells that hold {delimiter!r}.")
            elif any(cells):
                yield Row(line, found)


class _Lines:
    """The lines of a file with their numbers; those of the row at hand are kept, since only its end tells what is wrong."""

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self._given_back: deque[str] = deque()
        self._next = 1
        self.row: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else next(self._file)
        self._next += 1
        self.row.append(line)
        return line

    @property
    def first(self) -> int:
        """The number of the first line of this row."""
        return self._next - len(self.row)

    def begin(self) -> int:
        """Begin a row; the number of its first line."""
        self.row.clear()
        return self._next

    def again(self) -> None:
        """Give all lines of this row but its first back, to be read as rows of their own."""
        self._next -= len(self.row) - 1
        self._given_back.extendleft(reversed(self.row[1:]))


def _wrong_quote(error: csv.Error, lines: _Lines, delimiter: str, lost: str) -> str:
    """Why a row cannot be read: a quote that is not closed, or closed in mid-cell."""
    opens, last = lines.first + _last_quoted(lines.row, delimiter), lines.first + len(lines.row) - 1
    remedy = 'Close it, and write a quote that belongs to the text twice ("").'
    if "unexpected end" in str(error):
        told = f"line {opens}: the quote that opens here is not closed by the end of the file (line {last})"
    elif "expected after" in str(error) and opens < last:
        told = f"line {opens}: the quote that opens here closes in line {last} only, and in mid-cell"
    elif "expected after" in str(error):
        return (
            f'line {opens}: a quoted cell goes on after its closing quote. Write a quote that belongs to the text twice ("").'
        )
    else:
        return f"line {lines.first}: {error}."
    return f"{told}{lost}. {remedy}"


def _last_quoted(lines: Sequence[str], delimiter: str) -> int:
    """Which of the lines of a row its last quoted cell begins in, counted from 0."""
    row, at, opens = "".join(lines), 0, 0
    cell = re.compile(rf'"[^"]*(?:""[^"]*)*"?|[^{re.escape(delimiter)}\r\n]*')
    while at < len(row):
        if row[at] == '"':
            opens = at
        found = cell.match(row, at)
        assert found is not None
        at = found.end() + 1
        if row[at - 1 : at] not in (delimiter, "\r", "\n"):  # here the cell should have ended
            break
    ends = accumulate(map(len, lines))
    return next(number for number, end in enumerate(ends) if opens < end)


def _header(lines: _Lines, required: str, delimiters: str) -> tuple[list[str], str]:
    """Column names and the delimiter with which one of them is ``required``."""
    for line in lines:
        sep = _SEP.fullmatch(line)
        if sep:
            delimiters = sep[1]
        elif line.strip(_BLANK):
            break
    else:
        line = ""
    for delimiter in delimiters:
        header = [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter), [])]
        if required in header:
            check_columns(header)
            return header, delimiter
    names = ", ".join(repr(name.strip()) for name in line.split(",")[:12]) if line else "nothing"
    raise ColumnError(f"there is no column {required!r} in the header line; found {names}.")


def check_columns(names: Sequence[str]) -> None:
    """Raise ColumnError for one of COLUMNS that is there twice, or misspelt: either would lose what it holds."""
    for name in names:
        if name in COLUMNS and names.count(name) > 1:
            raise ColumnError(f"there are {names.count(name)} columns {name!r}. Keep one, or rename the others.")
        meant = misspelt(name)
        if meant and meant not in names:
            raise ColumnError(f"there is a column {name!r}. If it is {meant!r}, name it so; if not, name it otherwise.")


@lru_cache(maxsize=1000)
def misspelt(name: str) -> str | None:
    """Which of COLUMNS ``name`` is but for its case or one letter: a wrong one, one too few or many, or two swapped."""
    if name in COLUMNS or name.lower() in _NO_SLIPS:
        return None
    told = name.strip().lower()
    return next((column for column in COLUMNS if told == column or (len(column) > 4 and _is_slip(told, column))), None)


def _is_slip(one: str, other: str) -> bool:
    """Whether two words are one change of a letter apart, or two neighbours swapped."""
    start = _shared(one, other)
    end = _shared(one[start:][::-1], other[start:][::-1])
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])


def _shared(one: str, other: str) -> int:
    """How many letters two words begin with together."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _encoding(path: Path) -> str:
    """The encoding of a whole file, without holding it: all of it is looked at for UTF-8, its beginning for others."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(_CHUNK)
        if not start:
            raise InputError("empty: there is no text in it.")
        if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
            return find_encoding(start)
        if b"\x00" in start[:2]:  # UTF-16 without a mark, or no text
            return find_encoding(start)
        chunk, plain = start, True
        try:
            while chunk:
                decoder.decode(chunk)
                plain = plain and chunk.isascii()
                chunk = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return find_encoding(chunk if plain and chunk else start)
    return "utf-8"


def read_parquet(path: Path) -> Iterator[Raw]:
    """One document per row, in batches. Raises InputError when it is no Parquet file or has no column ``text``."""
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            check_columns(file.schema_arrow.names)
            names = [name for name in file.schema_arrow.names if name in COLUMNS]
            if "text" not in names:
                found = ", ".join(map(repr, file.schema_arrow.names[:12]))
                raise ColumnError(f"there is no column 'text'; found {found or 'nothing'}.")
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
        if "text" not in row and row:  # only JSON lines name their columns anew each time
            what += f"; found {', '.join(map(repr, list(row)[:12]))}"
        return Raw(**{**values, "text": None}, number=number, error=f"{where}: the text is {what}.")
    return Raw(**values, number=number)
