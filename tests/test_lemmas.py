"""Lemmas as the shipped models give them: the cases of lemmas.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from marks import parameters, read_table
from peristiwa.annotate import Annotator
from peristiwa.models import locate
from peristiwa.types import Document

CASES = read_table(Path(__file__).parent / "lemmas.yaml")
PROCESSORS = ("tokenize", "mwt", "reader", "lemma", "pretrain")


def check() -> list[str]:
    """What is wrong with each case, empty where nothing is: all of them go through the models together."""
    paths = {name: path for name, path in locate("id").paths.items() if name in PROCESSORS}
    docs = Annotator(paths).annotate([Document(str(number), case["text"]) for number, case in enumerate(CASES)])
    problems = []
    for case, doc in zip(CASES, docs, strict=True):
        found = [token.lemma_ for token in doc if token.text.lower() == case["word"]]
        problems.append("" if found == [case["lemma"]] else f"{case['word']} → {' '.join(found) or 'no such token'}")
    return problems


@pytest.fixture(scope="session")
def problems() -> list[str]:
    return check()


@pytest.mark.models
@pytest.mark.parametrize(("number", "case"), parameters(CASES, lambda case: case["word"]))
def test_case(number: int, case: dict[str, str], problems: list[str]) -> None:
    assert not problems[number]


def test_the_table_is_whole() -> None:
    assert len(CASES) >= 60
    assert len({case["text"] for case in CASES}) == len({case["word"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert set(case) <= {"class", "file", "word", "lemma", "text", "xfail"}, case
        assert case["text"].lower().rstrip(".").split().count(case["word"]) == 1, case
