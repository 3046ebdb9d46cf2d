"""The reader in a ``stanza.Pipeline``: variants of its processors pos and depparse, and a processor of names.

Stanza's own processor of names knows no variants. The first of the three reads a Document's sentences, the others tell
what it found. ``annotate.stanza.load_pipeline`` uses them where a model set has a reader.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from stanza.pipeline.processor import Processor, ProcessorVariant, register_processor, register_processor_variant

from peristiwa.annotate.engine.reader import Reader, spaces
from peristiwa.annotate.engine.sentence import Sentence, Surface
from peristiwa.annotate.stanza import NAMES_OF_READER
from peristiwa.checkpoint import read_checkpoint

NAME = "peristiwa"
PROCESSORS = dict.fromkeys(("pos", "depparse", NAMES_OF_READER), NAME)


def options(file: Path) -> dict[str, str | bool]:
    """The keyword arguments of ``stanza.Pipeline`` for the reader in ``file``."""
    paths: dict[str, str | bool] = {f"{name}_model_path": str(file) for name in PROCESSORS}
    return paths | {f"{name}_with_{NAME}": True for name in PROCESSORS}


@lru_cache(maxsize=2)
def _load(path: str) -> Reader:
    return Reader(read_checkpoint(Path(path)))


def read(document: Any, path: str) -> list[Sentence]:
    """The Document's sentences as the reader in the file ``path`` reads them; the Document keeps them."""
    import torch

    found: list[Sentence] | None = getattr(document, NAME, None)
    if found is None:
        found = [_sentence(sentence) for sentence in document.sentences]
        with torch.inference_mode():
            _load(path)(found)
        setattr(document, NAME, found)
    return found


class _Variant(ProcessorVariant):  # type: ignore[misc]
    OVERRIDE = True

    def __init__(self, config: dict[str, Any]) -> None:
        self._path = config["model_path"]
        _load(self._path)


@register_processor_variant("pos", NAME)
class Tags(_Variant):
    """Parts of speech and features."""

    def process(self, document: Any) -> Any:
        for sentence, own in zip(document.sentences, read(document, self._path), strict=True):
            for word, tag, features in zip(sentence.words, own.upos, own.feats, strict=True):
                word.upos, word.feats = tag, features or None
        return document


@register_processor_variant("depparse", NAME)
class Trees(_Variant):
    """Heads and relations."""

    def process(self, document: Any) -> Any:
        for sentence, own in zip(document.sentences, read(document, self._path), strict=True):
            for word, head, relation in zip(sentence.words, own.heads, own.deprels, strict=True):
                word.head, word.deprel = head, relation
            sentence.build_dependencies()
        return document


@register_processor(NAMES_OF_READER)
class Names(Processor):  # type: ignore[misc]
    """Names by our guideline."""

    PROVIDES_DEFAULT = frozenset({NAMES_OF_READER})
    REQUIRES_DEFAULT = frozenset({"tokenize"})

    def process(self, document: Any) -> Any:
        for sentence, own in zip(document.sentences, read(document, self.config["model_path"]), strict=True):
            for token, tag in zip(sentence.tokens, own.tags["ner"], strict=True):
                token.ner, token.multi_ner = tag, (tag,)
        document.build_ents()
        return document


def _sentence(sentence: Any) -> Sentence:
    """Tokens of no text stand where they would be written."""
    tokens: list[Surface] = []
    end = -1
    for token, space in zip(sentence.tokens, spaces([token.text for token in sentence.tokens]), strict=True):
        start = end + space if token.start_char is None else token.start_char
        end = start + len(token.text) if token.end_char is None else token.end_char
        tokens.append(Surface(token.text, start, end, len(token.words) > 1))
    return Sentence(tokens, [len(token.words) for token in sentence.tokens], [word.text for word in sentence.words])
