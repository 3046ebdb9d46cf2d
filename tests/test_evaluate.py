"""Scores of events and their parts: hand-counted cases, and laws that hold for any gold and any run."""

from __future__ import annotations

import datetime
import json
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peristiwa.errors import GoldError, UsageError
from peristiwa.evaluate import (
    Counts,
    Scores,
    evaluate_events,
    read_gold,
    read_run,
)
from peristiwa.evaluate.align import best_pairs, jaccard
from peristiwa.evaluate.metrics import METRICS
from peristiwa.records import record_to_json
from peristiwa.types import (
    MODALITIES,
    ROLES,
    Argument,
    Document,
    Entity,
    Event,
    EventDate,
    Record,
    Sentence,
    Time,
    Trigger,
)
from scored import GOLD, RUN, TEXT, argument, event, record

HAND_COUNTED = {
    "entity strict": Counts(1, 3, 3),
    "entity relaxed": Counts(2, 3, 3),
    "time relaxed": Counts(1, 1, 2),
    "time strict": Counts(0, 1, 2),
    "time type": Counts(1, 1, 2),  # "2031" is a DATE, if not the time with the greatest overlap
    "time value": Counts(1, 1, 2),
    "trigger found": Counts(2, 2, 3),
    "event typed": Counts(2, 2, 3),
    "argument": Counts(4, 6, 6),
    "argument strict": Counts(3, 6, 6),
    "record": Counts(1, 2, 3),
    "event dated": Counts(1, 1, 2),
    "modality": Counts(1, 2, 2),
    "happening": Counts(2, 2, 3),
    "same_as": Counts(0, 0, 0),
}


def counts(scores: Scores) -> dict[str, Counts]:
    return {name: Counts(s.correct, s.gold, s.predicted) for name, s in scores.layers.items()}


def test_hand_counted_case() -> None:
    assert counts(evaluate_events([GOLD], [RUN])) == HAND_COUNTED
    assert set(HAND_COUNTED) == set(METRICS)


def test_labels_of_the_hand_counted_case() -> None:
    parts = evaluate_events([GOLD], [RUN]).parts
    by_label = {
        layer: {label: Counts(s.correct, s.gold, s.predicted) for label, s in labels.items()} for layer, labels in parts.items()
    }
    assert by_label["argument"] == {
        "agent": Counts(2, 2, 2),
        "object": Counts(1, 2, 2),
        "recipient": Counts(0, 0, 1),
        "time": Counts(1, 1, 1),
        "topic": Counts(0, 1, 0),
    }
    assert by_label["event typed"] == {
        "ADOPT": Counts(1, 1, 1),
        "CALL": Counts(0, 0, 1),
        "REJECT": Counts(1, 1, 1),
    }
    assert by_label["entity strict"] == {"LAW": Counts(1, 1, 1), "LOC": Counts(0, 1, 0), "ORG": Counts(0, 1, 2)}
    assert by_label["modality"] == {"asserted": Counts(1, 2, 1), "planned": Counts(0, 0, 1)}


def test_precision_recall_and_f1() -> None:
    score = evaluate_events([GOLD], [RUN]).layers["event typed"]
    assert (score.precision, score.recall, score.f1) == (2 / 3, 1.0, 0.8)


def test_wrong_type_is_found_but_not_typed() -> None:
    scores = evaluate_events([record(event("SIGN", "mengesahkan"))], [record(event("ADOPT", "mengesahkan"))])
    assert counts(scores)["trigger found"] == (1, 1, 1)
    assert counts(scores)["event typed"] == (0, 1, 1)


@pytest.mark.parametrize(
    ("gold", "run", "correct"),
    [
        ((argument("object", "Piagam Laut"),), (), 0),
        ((), (argument("time", "Januari 2031"),), 0),
        ((), (argument("topic", "tarif baru kapal"),), 1),  # a topic is no part of a record
        ((argument("agent", "Dewan Samudra"),), (argument("object", "Dewan Samudra"),), 0),
        ((argument("agent", "Dewan Samudra"),), (argument("agent", "Dewan"),), 1),
        (
            (argument("object", "Piagam Laut"), argument("object", "Kota Malaka")),
            (argument("object", "Kota Malaka"), argument("object", "Piagam Laut")),
            1,
        ),
        (
            (argument("object", "Piagam Laut"), argument("object", "Kota Malaka")),
            (argument("object", "Piagam Laut"), argument("object", "Laut")),
            0,
        ),
    ],
)
def test_records(gold: tuple[Argument, ...], run: tuple[Argument, ...], correct: int) -> None:
    scores = evaluate_events([record(event("ADOPT", "mengesahkan", *gold))], [record(event("ADOPT", "mengesahkan", *run))])
    assert counts(scores)["record"] == (correct, 1, 1)


def test_two_events_on_one_trigger_are_told_apart_by_their_arguments() -> None:
    one = event("ADOPT", "mengesahkan", argument("object", "Piagam Laut"))
    two = event("ADOPT", "mengesahkan", argument("object", "Kota Malaka"), id="E2", modality="planned")
    for run in ((one, two), (two, one)):
        scores = counts(evaluate_events([record(one, two)], [record(*run)]))
        assert scores["argument strict"] == (2, 2, 2)
        assert scores["record"] == (2, 2, 2)
        assert scores["modality"] == (2, 2, 2)


@pytest.mark.parametrize(
    ("gold", "run", "happening", "same_as"),
    [  # the chains that the four mentions make; a letter is a happening
        ("aabb", "aabb", (2, 2, 2), (2, 2, 2)),
        ("aabb", "aaaa", (1, 2, 1), (2, 2, 3)),
        ("aaaa", "aabb", (1, 1, 2), (2, 3, 2)),
        ("aabb", "abab", (2, 2, 2), (0, 2, 2)),
        ("aaab", "abcc", (2, 2, 3), (0, 2, 1)),
        ("aaaa", ".a..", (1, 1, 1), (0, 3, 0)),  # a dot is a mention that was not found
        ("abcd", "aaaa", (1, 4, 1), (0, 0, 3)),
        ("aa..", "..aa", (0, 1, 1), (0, 1, 1)),
    ],
)
def test_happenings(gold: str, run: str, happening: tuple[int, ...], same_as: tuple[int, ...]) -> None:
    def told(chains: str) -> Record:
        words = ("mengesahkan", "menolak", "usul", "soal")
        out: list[Event] = []
        for at, letter in enumerate(chains):
            earlier = f"E{chains.index(letter)}" if chains.index(letter) < at else None
            if letter != ".":
                out.append(replace(event("ADOPT", words[at], id=f"E{at}"), same_as=earlier))
        return record(*out)

    for one, two in ((told(gold), told(run)), (told(gold), replace(told(run), events=told(run).events[::-1]))):
        scores = counts(evaluate_events([one], [two]))
        assert (scores["happening"], scores["same_as"]) == (happening, same_as)


def test_duplicates_are_punished() -> None:
    doubled = replace(GOLD, events=(*GOLD.events, replace(GOLD.events[0], id="E9")))
    scores = counts(evaluate_events([GOLD], [doubled]))
    assert scores["event typed"] == (2, 2, 3)
    assert scores["argument"] == (6, 6, 9)
    assert scores["record"] == (2, 2, 3)


def test_documents_are_summed_and_missing_ones_count_as_empty() -> None:
    other = replace(GOLD, document=replace(GOLD.document, doc_id="e"))
    stray = replace(GOLD, document=replace(GOLD.document, doc_id="z"))
    scores = evaluate_events([GOLD, other], [GOLD, stray])
    assert (scores.missing, scores.extra) == (("e",), ("z",))
    assert counts(scores)["event typed"] == (2, 4, 2)
    assert scores.layers["event typed"].recall == 0.5


def test_nothing_to_find_and_nothing_found_is_undefined_not_perfect() -> None:
    empty = Record(Document("d", TEXT))
    scores = evaluate_events([empty], [empty])
    assert all(math.isnan(s.f1) for s in scores.layers.values())
    data = json.loads(json.dumps(scores.to_dict(), allow_nan=False))
    assert data["layers"]["event typed"]["f1"] is None
    only_gold = evaluate_events([GOLD], [empty]).layers["event typed"]
    assert (only_gold.recall, only_gold.f1) == (0.0, 0.0)
    assert math.isnan(only_gold.precision)


def test_other_text_and_doubled_documents_are_refused() -> None:
    other = Record(Document("d", TEXT.replace("Laut", "Darat")))
    with pytest.raises(GoldError, match=f"from character {TEXT.index('Laut')}"):
        evaluate_events([GOLD], [other])
    with pytest.raises(GoldError, match="stands twice"):
        evaluate_events([GOLD, GOLD], [])
    with pytest.raises(GoldError, match="nothing to score"):
        evaluate_events([], [GOLD])


def test_gold_and_run_are_read_from_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    file = tmp_path / "run" / "annotations.jsonl"
    file.write_text(record_to_json(RUN) + "\n", encoding="utf8")
    (tmp_path / "gold.jsonl").write_text(record_to_json(GOLD) + "\n", encoding="utf8")
    for run in (file, tmp_path / "run"):
        assert counts(evaluate_events(read_gold(tmp_path / "gold.jsonl"), read_run(run))) == HAND_COUNTED
    with pytest.raises(UsageError, match="no such file"):
        read_run(tmp_path)
    with pytest.raises(GoldError, match="no annotated documents"):
        read_gold(tmp_path)


def test_jaccard_is_over_words_at_their_places() -> None:
    text = "laut dan laut, batu-batu"
    assert jaccard(Sentence(0, 4), Sentence(9, 13), text) == 0.0  # the same word elsewhere
    assert jaccard(Sentence(0, 13), Sentence(0, 14), text) == 1.0  # punctuation does not count
    assert jaccard(Sentence(0, 13), Sentence(0, 8), text) == 2 / 3
    assert jaccard(Sentence(15, 24), Sentence(15, 19), text) == 1 / 2
    assert jaccard(Sentence(13, 14), Sentence(13, 14), text) == 1.0  # no word at all, but the same span
    assert jaccard(Sentence(13, 15), Sentence(13, 14), text) == 0.0


def test_best_pairs_is_optimal_where_greedy_is_not() -> None:
    assert best_pairs({(0, 0): (5,), (0, 1): (4,), (1, 0): (4,)}) == [(0, 1), (1, 0)]
    assert best_pairs({(0, 0): (9,), (0, 1): (4,), (1, 0): (4,)}) == [(0, 0)]
    assert best_pairs({(0, 0): (8,), (0, 1): (4,), (1, 0): (4,)}) == [(0, 1), (1, 0)]  # a tie: more pairs
    assert best_pairs({(0, 0): (3, 0), (0, 1): (3, 1)}) == [(0, 1)]  # a tie: what comes next
    assert best_pairs({}) == []


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.tuples(st.integers(1, 9)), max_size=9))
def test_best_pairs_equals_brute_force(ranks: dict[tuple[int, int], tuple[int]]) -> None:
    def best(edges: list[tuple[int, int]]) -> tuple[int, int]:
        if not edges:
            return 0, 0
        (row, column), rest = edges[0], edges[1:]
        overlap, pairs = best([e for e in rest if e[0] != row and e[1] != column])
        return max(best(rest), (overlap + ranks[row, column][0], pairs + 1))

    chosen = best_pairs(ranks)
    assert len({i for i, _ in chosen}) == len({j for _, j in chosen}) == len(chosen)
    assert (sum(ranks[p][0] for p in chosen), len(chosen)) == best(sorted(ranks))


# --- laws over arbitrary annotations -------------------------------------------------------------------------------

WORD_SPANS = [(i, i + len(w)) for w in set(TEXT.split()) for i in [TEXT.index(w)]]


@st.composite
def annotations(draw: st.DrawFn) -> Record:
    index = st.integers(0, len(WORD_SPANS) - 1)
    ordered = sorted(WORD_SPANS)
    span = st.tuples(index, st.integers(0, 2)).map(lambda p: (ordered[p[0]][0], ordered[min(p[0] + p[1], len(ordered) - 1)][1]))
    entities = tuple(
        Entity(f"T{i}", kind, a, b, TEXT[a:b], TEXT[a:b])
        for i, (kind, (a, b)) in enumerate(draw(st.lists(st.tuples(st.sampled_from(["PER", "ORG"]), span), max_size=5)))
    )
    times = tuple(
        Time(f"D{i}", kind, a, b, TEXT[a:b], value)
        for i, (kind, value, (a, b)) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(["DATE", "SET"]), st.sampled_from([None, "1", "2"]), span), max_size=4))
        )
    )
    events = []
    for i in range(draw(st.integers(0, 5))):
        a, b = draw(span)
        date = draw(st.sampled_from([None, "2031", "2032"]))
        fillers = draw(st.lists(st.tuples(st.sampled_from(ROLES[:3]), span), max_size=3))
        events.append(
            Event(
                f"E{i}",
                draw(st.sampled_from(["ADOPT", "REJECT"])),
                Trigger(a, b, TEXT[a:b], ""),
                0,
                draw(st.sampled_from(MODALITIES)),
                date=EventDate(date, None, None, None, "context") if date else None,
                arguments=tuple(Argument(role, x, y, TEXT[x:y]) for role, (x, y) in fillers),
            )
        )
    return Record(Document("d", TEXT), (), entities, times, (), tuple(events))


def shuffled(record: Record, seed: int) -> Record:
    rng = random.Random(seed)

    def mix(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(rng.sample(items, len(items)))

    events = tuple(replace(e, arguments=mix(e.arguments)) for e in record.events)
    return replace(record, entities=mix(record.entities), times=mix(record.times), events=mix(events))


LAWS = settings(max_examples=150, deadline=None)


@LAWS
@given(annotations(), annotations(), st.integers(0, 99))
def test_order_of_lists_never_changes_a_score(gold: Record, run: Record, seed: int) -> None:
    straight = evaluate_events([gold], [run])
    mixed = evaluate_events([shuffled(gold, seed)], [shuffled(run, seed + 1)])
    assert mixed.to_dict() == straight.to_dict()


@LAWS
@given(annotations(), annotations())
def test_swapping_gold_and_run_swaps_precision_and_recall(gold: Record, run: Record) -> None:
    forth = counts(evaluate_events([gold], [run]))
    back = counts(evaluate_events([run], [gold]))
    assert {name: Counts(c.correct, c.predicted, c.gold) for name, c in back.items()} == forth


@LAWS
@given(annotations())
def test_gold_against_itself_is_perfect(gold: Record) -> None:
    for name, c in counts(evaluate_events([gold], [gold])).items():
        expected = sum(t.value is not None for t in gold.times) if name == "time value" else c.gold
        assert (c.correct, c.predicted) == (expected, c.gold), name


@LAWS
@given(annotations(), annotations())
def test_layers_are_nested_and_bounded(gold: Record, run: Record) -> None:
    c = counts(evaluate_events([gold], [run]))
    assert all(0 <= n.correct <= min(n.gold, n.predicted) for n in c.values())
    assert c["argument strict"].correct <= c["argument"].correct
    assert c["record"].correct <= c["event typed"].correct
    assert c["event dated"].correct <= c["event typed"].correct == c["modality"].gold


def test_dates_are_compared_as_values_only() -> None:
    published = replace(GOLD, document=replace(GOLD.document, published=datetime.date(2031, 1, 2)))
    other = replace(GOLD.events[0], date=EventDate("2031-01", "2031-01", "2031-01-01", "2031-01-31", "publication"))
    assert counts(evaluate_events([GOLD], [replace(published, events=(other,))]))["event dated"] == (1, 1, 1)
