"""Annotation of texts that may not be redistributed: nothing of the text is kept, and all of it comes back."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from peristiwa.errors import GoldError
from peristiwa.training.standoff import read_standoff, round_of, write_standoff
from peristiwa.types import Argument, Document, Entity, Event, EventDate, Record, Sentence, Time, Trigger

LINES = ["Baris lain.", "Pada 2019, Mesir meneken pakta.", "Lalu bubar.", "Akhir."]
TEXT = "\n".join(LINES[1:3])


def record() -> Record:
    return Record(
        Document("news-L2-2", TEXT, "text/news.txt.xz round 2 lines 2-3"),
        (Sentence(0, 31),),
        (Entity("T1", "LOC", 11, 16, "Mesir", "Mesir"),),
        (Time("D1", "DATE", 5, 9, "2019", "2019"),),
        (),
        (
            Event(
                "E1",
                "SIGN",
                Trigger(17, 24, "meneken", ""),
                0,
                date=EventDate("2019", None, None, None, "argument"),
                arguments=(Argument("agent", 11, 16, "Mesir", entity="T1"),),
            ),
        ),
    )


def data(folder: Path, lines: list[str]) -> Path:
    (folder / "text").mkdir()
    with lzma.open(folder / "text" / "news.txt.xz", "wt", encoding="utf8") as stream:
        stream.write("\n".join(lines) + "\n")
    return folder


def test_nothing_of_the_text_is_kept_and_all_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "annotations.jsonl.xz"
    assert write_standoff([record()], path) == 1
    kept = lzma.decompress(path.read_bytes()).decode()
    assert not any(word in kept for word in ("Mesir", "meneken", "pakta", "bubar"))
    (back,) = read_standoff(data(tmp_path, LINES), path)
    assert back.document.text == TEXT
    assert (round_of(back), round_of(Record(Document("d", TEXT, "berita.txt")))) == (2, 0)
    assert (back.entities, back.times, back.events) == (record().entities, record().times, record().events)


def test_another_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "annotations.jsonl.xz"
    write_standoff([record()], path)
    with pytest.raises(GoldError, match="another text"):
        read_standoff(data(tmp_path, [*LINES[:2], "Lalu usai.", "Akhir."]), path)


def test_without_annotation_there_are_no_records(tmp_path: Path) -> None:
    assert read_standoff(tmp_path, tmp_path / "none.jsonl") == []


def test_missing_data_is_told(tmp_path: Path) -> None:
    path = tmp_path / "annotations.jsonl.xz"
    write_standoff([record()], path)
    with pytest.raises(GoldError, match="cannot be read"):
        read_standoff(tmp_path, path)
