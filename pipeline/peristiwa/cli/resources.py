"""What the commands work with: the groups "models" and "ontology", and training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from peristiwa.cli.options import Config

models = typer.Typer(help="List, verify and fetch models.", no_args_is_help=True)
ontology = typer.Typer(help="Check the event types: the shipped ones, or a file of your own.", no_args_is_help=True)


def train(
    model: Annotated[
        str,
        typer.Argument(
            help="vectors, tokenize, mwt, pos, lemma, depparse, ner, triggers, reader, events, trigger_priors, roles, modality,"
            " coreference, event_dates, confidence (in this order)."
        ),
    ],
    data: Annotated[Path, typer.Option(help="The data folder (see training/data.py for what it must hold).")] = Path(
        "../shared/data"
    ),
    work: Annotated[Path, typer.Option(help="Folder for prepared data, logs and checkpoints.")] = Path("build/training"),
) -> None:
    """Repeat the recipe of one shipped model."""
    from peristiwa.training.recipes import train as train_model

    train_model(model, data, work)


@models.command("list")
def list_models() -> None:
    """Languages, where their models come from, and whether they are here."""
    from peristiwa.models import list_models

    for name, entry, here in list_models():
        origin = f"shipped, weights/{entry.folder}" if entry.source == "shipped" else f"Stanza {entry.package}"
        typer.echo(f"{name:<10} {origin:<24} {'here' if here else f'not here: peristiwa models fetch {name}'}")


@models.command("verify")
def verify_models(
    name: Annotated[str | None, typer.Argument(help="A key of config/models.yaml; by default the settings' own.")] = None,
) -> None:
    """Compare every file of a model set with the sum that its publisher gives."""
    from peristiwa.models import verify
    from peristiwa.settings import load_settings

    settings = load_settings()
    name = name or settings.models or settings.language
    typer.echo(f"{name}: {len(verify(name))} files, all as published")


@models.command("fetch")
def fetch_models(name: Annotated[str, typer.Argument(help="A key of config/models.yaml.")]) -> None:
    """Download Stanza's official models: the only command that uses the network."""
    from peristiwa.models import fetch

    for processor, path in fetch(name).paths.items():
        typer.echo(f"{processor:<10} {path}")


@ontology.callback()
def of_ontology() -> None:
    """Keeps "check" a command of its own while there is but one."""


@ontology.command("check")
def check_ontology(
    file: Annotated[Path | None, typer.Argument(help="An ontology of your own; by default the one of the settings.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only read the file; do not run its examples.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also run the examples of the file that this one extends.")] = False,
    config: Config = None,
) -> None:
    """Validate an ontology file and run its examples, by rules alone and with the models; exit code 1 if anything fails."""
    from peristiwa.ontology import examples_of
    from peristiwa.ontology_check import Lines, check_file, open_extractor, path_of, run_examples

    path = path_of(file, config)
    checked, findings = check_file(path)
    for finding in findings:
        typer.echo(f"{path}: {finding}")
    if checked is None:
        raise typer.Exit(1)
    own = checked.types if everything else Lines(path).types
    typer.echo(f"{path}: {len(own)} types, {sum(len(checked.types[name].entries) for name in own)} entries")
    if quick:
        return
    examples, failed = examples_of(checked, own), 0
    for mode, faults in run_examples(open_extractor(checked, config), examples, ("rules", "both")):
        for fault in faults:
            typer.echo(f"{mode}: {fault}")
        typer.echo(f"{mode}: {len(examples) - len(faults)} of {len(examples)} examples hold")
        failed += len(faults)
    if failed:
        raise typer.Exit(1)
