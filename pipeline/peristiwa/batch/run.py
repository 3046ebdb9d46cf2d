"""The whole of a run: plan or go on, run what is left, join, tell."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from peristiwa import __version__
from peristiwa.batch.lines import Counts, read_counts
from peristiwa.batch.local import Engine, LocalEngine
from peristiwa.batch.merge import finished, merge, read_mark
from peristiwa.batch.plan import Origin, Plan, check_unchanged, discard, make_plan, read_plan
from peristiwa.batch.progress import Progress, Style
from peristiwa.emit import read_failures
from peristiwa.errors import UsageError
from peristiwa.extract import Extractor
from peristiwa.ingest import as_paths, check_inputs, check_tables
from peristiwa.models import MANIFEST, NETWORK, WEIGHTS, digest
from peristiwa.settings import config_folder, result_settings, settings_hash
from peristiwa.types import Failure

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
    duplicates: int = 0
    earlier: bool = False


def run(
    inputs: Path | str | Sequence[Path | str],
    folder: Path | str,
    extractor: Extractor,
    *,
    quiet: bool = False,
    fresh: bool = False,
    style: Style | None = None,
    engine: Engine | None = None,
    stdin: BinaryIO | None = None,
) -> Summary:
    """Read ``inputs`` (files, folders, "-"), extract, and write the run's folder of docs/records.md.

    A run that was broken off goes on where it ended, and gives the same bytes as one that was not. One that is finished
    is not done again. With ``fresh`` it begins anew. Workers, timeout, memory and max_failures are the extractor's settings.

    Raises UsageError when an input does not exist, ``folder`` holds something else than a run or a run of other inputs,
    settings or models, or more documents fail than allowed; OSError when results cannot be written. A document that fails
    costs itself and a line of failures.jsonl.
    """
    begin = time.monotonic()
    folder = Path(folder)
    plan = open_run(inputs, folder, extractor, fresh=fresh, stdin=stdin)
    manifest = finished(plan)
    if manifest is not None:
        return _summary(folder, manifest, earlier=True)
    left = [shard for shard in range(plan.shards) if not plan.is_done(shard)]
    earlier = sum(mark.seconds for shard in range(plan.shards) if (mark := read_mark(plan, shard)))
    try:
        with _progress(plan, range(plan.shards), extractor, style or ("quiet" if quiet else "lines")) as progress:
            (engine or engine_of(extractor))(plan, left, extractor, progress)
            manifest = merge(plan, seconds=lambda: earlier + time.monotonic() - begin, tell=progress.stage)
            progress.finish(manifest)
    except FileNotFoundError:
        manifest = finished(plan)  # another run of this folder may have been faster, and have taken its parts away
        if manifest is None:
            raise
        return _summary(folder, manifest, earlier=True)
    return _summary(folder, manifest)


def run_part(
    inputs: Path | str | Sequence[Path | str],
    folder: Path | str,
    extractor: Extractor,
    *,
    part: int,
    parts: int,
    style: Style = "lines",
    engine: Engine | None = None,
) -> Counts:
    """Run the ``part``-th of ``parts`` of a run (counted from 1), on a machine that shares ``folder`` with the others.

    The plan is the same for all of them; the first that comes writes it. ``join`` makes the run's files when all are done.
    Raises as ``run``.
    """
    if not 1 <= part <= parts:
        raise UsageError(f"--shard {part}/{parts}: parts are counted from 1 to {parts}.")
    plan = open_run(inputs, folder, extractor)
    if finished(plan) is not None:
        return Counts()
    mine = range(part - 1, plan.shards, parts)
    with _progress(plan, mine, extractor, style) as progress:
        (engine or engine_of(extractor))(plan, [shard for shard in mine if not plan.is_done(shard)], extractor, progress)
    return sum((mark.counts for shard in mine if (mark := read_mark(plan, shard))), Counts())


def join(folder: Path | str) -> Summary:
    """Make the files of a run whose shards are all done, wherever they were run. Raises UsageError, OSError."""
    folder = Path(folder)
    plan = read_plan(folder)
    if plan is None:
        raise UsageError(f"{folder}: holds no plan of a run. Begin with: peristiwa run INPUT -o {folder} --shard 1/8")
    manifest = finished(plan)
    if manifest is not None:
        return _summary(folder, manifest, earlier=True)
    return _summary(folder, merge(plan))


def open_run(
    inputs: Path | str | Sequence[Path | str],
    folder: Path | str,
    extractor: Extractor,
    *,
    fresh: bool = False,
    stdin: BinaryIO | None = None,
) -> Plan:
    """The plan of a run: the one in ``folder`` if it is of these inputs, settings and models, a new one if there is none."""
    inputs, folder = _names(inputs), Path(folder)
    _check_folder(folder)
    paths = as_paths(inputs)
    check_inputs(paths)
    check_tables(paths)  # before an older run is discarded
    origin = origin_of(extractor)
    if fresh:
        discard(folder)
    plan = read_plan(folder)
    if plan is None:
        return make_plan(inputs, folder, origin, stdin=stdin)
    check_unchanged(plan, inputs, origin, stdin=stdin)
    if finished(plan) is None and not (plan.work / "shards").exists():  # finished once, and something was taken away since
        discard(folder)
        return make_plan(inputs, folder, origin, stdin=stdin)
    return plan


def _names(inputs: Path | str | Sequence[Path | str]) -> list[str]:
    """Inputs as a plan holds them ("texts/" is "texts"); one may stand alone, for a string is a sequence of letters, too."""
    given = [inputs] if isinstance(inputs, Path | str) else inputs
    return [str(Path(name)) if str(name) else "" for name in given]


def engine_of(extractor: Extractor) -> LocalEngine:
    """The engine for this machine, as the settings want it."""
    settings = extractor.settings
    return LocalEngine(workers=settings.workers, timeout=settings.timeout, memory=settings.memory)


def origin_of(extractor: Extractor) -> Origin:
    """What the results of an extractor depend on."""
    settings = extractor.settings
    packages = {"peristiwa": __version__} | {name: version(name) for name in PACKAGES}
    models, configuration = _model_versions(extractor), _configuration(settings.ontology, settings.language)
    return Origin(
        settings=result_settings(settings),
        configuration=configuration,
        models=models,
        packages=packages,
        groups={name: kind.group for name, kind in extractor.ontology.types.items()},
        language=settings.language,
        for_manifest={
            "settings": settings.model_dump(),
            "settings_hash": settings_hash(settings),
            "packages": packages,
            "models": models,
            "configuration": configuration,
        },
    )


def show_summary(summary: Summary, where: str | None = None, *, again: str = "--fresh does it again") -> None:
    """Print what a run did, its first failures, and where everything is, at its folder or what else ``where`` says.

    ``again`` says what would do a finished run once more.
    """
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=not sys.stderr.isatty())
    where = where or str(summary.folder)
    if summary.earlier:
        failed = ", those that failed too" if summary.failed else ""
        console.print(f"this run was finished before; {again}{failed}")
    console.print(
        f"{summary.documents} documents: {summary.ok} ok, {summary.failed} failed · {summary.events} events"
        f" · {summary.seconds:.1f} s → {where}"
    )
    for failure in summary.failures[:5]:
        console.print(f"  {failure}")
    if summary.failed > 5:
        console.print(f"  … all {summary.failed} in {where}/failures.jsonl")
    if summary.duplicates:
        console.print(f"  {summary.duplicates} repeat an earlier one, see {where}/manifest.json; each is counted")


def _summary(folder: Path, manifest: dict[str, Any], *, earlier: bool = False) -> Summary:
    counts = manifest["documents"]
    return Summary(
        folder,
        counts["in"],
        counts["ok"],
        counts["failed"],
        manifest["found"]["events"],
        manifest["seconds"],
        read_failures(folder, most=6),
        manifest["duplicates"]["count"],
        earlier,
    )


def _progress(plan: Plan, shards: Sequence[int], extractor: Extractor, style: Style) -> Progress:
    """A Progress that knows what was done before."""
    done, total = Counts(), 0
    for shard in shards:
        mark = read_mark(plan, shard)
        if mark is not None:
            done += mark.counts
            continue
        if plan.part(shard, "counts").exists():
            done += sum(read_counts(plan.part(shard, "counts")), Counts())
    total = plan.documents if len(shards) == plan.shards else _documents(plan, shards)
    return Progress(
        total, style=style, done=done.ok + done.failed, failed=done.failed, max_failures=extractor.settings.max_failures
    )


def _documents(plan: Plan, shards: Sequence[int]) -> int:
    count = 0
    for shard in shards:
        with plan.part(shard, "tasks.jsonl").open("rb") as lines:
            count += sum(1 for _ in lines)
    return count


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: is a file. Name a folder for the run's results.")
    if any(not path.name.startswith(".") for path in folder.iterdir()) and not (folder / "annotations.jsonl").exists():
        raise UsageError(f"{folder}: holds files that are no run's. Name an empty or new folder.")


def _model_versions(extractor: Extractor) -> dict[str, dict[str, object]]:
    """File and sha256 of all weights that results depend on: the models', those beside the rules, the network's."""
    folder = WEIGHTS / extractor.language.code
    learnt = [*sorted(folder.glob("*.json")), *folder.glob(NETWORK)]
    files = extractor.models.paths | {path.stem: path for path in learnt if path.name != MANIFEST}
    return {name: {"file": path.name, "sha256": digest(path)} for name, path in files.items()}


def _configuration(ontology: str, language: str) -> dict[str, str]:
    """The sha256 of each configuration file that results depend on: the language's, ontologies, gazetteers."""
    folder = config_folder()
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    for name in [name for name in files if name.startswith("languages/") and name != f"languages/{language}.yaml"]:
        del files[name]
    for name in ("settings.yaml", "merge.yaml"):  # the settings are told by themselves; merging reads what a run has written
        files.pop(name, None)
    own = Path(ontology)
    if own.is_file():
        files[ontology] = own
    return {name: digest(path) for name, path in files.items()}
