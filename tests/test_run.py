"""Extractor, batch and command line around a stand-in for the models: what goes in comes out, once, or is told."""

from __future__ import annotations

import datetime
import json
import os
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
from peristiwa.cli import app, main
from peristiwa.entities.places import towns_by_name
from peristiwa.errors import InputError, ModelError, UsageError
from peristiwa.events.date_model import load_date_model
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.modality_model import load_modality_model
from peristiwa.events.priors import load_priors
from peristiwa.events.role_model import load_role_model
from peristiwa.extract import Extractor, sentence_bounds
from peristiwa.merge import merge_run
from peristiwa.models import WEIGHTS, ModelSet, digest
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


def test_a_prepared_extractor_has_nothing_left_to_load(extractor: Extractor) -> None:
    tables = (compile_lexicon, load_priors, load_role_model, load_modality_model, load_date_model, towns_by_name)
    for table in tables:
        table.cache_clear()
    extractor.prepare()
    loaded = [table.cache_info().misses for table in tables]
    assert 0 not in loaded
    assert isinstance(extractor.extract("Satu."), Record)
    assert [table.cache_info().misses for table in tables] == loaded


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
    day = datetime.date(2023, 3, 14)
    assert extractor.extract("Kemarin.", published=day).times[0].value == "2023-03-13"
    with pytest.raises(UsageError, match="its own day"):
        extractor.extract(Document("d", "Kemarin."), published=day)


def test_texts_are_documents_and_anything_else_is_told(extractor: Extractor) -> None:
    one, two = extractor.extract_many(["Satu.\r\nDua.", "  "])
    assert isinstance(one, Record)
    assert (one.document.doc_id, one.document.text) == ("text1", "Satu.\nDua.")
    assert isinstance(two, Failure)
    assert (two.doc_id, two.stage) == ("text2", "ingest")
    for wrong in (None, b"Satu.", Path("satu.txt")):
        with pytest.raises(UsageError, match=f"cannot extract from a {type(wrong).__name__}"):
            extractor.extract(wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"published is a str: give a datetime\.date"):
        Document("d", "Satu.", published="2020-01-01")  # type: ignore[arg-type]


def test_a_document_in_another_language_is_told(extractor: Extractor) -> None:
    (result,) = extractor.extract_many([Document("d", "One.", language="en")])
    assert isinstance(result, Failure)
    assert "--language en" in result.reason
    assert isinstance(extractor.extract(Document("d", "Satu.", language="id-ID")), Record)


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
    assert [doc.text[start:end] for start, end in sentence_bounds(doc, doc.text)] == ["Satu.", "Dua"]


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
    roles = manifest["models"]["roles"]
    assert roles == {"file": "roles.json", "sha256": digest(WEIGHTS / "id" / "roles.json")}
    assert manifest["models"]["events"]["sha256"] == digest(WEIGHTS / "id" / "events.pt")
    assert {"languages/id.yaml", "ontology/events.yaml"} <= manifest["configuration"].keys()
    assert not {"languages/en.yaml", "merge.yaml"} & manifest["configuration"].keys()
    failures = [json.loads(line) for line in (tmp_path / "out" / "failures.jsonl").read_text().splitlines()]
    assert sorted(f["stage"] for f in failures) == ["annotate", "ingest", "ingest"]
    assert list(pd.read_parquet(tmp_path / "out" / "times.parquet")["value"]) == ["2019"]
    again = tmp_path / "again"
    run([str(source)], again, extractor, quiet=True)
    for name in ("annotations.jsonl", "failures.jsonl", "events.csv"):
        assert (again / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_a_run_writes_the_formats_that_are_asked_for(
    extractor: Extractor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "load", lambda *_: extractor)
    (tmp_path / "a.txt").write_text("Pada 2019 ada 3 orang.")
    command = ["run", f"{tmp_path}/a.txt", "-o", str(tmp_path / "out"), "--format", "brat", "--format", "datapackage"]
    assert CliRunner().invoke(app, command).exit_code == 0
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"brat", "datapackage.json"} <= written
    assert not {"events.parquet", "events.csv"} & written
    done = CliRunner().invoke(app, ["run", f"{tmp_path}/a.txt", "-o", str(tmp_path / "no"), "--format", "xlsx"])
    assert (done.exit_code, "formats" in str(done.exception)) == (1, True)


def test_a_folder_is_the_same_with_a_slash_behind_it(extractor: Extractor, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("Satu.")
    (tmp_path / "texts" / "~$a.docx").write_bytes(b"\x05Ani")
    assert run([f"{tmp_path}/texts/"], tmp_path / "out", extractor, quiet=True).documents == 1
    assert run([f"{tmp_path}/texts"], tmp_path / "out", extractor, quiet=True).earlier


def test_documents_of_one_content_are_told(extractor: Extractor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "load", lambda *_: extractor)
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("Satu.")
    done = CliRunner().invoke(app, ["run", f"{tmp_path}/a.txt", f"{tmp_path}/b.txt", "-o", str(tmp_path / "out")])
    assert "1 repeat an earlier one" in done.stderr


def test_a_run_that_is_replaced_leaves_no_clusters(extractor: Extractor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Satu.")
    run([f"{tmp_path}/a.txt"], tmp_path / "out", extractor, quiet=True)
    merge_run(tmp_path / "out")
    assert (tmp_path / "out" / "merge.json").exists()
    run([f"{tmp_path}/a.txt"], tmp_path / "out", extractor, quiet=True, fresh=True)
    assert not {"merge.json", "clusters.jsonl", "clusters.parquet"} & {path.name for path in (tmp_path / "out").iterdir()}


def test_a_folder_with_other_files_is_left_alone(extractor: Extractor, tmp_path: Path) -> None:
    broken_off = tmp_path / "broken-off"
    broken_off.mkdir()
    (broken_off / ".annotations.jsonl.7.tmp").write_text("{")
    (tmp_path / "a.txt").write_text("Satu.")
    assert run([str(tmp_path / "a.txt")], broken_off, extractor, quiet=True).ok == 1
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(UsageError, match="no run's"):
        run([str(tmp_path)], tmp_path, extractor, quiet=True)
    with pytest.raises(UsageError, match="is a file"):
        run([str(tmp_path)], tmp_path / "thesis.docx", extractor, quiet=True)


def test_show_and_annotate_tell_what_failed_and_read_texts_in_the_runs_language(
    extractor: Extractor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "load", lambda *_: extractor)
    runner = CliRunner()
    (tmp_path / "a.jsonl").write_text('{"text": "Satu."}\n{"text": "racun"}\n{"text": "One.", "language": "en"}\n')
    for command in (["show", "--json"], ["annotate", "-o", str(tmp_path / "a.conllu")]):
        done = runner.invoke(app, [*command, str(tmp_path / "a.jsonl")])
        assert done.exit_code == 3
        assert "the models failed" in done.stderr
        assert "--language" in done.stderr
    assert '"text": "Satu."' in runner.invoke(app, ["show", "--json", str(tmp_path / "a.jsonl")]).stdout
    assert (tmp_path / "a.conllu").read_text().count("# newdoc") == 1
    english = Extractor(Settings(language="en"), ModelSet("en", "en", "test", {}), load_ontology())
    english._annotator = WordsOnly()  # type: ignore[assignment]
    monkeypatch.setattr(extract, "load", lambda *_: english)
    done = runner.invoke(app, ["show", "In May 2020.", "--json"])
    assert json.loads(done.stdout)["language"] == "en"


def test_runs_and_times_are_evaluated_without_models(extractor: Extractor, tmp_path: Path) -> None:
    runner = CliRunner()
    (tmp_path / "a.txt").write_text("Rapat pada Maret 2019.", encoding="utf8")
    run([str(tmp_path / "a.txt")], tmp_path / "out", extractor, quiet=True)
    gold = tmp_path / "gold [" / "bold].jsonl"  # a path that rich would take for mark-up
    gold.parent.mkdir()
    gold.write_bytes((tmp_path / "out/annotations.jsonl").read_bytes())
    command = ["evaluate", "events", str(gold), str(tmp_path / "out")]
    assert "time value" in runner.invoke(app, command).stdout
    scores = json.loads(runner.invoke(app, [*command, "--json"]).stdout)
    assert (scores["layers"]["time value"]["correct"], scores["layers"]["time value"]["f1"]) == (1, 1.0)
    tml = '<TimeML><TEXT>Rapat pada <TIMEX3 tid="t1" type="DATE" value="2019-03">Maret 2019</TIMEX3>.</TEXT></TimeML>'
    (tmp_path / "a.tml").write_text(tml, encoding="utf8")
    scores = json.loads(runner.invoke(app, ["evaluate", "times", str(tmp_path), "--json"]).stdout)
    assert scores["layers"]["time strict"]["correct"] == 1


def test_scores_without_a_document_in_common_are_refused(extractor: Extractor, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text("Rapat pada Maret 2019.", encoding="utf8")
        run([str(tmp_path / f"{name}.txt")], tmp_path / name, extractor, quiet=True)
    gold, other = tmp_path / "a" / "annotations.jsonl", tmp_path / "b"
    wrong = CliRunner().invoke(app, ["evaluate", "events", str(gold), str(other)]).exception
    assert isinstance(wrong, UsageError)
    assert f"no document of gold is in the run ({gold} has a, {other} has b)" in str(wrong)
    swapped = CliRunner().invoke(app, ["evaluate", "events", str(tmp_path / "a"), str(gold)]).exception
    assert isinstance(swapped, UsageError)
    assert "is a run's folder, and gold comes first" in str(swapped)


@pytest.mark.parametrize("command", ["annotate", "tag"])
def test_a_file_takes_the_place_of_files_only(tmp_path: Path, command: str) -> None:
    text = tmp_path / "a.txt"
    text.write_text("Satu", encoding="utf8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(text)
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "link", "pipe"):
        wrong = CliRunner().invoke(app, [command, str(text), "-o", str(tmp_path / name)]).exception
        assert isinstance(wrong, UsageError)
        assert f"{tmp_path / name}: is a folder, a link or a device" in str(wrong)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "folder", "link", "pipe"]


def test_a_run_of_nothing_says_so(extractor: Extractor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "load", lambda *_: extractor)
    (tmp_path / "in").mkdir()
    done = CliRunner().invoke(app, ["run", str(tmp_path / "in"), "-o", str(tmp_path / "out")])
    assert f"warning: nothing to read in {tmp_path / 'in'}. What is read: .txt, .html" in done.stderr
    assert done.exit_code == 0


def test_rows_of_metadata_for_no_file_are_warned_of(
    extractor: Extractor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "load", lambda *_: extractor)
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text("Satu.", encoding="utf8")
    (source / "metadata.csv").write_text("doc_id\na\n" + "".join(f"b{number}\n" for number in range(7)), encoding="utf8")
    command = ["run", str(source), "-o", str(tmp_path / "out")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0
    assert f"warning: {source / 'metadata.csv'}: line 3: there is no file 'b0' beside it" in done.stderr
    assert (done.stderr.count("no file"), "warning: … and 2 more rows" in done.stderr) == (5, True)
    lines = [json.loads(line) for line in CliRunner().invoke(app, [*command, "--log-json"]).stderr.splitlines()]
    told = [line["text"] for line in lines if line["event"] == "warning"]
    assert ("'b0'" in told[0], told[5]) == (True, "… and 2 more rows of metadata.csv")
    assert CliRunner().invoke(app, [*command, "--quiet"]).stderr == ""


def test_model_sets_are_listed_and_verified_by_name() -> None:
    runner = CliRunner()
    assert "id-gsd" in runner.invoke(app, ["models", "list"]).stdout
    assert isinstance(runner.invoke(app, ["models", "verify", "no-such"]).exception, ModelError)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, peristiwa.cli; "
        "print(sorted({'torch', 'stanza', 'spacy', 'pandas', 'pyarrow', 'scipy', 'jinja2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["run"],
        ["evaluate", "events"],
        ["annotate"],
        ["tag"],
        ["show"],
        ["report"],
        ["trace"],
        ["train"],
        ["models", "list"],
    ],
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
        (["run", ".", "-o", "/proc/out"], "/proc/out"),
        (["show", ""], "empty"),
        (["ontology", "check", "no-such.yaml"], "no-such.yaml: cannot be read"),
    ],
)
def test_wrong_use_is_a_message_and_exit_code_2(arguments: list[str], says: str, tmp_path: Path) -> None:
    code = "import sys; from peristiwa.cli import main; sys.argv[0] = 'peristiwa'; main()"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_the_package_is_a_command(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, "-m", "peristiwa", "--version"], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.split()[0]) == (0, "peristiwa")


def test_one_text_is_not_taken_for_its_letters(extractor: Extractor) -> None:
    with pytest.raises(UsageError, match="several documents"):
        next(extractor.extract_many("Satu."))


def test_documents_hold_what_they_say() -> None:
    """pandas gives datetimes for dates, and NaT, which is one, for a missing one."""
    moment = pd.Timestamp("2023-03-14 05:00")
    assert Document("a", "Satu.", published=moment).published == moment.date()
    assert Document("a", "Satu.", published=pd.NaT).published is None
    for wrong in ({"doc_id": 5}, {"text": None}, {"language": None}, {"published": "2023-03-14"}):
        with pytest.raises(UsageError, match=f"{next(iter(wrong))} is a"):
            Document(**{"doc_id": "a", "text": "Satu.", **wrong})


def test_models_do_not_load_for_failures_alone() -> None:
    unloadable = Extractor(Settings(), ModelSet("id", "id", "test", {}), load_ontology())
    failure = Failure("a", "a.txt", "ingest", "rusak")
    assert list(unloadable.extract_many([failure])) == [failure]


def test_types_of_gold_that_nobody_knows_are_warned_of(extractor: Extractor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rapat pada Maret 2019.", encoding="utf8")
    run([str(tmp_path / "a.txt")], tmp_path / "out", extractor, quiet=True)
    (tmp_path / "a.ann").write_text("T1\tRAPAT 0 5\tRapat\nE1\tRAPAT:T1\n", encoding="utf8")
    told = CliRunner().invoke(app, ["evaluate", "events", str(tmp_path), str(tmp_path / "out")])
    assert "a E1 of gold is of type 'RAPAT'" in told.stderr


def test_an_interrupt_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("peristiwa.models.list_models", interrupted)
    monkeypatch.setattr(sys, "argv", ["peristiwa", "models", "list"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 130
    assert "interrupted" in capsys.readouterr().err
