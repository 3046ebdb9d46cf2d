"""Why, and why not: the trace agrees with what is found, its weights add up, and every reading ends with a reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pytest
import spacy
from spacy.tokens import Doc, Span
from typer.testing import CliRunner

from peristiwa.cli import app
from peristiwa.events import find_events
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.prior_features import features
from peristiwa.events.priors import Priors, load_priors
from peristiwa.events.tagger import model_scores
from peristiwa.events.trace import _weigh, _weights, explain, trace_to_dict
from peristiwa.events.triggers import WeighedHits, find_hits, veto
from peristiwa.events.weights import logistic
from peristiwa.extract import Extractor
from peristiwa.models import ModelSet
from peristiwa.ontology import load_ontology
from peristiwa.report.terminal import show_trace
from peristiwa.settings import Settings
from peristiwa.types import Document, Failure, Record

VOCAB = spacy.blank("id").vocab
ONTOLOGY = load_ontology()
LEXICON = compile_lexicon(ONTOLOGY)

Row = tuple[str, str, str, int]

SIGNED: list[Row] = [
    ("Menteri", "NOUN", "nsubj", 3),
    ("Norwegia", "PROPN", "nmod", 0),
    ("tidak", "PART", "advmod", 3),
    ("menandatangani", "VERB", "ROOT", 3),
    ("perjanjian", "NOUN", "obj", 3),
    ("dengan", "ADP", "case", 6),
    ("Kenya", "PROPN", "obl", 3),
    (",", "PUNCT", "punct", 8),
    ("kata", "NOUN", "parataxis", 3),
    ("juru", "NOUN", "nsubj", 8),
    ("bicara", "NOUN", "flat", 9),
    (".", "PUNCT", "punct", 3),
]


def make_doc(rows: Sequence[Row]) -> Doc:
    words, pos, deps, heads = zip(*rows, strict=True)
    starts = [at == 0 for at in range(len(words))]
    return Doc(VOCAB, words=list(words), pos=list(pos), deps=list(deps), heads=list(heads), sent_starts=starts)


def seen_by_model(doc: Doc) -> Doc:
    doc.user_data["trigger_scores"] = {3: {"SIGN": 0.9, "MEET": 0.02}, 4: {"AGREE": 0.3}}
    doc.spans["triggers"] = [Span(doc, 3, 4, "SIGN")]
    return doc


@pytest.mark.parametrize("mode", ["rules", "both", "model"])
def test_the_trace_tells_of_the_events_that_are_found(mode: str) -> None:
    doc = seen_by_model(make_doc(SIGNED))
    found = find_events(doc, [], [], ONTOLOGY, mode=mode)  # type: ignore[arg-type]
    trace = explain(doc, [], [], ONTOLOGY, mode=mode)  # type: ignore[arg-type]
    told = [(one.event, one.type, one.start, one.end, one.rule, one.confidence) for one in trace.events]
    assert told == [(e.id, e.type, e.trigger.start, e.trigger.end, e.rule, e.confidence) for e in found]
    assert "SIGN" in {one.type for one in trace.events}
    for one, event in zip(trace.events, found, strict=True):
        roles = {(c.value, c.start, c.end) for c in one.choices if c.kind == "role" and c.reason is None}
        assert roles == {(a.role, a.start, a.end) for a in event.arguments}
        (modality,) = (c for c in one.choices if c.kind == "modality")
        assert modality.value == event.modality


def test_every_weight_of_a_score_is_told() -> None:
    doc, priors = seen_by_model(make_doc(SIGNED)), load_priors("id")
    hits = find_hits(doc, LEXICON)
    seen = model_scores(doc)
    for scores, read in ((None, [None] * len(hits)), (seen, [None] * len(hits)), (seen, [0.7] * len(hits))):
        assert hits
        values = priors.score(doc, hits, LEXICON, scores, read)
        for hit, value, names, odds in zip(hits, values, features(doc, hits, LEXICON), read, strict=True):
            weights = _weights(hit, names, priors, scores, odds)
            assert weights
            assert logistic(sum(weight for _, weight in weights)) == pytest.approx(value, abs=1e-6)


def test_what_other_readings_lend_to_a_score_is_told_and_the_event_keeps_its_own_probability() -> None:
    doc, hits = make_doc(SIGNED), find_hits(make_doc(SIGNED), LEXICON)
    signing = next(hit for hit in hits if hit.reading.type == "SIGN")
    ratifying = replace(signing, reading=replace(signing.reading, type="RATIFY"))
    weighed = WeighedHits([signing, ratifying], [None, None], [0.4, 0.3], [0.55, 0.3], 0.5)
    assert [(score, hit.reading.type) for score, hit in weighed.chosen()] == [(0.4, "SIGN")]
    priors = Priors({"type=SIGN": 0.0, "type=RATIFY": 0.0, "bias": -0.4})
    lexicon = replace(LEXICON, readings=LEXICON.readings | {doc[signing.start].lower_: (signing.reading, ratifying.reading)})
    (told,) = [one for one in _weigh(doc, lexicon, "rules", priors, None, None) if one.type == "SIGN"]
    assert told.score is not None
    assert logistic(sum(weight for _, weight in told.weights)) == pytest.approx(told.score, abs=1e-3)
    assert "other readings" in dict(told.weights)


def test_what_is_dropped_has_its_reason() -> None:
    trace = explain(seen_by_model(make_doc(SIGNED)), [], [], ONTOLOGY)
    assert all(one.reason and one.event is None for one in trace.dropped)
    assert all(one.reason is None for one in trace.events)
    below = [one for one in trace.dropped if one.score is not None and one.bar is not None and one.score < one.bar]
    assert all("below" in (one.reason or "") for one in below)


def test_a_reporting_verb_and_a_function_word_say_that_they_were_passed_over() -> None:
    entry = next(word for word, readings in LEXICON.readings.items() if not readings[0].rest and word.isalpha())
    assert explain(make_doc([(entry, "ADP", "ROOT", 0)]), [], [], ONTOLOGY, mode="rules").dropped[0].reason == "is ADP"
    (token,) = make_doc([(entry, "VERB", "ROOT", 0)])
    assert veto(token, LEXICON) is None
    assert veto(token, replace(LEXICON, reporting=frozenset({entry}))) == "reports what is said"
    assert veto(token, replace(LEXICON, never=frozenset({entry}))) == "never a trigger in this ontology"


def test_what_too_little_confidence_keeps_out_is_told() -> None:
    doc = seen_by_model(make_doc(SIGNED))
    (event,) = (e for e in find_events(doc, [], [], ONTOLOGY) if e.type == "SIGN")
    if event.confidence is None:
        pytest.skip("no confidence.json ships")
    assert not [e for e in find_events(doc, [], [], ONTOLOGY, min_confidence=0.9999) if e.type == "SIGN"]
    (signed,) = (o for o in explain(doc, [], [], ONTOLOGY, min_confidence=0.9999).dropped if o.type == "SIGN")
    assert signed.reason == f"its confidence {event.confidence} is below 1.00"


def test_a_trace_can_be_stored_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    doc = make_doc(SIGNED)
    document = Document("d1", doc.text)
    trace = explain(doc, [], [], ONTOLOGY)
    data = json.loads(json.dumps(trace_to_dict(Record(document), trace)))
    assert data["doc_id"] == "d1"
    assert [one["type"] for one in data["events"]] == [one.type for one in trace.events]
    show_trace(document, trace)
    shown = capsys.readouterr().out
    assert all(one.text in shown for one in trace.events)


class Parsed(Extractor):
    """An extractor whose models have read the text already."""

    def annotate_many(self, documents: Iterable[Document | Failure]) -> Iterator[tuple[Document, Doc] | Failure]:
        for item in documents:
            yield item if isinstance(item, Failure) else (item, make_doc(SIGNED))


def test_the_command_tells_why(monkeypatch: pytest.MonkeyPatch) -> None:
    extractor = Parsed(Settings(), ModelSet("id", "id", "test", {}), ONTOLOGY)
    monkeypatch.setattr("peristiwa.extract.load", lambda *_: extractor)
    text = make_doc(SIGNED).text
    plain, why = (CliRunner().invoke(app, ["show", text, *more]) for more in ((), ("--why",)))
    assert (plain.exit_code, why.exit_code) == (0, 0)
    assert "why" not in plain.output
    assert why.output.startswith(plain.output)
    assert "score" in why.output
    stored = CliRunner().invoke(app, ["show", text, "--why", "--json"]).output
    assert json.loads(stored).keys() == {"doc_id", "events", "dropped"}
