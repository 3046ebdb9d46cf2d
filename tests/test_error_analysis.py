"""The error analysis: each cause on a document made for it, and sizes counted by hand."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from peristiwa.types import Argument, Document, Entity, Event, EventDate, Record, Sentence, Time, Trigger

PATH = Path(__file__).parent / "benchmarks" / "errors.py"
spec = importlib.util.spec_from_file_location("benchmark_errors", PATH)
assert spec is not None
errors = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = errors  # dataclasses look their module up
assert spec.loader is not None
spec.loader.exec_module(errors)

WORDS = "Pada Maret 2019 menteri Norwegia menandatangani perjanjian dagang dengan Kenya di Oslo .".split()
TEXT = " ".join(WORDS)
HEADS = [1, 5, 1, 5, 3, 5, 5, 6, 9, 5, 11, 5, 5]


def span(words: str) -> tuple[int, int, str]:
    start = TEXT.index(words)
    return start, start + len(words), words


def argument(role: str, words: str) -> Argument:
    return Argument(role, *span(words))  # type: ignore[arg-type]


def event(words: str, kind: str, *arguments: Argument, year: str | None = None) -> Event:
    date = EventDate(year, None, None, None, "argument") if year else None
    return Event("E1", kind, Trigger(*span(words), words), 0, date=date, arguments=arguments)


def record(*events: Event, names: tuple[str, ...] = (), times: tuple[str, ...] = ()) -> Record:
    entities = tuple(Entity(f"T{n}", "ORG", *span(words), words) for n, words in enumerate(names))
    found = tuple(Time(f"D{n}", "DATE", *span(words), "2019-03") for n, words in enumerate(times))
    return Record(Document("d", TEXT), (Sentence(0, len(TEXT)),), entities, found, (), events)


def parse(heads: list[int] = HEADS, pos: str = "NOUN") -> Doc:
    tags = ["X" if word != "menandatangani" else pos for word in WORDS]
    return Doc(spacy.blank("id").vocab, words=WORDS, heads=heads, deps=["dep"] * len(WORDS), pos=tags)


SIGNED = event(
    "menandatangani", "SIGN", argument("agent", "menteri Norwegia"), argument("object", "perjanjian dagang"), year="2019-03"
)


def causes(gold: Record, run: Record, doc: Doc | None = None) -> list[tuple[str, int]]:
    return [unit for loss in errors.losses(gold, run, doc) for unit in loss.units]


def test_what_is_right_loses_nothing() -> None:
    assert causes(record(SIGNED), record(SIGNED)) == []


@pytest.mark.parametrize(
    ("gold", "run", "told"),
    [
        (record(SIGNED), record(), [("trigger missed", 6)]),
        (record(), record(SIGNED), [("spurious trigger", 6)]),
        (record(names=("menteri Norwegia menandatangani",)), record(SIGNED), [("name", 6)]),
        (record(SIGNED), record(names=("Norwegia menandatangani",)), [("name", 6)]),
        (record(event("dagang", "SIGN")), record(), [("trigger unknown", 3)]),
        (record(SIGNED), record(replace(SIGNED, type="ADOPT")), [("sense", 6)]),
        (record(SIGNED), record(replace(SIGNED, modality="planned")), [("modality", 1)]),
        (record(SIGNED), record(replace(SIGNED, date=None)), [("date", 1)]),
        (record(SIGNED), record(replace(SIGNED, arguments=SIGNED.arguments[:1])), [("role", 1)]),
    ],
)
def test_the_cause_of_an_event(gold: Record, run: Record, told: list[tuple[str, int]]) -> None:
    assert causes(gold, run) == told


@pytest.mark.parametrize(
    ("filler", "given", "names", "told"),
    [
        (argument("place", "Oslo"), argument("topic", "Oslo"), (), [("role", 1)]),
        (argument("recipient", "Kenya"), argument("recipient", "Kenya di Oslo"), (), [("span", 1)]),
        (argument("recipient", "Kenya"), argument("recipient", "Kenya di Oslo"), ("Kenya",), [("name", 1)]),
        (argument("time", "Maret 2019"), None, (), [("date", 1)]),
        (argument("place", "Oslo"), None, (), [("role", 1)]),
        (None, argument("time", "Pada"), (), [("date", 1)]),
    ],
)
def test_the_cause_of_an_argument(
    filler: Argument | None, given: Argument | None, names: tuple[str, ...], told: list[tuple[str, int]]
) -> None:
    gold = record(replace(SIGNED, arguments=(filler,) if filler else ()), names=names)
    assert causes(gold, record(replace(SIGNED, arguments=(given,) if given else ()))) == told


def test_tokens_and_trees_take_the_blame_where_they_are_seen() -> None:
    assert causes(record(SIGNED), record(), parse(pos="ADP")) == [("parser", 6)]
    assert causes(record(SIGNED), record(), parse(pos="VERB")) == [("trigger missed", 6)]
    less = record(replace(SIGNED, arguments=SIGNED.arguments[:1]))
    torn = [*HEADS[:7], 5, *HEADS[8:]]  # "dagang" hangs on the verb: its phrase has two heads
    assert causes(record(SIGNED), less, parse(torn)) == [("parser", 1)]
    assert causes(record(SIGNED), less, parse()) == [("role", 1)]
    cut = replace(record(), sentences=(Sentence(0, 40), Sentence(40, len(TEXT))))
    assert causes(record(SIGNED), cut) == [("tokenizer", 6)]


def test_the_largest_come_first_and_no_text_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        *errors.losses(record(SIGNED), record(replace(SIGNED, modality="negated"))),
        *errors.losses(record(SIGNED), record()),
    ]
    assert [loss.size for loss in errors.rank(found)] == [6, 1]
    errors.print_table(found, 1)
    out = capsys.readouterr().out
    assert "trigger missed" in out
    assert not any(word in out for word in WORDS if len(word) > 3)
