"""Stanza, shut in one room: this is the only file of the package that imports it.

Models are given as files and loaded offline (``download_method=None``). The name tagger and the trigger tagger are two
models of one Stanza NER processor: each sentence is prepared once, and ``token.multi_ner`` keeps their tags apart.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peristiwa.annotate.convert import CLITIC_UPOS, Mention, Parse, Token, Word, to_doc
from peristiwa.errors import InputError, ModelError
from peristiwa.types import ENTITY_NAMES, Document, Failure

if TYPE_CHECKING:
    from spacy.tokens import Doc

PROCESSORS = ("tokenize", "mwt", "pos", "lemma", "depparse", "ner")
SEGMENTERS, TAGGERS = PROCESSORS[:2], PROCESSORS[2:]
WITH_PRETRAIN = ("pos", "depparse", "ner")
CHARLMS = ("forward_charlm", "backward_charlm")

LONGEST_SENTENCE = 400
"""Words. The parser's memory grows with the square of the sentence: 5 GB for a list of 5,000 words without a stop."""

_SOMETHING = re.compile(r"[^\s\u0080-\u009f]")
"""What Stanza's tokenizer can make a token of: it reads C1 control characters as spaces."""


_SINGLE_BREAK = re.compile(r"(?<=\S)[^\S\n]*\n[^\S\n]*(?=\S)")
"""One line end between two lines that hold text."""


class Annotator:
    """Stanza's models for one language, loaded once.

    ``models`` maps processors to files: ``tokenize``, ``mwt``, ``pos``, ``lemma``, ``depparse``, ``ner``, further
    ``triggers`` (a second NER model), ``pretrain`` (word vectors that pos, depparse, ner and triggers share) and, for
    models made with them, ``forward_charlm`` and ``backward_charlm``. All but ``tokenize`` may be absent.

    Documents go through the models together, up to ``batch_words`` words and ``batch_documents`` documents at a time.
    Raises ModelError when a file is missing or is no model.
    """

    def __init__(
        self,
        models: Mapping[str, Path],
        *,
        language: str = "id",
        batch_words: int = 3000,
        batch_documents: int = 32,
        threads: int | None = None,
    ) -> None:
        self.language = language
        self.models = dict(models)
        self.batch_words = batch_words
        self.batch_documents = batch_documents
        self._ner = [name for name in ("ner", "triggers") if name in self.models]
        self._pipeline = _load(self.models, self._ner, language, threads)

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
            except Exception:  # Stanza raises anything; the batch tells us nothing about which document it was
                results += [self._annotate_one(document) for document in batch]
        return results

    def _annotate_one(self, document: Document) -> Doc | Failure:
        try:
            return self._annotate_batch([document])[0]
        except Exception as error:
            reason = str(error) if isinstance(error, InputError) else _first_line(error)
            return Failure(document.doc_id, document.source, "annotate", f"the models failed on this text: {reason}")

    def _annotate_batch(self, documents: Sequence[Document]) -> list[Doc]:
        from stanza.models.common.doc import Document as StanzaDocument

        full = [index for index, document in enumerate(documents) if _SOMETHING.search(document.text)]
        texts = [part_paragraphs(documents[index].text) for index in full]
        parsed = self._pipeline.bulk_process([StanzaDocument([], text=text) for text, _ in texts], processors=SEGMENTERS)
        parsed = self._pipeline.process(
            [split_long_sentences(document, LONGEST_SENTENCE) for document in parsed], processors=TAGGERS
        )
        parses: list[list[Parse]] = [[] for _ in documents]
        for index, stanza_document, (_, added) in zip(full, parsed, texts, strict=True):
            parses[index] = [_moved_back(parse, added) for parse in parses_of(stanza_document, self._ner)]
        return [
            to_doc(document.text, sentences, language=self.language)
            for document, sentences in zip(documents, parses, strict=True)
        ]

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """Named-entity tags (BIO) of given tokens, sentence by sentence. Raises ModelError without a ner model."""
        from stanza.models.common.doc import Document as StanzaDocument

        if "ner" not in self.models:
            raise ModelError(f"there is no ner model for language {self.language!r}; see `peristiwa models list`.")
        rows = [[{"id": (n,), "text": token} for n, token in enumerate(tokens, 1)] for tokens in sentences if tokens]
        if not rows:
            return [[] for _ in sentences]
        document = self._pipeline.processors["ner"].process(StanzaDocument(rows))
        tagged = iter(document.sentences)
        return [[_bio(token.multi_ner[0]) for token in next(tagged).tokens] if tokens else [] for tokens in sentences]


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


def part_paragraphs(text: str) -> tuple[str, list[int]]:
    """``text`` with an empty line at each single line break that ends a paragraph, and where a character was added.

    Stanza ends a sentence at an empty line but reads a single line break as a space, so that a heading would run into
    the next sentence. A line break is left alone where a small letter follows, and in text whose lines were wrapped
    (as from PDF: a small letter follows at least a fifth of its line breaks), since sentences go on across them there.
    """
    breaks = list(_SINGLE_BREAK.finditer(text))
    inside = sum(text[match.end()].islower() for match in breaks)
    if inside * 5 >= len(breaks):
        return text, []
    pieces: list[str] = []
    added: list[int] = []
    position = 0
    for match in breaks:
        if not text[match.end()].islower():
            pieces += [text[position : match.end()], "\n"]
            added.append(match.end() + len(added))
            position = match.end()
    return "".join([*pieces, text[position:]]), added


def _moved_back(parse: Parse, added: Sequence[int]) -> Parse:
    """A parse of the text with added characters, as one of the text without them."""
    if not added:
        return parse
    tokens = tuple(
        replace(token, start=token.start - bisect_left(added, token.start), end=token.end - bisect_left(added, token.end))
        for token in parse.tokens
    )
    return replace(parse, tokens=tokens)


def split_long_sentences(document: Any, limit: int) -> Any:
    """The Stanza Document with its sentences of more than ``limit`` words cut, the document itself if it has none.

    A cut comes where the text has a line end or ";" in the second half of the limit, else at the limit.
    """
    if all(len(sentence.words) <= limit for sentence in document.sentences):
        return document
    from stanza.models.common.doc import Document as StanzaDocument

    pieces: list[list[Any]] = []
    for sentence in document.sentences:
        piece: list[Any] = []
        size = cut = 0
        for token in sentence.tokens:
            if piece and size + len(token.words) > limit:
                pieces.append(piece[: cut or len(piece)])
                piece = piece[cut:] if cut else []
                size, cut = sum(len(token.words) for token in piece), 0
            piece.append(token)
            size += len(token.words)
            if size > limit // 2 and (token.text == ";" or "\n" in (token.spaces_after or "")):
                cut = len(piece)
        pieces.append(piece)
    return StanzaDocument([_rows(piece) for piece in pieces if piece], text=document.text)


def _rows(tokens: Sequence[Any]) -> list[dict[str, Any]]:
    """Stanza's rows of a sentence that is only segmented yet, numbered anew."""
    rows: list[dict[str, Any]] = []
    number = 0
    for token in tokens:
        count = len(token.words)
        ids = (number + 1,) if count == 1 else (number + 1, number + count)
        rows.append({"id": ids, "text": token.text, "start_char": token.start_char, "end_char": token.end_char})
        if count > 1:
            rows += [{"id": (number + n,), "text": word.text} for n, word in enumerate(token.words, 1)]
        number += count
    return rows


def parses_of(document: Any, ner: Sequence[str] = ("ner", "triggers")) -> list[Parse]:
    """The sentences of a Stanza Document; ``ner`` names the models behind ``token.multi_ner``, in order."""
    return [_parse(sentence, ner) for sentence in document.sentences]


def _parse(sentence: Any, ner: Sequence[str]) -> Parse:
    from stanza.models.ner.utils import decode_from_bioes

    tokens = tuple(
        Token(token.start_char, token.end_char, tuple(_word(word) for word in token.words)) for token in sentence.tokens
    )
    mentions: dict[str, tuple[Mention, ...]] = {}
    for position, name in enumerate(ner):
        tags = [token.multi_ner[position] if token.multi_ner else None for token in sentence.tokens]
        runs = [(found["type"], found["start"], found["end"] + 1) for found in decode_from_bioes(tags)]
        if name == "ner":  # official models have tag sets of their own
            runs = [(ENTITY_NAMES[label], first, last) for label, first, last in runs if label in ENTITY_NAMES]
        mentions[name] = tuple(_mention(tokens, *run, is_name=name == "ner") for run in runs)
    return Parse(tokens, entities=mentions.get("ner", ()), triggers=mentions.get("triggers", ()))


def _word(word: Any) -> Word:
    return Word(
        text=word.text,
        lemma=word.lemma or word.text,
        upos=word.upos or "",
        feats=word.feats or "",
        head=word.head,
        deprel=word.deprel or "",
    )


def _mention(tokens: Sequence[Token], label: str, first: int, last: int, *, is_name: bool) -> Mention:
    """The words of tokens ``first`` to ``last`` (end exclusive); a name ends before the clitics of its last token."""
    start = sum(len(token.words) for token in tokens[:first])
    end = start + sum(len(token.words) for token in tokens[first:last])
    if is_name:
        for word in reversed(tokens[last - 1].words[1:]):
            if word.upos not in CLITIC_UPOS:
                break
            end -= 1
    return Mention(label, start, end)


def _bio(tag: str) -> str:
    """BIOES to BIO."""
    return {"S-": "B-", "E-": "I-"}.get(tag[:2], tag[:2]) + tag[2:]


def _first_line(error: Exception) -> str:
    """An error of a library in one line; torch writes a page."""
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


def _load(models: Mapping[str, Path], ner: Sequence[str], language: str, threads: int | None) -> Any:
    """A stanza.Pipeline of exactly these files."""
    for name, path in models.items():
        if not path.is_file():
            raise ModelError(f"{path}: no such file (the {name} model of {language!r}); see `peristiwa models verify`.")
    if "tokenize" not in models:
        raise ModelError(f"there is no tokenize model for language {language!r}; see `peristiwa models list`.")
    import stanza
    import torch

    if threads is not None:
        torch.set_num_threads(threads)
    logging.getLogger("stanza").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        # Stanza insists on a list of its published packages; an empty one keeps it from looking at any but ours.
        resources = Path(folder) / "resources.json"
        resources.write_text(json.dumps({}), encoding="utf8")
        try:
            return stanza.Pipeline(
                lang=language,
                dir=folder,
                resources_filepath=str(resources),
                processors={name: "own" for name in PROCESSORS if name in models or (name == "ner" and ner)},
                allow_unknown_language=True,
                download_method=None,
                use_gpu=False,
                logging_level="ERROR",
                **_options(models, ner),
            )
        except Exception as error:
            raise ModelError(
                f"the models of {language!r} in {models['tokenize'].parent} cannot be loaded: "
                f"{_first_line(error)}. Try `peristiwa models verify`."
            ) from error


def _options(models: Mapping[str, Path], ner: Sequence[str]) -> dict[str, str | bool]:
    """Stanza's keyword arguments: ``<processor>_model_path`` and the paths of what a processor's model builds on."""
    options: dict[str, str | bool] = {f"{name}_model_path": str(models[name]) for name in PROCESSORS if name in models}
    if "lemma" in models:
        options["lemma_store_results"] = True  # a lemma depends on the word and its tag alone: look each up once
    for shared in ("pretrain", *CHARLMS):
        if shared in models:
            options |= {f"{name}_{shared}_path": str(models[shared]) for name in WITH_PRETRAIN if name in models}
    if ner:  # several models in one processor: lists joined by ";", one place per model even where it is empty
        options["ner_model_path"] = ";".join(str(models[name]) for name in ner)
        for shared in ("pretrain", *CHARLMS):
            options[f"ner_{shared}_path"] = ";".join(str(models.get(shared, "")) for _ in ner)
    return options
