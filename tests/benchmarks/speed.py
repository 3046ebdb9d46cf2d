"""How fast, beside Stanza run the ordinary way: words per second as ratios, agreement, the split by stage, start-up.

    python tests/benchmarks/speed.py [--documents 300] [--block 300] [--only same,whole,start] [--json FILE]

Documents of about 250 words are cut from ``../shared/data/text/news.txt.xz`` or, where that is absent, from the corpus of
this repository, over and over. Each system has its turn at each block of them: with smaller blocks what else the machine
does falls on all alike, but ``peristiwa run`` starts its workers and writes its tables anew for each.

*same*   our models: ``for text in texts: nlp(text)`` and ``bulk_process`` of a stanza.Pipeline with the same processors
         (a text's lines parted as ours parts them), against ``Annotator``, Docs included; agreement layer by layer.
*whole*  files to records with all that ships, by ``peristiwa run`` with a worker a core (planning, results and tables
         included) and by the library in one process, against Stanza's models at their default sizes (see
         default_size.py), from tokenising to parsing and names, one document after the other. All have the same cores, and
         none is charged with loading its models.
*models* (only where ``--against FOLDER`` names one) annotating with the models that ship against those of Stanza's kind in
         the folder, by our engine both times.
*start*  wall time of ``peristiwa show`` in a process of its own, and of the imports in it.
"""

from __future__ import annotations

import argparse
import gc
import json
import lzma
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import torch

from peristiwa import extract
from peristiwa.annotate import Annotator
from peristiwa.annotate.engine import Engine
from peristiwa.annotate.paragraphs import part_paragraphs
from peristiwa.annotate.stanza import address_pattern, load_pipeline
from peristiwa.batch.quarantine import cores
from peristiwa.events.encoding import Encoder
from peristiwa.ingest import read_documents
from peristiwa.models import locate
from peristiwa.records import record_to_json
from peristiwa.types import Document, Failure

ROOT = Path(__file__).parents[2]
NEWS = ROOT.parent / "shared" / "data" / "text" / "news.txt.xz"
LENGTH = 250
STANZA, OURS = "Stanza, default sizes, nlp(text)", "peristiwa, files to records"
STAGES = ("find_times", "find_entities", "find_quantities", "find_events")


def texts(count: int) -> list[str]:
    """Documents of at least LENGTH words."""
    found: list[str] = []
    lines: list[str] = []
    words = 0
    for line in _lines():
        lines.append(line)
        words += len(line.split())
        if words >= LENGTH:
            found.append("\n\n".join(lines))
            lines, words = [], 0
        if len(found) == count:
            break
    return found


def _lines() -> Iterator[str]:
    if NEWS.exists():
        with lzma.open(NEWS, "rt", encoding="utf-8") as file:
            yield from (line.strip() for number, line in enumerate(file) if number >= 50_000 and line.strip())
    else:
        files = sorted((ROOT / "corpus" / "id").rglob("*.txt"))
        for path in cycle(files):
            yield from (line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


class Clock:
    """Wall and processor seconds of each system over all blocks."""

    def __init__(self) -> None:
        self.wall: Counter[str] = Counter()
        self.processor: Counter[str] = Counter()

    def run(self, name: str, work: Callable[[], Any]) -> Any:
        wall, processor = time.perf_counter(), time.process_time()
        result = work()
        self.wall[name] += time.perf_counter() - wall
        self.processor[name] += time.process_time() - processor
        return result

    def table(self, words: int, ours: str) -> dict[str, dict[str, float]]:
        """Prints and returns words per second and how many times as fast ours is."""
        found = {}
        for name in self.wall:
            found[name] = {
                "words_per_second": words / self.wall[name],
                "ratio": self.wall[name] / self.wall[ours],
                "words_per_processor_second": words / self.processor[name],
                "processor_ratio": self.processor[name] / self.processor[ours],
            }
            print(
                f"{name:<34}{found[name]['words_per_second']:>8,.0f} words/s {found[name]['ratio']:>6.2f} ×"
                f"{found[name]['words_per_processor_second']:>10,.0f} words/s of processor"
                f" {found[name]['processor_ratio']:>6.2f} ×",
                flush=True,
            )
        return found


def same(documents: list[str], block: int) -> dict[str, Any]:
    """Our models by Stanza, both ways, and by us."""
    models = locate("id-stanza").paths
    names = [name for name in ("ner", "triggers") if name in models]
    pipeline, annotator = load_pipeline(models, names, "id"), Annotator(models)
    engine = annotator._loaded = Engine(models, names, address_pattern)  # without our rules, which Stanza does not have
    for text in documents[:2]:
        pipeline(text)
        annotator.annotate([Document("warm", text)])
    clock, agreement, total = Clock(), Counter(), Counter()
    for first in range(0, len(documents), block):
        part = [part_paragraphs(text)[0] for text in documents[first : first + block]]
        records = [Document(str(number), text) for number, text in enumerate(part)]
        ordinary = clock.run("Stanza, nlp(text)", lambda part=part: _ordinarily(pipeline, part))
        clock.run("Stanza, bulk_process", lambda part=part: pipeline.bulk_process(part))
        clock.run("peristiwa, Annotator", lambda records=records: annotator.annotate(records))
        for text, theirs in zip(part, ordinary, strict=True):
            _compare(theirs, engine.annotate([text])[0], agreement, total)
    words = total["head"]
    print(f"\nsame weights: {len(documents)} documents, {words} words, {torch.get_num_threads()} threads")
    table = clock.table(words, "peristiwa, Annotator")
    differing = {layer: total[layer] - agreement[layer] for layer in total}
    print("differing annotations: " + ", ".join(f"{layer} {count} of {total[layer]}" for layer, count in differing.items()))
    return {"documents": len(documents), "words": words, "systems": table, "differing": differing}


def _compare(theirs: Any, ours: Any, agreement: Counter[str], total: Counter[str]) -> None:
    """Count, layer by layer, what Stanza's Document and our sentences have in common."""

    def add(layer: str, one: Any, other: Any) -> None:
        total[layer] += 1
        agreement[layer] += one == other

    bounds = [[(token.text, token.start_char, token.end_char) for token in s.tokens] for s in theirs.sentences]
    add("segmentation", bounds, [[(token.text, token.start, token.end) for token in s.tokens] for s in ours])
    for one, other in zip(theirs.sentences, ours, strict=False):
        add("words", [word.text for word in one.words], other.words)
        for number, word in enumerate(one.words[: len(other.words)]):
            add("upos", word.upos, other.upos[number])
            add("feats", word.feats or "", other.feats[number])
            add("lemma", word.lemma or "_", other.lemmas[number])
            add("head", word.head, other.heads[number])
            add("deprel", word.deprel, other.deprels[number])
        for position, name in enumerate(other.tags):
            for token, tag in zip(one.tokens, other.tags[name], strict=False):
                add(name, token.multi_ner[position], tag)


def whole(documents: list[str], block: int) -> dict[str, Any]:
    """All that ships, from files to records, against Stanza's default sizes."""
    sys.path.insert(0, str(Path(__file__).parent))
    from default_size import write_default_size

    extractor = extract.load("id")
    extractor.prepare()
    gc.freeze()  # as a run does before it starts its workers
    stages: Counter[str] = Counter()
    for stage in STAGES:
        setattr(extract, stage, _timed(getattr(extract, stage), stage, stages))
    Encoder.run = _timed(Encoder.run, "network", stages)  # type: ignore[method-assign]
    models = _timed(extractor.annotator._loaded.parse, "models", stages)
    extractor.annotator._loaded.parse = models  # type: ignore[method-assign]
    annotate = _timed(extractor.annotator.annotate_safely, "annotate", stages)
    extractor.annotator.annotate_safely = annotate  # type: ignore[method-assign]
    extract_all = _timed(_extract, "all", stages)
    team = f"peristiwa run, {cores()} workers"
    clock = Clock()
    words = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pipeline = load_pipeline(write_default_size(locate("id-stanza").paths, folder), ["ner"], "id")
        for number, first in enumerate([None, *range(0, len(documents), block)]):
            part = documents[:2] if first is None else documents[first : first + block]
            inputs = folder / f"block{number}"
            inputs.mkdir()
            for place, text in enumerate(part):
                (inputs / f"{place:04}.txt").write_text(text, encoding="utf-8")
            if first is None:  # what loads at the first document is no part of the speed
                _extract(extractor, inputs, folder)
                _ordinarily(pipeline, part)
                stages.clear()
                continue
            clock.run(STANZA, lambda part=part: _ordinarily(pipeline, part))
            clock.run(OURS, lambda inputs=inputs: extract_all(extractor, inputs, folder))
            for measure, seconds in zip(
                (clock.wall, clock.processor), _run(inputs, folder / f"{inputs.name}-out"), strict=True
            ):
                measure[team] += seconds
            words += sum(len(text.split()) for text in part)
    print(f"\nwhole system: {len(documents)} documents, {words} words between spaces, {torch.get_num_threads()} threads")
    table = clock.table(words, team)
    print(f"(the library alone: {clock.wall[STANZA] / clock.wall[OURS]:.2f} × Stanza's wall time)")
    total = stages.pop("all")
    stages["docs"] = stages.pop("annotate") - stages["models"]
    stages["find_events"] -= stages["network"]
    stages["read, write"] = total - sum(stages.values())
    share = {stage: seconds / total for stage, seconds in stages.most_common()}
    print("of the time: " + ", ".join(f"{stage} {100 * part:.1f} %" for stage, part in share.items()))
    print(f"all but the models: {100 * (1 - share['models'] - share['network']):.1f} %, with the network of events ", end="")
    print(f"{100 * (1 - share['models']):.1f} %")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak memory of this process, both systems: {memory:.2f} GB")
    return {"documents": len(documents), "words": words, "systems": table, "share": share, "peak_gb": memory}


RUN = """
import sys, time
from pathlib import Path
from peristiwa import load
from peristiwa.batch import LocalEngine, run
from peristiwa.batch.local import _load_for_sharing
from resource import RUSAGE_CHILDREN, getrusage

extractor = load("id")
_load_for_sharing(extractor)
wall, processor = time.perf_counter(), time.process_time()
run(sys.argv[1:2], Path(sys.argv[2]), extractor, quiet=True,
    engine=LocalEngine(workers=int(sys.argv[3]), start_method="fork"))
children = getrusage(RUSAGE_CHILDREN)
print(time.perf_counter() - wall, time.process_time() - processor + children.ru_utime + children.ru_stime)
"""
"""As the command line does it, but with a look at the clock once the models are loaded."""


def _run(inputs: Path, out: Path) -> list[float]:
    """Seconds of the wall and of the processor of a run with a worker a core, in a process of its own that it forks from."""
    command = [sys.executable, "-c", RUN, str(inputs), str(out), str(cores())]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(seconds) for seconds in told.split()]


def models(documents: list[str], block: int, other: Path) -> dict[str, Any]:
    """The models that ship against those of another folder: what better models cost."""
    kind = locate("id-stanza").paths
    annotators = {
        "models that ship": Annotator(locate("id").paths),
        f"models of {other}": Annotator({name: other / path.name for name, path in kind.items()}),
    }
    for annotator in annotators.values():  # what loads at the first document is no part of the speed
        annotator.annotate([Document("warm", text) for text in documents[:2]])
    clock = Clock()
    for first in range(0, len(documents), block):
        part = [Document(str(number), text) for number, text in enumerate(documents[first : first + block])]
        for name, annotator in annotators.items():
            clock.run(name, lambda annotator=annotator, part=part: annotator.annotate(part))
    words = sum(len(text.split()) for text in documents)
    print(f"\nannotating: {len(documents)} documents, {words} words between spaces, {torch.get_num_threads()} threads")
    return {"documents": len(documents), "words": words, "systems": clock.table(words, "models that ship")}


def _ordinarily(pipeline: Any, part: list[str]) -> list[Any]:
    return [pipeline(text) for text in part]


def _extract(extractor: Any, inputs: Path, folder: Path) -> None:
    with (folder / "annotations.jsonl").open("w", encoding="utf-8") as file:
        for record in extractor.extract_many(read_documents([inputs], language="id")):
            if isinstance(record, Failure):
                raise SystemExit(f"{record.doc_id}: {record.reason}")
            file.write(record_to_json(record) + "\n")


def _timed(function: Callable[..., Any], name: str, stages: Counter[str]) -> Callable[..., Any]:
    """``function`` that adds to ``stages`` what it takes of this thread's own time, whatever else the machine does."""

    def run(*arguments: Any, **options: Any) -> Any:
        started = time.thread_time()
        try:
            return function(*arguments, **options)
        finally:
            stages[name] += time.thread_time() - started

    return run


def start() -> dict[str, float]:
    """Seconds, the best of three: ``peristiwa show`` of a sentence, and its large imports alone."""
    commands = {
        "peristiwa show": [
            "-c",
            "from peristiwa.cli import main; main()",
            "show",
            "Menteri Siti Aminah tiba di Ende pada 3 Mei 2018.",
        ],
        "import torch, spacy": ["-c", "import torch, spacy"],
        "import torch": ["-c", "import torch"],
    }
    found = {}
    print()
    for name, arguments in commands.items():
        times = []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            started = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            times.append((time.perf_counter() - started, processor))
        found[name] = min(times)[0]
        print(f"{name:<24}{found[name]:>6.2f} s wall, {min(times, key=lambda t: t[1])[1]:.2f} s of processor", flush=True)
    return found


def main() -> None:
    """Prints tables and writes JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=300)
    options.add_argument("--block", type=int, default=300, help="documents of which every system has its turn")
    options.add_argument("--only", default="same,whole,start", help="parts, joined by commas")
    options.add_argument("--threads", type=int, default=None, help="torch threads, for all systems alike")
    options.add_argument("--against", type=Path, default=None, metavar="FOLDER", help="other models, for the part *models*")
    options.add_argument("--json", type=Path, default=None, metavar="FILE")
    given = options.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    documents = texts(given.documents)
    parts: dict[str, Callable[[], Any]] = {
        "same": lambda: same(documents, given.block),
        "whole": lambda: whole(documents, given.block),
        "start": start,
    }
    if given.against:
        parts["models"] = lambda: models(documents, given.block, given.against)
    results = {name: run() for name, run in parts.items() if name in given.only.split(",")}
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
