"""The group "evaluate": a run against gold, or the models on public formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peristiwa.cli.options import AsJson, Config, Language
from peristiwa.errors import UsageError

if TYPE_CHECKING:
    from peristiwa.evaluate import Scores
    from peristiwa.types import Record

evaluate = typer.Typer(help="Score a run against gold, or the models on public formats.", no_args_is_help=True)


@evaluate.command("events")
def evaluate_events(
    gold: Annotated[Path, typer.Argument(help="Gold: a brat folder, or a .jsonl file of records.")],
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, or its annotations.jsonl.")],
    curve: Annotated[bool, typer.Option("--curve", help="Also the precision and recall that --min-confidence gives.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every layer of docs/records.md: precision, recall, F1 with 95 % intervals over documents; how reliable confidence is."""
    from peristiwa.evaluate import check_common, curve_table, evaluate_confidence, read_gold, read_run, reliability_table
    from peristiwa.evaluate import evaluate_events as score
    from peristiwa.ingest import is_run

    if is_run(gold):
        raise UsageError(
            f"{gold}: is a run's folder, and gold comes first. To score against a run, give its annotations.jsonl."
        )
    golds, found = read_gold(gold), read_run(folder)
    check_common(golds, found, gold, folder)
    _tell_unknown_types(golds, found)
    scores, reliability = score(golds, found, f"Events against {gold}"), evaluate_confidence(golds, found)
    if as_json:
        told = {**scores.to_dict(), "confidence": reliability.to_dict() if reliability else None}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    _print(scores, as_json)
    if reliability is None:
        typer.echo("no event of the run has a confidence")
        return
    from rich.console import Console

    Console().print(reliability_table(reliability), *([curve_table(reliability)] if curve else []))


@evaluate.command("ud")
def evaluate_ud(
    file: Annotated[Path, typer.Argument(help="A CoNLL-U treebank.")],
    language: Language = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """End to end from the treebank's raw text: the metrics of the CoNLL 2018 shared task."""
    from peristiwa.annotate import doc_to_conllu
    from peristiwa.evaluate import evaluate_ud as score
    from peristiwa.extract import load
    from peristiwa.types import Document

    extractor = load(language, config)

    def to_conllu(text: str) -> str:  # the models load when the file is found to be good
        return doc_to_conllu(extractor.annotator.annotate([Document("treebank", text)])[0], "treebank")

    _print(score(file, to_conllu), as_json)


@evaluate.command("ner")
def evaluate_ner(
    file: Annotated[Path, typer.Argument(help="token TAB tag (BIO), blank line between sentences.")],
    own: Annotated[bool, typer.Option("--own", help="Follow our guideline whatever the tags of FILE are.")] = False,
    language: Language = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Named entities on gold tokens: exact entity F1 of the types that the file has.

    The name tagger has learnt the guidelines of three public sets beside ours, and follows the one whose tags FILE has:
    PERSON PLACE ORGANISATION (NERGRIT), PERSON LOCATION ORGANIZATION (NER-UI), PER ORG LOC (idner-news-2k).
    """
    from peristiwa.evaluate import evaluate_ner as score
    from peristiwa.extract import load

    extractor = load(language, config)  # the models load when the file is found to be good
    _print(score(file, lambda tokens, labels: extractor.annotator.tag(tokens, () if own else labels)), as_json)


@evaluate.command("times")
def evaluate_times(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of TimeML (.tml) files.")],
    language: Language = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Time expressions: strict, relaxed, type and value F1 of TempEval-3; the DCT is the publication date."""
    from peristiwa.dates import find_times
    from peristiwa.evaluate import evaluate_times as score
    from peristiwa.language import load_language
    from peristiwa.settings import load_settings

    known = load_language(language or load_settings(config).language)
    _print(score(folder, lambda text, published: find_times(text, published=published, language=known)), as_json)


def _tell_unknown_types(golds: list[Record], found: list[Record]) -> None:
    """Warn of event types of gold that neither the shipped ontology nor the run has, mostly slips of the hand."""
    from peristiwa.ontology import load_ontology

    known = {*load_ontology().types, *(event.type for record in found for event in record.events)}
    first: dict[str, str] = {}
    for record in golds:
        for event in record.events:
            first.setdefault(event.type, f"{record.document.doc_id} {event.id}")
    for kind in sorted(first.keys() - known):
        typer.echo(f"warning: {first[kind]} of gold is of type {kind!r}, which neither the ontology nor the run has.", err=True)


def _print(scores: Scores, as_json: bool) -> None:
    """All layers, then the labels of each layer that has any, or everything as JSON."""
    if as_json:
        typer.echo(json.dumps(scores.to_dict(), ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    from peristiwa.evaluate import score_table

    console = Console(markup=False)  # ids and paths may hold square brackets
    console.print(score_table(scores))
    for layer, labels in scores.parts.items():
        if labels:
            console.print(score_table(scores, layer))
    for what, ids in (("not in the run, counted as empty", scores.missing), ("without gold, left out", scores.extra)):
        if ids:
            console.print(f"{len(ids)} {what}: {', '.join(ids[:5])}{' …' if len(ids) > 5 else ''}", style="dim")
