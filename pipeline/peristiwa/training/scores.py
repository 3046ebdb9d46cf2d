"""Development scores of the models, for the manifest and the model card.

Everything is measured on material that no model was trained on (``data.py`` says which), through the same bridge
that a run uses. Triggers are scored as ``records.md`` says, but for matching in reading order.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peristiwa.annotate import Annotator
from peristiwa.annotate.conllu import doc_to_conllu
from peristiwa.annotate.convert import TRIGGERS
from peristiwa.evaluate.ud import raw_text
from peristiwa.training import spans
from peristiwa.types import Document

if TYPE_CHECKING:
    from spacy.tokens import Doc

UD_METRICS = ("Tokens", "Sentences", "Words", "UPOS", "UFeats", "Lemmas", "UAS", "LAS")


def f1(correct: int, predicted: int, gold: int) -> float:
    """F1 in percent."""
    return round(200 * correct / (predicted + gold), 2) if predicted + gold else 0.0


def treebank_scores(annotator: Annotator, gold: Path) -> dict[str, float]:
    """CoNLL 2018 F1 of everything, from the raw text of all sentences as one paragraph."""
    from stanza.models.common.utils import ud_scores

    trees = gold.read_text(encoding="utf8")
    (doc,) = annotator.annotate([Document("0", raw_text(trees))])
    result = ud_scores(io.StringIO(trees), io.StringIO(doc_to_conllu(doc, "0")))
    number = trees.count("# text = ")
    return {name: round(100 * result[name].f1, 2) for name in UD_METRICS} | {"sentences in gold": number}


def document_scores(docs: Sequence[Doc], records: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Strict entity F1, and found and typed trigger F1, of the models alone on whole documents."""
    entities, found, typed = [0, 0, 0], [0, 0, 0], [0, 0, 0]
    for doc, record in zip(docs, records, strict=True):
        gold_entities = {(e["start"], e["end"], e["type"]) for e in record["entities"]}
        ours = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        entities = [entities[0] + len(ours & gold_entities), entities[1] + len(ours), entities[2] + len(gold_entities)]
        marks = [(e["trigger"]["start"], e["trigger"]["end"], e["type"]) for e in record["events"]]
        guesses = [(s.start_char, s.end_char, s.label_) for s in doc.spans.get(TRIGGERS, ())]
        for counts, match_type in ((found, False), (typed, True)):
            counts[0] += overlapping(guesses, marks, match_type=match_type)
            counts[1] += len(guesses)
            counts[2] += len(marks)
    return {
        "entity strict F1": f1(entities[0], entities[1], entities[2]),
        "trigger found F1": f1(found[0], found[1], found[2]),
        "event typed F1": f1(typed[0], typed[1], typed[2]),
        "entities in gold": entities[2],
        "events in gold": typed[2],
        "documents": len(records),
    }


def overlapping(guesses: Iterable[tuple[int, int, str]], gold: Iterable[tuple[int, int, str]], *, match_type: bool) -> int:
    """How many guesses share a character with a gold mark of their own (and its type), one to one."""
    free = sorted(gold)
    matched = 0
    for start, end, kind in sorted(guesses):
        for mark in free:
            if mark[0] < end and mark[1] > start and (not match_type or mark[2] == kind):
                free.remove(mark)
                matched += 1
                break
    return matched


def entity_type_scores(docs: Sequence[Doc], records: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Strict F1 per entity type on whole documents."""
    scores = {}
    for kind in spans.ENTITY_TYPES:
        correct = predicted = gold = 0
        for doc, record in zip(docs, records, strict=True):
            wanted = {(e["start"], e["end"]) for e in record["entities"] if e["type"] == kind}
            ours = {(e.start_char, e.end_char) for e in doc.ents if e.label_ == kind}
            correct, predicted, gold = correct + len(wanted & ours), predicted + len(ours), gold + len(wanted)
        scores[kind] = f1(correct, predicted, gold)
    return scores
