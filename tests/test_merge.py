"""Across documents: what is proposed as one happening, what is not, what is marked, and that it can be undone."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from peristiwa.cli import app
from peristiwa.emit import write_run
from peristiwa.errors import SettingsError, UsageError
from peristiwa.merge import Merged, load_options, merge_records, merge_run, undo_merge
from peristiwa.types import Record
from reports import Told, report

OPTIONS = load_options()
PAGE = (Path(__file__).parents[1] / "docs" / "merging.md").read_text(encoding="utf8")
WARU = ("LOC", "Waru", None)


def quake(
    doc_id: str,
    day: str | None,
    place: str = "Waru",
    toll: tuple[str, float, str | None] | None = None,
    published: str | None = None,
    kind: str = "gempa",
    also: str = "",
    title: str | None = None,
) -> Record:
    """A report of a quake (or another ``kind`` of thing) in two sentences; ``toll`` is words, value and bound."""
    text = f"Sebuah {kind} mengguncang {place}.{also}"
    events = [Told("DISASTER", kind, kind, {"place": place}, (day, day) if day else None)]
    names = {place: ("LOC", place, None)}
    if also:
        names[also.strip(" .")] = ("LOC", also.strip(" ."), None)
    numbers = {}
    if toll:
        text += f" Akibatnya {toll[0]} tewas."
        events.append(Told("DIE", "tewas", "tewas", {"object": toll[0], "place": place}, (day, day) if day else None))
        numbers[toll[0]] = (toll[1], "warga", toll[2])
    return report(doc_id, text, events, names, numbers, published, title)  # type: ignore[arg-type]


def together(merged: Merged) -> list[list[tuple[str, str]]]:
    return [[merged.profiles[i].key for i in cluster.members] for cluster in merged.clusters]


def merge(*records: Record) -> Merged:
    return merge_records(records, OPTIONS)


def run_of(folder: Path, *records: Record) -> Path:
    write_run(folder, records, settings={}, settings_hash="", packages={}, models={}, groups={})
    return folder


A = quake("a", "2031-05-03", toll=("12 warga", 12, None), published="2031-05-03")
B = quake("b", "2031-05-03", toll=("19 warga", 19, None), published="2031-05-05")
LATER = quake("c", "2031-07-03", toll=("12 warga", 12, None), published="2031-07-03")


def test_a_rising_toll_is_a_conflict_and_no_reason_to_part() -> None:
    merged = merge(A, B)
    assert together(merged) == [[("a", "E1"), ("b", "E1")], [("a", "E2"), ("b", "E2")]]
    for line in merged.lines():
        (conflict,) = line["conflicts"]
        assert (conflict["what"], conflict["key"], conflict["course"]) == ("number", "DIE orang", "rises")
        assert [(t["doc_id"], t["value"], t["text"]) for t in conflict["told"]] == [
            ("a", 12, "12 warga"),
            ("b", 19, "19 warga"),
        ]


@pytest.mark.parametrize(
    ("one", "two", "clash"),
    [
        (("sedikitnya 12 warga", 12, "at_least"), ("19 warga", 19, None), False),
        (("sedikitnya 19 warga", 19, "at_least"), ("12 warga", 12, None), True),
        (("sekitar 20 warga", 20, "about"), ("19 warga", 19, None), False),
        (("paling banyak 9 warga", 9, "at_most"), ("12 warga", 12, None), True),
        (("12 warga", 12, None), ("12 warga", 12, None), False),
    ],
)
def test_bounds_decide_what_contradicts(one: tuple[str, float, str], two: tuple[str, float, str], clash: bool) -> None:
    lines = list(merge(quake("a", "2031-05-03", toll=one), quake("b", "2031-05-03", toll=two)).lines())
    assert [bool(line["conflicts"]) for line in lines] == [clash, clash]


def test_tolls_come_together_with_what_they_come_from() -> None:
    def told(doc_id: str, toll: str, value: float, place: str = "Waru") -> Record:
        day = ("2031-05-03", "2031-05-03")
        events = [
            Told("DISASTER", "Gempa", "gempa", {"place": place}, day),
            Told("DIE", "tewas", "tewas", {"object": toll}, day),
        ]
        text = f"Gempa mengguncang {place}.\nKini {toll} tewas."
        return report(doc_id, text, events, {place: ("LOC", place, None)}, {toll: (value, "orang", None)})

    lines = list(merge(told("a", "12 orang", 12), told("b", "15 orang", 15), told("c", "15 orang", 15, "Lamo")).lines())
    assert [(line["type"], [h["doc_id"] for h in line["happenings"]]) for line in lines] == [
        ("DISASTER", ["a", "b"]),
        ("DIE", ["a", "b"]),
    ]
    assert lines[1]["links"][0]["parts"]["company"] == OPTIONS.weights.company.same
    assert [c["key"] for c in lines[1]["conflicts"]] == ["DIE orang"]


def test_quakes_in_different_months_are_two_even_with_the_same_toll_and_title() -> None:
    titled = [replace(r, document=replace(r.document, title="Gempa Guncang Waru")) for r in (A, LATER)]
    merged = merge(*titled)
    assert merged.clusters == []
    assert merge(A, B, LATER).clusters == merge(A, B).clusters
    assert merge(A, quake("c", "2031-05-20", toll=("12 warga", 12, None))).refused == {"dates apart": 2}


def test_a_report_without_a_date_joins_by_its_publication_but_is_no_bridge() -> None:
    undated = quake("m", None, toll=("12 warga", 12, None), published="2031-05-06")
    early, late = quake("a", "2031-05-01", published="2031-05-01"), quake("b", "2031-05-09", published="2031-05-09")
    merged = merge(early, undated, late)
    assert together(merge(early, undated)) == [[("a", "E1"), ("m", "E1")]]
    assert together(merged) == [[("a", "E1"), ("m", "E1")]]
    assert sum(merged.refused.values()) > 0
    silent = quake("n", None)  # neither a date nor a day of publication: nothing says when
    assert merge(early, silent).clusters == []


def test_other_places_other_kinds_and_other_types_stay_apart() -> None:
    assert merge(A, quake("b", "2031-05-03", place="Lamo")).clusters == []
    assert merge(A, quake("b", "2031-05-03", kind="banjir")).clusters == []
    wrong = replace(B, events=tuple(replace(e, type="ACCIDENT") for e in B.events[:1]))
    assert merge(quake("a", "2031-05-03"), wrong).clusters == []


def test_places_of_other_members_speak_for_a_member_that_names_none() -> None:
    blank = report(
        "m",
        "Sebuah gempa terjadi. Akibatnya Bupati Rani terluka.",
        [Told("DISASTER", "gempa", "gempa", {"topic": "Rani"}, ("2031-05-03", "2031-05-03"))],
        {"Rani": ("PER", "Rani", None)},
        title="Gempa Besar Pagi Hari",
    )
    there = [quake(d, "2031-05-03", place=p, title="Gempa Besar Pagi Hari") for d, p in (("a", "Waru"), ("b", "Lamo"))]
    merged = merge(there[0], blank, there[1])
    assert len(merged.clusters) == 1
    assert len(merged.clusters[0].members) == 2
    assert merged.refused == {"places or actors of other members apart": 1}


def test_a_place_that_the_other_report_names_elsewhere_is_near_and_dates_that_just_miss_are_marked() -> None:
    one = quake("a", "2031-05-03", also=" Lamo.", toll=("12 warga", 12, None), title="Gempa Pagi Guncang Waru")
    two = quake("b", "2031-05-04", place="Lamo", toll=("12 warga", 12, None), title="Gempa Pagi Guncang Lamo")
    line = next(merge(one, two).lines())
    assert [c["what"] for c in line["conflicts"]] == ["date"]
    assert (line["earliest"], line["latest"]) == ("2031-05-03", "2031-05-04")
    parts = line["links"][0]["parts"]
    assert (parts["places"], parts["time"]) == (OPTIONS.weights.places.named, OPTIONS.weights.date.near)


def test_places_that_differ_are_a_conflict_where_all_else_agrees() -> None:
    def named(doc_id: str, place: str) -> Record:
        text = f"Pada 3 Mei Bupati Rani dan Wali Kota Sori menandatangani Piagam Teluk di {place}."
        roles = {"agent": "Bupati Rani", "recipient": "Wali Kota Sori", "object": "Piagam Teluk", "place": place}
        names = {"Rani": ("PER", "Rani", None), "Sori": ("PER", "Sori", None), place: ("LOC", place, None)}
        names["Piagam Teluk"] = ("LAW", "Piagam Teluk", None)
        told = Told("SIGN", "menandatangani", "tanda tangan", roles, ("2031-05-03", "2031-05-03"))  # type: ignore[arg-type]
        return report(doc_id, text, [told], names, title="Rani dan Sori Teken Piagam Teluk")  # type: ignore[arg-type]

    (line,) = merge(named("a", "Waru"), named("b", "Lamo")).lines()
    assert [(c["what"], [g["places"] for g in c["groups"]]) for c in line["conflicts"]] == [("place", [["lamo"], ["waru"]])]
    denied = named("b", "Waru")
    denied = replace(denied, events=(replace(denied.events[0], modality="negated"),))
    (line,) = merge(named("a", "Waru"), denied).lines()
    assert [(c["what"], [t["modality"] for t in c["told"]]) for c in line["conflicts"]] == [
        ("modality", ["asserted", "negated"])
    ]


def test_abbreviations_and_surnames_are_the_same_actor() -> None:
    def sued(doc_id: str, who: str, full: str, person: str) -> Record:
        text = f"{who} menahan {person} di Waru."
        names = {who: ("ORG", full, None), person: ("PER", person, None), "Waru": WARU}
        told = Told("ARREST", "menahan", "tahan", {"agent": who, "object": person}, ("2031-05-03", "2031-05-03"))
        return report(doc_id, text, [told], names)  # type: ignore[arg-type]

    spelled = sued("a", "BPS", "Badan Penjaga Selat", "Rani Sori")
    short = sued("b", "BPS", "BPS", "Sori")
    (line,) = merge(spelled, short).lines()
    assert "badan penjaga selat, per:rani sori" in line["links"][0]["reason"]


def test_a_report_cannot_hold_while_it_was_published_before_the_happening() -> None:
    assert merge(A, quake("b", None, toll=("12 warga", 12, None), published="2031-04-20")).refused == {
        "published before it happened": 2
    }


def test_years_before_christ_are_days_like_others(tmp_path: Path) -> None:
    ancient = [quake(name, "-0299-05-03", toll=("12 warga", 12, None), published="2031-05-03") for name in "ab"]
    merge_run(run_of(tmp_path, *ancient, quake("c", "-0298-05-03"), quake("d", "0000-01-01")))
    lines = [json.loads(line) for line in (tmp_path / "clusters.jsonl").read_text(encoding="utf8").splitlines()]
    assert {(line["earliest"], line["latest"]) for line in lines} == {("-0299-05-03", "-0299-05-03")}
    assert {member["doc_id"] for line in lines for member in line["happenings"]} == {"a", "b"}
    assert "-0299-05-03" in lines[0]["links"][0]["reason"]


def test_two_happenings_of_one_document_stay_two_and_mentions_of_one_come_together() -> None:
    first = A.events[0]
    twice = replace(A, events=(first, replace(first, id="E2", trigger=A.events[1].trigger)))
    assert together(merge(twice, quake("b", "2031-05-03"))) == [[("a", "E1"), ("b", "E1")]]
    chained = replace(twice, events=(first, replace(twice.events[1], same_as="E1")))
    (line,) = merge(chained, quake("b", "2031-05-03")).lines()
    assert [[m["id"] for m in h["mentions"]] for h in line["happenings"]] == [["E1", "E2"], ["E1"]]


def test_every_link_is_explained() -> None:
    merged = merge(A, B, quake("c", "2031-05-03"))
    for line in merged.lines():
        assert sum(link["joined"] for link in line["links"]) == len(line["happenings"]) - 1
        for link in line["links"]:
            assert link["score"] == pytest.approx(sum(link["parts"].values()))
            assert link["score"] >= OPTIONS.threshold
            assert link["reason"].count(";") == len(link["parts"]) - 1
    first = next(merged.lines())["links"][0]
    assert "the same word (gempa)" in first["reason"]
    assert "dates meet (2031-05-03 and 2031-05-03)" in first["reason"]
    assert "the same place (waru)" in first["reason"]


def test_the_order_of_documents_changes_nothing() -> None:
    records = list(synthetic(300))
    expected = list(merge(*records).lines())
    random.Random(5).shuffle(records)
    assert list(merge(*records).lines()) == expected
    assert expected


def synthetic(number: int) -> Iterator[Record]:
    """Reports of quakes, two or three of each, in places and on days that come again with others."""
    draw = random.Random(11)
    told = 0
    while told < number:
        place, month, day = f"Desa{draw.randrange(200)}", draw.randrange(1, 13), draw.randrange(1, 28)
        when, toll = f"{2031 + draw.randrange(8)}-{month:02}-{day:02}", draw.randrange(2, 60)
        for _ in range(draw.choice((1, 2, 3))):
            rising = toll + draw.randrange(3)
            published = when if draw.random() < 0.8 else None
            yield quake(f"d{told:05}", when, place, (f"{rising} warga", rising, None), published)
            told += 1


def test_ten_thousand_documents_take_steps_in_proportion() -> None:
    merged = merge_records(synthetic(10_000), OPTIONS)
    assert merged.documents >= 10_000
    assert len(merged.profiles) == 2 * merged.documents
    assert merged.comparisons <= 3 * len(merged.profiles)
    assert len(merged.clusters) > 5_000


@pytest.mark.parametrize("number", [500, 1_000])
def test_a_crowd_on_one_day_in_one_place_is_compared_within_the_window(number: int) -> None:
    merged = merge(*(quake(f"d{i:04}", "2031-05-03") for i in range(number)))
    assert merged.comparisons == number * OPTIONS.window - OPTIONS.window * (OPTIONS.window + 1) // 2
    assert [len(cluster.members) for cluster in merged.clusters] == [number]


def test_the_run_stays_as_it_is_and_a_merge_is_undone(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", A, B, LATER)
    before = {p.name: p.read_bytes() for p in run.iterdir()}
    manifest = merge_run(run)
    assert {p.name for p in run.iterdir()} - before.keys() == {"clusters.jsonl", "clusters.parquet", "merge.json"}
    assert manifest["found"]["clusters"] == 2
    lines = [json.loads(line) for line in (run / "clusters.jsonl").read_text(encoding="utf8").splitlines()]
    assert [line["id"] for line in lines] == ["C1", "C2"]
    table = pd.read_parquet(run / "clusters.parquet")
    assert table[["cluster", "doc_id", "id", "mentions", "conflicts"]].to_numpy().tolist() == [
        ["C1", "a", "E1", "E1", "DIE orang"],
        ["C1", "b", "E1", "E1", "DIE orang"],
        ["C2", "a", "E2", "E2", "DIE orang"],
        ["C2", "b", "E2", "E2", "DIE orang"],
    ]
    first = (run / "clusters.jsonl").read_bytes()
    merge_run(run)  # again, over its own files
    assert (run / "clusters.jsonl").read_bytes() == first
    undo_merge(run)
    assert {p.name: p.read_bytes() for p in run.iterdir()} == before
    with pytest.raises(UsageError, match="no merge to undo"):
        undo_merge(run)


def test_what_others_wrote_or_changed_is_left_alone(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", A, B)
    (run / "clusters.jsonl").write_text("mine")
    with pytest.raises(UsageError, match="no merge wrote it"):
        merge_run(run)
    out = tmp_path / "out"
    merge_run(run, out)
    assert (run / "clusters.jsonl").read_text() == "mine"
    (out / "note.txt").write_text("mine")
    with (out / "clusters.jsonl").open("a") as file:
        file.write("mine")
    with pytest.raises(UsageError, match="was changed"):
        undo_merge(out)
    assert len(list(out.iterdir())) == 4
    (out / "clusters.jsonl").unlink()
    undo_merge(out)
    assert [p.name for p in out.iterdir()] == ["note.txt"]
    with pytest.raises(UsageError, match="no such file"):
        merge_run(tmp_path / "out")


@pytest.mark.parametrize("name", ["clusters.jsonl", "clusters.parquet"])
def test_a_merge_does_not_write_over_what_was_edited(tmp_path: Path, name: str) -> None:
    run = run_of(tmp_path / "run", A, B)
    merge_run(run)
    edited = (run / name).read_bytes() + b"mine"
    (run / name).write_bytes(edited)
    listed = (run / "merge.json").read_bytes()
    with pytest.raises(UsageError, match=f"{name}: was changed .* Move it away to merge anew, or give another -o"):
        merge_run(run)
    assert ((run / name).read_bytes(), (run / "merge.json").read_bytes()) == (edited, listed)
    (run / name).rename(tmp_path / "mine")
    merge_run(run)
    assert (run / name).read_bytes() + b"mine" == edited


def test_a_list_that_names_other_files_removes_nothing(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", A)
    (run / "merge.json").write_text('{"schema": "peristiwa-merge/1", "files": {"annotations.jsonl": null}}')
    with pytest.raises(UsageError, match="cannot be used"):
        undo_merge(run)
    assert (run / "annotations.jsonl").exists()


def test_a_merge_that_breaks_off_can_be_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(tmp_path / "run", A, B)
    before = {p.name for p in run.iterdir()}

    def broken(_: Merged) -> Iterator[dict[str, object]]:
        raise KeyboardInterrupt
        yield {}

    monkeypatch.setattr(Merged, "lines", broken)
    with pytest.raises(KeyboardInterrupt):
        merge_run(run)
    assert {p.name for p in run.iterdir()} - before == {"merge.json"}
    undo_merge(run)
    assert {p.name for p in run.iterdir()} == before


def test_options_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("threshold: 50\n")
    assert merge_records([A, B], load_options(own)).clusters == []
    own.write_text("treshold: 50\n")
    with pytest.raises(SettingsError, match="treshold"):
        load_options(own)


def test_what_the_page_shows_is_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = tmp_path / "hasil"
    run.mkdir()
    (run / "manifest.json").write_text("{}")
    (lines,) = re.findall(r"```jsonl\n(.*?)```", PAGE, re.DOTALL)
    (run / "annotations.jsonl").write_text(lines, encoding="utf8")
    shown = re.findall(r"```console\n\$ peristiwa (.*?)\n(.*?)```", PAGE, re.DOTALL)
    assert len(shown) == 2
    for command, told in shown:
        done = CliRunner().invoke(app, command.split())
        assert (done.output, done.exit_code) == (told, 0), command
        if "--undo" not in command:
            (cluster,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
            made = [json.loads(line) for line in (run / "clusters.jsonl").read_text(encoding="utf8").splitlines()]
            assert made[-1] == json.loads(cluster)
    assert sorted(p.name for p in run.iterdir()) == ["annotations.jsonl", "manifest.json"]


def test_paths_may_be_strings(tmp_path: Path) -> None:
    folder = run_of(tmp_path / "run", A, B)
    merge_run(str(folder), str(tmp_path / "clusters"))
    assert str(undo_merge(str(tmp_path / "clusters"))[-1]).endswith("merge.json")
