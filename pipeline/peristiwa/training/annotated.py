"""The hand-annotated documents, parsed by the shipped models: what the weights beside the rules are learnt from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from peristiwa.annotate import Annotator, doc_to_conllu
from peristiwa.annotate.annotator import batches
from peristiwa.annotate.conllu import read_conllu
from peristiwa.brat import read_brat_folder
from peristiwa.dates import find_times
from peristiwa.emit import writing
from peristiwa.entities import find_entities
from peristiwa.errors import UsageError
from peristiwa.events import build_events
from peristiwa.events.cues import load_cues
from peristiwa.events.modality_model import load_modality_model
from peristiwa.events.role_model import load_role_model
from peristiwa.events.triggers import encode_sentences, find_triggers
from peristiwa.language import Language
from peristiwa.models import WEIGHTS, digest, locate
from peristiwa.ontology import Ontology
from peristiwa.records import read_records, record_to_json
from peristiwa.training.standoff import read_standoff
from peristiwa.types import Document, Event, Record

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from peristiwa.events.coreference import Finder
    from peristiwa.events.date_model import Dater
    from peristiwa.events.encoding import Encoder

PARSERS = ("tokenize", "mwt", "reader", "lemma", "triggers")


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
        rmtree(folder / "parses", ignore_errors=True)
        stamp.write_text(made_with, encoding="utf8")
    for part in ("dev", "train"):
        parse_missing([record.document for record in parts[part]], folder / "parses" / part)
    return folder


def _state(folder: Path) -> dict[str, str]:
    models = {name: digest(WEIGHTS / "id" / f"{name}.pt") for name in PARSERS}
    return models | {part: digest(folder / f"{part}.jsonl") for part in ("train", "dev")}


def parse_missing(documents: Sequence[Document], folder: Path) -> None:
    """Write ``<doc_id>.conllu`` for the documents that have none in the folder; a stop loses the batch at hand alone."""
    folder.mkdir(parents=True, exist_ok=True)
    left = [document for document in documents if not (folder / f"{document.doc_id}.conllu").exists()]
    if not left:
        return
    annotator = Annotator(locate("id").paths)
    for batch in batches(left, annotator.batch_words, annotator.batch_documents):
        for document, doc in zip(batch, annotator.annotate(batch), strict=True):
            with writing(folder / f"{document.doc_id}.conllu") as out:
                out.write(doc_to_conllu(doc, document.doc_id))


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


def read_corpus(folder: Path, language: str) -> tuple[list[Record], list[Doc]]:
    """The gold records of a folder of brat standoff, and their parses by the shipped models. Raises GoldError."""
    records = read_brat_folder(folder)
    return records, Annotator(locate(language).paths).annotate([record.document for record in records])


def find_again(
    doc: Doc,
    record: Record,
    language: Language,
    ontology: Ontology,
    encoder: Encoder | None,
    *,
    finder: Finder | None,
    dater: Dater | None = None,
) -> list[Event]:
    """The events that the pipeline at hand finds in an annotated document, its own names and times among them.

    ``encoder`` only for documents that the network has not learnt from: on others hardly an event is wrong. ``finder``
    and ``dater`` are asked in the place of the tables, and may keep what they are asked.
    """
    published = record.document.published
    encoding = encode_sentences(doc, ontology, "both", encoder)
    return build_events(
        doc,
        find_triggers(doc, ontology, encoding=encoding),
        find_times(doc, published=published, language=language),
        find_entities(doc, language),
        ontology,
        load_cues(language),
        published=published,
        role_model=load_role_model(language.code),
        modality_model=load_modality_model(language.code),
        dater=dater,
        finder=finder,
        encoding=encoding,
    )
