"""The Stanza bridge: what a failing document costs, what is refused, and the shipped models at work."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stanza.models.common.doc import Document as StanzaDocument

from peristiwa.annotate import Annotator
from peristiwa.annotate.convert import TRIGGERS
from peristiwa.annotate.paragraphs import part_paragraphs
from peristiwa.annotate.stanza import StanzaModels, split_long_sentences
from peristiwa.errors import InputError, ModelError
from peristiwa.models import locate
from peristiwa.types import Document, Failure


class WordsBySpaces:
    """Stands in for a stanza.Pipeline: a word per run of letters, one sentence; fails on texts with "RUSAK"."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def process(self, documents, processors):
        return documents

    def bulk_process(self, documents, processors):
        self.batches.append(len(documents))
        if any("RUSAK" in document.text for document in documents):
            raise RuntimeError("the size of tensor a must match")
        return [self._parse(document.text) for document in documents]

    def _parse(self, text):
        rows, position = [], 0
        for number, word in enumerate(text.split(), 1):
            start = text.index(word, position)
            position = start + len(word)
            row = {"id": (number,), "text": word, "start_char": start, "end_char": position}
            rows.append({**row, "head": min(number - 1, 1), "deprel": "dep" if number > 1 else "root"})
        return StanzaDocument([rows], text=text)


@pytest.fixture
def annotator(monkeypatch):
    pipeline = WordsBySpaces()
    monkeypatch.setattr("peristiwa.annotate.stanza.load_pipeline", lambda *_: pipeline)
    monkeypatch.setattr(
        "peristiwa.annotate.annotator.load_models", lambda models, language, _, half: StanzaModels(models, [], language)
    )
    return Annotator({"tokenize": Path("tokenize.pt")}, batch_documents=3)


def test_documents_keep_their_order_and_text(annotator):
    texts = ["Satu dua.", "", " \n", "Tiga  empat\n", "\u0081", "lima"]
    docs = annotator.annotate([Document(str(n), text) for n, text in enumerate(texts)])
    assert [doc.text for doc in docs] == texts
    assert [[token.text for token in doc if token.pos_ != "SPACE"] for doc in docs][3] == ["Tiga", "empat"]
    assert annotator._loaded._pipeline.batches == [1, 2]  # blank texts never reach the models


def test_a_failing_document_costs_only_itself(annotator):
    documents = [Document(name, text, source=f"{name}.txt") for name, text in zip("abc", ["x", "RUSAK", "z"], strict=True)]
    first, second, third = annotator.annotate_safely(documents)
    assert (first.text, third.text) == ("x", "z")
    assert second == Failure(
        "b", "b.txt", "annotate", "the models failed on this text: RuntimeError: the size of tensor a must match"
    )
    with pytest.raises(InputError, match="b: the models failed"):
        annotator.annotate(documents)


def test_missing_files_are_told(tmp_path):
    with pytest.raises(ModelError, match=r"tokenize\.pt: no such file"):
        Annotator({"tokenize": tmp_path / "tokenize.pt"})
    (tmp_path / "ner.pt").write_bytes(b"")
    with pytest.raises(ModelError, match="no tokenize model"):
        Annotator({"ner": tmp_path / "ner.pt"})


def test_a_damaged_file_is_told(tmp_path):
    path = tmp_path / "tokenize.pt"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"cannot be loaded: .*models verify"):
        Annotator({"tokenize": path})


def test_tagging_needs_a_name_model(annotator):
    with pytest.raises(ModelError, match="no ner model"):
        annotator.tag([["Halo"]])


def test_tags_are_bio_and_sentences_stay_in_place(annotator):
    tags = iter(["B-PER", "E-PER", "O", "S-LOC"])

    def process(document):
        for token in document.iter_tokens():
            token.multi_ner = (next(tags), "S-MEET")
        return document

    annotator.models["ner"] = Path("ner.pt")
    annotator._loaded._pipeline.processors = {"ner": SimpleNamespace(process=process)}
    assert annotator.tag([["Siti", "Aminah"], [], ["di", "Ende"]]) == [["B-PER", "I-PER"], [], ["O", "B-LOC"]]


def segmented(*sizes: int) -> StanzaDocument:
    """Words of one letter and multi-word tokens of two, as many words as told, ";" and line ends here and there."""
    rows, text, number = [], "", 1
    for position, size in enumerate(sizes):
        surface = {1: "k", 2: "knya"}[size] if position % 7 else ";"
        row = {"text": surface, "start_char": len(text), "end_char": len(text) + len(surface)}
        text += surface + ("\n" if position % 11 == 0 else " ")
        size = 1 if surface == ";" else size
        rows.append({**row, "id": (number,) if size == 1 else (number, number + 1)})
        if size == 2:
            rows += [{"id": (number,), "text": "k"}, {"id": (number + 1,), "text": "nya"}]
        number += size
    return StanzaDocument([rows], text=text)


@given(st.lists(st.integers(1, 2), min_size=1, max_size=60), st.integers(2, 20))
@settings(deadline=None)
def test_long_sentences_are_cut_and_nothing_is_lost(sizes, limit):
    document = segmented(*sizes)
    cut = split_long_sentences(document, limit)
    assert all(len(sentence.words) <= limit for sentence in cut.sentences)
    assert [[w.text for w in t.words] for t in cut.iter_tokens()] == [[w.text for w in t.words] for t in document.iter_tokens()]
    assert [(t.start_char, t.end_char) for t in cut.iter_tokens()] == [
        (t.start_char, t.end_char) for t in document.iter_tokens()
    ]
    for sentence in cut.sentences:
        assert [word.id for word in sentence.words] == list(range(1, len(sentence.words) + 1))
    if len(document.sentences[0].words) <= limit:
        assert cut is document


def test_long_sentences_are_cut_at_line_ends_and_semicolons():
    cut = split_long_sentences(segmented(*[1] * 30), 10)
    assert [len(sentence.tokens) for sentence in cut.sentences] == [8, 7, 8, 7]
    assert [sentence.tokens[-1].text for sentence in cut.sentences] == [";", ";", "k", "k"]


@pytest.fixture(scope="module")
def shipped():
    return Annotator(locate("id").paths, threads=1)


TEXTS = [
    "Gubernur Bali bertemu Menteri Retno Marsudi di Denpasar, Senin (12/3/2018). Mereka membahas bukunya.",
    "Pasukan itu menyerang desa di Papua.\n\nTiga warga tewas; polisi menangkap dua orang.",
    "KPK menetapkan bupati sebagai tersangka\nsetelah menggeledah rumahnya di Bandung.",
    "1. Pasal 5 ayat (2)\t\u00a0diubah.\u2028Ayat baru: “setiap orang” …",
    "🙂🙂 \x01 ﷽ e\u0301 \ufeff\u200b<PAD><UNK> 𝔘",
]


@pytest.mark.models
def test_the_shipped_models_annotate(shipped):
    docs = shipped.annotate([Document(str(n), text) for n, text in enumerate(TEXTS)])
    assert [doc.text for doc in docs] == TEXTS
    first, second = docs[:2]
    assert {(entity.text, entity.label_) for entity in first.ents} >= {("Retno Marsudi", "PER"), ("Denpasar", "LOC")}
    assert len(list(first.sents)) == 2
    assert {token.lemma_ for token in second} >= {"serang", "tangkap"}
    attack = next(token for token in second if token.text == "menyerang")
    assert (attack.pos_, attack.dep_) == ("VERB", "ROOT")
    assert next(token for token in second if token.text == "Pasukan").dep_ == "nsubj"
    assert [span.label_ for span in second.spans[TRIGGERS] if span.text == "menyerang"] in ([], ["ATTACK"])


@pytest.mark.models
def test_the_company_of_a_document_changes_nothing(shipped):
    documents = [Document(str(n), text) for n, text in enumerate(TEXTS * 2)]
    together = shipped.annotate(documents)
    alone = [shipped.annotate([document])[0] for document in documents]
    for one, other in zip(together, alone, strict=True):
        assert one.to_json() == other.to_json()


@pytest.mark.models
def test_the_shipped_models_tag_given_tokens(shipped):
    [tags, nothing] = shipped.tag([["Joko", "Widodo", "tiba", "di", "Surabaya", "."], []])
    assert tags == ["B-PER", "I-PER", "O", "O", "B-LOC", "O"]
    assert nothing == []


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("Gempa di Ambon\nWarga mengungsi. Lalu\nPolisi datang.", "Gempa di Ambon\n\nWarga mengungsi. Lalu\n\nPolisi datang."),
        ("Judul\n  Isi", "Judul\n  \nIsi"),
        ("Satu.\n\nDua.", "Satu.\n\nDua."),
        ("baris yang\nterpotong dari\nPDF. Lalu\nlanjut", "baris yang\nterpotong dari\nPDF. Lalu\nlanjut"),
    ],
)
def test_a_line_break_ends_a_paragraph_unless_lines_are_wrapped(text, parted):
    assert part_paragraphs(text)[0] == parted


@given(st.text(alphabet="Aa. \n\t", max_size=40))
def test_added_line_ends_are_known_to_the_character(text):
    parted, added = part_paragraphs(text)
    assert all(parted[index] == "\n" for index in added)
    assert "".join(char for index, char in enumerate(parted) if index not in set(added)) == text


def test_offsets_are_those_of_the_document_when_lines_were_parted(annotator):
    text = "Gempa di Ambon\nWarga mengungsi\nPolisi datang"
    (doc,) = annotator.annotate([Document("d", text)])
    assert doc.text == text
    assert [token.text for token in doc if not token.is_space] == text.split()
