"""A run: documents of all inputs through the extractor into one folder, with progress and a summary."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from peristiwa import __version__
from peristiwa.emit import read_failures, write_run
from peristiwa.errors import UsageError
from peristiwa.extract import Extractor
from peristiwa.ingest import read_documents
from peristiwa.models import MANIFEST, WEIGHTS, digest
from peristiwa.settings import settings_hash
from peristiwa.types import Failure, Record

PACKAGES = ("stanza", "torch", "spacy", "pandas")
"""What, beside this package, decides a run's results or their form, and so stands in its manifest."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did. ``documents`` counts those that went in, and is ``ok`` + ``failed``."""

    folder: Path
    documents: int
    ok: int
    failed: int
    events: int
    seconds: float
    failures: list[Failure]


def run(inputs: Sequence[str], folder: Path, extractor: Extractor, *, quiet: bool = False) -> Summary:
    """Read ``inputs`` (files, folders, "-"), extract, and write the run's folder of docs/records.md.

    Raises UsageError when an input does not exist or ``folder`` holds something else than a run. A document that
    fails costs itself and a line of failures.jsonl.
    """
    _check_folder(folder)
    settings = extractor.settings
    documents = read_documents([Path(name) for name in inputs], language=settings.language)
    results = extractor.extract_many(documents)
    manifest = write_run(
        folder,
        results if quiet else _with_progress(results),
        settings=settings.model_dump(),
        settings_hash=settings_hash(settings),
        packages={"peristiwa": __version__} | {name: version(name) for name in PACKAGES},
        models=_model_versions(extractor),
        groups={name: kind.group for name, kind in extractor.ontology.types.items()},
        tokens=lambda: extractor.tokens_read,
    )
    counts, found = manifest["documents"], manifest["found"]
    assert isinstance(counts, dict)
    assert isinstance(found, dict)
    seconds = manifest["seconds"]
    assert isinstance(seconds, float)
    return Summary(folder, counts["in"], counts["ok"], counts["failed"], found["events"], seconds, read_failures(folder))


def show_summary(summary: Summary) -> None:
    """Print what a run did, its first failures, and where everything is."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False)
    console.print(
        f"{summary.documents} documents: {summary.ok} ok, {summary.failed} failed · {summary.events} events"
        f" · {summary.seconds:.1f} s → {summary.folder}"
    )
    for failure in summary.failures[:5]:
        console.print(f"  {failure.source or failure.doc_id}: {failure.stage}: {failure.reason}")
    if summary.failed > 5:
        console.print(f"  … all {summary.failed} in {summary.folder / 'failures.jsonl'}")


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: is a file. Name a folder for the run's results.")
    if any(not path.name.startswith(".") for path in folder.iterdir()) and not (folder / "annotations.jsonl").exists():
        raise UsageError(f"{folder}: holds files that are no run's. Name an empty or new folder.")


def _with_progress(results: Iterable[Record | Failure]) -> Iterator[Record | Failure]:
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
    """File and sha256 of all weights that results depend on: the models', and those beside the rules."""
    learnt = sorted((WEIGHTS / extractor.language.code).glob("*.json"))
    files = extractor.models.paths | {path.stem: path for path in learnt if path.name != MANIFEST}
    return {name: {"file": path.name, "sha256": digest(path)} for name, path in files.items()}
