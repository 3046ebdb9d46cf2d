"""What `peristiwa ontology check` finds in a file, with the line it stands at, and how a file extends another."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from peristiwa.cli import app
from peristiwa.errors import SettingsError
from peristiwa.ontology import Example, examples_of, load_ontology
from peristiwa.ontology_check import _fault, check_file

OWN = """extends: ontology/events.yaml
lists:
  rite: [akad]
light_verbs:
  - {words: [melangsungkan]}
types:
  MARRY:
    group: life
    plover: null
    definition: Two people marry.
    roles: {dengan.person: agent}
    entries:
      - {roots: [nikah], forms: [meN-, per-an], not_next: ["@rite"]}
      - {words: [naik pelaminan]}
    examples:
      has: ["A [menikah].", "B [menikah].", "C [naik pelaminan]."]
      lacks: [a, b, c]
"""


def findings(tmp_path: Path, old: str = "", new: str = "") -> list[str]:
    assert old in OWN
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace(old, new, 1) if old else OWN, encoding="utf-8")
    return [str(finding) for finding in check_file(path)[1]]


def test_a_sound_file_has_nothing_to_find(tmp_path: Path) -> None:
    assert findings(tmp_path) == []


def test_an_own_file_joins_the_shipped_types(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    own, shipped = load_ontology(path), load_ontology()
    assert own.types.keys() == {*shipped.types, "MARRY"}
    assert own.lists["rite"] == ("akad",)
    assert own.lists["treaty"] == shipped.lists["treaty"]
    assert own.light_verbs[:-1] == shipped.light_verbs
    assert [(e.text, e.trigger) for e in examples_of(own, ["MARRY"])][:2] == [("A menikah.", (2, 9)), ("B menikah.", (2, 9))]


def test_a_type_of_the_same_name_replaces(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace("MARRY", "PROTEST"), encoding="utf-8")
    assert load_ontology(path).types["PROTEST"].definition == "Two people marry."


def test_only_a_whole_ontology_can_be_extended(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "third.yaml").write_text("extends: own.yaml\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"third\.yaml: extends .*own\.yaml, which must be a whole ontology"):
        load_ontology(tmp_path / "third.yaml")
    (tmp_path / "third.yaml").write_text("extends: nowhere.yaml\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"third\.yaml: extends: there is no file 'nowhere\.yaml'"):
        load_ontology(tmp_path / "third.yaml")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("MARRY:", "MARRY OFF:", "line 7, MARRY OFF: the name of a type is of letters, digits, _ and - alone"),
        ("group: life", "group: love", "line 8, MARRY, group: Input should be 'law'"),
        ("dengan.person: agent", "dengan.person: spouse", "line 11, MARRY, roles, dengan.person: Input should be 'agent'"),
        ("dengan.person", "dengan.human", "line 11, MARRY, roles: no slot 'dengan.human'; known are antara, atas"),
        ("dengan.person", "denganperson", "line 11, MARRY, roles: no slot 'denganperson'"),
        ("not_next", "not_nexxt", "line 13, MARRY, entry 1, not_nexxt: no such key"),
        ("@rite", "@rites", "line 13, MARRY, entry 1, not_next: no list or entity type '@rites'"),
        ("meN-, per-an", "men-", "line 13, MARRY, entry 1, forms: no derivation 'men-'; known are 0, 0-kan"),
        ("[nikah], forms: [meN-, per-an]", "[nikah]", "line 13, MARRY, entry 1: roots need forms, and forms need roots"),
        ("[nikah]", "[Nikah]", "line 13, MARRY, entry 1, roots: 'Nikah' cannot be inflected"),
        ("[nikah]", "[n1kah]", "line 13, MARRY, entry 1, roots: 'n1kah' cannot be inflected"),
        ("[nikah]", "[nkh]", "line 13, MARRY, entry 1, roots: 'nkh' cannot be inflected"),
        ("{words: [melangsungkan]}", "{roots: [Gelar], forms: [meN-]}", "line 5, light_verbs, entry 1, roots: 'Gelar' cannot"),
        (
            "[nikah]",
            "[mengesahkan]",
            "warning: line 13, MARRY, entry 1, roots: 'mengesahkan' is itself derived (meN-kan of 'sah')",
        ),
        ("[naik pelaminan]", "[deponering]", "warning: line 14, MARRY, entry 2: claims what ADOPT, entry "),
        ("lacks: [a, b, c]", "lacks: [a]", "line 17, MARRY, examples, lacks: Tuple should have at least 3 items"),
        ("A [menikah]", "A menikah", "line 16, MARRY, examples, has: 'A menikah.' needs exactly one [trigger]"),
        (
            OWN[OWN.index("    entries") : OWN.index("    examples")],
            "",
            "line 7, MARRY, entries: has no entries: give at least one",
        ),
        (
            OWN[OWN.index("    entries") : OWN.index("    examples")],
            "    entries: []\n",
            "line 12, MARRY, entries: has no entries",
        ),
        ("    plover: null\n", "", "line 7, MARRY, plover: is missing"),
        (OWN[OWN.index("    examples") :], "", "line 7, MARRY, examples: has no examples: give at least three sentences"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert any(line.startswith(told) for line in findings(tmp_path, old, new)), findings(tmp_path, old, new)


def test_items_that_are_faulty_do_not_make_their_list_too_short(tmp_path: Path) -> None:
    entries = OWN[OWN.index("    entries") : OWN.index("    examples")]
    (told,) = findings(tmp_path, entries, "    entries:\n      - {wrds: [nikah]}\n")
    assert told == "line 13, MARRY, entry 1, wrds: no such key"
    (told,) = findings(tmp_path, '"A [menikah]."', "7")
    assert told == "line 16, MARRY, examples, has, 0: Input should be a valid string"


def test_a_warning_lets_the_file_pass_and_a_fault_does_not(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    check = ["ontology", "check", str(path), "--quick"]
    path.write_text(OWN.replace("[naik pelaminan]", "[deponering]", 1), encoding="utf-8")
    done = CliRunner().invoke(app, check)
    assert (done.exit_code, "warning: line 14" in done.output) == (0, True)
    path.write_text(OWN.replace("[nikah]", "[nkh]"), encoding="utf-8")
    assert CliRunner().invoke(app, check).exit_code == 1


def test_the_shipped_file_is_sound() -> None:
    done = CliRunner().invoke(app, ["ontology", "check", "--quick"])
    assert done.exit_code == 0, done.output
    assert all(": warning: " in line for line in done.output.splitlines()[:-1])
    assert done.output.splitlines()[-1].endswith(f"{len(load_ontology().types)} types, {entries()} entries")


def entries() -> int:
    return sum(len(kind.entries) for kind in load_ontology().types.values())


def record(*events: tuple[str, int, int]) -> SimpleNamespace:
    text = "Rapat itu batal."
    return SimpleNamespace(
        events=[
            SimpleNamespace(type=kind, trigger=SimpleNamespace(start=start, end=end, text=text[start:end]), rule=f"{kind}/1")
            for kind, start, end in events
        ]
    )


def test_an_example_is_judged_by_its_type_and_its_trigger() -> None:
    has, lacks = Example("MEET", "Rapat itu batal.", (0, 5)), Example("MEET", "Rapat itu batal.", None)
    assert _fault(has, record(("MEET", 0, 5))) is None
    assert _fault(has, record(("VOTE", 0, 5), ("MEET", 0, 9))) is None
    assert _fault(has, record(("MEET", 10, 15))) == "MEET has 'Rapat itu batal.': found nothing at 'Rapat'"
    assert _fault(has, record(("VOTE", 0, 5))) == "MEET has 'Rapat itu batal.': found VOTE (VOTE/1) at 'Rapat'"
    assert _fault(lacks, record(("VOTE", 0, 5))) is None
    assert _fault(lacks, record(("MEET", 0, 5))) == "MEET lacks 'Rapat itu batal.': found 'Rapat' (MEET/1)"
