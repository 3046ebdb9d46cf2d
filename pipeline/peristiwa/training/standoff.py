"""Our own hand annotation of running text, kept without a word of the text.

The texts of ``data/text`` are there for training only and must not be redistributed, so ``annotations.jsonl.xz`` beside
this file holds offsets, labels and values, with the file, the lines and the sha256 of the text that they point into, and
the round of annotation: those of one round mark alike, and not as freely as those of another. ``read_standoff`` puts
both together again; a text that changed is refused.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import unicodedata
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from peristiwa.errors import GoldError
from peristiwa.records import record_from_dict, record_to_dict
from peristiwa.types import Record

ANNOTATIONS = Path(__file__).with_name("annotations.jsonl.xz")

ROUND = " round "


def round_of(record: Record) -> int:
    """The round of annotation of a record that ``read_standoff`` gave, 0 of any other."""
    number = record.document.source.partition(ROUND)[2]
    return int(number) if number.isdecimal() else 0


def write_standoff(records: Iterable[Record], path: Path = ANNOTATIONS) -> int:
    """Write records whose ``document.source`` reads "text/news.txt.xz round 3 lines 5-9"; returns how many."""
    lines = [json.dumps(_without_text(record), ensure_ascii=False) for record in records]
    path.write_bytes(lzma.compress("".join(f"{line}\n" for line in lines).encode()))
    return len(lines)


def read_standoff(data: Path, path: Path = ANNOTATIONS) -> list[Record]:
    """The annotated records, texts taken from the folder ``data``. Raises GoldError when a text is missing or other."""
    if not path.exists():
        return []
    rows = [json.loads(line) for line in lzma.decompress(path.read_bytes()).splitlines()]
    texts = _texts(rows, data)
    return [_with_text(row, texts[row["doc_id"]]) for row in rows]


def _without_text(record: Record) -> dict[str, Any]:
    row = record_to_dict(record)
    told, _, numbers = record.document.source.partition(" lines ")
    file, _, number = told.partition(ROUND)
    first, _, last = numbers.partition("-")
    row |= {"source": file, "round": int(number), "first": int(first), "last": int(last)}
    row["sha256"] = _digest(record.document.text)
    for span in _spans(row):
        del span["text"]
    for key in ("text", "title", "sentences", "quantities"):
        del row[key]
    for entity in row["entities"]:
        del entity["name"], entity["link"]
    return row


def _with_text(row: dict[str, Any], text: str) -> Record:
    where = f"{ANNOTATIONS.name}: {row['doc_id']}"
    if _digest(text) != row["sha256"]:
        raise GoldError(f"{where}: {row['source']} has another text in lines {row['first']}-{row['last']}.")
    row = {**row, "text": text, "source": f"{row['source']}{ROUND}{row['round']}"}
    for span in _spans(row):
        span["text"] = text[span["start"] : span["end"]]
    return record_from_dict(row, where)


def _spans(row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield from row["entities"]
    yield from row["times"]
    for event in row["events"]:
        yield event["trigger"]
        yield from event["arguments"]


def _texts(rows: list[dict[str, Any]], data: Path) -> dict[str, str]:
    """The text of each document; each file is read once, up to the last line that is needed."""
    texts: dict[str, str] = {}
    for file in sorted({row["source"] for row in rows}):
        wanted = [row for row in rows if row["source"] == file]
        needed = {number for row in wanted for number in range(row["first"], row["last"] + 1)}
        try:
            with lzma.open(data / file, "rt", encoding="utf8") as stream:
                kept = {n: line.rstrip("\n") for n, line in enumerate(islice(stream, max(needed)), 1) if n in needed}
        except OSError as error:
            raise GoldError(f"{data / file}: cannot be read ({error.strerror}); the annotation needs it.") from error
        for row in wanted:
            lines = [kept.get(number, "") for number in range(row["first"], row["last"] + 1)]
            texts[row["doc_id"]] = unicodedata.normalize("NFC", "\n".join(lines))
    return texts


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
