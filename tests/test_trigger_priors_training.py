"""Learning trigger priors on invented documents: what is told as an event is learnt, and the result is reproducible."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from peristiwa.annotate.conllu import doc_to_conllu
from peristiwa.errors import SettingsError, UsageError
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.priors import Priors, load_priors
from peristiwa.events.triggers import find_hits, find_triggers
from peristiwa.ontology import load_ontology
from peristiwa.records import record_to_json
from peristiwa.training.priors import NOWHERE, OFTEN, learn, load_annotated, main, ontology_examples, tune, typed_f1
from peristiwa.types import Document, Event, Record, Trigger

VOCAB = spacy.blank("id").vocab
ONTOLOGY = load_ontology()
NAMES = ("Ani", "Budi", "Citra", "Dewi", "Eko", "Fajar", "Gita", "Hadi", "Intan", "Joko")


def told(name: str) -> tuple[Doc, list[tuple[int, int, str]]]:
    """A rally that took place (an event of the gold) and one spoken of in general (not one)."""
    words = f"{name} menggelar rapat kemarin . Setiap rapat harus dicatat .".split()
    doc = Doc(
        VOCAB,
        words=words,
        pos="PROPN VERB NOUN ADV PUNCT DET NOUN AUX VERB PUNCT".split(),
        deps="nsubj ROOT obj advmod punct det nsubj aux ROOT punct".split(),
        heads=[1, 1, 1, 1, 1, 6, 8, 8, 8, 8],
        sent_starts=[i in (0, 5) for i in range(10)],
    )
    return doc, [(doc[2].idx, doc[2].idx + 5, "MEET")]


DOCS, GOLDS = (list(part) for part in zip(*map(told, NAMES), strict=True))


def test_the_told_one_is_learnt_from_the_general_one() -> None:
    learnt = learn(DOCS, GOLDS, ONTOLOGY)
    assert learnt.made_by["held_out_typed_f1"] == 100.0
    doc, _ = told("Kartika")
    priors = Priors(learnt.features, learnt.thresholds)
    assert [(c.type, c.start) for c in find_triggers(doc, ONTOLOGY, "rules", priors)] == [("MEET", 2)]
    assert learn(DOCS, GOLDS, ONTOLOGY) == learnt


def test_what_one_round_marks_more_freely_is_put_down_to_it() -> None:
    """In the second round "rapat" is an event in general, too."""
    freely = [[*gold, (doc[6].idx, doc[6].idx + 5, "MEET")] for doc, gold in zip(DOCS, GOLDS, strict=True)]
    docs, golds = [*DOCS, *DOCS, *DOCS], [*GOLDS, *freely, *freely]
    knowing, unknowing = (learn(docs, golds, ONTOLOGY, [first] * 10 + [2] * 20) for first in (0, 2))
    lexicon = compile_lexicon(ONTOLOGY)
    general = next(at for at, hit in enumerate(find_hits(DOCS[0], lexicon)) if hit.start == 6)
    scores = [Priors(f.features).score(DOCS[0], find_hits(DOCS[0], lexicon), lexicon)[general] for f in (knowing, unknowing)]
    assert scores[0] < scores[1] - 0.2
    assert not any(name.startswith("round=") for name in knowing.features)


def test_the_examples_of_the_ontology_are_learnt_beside_documents() -> None:
    """Of a sentence that has a type the readings at its trigger count, of one that lacks it those of the type."""
    types = {"SIGN": ONTOLOGY.types["SIGN"]}
    examples = ontology_examples(ONTOLOGY.model_copy(update={"types": types}))
    assert {example.document for example in examples} == {NOWHERE}
    assert sum(example.right for example in examples) == OFTEN * len(types["SIGN"].examples.has)
    assert not all(example.right for example in examples)
    general = [replace(example, names=(*example.names, "word.after=kami")) for example in examples]
    assert "word.after=kami" in learn(DOCS, GOLDS, ONTOLOGY, besides=general).features
    assert "word.after=kami" not in learn(DOCS, GOLDS, ONTOLOGY, besides=examples).features


def test_without_weights_both_are_taken() -> None:
    assert [c.start for c in find_triggers(DOCS[0], ONTOLOGY, "rules", Priors())] == [2, 6]


def seen_by_model(told_one: float, general_one: float) -> tuple[list[Doc], list[list[tuple[int, int, str]]]]:
    """The rally that took place in every other document alone, which the rules cannot know, but the trigger model may.

    The numbers are the model's probabilities for the first "rapat" where it took place and where it did not.
    """
    docs, golds = (list(part) for part in zip(*map(told, NAMES), strict=True))
    for number, doc in enumerate(docs):
        doc.user_data["trigger_scores"] = {2: {"MEET": general_one if number % 2 else told_one}}
    return docs, [[] if number % 2 else gold for number, gold in enumerate(golds)]


def test_a_model_that_knows_is_trusted() -> None:
    docs, golds = seen_by_model(0.97, 0.02)
    learnt = tune(docs, golds, ONTOLOGY, learn(docs, golds, ONTOLOGY))
    assert learnt.trust > 0
    assert learnt.made_by["tuned_typed_f1_both"] == 100.0
    assert float(learnt.made_by["tuned_typed_f1_rules"]) < 100.0
    priors = Priors(learnt.features, learnt.thresholds, learnt.trust)
    assert [[c.start for c in find_triggers(doc, ONTOLOGY, "both", priors)] for doc in docs[:2]] == [[2], []]


def test_a_word_that_must_be_one_of_several_things_is_an_event() -> None:
    meeting = next(hit for hit in find_hits(DOCS[0], compile_lexicon(ONTOLOGY)) if hit.reading.type == "MEET")
    protest = replace(meeting, reading=replace(meeting.reading, type="PROTEST"))
    own = replace(meeting, reading=replace(meeting.reading, type="OWN_TYPE"))
    later = replace(meeting, start=meeting.start + 4, end=meeting.end + 4)
    learnt = Priors({"type=MEET": 0.0, "type=PROTEST": 0.0})
    assert learnt.joined([meeting, protest, own, later], [0.4, 0.3, 0.9, 0.45]) == pytest.approx([0.55, 0.3, 0.9, 0.45])
    assert learnt.joined([meeting, protest], [0.9, 0.6]) == pytest.approx([0.95, 0.6])


def test_typed_f1_counts_each_gold_trigger_once() -> None:
    doc, gold = told("Ani")
    assert typed_f1([doc], [gold], [[("MEET", 2, 3)]]) == 1.0
    assert typed_f1([doc], [gold], [[("MEET", 2, 3), ("MEET", 1, 3)]]) == pytest.approx(2 / 3)
    assert typed_f1([doc], [gold], [[("VOTE", 2, 3)]]) == 0.0
    assert typed_f1([doc], [[]], [[]]) == 0.0


def test_documents_without_triggers_are_refused() -> None:
    with pytest.raises(UsageError, match="No trigger"):
        learn([Doc(VOCAB, words=["Hari", "cerah", "."])], [[]], ONTOLOGY)


def write_data(folder: Path) -> tuple[Path, Path]:
    parses = folder / "parses"
    parses.mkdir()
    lines = []
    for number, (doc, gold) in enumerate(zip(DOCS, GOLDS, strict=True)):
        name = f"d{number}"
        (parses / f"{name}.conllu").write_text(doc_to_conllu(doc, name), encoding="utf-8")
        start, end, kind = gold[0]
        event = Event("E1", kind, Trigger(start, end, doc.text[start:end], "rapat"), 0)
        lines.append(record_to_json(Record(Document(name, doc.text), events=(event,))))
    data = folder / "data.jsonl"
    data.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return data, parses


def test_the_command_writes_the_same_file_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, parses = write_data(tmp_path)
    outputs = [tmp_path / "a.json", tmp_path / "b.json"]
    for output in outputs:
        common = ["--data", str(data), "--parses", str(parses), "--output", str(output)]
        main([*common, "--tune", str(data), "--tune-parses", str(parses)])
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    assert "tuned_typed_f1_rules" in capsys.readouterr().out
    assert load_priors("id", outputs[0]).features == json.loads(outputs[0].read_text("utf-8"))["features"]


def test_a_parse_of_another_text_is_refused(tmp_path: Path) -> None:
    data, parses = write_data(tmp_path)
    (parses / "d0.conllu").write_text(doc_to_conllu(DOCS[1], "d0"), encoding="utf-8")
    with pytest.raises(UsageError, match="d0: the parse"):
        load_annotated(data, parses)


@pytest.mark.parametrize("content", ["{", '{"features": {"bias": "much"}}', '{"features": {}, "thresholds": {"rule": 1}}'])
def test_a_damaged_file_of_priors_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trigger_priors.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="trigger_priors"):
        load_priors("id", path)
