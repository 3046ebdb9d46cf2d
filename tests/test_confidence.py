"""Calibrated confidence: the curve, what has none, how it is learnt, and the threshold that drops events."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, Span

from peristiwa.errors import SettingsError, UsageError
from peristiwa.events.candidate import Candidate
from peristiwa.events.confidence import Confidence, Curve, load_confidence, score_of, way_of
from peristiwa.events.weights import logistic
from peristiwa.ontology import load_ontology
from peristiwa.settings import Settings
from peristiwa.training.confidence import FEWEST, WAYS, Scored, fit, judge, learn
from peristiwa.types import Document, Event, Record, Trigger

CURVE = Curve(slope=0.5, offset=-1.0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_never_means_less_confidence(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 < CURVE.probability(low) <= CURVE.probability(high) < 1


def test_types_and_ways_that_nothing_was_learnt_about_have_none() -> None:
    confidence = Confidence({"both": CURVE}, frozenset({"MEET"}))
    assert confidence.of("MEET", 0.5, "both") == round(logistic(-1.0), 3)
    assert confidence.of("OWN", 0.5, "both") is None
    assert confidence.of("MEET", 0.5, "rules") is None
    assert confidence.of("MEET", None, "both") is None


def test_the_model_alone_is_as_sure_as_its_surest_word() -> None:
    scores = {3: {"MEET": 0.4}, 4: {"MEET": 0.7, "TALK": 0.9}}
    assert score_of(Candidate("MEET", 3, 5, 3, "model"), scores) == 0.7
    assert score_of(Candidate("MEET", 3, 5, 3, "MEET/1", score=0.2), scores) == 0.2
    assert score_of(Candidate("MEET", 3, 5, 3, "model"), None) is None
    assert [way_of("both", seen=False), way_of("both", seen=True), way_of("rules", seen=True)] == ["rules", "both", "rules"]


def test_the_curve_that_made_the_outcomes_is_found_again() -> None:
    random_ = random.Random(7)
    made = Curve(slope=0.6, offset=-0.8)
    scored = [
        Scored(n, "MEET", s, random_.random() < made.probability(s))
        for n, s in enumerate(random_.uniform(0.05, 0.99) for _ in range(4000))
    ]
    found = fit(scored)
    assert found is not None
    assert found.slope == pytest.approx(made.slope, abs=0.08)
    assert found.offset == pytest.approx(made.offset, abs=0.1)
    assert fit(scored[: FEWEST - 1]) is None


def test_a_damaged_file_is_told_and_a_missing_one_is_none(tmp_path: Path) -> None:
    assert load_confidence("id", tmp_path / "none.json") is None
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({"curves": {"both": {"slope": -1, "offset": 0}}, "types": []}))
    with pytest.raises(SettingsError, match=r"bad\.json"):
        load_confidence("id", bad)


def test_the_setting_is_a_probability() -> None:
    assert Settings().min_confidence == 0
    with pytest.raises(ValueError, match="min_confidence"):
        Settings(min_confidence=1.5)


def signed() -> Doc:
    words = ["Kedua", "negara", "menandatangani", "perjanjian", "dagang", "."]
    pos = ["NUM", "NOUN", "VERB", "NOUN", "NOUN", "PUNCT"]
    deps = ["nummod", "nsubj", "ROOT", "obj", "compound", "punct"]
    doc = Doc(spacy.blank("id").vocab, words=words, pos=pos, deps=deps, heads=[1, 2, 2, 2, 3, 2])
    doc.user_data["trigger_scores"] = {2: {"SIGN": 0.9}}
    doc.spans["triggers"] = [Span(doc, 2, 3, "SIGN")]
    return doc


def gold_of(doc: Doc, kind: str) -> Record:
    at = doc[2].idx
    trigger = Trigger(at, at + len(doc[2].text), doc[2].text, "")
    return Record(Document("d", doc.text), events=(Event("E1", kind, trigger, 0),))


def test_events_are_judged_as_evaluate_does() -> None:
    doc, ontology = signed(), load_ontology()
    golds = [gold_of(doc, "SIGN"), gold_of(doc, "ADOPT")]
    for mode in WAYS:
        scored = [one for one in judge([doc, doc], golds, ontology, mode) if one.type == "SIGN"]
        assert [(one.document, one.right) for one in scored] == [(0, True), (1, False)]
    assert [one.score for one in judge([doc], golds[:1], ontology, "model")] == [0.9]
    doc.user_data.clear()
    del doc.spans["triggers"]
    assert judge([doc], golds[:1], ontology, "both") == []  # it would be the rules' score


def test_too_few_events_are_told() -> None:
    with pytest.raises(UsageError, match="Too few events"):
        learn([signed()], [gold_of(signed(), "SIGN")], load_ontology())


def test_half_of_the_documents_only_check() -> None:
    doc = signed()
    golds = [gold_of(doc, "SIGN" if number % 4 < 2 else "ADOPT") for number in range(4 * FEWEST)]
    learnt = learn([doc] * len(golds), golds, load_ontology())
    assert learnt.made_by["documents"] == learnt.made_by["checked_on"] == 2 * FEWEST
    curve = learnt.curves["model"]
    assert curve.probability(0.9) == pytest.approx(0.5, abs=0.02)
    assert learnt.made_by["checked_ece_model"] == pytest.approx(0.0, abs=0.02)
    assert learnt.made_by["checked_ece_model_of_raw_score"] == pytest.approx(0.4, abs=0.02)
