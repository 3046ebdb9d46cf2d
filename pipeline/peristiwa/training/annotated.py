"""The hand-annotated documents, parsed by the shipped models: what the weights beside the rules are learnt from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from peristiwa.annotate import Annotator, doc_to_conllu
from peristiwa.annotate.conllu import read_conllu
from peristiwa.errors import UsageError
from peristiwa.models import WEIGHTS, digest, locate
from peristiwa.records import read_records, record_to_json
from peristiwa.training.standoff import read_standoff
from peristiwa.types import Record

if TYPE_CHECKING:
    from spacy.tokens import Doc

PARSERS = ("tokenize", "mwt", "pos", "lemma", "depparse", "ner", "triggers")


def prepare_annotated(data: Path, work: Path) -> Path:
    """Write ``annotated/{train,dev}.jsonl`` and their parses ``annotated/parses/{train,dev}/DOC_ID.conllu`` into ``work``.

    ``train`` is the documents of ``data/events`` and our own annotation of running text. Parses are made again only
    when a model or a text changed. Returns the folder ``annotated``.
    """
    folder = work / "annotated"
    parts = {
        "train": [*read_records(data / "events/train.jsonl"), *read_standoff(data)],
        "dev": list(read_records(data / "events/dev.jsonl")),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for part, records in parts.items():
        (folder / f"{part}.jsonl").write_text("".join(record_to_json(r) + "\n" for r in records), encoding="utf8")
    stamp = folder / "parsed-with.json"
    made_with = json.dumps(_state(folder), indent=2)
    if not stamp.exists() or stamp.read_text(encoding="utf8") != made_with:
        annotator = Annotator(locate("id").paths)
        for part, records in parts.items():
            _parse(annotator, records, folder / "parses" / part)
        stamp.write_text(made_with, encoding="utf8")
    return folder


def _state(folder: Path) -> dict[str, str]:
    models = {name: digest(WEIGHTS / "id" / f"{name}.pt") for name in PARSERS}
    return models | {part: digest(folder / f"{part}.jsonl") for part in ("train", "dev")}


def _parse(annotator: Annotator, records: Sequence[Record], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    documents = [record.document for record in records]
    for document, doc in zip(documents, annotator.annotate(documents), strict=True):
        (folder / f"{document.doc_id}.conllu").write_text(doc_to_conllu(doc, document.doc_id), encoding="utf8")


def read_parses(folder: Path, records: Sequence[Record]) -> list[Doc]:
    """The parsed Docs of ``records`` from ``<doc_id>.conllu`` files, texts checked. Raises UsageError."""
    docs = []
    for record in records:
        path = folder / f"{record.document.doc_id}.conllu"
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror}). Parse the documents first.") from error
        found = [doc for _, doc in read_conllu(text, where=str(path))]
        if len(found) != 1 or found[0].text != record.document.text:
            raise UsageError(f"{record.document.doc_id}: the parse in {path} is not of this text; parse the documents again.")
        docs.append(found[0])
    return docs
