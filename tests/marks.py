"""Tables of cases that run through the shipped models, and the marks of those that are known to fail.

A table is YAML: a name (a class, a phenomenon) -> a list of cases. A case that fails carries ``xfail: reason``, and pytest
expects it to fail (strict: one that passes is told, so that no mark outlives its fault). Each test module has ``CASES``
and ``check()``; ``python tests/marks.py`` runs them, prints pass rates by name and what changed, and ``--write`` renews
the marks.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from peristiwa.settings import read_yaml

MODULES = ("tokenisation", "lemmas", "phenomena")


def read_table(path: Path) -> list[dict[str, Any]]:
    """The cases of one file in order; each knows its ``class`` (the name that it stands under) and its ``file``."""
    table: dict[str, list[dict[str, Any]]] = read_yaml(path)  # which refuses a name that stands twice
    return [{**case, "class": name, "file": path} for name, cases in table.items() for case in cases]


def parameters(cases: Iterable[dict[str, Any]], name: Callable[[dict[str, Any]], str]) -> list[Any]:
    """pytest parameters of ``cases``: (number, case), a strict xfail where the case says so."""
    return [
        pytest.param(
            number,
            case,
            id=f"{case['class']}: {name(case)}",
            marks=[pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else [],
        )
        for number, case in enumerate(cases)
    ]


def renew(text: str, wanted: Sequence[str | None]) -> str:
    """The YAML of a table with the mark of each case set to the reason in ``wanted``, or taken off where that is None.

    Everything else in the file, comments and layout included, stays as it is.
    """
    edits: list[tuple[int, int, str]] = []
    for node, reason in zip(_nodes(text), wanted, strict=True):
        marks = [(key, value) for key, value in node.value if key.value == "xfail"]
        if marks and reason is not None and marks[0][1].value == reason:
            continue
        edits += [_without(text, node, key, value) for key, value in marks]
        if reason is not None:
            edits.append(_with(node, reason))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _nodes(text: str) -> Iterator[yaml.MappingNode]:
    """The YAML node of each case, in the order of ``read_table``."""
    for _, cases in yaml.compose(text, Loader=yaml.SafeLoader).value:
        yield from cases.value


def _without(text: str, node: yaml.MappingNode, key: yaml.Node, value: yaml.Node) -> tuple[int, int, str]:
    if node.flow_style:
        return text.rindex(",", 0, key.start_mark.index), value.end_mark.index, ""
    return text.rindex("\n", 0, key.start_mark.index), value.end_mark.index, ""


def _with(node: yaml.MappingNode, reason: str) -> tuple[int, int, str]:
    written = json.dumps(reason, ensure_ascii=False)
    last = [value for key, value in node.value if key.value != "xfail"][-1].end_mark.index
    indent = "\n" + " " * node.start_mark.column
    return last, last, f", xfail: {written}" if node.flow_style else f"{indent}xfail: {written}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tables, print what they show, renew the marks if asked. Returns 1 where marks and outcomes differ."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("tables", nargs="*", default=MODULES, help=f"some of {', '.join(MODULES)}; by default all")
    parser.add_argument("--write", action="store_true", help="renew the marks in the files")
    parser.add_argument("--failures", action="store_true", help="print every failing case, marked or not")
    options = parser.parse_args(arguments)
    changed = 0
    for name in options.tables:
        module = importlib.import_module(f"test_{name}")
        cases, problems = module.CASES, module.check()
        changed += _tell(name, cases, problems, all_failures=options.failures)
        if options.write:
            for path in dict.fromkeys(case["file"] for case in cases):
                here = [(case, problem) for case, problem in zip(cases, problems, strict=True) if case["file"] == path]
                wanted = [(case.get("xfail") or problem) if problem else None for case, problem in here]
                path.write_text(renew(path.read_text(encoding="utf-8"), wanted), encoding="utf-8")
    return int(changed > 0)


def _tell(name: str, cases: Sequence[dict[str, Any]], problems: Sequence[str], *, all_failures: bool) -> int:
    """Print pass rates by class, and the cases whose outcome is not what their mark says; how many those are."""
    total = Counter(case["class"] for case in cases)
    passed = Counter(case["class"] for case, problem in zip(cases, problems, strict=True) if not problem)
    for key in total:
        print(f"{name:<14}{key:<32}{passed[key]:>4} of {total[key]}")
    print(f"{name:<14}{'all':<32}{passed.total():>4} of {total.total()} ({passed.total() / total.total():.1%})")
    changed = 0
    for case, problem in zip(cases, problems, strict=True):
        surprise = bool(problem) == ("xfail" not in case)
        changed += surprise
        if surprise or (all_failures and problem):
            word = "fails" if problem else "passes now"
            print(f"  {word}: {case['class']}: {case['text']}" + (f"\n      {problem}" if problem else ""))
    return changed


if __name__ == "__main__":
    sys.exit(main())
