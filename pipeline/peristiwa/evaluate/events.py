"""Score a run against gold records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from peristiwa.brat import read_brat_folder
from peristiwa.errors import GoldError, UsageError
from peristiwa.evaluate.compare import summarise
from peristiwa.evaluate.metrics import METRICS, Pair
from peristiwa.evaluate.reliability import Reliability, measure_reliability
from peristiwa.evaluate.scores import Scores
from peristiwa.records import read_records
from peristiwa.types import Record


def evaluate_events(gold: Iterable[Record], predicted: Iterable[Record], title: str = "Events against gold") -> Scores:
    """Scores of all layers of docs/records.md, summed over documents (micro), by type and role, with intervals.

    A gold document that the run lacks counts as read with nothing found, and is named in ``missing``; documents of the
    run that have no gold are left out, and named in ``extra``. Raises GoldError when a doc_id stands twice, or when
    the two texts of a document differ, for then the offsets mean nothing.
    """
    golds, runs = _by_id(gold, "gold"), _by_id(predicted, "run")
    counts = {}
    for doc_id, pair in _pairs(golds, runs).items():
        counts[doc_id] = {name: metric(pair) for name, metric in METRICS.items()}
    return summarise(
        title,
        "documents",
        counts,
        missing=sorted(golds.keys() - runs.keys()),
        extra=sorted(runs.keys() - golds.keys()),
    )


def evaluate_confidence(gold: Iterable[Record], predicted: Iterable[Record]) -> Reliability | None:
    """How far the confidence of a run's events can be relied on; None where no event has one. Raises GoldError."""
    return measure_reliability(_pairs(_by_id(gold, "gold"), _by_id(predicted, "run")))


def _pairs(golds: Mapping[str, Record], runs: Mapping[str, Record]) -> dict[str, Pair]:
    """By doc_id the two readings of every gold document, texts checked. Raises GoldError."""
    if not golds:
        raise GoldError("the gold holds no documents; there is nothing to score.")
    pairs = {doc_id: Pair(one, runs.get(doc_id, Record(one.document))) for doc_id, one in golds.items()}
    for pair in pairs.values():
        _check_text(pair.gold, pair.predicted)
    return pairs


def _by_id(records: Iterable[Record], what: str) -> dict[str, Record]:
    out: dict[str, Record] = {}
    for record in records:
        doc_id = record.document.doc_id
        if doc_id in out:
            raise GoldError(f"{what}: the document {doc_id!r} stands twice; give each document an id of its own.")
        out[doc_id] = record
    return out


def _check_text(gold: Record, run: Record) -> None:
    a, b = gold.document.text, run.document.text
    if a != b:
        at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
        raise GoldError(
            f"{gold.document.doc_id}: gold and run have different texts from character {at} on "
            f"({a[at : at + 20]!r} against {b[at : at + 20]!r}); "
            "run the very text that was annotated (NFC, line ends \\n)."
        )


def check_common(gold: Sequence[Record], run: Sequence[Record], gold_name: object, run_name: object) -> None:
    """Raise UsageError where a run has documents, but none that gold has: the scores would all be 0 and mean nothing."""
    golds, found = [[record.document.doc_id for record in records] for records in (gold, run)]
    if found and not set(golds) & set(found):
        told = f"{gold_name} has {_first(golds)}, {run_name} has {_first(found)}"
        raise UsageError(
            f"no document of gold is in the run ({told}): doc_ids must be the same. Score the run of gold's texts."
        )


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def read_gold(path: Path | str) -> list[Record]:
    """Gold from a folder of brat standoff or a file of JSON lines. Raises GoldError, also when there is none."""
    path = Path(path)
    records = read_brat_folder(path) if path.is_dir() else list(read_records(path))
    if not records:
        raise GoldError(f"{path}: no annotated documents here. Gold is a folder of .txt with .ann, or a .jsonl file.")
    return records


def read_run(path: Path | str) -> list[Record]:
    """The records of a run's folder (its annotations.jsonl) or of a JSON-lines file. Raises UsageError, GoldError."""
    path = Path(path)
    file = path / "annotations.jsonl" if path.is_dir() else path
    if not file.exists():
        raise UsageError(f"{file}: no such file. Give a folder that 'peristiwa run' wrote, or a .jsonl file.")
    return list(read_records(file))
