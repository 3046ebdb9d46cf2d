"""The command line: thin, so that everything it does the library does too.

Heavy modules are imported inside the commands: ``peristiwa --help`` must answer at once.
Exit codes: 0 all documents done · 2 wrong use · 3 some documents failed.
"""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peristiwa.errors import PeristiwaError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peristiwa.evaluate import Scores
    from peristiwa.types import Document, Failure

app = typer.Typer(
    name="peristiwa",
    help="Indonesian documents in, citable event records out: who did what to whom, when, where, according to whom.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
evaluate = typer.Typer(help="Score a run against gold, or the models on public formats.", no_args_is_help=True)
models = typer.Typer(help="List, verify and fetch models.", no_args_is_help=True)
app.add_typer(evaluate, name="evaluate")
app.add_typer(models, name="models")

Language = Annotated[str | None, typer.Option("--language", "-l", help="Language code, a file of config/languages.")]
Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings of your own over the defaults (YAML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar, no summary.")]


def _version(value: bool) -> None:
    if value:
        from peristiwa import __version__

        typer.echo(f"peristiwa {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Version, and end.")] = False,
) -> None:
    """Options of every command."""


@app.command()
def run(
    inputs: Annotated[list[str], typer.Argument(help="Files or folders of texts; '-' reads standard input.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for this run's results.")],
    language: Language = None,
    config: Config = None,
    quiet: Quiet = False,
) -> None:
    """Extract event records from documents into a run's folder."""
    from peristiwa.batch import run as run_batch
    from peristiwa.batch import show_summary
    from peristiwa.extract import load

    summary = run_batch(inputs, out, load(language, config), quiet=quiet)
    if not quiet:
        show_summary(summary)
    if summary.failed:
        raise typer.Exit(3)


@app.command()
def annotate(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="File or folder; '-' reads standard input.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="CoNLL-U file to write.")],
    language: Language = None,
    config: Config = None,
) -> None:
    """Tokens, lemmas, UPOS, features, heads, and names in MISC, as CoNLL-U."""
    from peristiwa.annotate import doc_to_conllu
    from peristiwa.emit import writing
    from peristiwa.extract import load
    from peristiwa.types import Failure

    extractor = load(language, config)
    documents = _documents([source], extractor.settings.language)
    failures: list[Failure] = []
    done = 0
    with writing(out) as file:
        for item in extractor.annotate_many(documents):
            if isinstance(item, Failure):
                failures.append(item)
            else:
                document, doc = item
                file.write(doc_to_conllu(doc, document.doc_id))
                done += 1
    typer.echo(f"{done} documents → {out}", err=True)
    _tell_failures(failures)


@app.command()
def tag(
    file: Annotated[Path, typer.Argument(help="Tokens, one a line, blank line between sentences; a tag column is ignored.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="BIO file to write: token TAB tag.")],
    language: Language = None,
    config: Config = None,
) -> None:
    """Named entities on given tokens."""
    from peristiwa.emit import writing
    from peristiwa.evaluate.ner import read_tokens
    from peristiwa.extract import load

    sentences = read_tokens(file)
    tagged = load(language, config).annotator.tag(sentences)
    blocks = (
        "".join(f"{token}\t{label}\n" for token, label in zip(tokens, labels, strict=True))
        for tokens, labels in zip(sentences, tagged, strict=True)
    )
    with writing(out) as target:
        target.write("\n".join(blocks))
    typer.echo(f"{len(sentences)} sentences → {out}", err=True)


@app.command()
def show(
    text: Annotated[str, typer.Argument(metavar="TEXT-or-FILE", help="A text, a file, or '-' for standard input.")],
    published: Annotated[str | None, typer.Option(help="Publication date, YYYY-MM-DD: relative dates count from it.")] = None,
    language: Language = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """The events of one text, readable in the terminal."""
    from dataclasses import replace

    from peristiwa.extract import load
    from peristiwa.ingest import clean
    from peristiwa.records import record_to_json
    from peristiwa.report.terminal import show_record
    from peristiwa.types import Document, Failure

    extractor = load(language, config)
    code, date = extractor.settings.language, _date(published)
    found: Iterator[Document | Failure] = (
        _documents([text], code) if _is_input(text) else iter([Document("text", clean(text), language=code)])
    )
    documents = (replace(item, published=date) if date and isinstance(item, Document) else item for item in found)
    failures = []
    for result in extractor.extract_many(documents):
        if isinstance(result, Failure):
            failures.append(result)
        elif as_json:
            typer.echo(record_to_json(result))
        else:
            show_record(result)
    _tell_failures(failures)


@app.command()
def dates(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text file or folder; '-' reads standard input.")],
    published: Annotated[str | None, typer.Option(help="Publication date, YYYY-MM-DD: relative dates count from it.")] = None,
    language: Language = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Time expressions and their values; needs no model."""
    from dataclasses import asdict

    from peristiwa.dates import find_times
    from peristiwa.language import load_language
    from peristiwa.settings import load_settings
    from peristiwa.types import Failure

    known = load_language(language or load_settings(config).language)
    day = _date(published)
    failures: list[Failure] = []
    for item in _documents([file], known.code):
        if isinstance(item, Failure):
            failures.append(item)
            continue
        times = find_times(item.text, day or item.published, known)
        if as_json:
            told = {"doc_id": item.doc_id, "times": [asdict(time) for time in times]}
            typer.echo(json.dumps(told, ensure_ascii=False))
            continue
        for time in times:
            value = " ".join(part for part in (time.value or "-", time.mod) if part)
            span = f"{time.earliest}..{time.latest}" if time.earliest else "-"
            cells = (item.doc_id, str(time.start), str(time.end), time.type, value, time.edtf or "-", span, time.anchor)
            typer.echo("\t".join((*cells, " ".join(time.text.split()))))
    _tell_failures(failures)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder.")],
    gold: Annotated[list[Path] | None, typer.Option("--gold", "-g", help="Gold folder or .jsonl: adds the scores.")] = None,
) -> None:
    """Write report.html, one self-contained page, into a run's folder."""
    from peristiwa.report import write_report

    typer.echo(f"report → {write_report(folder, gold or [])}", err=True)


@app.command()
def train(
    model: Annotated[
        str,
        typer.Argument(
            help="vectors, tokenize, mwt, pos, lemma, depparse, ner, triggers, trigger_priors, roles, modality (in this order)."
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


@evaluate.command("events")
def evaluate_events(
    gold: Annotated[Path, typer.Argument(help="Gold: a brat folder, or a .jsonl file of records.")],
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, or its annotations.jsonl.")],
    as_json: AsJson = False,
) -> None:
    """Every layer of docs/records.md: precision, recall, F1 with 95 % intervals over documents."""
    from peristiwa.evaluate import evaluate_events as score
    from peristiwa.evaluate import read_gold, read_run

    _print(score(read_gold(gold), read_run(folder), f"Events against {gold}"), as_json)


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

    annotator = load(language, config).annotator

    def to_conllu(text: str) -> str:
        return doc_to_conllu(annotator.annotate([Document("treebank", text)])[0], "treebank")

    _print(score(file, to_conllu), as_json)


@evaluate.command("ner")
def evaluate_ner(
    file: Annotated[Path, typer.Argument(help="token TAB tag (BIO), blank line between sentences.")],
    language: Language = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Named entities on gold tokens: exact entity F1 of the types that the file has."""
    from peristiwa.evaluate import evaluate_ner as score
    from peristiwa.extract import load

    _print(score(file, load(language, config).annotator.tag), as_json)


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


def _documents(inputs: list[str], language: str) -> Iterator[Document | Failure]:
    from peristiwa.ingest import read_documents

    return read_documents([Path(name) for name in inputs], language=language)


def _is_input(text: str) -> bool:
    """Whether a word of the command line names a file rather than being a text itself."""
    if text == "-":
        return True
    try:
        return bool(text) and Path(text).exists()
    except OSError:  # a text longer than a file name may be
        return False


def _date(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--published {text}: not a date. Write it as YYYY-MM-DD.") from error


def _tell_failures(failures: list[Failure]) -> None:
    for failure in failures:
        typer.echo(f"{failure.source or failure.doc_id}: {failure.stage}: {failure.reason}", err=True)
    if failures:
        raise typer.Exit(3)


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


def main() -> None:
    """Entry point: an error that the package raised on purpose is a message, never a traceback."""
    try:
        app()
    except PeristiwaError as error:
        typer.echo(f"peristiwa: {error}", err=True)
        sys.exit(2)
    except OSError as error:  # results that cannot be written: no right to, no room
        what = f"{error.filename or 'writing'}: {error.strerror or error}"
        typer.echo(f"peristiwa: {what}. Check the path, its permissions and the free space.", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("peristiwa: interrupted", err=True)
        sys.exit(130)
