"""Stanza's tokeniser: text to sentences of tokens, paragraphs of all documents together.

A bidirectional LSTM over characters says after which of them a token, a sentence or a multi-word token ends. A paragraph
of more than ``WINDOW`` characters is read in windows, each from the last sentence end of the one before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy
import torch
from torch.nn.functional import linear, logsigmoid

from peristiwa.annotate.engine.sentence import Surface
from peristiwa.checkpoint import PAD, Vocabulary, Weights, require
from peristiwa.recurrent import LSTM, Layout, packs

if TYPE_CHECKING:
    from torch import Tensor

WINDOW = 1000
PACK_CHARACTERS = 10_000
TOO_LONG = "<UNK>"
"""What the later models read of a token that is longer than any word."""

_PARAGRAPH_END = re.compile(r"\n[\s\u0080-\u009f]*\n")
_ADDRESS_HINT = re.compile(r"@|://|www\.|\.(?:gov|org|edu|net|com?)\.")
"""What every match of Stanza's pattern for addresses holds, which takes a sixth of a second to compile."""

FEATURES: dict[str, Callable[[str], bool]] = {
    "space_before": lambda character: character == " ",
    "capitalized": str.isupper,
    "numeric": str.isdecimal,
}
POSITIONS = ("end_of_para", "start_of_para")


@dataclass(slots=True)
class _Paragraph:
    """Characters with white space made single spaces: their text, numbers, features and places in the document."""

    document: int
    text: str
    ids: Any
    features: Any
    places: Any
    read: int = 0
    window: int = 0
    classes: Any = None


class Segmenter:
    """The tokeniser of one model. ``addresses`` gives the pattern of Stanza that keeps URLs and e-mail addresses whole."""

    def __init__(self, checkpoint: Mapping[str, Any], addresses: Callable[[], re.Pattern[str]], *, half: bool = False) -> None:
        config = checkpoint["config"]
        names = list(config["feat_funcs"])
        require(not config.get("charlm_forward_file"), "a tokeniser with a character language model")
        require(config["conv_res"] is None and not config["use_dictionary"], "a tokeniser with convolutions or a dictionary")
        require(not config["skip_newline"] and config["shorthand"] != "la_ittb", "a tokeniser with rules of its language")
        require(all(name in FEATURES or name in POSITIONS for name in names), "a tokeniser with features of layout")
        require(not checkpoint["vocab"]["lang"].startswith(("zh", "ja", "ko")), "a tokeniser of a language without spaces")
        weights = Weights(checkpoint["model"], half=half)
        self.addresses = addresses
        self.longest = int(config.get("max_seqlen", WINDOW))
        self.embedding = weights["embeddings.weight"]
        self.lstms = [LSTM(weights.below("rnn"))]
        heads = ["tok_clf", "sent_clf", *(["mwt_clf"] if config.get("use_mwt") is not False else [])]
        own = Weights(checkpoint["model"])  # what decides is computed in 32 bits
        self.first = torch.cat([own[f"{name}.weight"] for name in heads]), torch.cat([own[f"{n}.bias"] for n in heads])
        self.second: Tensor | None = None
        self.temperature = float(config["hier_invtemp"])
        if config["hierarchical"]:
            self.lstms.append(LSTM(weights.below("rnn2")))
            self.second = torch.cat([own[f"{name}2.weight"] for name in heads])
        self.characters = _Characters(Vocabulary(checkpoint["vocab"]), [name for name in names if name in FEATURES])
        self.positions = [name for name in POSITIONS if name in names]

    def __call__(self, texts: Sequence[str]) -> list[list[list[Surface]]]:
        """The sentences of each text."""
        paragraphs = [paragraph for number, text in enumerate(texts) for paragraph in self._paragraphs(number, text)]
        open_ones = paragraphs
        while open_ones:
            self._read_windows(open_ones)
            open_ones = [paragraph for paragraph in open_ones if paragraph.read < len(paragraph.ids)]
        sentences: list[list[list[Surface]]] = [[] for _ in texts]
        for paragraph in paragraphs:
            sentences[paragraph.document] += self._sentences(paragraph)
        return sentences

    def _paragraphs(self, document: int, text: str) -> list[_Paragraph]:
        found = []
        start = 0
        ends = [*((match.start(), match.end()) for match in _PARAGRAPH_END.finditer(text)), (len(text), len(text))]
        for end, after in ends:
            part = text[start:end].rstrip()
            if part:
                normal, ids, features, places = self.characters(part)
                extra = numpy.zeros((len(ids), len(self.positions)), dtype=numpy.float32)
                for column, name in enumerate(self.positions):
                    extra[-1 if name == "end_of_para" else 0, column] = 1
                places = places + start
                classes = numpy.zeros(len(ids), dtype=numpy.int64)
                found.append(_Paragraph(document, normal, ids, numpy.hstack([features, extra]), places, classes=classes))
            start = after
        return found

    def _read_windows(self, paragraphs: Sequence[_Paragraph]) -> None:
        """One more window of each paragraph. The end of a paragraph that fits into one is told by a blank after it."""
        for paragraph in paragraphs:
            left = len(paragraph.ids) - paragraph.read
            paragraph.window = min(left + (paragraph.read == 0), WINDOW)
        for group in packs([paragraph.window for paragraph in paragraphs], PACK_CHARACTERS):
            chosen = [paragraphs[index] for index in group]
            layout = Layout.of([paragraph.window for paragraph in chosen])
            ids, features = zip(*(_window(paragraph) for paragraph in chosen), strict=True)
            told = torch.from_numpy(numpy.concatenate(features)).to(self.embedding.dtype)
            inputs = torch.cat([self.embedding[numpy.concatenate(ids)], told], 1)
            classes = self._classes(inputs, layout).numpy()
            for paragraph, start in zip(chosen, layout.starts, strict=True):
                _advance(paragraph, classes[start : start + paragraph.window])

    def _classes(self, inputs: Tensor, layout: Layout) -> Tensor:
        """0 inside a token, 1 token end, 2 sentence end, 3 end of a multi-word token, 4 that and sentence end."""
        inner = self.lstms[0](inputs, layout)
        scores = linear(inner.float(), *self.first)
        if self.second is not None:
            if self.temperature > 0:
                inner = inner * (1 - torch.sigmoid(-scores[:, :1] * self.temperature)).to(inner.dtype)
            outer = self.lstms[1](inner, layout)
            scores = scores + linear(outer.float(), self.second)
        yes, no = logsigmoid(scores).unbind(1), logsigmoid(-scores).unbind(1)
        if len(yes) == 2:
            options = [no[0], yes[0] + no[1], yes[0] + yes[1]]
        else:
            options = [
                no[0],
                yes[0] + no[1] + no[2],
                yes[0] + yes[1] + no[2],
                yes[0] + no[1] + yes[2],
                yes[0] + yes[1] + yes[2],
            ]
        return torch.stack(options, 1).argmax(1)

    def _sentences(self, paragraph: _Paragraph) -> list[list[Surface]]:
        text, classes = paragraph.text, paragraph.classes
        classes[-1] = 4 if classes[-1] > 2 else 2
        if _ADDRESS_HINT.search(text):
            for match in self.addresses().finditer(text):
                classes[match.start() : match.end() - 1] = 0
                classes[match.end() - 1] = classes[match.end() - 1] or 1
        sentences: list[list[Surface]] = []
        tokens: list[Surface] = []
        first = 0
        ends = numpy.flatnonzero(classes)
        starts = paragraph.places.tolist()
        for end, kind in zip(ends.tolist(), classes[ends].tolist(), strict=True):
            token = text[first : end + 1].lstrip()
            place, first = end + 1 - len(token), end + 1
            if not token:
                continue
            read = token if len(token) <= self.longest else TOO_LONG
            tokens.append(Surface(read, starts[place], starts[end] + 1, kind > 2))
            if kind in (2, 4):
                sentences.append(tokens)
                tokens = []
        if tokens:
            sentences.append(tokens)
        return sentences


def _window(paragraph: _Paragraph) -> tuple[Any, Any]:
    ids = paragraph.ids[paragraph.read : paragraph.read + paragraph.window]
    features = paragraph.features[paragraph.read : paragraph.read + paragraph.window]
    missing = paragraph.window - len(ids)
    if missing:
        ids = numpy.append(ids, [PAD] * missing)
        features = numpy.vstack([features, numpy.zeros((missing, features.shape[1]), dtype=numpy.float32)])
    return ids, features


def _advance(paragraph: _Paragraph, classes: Any) -> None:
    """Keep what a window says: all of it, or, if more of the paragraph is to come, up to its last sentence end."""
    left = len(paragraph.ids) - paragraph.read
    kept = min(left, WINDOW)
    if left > WINDOW:
        breaks = numpy.flatnonzero((classes == 2) | (classes == 4))
        kept = int(breaks[-1]) + 1 if len(breaks) else kept
    paragraph.classes[paragraph.read : paragraph.read + kept] = classes[:kept]
    paragraph.read += kept


class _Characters:
    """Looks characters up by code point, each asked of Python once."""

    def __init__(self, vocabulary: Vocabulary, features: Sequence[str]) -> None:
        self.vocabulary = vocabulary
        self.tests = [FEATURES[name] for name in features]
        self.known = numpy.zeros(0x110000, dtype=bool)
        self.ids = numpy.zeros(0x110000, dtype=numpy.int64)
        self.features = numpy.zeros((0x110000, len(self.tests)), dtype=numpy.float32)
        self.blank = numpy.zeros(0x110000, dtype=bool)

    def __call__(self, text: str) -> tuple[str, Any, Any, Any]:
        """Text with runs of white space made single spaces, and numbers, features and old places of what is left."""
        points = numpy.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        if not self.known[points].all():
            self._learn(numpy.unique(points[~self.known[points]]))
        blank = self.blank[points]
        kept = ~blank
        kept[0] = True
        kept[1:] |= ~blank[:-1]
        places = numpy.flatnonzero(kept)
        points = numpy.where(blank, numpy.uint32(ord(" ")), points)[places]
        normal = points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        return normal, self.ids[points], self.features[points], places

    def _learn(self, points: Any) -> None:
        for point in [ord(" "), *points.tolist()]:
            character = chr(point)
            self.known[point] = True
            self.ids[point] = self.vocabulary.id(character)
            self.features[point] = [test(character) for test in self.tests]
            self.blank[point] = character.isspace() or 0x80 <= point <= 0x9F
