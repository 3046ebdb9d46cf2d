"""Stanza, shut in one room: this is the only file of the package that imports it to run models.

Models are given as files and loaded offline (``download_method=None``). The name tagger and the trigger tagger are two
models of one Stanza NER processor: each sentence is prepared once, and ``token.multi_ner`` keeps their tags apart.

The shipped models run in ``engine``; here run those of other kinds, such as Stanza's official ones.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from peristiwa.annotate.convert import Parse, Token, Word
from peristiwa.annotate.engine.sentence import LONGEST_SENTENCE
from peristiwa.annotate.mentions import to_parse
from peristiwa.checkpoint import read_checkpoint, whole_vectors

PROCESSORS = ("tokenize", "mwt", "pos", "lemma", "depparse", "ner")
NAMES_OF_READER = "names"
SEGMENTERS, TAGGERS = PROCESSORS[:2], (*PROCESSORS[2:], NAMES_OF_READER)
WITH_PRETRAIN = ("pos", "depparse", "ner")
CHARLMS = ("forward_charlm", "backward_charlm")

_SOMETHING = re.compile(r"[^\s\u0080-\u009f]")
"""What Stanza's tokenizer can make a token of: it reads C1 control characters as spaces."""


class StanzaModels:
    """A stanza.Pipeline of these files; ``names`` are those that are name taggers. Raises whatever Stanza raises."""

    def __init__(self, models: Mapping[str, Path], names: Sequence[str], language: str) -> None:
        if "reader" in models and names:
            raise ValueError(f"Stanza runs one tagger of names: the reader, or {' and '.join(names)}")
        self._names = ["ner"] if "reader" in models else list(names)
        self._pipeline = load_pipeline(models, names, language)

    def parse(self, texts: Sequence[str]) -> list[list[Parse]]:
        """The sentences of each text."""
        from stanza.models.common.doc import Document as StanzaDocument

        full = [index for index, text in enumerate(texts) if _SOMETHING.search(text)]
        parses: list[list[Parse]] = [[] for _ in texts]
        if full:
            parsed = self._pipeline.bulk_process(
                [StanzaDocument([], text=texts[index]) for index in full], processors=SEGMENTERS
            )
            parsed = self._pipeline.process(
                [split_long_sentences(document, LONGEST_SENTENCE) for document in parsed], processors=TAGGERS
            )
            for index, document in zip(full, parsed, strict=True):
                parses[index] = parses_of(document, self._names)
        return parses

    def tag(self, sentences: Sequence[Sequence[str]], labels: Collection[str] = ()) -> list[list[str]]:
        """The BIOES name tags of given tokens, by the model's own tag set whatever ``labels`` are asked for."""
        from stanza.models.common.doc import Document as StanzaDocument

        rows = [[{"id": (n,), "text": token} for n, token in enumerate(tokens, 1)] for tokens in sentences]
        processors = self._pipeline.processors
        document = (processors.get(NAMES_OF_READER) or processors["ner"]).process(StanzaDocument(rows))
        return [[token.multi_ner[0] for token in sentence.tokens] for sentence in document.sentences]


def address_pattern() -> re.Pattern[str]:
    """Stanza's pattern for URLs and e-mail addresses, which its tokenizer keeps whole."""
    from stanza.models.tokenization.utils import MASK_RE

    pattern: re.Pattern[str] = MASK_RE
    return pattern


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
    tokens = tuple(
        Token(token.start_char, token.end_char, tuple(_word(word) for word in token.words)) for token in sentence.tokens
    )
    tags = {
        name: [token.multi_ner[position] if token.multi_ner else None for token in sentence.tokens]
        for position, name in enumerate(ner)
    }
    return to_parse(tokens, tags)


def _word(word: Any) -> Word:
    return Word(
        text=word.text,
        lemma=word.lemma or word.text,
        upos=word.upos or "",
        feats=word.feats or "",
        head=word.head,
        deprel=word.deprel or "",
    )


def load_pipeline(models: Mapping[str, Path], ner: Sequence[str], language: str) -> Any:
    """A stanza.Pipeline of exactly these files; ``ner`` are those of them that are name taggers."""
    import stanza

    logging.getLogger("stanza").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        # Stanza insists on a list of its published packages; an empty one keeps it from looking at any but ours.
        resources = Path(folder) / "resources.json"
        resources.write_text(json.dumps({}), encoding="utf8")
        if "pretrain" in models:
            models = {**models, "pretrain": stanza_vectors(models["pretrain"], Path(folder))}
        processors = {name: "own" for name in PROCESSORS if name in models or (name == "ner" and ner)}
        options = _options(models, ner)
        if "reader" in models:
            from peristiwa.annotate import variants

            processors |= variants.PROCESSORS
            options |= variants.options(models["reader"])
        return stanza.Pipeline(
            lang=language,
            dir=folder,
            resources_filepath=str(resources),
            processors=processors,
            allow_unknown_language=True,
            download_method=None,
            use_gpu=False,
            logging_level="ERROR",
            **options,
        )


def stanza_vectors(path: Path, folder: Path) -> Path:
    """The word vectors as Stanza knows them: a file in ``folder`` if the one at hand is in eight bits."""
    import torch

    checkpoint = read_checkpoint(path)
    if "scales" not in checkpoint:
        return path
    copy = folder / path.name
    torch.save(whole_vectors(checkpoint), copy, _use_new_zipfile_serialization=False)
    return copy


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
