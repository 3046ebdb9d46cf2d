"""What 10^4, 10^6 and 10^8 documents cost: measured here on a few, computed for the rest. The tables of docs/scaling.md.

    python tests/benchmarks/scaling.py [--documents 20] [--copies 2000] [--words 250] [--json FILE]

Models are loaded in a process of its own, and read ``documents`` of about 250 words (see speed.py) in one thread; planning
and joining are measured on ``copies`` documents made of these and their records. Times are of the processor, so that what
else the machine does counts less; where a core is shared with other work, wall time is longer by that share.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

SIZES = (10**4, 10**6, 10**8)
CORES = {10**4: (2, 8), 10**6: (8, 64), 10**8: (64, 512)}
SPOOL = "figures of the extractor: "


def extractor_figures(count: int) -> dict[str, float]:
    """Loading, words per second, memory, in the process that calls it."""
    begin = time.process_time()
    from peristiwa import extract
    from peristiwa.records import record_to_json
    from peristiwa.types import Document

    extractor = extract.load("id").having(threads=1)
    extractor.annotator  # noqa: B018
    extractor.extract("Menteri Siti Aminah tiba di Ende pada 3 Mei 2018.")  # tables that load at the first document
    loading = time.process_time() - begin
    documents = [Document(str(number), text) for number, text in enumerate(_texts(count))]
    before = extractor.tokens_read
    begin, wall = time.process_time(), time.perf_counter()
    size = sum(len(record_to_json(record).encode()) for record in extractor.extract_many(documents))
    seconds, wall = time.process_time() - begin, time.perf_counter() - wall
    words = sum(len(document.text.split()) for document in documents)
    return {
        "documents": count,
        "words": words,
        "words_per_document": words / count,
        "bytes_per_document": sum(len(document.text.encode()) for document in documents) / count,
        "record_bytes_per_word": size / words,
        "tokens_per_word": (extractor.tokens_read - before) / words,
        "loading_seconds": loading,
        "words_per_second": words / seconds,
        "words_per_wall_second": words / wall,
        "rss_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def _texts(count: int) -> list[str]:
    sys.path.insert(0, str(Path(__file__).parent))
    from speed import texts

    return texts(count)


def serial_figures(count: int, samples: int) -> dict[str, float]:
    """What planning and joining take for each document, in processor seconds and bytes of disk."""
    from peristiwa import extract
    from peristiwa.batch import make_plan, origin_of
    from peristiwa.emit import finish_run
    from peristiwa.records import record_to_json
    from peristiwa.types import Document

    extractor = extract.load("id").having(threads=1)
    texts = _texts(samples)
    records = [record_to_json(r) for r in extractor.extract_many(Document("@@", text) for text in texts)]  # type: ignore[arg-type]
    figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "files").mkdir()
        with (folder / "table.jsonl").open("w", encoding="utf-8") as table:
            for number, text in enumerate(islice(cycle(texts), count)):
                (folder / "files" / f"{number:07}.txt").write_text(text, encoding="utf-8")
                table.write(json.dumps({"doc_id": f"t{number}", "text": text}) + "\n")
        origin = origin_of(extractor)
        for kind, source in (("files", "files"), ("rows", "table.jsonl")):
            begin = time.process_time()
            plan = make_plan([str(folder / source)], folder / f"plan-{kind}", origin)
            figures[f"plan_{kind}_seconds"] = (time.process_time() - begin) / count
            figures[f"plan_{kind}_bytes"] = sum(p.stat().st_size for p in plan.work.rglob("*") if p.is_file()) / count
        lines = (
            line.replace('"@@"', f'"d{number}"').encode() + b"\n" for number, line in enumerate(islice(cycle(records), count))
        )
        begin = time.process_time()
        manifest = finish_run(folder / "out", lines, [], groups=plan.groups, manifest=dict)
        figures["join_seconds"] = (time.process_time() - begin) / count
        figures["out_bytes"] = sum(manifest["files"].values()) / count  # type: ignore[attr-defined]
    return figures


def table(figures: dict[str, float], words: int) -> list[dict[str, Any]]:
    """One row for each number of documents and of cores, of ``words`` words a document."""
    rows = []
    scale = words / figures["words_per_document"]
    for documents in SIZES:
        for cores in CORES[documents]:
            reading = documents * words / figures["words_per_second"] / 3600
            loading = cores * figures["loading_seconds"] / 3600
            plan = documents * figures["plan_rows_seconds"] / 3600
            join = documents * figures["join_seconds"] * scale / 3600
            rows.append(
                {
                    "documents": documents,
                    "cores": cores,
                    "core_hours": reading + loading + plan + join,
                    "hours_reading": (reading + loading) / cores,
                    "hours_plan": plan,
                    "hours_join": join,
                    "hours": (reading + loading) / cores + plan + join,
                    "memory_gb": cores * figures["rss_gb"],
                    "plan_gb": documents * figures["plan_rows_bytes"] * scale / 1e9,
                    "results_gb": documents * figures["out_bytes"] * scale / 1e9,
                }
            )
    return rows


def show(figures: dict[str, float], rows: list[dict[str, Any]], words: int) -> None:
    """Print both tables as Markdown."""
    print("| measured | |\n|---|---|")

    def plan(kind: str) -> str:
        return f"{figures[f'plan_{kind}_seconds'] * 1e3:.2f} ms, {figures[f'plan_{kind}_bytes']:,.0f} bytes"

    for name, text in (
        ("words a second of one core", f"{figures['words_per_second']:,.0f}"),
        ("loading the models, core seconds", f"{figures['loading_seconds']:.1f}"),
        ("memory of a worker, peak", f"{figures['rss_gb']:.2f} GB"),
        ("planning, a file each", plan("files")),
        ("planning, a row of a table each", plan("rows")),
        ("joining and tables, a document", f"{figures['join_seconds'] * 1e3:.2f} ms"),
        ("text, a document", f"{figures['words_per_document']:.0f} words, {figures['bytes_per_document']:,.0f} bytes"),
        ("results, a document", f"{figures['out_bytes']:,.0f} bytes"),
    ):
        print(f"| {name} | {text} |")
    print(
        f"\n| documents of {words} words | cores | reading | planning | joining | all | core-hours | memory | plan | results |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        hours = " | ".join(_hours(row[name]) for name in ("hours_reading", "hours_plan", "hours_join", "hours"))
        sizes = " | ".join(f"{_two(row[name])} GB" for name in ("memory_gb", "plan_gb", "results_gb"))
        exponent = round(math.log10(row["documents"]))
        print(f"| 10^{exponent} | {row['cores']} | {hours} | {_two(row['core_hours'])} | {sizes} |")


def _two(value: float) -> str:
    """A number with two digits that count."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _hours(value: float) -> str:
    if value >= 48:
        return f"{value / 24:.0f} d"
    return f"{_two(value)} h" if value >= 1 else f"{value * 60:.0f} min" if value >= 1 / 60 else f"{value * 3600:.0f} s"


def main() -> None:
    """Prints tables and writes JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=20, help="documents that the models read")
    options.add_argument("--copies", type=int, default=2000, help="documents that are planned and joined")
    options.add_argument("--words", type=int, default=250, help="words of a document in the table")
    options.add_argument("--json", type=Path, default=None, metavar="FILE")
    options.add_argument("--extractor", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.extractor:
        print(SPOOL + json.dumps(extractor_figures(given.documents)))
        return
    command = [sys.executable, __file__, "--extractor", "--documents", str(given.documents)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = json.loads(told.rpartition(SPOOL)[2]) | serial_figures(given.copies, min(given.documents, 10))
    rows = table(figures, given.words)
    show(figures, rows, given.words)
    if given.json:
        given.json.write_text(json.dumps({"measured": figures, "computed": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
