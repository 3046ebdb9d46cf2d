"""One long document: its windows through the extractor, its record onto the disk piece by piece, never whole in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from peristiwa.batch.lines import Counts, counts_of
from peristiwa.batch.windows import LongText, Stitcher, context_start, windows
from peristiwa.errors import GoldError
from peristiwa.records import check_record, record_to_dict
from peristiwa.types import Document, Failure, Record

LISTS = ("sentences", "entities", "times", "quantities", "events")
_PIECE = 1 << 20

Extract = Callable[[Document], tuple[Record | Failure, int]]
"""One document to its record and number of words."""


class LongRecord:
    """The record of a long document in temporary files beside ``base``; ``chunks`` gives its line. Use as a context.

    ``document`` comes without its text, which is ``text``.
    """

    def __init__(self, document: Document, text: LongText, base: Path) -> None:
        self.document, self.text = document, text
        self._paths = {name: base.with_name(f"{base.name}.{name}.tmp") for name in LISTS}
        self._stack = ExitStack()
        self._files: dict[str, BinaryIO] = {}
        self.counts = Counts(ok=1)

    def __enter__(self) -> LongRecord:
        for name, path in self._paths.items():
            self._stack.callback(path.unlink, missing_ok=True)
            self._files[name] = self._stack.enter_context(path.open("w+b"))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, part: Record, tokens: int) -> None:
        """Append what one window gave, stitched."""
        data = record_to_dict(part)
        for name in LISTS:
            file = self._files[name]
            if data[name]:
                items = json.dumps(data[name], ensure_ascii=False, separators=(", ", ": "))[1:-1]
                file.write((b", " if file.tell() else b"") + items.encode())
        self.counts = self.counts + replace(counts_of(part, tokens), ok=0, characters=0)

    def chunks(self) -> Iterator[bytes]:
        """The line of annotations.jsonl, as ``record_to_json`` would write it."""
        empty = record_to_dict(Record(self.document))
        head = {name: value for name, value in empty.items() if name not in ("text", *LISTS)}
        yield json.dumps(head, ensure_ascii=False, separators=(", ", ": "))[:-1].encode() + b', "text": "'
        for start in range(0, len(self.text), _PIECE):
            yield json.dumps(self.text[start : start + _PIECE], ensure_ascii=False)[1:-1].encode()
        yield b'"'
        for name in LISTS:
            yield f', "{name}": ['.encode()
            file = self._files[name]
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece
            yield b"]"
        yield b"}"


def read_long(record: LongRecord, extract: Extract, limit: int, tell: Callable[[], None]) -> Failure | Counts:
    """Read the document of ``record`` in windows of ``limit`` characters into it; ``tell`` is called before each window.

    Returns the counts, or the Failure of the first window that fails: a document ends in annotations or in failures.
    """
    stitcher = Stitcher()
    document, text = record.document, record.text
    context = 0
    cuts = 0
    for window in windows(text, limit):
        tell()
        result, tokens = extract(replace(document, text=text[context : window.end]))
        where = f"characters {window.start} to {window.end} of {len(text)}"
        if isinstance(result, Failure):
            return replace(result, reason=f"{where}: {result.reason}")
        try:
            check_record(result, where)
        except GoldError as error:
            return Failure(document.doc_id, document.source, "emit", str(error))
        part = stitcher.add(result, window, context)
        if context < window.start:
            tokens = round(tokens * (window.end - window.start) / (window.end - context))
        record.add(part, tokens)
        cuts += window.cut
        context = context_start(text, part, window)
    return replace(record.counts, characters=len(text), cuts=cuts)
