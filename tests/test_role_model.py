"""Proposals, the learnt role and modality models, and the composition of events from hand-built documents."""

from __future__ import annotations

import datetime
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from peristiwa.errors import SettingsError
from peristiwa.events import build_events
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import load_cues
from peristiwa.events.modality_model import ModalityModel, load_modality_model, modality_features
from peristiwa.events.proposals import Proposal, propose
from peristiwa.events.reach import barred
from peristiwa.events.role_features import features
from peristiwa.events.role_model import NO_ROLE, RoleModel, choose, load_role_model, weigh
from peristiwa.events.roles import Mentions, frame_of
from peristiwa.language import load_language
from peristiwa.ontology import load_ontology
from peristiwa.training.logistic import fit_logistic, write_weights
from peristiwa.training.modality import Example, fit_follows, tempered
from peristiwa.training.roles import jaccard, label, save
from peristiwa.types import MODALITIES, ROLES, Argument, Document, Entity, Event, Modality, Record, Time, Trigger

CUES = load_cues(load_language("id"))
VOCAB = spacy.blank("id").vocab


def tree(text: str) -> Doc:
    """A Doc of sentences split by " | ", each of ``word/POS/head/relation`` pieces; heads are 1-based, 0 is the root."""
    words, heads, deps, pos, starts = [], [], [], [], []
    for sentence in text.split(" | "):
        base = len(words)
        for number, piece in enumerate(sentence.split()):
            word, tag, head, relation = piece.rsplit("/", 3)
            words.append(word)
            pos.append(tag)
            heads.append(base + (number if head == "0" else int(head) - 1))
            deps.append("ROOT" if head == "0" else relation)
            starts.append(number == 0)
    return Doc(VOCAB, words=words, heads=heads, deps=deps, pos=pos, lemmas=[w.lower() for w in words], sent_starts=starts)


ARREST = "Polisi/NOUN/2/nsubj menangkap/VERB/0/root anggota/NOUN/2/obj dari/ADP/5/case geng/NOUN/3/nmod kemarin/NOUN/2/obl:tmod"


def arrest() -> tuple[Doc, Candidate, Mentions]:
    doc = tree(ARREST)
    start = doc.text.index("kemarin")
    time = Time("D1", "DATE", start, start + 7, "kemarin", "2018-03-13")
    return doc, Candidate("ARREST", 1, 2, 1, "test"), Mentions(doc, [], [time])


def test_proposals_hold_what_the_rules_link_and_how_far_a_phrase_may_reach() -> None:
    doc, candidate, mentions = arrest()
    frame = frame_of(CUES.roles, load_ontology().types["ARREST"].roles)
    found = {doc[p.start : p.end].text: p for p in propose(doc, candidate, frame, mentions, CUES)}
    assert found["Polisi"].roles == ("agent",)
    assert found["anggota dari geng"].roles == ("object",)
    assert found["anggota"].variant == "bare"
    assert found["kemarin"].kind == "time"
    assert found["kemarin"].roles == ("time",)
    assert "menangkap" not in found


def test_features_are_named_once_and_tell_the_sides_apart() -> None:
    doc, candidate, mentions = arrest()
    frame = frame_of(CUES.roles, load_ontology().types["ARREST"].roles)
    proposals = propose(doc, candidate, frame, mentions, CUES)
    for proposal, names in zip(proposals, features(doc, candidate, proposals, mentions, CUES), strict=True):
        assert len(names) == len(set(names))
        side = "<" if proposal.end <= candidate.start else ">"
        assert any(name.startswith(f"distance={side}") for name in names)


def bars(text: str, trigger: str, roles: str, type_: str = "MEET") -> set[str]:
    """The phrases and times that the grammar bars from a role of a trigger."""
    doc = tree(text)
    at = [token.text for token in doc].index(trigger)
    days = [token for token in doc if token.text in ("Senin", "Selasa", "2019")]
    times = [Time(f"D{n}", "DATE", t.idx, t.idx + len(t.text), t.text, "2018-03-12") for n, t in enumerate(days)]
    mentions, candidate = Mentions(doc, [], times), Candidate(type_, at, at + 1, at, "test")
    proposals = propose(doc, candidate, frame_of(CUES.roles, {}), mentions, CUES)
    barring = zip(proposals, barred(doc, candidate, proposals, mentions, CUES), strict=True)
    return {doc[p.start : p.end].text for p, barred_ in barring if roles in barred_}


HELD = (
    "Ia/PRON/2/nsubj:pass ditahan/VERB/0/root di/ADP/4/case Solo/PROPN/2/obl usai/ADP/6/case rapat/NOUN/2/obl "
    "di/ADP/8/case Kudus/PROPN/6/nmod"
)


def test_a_place_belongs_to_the_lowest_clause_that_holds_it() -> None:
    assert "Kudus" in bars(HELD, "ditahan", "place")
    assert "Solo" not in bars(HELD, "ditahan", "place")
    assert "Solo" in bars(HELD, "rapat", "place")
    alone = "Ia/PRON/2/nsubj:pass ditahan/VERB/0/root dalam/ADP/4/case rapat/NOUN/2/obl di/ADP/6/case Kudus/PROPN/4/nmod"
    assert "Kudus" not in bars(alone, "ditahan", "place")


OPENED = (
    "Ia/PRON/2/nsubj membuka/VERB/0/root waduk/NOUN/2/obj yang/PRON/5/nsubj:pass dibangun/VERB/3/acl:relcl "
    "oleh/ADP/7/case Waskita/PROPN/5/obl di/ADP/9/case Solo/PROPN/5/obl pada/ADP/11/case Senin/PROPN/5/obl:tmod"
)


def test_what_a_relative_clause_tells_is_its_own() -> None:
    assert "Senin" in bars(OPENED, "membuka", "time")
    assert "Solo" in bars(OPENED, "membuka", "place")
    assert "Senin" not in bars(OPENED, "dibangun", "time")
    led = (
        "Tim/NOUN/5/nsubj yang/PRON/3/nsubj:pass dipimpin/VERB/1/acl:relcl Joko/PROPN/3/obl "
        "mencari/VERB/0/root korban/NOUN/5/obj"
    )
    assert "Joko" in bars(led, "mencari", "agent")
    assert "Joko" not in bars(led, "dipimpin", "agent")


QUIT = (
    "Menteri/NOUN/5/nsubj yang/PRON/3/nsubj menunjuk/VERB/1/acl:relcl Budi/PROPN/3/obj mundur/VERB/0/root di/ADP/7/case "
    "Solo/PROPN/5/obl pada/ADP/9/case Senin/PROPN/5/obl:tmod"
)


def test_what_the_verb_above_tells_is_not_of_the_relative_clause() -> None:
    assert "Senin" in bars(QUIT, "menunjuk", "time")
    assert "Solo" in bars(QUIT, "menunjuk", "place")
    assert not {"Senin", "Solo"} & (bars(QUIT, "mundur", "time") | bars(QUIT, "mundur", "place"))
    assert "Senin" not in bars(QUIT.replace("mundur", "berlangsung"), "menunjuk", "time")
    stayed = (
        "Pria/NOUN/6/nsubj:pass yang/PRON/3/nsubj tinggal/VERB/1/acl:relcl di/ADP/5/case Solo/PROPN/3/obl ditahan/VERB/0/root"
    )
    assert "Solo" in bars(stayed, "ditahan", "place")
    assert "Solo" not in bars(stayed.replace("Pria", "Bom").replace("tinggal", "berada"), "ditahan", "place")


def test_two_clauses_of_two_days_share_none() -> None:
    both = (
        "Pada/ADP/2/case 2019/NUM/4/obl:tmod Budi/PROPN/4/nsubj tiba/VERB/0/root dan/CCONJ/7/cc ia/PRON/7/nsubj "
        "pergi/VERB/4/conj pada/ADP/9/case Senin/PROPN/7/obl:tmod"
    )
    assert bars(both, "tiba", "time") == {"Senin"}
    assert bars(both, "pergi", "time") == {"2019"}
    shared = "Pada/ADP/2/case 2019/NUM/4/obl:tmod Budi/PROPN/4/nsubj tiba/VERB/0/root dan/CCONJ/6/cc pergi/VERB/4/conj"
    assert bars(shared, "tiba", "time") | bars(shared, "pergi", "time") == set()


def test_an_answer_and_what_is_answered_share_no_day() -> None:
    text = "Rapat/NOUN/2/nsubj:pass dikecam/VERB/0/root Budi/PROPN/2/obl di/ADP/5/case Solo/PROPN/2/obl Senin/PROPN/2/obl:tmod"
    assert "Budi" in bars(text, "Rapat", "agent")
    assert "Solo" in bars(text, "Rapat", "place")
    assert "Senin" in bars(text, "Rapat", "time")
    assert not {"Solo", "Senin"} & (bars(text, "dikecam", "place") | bars(text, "dikecam", "time"))
    assert "Solo" not in bars(text.replace("dikecam", "dibubarkan"), "Rapat", "place")


def test_who_is_named_by_a_deed_meets_with_other_things_elsewhere() -> None:
    text = (
        "Saksi/NOUN/3/nsubj:pass pembunuhan/NOUN/1/nmod diperiksa/VERB/0/root jaksa/NOUN/3/obl di/ADP/6/case Solo/PROPN/3/obl"
    )
    assert "jaksa" in bars(text, "pembunuhan", "agent", "ATTACK")
    assert "Solo" in bars(text, "pembunuhan", "place", "ATTACK")
    assert "Saksi" not in bars(text, "pembunuhan", "object", "ATTACK")
    assert "Solo" not in bars(text.replace("Saksi", "Kepala"), "pembunuhan", "place", "ATTACK")
    at = "Saksi/NOUN/5/nsubj:pass pembunuhan/NOUN/1/nmod di/ADP/4/case Solo/PROPN/1/nmod diperiksa/VERB/0/root"
    assert "Solo" in bars(at, "diperiksa", "place")
    assert "Solo" not in bars(at, "pembunuhan", "place", "ATTACK")


def test_an_active_verb_has_no_agent_behind_oleh() -> None:
    text = "Rini/PROPN/2/nsubj:pass dipaksa/VERB/0/root menemui/VERB/2/xcomp Budi/PROPN/3/obj oleh/ADP/6/case polisi/NOUN/3/obl"
    assert "polisi" in bars(text, "menemui", "agent")
    assert "polisi" not in bars(text, "dipaksa", "agent")


def test_what_a_thing_is_said_to_be_is_no_second_one() -> None:
    text = "UNEF/PROPN/3/nsubj adalah/AUX/3/cop pasukan/NOUN/0/root yang/PRON/5/nsubj:pass dibentuk/VERB/3/acl:relcl"
    assert "pasukan" in bars(text, "dibentuk", "object", "ESTABLISH")
    assert "UNEF" not in bars(text, "dibentuk", "object", "ESTABLISH")
    assert "Desa" in bars(text.replace("UNEF/PROPN", "Desa/NOUN"), "dibentuk", "object", "ESTABLISH")


def test_the_day_of_what_is_agreed_on_is_not_that_of_the_agreement() -> None:
    agreed = (
        "Mereka/PRON/2/nsubj sepakat/VERB/0/root menarik/VERB/2/xcomp pasukan/NOUN/3/obj pada/ADP/6/case Senin/PROPN/3/obl:tmod"
    )
    assert "Senin" in bars(agreed, "sepakat", "time", "AGREE")
    assert bars(agreed, "menarik", "time", "WITHDRAW") == set()


def test_what_brought_a_happening_about_takes_no_part_in_it() -> None:
    caused = "Kematian/NOUN/3/nsubj buruh/NOUN/1/nmod memicu/VERB/0/root mogok/NOUN/3/obj"
    assert {"Kematian buruh", "buruh"} & bars(caused, "mogok", "agent")


THRESHOLDS = dict.fromkeys(ROLES, 0.4)


def scores(**given: float) -> dict:
    return {**dict.fromkeys(ROLES, 0.0), **given}


def test_a_stretch_of_text_fills_the_role_that_is_surest() -> None:
    proposals = [Proposal(0, 2, 0, "phrase"), Proposal(0, 3, 0, "phrase")]
    assert choose(proposals, [scores(agent=0.9), scores(agent=0.5, object=0.8)], THRESHOLDS) == [(proposals[0], "agent")]


def test_who_does_it_may_be_who_claims_it() -> None:
    proposal = Proposal(0, 2, 0, "phrase")
    assert {role for _, role in choose([proposal], [scores(agent=0.9, source=0.8)], THRESHOLDS)} == {"agent", "source"}


def test_only_a_time_expression_fills_time_and_it_fills_nothing_else() -> None:
    proposals = [Proposal(0, 1, 0, "phrase"), Proposal(2, 3, 2, "time", time=0)]
    sure = scores(time=0.9, place=0.8)
    assert choose(proposals, [sure, sure], THRESHOLDS) == [(proposals[1], "time"), (proposals[0], "place")]


def test_a_clause_may_hold_the_phrase_of_another_role() -> None:
    proposals = [Proposal(3, 9, 5, "clause"), Proposal(3, 5, 3, "phrase")]
    chosen = choose(proposals, [scores(topic=0.9), scores(recipient=0.8)], THRESHOLDS)
    assert [role for _, role in chosen] == ["topic", "recipient"]


def test_what_is_below_the_threshold_is_not_given() -> None:
    assert choose([Proposal(0, 1, 0, "phrase")], [scores(agent=0.39)], THRESHOLDS) == []


def test_jaccard_counts_words() -> None:
    text = "65 negara telah tiba"
    assert jaccard(text, (0, 9), (3, 9)) == 0.5
    assert jaccard(text, (0, 2), (3, 9)) == 0.0


def test_the_best_covering_proposal_is_right_and_others_are_left_out() -> None:
    doc = tree("Anggota/NOUN/2/nsubj geng/NOUN/1/nmod baru/ADJ/1/amod lari/VERB/0/root")
    proposals = [Proposal(0, 2, 0, "phrase"), Proposal(0, 3, 0, "phrase"), Proposal(0, 1, 0, "phrase")]
    gold = Argument("agent", 0, len("Anggota geng baru"), "Anggota geng baru")
    right, unclear = label(doc, proposals, [gold])
    assert right == [set(), {"agent"}, set()]
    assert unclear == [{"agent"}, set(), set()]


def test_a_logistic_model_learns_what_separates_and_leaves_out_what_is_rare() -> None:
    rows = [["bias", "by"], ["bias", "by"], ["bias", "to"], ["bias", "to", "once"]]
    learnt = fit_logistic(rows, {"agent": [True, True, False, False]}, penalty=0.1, min_count=2)
    assert learnt["by"]["agent"] > 0.5 > 0 > learnt["to"]["agent"]
    assert "once" not in learnt
    assert learnt == fit_logistic(rows, {"agent": [True, True, False, False]}, penalty=0.1, min_count=2)


def test_models_come_back_from_their_files_as_they_went(tmp_path: Path) -> None:
    path = tmp_path / "roles.json"
    model = RoleModel({"bias": {"agent": -1.0}, "rule=agent": {"agent": 3.0}}, THRESHOLDS)
    save(model, path, {"data": "invented"})
    loaded = load_role_model("xx", path)
    assert loaded is not None
    assert loaded.probabilities(["bias", "rule=agent", "unknown"])["agent"] == pytest.approx(0.8808, abs=1e-4)
    path = tmp_path / "modality.json"
    write_weights(path, {"rule=planned": {"planned": 1.0}}, made_by={})
    sure = load_modality_model("xx", path)
    assert sure is not None
    assert sure.choose(["rule=planned"]) == "planned"
    assert sure.choose([]) == "asserted"


def test_a_later_mention_keeps_the_modality_of_its_happening_as_likely_as_it_is_the_same() -> None:
    event = Event("E1", "MEET", Trigger(0, 7, "bertemu", "temu"), 0, modality="planned")
    told = [replace(event, id=f"E{n}", same_as="E1") for n in range(2, 12)]
    told += [replace(event, id=f"E{n}", modality="asserted") for n in range(12, 80)]
    follows = fit_follows([Record(Document("d", "bertemu"), events=(event, *told))])
    assert follows["planned"]["planned"] > 1 > follows["planned"]["asserted"]
    model = ModalityModel({}, follows=follows)
    undecided: dict[Modality, float] = {"asserted": 0.5, "negated": -9.0, "planned": 0.0, "possible": -9.0}
    assert model.settle(undecided, []) == "asserted"
    assert model.settle(undecided, [("planned", 0.9)]) == "planned"
    assert model.settle(undecided, [("planned", 0.05)]) == "asserted"
    assert ModalityModel({}).settle(undecided, [("planned", 0.9)]) == "asserted"


def test_a_modality_is_tempered_until_it_promises_what_comes_true() -> None:
    model = ModalityModel({"x": {"planned": 6.0}})
    examples: list[Example] = [(at, ["x"], "planned" if at % 4 else "asserted", None) for at in range(40)]
    sums = tempered(model, examples).sums(["x"])
    planned = math.exp(sums["planned"]) / sum(map(math.exp, sums.values()))
    assert 0.65 < planned < 0.8  # three in four of them are
    assert tempered(model, examples).choose(["x"]) == "planned"


def test_the_table_is_not_asked_where_the_network_is_sure_of_no_role() -> None:
    doc = tree("Polisi/NOUN/2/nsubj menangkap/VERB/0/root Budi/PROPN/2/obj")
    candidate, mentions = Candidate("ARREST", 1, 2, 1, "test"), Mentions(doc, [], [])
    proposals = propose(doc, candidate, frame_of(CUES.roles, {}), mentions, CUES)
    model = RoleModel({"bias": {"agent": 90.0}}, THRESHOLDS, share=0.6)
    sure = [dict.fromkeys(ROLES, NO_ROLE - 1.0) | {"time": 5.0} for _ in proposals]
    named, scores = weigh(doc, candidate, proposals, mentions, CUES, model, sure)
    assert proposals
    assert not any(named)
    assert {value for score in scores for value in score.values()} == {0.0}
    named, scores = weigh(doc, candidate, proposals, mentions, CUES, replace(model, share=0.0), sure)
    assert all(named)
    assert max(score["agent"] for score in scores) > 0.99


def test_a_table_of_what_follows_is_whole_or_told(tmp_path: Path) -> None:
    path = tmp_path / "modality.json"
    for follows in ({"planned": {"planned": 2.0}}, dict.fromkeys(MODALITIES, dict.fromkeys(MODALITIES, 0.0))):
        write_weights(path, {"bias": {"planned": 1.0}}, follows=follows, made_by={})
        with pytest.raises(SettingsError, match="follows"):
            load_modality_model("xx", path)
        load_modality_model.cache_clear()


def test_without_a_file_there_is_no_model_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    assert load_role_model("xx", tmp_path / "none.json") is None
    assert load_modality_model("xx", tmp_path / "none.json") is None
    for content in ("{", json.dumps({"features": 3})):
        path = tmp_path / f"{len(content)}.json"
        path.write_text(content)
        with pytest.raises(SettingsError, match=str(len(content))):
            load_role_model("xx", path)
        with pytest.raises(SettingsError, match=str(len(content))):
            load_modality_model("xx", path)


def test_modality_features_name_the_marker_and_what_the_event_is_embedded_under() -> None:
    doc = tree("Dewan/NOUN/2/nsubj berencana/VERB/0/root segera/ADV/4/advmod bertemu/VERB/2/xcomp")
    names = modality_features(doc, Candidate("MEET", 3, 4, 3, "test"), CUES)
    assert {"rule=planned", "marker=segera", "up1=berencana:xcomp", "up@planning"} <= set(names)


TWO = (
    "Polisi/NOUN/2/nsubj menangkap/VERB/0/root Budi/PROPN/2/obj kemarin/NOUN/2/obl:tmod | "
    "Polisi/NOUN/2/nsubj menangkap/VERB/0/root Budi/PROPN/2/obj di/ADP/5/case Solo/PROPN/2/obl"
)


def test_events_are_numbered_linked_dated_and_told_again() -> None:
    doc = tree(TWO)
    budi = [i for i in range(len(doc.text)) if doc.text.startswith("Budi", i)]
    entities = [Entity(f"T{n}", "PER", at, at + 4, "Budi", "Budi") for n, at in enumerate(budi, 1)]
    at = doc.text.index("kemarin")
    times = [Time("D1", "DATE", at, at + 7, "kemarin", "2018-03-13")]
    candidates = [Candidate("ARREST", 5, 6, 5, "b"), Candidate("ARREST", 1, 2, 1, "a")]
    events = build_events(doc, candidates, times, entities, load_ontology(), CUES, published=datetime.date(2018, 3, 14))
    assert [(e.id, e.rule, e.sentence, e.same_as) for e in events] == [("E1", "a", 0, None), ("E2", "b", 1, "E1")]
    assert [(e.date.value, e.date.basis) for e in events if e.date] == [
        ("2018-03-13", "argument"),
        ("2018-03-13", "context"),
    ]
    assert [(a.role, a.entity, a.time) for a in events[0].arguments] == [
        ("agent", None, None),
        ("object", "T1", None),
        ("time", None, "D1"),
    ]
    assert all(doc.text[e.trigger.start : e.trigger.end] == e.trigger.text for e in events)
