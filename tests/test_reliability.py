"""Confidence and whether it keeps its word: hand-counted bins, the curve against a run that was filtered, the page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from peristiwa.cli import app
from peristiwa.errors import GoldError
from peristiwa.evaluate import Reliability, evaluate_confidence, evaluate_events
from peristiwa.evaluate.reliability import Judged, calibration_error, is_kept
from peristiwa.records import record_to_json
from peristiwa.report import write_report
from peristiwa.types import Document, Event, Record, Sentence, Trigger

WORDS = "bertemu menyerang meneken menolak mengecam memilih menahan mendarat mengutus mengaku".split()
TEXT = " ".join(WORDS)


def event(number: int, confidence: float | None, type_: str = "MEET") -> Event:
    start = TEXT.index(WORDS[number])
    word = WORDS[number]
    return Event(f"E{number + 1}", type_, Trigger(start, start + len(word), word, word), 0, confidence=confidence)


def record(doc_id: str, *events: Event) -> Record:
    return Record(Document(doc_id, TEXT), (Sentence(0, len(TEXT)),), events=tuple(events))


GOLD = [record("a", *(event(n, None) for n in range(6))), record("b", event(0, None))]
RUN = [
    record("a", event(0, 0.95), event(1, 0.91), event(2, 0.93), event(3, 0.97, "ATTACK"), event(8, 0.22)),
    record("b", event(0, 0.28), event(1, None)),
]


def measured(gold: list[Record] = GOLD, run: list[Record] = RUN) -> Reliability:
    found = evaluate_confidence(gold, run)
    assert found is not None
    return found


def test_bins_error_and_brier_by_hand() -> None:
    found = measured()
    assert [(b.low, b.events) for b in found.bins] == [(0.2, 2), (0.9, 4)]
    low, high = found.bins
    assert (low.confidence, low.right) == (pytest.approx(0.25), pytest.approx(0.5))
    assert (high.confidence, high.right) == (pytest.approx(0.94), pytest.approx(0.75))
    assert found.error == pytest.approx((2 * 0.25 + 4 * 0.19) / 6)
    assert found.brier == pytest.approx((0.05**2 + 0.09**2 + 0.07**2 + 0.97**2 + 0.22**2 + 0.72**2) / 6)
    assert (found.events, found.unsure) == (6, 1)
    assert found.interval is not None
    assert found.interval[0] <= found.error <= found.interval[1]


def test_each_point_of_the_curve_is_what_a_filtered_run_scores() -> None:
    for point in measured().curve:
        kept = [replace(r, events=tuple(e for e in r.events if is_kept(e, point.threshold))) for r in RUN]
        layer = evaluate_events(GOLD, kept).layers["event typed"]
        assert (point.score.correct, point.score.gold, point.score.predicted) == (layer.correct, layer.gold, layer.predicted)
    assert [measured().curve[at].score.predicted for at in (0, 6, 19)] == [7, 5, 3]


def test_a_run_without_confidence_has_no_reliability() -> None:
    bare = [replace(r, events=tuple(replace(e, confidence=None) for e in r.events)) for r in RUN]
    assert evaluate_confidence(GOLD, bare) is None
    assert evaluate_confidence(GOLD, []) is None
    with pytest.raises(GoldError):
        evaluate_confidence([], RUN)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_the_error_is_a_share_and_zero_for_outcomes_foretold(drawn: list[tuple[float, bool]]) -> None:
    assert 0 <= calibration_error([Judged(*one) for one in drawn]) <= 1
    assert calibration_error([Judged(float(right), right) for _, right in drawn]) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "annotations.jsonl").write_text("".join(record_to_json(r) + "\n" for r in RUN), encoding="utf8")
    (tmp_path / "gold.jsonl").write_text("".join(record_to_json(r) + "\n" for r in GOLD), encoding="utf8")
    return tmp_path


def test_the_command_prints_bins_and_curve(folder: Path) -> None:
    ask = ["evaluate", "events", str(folder / "gold.jsonl"), str(folder)]
    plain = CliRunner().invoke(app, ask).output
    assert "expected calibration error 21.0" in " ".join(plain.split())
    assert "by --min-confidence" not in plain
    assert "by --min-confidence" in CliRunner().invoke(app, [*ask, "--curve"]).output
    told = json.loads(CliRunner().invoke(app, [*ask, "--json"]).output)["confidence"]
    assert told["expected_calibration_error"] == pytest.approx(0.21)
    assert [one["events"] for one in told["bins"]] == [2, 4]
    assert told["curve"][0]["min_confidence"] == 0
    assert told["curve"][0]["correct"] == 4


def test_the_page_draws_both(folder: Path) -> None:
    page = write_report(folder, [folder / "gold.jsonl"]).read_text(encoding="utf8")
    assert page.count('class="bin"') == 2
    assert "<polyline" in page
    assert "--min-confidence 0.95" in page
    assert "<script" not in page
    assert "<polyline" not in write_report(folder).read_text(encoding="utf8")
