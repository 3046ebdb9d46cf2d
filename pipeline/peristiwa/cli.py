"""The command line: thin, so that everything it does the library does too.

Heavy modules are imported inside the commands: ``peristiwa --help`` must answer at once.
Exit codes: 0 all documents done · 2 wrong use · 3 some documents failed.
"""

from __future__ import annotations

import datetime
import json
import sys
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peristiwa.errors import PeristiwaError, UsageError
from peristiwa.loading import collector_at_rest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peristiwa.evaluate import Scores
    from peristiwa.types import Document, Failure, Record

app = typer.Typer(
    name="peristiwa",
    help="Indonesian documents in, citable event records out: who did what to whom, when, where, according to whom.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
evaluate = typer.Typer(help="Score a run against gold, or the models on public formats.", no_args_is_help=True)
models = typer.Typer(help="List, verify and fetch models.", no_args_is_help=True)
ontology = typer.Typer(help="Check the event types: the shipped ones, or a file of your own.", no_args_is_help=True)
app.add_typer(evaluate, name="evaluate")
app.add_typer(models, name="models")
app.add_typer(ontology, name="ontology")

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
    inputs: Annotated[
        list[str], typer.Argument(help="Files or folders (.txt .html .jsonl .csv .tsv .parquet); '-': standard input.")
    ],
    out: Annotated[str, typer.Option("--out", "-o", metavar="DIR", help="Folder for this run's results.")],
    language: Language = None,
    config: Config = None,
    workers: Annotated[int | None, typer.Option("--workers", "-w", min=1, help="Processes; they share the cores.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds for one document, after which it is given up.")] = None,
    memory: Annotated[float | None, typer.Option(help="Gigabytes of address space for each worker.")] = None,
    min_confidence: Annotated[
        float | None, typer.Option(min=0, max=1, help="Leave out events that are right with less probability than this.")
    ] = None,
    max_failures: Annotated[int | None, typer.Option(min=0, help="Stop when more documents than this have failed.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, whatever the folder holds of a run.")] = False,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Only the I-th of N parts, I from 1; `peristiwa join` when all are done.")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="local, or ray: on a Ray cluster, from and to s3://, gs:// and other URLs (docs/scaling.md).")
    ] = "local",
    quiet: Quiet = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="Tell the progress as JSON lines on standard error.")] = False,
) -> None:
    """Extract event records from documents into a run's folder.

    A run that was broken off goes on where it ended when the same command is given again.
    """
    from peristiwa.batch import run as run_batch
    from peristiwa.batch import run_part, show_summary
    from peristiwa.batch.progress import style_of
    from peristiwa.extract import load
    from peristiwa.ingest import READERS

    part = _part(shard) if shard else None
    _check_engine(engine, [*inputs, out], shard)
    chosen = {"workers": workers, "timeout": timeout, "memory": memory, "max_failures": max_failures}
    chosen["min_confidence"] = min_confidence
    extractor = load(language, config).having(**{name: value for name, value in chosen.items() if value is not None})
    style = style_of(quiet=quiet, log_json=log_json)
    if part is None or part[0] == 1:  # each part sees the same files
        _tell_strays(inputs, style)
    if part is not None:
        if fresh:
            raise UsageError("--fresh and --shard: other parts may be at work in this folder. Empty it, or name a new one.")
        counts = run_part(inputs, Path(out), extractor, part=part[0], parts=part[1], style=style)
        if log_json:
            typer.echo(json.dumps({"event": "part", "part": shard, "ok": counts.ok, "failed": counts.failed}), err=True)
        elif not quiet:
            told = f"part {shard}: {counts.ok} ok, {counts.failed} failed"
            typer.echo(f"{told}. When all are done: peristiwa join {out}", err=True)
        if counts.failed:
            raise typer.Exit(3)
        return
    if engine == "ray":
        from peristiwa.batch.ray_engine import run_on_ray

        summary = run_on_ray(inputs, out, extractor, workers=workers, fresh=fresh, style=style)
    else:
        summary = run_batch(inputs, Path(out), extractor, fresh=fresh, style=style)
    if not quiet and not log_json:
        show_summary(summary, out)
        if not summary.documents:
            typer.echo(f"warning: nothing to read in {' '.join(inputs)}. What is read: {', '.join(READERS)}.", err=True)
    if summary.failed:
        raise typer.Exit(3)


@app.command()
def join(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder whose shards are all done.")],
    quiet: Quiet = False,
) -> None:
    """Make the files of a run that was done in parts with `run --shard`."""
    from peristiwa.batch import join as join_run
    from peristiwa.batch import show_summary

    summary = join_run(folder)
    if not quiet:
        show_summary(summary)
    if summary.failed:
        raise typer.Exit(3)


@app.command()
def merge(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for the clusters; by default the run's.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Remove what a merge wrote, and nothing else.")] = False,
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Weights of your own over config/merge.yaml.")] = None,
    quiet: Quiet = False,
) -> None:
    """Propose which happenings of different documents are one; every mention stays, conflicts are marked."""
    from peristiwa.merge import load_options, merge_run, undo_merge

    into = out or folder
    if undo:
        for path in undo_merge(into):
            typer.echo(f"removed {path}", err=True)
        return
    found = merge_run(folder, out, load_options(config))["found"]
    if not quiet:
        told = f"{found['clusters']} clusters of {found['clustered']} of {found['happenings']} happenings"
        typer.echo(f"{told} in {found['documents']} documents, {found['comparisons']} comparisons → {into}", err=True)


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
        for item in extractor.annotate_many(documents, literally=True):
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
    like: Annotated[
        str, typer.Option(help="Tags of a public set whose guideline to follow, such as PERSON,PLACE,ORGANISATION.")
    ] = "",
    language: Language = None,
    config: Config = None,
) -> None:
    """Named entities on given tokens."""
    from peristiwa.emit import writing
    from peristiwa.evaluate.ner import read_tokens
    from peristiwa.extract import load

    sentences = read_tokens(file)
    asked = [label for label in like.split(",") if label]
    tagged = load(language, config).annotator.tag(sentences, asked)
    if asked and (strange := {label[2:] for labels in tagged for label in labels if label != "O"} - {*map(str.upper, asked)}):
        told = ", ".join(sorted(strange))
        raise UsageError(f"--like {like}: the model has learnt no set with exactly these tags, and gave {told}.")
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
    why: Annotated[
        bool, typer.Option("--why", help="Also what spoke for each event, and what was dropped and why; --json: a line each.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The events of one text, readable in the terminal."""
    with collector_at_rest():
        from dataclasses import replace

        from peristiwa.events.trace import trace_to_dict
        from peristiwa.extract import explain, load
        from peristiwa.ingest import clean
        from peristiwa.records import record_to_json
        from peristiwa.report.terminal import show_record, show_trace
        from peristiwa.types import Document, Failure

        extractor = load(language, config)
        code, date = extractor.settings.language, _date(published)
        found: Iterator[Document | Failure] = (
            _documents([text], code) if _is_input(text) else iter([Document("text", clean(text), language=code)])
        )
        documents = (replace(item, published=date) if date and isinstance(item, Document) else item for item in found)
        annotated = extractor.annotate_many(documents)
        results = ((item, item if isinstance(item, Failure) else extractor.finish(*item)) for item in annotated)
        first = list(islice(results, 1))
    failures = []
    for item, result in chain(first, results):
        if isinstance(item, Failure) or isinstance(result, Failure):
            failures += [result] if isinstance(result, Failure) else []
            continue
        trace = explain(extractor, *item) if why else None
        if as_json:
            told = record_to_json(result) if trace is None else json.dumps(trace_to_dict(result, trace), ensure_ascii=False)
            typer.echo(told)
            continue
        show_record(result)
        if trace is not None:
            show_trace(result.document, trace)
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
def trace(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.")],
    documents: Annotated[list[str] | None, typer.Option("--document", "-d", help="Only this document, by its doc_id.")] = None,
) -> None:
    """Store why each event of a run was found, and what was dropped and why: traces.jsonl in the run's folder."""
    from peristiwa.emit.run import TRACES
    from peristiwa.report.traces import write_traces

    written, failures = write_traces(folder, documents or ())
    typer.echo(f"{written} documents → {folder / TRACES}", err=True)
    _tell_failures(failures)


@app.command()
def train(
    model: Annotated[
        str,
        typer.Argument(
            help="vectors, tokenize, mwt, pos, lemma, depparse, ner, triggers, events, trigger_priors, roles, modality,"
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

    if (gold / "manifest.json").is_file() and (gold / "annotations.jsonl").is_file():
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


def _documents(inputs: list[str], language: str) -> Iterator[Document | Failure]:
    from peristiwa.ingest import as_paths, read_documents

    return read_documents(as_paths(inputs), language=language)


def _part(shard: str) -> tuple[int, int]:
    """ "3/64" as its two numbers."""
    part, _, parts = shard.partition("/")
    if not (part.isascii() and part.isdigit() and parts.isascii() and parts.isdigit() and 1 <= int(part) <= int(parts)):
        raise UsageError(f"--shard {shard}: write it as 3/64, the third of 64 parts; the first is 1/64, the last 64/64.")
    return int(part), int(parts)


def _check_engine(engine: str, names: list[str], shard: str | None) -> None:
    """Raise UsageError for an engine that there is not, or that cannot do what else was asked."""
    if engine not in ("local", "ray"):
        raise UsageError(f"--engine {engine}: there are local and ray.")
    if engine == "ray" and shard:
        raise UsageError("--engine ray and --shard: either Ray deals out the parts of a run, or you do.")
    urls = [name for name in names if "://" in name]
    if engine == "local" and urls:
        raise UsageError(f"{urls[0]}: URLs need --engine ray.")


def _is_input(text: str) -> bool:
    """Whether a word of the command line names a file rather than being a text itself. Raises UsageError if it is not there."""
    from peristiwa.ingest import READERS

    if text == "-":
        return True
    try:
        found = bool(text) and Path(text).exists()
    except OSError:  # a text longer than a file name may be
        return False
    if not found and len(text.split()) == 1 and Path(text).suffix.lower() in READERS:
        raise UsageError(f"no such file: {text}.")
    return found


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


def _tell_strays(inputs: list[str], style: str) -> None:
    """Warn of rows of metadata.csv that are for none of the files, so that a mistyped name does not go unnoticed."""
    from peristiwa.ingest import as_paths, stray_rows

    if style == "quiet":
        return
    told = stray_rows(as_paths([name for name in inputs if "://" not in name]))
    for line in islice(told, 5):
        typer.echo(json.dumps({"event": "warning", "text": line}) if style == "json" else f"warning: {line}", err=True)
    more = sum(1 for _ in told)
    if more and style != "json":
        typer.echo(f"warning: … and {more} more rows of metadata.csv", err=True)


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
        _tell_interrupted()
        sys.exit(130)
    except SystemExit as end:
        if end.code == 130:  # what typer makes of an interrupt
            _tell_interrupted()
        raise


def _tell_interrupted() -> None:
    typer.echo("peristiwa: interrupted. What a run has done is kept: the same command goes on.", err=True)
