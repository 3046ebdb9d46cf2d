"""Where events are lost: the largest losses of a run against gold, each with its cause, found by rules.

    python tests/benchmarks/errors.py GOLD RUN [--parses DIR]      a run's folder or annotations.jsonl
    python tests/benchmarks/errors.py GOLD --parses DIR            from frozen parses DIR/<doc_id>.conllu, no model needed

prints one table; ``--list`` adds a line for each of the ``--largest`` losses: document, offsets, types, what was lost, why.
No text is ever printed. docs/errors.md says what a loss is and how a cause is found. With the parses, tokens and trees are
looked at as well; without them, nothing is put down to tokens or the parser.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.annotate.conllu import read_conllu
from peristiwa.evaluate import read_gold, read_run
from peristiwa.evaluate.align import best_pairs, jaccard, overlap, same_span
from peristiwa.evaluate.metrics import JACCARD, Pair
from peristiwa.events.lexicon import Lexicon, compile_lexicon
from peristiwa.events.triggers import veto
from peristiwa.ontology import load_ontology
from peristiwa.types import Argument, Event, Record

if TYPE_CHECKING:
    from spacy.tokens import Doc

CAUSES = (
    "tokenizer",
    "parser",
    "name",
    "trigger unknown",
    "trigger missed",
    "spurious trigger",
    "sense",
    "span",
    "role",
    "date",
    "modality",
)
"""In the order of a pipeline; of causes that cost an event alike, the first is its cause."""
LARGEST = 100
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Loss:
    """What one event of gold, of the run, or of both lost: how many units to which cause."""

    doc_id: str
    start: int
    end: int
    gold: str | None
    found: str | None
    units: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        return sum(count for _, count in self.units)

    @property
    def cause(self) -> str:
        """The cause of most of it."""
        return max(self.units, key=lambda unit: (unit[1], -CAUSES.index(unit[0])))[0]


def losses(gold: Record, found: Record, doc: Doc | None = None) -> Iterator[Loss]:
    """The losses of one document, in text order."""
    pair = Pair(gold, found)
    matched = pair.typed
    missed = [e for e in pair.events[0] if all(e is not g for g, _ in matched)]
    spurious = [e for e in pair.events[1] if all(e is not f for _, f in matched)]
    other = _by_overlap(missed, spurious)
    rows = [_matched(g, f, gold, found, doc) for g, f in matched]
    rows += [_loss(gold, g, f, {"sense": max(_worth(g), _worth(f))}) for g, f in other]
    missed = [e for e in missed if all(e is not g for g, _ in other)]
    spurious = [e for e in spurious if all(e is not f for _, f in other)]
    rows += [_loss(gold, e, None, {_why_missed(e, gold, found, doc): _worth(e)}) for e in missed]
    rows += [_loss(gold, None, e, {_why_spurious(e, gold): _worth(e)}) for e in spurious]
    yield from sorted((row for row in rows if row.units), key=lambda row: (row.start, row.end, row.gold or "", row.found or ""))


def _loss(gold: Record, event: Event | None, found: Event | None, units: dict[str, int]) -> Loss:
    shown = event or found
    assert shown is not None
    kept = tuple((cause, count) for cause, count in units.items() if count)
    types = (event.type if event else None, found.type if found else None)
    return Loss(gold.document.doc_id, shown.trigger.start, shown.trigger.end, *types, kept)


def _worth(event: Event) -> int:
    """What an event counts in the scores: found, typed, its arguments, its date, its modality."""
    return 3 + len(event.arguments) + (event.date is not None)


def _by_overlap(missed: Sequence[Event], spurious: Sequence[Event]) -> list[tuple[Event, Event]]:
    ranks = {
        (i, j): (shared,)
        for i, g in enumerate(missed)
        for j, f in enumerate(spurious)
        if (shared := overlap(g.trigger, f.trigger))
    }
    return [(missed[i], spurious[j]) for i, j in best_pairs(ranks)]


def _why_missed(event: Event, gold: Record, found: Record, doc: Doc | None) -> str:
    trigger = event.trigger
    if _is_cut(trigger.start, trigger.end, found, doc):
        return "tokenizer"
    if any(overlap(trigger, name) for name in found.entities) and not any(overlap(trigger, n) for n in gold.entities):
        return "name"
    lexicon = compile_lexicon(load_ontology())
    words = [match for match in WORD.finditer(trigger.text) if _reads(lexicon, match[0], event.type)]
    if not words:
        return "trigger unknown"
    if doc is not None:
        at = {trigger.start + match.start() for match in words}
        reasons = [veto(token, lexicon) for token in doc if token.idx in at]
        if reasons and all(reason is not None for reason in reasons):
            return "name" if any("name" in (reason or "") for reason in reasons) else "parser"
    return "trigger missed"


def _reads(lexicon: Lexicon, word: str, kind: str) -> bool:
    """Whether the ontology has an entry that gives the word, or a phrase it opens, this type."""
    return any(reading.type == kind for reading in lexicon.look_up(word))


def _why_spurious(event: Event, gold: Record) -> str:
    """A word inside a name of gold that the run did not see as one is the name's fault."""
    return "name" if any(overlap(event.trigger, name) for name in gold.entities) else "spurious trigger"


def _is_cut(start: int, end: int, found: Record, doc: Doc | None) -> bool:
    """Whether a sentence ends inside, or the span is not made of whole tokens."""
    if any(start < sentence.start < end for sentence in found.sentences):
        return True
    if doc is None:
        return False
    return not (any(t.idx == start for t in doc) and any(t.idx + len(t) == end for t in doc))


def _matched(event: Event, found: Event, gold: Record, run: Record, doc: Doc | None) -> Loss:
    units: Counter[str] = Counter()
    text = gold.document.text
    left, over = list(event.arguments), list(found.arguments)
    for g, f in _pairs(left, over, lambda a, b: a.role == b.role and jaccard(a, b, text) >= JACCARD):
        _drop(left, g)
        _drop(over, f)
    for g, f in _pairs(left, over, lambda a, b: a.role == b.role):
        _drop(left, g)
        _drop(over, f)
        units[_why_span(event, g, f, gold, run, doc)] += 1
    for g, f in _pairs(left, over, lambda a, b: jaccard(a, b, text) >= JACCARD):
        _drop(left, g)
        _drop(over, f)
        units["role"] += 1
    for g in left:
        units[_why_absent(event, g, gold, run, doc)] += 1
    for f in over:
        units["date" if f.role == "time" and _is_no_time(f, gold) else "role"] += 1
    if (event.date.value if event.date else None) != (found.date.value if found.date else None):
        units["date"] += 1
    units["modality"] += event.modality != found.modality
    return _loss(gold, event, found, units)


def _pairs(
    gold: Sequence[Argument], found: Sequence[Argument], allowed: Callable[[Argument, Argument], bool]
) -> list[tuple[Argument, Argument]]:
    ranks = {
        (i, j): (shared,)
        for i, g in enumerate(gold)
        for j, f in enumerate(found)
        if (shared := overlap(g, f)) and allowed(g, f)
    }
    return [(gold[i], found[j]) for i, j in best_pairs(ranks)]


def _drop(items: list[Argument], one: Argument) -> None:
    del items[next(at for at, item in enumerate(items) if item is one)]


def _why_span(event: Event, gold: Argument, found: Argument, record: Record, run: Record, doc: Doc | None) -> str:
    """The right role on the wrong words: the name's, the time expression's, the tree's or the rules' fault."""
    if gold.role == "time":
        return "date"
    return _of_name(gold, found, record, run) or _of_parse(event, gold, run, doc) or "span"


def _why_absent(event: Event, gold: Argument, record: Record, run: Record, doc: Doc | None) -> str:
    """A filler that was not given to the event at all."""
    if gold.role == "time" and not any(overlap(gold, time) for time in run.times):
        return "date"
    return _of_parse(event, gold, run, doc) or "role"


def _is_no_time(found: Argument, gold: Record) -> bool:
    return not any(overlap(found, time) for time in gold.times)


def _of_name(gold: Argument, found: Argument, record: Record, run: Record) -> str | None:
    """The filler is a name in gold, and the run has that name with other bounds or not at all."""
    for entity in record.entities:
        if same_span(entity, gold) and not any(same_span(entity, other) for other in run.entities):
            return "name"
    return None


def _of_parse(event: Event, gold: Argument, run: Record, doc: Doc | None) -> str | None:
    """Tokens or sentences cut the filler or part it from its trigger; or it has no one head in the tree."""
    if _is_cut(gold.start, gold.end, run, doc):
        return "tokenizer"
    first, last = sorted((event.trigger.start, gold.start))
    text = run.document.text[first:last]
    if any(first < s.start <= last for s in run.sentences) and not any(mark in text for mark in ".!?\n"):
        return "tokenizer"
    if doc is None:
        return None
    inside = [t for t in doc if gold.start <= t.idx < gold.end and not (t.is_space or t.is_punct)]
    indices = {t.i for t in inside}
    heads = [t for t in inside if t.head.i == t.i or t.head.i not in indices]
    return "parser" if len(heads) > 1 else None


def print_table(found: Sequence[Loss], largest: int) -> None:
    """Causes of the largest losses, and of all that was lost."""
    top = rank(found)[:largest]
    causes, units = Counter(loss.cause for loss in top), Counter[str]()
    every: Counter[str] = Counter()
    for loss in found:
        every.update(dict(loss.units))
    for loss in top:
        units.update(dict(loss.units))
    print(f"{'cause':<18}{'largest ' + str(len(top)):>14}{'their units':>13}{'all units':>11}{'share':>8}")
    whole = sum(every.values())
    for cause in CAUSES:
        share = f"{100 * every[cause] / whole:.1f} %" if whole else "–"
        print(f"{cause:<18}{causes[cause]:>14}{units[cause]:>13}{every[cause]:>11}{share:>8}")
    print(f"{'all':<18}{len(top):>14}{sum(units.values()):>13}{whole:>11}   in {len(found)} events")


def rank(found: Iterable[Loss]) -> list[Loss]:
    """Largest first; among equals by document and place, so that the list is always the same."""
    return sorted(found, key=lambda loss: (-loss.size, loss.doc_id, loss.start, loss.end, loss.gold or ""))


def read_docs(folder: Path, golds: Sequence[Record]) -> dict[str, Doc]:
    """Frozen parses by doc_id."""
    docs = {}
    for gold in golds:
        path = folder / f"{gold.document.doc_id}.conllu"
        ((_, doc),) = read_conllu(path.read_text(encoding="utf8"), where=str(path))
        docs[gold.document.doc_id] = doc
    return docs


def read_again(golds: Sequence[Record], docs: dict[str, Doc]) -> list[Record]:
    """What the present rules and tables find in frozen parses."""
    from peristiwa.extract import Extractor
    from peristiwa.models import ModelSet
    from peristiwa.settings import Settings

    extractor = Extractor(Settings(), ModelSet("id", "id", "shipped", {}), load_ontology())
    return [extractor.read(gold.document, docs[gold.document.doc_id]) for gold in golds]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("gold", type=Path, help="a brat folder or a .jsonl file of records")
    options.add_argument("run", type=Path, nargs="?", help="a run's folder or its annotations.jsonl; default: read --parses")
    options.add_argument("--parses", type=Path, help="folder of <doc_id>.conllu (`peristiwa annotate`)")
    options.add_argument("--largest", type=int, default=LARGEST, metavar="N")
    options.add_argument("--list", action="store_true", help="a line for each of the largest losses")
    options.add_argument("--json", action="store_true", help="all losses as JSON lines instead")
    given = options.parse_args()
    if given.run is None and given.parses is None:
        options.error("give a RUN, or --parses to read frozen parses")
    golds = read_gold(given.gold)
    docs = read_docs(given.parses, golds) if given.parses else {}
    runs = {r.document.doc_id: r for r in (read_run(given.run) if given.run else read_again(golds, docs))}
    found = []
    for gold in golds:
        doc_id = gold.document.doc_id
        found += losses(gold, runs.get(doc_id, Record(gold.document)), docs.get(doc_id))
    if given.json:
        for loss in rank(found):
            cells = {"doc_id": loss.doc_id, "start": loss.start, "end": loss.end, "gold": loss.gold, "found": loss.found}
            print(json.dumps({**cells, "size": loss.size, "cause": loss.cause, "units": dict(loss.units)}))
        return
    if given.list:
        for loss in rank(found)[: given.largest]:
            units = ", ".join(f"{cause} {count}" for cause, count in loss.units)
            print(f"{loss.doc_id}\t{loss.start}:{loss.end}\t{loss.gold or '-'} → {loss.found or '-'}\t{loss.size}\t{units}")
        print()
    print_table(found, given.largest)


if __name__ == "__main__":
    main()
