"""docs/ontology.md cannot rot: its files are written, its commands run, and what they print is what it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from peristiwa import load
from peristiwa.cli import app
from peristiwa.events.priors import load_priors
from peristiwa.events.role_model import load_role_model
from peristiwa.ontology import load_ontology

PAGE = (Path(__file__).parents[1] / "docs" / "ontology.md").read_text(encoding="utf-8")
STEP = re.compile(r"<!-- (file|run): (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.models
def test_what_the_page_shows_is_what_comes_out(here: Path) -> None:
    ran = 0
    for kind, name, block in STEP.findall(PAGE):
        if kind == "file":
            (here / name).write_text(block, encoding="utf-8")
            continue
        command, _, shown = block.partition("\n")
        done = CliRunner().invoke(app, command.removeprefix("$ peristiwa ").split())
        assert (done.output, done.exit_code) == (shown, int(name)), command
        ran += 1
    assert ran == 3


@pytest.mark.models
def test_the_pages_own_type_is_found_beside_the_shipped_ones(here: Path) -> None:
    for kind, name, block in STEP.findall(PAGE):
        if kind == "file":
            (here / name).write_text(block, encoding="utf-8")
    text = "Ratna menikah dengan Bimo. Polisi menangkap pencuri itu di Demak."
    record = load(config=here / "mine.yaml").extract(text)
    assert {("MARRY", "menikah"), ("ARREST", "menangkap")} <= {(event.type, event.trigger.text) for event in record.events}
    told = {(argument.role, argument.text) for argument in record.events[0].arguments}
    assert told == {("agent", "Ratna"), ("agent", "Bimo")}


def test_the_shipped_weights_know_the_shipped_types_and_no_other() -> None:
    """Where a type is not learnt the rules decide, which a renamed feature would do to all of them."""
    types = load_ontology().types
    roles, priors = load_role_model("id"), load_priors("id")
    assert roles is not None
    assert roles.types == types.keys()
    assert {name for name in types if f"type={name}" in priors.features} == types.keys()
