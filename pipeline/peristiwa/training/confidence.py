"""Learn ``weights/<language>/confidence.json``: how often events with a given score are right.

Platt's curve for each way of finding triggers, fitted by maximum likelihood with Platt's smoothed targets (Platt 1999;
Lin, Lin & Weng 2007) on the events that the pipeline finds in the documents with even numbers of ``--data``, which neither
the trigger model nor the priors' weights may have seen. An event is right when ``evaluate`` counts it as typed: one to one,
overlap, same type. The documents with odd numbers only check: their expected calibration error, with the curve and
without, is printed and kept in ``made_by``. Learn it last, after trigger_priors.

    python -m peristiwa.training.confidence --data ../shared/data/events/dev.jsonl --parses DIR
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.errors import UsageError
from peristiwa.evaluate.metrics import Pair
from peristiwa.evaluate.reliability import Judged, calibration_error
from peristiwa.events.confidence import NAME, ConfidenceFile, Curve, Way, log_odds, score_of, way_of
from peristiwa.events.encoding import Encoder, load_encoder
from peristiwa.events.tagger import model_scores
from peristiwa.events.triggers import encode_sentences, find_triggers
from peristiwa.models import WEIGHTS
from peristiwa.ontology import Ontology, load_ontology
from peristiwa.records import read_records
from peristiwa.training.annotated import read_parses
from peristiwa.types import Event, Record, Trigger

if TYPE_CHECKING:
    import numpy as np
    from spacy.tokens import Doc

WAYS: tuple[Way, ...] = ("both", "rules", "model")
DIGITS = 4
FEWEST = 30
"""Events, right and wrong each, below which no curve is drawn."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One event found: the number of its document, its type and score, and whether gold has it."""

    document: int
    type: str
    score: float
    right: bool


def judge(
    docs: Sequence[Doc], golds: Sequence[Record], ontology: Ontology, mode: Way, encoder: Encoder | None = None
) -> list[Scored]:
    """Every event that is found in annotated documents, with its score and whether it is right.

    Documents that the mode cannot read (the trigger model has not seen them) are left out.
    """
    found: list[Scored] = []
    for number, (doc, gold) in enumerate(zip(docs, golds, strict=True)):
        scores = model_scores(doc)
        encoding = encode_sentences(doc, ontology, mode, encoder)
        if way_of(mode, seen=encoding is not None or scores is not None) != mode:
            continue
        candidates = [(c, score_of(c, scores)) for c in find_triggers(doc, ontology, mode, encoding=encoding)]
        events = []
        for at, (candidate, _) in enumerate(candidates):
            span = doc[candidate.start : candidate.end]
            trigger = Trigger(span.start_char, span.end_char, span.text, "")
            events.append(Event(str(at), candidate.type, trigger, 0))
        right = {event.id for _, event in Pair(gold, Record(gold.document, events=tuple(events))).typed}
        found += [
            Scored(number, candidate.type, score, str(at) in right)
            for at, (candidate, score) in enumerate(candidates)
            if score is not None
        ]
    return found


def fit(scored: Sequence[Scored]) -> Curve | None:
    """Platt's curve through scores and outcomes; None where there are too few of either outcome."""
    import numpy as np
    from scipy.optimize import minimize

    right = sum(one.right for one in scored)
    wrong = len(scored) - right
    if min(right, wrong) < FEWEST:
        return None
    odds = np.array([log_odds(one.score) for one in scored])
    hit, miss = (right + 1) / (right + 2), 1 / (wrong + 2)
    target = np.array([hit if one.right else miss for one in scored])

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        margin = values[0] * odds + values[1]
        value = (np.logaddexp(0.0, margin) - target * margin).sum()
        off = 1.0 / (1.0 + np.exp(-margin)) - target
        return float(value), np.array([(off * odds).sum(), off.sum()])

    bounds = [(0.05, 10.0), (None, None)]  # more score, more confidence: the curve never falls
    result = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds)
    return Curve(slope=round(float(result.x[0]), DIGITS), offset=round(float(result.x[1]), DIGITS))


def learn(docs: Sequence[Doc], golds: Sequence[Record], ontology: Ontology) -> ConfidenceFile:
    """Curves from the documents with even numbers, checked on the others. Raises UsageError where there is too little."""
    curves: dict[Way, Curve] = {}
    made_by: dict[str, str | float] = {"documents": float(len(docs[::2])), "checked_on": float(len(docs[1::2]))}
    for way in WAYS:
        scored = judge(docs, golds, ontology, way, load_encoder(ontology.language))
        curve = fit([one for one in scored if one.document % 2 == 0])
        if curve is None:
            continue
        curves[way] = curve
        checked = [one for one in scored if one.document % 2]
        made_by[f"events_{way}"] = float(len(scored) - len(checked))
        made_by[f"checked_events_{way}"] = float(len(checked))
        if checked:
            raw = calibration_error([Judged(one.score, one.right) for one in checked])
            made = calibration_error([Judged(curve.probability(one.score), one.right) for one in checked])
            made_by[f"checked_ece_{way}"] = round(made, DIGITS)
            made_by[f"checked_ece_{way}_of_raw_score"] = round(raw, DIGITS)
    if not curves:
        raise UsageError(f"Too few events to learn from: {FEWEST} right and {FEWEST} wrong ones are the least.")
    return ConfidenceFile(curves=curves, types=tuple(sorted(ontology.types)), made_by=made_by)


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn and write the curves of one language; prints how well they hold on the documents that only check."""
    parser = argparse.ArgumentParser(description="Learn confidence.json from annotated, parsed documents.")
    parser.add_argument("--data", type=Path, required=True, help="gold records that no score was learnt from, JSON lines")
    parser.add_argument("--parses", type=Path, required=True, help="folder of <doc_id>.conllu")
    parser.add_argument("--output", type=Path, help="default: the shipped weights of the ontology's language")
    options = parser.parse_args(arguments)
    ontology = load_ontology()
    records = list(read_records(options.data))
    learnt = learn(read_parses(options.parses, records), records, ontology)
    path = options.output or WEIGHTS / ontology.language / NAME
    path.write_text(json.dumps(learnt.model_dump(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    print(f"{path}: {', '.join(f'{way} {curve!r}' for way, curve in learnt.curves.items())}; {learnt.made_by}")


if __name__ == "__main__":
    main()
