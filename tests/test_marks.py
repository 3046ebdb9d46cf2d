"""Renewing the marks of known failures changes the marks and nothing else."""

from __future__ import annotations

import yaml

from marks import renew

TABLE = """# a comment
one:
  - {text: "a, b", xfail: "old: \\"x\\""}  # beside
  - {text: c}
two:
  - text: d
    events: [{X: y}]
    xfail: kept
  - text: e
    note: >-
      several
      lines
"""


def reasons(text: str) -> list[str | None]:
    return [case.get("xfail") for cases in yaml.safe_load(text).values() for case in cases]


def test_marks_come_and_go() -> None:
    wanted = [None, 'now: {a, "b"}', "kept", "why"]
    renewed = renew(TABLE, wanted)
    assert reasons(renewed) == wanted
    assert "# a comment" in renewed
    assert "# beside" in renewed
    assert reasons(renew(renewed, reasons(TABLE))) == reasons(TABLE)


def test_what_is_right_stays() -> None:
    assert renew(TABLE, reasons(TABLE)) == TABLE


def test_all_marks_off_and_on_again() -> None:
    bare = renew(TABLE, [None] * 4)
    assert reasons(bare) == [None] * 4
    assert renew(bare, [None] * 4) == bare
    assert reasons(renew(bare, ["1", "2", "3", "4"])) == ["1", "2", "3", "4"]
