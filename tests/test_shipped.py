"""The shipped models at work, as a user meets them: a text in, events out."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from peristiwa import load
from peristiwa.cli import app
from peristiwa.errors import UsageError
from peristiwa.extract import Extractor
from peristiwa.models import verify
from peristiwa.settings import Settings
from peristiwa.types import Document, Record

pytestmark = pytest.mark.models

TREATY = (
    "Pada Maret 2011, parlemen Norwegia meratifikasi Konvensi Rotterdam. Sampai saat ini, 41 negara telah "
    "meratifikasi konvensi itu dan 52 telah menandatanganinya.\n\nMenteri Luar Negeri Espen Berg belum "
    "mengundurkan diri."
)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


def found(record: Record, type_: str) -> list[dict[str, list[str]]]:
    return [
        {
            "date": [event.date.value] if event.date else [],
            "modality": [event.modality],
            **{role: [a.text for a in event.arguments if a.role == role] for role in ("agent", "object")},
        }
        for event in record.events
        if event.type == type_
    ]


def test_the_shipped_files_are_those_of_the_manifest() -> None:
    assert len(verify("id")) == 16


def test_two_agents_of_two_coordinated_verbs(extractor: Extractor) -> None:
    record = extractor.extract(TREATY)
    first, second = found(record, "RATIFY")
    assert first["date"] == ["2011-03"]
    assert first["agent"] == ["parlemen Norwegia"]
    assert first["object"] == ["Konvensi Rotterdam"]
    assert second["agent"] == ["41 negara"]
    assert second["date"] == []
    (signed,) = found(record, "SIGN")
    assert signed["agent"] == ["52"]
    (resigned,) = found(record, "DISMISS")
    assert resigned["modality"] == ["negated"]


def test_spans_quote_the_text_whatever_the_white_space(extractor: Extractor) -> None:
    text = "\n\n  Gempa\tmengguncang  Ambon,\n pada 5 Mei 2020 .\u00a0\u200bPolisi menangkap 3 orang. 😀 e\u0301 "
    record = extractor.extract(text)
    text = record.document.text
    spans = [*record.entities, *record.times, *record.quantities, *(e.trigger for e in record.events)]
    spans += [a for e in record.events for a in e.arguments]
    assert spans
    assert all(text[span.start : span.end] == span.text for span in spans)


def test_batches_and_company_change_nothing(extractor: Extractor) -> None:
    texts = [*TREATY.split(". "), "Gempa mengguncang Ambon pada 5 Mei 2020.", "Polisi menangkap tiga orang di Medan."]
    documents = [Document(f"d{i}", text) for i, text in enumerate(texts)]
    together = list(extractor.extract_many(documents))
    alone = [extractor.extract(document) for document in documents]
    single = Extractor(Settings(batch_documents=1), extractor.models, extractor.ontology)
    single._annotator = extractor.annotator
    assert together == alone == list(single.extract_many(documents))


def test_the_network_is_never_asked(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the pipeline asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    fresh = load()
    assert fresh.extract("Presiden meresmikan jembatan itu kemarin.").sentences


def test_the_line_from_files_to_report(tmp_path: Path) -> None:
    texts, out = tmp_path / "texts", tmp_path / "out"
    texts.mkdir()
    (texts / "pakta.txt").write_text(TREATY, encoding="utf8")
    (texts / "rusak.txt").write_bytes(b"\xff\xfe\x00\x00\x01")
    runner = CliRunner()
    done = runner.invoke(app, ["run", str(texts), "-o", str(out)])
    assert done.exit_code == 3, done.output
    assert json.loads((out / "manifest.json").read_text())["documents"] == {"in": 2, "ok": 1, "failed": 1, "skipped": 0}
    assert runner.invoke(app, ["report", str(out)]).exit_code == 0
    assert "meratifikasi" in (out / "report.html").read_text(encoding="utf8")


def test_annotate_tag_and_evaluate_ner(tmp_path: Path) -> None:
    runner = CliRunner()
    conllu, bio, tagged = tmp_path / "a.conllu", tmp_path / "in.bio", tmp_path / "out.bio"
    source = tmp_path / "a.txt"
    source.write_text("Polisi menangkap tiga orang di Medan.", encoding="utf8")
    assert runner.invoke(app, ["annotate", str(source), "-o", str(conllu)]).exit_code == 0
    rows = [line.split("\t") for line in conllu.read_text(encoding="utf8").splitlines() if line[:1].isdigit()]
    assert [row[1] for row in rows] == ["Polisi", "menangkap", "tiga", "orang", "di", "Medan", "."]
    assert rows[1][2] == "tangkap"
    bio.write_text("Polisi\ndi\nMedan\n\nKota\tO\nJakarta\tB-LOC\n", encoding="utf8")
    assert runner.invoke(app, ["tag", str(bio), "-o", str(tagged)]).exit_code == 0
    lines = tagged.read_text(encoding="utf8").splitlines()
    assert [line.split("\t")[0] for line in lines] == ["Polisi", "di", "Medan", "", "Kota", "Jakarta"]
    assert lines[2] == "Medan\tB-LOC"


def test_tag_follows_the_guideline_of_a_public_set(tmp_path: Path) -> None:
    runner = CliRunner()
    bio, tagged = tmp_path / "in.bio", tmp_path / "out.bio"
    bio.write_text("Joko\nWidodo\ntiba\ndi\nSurabaya\n", encoding="utf8")
    asked = ["tag", str(bio), "-o", str(tagged), "--like"]
    assert runner.invoke(app, [*asked, "PERSON,PLACE,ORGANISATION"]).exit_code == 0
    labels = [line.split("\t")[1] for line in tagged.read_text(encoding="utf8").splitlines()]
    assert labels == ["B-PERSON", "I-PERSON", "O", "O", "B-PLACE"]
    before = tagged.read_bytes()
    refused = runner.invoke(app, [*asked, "ANIMAL,PLANT"])
    assert isinstance(refused.exception, UsageError)
    assert "has learnt no set with exactly these tags" in str(refused.exception)
    assert tagged.read_bytes() == before


def test_show_breaks_no_lines_where_there_is_no_terminal(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    actor = "Menteri Koordinator Bidang Politik, Hukum, dan Keamanan Republik Indonesia"
    source.write_text(f"{actor} meresmikan Bandara Internasional Yogyakarta di Kulon Progo.", encoding="utf8")
    done = CliRunner().invoke(app, ["show", str(source)], env={"COLUMNS": "40"})
    assert any(actor in line for line in done.stdout.splitlines())
