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

from peristiwa.errors import GoldError, SettingsError, UsageError
from peristiwa.evaluate import (
    Counts,
    Scores,
    check_floors,
    compare_runs,
    evaluate_events,
    gold_hash,
    pin_floors,
    read_floors,
    read_gold,
    read_run,
    score_table,
)
from peristiwa.evaluate.align import best_pairs, jaccard
from peristiwa.evaluate.compare import score_of
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
    Role,
    Sentence,
    Time,
    Trigger,
)

TEXT = "Pada Januari 2031 Dewan Samudra mengesahkan Piagam Laut dan menolak usul Kota Malaka soal tarif baru kapal."


def at(quoted: str, text: str = TEXT) -> tuple[int, int]:
    assert text.count(quoted) == 1
    return text.index(quoted), text.index(quoted) + len(quoted)


def argument(role: Role, quoted: str) -> Argument:
    return Argument(role, *at(quoted), quoted)


def event(kind: str, quoted: str, *arguments: Argument, date: str | None = None, id: str = "E1", **rest: str) -> Event:
    when = EventDate(date, None, None, None, "argument") if date else None
    return Event(id, kind, Trigger(*at(quoted), quoted, ""), 0, date=when, arguments=arguments, **rest)  # type: ignore[arg-type]


def record(*events: Event, entities: tuple[Entity, ...] = (), times: tuple[Time, ...] = (), doc_id: str = "d") -> Record:
    return Record(Document(doc_id, TEXT), (Sentence(0, len(TEXT)),), entities, times, (), events)


GOLD = record(
    event(
        "ADOPT",
        "mengesahkan",
        argument("time", "Januari 2031"),
        argument("agent", "Dewan Samudra"),
        argument("object", "Piagam Laut"),
        date="2031-01",
    ),
    event(
        "REJECT",
        "menolak",
        argument("agent", "Dewan Samudra"),
        argument("object", "usul Kota Malaka"),
        argument("topic", "tarif baru kapal"),
        id="E2",
    ),
    entities=(
        Entity("T1", "ORG", *at("Dewan Samudra"), "Dewan Samudra", "Dewan Samudra"),
        Entity("T2", "LAW", *at("Piagam Laut"), "Piagam Laut", "Piagam Laut"),
        Entity("T3", "LOC", *at("Kota Malaka"), "Kota Malaka", "Kota Malaka"),
    ),
    times=(Time("D1", "DATE", *at("Januari 2031"), "Januari 2031", "2031-01"),),
)

RUN = record(
    event(
        "ADOPT",
        "mengesahkan",
        argument("time", "Januari 2031"),
        argument("agent", "Dewan"),  # Jaccard 1/2: counts, but not strictly
        argument("object", "Piagam Laut"),
        date="2031-01",
    ),
    event(
        "REJECT",
        "menolak",
        argument("agent", "Dewan Samudra"),
        argument("object", "Malaka"),  # Jaccard 1/3
        argument("recipient", "tarif baru kapal"),  # wrong role
        id="E2",
        date="2031-02",
        modality="planned",
    ),
    event("CALL", "usul", id="E3"),  # no such event
    entities=(
        Entity("T1", "ORG", *at("Dewan"), "Dewan", "Dewan"),
        Entity("T2", "LAW", *at("Piagam Laut"), "Piagam Laut", "Piagam Laut"),
        Entity("T3", "ORG", *at("Kota Malaka"), "Kota Malaka", "Kota Malaka"),
    ),
    times=(
        Time("D1", "TIME", *at("Januari"), "Januari", "2031-01"),
        Time("D2", "DATE", *at("2031"), "2031", "2031"),
    ),
)

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


# --- intervals, comparisons, floors --------------------------------------------------------------------------------


def many(run: Record, n: int, doc: str = "d") -> list[Record]:
    return [replace(run, document=replace(run.document, doc_id=f"{doc}{i:02}")) for i in range(n)]


EMPTY = Record(Document("d", TEXT))


def test_intervals_are_reproducible_hold_the_score_and_need_documents() -> None:
    golds = many(GOLD, 20)
    runs = many(GOLD, 10) + many(EMPTY, 20)[10:]
    one, two = evaluate_events(golds, runs), evaluate_events(golds[::-1], runs[::-1])
    assert one.to_dict() == two.to_dict()
    score = one.layers["event typed"]
    assert score.f1_interval is not None
    low, high = score.f1_interval
    assert low < score.f1 < high
    # Recall is the share of documents found: its interval is that of a binomial of 20 draws at 1/2.
    assert score.recall_interval == pytest.approx((0.3, 0.7))
    assert evaluate_events(golds[:1], runs[:1]).layers["event typed"].f1_interval is None
    assert score_of([Counts(1, 1, 1)] * 5).f1_interval == (1.0, 1.0)


def test_comparing_runs() -> None:
    golds = many(GOLD, 12)
    good, bad = evaluate_events(golds, many(GOLD, 12)), evaluate_events(golds, many(RUN, 12))
    result = compare_runs(bad, good)["argument"]
    assert (result.first, result.second) == (pytest.approx(2 / 3), 1.0)
    assert result.difference == pytest.approx(1 / 3)
    # Only all swapped or none reaches the difference: p is near 2 / 2^12.
    assert result.p < 0.003
    assert result.interval == pytest.approx((1 / 3, 1 / 3))
    same = compare_runs(good, good)["argument"]
    assert (same.difference, same.p) == (0.0, 1.0)
    mirrored = compare_runs(good, bad)["argument"]
    assert mirrored.difference == pytest.approx(-1 / 3)
    with pytest.raises(UsageError, match="same gold"):
        compare_runs(good, evaluate_events(golds[:3], []))


def test_floors_pin_check_and_refuse_to_sink(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    golds = many(GOLD, 3)
    sha = gold_hash(golds)
    assert gold_hash(golds[::-1]) == sha
    assert gold_hash(golds[:2]) != sha
    good, bad = evaluate_events(golds, many(GOLD, 3)), evaluate_events(golds, many(RUN, 3))
    assert pin_floors(path, "set", bad, sha, ["argument", "argument/agent"]) == {
        "argument": 0.661,
        "argument/agent": 0.995,
    }
    floors = read_floors(path)["set"]
    assert check_floors(bad, sha, floors) == []
    assert check_floors(good, sha, floors) == []
    (changed,) = check_floors(good, gold_hash(golds[:2]), floors)
    assert "gold changed" in changed
    empty = evaluate_events(golds, [])
    assert [v.split(":")[0] for v in check_floors(empty, sha, floors)] == ["argument", "argument/agent"]
    pin_floors(path, "set", good, sha, ["argument", "argument/agent"])
    assert len(check_floors(bad, sha, read_floors(path)["set"])) == 1
    with pytest.raises(UsageError, match="would sink"):
        pin_floors(path, "set", bad, sha, ["argument", "argument/agent"])
    with pytest.raises(UsageError, match="would sink"):  # leaving a floor out is lowering it
        pin_floors(path, "set", good, sha, ["argument"])
    pin_floors(path, "set", bad, sha, ["argument"], lower=True)
    assert read_floors(path)["set"].floors == {"argument": 0.661}
    with pytest.raises(UsageError, match="no such score"):
        pin_floors(path, "set", good, sha, ["happiness"])
    path.write_text('{"set": {"gold_sha256": "x", "floors": {}}}', encoding="utf8")
    with pytest.raises(SettingsError, match="gold_sha256"):
        read_floors(path)


def test_a_floor_without_its_score_is_a_violation(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    scores = evaluate_events([GOLD], [GOLD])
    pin_floors(path, "set", scores, gold_hash([GOLD]), ["record"])
    data = json.loads(path.read_text(encoding="utf8"))
    data["set"]["floors"]["gone"] = 0.5
    path.write_text(json.dumps(data), encoding="utf8")
    assert check_floors(scores, gold_hash([GOLD]), read_floors(path)["set"]) == [
        "gone: there is a floor of 0.500 but no such score."
    ]


def test_tables_and_json_show_every_layer() -> None:
    from rich.console import Console

    scores = evaluate_events(many(GOLD, 3), many(RUN, 3))
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(score_table(scores))
    console.print(score_table(scores, "argument"))
    shown = console.export_text()
    assert all(name in shown for name in METRICS)
    assert "recipient" in shown
    data = scores.to_dict()
    assert data["documents"] == 3
    assert list(data["layers"]) == list(METRICS)
    json.dumps(data, allow_nan=False)


def test_dates_are_compared_as_values_only() -> None:
    published = replace(GOLD, document=replace(GOLD.document, published=datetime.date(2031, 1, 2)))
    other = replace(GOLD.events[0], date=EventDate("2031-01", "2031-01", "2031-01-01", "2031-01-31", "publication"))
    assert counts(evaluate_events([GOLD], [replace(published, events=(other,))]))["event dated"] == (1, 1, 1)
