"""The page that a person reads: one self-contained HTML file per run, escaped, without scripts, readable offline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peristiwa.emit import read_failures, read_manifest, writing
from peristiwa.errors import UsageError
from peristiwa.evaluate import check_common, evaluate_confidence, evaluate_events, read_gold, read_run
from peristiwa.ontology import load_ontology
from peristiwa.records import read_records
from peristiwa.report.chronology import Row, rows, timeline
from peristiwa.report.marks import marked_paragraphs
from peristiwa.timex import day_number
from peristiwa.types import Record

if TYPE_CHECKING:
    from jinja2 import Template

DOCUMENTS_SHOWN = 200
ROWS_SHOWN = 1000
"""A page must open in a browser; what is left out is counted on the page, and is all in the tables beside it."""


def write_report(folder: Path | str, gold: Path | str | Sequence[Path | str] = ()) -> Path:
    """Write ``report.html`` into a run's folder and return its path.

    With ``gold`` (brat folders or .jsonl files) the page holds the scores against each. Raises UsageError when the
    folder holds no run, GoldError when gold is malformed.
    """
    folder = Path(folder)
    golds = [gold] if isinstance(gold, Path | str) else gold
    annotations = folder / "annotations.jsonl"
    if not annotations.exists():
        raise UsageError(f"{folder}: holds no annotations.jsonl. Make a run first: peristiwa run INPUT -o {folder}")
    counts, chronology = _pass_over(read_records(annotations))
    groups = {name: kind.group for name, kind in load_ontology().types.items()}
    scores = [_scores(Path(path), folder) for path in golds]
    page = _template().render(
        title=folder.name or folder.resolve().name,
        manifest=read_manifest(folder) if (folder / "manifest.json").exists() else {},
        failures=read_failures(folder),
        counts=counts,
        timeline=timeline(chronology, groups),
        group_names=sorted(set(groups.values())),
        groups=groups,
        chronology=chronology[:ROWS_SHOWN],
        chronology_total=len(chronology),
        documents=[
            {"record": record, "paragraphs": marked_paragraphs(record), "rows": rows(record)}
            for record in islice(read_records(annotations), DOCUMENTS_SHOWN)
        ],
        scores=scores,
    )
    path = folder / "report.html"
    with writing(path) as file:
        file.write(page)
    return path


def _pass_over(records: Iterable[Record]) -> tuple[dict[str, Any], list[Row]]:
    """What the head of the page tells, gathered in one pass that keeps no document."""
    totals: Counter[str] = Counter()
    types: Counter[str] = Counter()
    dated: list[Row] = []
    for record in records:
        totals["documents"] += 1
        totals["sentences"] += len(record.sentences)
        totals["entities"] += len(record.entities)
        totals["times"] += len(record.times)
        totals["quantities"] += len(record.quantities)
        totals["events"] += len(record.events)
        types.update(event.type for event in record.events)
        dated += [row for row in rows(record) if row.earliest]
    dated.sort(key=lambda row: (day_number(row.earliest or ""), row.latest or "", row.doc_id, row.id))
    totals["dated"] = len(dated)
    return {"totals": totals, "types": types.most_common()}, dated


def _scores(path: Path, folder: Path) -> dict[str, Any]:
    gold, run = read_gold(path), read_run(folder)
    check_common(gold, run, path, folder)
    reliability = evaluate_confidence(gold, run)
    confidence = reliability.to_dict() if reliability else None
    return {"gold": str(path), **evaluate_events(gold, run).to_dict(), "confidence": confidence}


def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("peristiwa.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")
