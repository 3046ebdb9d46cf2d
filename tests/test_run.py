"""Extractor, batch and command line around a stand-in for the models: what goes in comes out, once, or is told."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
import spacy
from typer.testing import CliRunner

from peristiwa import extract
from peristiwa.batch import run
from peristiwa.cli import app
from peristiwa.errors import InputError, UsageError
from peristiwa.extract import Extractor, sentence_bounds
from peristiwa.models import ModelSet
from peristiwa.ontology import load_ontology
from peristiwa.settings import Settings
from peristiwa.types import Document, Failure, Record

BLANK = spacy.blank("id")


class WordsOnly:
    """Stands in for the models: words, and sentences at full stops. A text with "racun" fails, as Stanza might."""

    def annotate_safely(self, documents: Sequence[Document]) -> list[spacy.tokens.Doc | Failure]:
        return [self._one(document) for document in documents]

    def _one(self, document: Document) -> spacy.tokens.Doc | Failure:
        if "racun" in document.text:
            return Failure(document.doc_id, document.source, "annotate", "the models failed")
        doc = BLANK(document.text)
        for token in doc:
            token.is_sent_start = token.i == 0 or doc[token.i - 1].text == "."
        return doc


@pytest.fixture
def extractor() -> Extractor:
    made = Extractor(Settings(batch_documents=2), ModelSet("id", "id", "test", {}), load_ontology())
    made._annotator = WordsOnly()  # type: ignore[assignment]
    return made


def documents(*texts: str) -> list[Document]:
    return [Document(f"d{i}", text) for i, text in enumerate(texts)]


def test_records_come_in_input_order_with_failures_in_their_place(extractor: Extractor) -> None:
    stream = [*documents("Satu.", "racun", "Tiga. Empat."), Failure("x", "x.bin", "ingest", "binary")]
    results = list(extractor.extract_many(stream))
    assert [type(result) for result in results] == [Record, Failure, Record, Failure]
    assert [len(r.sentences) for r in results if isinstance(r, Record)] == [1, 2]


def test_extraction_is_lazy(extractor: Extractor) -> None:
    def endless():
        number = 0
        while True:
            yield Document(f"d{number}", "Satu.")
            number += 1

    assert next(extractor.extract_many(endless()))


def test_a_stage_that_raises_costs_its_document_only(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    real = extract.find_times

    def find_times(doc, **kwargs):  # type: ignore[no-untyped-def]
        if "rusak" in doc.text:
            raise ZeroDivisionError("oh")
        return real(doc, **kwargs)

    monkeypatch.setattr(extract, "find_times", find_times)
    good, bad = list(extractor.extract_many(documents("Baik.", "rusak")))
    assert isinstance(good, Record)
    assert bad == Failure("d1", "", "extract", "ZeroDivisionError: oh")


def test_one_text_raises_what_a_run_would_write_down(extractor: Extractor) -> None:
    assert extractor.extract("Satu.\r\nDua.").document.text == "Satu.\nDua."
    with pytest.raises(InputError, match="the models failed"):
        extractor.extract("racun")
    with pytest.raises(InputError, match="empty"):
        extractor.extract("  ")


def test_a_document_in_another_language_is_told(extractor: Extractor) -> None:
    (result,) = extractor.extract_many([Document("d", "One.", language="en")])
    assert isinstance(result, Failure)
    assert "--language" in result.reason


def test_batches_do_not_change_results() -> None:
    results = []
    for size in (1, 2, 7):
        made = Extractor(Settings(batch_documents=size), ModelSet("id", "id", "test", {}), load_ontology())
        made._annotator = WordsOnly()  # type: ignore[assignment]
        results.append(list(made.extract_many(documents("Pada 2019.", "racun", "Rp5 juta.", "Senin.", "12%."))))
    assert results[0] == results[1] == results[2]


def test_sentences_are_without_white_space_at_their_edges() -> None:
    doc = BLANK("  Satu.  \n\n Dua ")
    for token in doc:
        token.is_sent_start = token.i == 0 or token.text == "Dua"
    assert [doc.text[start:end] for start, end in sentence_bounds(doc)] == ["Satu.", "Dua"]


def test_a_run_accounts_for_every_document(extractor: Extractor, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text("Pada 2019 ada 3 orang.", encoding="utf8")
    (source / "b.txt").write_bytes(b"\x00\x01\x02")
    (source / "c.txt").write_text("racun", encoding="utf8")
    (source / "d.jsonl").write_text('{"doc_id": "d1", "text": "Dua."}\n{"oops\n', encoding="utf8")
    summary = run([str(source)], tmp_path / "out", extractor, quiet=True)
    assert (summary.documents, summary.ok, summary.failed) == (5, 2, 3)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["documents"] == {"in": 5, "ok": 2, "failed": 3, "skipped": 0}
    assert manifest["tokens"] > 0
    failures = [json.loads(line) for line in (tmp_path / "out" / "failures.jsonl").read_text().splitlines()]
    assert sorted(f["stage"] for f in failures) == ["annotate", "ingest", "ingest"]
    assert list(pd.read_parquet(tmp_path / "out" / "times.parquet")["value"]) == ["2019"]
    again = tmp_path / "again"
    run([str(source)], again, extractor, quiet=True)
    for name in ("annotations.jsonl", "failures.jsonl", "events.csv"):
        assert (again / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_a_folder_with_other_files_is_left_alone(extractor: Extractor, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(UsageError, match="no run's"):
        run([str(tmp_path)], tmp_path, extractor, quiet=True)
    with pytest.raises(UsageError, match="is a file"):
        run([str(tmp_path)], tmp_path / "thesis.docx", extractor, quiet=True)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, peristiwa.cli; "
        "print(sorted({'torch', 'stanza', 'spacy', 'pandas', 'pyarrow', 'scipy', 'jinja2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    "command",
    [[], ["run"], ["evaluate", "events"], ["annotate"], ["tag"], ["show"], ["report"], ["train"], ["models", "list"]],
)
def test_every_command_has_help(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "no-such-folder", "-o", "out"], "no-such-folder"),
        (["show", "x", "--published", "kemarin"], "YYYY-MM-DD"),
        (["show", "x", "--language", "xx"], "xx"),
        (["report", "no-such-folder"], "peristiwa run"),
        (["evaluate", "ner", "no-such.bio"], "no-such.bio"),
        (["run", ".", "-o", "out", "--config", "no-such.yaml"], "no-such.yaml"),
    ],
)
def test_wrong_use_is_a_message_and_exit_code_2(arguments: list[str], says: str, tmp_path: Path) -> None:
    code = "import sys; from peristiwa.cli import main; sys.argv[0] = 'peristiwa'; main()"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
