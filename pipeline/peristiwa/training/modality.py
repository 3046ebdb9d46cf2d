"""Learn ``weights/<language>/modality.json``: how sure a text is of an event.

One logistic model with L2 penalty per modality over the features of ``events.modality_model``, fitted on every gold trigger
of annotated documents. What it reaches is measured on folds of whole documents that were held out.

    python -m peristiwa.training.modality --data ../shared/data/events/train.jsonl --parses DIR
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from peristiwa.errors import UsageError
from peristiwa.events.cues import Cues, load_cues
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.modality_model import NAME, ModalityModel, modality_features
from peristiwa.language import load_language
from peristiwa.models import WEIGHTS
from peristiwa.ontology import Ontology, load_ontology
from peristiwa.records import read_records
from peristiwa.training.annotated import read_parses
from peristiwa.training.logistic import fit_logistic
from peristiwa.training.roles import gold_candidate
from peristiwa.types import MODALITIES, Modality, Record

if TYPE_CHECKING:
    from spacy.tokens import Doc

MIN_COUNT = 3
PENALTY = 4.0
FOLDS = 4

Example = tuple[int, list[str], Modality]


def make_examples(docs: Sequence[Doc], records: Sequence[Record], ontology: Ontology, cues: Cues) -> list[Example]:
    """(document, feature names, modality) of every gold trigger that can be placed on tokens."""
    lexicon = compile_lexicon(ontology)
    found = []
    for number, (doc, record) in enumerate(zip(docs, records, strict=True)):
        for event in record.events:
            candidate = gold_candidate(doc, event, lexicon)
            if candidate is not None:
                found.append((number, modality_features(doc, candidate, cues), event.modality))
    return found


def fit(examples: Sequence[Example]) -> ModalityModel:
    targets: dict[str, list[bool]] = {modality: [given == modality for _, _, given in examples] for modality in MODALITIES}
    rows = [names for _, names, _ in examples]
    learnt = fit_logistic(rows, targets, penalty=PENALTY, min_count=MIN_COUNT)
    return ModalityModel(cast("dict[str, dict[Modality, float]]", learnt))


def held_out_accuracy(examples: Sequence[Example], folds: int = FOLDS) -> float:
    """The share of events with the right modality, each by a model that did not see its document."""
    right = 0
    for fold in range(folds):
        model = fit([example for example in examples if example[0] % folds != fold])
        right += sum(model.choose(names) == given for document, names, given in examples if document % folds == fold)
    return right / len(examples)


def save(model: ModalityModel, path: Path, made_by: dict[str, str]) -> None:
    """Write the weights, one feature a line."""
    rows = [f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(row)}" for name, row in model.features.items()]
    head = json.dumps({"made_by": made_by}, ensure_ascii=False, indent=1)[:-2]
    path.write_text(head + ',\n "features": {\n' + ",\n".join(rows) + "\n }\n}\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Learn modality.json from annotated, parsed documents.")
    parser.add_argument("--data", type=Path, required=True, help="gold records, JSON lines")
    parser.add_argument("--parses", type=Path, required=True, help="folder of <doc_id>.conllu")
    parser.add_argument("--language", default="id")
    parser.add_argument("--out", type=Path, help="default: the shipped weights of the language")
    options = parser.parse_args(arguments)
    records = list(read_records(options.data))
    docs = read_parses(options.parses, records)
    examples = make_examples(docs, records, load_ontology(), load_cues(load_language(options.language)))
    if not examples:
        raise UsageError("No gold trigger could be placed in the training documents; check that they are parsed.")
    accuracy, model = held_out_accuracy(examples), fit(examples)
    out = options.out or WEIGHTS / options.language / NAME
    made_by = {"data": options.data.name, "documents": str(len(records)), "held_out_accuracy": f"{100 * accuracy:.1f}"}
    save(model, out, made_by)
    print(f"{out}: {len(model.features)} features, modality {100 * accuracy:.1f} % right on held-out folds")


if __name__ == "__main__":
    main()
