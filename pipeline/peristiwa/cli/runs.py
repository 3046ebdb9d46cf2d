"""Commands on a run's folder: run, join, merge, report, trace."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from peristiwa.cli.options import Config, Language, Quiet, tell_failures
from peristiwa.errors import UsageError


def run(
    inputs: Annotated[
        list[str],
        typer.Argument(help="Files, folders (.txt .html .pdf .docx .jsonl .csv .tsv .parquet); '-': standard input."),
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
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="Beside annotations.jsonl: parquet, csv, brat, datapackage; give it once for each."),
    ] = None,
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
    chosen: dict[str, object] = {"workers": workers, "timeout": timeout, "memory": memory, "max_failures": max_failures}
    chosen |= {"min_confidence": min_confidence, "formats": formats}
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


def join(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder whose shards are all done.")],
    quiet: Quiet = False,
) -> None:
    """Make the files of a run that was done in parts with `run --shard`."""
    from peristiwa.batch import join as join_run
    from peristiwa.batch import show_summary

    summary = join_run(folder)
    if not quiet:
        show_summary(summary, again="run --fresh does it again")
    if summary.failed:
        raise typer.Exit(3)


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


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder.")],
    gold: Annotated[list[Path] | None, typer.Option("--gold", "-g", help="Gold folder or .jsonl: adds the scores.")] = None,
) -> None:
    """Write report.html, one self-contained page, into a run's folder."""
    from peristiwa.report import write_report

    typer.echo(f"report → {write_report(folder, gold or [])}", err=True)


def trace(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.")],
    documents: Annotated[list[str] | None, typer.Option("--document", "-d", help="Only this document, by its doc_id.")] = None,
) -> None:
    """Store why each event of a run was found, and what was dropped and why: traces.jsonl in the run's folder."""
    from peristiwa.emit.run import TRACES
    from peristiwa.report.traces import write_traces

    written, failures = write_traces(folder, documents or ())
    typer.echo(f"{written} documents → {folder / TRACES}", err=True)
    tell_failures(failures)


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


def _tell_strays(inputs: list[str], style: str) -> None:
    """Warn of rows of metadata.csv that are for none of the files, so that a mistyped name does not go unnoticed."""
    from peristiwa.ingest import as_paths, stray_rows

    if style == "quiet":
        return
    told = stray_rows(as_paths([name for name in inputs if "://" not in name]))
    lines = list(islice(told, 5))
    if more := sum(1 for _ in told):
        lines.append(f"… and {more} more rows of metadata.csv")
    for line in lines:
        typer.echo(json.dumps({"event": "warning", "text": line}) if style == "json" else f"warning: {line}", err=True)
