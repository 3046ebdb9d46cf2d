"""Learn ``weights/<language>/trigger_priors.json``: how likely a reading of the ontology names an event.

A logistic model with L2 over the features of ``events.priors``, fitted by L-BFGS on every reading that the rules propose
for the annotated documents, and for the ontology's own examples; a reading counts as right if a gold trigger of its type
overlaps it. The threshold is chosen by typed F1 (``tuning``) over held-out folds; with ``--tune`` on other documents,
together with the weight of the trigger model's log-odds, which only documents that the trigger model did not learn from can
tell. Features seen fewer than ``MIN_COUNT`` times are left out. Everything is deterministic.

    python -m peristiwa.training.priors --data ../shared/data/events/train.jsonl [--parses DIR]
                                        --tune ../shared/data/events/dev.jsonl [--tune-parses DIR] [--tune-too corpus/id/dev]
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.annotate import Annotator
from peristiwa.errors import UsageError
from peristiwa.events.candidate import Hit
from peristiwa.events.encoding import Encoder, load_encoder
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.prior_features import features
from peristiwa.events.priors import NAME, Priors, PriorsFile, Thresholds
from peristiwa.events.tagger import model_odds, model_scores
from peristiwa.events.tree import characters
from peristiwa.events.triggers import best_hits, find_hits, model_spans
from peristiwa.events.weights import logistic, mixed, total
from peristiwa.models import WEIGHTS, locate
from peristiwa.ontology import Ontology, examples_of, load_ontology
from peristiwa.records import read_records
from peristiwa.training.annotated import read_corpus, read_parses
from peristiwa.training.logistic import feature_matrix
from peristiwa.training.standoff import round_of
from peristiwa.training.tuning import EQUAL, around, best_bar, best_of
from peristiwa.types import Document, Record

if TYPE_CHECKING:
    import numpy as np
    from spacy.tokens import Doc

MIN_COUNT = 4
PENALTY = 2.0
FOLDS = 5
SHARES = (0.0, 0.25, 0.4, 0.5, 0.65)
"""Shares of the network that are tried."""
TRUSTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6)
"""Weights of the trigger model that are tried."""
BARS = tuple(step / 100 for step in range(4, 75, 2))
DIGITS = 3
HABIT = "round="
"""How the features begin that tell whose annotation it is."""
OFTEN = 5
"""How often an example of the ontology counts: it is written to be learnt, and single sentences are seldom among documents."""
NOWHERE = -1
SMALLEST = 0.03
"""Weights closer to zero are left out, for the limit of all weights together."""

Gold = list[tuple[int, int, str]]
Span = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Example:
    """One reading: its document, its hit, the names of its features, and whether it is an event of that type.

    ``model`` is what the trigger model says of it, in log-odds; 0 where the model did not read the document. ``read`` are
    the network's log-odds, None where it did not.
    """

    document: int
    hit: Hit
    names: tuple[str, ...]
    model: float
    right: bool
    read: float | None = None


def gold_triggers(record: Record) -> Gold:
    """(start, end, type) of every gold trigger, in characters."""
    return [(event.trigger.start, event.trigger.end, event.type) for event in record.events]


def make_examples(
    docs: Sequence[Doc],
    golds: Sequence[Gold],
    ontology: Ontology,
    encoder: Encoder | None = None,
    rounds: Sequence[int] | None = None,
) -> list[Example]:
    """Every reading of every document with its features and whether gold agrees.

    Those of a round of annotation have features of that round besides: what its annotators mark more freely than those of
    the documents that belong to none (0) is put down to them, and left out of the weights (``fit``).
    """
    lexicon = compile_lexicon(ontology)
    found = []
    for number, (doc, gold) in enumerate(zip(docs, golds, strict=True)):
        hits = find_hits(doc, lexicon)
        scores = model_scores(doc)
        read = encoder.encode(doc, hits).trigger_odds() if encoder is not None else [None] * len(hits)
        for hit, names, odds in zip(hits, features(doc, hits, lexicon), read, strict=True):
            start, end = characters(doc, hit.start, hit.end)
            right = any(s < end and start < e and kind == hit.reading.type for s, e, kind in gold)
            if rounds is not None and rounds[number]:
                names += [f"{HABIT}{rounds[number]}", f"{HABIT}{rounds[number]}:{hit.reading.type}"]
            found.append(Example(number, hit, tuple(names), model_odds(scores, hit) if scores else 0.0, right, odds))
    return found


def ontology_examples(ontology: Ontology) -> list[Example]:
    """The readings of the ontology's examples that these judge: those at a trigger, or those of the type that is lacking.

    They belong to no document that is measured. Parsed here with the shipped models.
    """
    lexicon, told = compile_lexicon(ontology), examples_of(ontology, ontology.types)
    docs = Annotator(locate(ontology.language).paths).annotate([Document(str(at), one.text) for at, one in enumerate(told)])
    found = []
    for doc, one in zip(docs, told, strict=True):
        hits = find_hits(doc, lexicon)
        for hit, names in zip(hits, features(doc, hits, lexicon), strict=True):
            if one.trigger is None:
                judged, right = hit.reading.type == one.type, False
            else:
                start, end = characters(doc, hit.start, hit.end)
                judged, right = start < one.trigger[1] and one.trigger[0] < end, hit.reading.type == one.type
            if judged:
                found += [Example(NOWHERE, hit, tuple(names), 0.0, right)] * OFTEN
    return found


def fit(examples: Sequence[Example], penalty: float = PENALTY) -> dict[str, float]:
    """The weights of a logistic model with L2 penalty (none on the bias), by name."""
    import numpy as np
    from scipy.optimize import minimize

    counts = Counter(name for example in examples for name in example.names)
    names = sorted(name for name, count in counts.items() if count >= MIN_COUNT)
    matrix = feature_matrix([e.names for e in examples], {name: column for column, name in enumerate(names)})
    target = np.array([example.right for example in examples], dtype=float)
    strength = np.full(len(names), penalty)
    strength[names.index("bias")] = 0.01

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = matrix @ weights
        value = np.logaddexp(0.0, margin).sum() - target @ margin + 0.5 * (strength * weights**2).sum()
        gradient = matrix.T @ (1.0 / (1.0 + np.exp(-margin)) - target) + strength * weights
        return float(value), gradient

    result = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights = zip(names, result.x, strict=True)  # a type stays whatever its weight: it tells that the type was learnt
    kept = ((n, w) for n, w in weights if not n.startswith(HABIT) and (abs(w) >= SMALLEST or n.startswith("type=")))
    return {n: round(float(w), DIGITS) for n, w in kept}


def typed_f1(docs: Sequence[Doc], golds: Sequence[Gold], chosen: Sequence[Sequence[Span]]) -> float:
    """F1 of typed triggers that overlap, each gold trigger counted once."""
    right = total = 0
    for doc, gold, spans in zip(docs, golds, chosen, strict=True):
        left = list(gold)
        for kind, first, last in spans:
            start, end = characters(doc, first, last)
            match = next((g for g in left if g[0] < end and start < g[1] and g[2] == kind), None)
            if match is not None:
                left.remove(match)
                right += 1
        total += len(gold) + len(spans)
    return 2 * right / total if total else 0.0


def held_out_odds(examples: Sequence[Example], besides: Sequence[Example] = (), folds: int = FOLDS) -> list[float]:
    """The log-odds of every example by a model that saw all ``besides`` and not its document."""
    odds = [0.0] * len(examples)
    for fold in range(folds):
        weights = fit([*(e for e in examples if e.document % folds != fold), *besides])
        for index, example in enumerate(examples):
            if example.document % folds == fold:
                odds[index] = total(weights, example.names)
    return odds


def learn(
    docs: Sequence[Doc],
    golds: Sequence[Gold],
    ontology: Ontology,
    rounds: Sequence[int] | None = None,
    besides: Sequence[Example] = (),
) -> PriorsFile:
    """Weights from annotated documents, each of a round of annotation, and from readings ``besides``.

    The threshold is the best one on held-out folds, ``made_by`` has its F1.
    """
    examples = make_examples(docs, golds, ontology, rounds=rounds)
    if not examples:
        raise UsageError("No trigger was found in the training documents; check that they are parsed and annotated.")
    weights = fit([*examples, *besides])
    f1 = _by_bar(Priors(weights), examples, held_out_odds(examples, besides), docs, golds)
    bar = best_bar(f1)
    made_by: dict[str, str | float] = {"held_out_typed_f1": round(100 * f1[bar], 1), "readings": float(len(examples))}
    return PriorsFile(thresholds=Thresholds(rules=bar, both=bar), made_by=made_by, features=weights)


def tune(
    docs: Sequence[Doc], golds: Sequence[Gold], ontology: Ontology, learnt: PriorsFile, encoder: Encoder | None = None
) -> PriorsFile:
    """Thresholds, the share of the network and the weight of the trigger model, chosen by typed F1 on documents that none
    of them had learnt from.

    Held-out folds of the training documents would set the bars too high, because the lexicon covers their words better;
    F1 is averaged over neighbouring bars, so that a lucky step does not win.
    """
    examples = make_examples(docs, golds, ontology, encoder)
    odds = [total(learnt.features, example.names) for example in examples]

    def reached(share: float, trust: float) -> tuple[float, float]:
        sums = [mixed(own, e.read, share) + trust * e.model for own, e in zip(odds, examples, strict=True)]
        f1 = _by_bar(Priors(learnt.features), examples, sums, docs, golds)
        bar = best_bar(f1)
        return bar, around(f1, bar)

    mixtures = SHARES if encoder is not None else SHARES[:1]
    trusts = TRUSTS if any(model_scores(doc) for doc in docs) else TRUSTS[:1]
    tried = {(share, trust): reached(share, trust) for share in mixtures for trust in trusts}
    best = max(score for _, score in tried.values())
    good = [pair for pair, (_, score) in tried.items() if score >= best - EQUAL]
    # The trigger model has to be run where it has a weight: of equals those that do without it, of these one in their midst.
    trust = min(trust for _, trust in good)
    share = best_of({share: tried[share, weight][1] for share, weight in good if weight == trust})
    thresholds = Thresholds(rules=tried[0.0, 0.0][0], both=tried[share, trust][0])
    told = {"rules": tried[0.0, 0.0][1], "both": tried[share, trust][1]}
    told["model"] = typed_f1(docs, golds, [model_spans(doc, ontology) for doc in docs])
    made_by = learnt.made_by | {f"tuned_typed_f1_{name}": round(100 * value, 1) for name, value in told.items()}
    return learnt.model_copy(update={"thresholds": thresholds, "trust": trust, "share": share, "made_by": made_by})


def _by_bar(
    priors: Priors, examples: Sequence[Example], odds: Sequence[float], docs: Sequence[Doc], golds: Sequence[Gold]
) -> dict[float, float]:
    """Typed F1 for each threshold of ``BARS``, the scores joined as ``priors`` does."""
    hits: list[list[Hit]] = [[] for _ in docs]
    scores: list[list[float]] = [[] for _ in docs]
    for example, value in zip(examples, odds, strict=True):
        hits[example.document].append(example.hit)
        scores[example.document].append(logistic(value))
    scored = [list(zip(priors.joined(own, told), own, strict=True)) for own, told in zip(hits, scores, strict=True)]
    return {bar: typed_f1(docs, golds, _spans(best_hits(pairs, bar) for pairs in scored)) for bar in BARS}


def _spans(chosen: Iterable[Sequence[Hit]]) -> list[list[Span]]:
    return [[(hit.reading.type, hit.start, hit.end) for hit in hits] for hits in chosen]


def load_annotated(path: Path, parses: Path | None) -> tuple[list[Doc], list[Gold], list[int]]:
    """Annotated documents with their parses (``parses/<doc_id>.conllu``, or made here with the shipped models), their
    triggers and their rounds of annotation.
    """
    records = list(read_records(path))
    if parses is not None:
        docs = read_parses(parses, records)
    else:
        annotator = Annotator(locate(records[0].document.language).paths)
        docs = annotator.annotate([record.document for record in records])
    return docs, [gold_triggers(record) for record in records], [round_of(record) for record in records]


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn, tune and write the priors of one language; prints what they reach."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="annotated documents to learn from (records, JSON lines)")
    parser.add_argument("--parses", type=Path, help="their parses, <doc_id>.conllu; made with the shipped models if absent")
    parser.add_argument("--tune", type=Path, help="other annotated documents, to choose thresholds (every second one is used)")
    parser.add_argument("--tune-parses", type=Path)
    parser.add_argument("--tune-too", type=Path, help="folder of brat gold, all of which is used besides; parsed here")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args(arguments)
    ontology = load_ontology()
    docs, golds, rounds = load_annotated(options.data, options.parses)
    learnt = learn(docs, golds, ontology, rounds, ontology_examples(ontology))
    if options.tune:
        docs, golds, _ = load_annotated(options.tune, options.tune_parses)
        docs, golds = docs[::2], golds[::2]
        if options.tune_too:
            corpus, parsed = read_corpus(options.tune_too, ontology.language)
            docs, golds = [*docs, *parsed], [*golds, *map(gold_triggers, corpus)]
        learnt = tune(docs, golds, ontology, learnt, load_encoder(ontology.language))
    path = options.output or WEIGHTS / ontology.language / NAME
    path.write_text(json.dumps(learnt.model_dump(), ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
    mixture = f"share {learnt.share}, trust {learnt.trust}, {learnt.thresholds!r}"
    print(f"{path}: {len(learnt.features)} features, {mixture}, {learnt.made_by}")


if __name__ == "__main__":
    main()
