"""A run: documents of all inputs through the extractor into one folder, with progress and a summary."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from peristiwa.emit import write_run
from peristiwa.errors import UsageError
from peristiwa.extract import Extractor
from peristiwa.ingest import read_documents
from peristiwa.models import read_manifest
from peristiwa.settings import settings_hash
from peristiwa.types import Failure, Record

PACKAGES = ("peristiwa", "stanza", "torch", "spacy", "pandas")
"""What decides a run's results or their form, and so stands in its manifest."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did. ``documents`` counts those that went in, and is ``ok`` + ``failed``."""

    folder: Path
    documents: int
    ok: int
    failed: int
    events: int
    seconds: float
    failures: tuple[Failure, ...]


def run(inputs: Sequence[str], folder: Path, extractor: Extractor, *, quiet: bool = False) -> Summary:
    """Read ``inputs`` (files, folders, "-"), extract, and write the run's folder of docs/records.md.

    Raises UsageError when an input does not exist or ``folder`` holds something else than a run. A document that
    fails costs itself and a line of failures.jsonl.
    """
    _check_folder(folder)
    settings = extractor.settings
    documents = read_documents([Path(name) for name in inputs], language=settings.language)
    failures: list[Failure] = []
    results = _kept(extractor.extract_many(documents), failures)
    manifest = write_run(
        folder,
        results if quiet else _with_progress(results),
        failures,
        settings=settings.model_dump(),
        settings_hash=settings_hash(settings),
        packages={name: version(name) for name in PACKAGES},
        models=_model_versions(extractor),
        groups={name: kind.group for name, kind in extractor.ontology.types.items()},
        tokens=lambda: extractor.tokens_read,
    )
    counts, found = manifest["documents"], manifest["found"]
    assert isinstance(counts, dict)
    assert isinstance(found, dict)
    seconds = manifest["seconds"]
    assert isinstance(seconds, float)
    return Summary(folder, counts["in"], counts["ok"], counts["failed"], found["events"], seconds, tuple(failures))


def show_summary(summary: Summary) -> None:
    """Print what a run did, its first failures, and where everything is."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    console.print(
        f"{summary.documents} documents: {summary.ok} ok, {summary.failed} failed · {summary.events} events"
        f" · {summary.seconds:.1f} s → {summary.folder}"
    )
    for failure in summary.failures[:5]:
        console.print(f"  {failure.source or failure.doc_id}: {failure.stage}: {failure.reason}", markup=False)
    if summary.failed > 5:
        console.print(f"  … all {summary.failed} in {summary.folder / 'failures.jsonl'}")


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: is a file. Name a folder for the run's results.")
    if any(folder.iterdir()) and not (folder / "annotations.jsonl").exists():
        raise UsageError(f"{folder}: holds files that are no run's. Name an empty or new folder.")


def _kept(results: Iterable[Record | Failure], failures: list[Failure]) -> Iterator[Record]:
    for result in results:
        if isinstance(result, Failure):
            failures.append(result)
        else:
            yield result


def _with_progress(results: Iterable[Record]) -> Iterator[Record]:
    """The results, counted in a line of the terminal while they pass (and silently where there is no terminal)."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("documents", total=None)
        for result in results:
            progress.advance(task)
            yield result


def _model_versions(extractor: Extractor) -> dict[str, dict[str, object]]:
    """The models' entries of their manifest; for models without one, the file names."""
    paths = extractor.models.paths
    if extractor.models.source != "shipped":
        return {name: {"file": str(path)} for name, path in paths.items()}
    files = read_manifest(next(iter(paths.values())).parent)["files"]
    return {path.name: {"sha256": files[path.name]["sha256"]} for path in paths.values()}
