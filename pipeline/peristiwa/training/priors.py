"""Learn ``weights/<language>/trigger_priors.json``: how likely a reading of the ontology names an event.

A logistic model with L2 over the features of ``events.priors``, fitted by L-BFGS on every reading that the rules propose
for the annotated documents; a reading counts as right if a gold trigger of its type overlaps it. The threshold is the
one with the best typed F1 over folds of whole documents that were held out. Features seen fewer than ``MIN_COUNT`` times
are left out. Everything is deterministic.

    python -m peristiwa.training.priors --data ../shared/data/events/train.jsonl [--parses DIR]
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.errors import UsageError
from peristiwa.events.lexicon import Lexicon, compile_lexicon
from peristiwa.events.priors import NAME, WEIGHTS, Priors, features
from peristiwa.events.triggers import Hit, best_hits, find_hits
from peristiwa.ontology import Ontology, load_ontology
from peristiwa.records import read_records
from peristiwa.types import Record

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix
    from spacy.tokens import Doc

MIN_COUNT = 2
PENALTY = 1.0
FOLDS = 5
THRESHOLDS = tuple(step / 100 for step in range(20, 75, 2))
DIGITS = 4

Gold = list[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class Example:
    """One reading: its document, its hit, the names of its features, and whether it is an event of that type."""

    document: int
    hit: Hit
    names: tuple[str, ...]
    right: bool


def gold_triggers(record: Record) -> Gold:
    """(start, end, type) of every gold trigger, in characters."""
    return [(event.trigger.start, event.trigger.end, event.type) for event in record.events]


def characters(doc: Doc, hit: Hit) -> tuple[int, int]:
    """The character span of a hit."""
    last = doc[hit.end - 1]
    return doc[hit.start].idx, last.idx + len(last)


def make_examples(docs: Sequence[Doc], golds: Sequence[Gold], lexicon: Lexicon) -> list[Example]:
    """Every reading of every document with its features and whether gold agrees."""
    found = []
    for number, (doc, gold) in enumerate(zip(docs, golds, strict=True)):
        hits = find_hits(doc, lexicon)
        for hit, names in zip(hits, features(doc, hits, lexicon), strict=True):
            start, end = characters(doc, hit)
            right = any(s < end and start < e and kind == hit.reading.type for s, e, kind in gold)
            found.append(Example(number, hit, tuple(names), right))
    return found


def fit(examples: Sequence[Example], penalty: float = PENALTY) -> dict[str, float]:
    """The weights of a logistic model with L2 penalty (none on the bias), by name."""
    import numpy as np
    from scipy.optimize import minimize

    counts = Counter(name for example in examples for name in example.names)
    names = sorted(name for name, count in counts.items() if count >= MIN_COUNT)
    matrix = _matrix(examples, {name: column for column, name in enumerate(names)})
    target = np.array([example.right for example in examples], dtype=float)
    strength = np.full(len(names), penalty)
    strength[names.index("bias")] = 0.01

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = matrix @ weights
        value = np.logaddexp(0.0, margin).sum() - target @ margin + 0.5 * (strength * weights**2).sum()
        gradient = matrix.T @ (1.0 / (1.0 + np.exp(-margin)) - target) + strength * weights
        return float(value), gradient

    result = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return {n: round(float(w), DIGITS) for n, w in zip(names, result.x, strict=True) if abs(w) >= 10**-DIGITS}


def _matrix(examples: Sequence[Example], columns: dict[str, int]) -> csr_matrix:
    import numpy as np
    from scipy.sparse import csr_matrix

    rows, cols = [], []
    for row, example in enumerate(examples):
        known = [columns[name] for name in example.names if name in columns]
        rows += [row] * len(known)
        cols += known
    return csr_matrix((np.ones(len(rows)), (rows, cols)), shape=(len(examples), len(columns)))


def typed_f1(docs: Sequence[Doc], golds: Sequence[Gold], chosen: Sequence[Sequence[Hit]]) -> float:
    """F1 of typed triggers that overlap, each gold trigger counted once."""
    right = total = 0
    for doc, gold, hits in zip(docs, golds, chosen, strict=True):
        left = list(gold)
        for hit in hits:
            start, end = characters(doc, hit)
            match = next((g for g in left if g[0] < end and start < g[1] and g[2] == hit.reading.type), None)
            if match is not None:
                left.remove(match)
                right += 1
        total += len(gold) + len(hits)
    return 2 * right / total if total else 0.0


def choose(examples: Iterable[Example], scores: Iterable[float], threshold: float, documents: int) -> list[list[Hit]]:
    """Per document the hits at or above the threshold, the best of overlapping ones."""
    kept: list[list[tuple[float, Hit]]] = [[] for _ in range(documents)]
    for example, score in zip(examples, scores, strict=True):
        if score >= threshold:
            kept[example.document].append((score, example.hit))
    return [[hit for _, hit in best_hits(pairs)] for pairs in kept]


def held_out_scores(examples: Sequence[Example], folds: int = FOLDS, penalty: float = PENALTY) -> list[float]:
    """The score of every example by a model that did not see its document."""
    scores = [0.0] * len(examples)
    for fold in range(folds):
        model = Priors(fit([e for e in examples if e.document % folds != fold], penalty))
        for index, example in enumerate(examples):
            if example.document % folds == fold:
                scores[index] = model.probability(example.names)
    return scores


def learn(docs: Sequence[Doc], golds: Sequence[Gold], ontology: Ontology) -> tuple[Priors, dict[str, float]]:
    """Priors from annotated documents, and what they reached on held-out folds."""
    examples = make_examples(docs, golds, compile_lexicon(ontology))
    if not examples:
        raise UsageError("No trigger was found in the training documents; check that they are parsed and annotated.")
    scores = held_out_scores(examples)
    f1 = {t: typed_f1(docs, golds, choose(examples, scores, t, len(docs))) for t in THRESHOLDS}
    threshold = max(f1, key=lambda t: (round(f1[t], 6), -t))
    return Priors(fit(examples), threshold, threshold), {"held_out_typed_f1": round(100 * f1[threshold], 1)}
