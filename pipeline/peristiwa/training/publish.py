"""Bring trained models into the package and measure everything that ships.

    python -m peristiwa.training.publish [MODEL …] [--data ../shared/data] [--work build/training]

copies ``WORK/models/MODEL.pt`` (in half precision or less) into ``weights/id`` and then writes the development scores of all
shipped files into their manifest: the treebank models on the held-out sentences, the span models on the public
development sets and on ``events/dev.jsonl``. No model was trained on any of it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peristiwa.annotate import Annotator
from peristiwa.evaluate import evaluate_ner
from peristiwa.models import MANIFEST, WEIGHTS, locate
from peristiwa.training import data as treebanks
from peristiwa.training import scores, spans
from peristiwa.training.manifest import publish, publish_learnt
from peristiwa.training.recipes import LEARNT
from peristiwa.types import Document

FOLDER = WEIGHTS / "id"
SETS: dict[str, dict[str, tuple[str, ...]]] = {
    "id": {
        "tokenize": ("Tokens", "Sentences"),
        "mwt": ("Words",),
        "lemma": ("Lemmas",),
        "reader": ("UPOS", "UFeats", "UAS", "LAS"),
    },
    "id-stanza": {"pos": ("UPOS", "UFeats"), "depparse": ("UAS", "LAS")},
}
"""What is measured on treebanks, by model set and model."""
NAMERS = {"id": "reader", "id-stanza": "ner"}
PUBLIC = ("idner2k", "indonlu_nergrit", "indolem_nerui")


def measure(data: Path, work: Path) -> dict[str, dict[str, Any]]:
    """Development scores by model, then by what they were measured on, in percent."""
    treebanks.prepare_treebanks(data, work)
    documents = spans.read_documents(data / "events/dev.jsonl")
    where = f"events/dev.jsonl, {len(documents)} documents"
    out: dict[str, dict[str, Any]] = {}
    for name, models in SETS.items():
        annotator = Annotator(locate(name, check=False).paths)
        for title, file in (("CSUI and GSD, held out, raw text", "dev"), ("CSUI", "dev-csui"), ("GSD", "dev-gsd")):
            treebank = scores.treebank_scores(annotator, work / "ud" / f"{file}.conllu")
            for model, metrics in models.items():
                out.setdefault(model, {})[title] = {metric: treebank[metric] for metric in (*metrics, "sentences in gold")}
        docs = annotator.annotate([Document(document["doc_id"], document["text"]) for document in documents])
        found = scores.document_scores(docs, documents)
        names = {"F1": found["entity strict F1"], **scores.entity_type_scores(docs, documents)}
        own = {where: names | {"names in gold": found["entities in gold"]}}
        out.setdefault(NAMERS[name], {}).update(_measure_names(annotator, data) | own)
    out["triggers"] = {
        where: {
            "found F1": found["trigger found F1"],
            "typed F1": found["event typed F1"],
            "events in gold": found["events in gold"],
        }
    }
    return out


def _measure_names(tagger: Annotator, data: Path) -> dict[str, Any]:
    """F1 of names on the public sets."""
    out: dict[str, Any] = {}
    for name in PUBLIC:
        public = data / "ner" / name / "dev.bio"
        followed = evaluate_ner(public, tagger.tag).layers["entity"]
        own = evaluate_ner(public, lambda sentences, _: tagger.tag(sentences)).layers["entity"]
        out[f"{name} dev, gold tokens"] = {
            "F1 by its own guideline": round(100 * followed.f1, 2),
            "F1 by ours": round(100 * own.f1, 2),
            "names in gold": own.gold,
        }
    return out


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Publish trained models and measure all that ship.")
    parser.add_argument("models", nargs="*", help="models whose file in WORK/models is to ship")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("build/training"))
    options = parser.parse_args(arguments)
    for model in options.models:
        publish(model, options.work, {})
    for model in LEARNT:
        publish_learnt(model)
    path = FOLDER / MANIFEST
    measured = measure(options.data, options.work)
    manifest = json.loads(path.read_text(encoding="utf8"))
    for model, found in measured.items():
        manifest["files"][f"{model}.pt"]["scores"] = found
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf8")
    print(json.dumps(measured, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
