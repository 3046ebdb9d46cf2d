"""Tokens, multi-word tokens and sentences as the shipped models cut them: the cases of tokenisation.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from spacy.tokens import Doc

from marks import parameters, read_table
from peristiwa.annotate import Annotator
from peristiwa.annotate.convert import MULTIWORD
from peristiwa.models import locate
from peristiwa.types import Document

CASES = read_table(Path(__file__).parent / "tokenisation.yaml")


def written(doc: Doc) -> list[str]:
    """The sentences of a Doc in the notation of the table."""
    inside = {i for span in doc.spans[MULTIWORD] for i in range(span.start + 1, span.end)}
    sentences = []
    for sentence in doc.sents:
        pieces = [("|" if token.i in inside else " ") + token.text for token in sentence if not token.is_space]
        if pieces:
            sentences.append("".join(pieces)[1:])
    return sentences


def check() -> list[str]:
    """What is wrong with each case, empty where nothing is: all of them go through the models together."""
    asked = ("tokenize", "mwt", "reader", "lemma", "pretrain")
    paths = {name: path for name, path in locate("id").paths.items() if name in asked}
    docs = Annotator(paths).annotate([Document(str(number), case["text"]) for number, case in enumerate(CASES)])
    found = [(case["sentences"], written(doc)) for case, doc in zip(CASES, docs, strict=True)]
    return ["" if wanted == got else " ¶ ".join(got) for wanted, got in found]


@pytest.fixture(scope="session")
def problems() -> list[str]:
    return check()


@pytest.mark.models
@pytest.mark.parametrize(("number", "case"), parameters(CASES, lambda case: case["text"][:50]))
def test_case(number: int, case: dict[str, Any], problems: list[str]) -> None:
    assert not problems[number]


def test_the_table_is_whole() -> None:
    """A case spells its text, so that a slip of the pen is no failure of the tokenizer."""
    assert len(CASES) >= 150
    assert len({case["text"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert set(case) <= {"class", "file", "text", "sentences", "xfail", "note"}, case
        spelt = "".join(case["sentences"]).replace(" ", "").replace("|", "")
        assert spelt == "".join(case["text"].split()), case["text"]
