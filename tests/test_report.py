"""The page: it shows every character of the text, runs no script, and counts what it leaves out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.errors import UsageError
from peristiwa.records import record_to_json
from peristiwa.report import write_report
from peristiwa.report.chronology import Row, rows, timeline
from peristiwa.report.marks import marked_paragraphs
from peristiwa.types import Argument, Document, Entity, Event, EventDate, Record, Sentence, Time, Trigger

TEXT = "Pada 2019, Mesir <b>meneken</b> pakta.\nSelesai & tamat."


def record(text: str = TEXT, title: str | None = None) -> Record:
    at = text.index
    return Record(
        Document("d1", text, title=title),
        (Sentence(0, at("\n")), Sentence(at("\n") + 1, len(text))),
        (Entity("T1", "LOC", at("Mesir"), at("Mesir") + 5, "Mesir", "Mesir", "iso3166:EG"),),
        (Time("D1", "DATE", at("2019"), at("2019") + 4, "2019", "2019"),),
        (),
        (
            Event(
                "E1",
                "SIGN",
                Trigger(at("meneken"), at("meneken") + 7, "meneken", "teken"),
                0,
                date=EventDate("2019", "2019", "2019-01-01", "2019-12-31", "argument"),
                arguments=(Argument("agent", at("Mesir"), at("Mesir") + 5, "Mesir", entity="T1", refers_to="Republik Mesir"),),
            ),
        ),
    )


def test_a_row_joins_fillers_and_tells_what_they_refer_to() -> None:
    (row,) = rows(record())
    assert (row.agent, row.object, row.date) == ("Mesir (= Republik Mesir)", "", "2019")
    assert row.sentence == "Pada 2019, Mesir <b>meneken</b> pakta."


def test_marked_paragraphs_spell_the_text() -> None:
    paragraphs = marked_paragraphs(record())
    assert "\n".join("".join(piece.text for piece in paragraph) for paragraph in paragraphs) == TEXT
    assert [(p.kind, p.label) for p in paragraphs[0] if p.kind] == [
        ("time", "DATE"),
        ("entity", "LOC"),
        ("event", "SIGN"),
    ]


def test_a_span_over_lines_is_marked_in_each() -> None:
    text = "Majelis\n\nUmum PBB"
    paragraphs = marked_paragraphs(Record(Document("d", text), entities=(Entity("T1", "ORG", 0, len(text), text, "PBB"),)))
    assert [[(p.text, p.kind, p.label, p.anchor) for p in paragraph] for paragraph in paragraphs] == [
        [("Majelis", "entity", "", "T1")],
        [],
        [("Umum PBB", "entity", "ORG", "")],
    ]


def test_pages_are_numbered_where_the_text_has_them(tmp_path: Path) -> None:
    paged = record("Sampul.\n\n\fPada 2019, Mesir\fmeneken pakta.\nSelesai.")
    marked = [piece for paragraph in marked_paragraphs(paged) for piece in paragraph if piece.kind == "page"]
    assert [(piece.text, piece.label) for piece in marked] == [("\f", "2"), ("\f", "3")]
    assert [row.page for row in rows(paged)] == [3]
    assert [row.page for row in rows(record())] == [None]
    (tmp_path / "annotations.jsonl").write_text(record_to_json(paged) + "\n", encoding="utf8")
    assert ">d1, p. 3</a>" in write_report(tmp_path).read_text(encoding="utf8")


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=6))
def test_any_spans_of_any_text_keep_every_character(text: str, spans: list[tuple[int, int]]) -> None:
    entities = tuple(
        Entity(f"T{i}", "LOC", start, start + size, text[start : start + size], "")
        for i, (start, size) in enumerate(spans)
        if start + size <= len(text)
    )
    paragraphs = marked_paragraphs(Record(Document("d", text), entities=entities))
    assert "\n".join("".join(piece.text for piece in paragraph) for paragraph in paragraphs) == text


def row(earliest: str, type_: str = "SIGN") -> Row:
    return Row("d", "E1", type_, "x", "", "", "", "", "", "", "", earliest, earliest, earliest, "", "asserted", "", "", None)


def test_bars_take_the_finest_step_that_fits_and_count_every_event() -> None:
    bars = timeline([row("2018-03-01"), row("2018-03-03"), row("2018-03-03", "DIE")], {"SIGN": "law", "DIE": "life"})
    assert [(bar["label"], bar["total"]) for bar in bars] == [("2018-03-01", 1), ("2018-03-02", 0), ("2018-03-03", 2)]
    assert bars[2]["parts"] == [("law", 1, 50.0), ("life", 1, 50.0)]
    years = timeline([row("1945-08-17"), row("2001-01-01")], {})
    assert (len(years), years[0]["label"], years[-1]["label"]) == (57, "1945", "2001")
    assert next(bar["label"] for bar in timeline([row("0044-01-01"), row("2001-01-01")], {})) == "0000s"
    assert timeline([row("-0044-01-01")], {}) == []
    assert timeline([], {}) == []


def test_years_before_christ_come_first_in_their_order_and_have_no_bar(tmp_path: Path) -> None:
    years = {"-0044": "BC0045", "-0299": "BC0300", "0000": "BC0001", "2031": "2031"}
    events = [
        Event(f"E{number}", "DIE", Trigger(0, 1, TEXT[0], "x"), 0, date=EventDate(v, y, f"{y}-01-01", f"{y}-12-31", "argument"))
        for number, (y, v) in enumerate(years.items(), 1)
    ]
    (tmp_path / "annotations.jsonl").write_text(record_to_json(replace(record(), events=tuple(events))) + "\n", encoding="utf8")
    page = write_report(tmp_path).read_text(encoding="utf8")
    places = [page.index(value) for value in ("BC0300", "BC0045", "BC0001")]
    assert places == sorted(places)
    assert [bar["label"] for bar in timeline([row(f"{year}-01-01") for year in years], {})] == ["2031-01-01"]


def test_the_page_is_escaped_and_runs_nothing(tmp_path: Path) -> None:
    evil = record(TEXT.replace("Selesai", "<script>alert(1)</script>"), title='"><img src=x onerror=alert(1)>')
    (tmp_path / "annotations.jsonl").write_text(record_to_json(evil) + "\n", encoding="utf8")
    (tmp_path / "failures.jsonl").write_text(
        '{"doc_id": "<i>", "source": "s\u2028", "stage": "ingest", "reason": "<script>"}\n', encoding="utf8"
    )
    manifest = {"started": "2031-05-04T10:00:00+00:00", "packages": {"peristiwa": "9.8.7"}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf8")
    page = write_report(tmp_path).read_text(encoding="utf8")
    assert "Peristiwa 9.8.7 · 2031-05-04" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "http://" not in page
    assert "https://" not in page


def test_scores_stand_on_the_page_where_there_is_gold(tmp_path: Path) -> None:
    (tmp_path / "annotations.jsonl").write_text(record_to_json(record()) + "\n", encoding="utf8")
    page = write_report(tmp_path, [tmp_path / "annotations.jsonl"]).read_text(encoding="utf8")
    assert "Scores against" in page
    assert '<td>event typed</td><td class="n">100.0</td>' in page
    assert "Scores against" not in write_report(tmp_path).read_text(encoding="utf8")


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="peristiwa run"):
        write_report(tmp_path)


def test_gold_of_other_documents_is_refused(tmp_path: Path) -> None:
    one = record()
    other = replace(one, document=replace(one.document, doc_id="lain"))
    for name, made in (("run", one), ("gold", other)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "annotations.jsonl").write_text(record_to_json(made) + "\n", encoding="utf8")
    with pytest.raises(UsageError, match="no document of gold is in the run"):
        write_report(str(tmp_path / "run"), str(tmp_path / "gold" / "annotations.jsonl"))
    assert write_report(str(tmp_path / "run"), str(tmp_path / "run" / "annotations.jsonl")).exists()
