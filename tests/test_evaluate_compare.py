"""How sure a score is, whether two runs differ, and floors that only rise."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from peristiwa.errors import SettingsError, UsageError
from peristiwa.evaluate import (
    Counts,
    check_floors,
    compare_runs,
    evaluate_events,
    gold_hash,
    pin_floors,
    read_floors,
    score_table,
)
from peristiwa.evaluate.compare import score_of
from peristiwa.evaluate.metrics import METRICS
from peristiwa.types import (
    Document,
    Record,
)
from scored import GOLD, RUN, TEXT


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
