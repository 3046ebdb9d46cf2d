"""What the network of events learns first: text that nobody annotated, as the pipeline at hand sees it.

Self-training with soft labels (Scudder 1965; Hinton et al. 2015): the tables and the network together give each reading of
the ontology a probability, and each event that they find its modality and roles; a new network learns these from many
times the words that were annotated, and then goes on from there with ``training.network --start``. The text is news and
half as much encyclopedia, without what stands in the documents that measure (``--without``).

    python -m peristiwa.training.running --text ../shared/data/text --without ../shared/data/events/dev.jsonl
                                         --data ../shared/data/events/train.jsonl --parses DIR --out FILE
"""

from __future__ import annotations

import argparse
import lzma
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from peristiwa.annotate import Annotator
from peristiwa.checkpoint import Vectors, load_vectors
from peristiwa.dates import find_times
from peristiwa.entities import find_entities
from peristiwa.errors import UsageError
from peristiwa.events.cues import Cues, load_cues
from peristiwa.events.encoding import Encoder, Encoding, load_encoder
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.modality_model import ModalityModel, load_modality_model, modality_features
from peristiwa.events.network import Lexicons, Network, encode
from peristiwa.events.priors import Priors, load_priors
from peristiwa.events.role_model import RoleModel, load_role_model, propose_all, weigh
from peristiwa.events.roles import Mentions
from peristiwa.events.triggers import candidate_of, find_hits, weigh_hits
from peristiwa.events.view import on_view
from peristiwa.language import Language, load_language
from peristiwa.models import WEIGHTS, locate
from peristiwa.ontology import Ontology, load_ontology
from peristiwa.records import read_records
from peristiwa.settings import best_precision
from peristiwa.training.annotated import read_parses
from peristiwa.training.network import (
    SEED,
    Example,
    Labelled,
    Lesson,
    collect_units,
    example_of,
    read_dated,
    save,
    train,
    types_of,
)
from peristiwa.training.overlap import stands_in, stretches
from peristiwa.types import MODALITIES, ROLES, Document, Entity, Failure, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from peristiwa.events.candidate import Candidate

WORDS = 6_300_000
LENGTH = 1500
"""Characters of a passage, made of whole paragraphs; as among the annotated ones, some hold two articles."""
WIKI = 0.5
"""Passages of the encyclopedia for one of news."""
BATCH = 48


@dataclass(frozen=True)
class Teacher:
    """The pipeline at hand: what it thinks is what the new network learns."""

    language: Language
    ontology: Ontology
    cues: Cues
    encoder: Encoder
    priors: Priors
    roles: RoleModel
    modality: ModalityModel


def load_teacher(code: str) -> Teacher:
    """The shipped tables and network of a language. Raises UsageError where one of them is missing: learn them first."""
    language = load_language(code)
    half = best_precision() == "half"
    encoder, roles, modality = load_encoder(code, half=half), load_role_model(code), load_modality_model(code)
    if encoder is None or roles is None or modality is None:
        raise UsageError(f"a network and tables of {code!r} have to be there to learn from running text: train them without.")
    return Teacher(language, load_ontology(), load_cues(language), encoder, load_priors(code), roles, modality)


def read_passages(folder: Path, without: Sequence[str], seed: int = SEED) -> Iterator[Document]:
    """Passages of running text in random order, without those that share a stretch with one of the texts ``without``."""
    known = stretches(without)
    found: list[Document] = []
    chance = random.Random(seed)  # not a secret: the same text is to come in the same order again
    for kind in ("news", "wiki"):
        with lzma.open(folder / f"{kind}.txt.xz", "rt", encoding="utf8") as file:
            lines = file.read().split("\n")
        passages = [Document(f"{kind}-{at}", text) for at, text in enumerate(_grouped(lines))]
        wanted = len(passages) if kind == "news" else int(WIKI * len(found))
        found += chance.sample(passages, min(wanted, len(passages)))
    chance.shuffle(found)
    return (document for document in found if not stands_in(document.text, known))


def _grouped(lines: Sequence[str]) -> Iterator[str]:
    """Paragraphs that follow one another, together up to ``LENGTH`` characters."""
    text = ""
    for line in filter(None, map(str.strip, lines)):
        if text and len(text) + 1 + len(line) > LENGTH:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield text


def read_lesson(doc: Doc, teacher: Teacher, lexicons: Lexicons, vectors: Vectors) -> Lesson | None:
    """What the teacher thinks of one document, None where the ontology proposes nothing in it."""
    times = find_times(doc, published=None, language=teacher.language)
    sentences = _examples(doc, times, find_entities(doc, teacher.language), teacher, lexicons, vectors)
    return Lesson(sentences) if sentences else None


@on_view
def _examples(
    doc: Doc, times: Sequence[Time], entities: Sequence[Entity], teacher: Teacher, lexicons: Lexicons, vectors: Vectors
) -> list[Example]:
    lexicon = compile_lexicon(teacher.ontology)
    encoding = teacher.encoder.encode(doc, find_hits(doc, lexicon))
    weighed = weigh_hits(doc, lexicon, "both", teacher.priors, encoding)
    candidates = [
        candidate_of(doc, hit, lexicon, score) for score, hit in weighed.chosen() if hit.reading.type in lexicons.numbers
    ]
    modal = []
    for candidate, read in zip(candidates, encoding.modality_odds(candidates), strict=True):
        sums = teacher.modality.sums(modality_features(doc, candidate, teacher.cues), read)
        modal.append((candidate.start, torch.tensor([sums[one] for one in MODALITIES]).softmax(0).tolist()))
    scored = list(zip(weighed.probabilities, weighed.hits, strict=True))
    labelled = _labelled(doc, candidates, Mentions(doc, entities, times), teacher, encoding)
    found = []
    for sentence in encode(doc, encoding.hits, lexicons, vectors):
        sentence.proposed = sentence.proposed.half()  # millions of words are kept in memory
        found.append(example_of(sentence, scored, modal, labelled, lexicons))
    return found


def _labelled(
    doc: Doc, candidates: Sequence[Candidate], mentions: Mentions, teacher: Teacher, encoding: Encoding
) -> list[Labelled]:
    """Every proposal beside every event, with the probability of each role."""
    proposed = propose_all(doc, candidates, teacher.ontology, mentions, teacher.cues, teacher.roles, encoding)
    found: list[Labelled] = []
    for candidate, (own, read) in zip(candidates, proposed, strict=True):
        _, scores = weigh(doc, candidate, own, mentions, teacher.cues, teacher.roles, read)
        found += [(candidate, one, [score[role] for role in ROLES]) for one, score in zip(own, scores, strict=True)]
    return found


def read_lessons(
    documents: Iterator[Document], words: int, teacher: Teacher, lexicons: Lexicons, vectors: Vectors
) -> list[Lesson]:
    """What the teacher thinks of running text, up to so many words."""
    paths = {name: path for name, path in locate(teacher.language.code).paths.items() if name != "triggers"}
    annotator = Annotator(paths, language=teacher.language.code, half=best_precision() == "half")
    found: list[Lesson] = []
    read = 0
    while read < words and (batch := list(islice(documents, BATCH))):
        for doc in annotator.annotate_safely(batch):
            lesson = None if isinstance(doc, Failure) else read_lesson(doc, teacher, lexicons, vectors)
            if lesson is not None:
                found.append(lesson)
                read += lesson.words
        print(f"{read} words read", flush=True)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train what training.network --start goes on from, on running text.")
    parser.add_argument("--text", type=Path, required=True, help="folder of news.txt.xz and wiki.txt.xz")
    parser.add_argument("--without", type=Path, required=True, help="records whose text is left out")
    parser.add_argument("--data", type=Path, required=True, help="gold records, whose words get numbers")
    parser.add_argument("--parses", type=Path, required=True, help="folder of <doc_id>.conllu")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--words", type=int, default=WORDS)
    parser.add_argument("--language", default="id")
    options = parser.parse_args(arguments)
    teacher, vectors = load_teacher(options.language), load_vectors(WEIGHTS / options.language / "vectors.pt")
    records = list(read_records(options.data))
    docs = read_parses(options.parses, records)
    dated = read_dated(docs, records, teacher.ontology, teacher.language)
    lexicons = collect_units(docs, dated, types_of(records, teacher.ontology))
    passages = read_passages(options.text, [record.document.text for record in read_records(options.without)])
    lessons = read_lessons(passages, options.words, teacher, lexicons, vectors)
    torch.manual_seed(SEED)
    network = train(Network(lexicons, vectors.table), lessons, rounds=1)
    words = sum(lesson.words for lesson in lessons)
    save(network, lexicons, options.out, {"text": "news, wiki", "passages": str(len(lessons)), "words": str(words)})
    print(f"{options.out}: learnt from {words} words of {len(lessons)} passages")


if __name__ == "__main__":
    main()
