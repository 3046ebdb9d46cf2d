"""The models of one language, loaded once: documents in, spaCy Docs out, and a failing document costs only itself.

``engine`` runs models of the shipped kinds, ``stanza`` any other.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from peristiwa.annotate.convert import Parse, to_doc
from peristiwa.annotate.engine.repair import load_rules
from peristiwa.annotate.paragraphs import moved_back, part_paragraphs
from peristiwa.errors import InputError, ModelError
from peristiwa.language import load_language
from peristiwa.types import Document, Failure

if TYPE_CHECKING:
    from spacy.tokens import Doc


class Models(Protocol):
    """Loaded models of either kind."""

    def parse(self, texts: Sequence[str]) -> list[list[Parse]]:
        """The sentences of each text."""
        ...

    def tag(self, sentences: Sequence[Sequence[str]], labels: Collection[str] = ()) -> list[list[str]]:
        """The BIOES name tags of given tokens, no sentence being empty; with these ``labels`` if the model knows the set."""
        ...


class Annotator:
    """The models of one language, loaded once.

    ``models`` maps processors to files: ``tokenize``, ``mwt``, ``pos``, ``lemma``, ``depparse``, ``ner``, further
    ``triggers`` (a second NER model), ``pretrain`` (word vectors that pos, depparse, ner and triggers share) and, for
    models made with them, ``forward_charlm`` and ``backward_charlm``. All but ``tokenize`` may be absent.

    Documents go through the models together, up to ``batch_words`` words and ``batch_documents`` documents at a time.
    ``threads`` is the number of torch's threads, one for each core if None. With ``half`` the models' large products are
    made in bfloat16, which is fast where the processor has it and changes few annotations.
    Raises ModelError when a file is missing or is no model.
    """

    def __init__(
        self,
        models: Mapping[str, Path],
        *,
        language: str = "id",
        batch_words: int = 6000,
        batch_documents: int = 48,
        threads: int | None = None,
        half: bool = False,
    ) -> None:
        self.language = language
        self.models = dict(models)
        self.batch_words = batch_words
        self.batch_documents = batch_documents
        self._loaded = load_models(self.models, language, threads, half=half)

    def annotate(self, documents: Sequence[Document]) -> list[Doc]:
        """The Doc of each document, in order. Raises InputError for the first document that the models fail on."""
        docs: list[Doc] = []
        for result in self.annotate_safely(documents):
            if isinstance(result, Failure):
                raise InputError(f"{result.doc_id}: {result.reason}")
            docs.append(result)
        return docs

    def annotate_safely(self, documents: Sequence[Document]) -> list[Doc | Failure]:
        """As ``annotate``, but a document that the models fail on becomes a Failure and costs only itself."""
        results: list[Doc | Failure] = []
        for batch in batches(documents, self.batch_words, self.batch_documents):
            try:
                results += self._annotate_batch(batch)
            except Exception:  # models raise anything; the batch tells us nothing about which document it was
                results += [self._annotate_one(document) for document in batch]
        return results

    def _annotate_one(self, document: Document) -> Doc | Failure:
        try:
            return self._annotate_batch([document])[0]
        except Exception as error:
            reason = str(error) if isinstance(error, InputError) else first_line(error)
            return Failure(document.doc_id, document.source, "annotate", f"the models failed on this text: {reason}")

    def _annotate_batch(self, documents: Sequence[Document]) -> list[Doc]:
        texts = [part_paragraphs(document.text) for document in documents]
        parses = self._loaded.parse([text for text, _ in texts])
        return [
            to_doc(document.text, [moved_back(parse, added) for parse in sentences], language=self.language)
            for document, sentences, (_, added) in zip(documents, parses, texts, strict=True)
        ]

    def tag(self, sentences: Sequence[Sequence[str]], labels: Collection[str] = ()) -> list[list[str]]:
        """Named-entity tags (BIO) of given tokens, sentence by sentence. Raises ModelError without a ner model.

        Tags are those of our guideline, unless the model has also learnt a public set with exactly these ``labels``
        (PERSON, PLACE, ORGANISATION …), whose guideline it then follows.
        """
        if not {"ner", "reader"} & self.models.keys():
            raise ModelError(f"there is no ner model for language {self.language!r}; see `peristiwa models list`.")
        full = [list(sentence) for sentence in sentences if sentence]
        tagged = iter(self._loaded.tag(full, labels) if full else [])
        return [[_bio(tag) for tag in next(tagged)] if sentence else [] for sentence in sentences]


def load_models(models: Mapping[str, Path], language: str, threads: int | None, *, half: bool = False) -> Models:
    """The models of these files, fast if they are of a kind that ``engine`` runs. Raises ModelError."""
    for name, path in models.items():
        if not path.is_file():
            raise ModelError(f"{path}: no such file (the {name} model of {language!r}); see `peristiwa models verify`.")
    if "tokenize" not in models:
        raise ModelError(f"there is no tokenize model for language {language!r}; see `peristiwa models list`.")
    # oneDNN keeps a product of every size it has met, a thousand of them: 0.3 GB, and 3.7 GB of address space, for no time won
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    import torch

    from peristiwa.annotate.engine import Engine, Unsupported
    from peristiwa.annotate.stanza import StanzaModels, address_pattern

    if threads is not None:
        torch.set_num_threads(threads)
    names = [name for name in ("ner", "triggers") if name in models]
    try:
        try:
            return Engine(models, names, address_pattern, load_rules(load_language(language)), half=half)
        except Unsupported:
            return StanzaModels(models, names, language)
    except Exception as error:
        raise ModelError(
            f"the models of {language!r} in {models['tokenize'].parent} cannot be loaded: "
            f"{first_line(error)}. Try `peristiwa models verify`."
        ) from error


def batches(documents: Sequence[Document], words: int, count: int) -> Iterator[list[Document]]:
    """Runs of documents of at most ``count`` documents and ``words`` words, a longer document by itself."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        length = len(document.text.split())
        if batch and (size + length > words or len(batch) == count):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += length
    if batch:
        yield batch


def first_line(error: Exception) -> str:
    """An error of a library in one line; torch writes a page."""
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


def _bio(tag: str) -> str:
    """BIOES to BIO."""
    return {"S-": "B-", "E-": "I-"}.get(tag[:2], tag[:2]) + tag[2:]
