"""Running text as the network learns from it: which passages, and what the pipeline at hand thinks of them."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from peristiwa.annotate import Annotator
from peristiwa.errors import UsageError
from peristiwa.models import locate
from peristiwa.training.running import LENGTH, load_teacher, read_lesson, read_passages
from peristiwa.types import MODALITIES, ROLES, Document

TEXT = (
    "Presiden Sari Wulandari bertemu Gubernur Bayu Pratama di Semarang pada Senin. Cuaca cerah. "
    "Polisi akan menangkap dua pelaku pencurian itu besok."
)


def write(folder: Path, kind: str, lines: list[str]) -> None:
    with lzma.open(folder / f"{kind}.txt.xz", "wt", encoding="utf8") as stream:
        stream.write("\n".join(lines))


def test_passages_are_whole_paragraphs_and_none_of_those_that_measure(tmp_path: Path) -> None:
    news = [f"Berita nomor {number}: " + f"kata{number} " * 40 for number in range(60)]
    wiki = [f"Lema nomor {number}: " + f"isi{number} " * 40 for number in range(60)]
    write(tmp_path, "news", [*news[:30], "", *news[30:]])
    write(tmp_path, "wiki", wiki)
    found = list(read_passages(tmp_path, []))
    lines = {line.strip() for line in news + wiki}
    assert {line for document in found for line in document.text.split("\n")} <= lines
    assert max(len(document.text) for document in found) <= LENGTH
    kinds = [document.doc_id.split("-")[0] for document in found]
    assert kinds.count("wiki") == kinds.count("news") // 2
    assert list(read_passages(tmp_path, [])) == found
    kept = list(read_passages(tmp_path, ["Judul. " + news[7]]))
    assert not any(news[7].strip() in document.text for document in kept)
    assert {document.doc_id for document in kept} < {document.doc_id for document in found}


def test_the_teacher_says_how_likely_each_reading_is() -> None:
    teacher = load_teacher("id")
    [doc] = Annotator({k: v for k, v in locate("id").paths.items() if k != "triggers"}).annotate([Document("d", TEXT)])
    lexicons, vectors = teacher.encoder.lexicons, teacher.encoder.vectors
    lesson = read_lesson(doc, teacher, lexicons, vectors)
    assert lesson is not None
    assert lesson.asked is None
    first, second = lesson.sentences
    for example in (first, second):
        assert example.right.shape == (len(example.rows), len(lexicons.types))
        assert 0.0 <= float(example.right.min()) <= float(example.right.max()) <= 1.0
        assert example.modalities.shape == (len(example.modal_rows), len(MODALITIES))
    assert first.right[:, lexicons.types.index("MEET")].max() > 0.5
    assert MODALITIES[int(second.modalities[0].argmax())] == "planned"
    assert first.asked is not None
    assert first.roles.shape == first.counted.shape == (len(first.asked.rows), len(ROLES))
    assert first.roles[:, ROLES.index("agent")].max() > 0.5
    [empty] = Annotator({"tokenize": locate("id").paths["tokenize"]}).annotate([Document("d", "Cuaca cerah.")])
    assert read_lesson(empty, teacher, lexicons, vectors) is None


def test_without_a_network_there_is_no_teacher() -> None:
    with pytest.raises(UsageError, match="train them without"):
        load_teacher("en")
