"""One long text through a run under a limit of address space: python tests/benchmarks/memory.py --megabytes 200 --limit 3

The shipped models read every ``--every``-th window of 100,000 characters; a stand-in of a few rules (tests/fakes.py) reads
the others, since the models would take hours for 200 MB. So the memory is that of the models at work, of the text, and of
a record with all the annotations that the stand-in finds. ``--every 1`` lets the models read all. The text is made up, or
the first ``--megabytes`` of ``--text FILE``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from fakes import Fake, sample
from peristiwa.batch import run
from peristiwa.extract import Extractor, load
from peristiwa.types import Document, Failure, Record

SENTENCES = (
    "Pada Maret 2011, 41 negara telah meratifikasi konvensi itu dan 52 telah menandatanganinya.",
    "Gempa mengguncang Ambon pada Senin malam, kata juru bicara badan itu.",
    "Menteri Laut bertemu wakil nelayan di Makassar dan membahas kuota tangkapan.",
    "Dewan Samudra membentuk panitia yang beranggotakan sembilan orang.",
)


class Mixed(Extractor):
    """The shipped models on every ``every``-th window, the stand-in on the others."""

    every = 100

    @classmethod
    def made(cls, every: int) -> Mixed:
        real = load()
        mixed = cls(real.settings, real.models, real.ontology)
        mixed.every, mixed.seen, mixed.stand_in = every, 0, Fake()  # type: ignore[attr-defined]
        return mixed

    def annotate_many(self, documents: Iterable[Document | Failure]) -> Iterator[Any]:
        for item in documents:
            self.seen += 1  # type: ignore[attr-defined]
            if self.seen % self.every == 1 or self.every == 1:  # type: ignore[attr-defined]
                yield from super().annotate_many([item])
            else:
                yield from self.stand_in.annotate_many([item])  # type: ignore[attr-defined]

    def finish(self, document: Document, doc: Any) -> Record | Failure:
        if isinstance(doc, str):
            return self.stand_in.finish(document, doc)  # type: ignore[attr-defined, no-any-return]
        return super().finish(document, doc)


def copy_text(source: Path, path: Path, size: int) -> None:
    """The first ``size`` bytes of a file, without what is left of a character cut in two, nor orders for the stand-in."""
    orders = re.compile("LEMPAR|LEDAK|MACET|RAKUS|MATI")
    with source.open("rb") as lines, path.open("w", encoding="utf8") as out:
        for line in lines:
            text = line[:size].decode("utf8", errors="ignore")
            out.write(orders.sub(lambda word: word[0].lower(), text))
            size -= len(line)
            if size <= 0:
                return


def write_text(path: Path, size: int) -> None:
    """A text of ``size`` bytes, paragraphs of a few sentences."""
    written = number = 0
    with path.open("w", encoding="utf8") as out:
        while written < size:
            number += 1
            more = " ".join(SENTENCES[(number * k) % 4] for k in (1, 2, 3)) if number % 3 else sample(number)
            out.write(more + "\n\n")
            written += len(more.encode()) + 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=200)
    parser.add_argument("--limit", type=float, default=3, help="gigabytes of address space for every process")
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--text", type=Path, help="a text to read instead of the made one")
    parser.add_argument("--keep", type=Path, help="folder for text and run, else a temporary one")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    size = int(given.megabytes * 1e6)
    if given.text:
        copy_text(given.text, folder / "long.txt", size)
    else:
        write_text(folder / "long.txt", size)
    most = int(given.limit * (1 << 30))
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    begin = time.monotonic()
    done = run(
        [str(folder / "long.txt")],
        folder / "run",
        Mixed.made(given.every).having(memory=given.limit, timeout=86_400),
        fresh=True,
    )
    manifest = json.loads((folder / "run" / "manifest.json").read_text())
    usage = {name: resource.getrusage(who).ru_maxrss for name, who in (("parent", 0), ("worker", resource.RUSAGE_CHILDREN))}
    figures = {
        "megabytes": given.megabytes,
        "address_space_gb": given.limit,
        "models_on_every_nth_window": given.every,
        "ok": done.ok,
        "failures": [failure.reason for failure in done.failures],
        "found": manifest["found"],
        "line_megabytes": round((folder / "run" / "annotations.jsonl").stat().st_size / 1e6),
        "peak_rss_mb": {name: round(kilobytes / 1000) for name, kilobytes in usage.items()},
        "seconds": round(time.monotonic() - begin),
        "cores": os.cpu_count(),
    }
    print(json.dumps(figures, indent=2))
    if given.keep is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
