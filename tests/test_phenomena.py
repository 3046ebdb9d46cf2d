"""What the shipped pipeline makes of sentences written for one phenomenon each: the cases of phenomena/*.yaml.

phenomena/README.md tells how a case is written and how the marks of known failures are renewed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marks import parameters, read_table
from peristiwa import load
from peristiwa.ontology import load_ontology
from peristiwa.types import ENTITY_TYPES, MODALITIES, ROLES, Document, Event, Failure, Record

FOLDER = Path(__file__).parent / "phenomena"
FILES = sorted(FOLDER.glob("*.yaml"))
CASES = [case for path in FILES for case in read_table(path)]
TYPES = frozenset(load_ontology().types)
ASKED = {"events", "not", "nothing", "entities", "quantities", "refers"}
CASE_KEYS = {"text", "published", *ASKED, "xfail", "note", "class", "file"}
EVENT_KEYS = {*ROLES, "modality", "phase", "date", "basis", "same_as"}


def check() -> list[str]:
    """What is wrong with each case, empty where nothing is: all of them go through the pipeline together."""
    documents = [
        Document(str(number), case["text"], published=_day(case.get("published"))) for number, case in enumerate(CASES)
    ]
    problems = []
    for case, record in zip(CASES, load().extract_many(documents), strict=True):
        assert not isinstance(record, Failure), record
        problems.append("; ".join(faults(case, record)))
    return problems


def faults(case: Mapping[str, Any], record: Record) -> Iterator[str]:
    """What ``record`` lacks, and what it has that it must not."""
    if case.get("nothing") and record.events:
        yield "events where there are none: " + ", ".join(f"{e.type} {e.trigger.text}" for e in record.events)
    for item in case.get("not", ()):
        for event in record.events:
            if item in (event.type, event.trigger.text):
                yield f"must not be: {event.type} {event.trigger.text}"
    yield from _event_faults(case, record)
    yield from _entity_faults(case.get("entities", {}), record)
    for text, wanted in case.get("quantities", {}).items():
        got = next(([q.value, q.unit, q.bound] for q in record.quantities if q.text == text), None)
        if got != wanted:
            yield f"quantity {text}: wanted {wanted}, got {got or [q.text for q in record.quantities]}"
    for text, name in case.get("refers", {}).items():
        referred = {a.refers_to for e in record.events for a in e.arguments if a.text == text}
        if name not in referred:
            yield f"{text} refers to {name}: got {sorted(map(str, referred))}"


def _event_faults(case: Mapping[str, Any], record: Record) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for wanted in case.get("events", ()):
        ((kind, trigger),) = [(key, value) for key, value in wanted.items() if key in TYPES]
        start = [m.start() for m in re.finditer(rf"\b{re.escape(trigger)}", case["text"])][seen[trigger]]
        seen[trigger] += sum(trigger == other.get(kind) for other in case["events"]) > 1
        here = [e for e in record.events if e.trigger.start < start + len(trigger) and start < e.trigger.end]
        event = next((e for e in here if e.type == kind), None)
        if event is None:
            yield f"no {kind} {trigger}" + (f" but {here[0].type} {here[0].trigger.text}" if here else "")
            continue
        for key in [key for key in wanted if key in EVENT_KEYS]:
            got, asked = _value(event, key, record.events), _asked(key, wanted[key])
            if got != asked:
                yield f"{kind} {trigger}, {key}: wanted {asked}, got {got}"


def _asked(key: str, value: Any) -> Any:
    if key in ROLES:
        return sorted(map(str, value)) if isinstance(value, list) else [str(value)]
    return None if value is None else str(value)


def _value(event: Event, key: str, events: Sequence[Event]) -> Any:
    match key:
        case "date":
            return event.date.value if event.date else None
        case "basis":
            return event.date.basis if event.date else None
        case "same_as":
            return next((e.trigger.text for e in events if e.id == event.same_as), None)
        case "modality" | "phase":
            return getattr(event, key)
    return sorted(argument.text for argument in event.arguments if argument.role == key)


def _entity_faults(wanted: Mapping[str, Any], record: Record) -> Iterator[str]:
    for text, asked in wanted.items():
        asked = asked if isinstance(asked, dict) else {"type": asked}
        found = [e for e in record.entities if e.text == text]
        if not any(all(getattr(entity, key) == value for key, value in asked.items()) for entity in found):
            got = [f"{e.type} {e.text} ({e.name}, {e.link})" for e in found or record.entities]
            yield f"entity {text}: wanted {asked}, got {'; '.join(got) or 'none'}"


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


@pytest.fixture(scope="session")
def problems() -> list[str]:
    return check()


@pytest.mark.models
@pytest.mark.parametrize(("number", "case"), parameters(CASES, lambda case: case["text"][:60]))
def test_case(number: int, case: dict[str, Any], problems: list[str]) -> None:
    assert not problems[number]


def test_there_are_enough_cases_of_each_kind() -> None:
    assert len({case["text"] for case in CASES}) == len(CASES) >= 250
    assert len({case["class"] for case in CASES}) >= 50
    assert sum(bool(case.get("nothing") or case.get("not")) for case in CASES) >= 80, "what is no event needs cases too"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_a_case_is_well_written(case: dict[str, Any]) -> None:
    """What is asked for stands in the text, so that a slip of the pen is no failure of the pipeline."""
    assert set(case) <= CASE_KEYS
    assert ASKED & set(case)
    assert not (case.get("nothing") and case.get("events"))
    for wanted in case.get("events", ()):
        ((kind, trigger),) = [(key, value) for key, value in wanted.items() if key in TYPES]
        assert set(wanted) <= EVENT_KEYS | {kind}
        assert trigger in case["text"]
        assert wanted.get("modality", "asserted") in MODALITIES
        for role in set(ROLES) & set(wanted):
            assert all(text in case["text"] for text in _asked(role, wanted[role])), role
        assert "date" not in wanted or wanted["date"] is None or re.match(r"(BC)?\d{2,4}(-|$)", str(wanted["date"]))
    for text, asked in case.get("entities", {}).items():
        assert text in case["text"]
        assert (asked["type"] if isinstance(asked, dict) else asked) in ENTITY_TYPES
    assert all(text in case["text"] for key in ("quantities", "refers") for text in case.get(key, {}))
