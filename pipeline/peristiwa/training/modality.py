"""Learn ``weights/<language>/modality.json``: how sure a text is of an event.

One logistic model with L2 penalty per modality over the features of ``events.modality_model``, fitted on every gold trigger
of annotated documents. What it reaches is measured on folds of whole documents that were held out. With ``--tune`` the
weight of the network's log-probabilities is the one with the most right on other documents, every second of which is used.

    python -m peristiwa.training.modality --data ../shared/data/events/train.jsonl --parses DIR
                                          --tune ../shared/data/events/dev.jsonl --tune-parses DIR
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from peristiwa.errors import UsageError
from peristiwa.events.cues import Cues, load_cues
from peristiwa.events.encoding import Encoder, load_encoder
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.modality_model import NAME, ModalityModel, modality_features
from peristiwa.events.triggers import find_hits
from peristiwa.language import load_language
from peristiwa.models import WEIGHTS
from peristiwa.ontology import Ontology, load_ontology
from peristiwa.records import read_records
from peristiwa.training.annotated import read_parses
from peristiwa.training.logistic import fit_logistic, write_weights
from peristiwa.training.roles import gold_candidate
from peristiwa.training.tuning import best_of
from peristiwa.types import MODALITIES, Modality, Record

if TYPE_CHECKING:
    from spacy.tokens import Doc

MIN_COUNT = 3
PENALTY = 4.0
SMALLEST = 0.08
"""Weights closer to zero are left out, for the limit of all weights together."""
FOLDS = 4
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Weights of the network that are tried."""
TEMPERS = (0.05, 2.0)
"""Between these the temper is sought."""
LEAST = 0.001
"""No modality is ruled out by an earlier mention."""

Example = tuple[int, list[str], Modality, Mapping[Modality, float] | None]


def make_examples(
    docs: Sequence[Doc], records: Sequence[Record], ontology: Ontology, cues: Cues, encoder: Encoder | None = None
) -> list[Example]:
    """(document, feature names, modality, what the network says) of every gold trigger that can be placed on tokens."""
    lexicon = compile_lexicon(ontology)
    found: list[Example] = []
    for number, (doc, record) in enumerate(zip(docs, records, strict=True)):
        encoding = encoder.encode(doc, find_hits(doc, lexicon)) if encoder is not None else None
        for event in record.events:
            candidate = gold_candidate(doc, event, lexicon)
            if candidate is not None:
                read = encoding.modality_odds([candidate])[0] if encoding is not None else None
                found.append((number, modality_features(doc, candidate, cues), event.modality, read))
    return found


def fit(examples: Sequence[Example]) -> ModalityModel:
    targets: dict[str, list[bool]] = {modality: [given == modality for _, _, given, _ in examples] for modality in MODALITIES}
    rows = [names for _, names, _, _ in examples]
    learnt = fit_logistic(rows, targets, penalty=PENALTY, min_count=MIN_COUNT, smallest=SMALLEST)
    return ModalityModel(cast("dict[str, dict[Modality, float]]", learnt))


def fit_follows(records: Iterable[Record]) -> dict[Modality, dict[Modality, float]]:
    """How many times likelier each modality is for a mention whose earlier one (``same_as``) has the first one.

    Each pair counts once more than it was seen, for those that are never seen.
    """
    pairs: Counter[tuple[Modality, Modality]] = Counter(dict.fromkeys(product(MODALITIES, MODALITIES), 1))
    usual: Counter[Modality] = Counter(dict.fromkeys(MODALITIES, 1))
    for record in records:
        known = {event.id: event for event in record.events}
        for event in record.events:
            usual[event.modality] += 1
            if event.same_as in known:
                pairs[known[event.same_as].modality, event.modality] += 1
    seen = {first: sum(pairs[first, one] for one in MODALITIES) for first in MODALITIES}

    def lift(first: Modality, one: Modality) -> float:
        return max(LEAST, round(pairs[first, one] / seen[first] * usual.total() / usual[one], 3))

    return {first: {one: lift(first, one) for one in MODALITIES} for first in MODALITIES}


def held_out_accuracy(examples: Sequence[Example], folds: int = FOLDS) -> float:
    """The share of events with the right modality, each by a model that did not see its document."""
    right = 0
    for fold in range(folds):
        model = fit([example for example in examples if example[0] % folds != fold])
        right += sum(model.choose(names) == given for document, names, given, _ in examples if document % folds == fold)
    return right / len(examples)


def tune(model: ModalityModel, examples: Sequence[Example]) -> ModalityModel:
    """The model with the weight of the network that gets most of these right, the middle one of equals; tempered then."""
    right = {
        share: sum(replace(model, share=share).choose(names, read) == given for _, names, given, read in examples)
        for share in SHARES
    }
    share = best_of({share: count / len(examples) for share, count in right.items()})
    return tempered(replace(model, share=share), examples)


def tempered(model: ModalityModel, examples: Sequence[Example]) -> ModalityModel:
    """The model with the temper under which the modalities of these events are likeliest."""
    plain = replace(model, temper=1.0)
    told = [(list(plain.sums(names, read).values()), MODALITIES.index(given)) for _, names, given, read in examples]

    def surprise(temper: float) -> float:
        return math.fsum(logsumexp([temper * value for value in sums]) - temper * sums[right] for sums, right in told)

    return replace(model, temper=round(float(minimize_scalar(surprise, bounds=TEMPERS, method="bounded").x), 2))


def save(model: ModalityModel, path: Path, made_by: dict[str, str]) -> None:
    """Write the weights, one feature a line."""
    write_weights(path, model.features, share=model.share, temper=model.temper, follows=model.follows, made_by=made_by)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Learn modality.json from annotated, parsed documents.")
    parser.add_argument("--data", type=Path, required=True, help="gold records, JSON lines")
    parser.add_argument("--parses", type=Path, required=True, help="folder of <doc_id>.conllu")
    parser.add_argument("--tune", type=Path, help="other gold records, for the network's weight (every second one is used)")
    parser.add_argument("--tune-parses", type=Path)
    parser.add_argument("--language", default="id")
    parser.add_argument("--out", type=Path, help="default: the shipped weights of the language")
    options = parser.parse_args(arguments)
    records = list(read_records(options.data))
    docs = read_parses(options.parses, records)
    ontology, cues = load_ontology(), load_cues(load_language(options.language))
    examples = make_examples(docs, records, ontology, cues)
    if not examples:
        raise UsageError("No gold trigger could be placed in the training documents; check that they are parsed.")
    accuracy, model = held_out_accuracy(examples), replace(fit(examples), follows=fit_follows(records))
    encoder = load_encoder(options.language)
    if options.tune is not None and encoder is not None:
        others = list(read_records(options.tune))[::2]
        model = tune(model, make_examples(read_parses(options.tune_parses, others), others, ontology, cues, encoder))
    out = options.out or WEIGHTS / options.language / NAME
    made_by = {"data": options.data.name, "documents": str(len(records)), "held_out_accuracy": f"{100 * accuracy:.1f}"}
    save(model, out, made_by)
    print(f"{out}: {len(model.features)} features, modality {100 * accuracy:.1f} % right on held-out folds")


if __name__ == "__main__":
    main()
