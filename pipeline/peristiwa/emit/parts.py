"""Read annotations.jsonl for the tables: a record at a time, and one of hundreds of megabytes in parts.

A record of ordinary size comes whole and checked, from ``records``. Of a longer line only the text is held; sentences
become numbers, and the rest comes in parts of some thousand items, each with the document and all sentences, behind a
Record of the document alone. So a happening whose mentions lie in two parts has a row in each.
"""

from __future__ import annotations

import codecs
import json
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, overload

from peristiwa.errors import GoldError
from peristiwa.records import record_from_dict
from peristiwa.types import Record, Sentence

LONG_LINE = 32 << 20
"""Bytes. A line that is parsed at once takes some ten times as much memory as it is long."""

ITEMS = 5000
LISTS = ("sentences", "entities", "times", "quantities", "events")
_PIECE = 1 << 14
"""Bytes that are read at once: most pieces of this size hold their characters at one or two bytes each."""


def read_parts(path: Path) -> Iterator[Record]:
    """The records of a run's annotations.jsonl, those of long lines in parts. Raises GoldError with the line's number."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONG_LINE):
            number += 1
            where = f"{path}, line {number}"
            if len(line) == LONG_LINE and not line.endswith(b"\n"):
                file.seek(-len(line), 1)
                del line
                yield from _LongLine(file, where).parts()
            elif line.strip():
                yield record_from_dict(_json(line, where), where)


class Part(Record):
    """Some items of a record whose document has come before."""


class Bounds(Sequence[Sentence]):
    """Sentences as two numbers each: a text of 200 MB has millions."""

    def __init__(self) -> None:
        self._numbers = array("q")

    def add(self, sentence: dict[str, Any]) -> None:
        self._numbers.extend((sentence["start"], sentence["end"]))

    def __len__(self) -> int:
        return len(self._numbers) // 2

    @overload
    def __getitem__(self, at: int) -> Sentence: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Sentence]: ...
    def __getitem__(self, at: int | slice) -> Sentence | Sequence[Sentence]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(len(self)))]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        at %= len(self)
        return Sentence(self._numbers[2 * at], self._numbers[2 * at + 1])


class _LongLine:
    """One line of ``file`` from its place on, in the form that ``record_to_json`` writes, read without holding it."""

    def __init__(self, file: BinaryIO, where: str) -> None:
        self._file = file
        self._where = where
        self._decode = codecs.getincrementaldecoder("utf8")().decode
        self._buffer = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def parts(self) -> Iterator[Record]:
        try:
            head = self._head()
            text = self._string()
            whole = record_from_dict({**head, "text": text}, self._where)
            yield whole
            bounds = Bounds()
            for name in LISTS:
                self._expect(f', "{name}": [')
                items: list[dict[str, Any]] = []
                for item in self._items():
                    if name == "sentences":
                        bounds.add(item)
                        continue
                    items.append(item)
                    if len(items) == ITEMS:
                        yield self._part(whole, bounds, name, items)
                        items = []
                if items:
                    yield self._part(whole, bounds, name, items)
            self._expect("}\n")
        except (ValueError, KeyError, TypeError) as error:
            raise GoldError(f"{self._where}: not a record as a run writes it ({type(error).__name__}: {error}).") from error
        self._file.seek(-len(self._buffer[self._at :].encode()), 1)

    def _part(self, whole: Record, bounds: Bounds, name: str, items: list[dict[str, Any]]) -> Record:
        own = record_from_dict({"doc_id": whole.document.doc_id, "text": whole.document.text, name: items}, self._where)
        found = own.entities, own.times, own.quantities, own.events
        return Part(whole.document, bounds, *found)  # type: ignore[arg-type]

    def _head(self) -> dict[str, Any]:
        """The fields before the text: a string holds no quotation mark that is not escaped."""
        mark = ', "text": "'
        while (end := self._buffer.find(mark)) < 0:
            self._more()
        head = json.loads(self._buffer[:end] + "}")
        self._at = end + len(mark)
        return dict(head)

    def _string(self) -> str:
        """The rest of a string whose opening mark has been read."""
        pieces: list[str] = []
        while True:
            end = self._buffer.find('"', self._at)
            while end >= 0 and self._escaped(end):
                end = self._buffer.find('"', end + 1)
            if end >= 0:
                pieces.append(self._unescaped(self._at, end))
                self._at = end + 1
                return "".join(pieces)
            safe = len(self._buffer)
            tail = self._buffer.rfind("\\", max(self._at, safe - 12))  # an escape, or a pair of them, must not be parted
            if tail >= 0:
                while tail > self._at and self._buffer[tail - 1] == "\\":
                    tail -= 1
                safe = tail
            pieces.append(self._unescaped(self._at, safe))
            self._at = safe
            self._more()

    def _escaped(self, at: int) -> bool:
        count = 0
        while at - count > self._at and self._buffer[at - count - 1] == "\\":
            count += 1
        return count % 2 == 1

    def _unescaped(self, start: int, end: int) -> str:
        piece = self._buffer[start:end]
        return str(json.loads(f'"{piece}"')) if "\\" in piece else piece

    def _items(self) -> Iterator[dict[str, Any]]:
        """The objects of a list whose opening bracket has been read."""
        while True:
            if self._peek() == "]":
                self._at += 1
                return
            if self._peek() == ",":
                self._expect(", ")
            while True:
                try:
                    item, self._at = self._decoder.raw_decode(self._buffer, self._at)
                    break
                except ValueError:
                    self._more()
            yield item

    def _peek(self) -> str:
        if self._at == len(self._buffer):
            self._more()
        return self._buffer[self._at]

    def _expect(self, text: str) -> None:
        while len(self._buffer) - self._at < len(text):
            self._more()
        if not self._buffer.startswith(text, self._at):
            raise ValueError(f"expected {text!r}, found {self._buffer[self._at : self._at + 20]!r}")
        self._at += len(text)

    def _more(self) -> None:
        piece = self._file.read(_PIECE)
        if not piece:
            raise ValueError("the line ends too early")
        self._buffer = self._buffer[self._at :] + self._decode(piece)
        self._at = 0


def _json(line: bytes, where: str) -> dict[str, Any]:
    try:
        data = json.loads(line.decode("utf8"))
    except ValueError as error:
        raise GoldError(f"{where}: not JSON in UTF-8 ({error}).") from error
    return dict(data)
