"""Time expressions: hand-written cases, the examples that stand beside the rules, and the parts below them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from peristiwa.dates import find_times
from peristiwa.dates.grammar import Example, compile_grammar, load_grammar
from peristiwa.dates.lexer import lex, read_number, read_roman
from peristiwa.dates.values import extent
from peristiwa.errors import SettingsError
from peristiwa.language import Language, load_language

DEFAULT = "2018-03-14"
CASES = yaml.safe_load((Path(__file__).parent / "dates_cases.yaml").read_text(encoding="utf-8"))


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_case(case: dict) -> None:
    found = find_times(case["text"], day(case.get("published", DEFAULT)))
    wanted = [(text, kind, str(value), *mod) for text, kind, value, *mod in case["times"]]
    assert [(t.text, t.type, t.value, *([t.mod] if t.mod else [])) for t in found] == wanted


def test_there_are_enough_cases() -> None:
    assert all(set(case) <= {"text", "published", "times"} for case in CASES)
    assert len(CASES) >= 200


def examples(code: str) -> list[tuple[str, Example]]:
    section = load_grammar(code).section
    return [(rule.name, example) for rule in (*section.pieces, *section.expressions) for example in rule.examples]


@pytest.mark.parametrize("code", ["id", "en"])
def test_examples_beside_the_rules(code: str) -> None:
    language = load_language(code)
    wrong = []
    for name, example in examples(code):
        found = find_times(example.text, day(example.published), language)
        got = {t.text: f"{t.value}{' ' + t.mod if t.mod else ''}" for t in found}
        if got != {text: str(value) for text, value in example.finds.items()}:
            wrong.append(f"{name}: {example.text}: wanted {example.finds}, got {got}")
    assert not wrong, "\n".join(wrong)
