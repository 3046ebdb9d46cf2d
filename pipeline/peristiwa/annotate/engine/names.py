"""Stanza's name tagger, for names and for triggers: an LSTM over tokens and the best path through tag transitions.

A model may have several layers of tags over the one LSTM, each with a tag set of its own; the first is the usual one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import linear

from peristiwa.annotate.engine.layers import CharacterEncoder, FormTable
from peristiwa.checkpoint import PAD, PREFIX, UNK, Vectors, VectorVocabulary, Vocabulary, Weights, require
from peristiwa.recurrent import LSTM, Layout, packs

if TYPE_CHECKING:
    from torch import Tensor

Scores = list[tuple[tuple[str, float], ...]]
"""Labels with their probabilities, token by token."""


LEAST = 0.01
"""Probabilities below this are left out."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What turns the LSTM's outputs into tags of one tag set; ``labels`` are those without B-, I-, E-, S-."""

    output: tuple[Tensor, Tensor]
    transitions: Tensor
    tags: Sequence[str]

    @property
    def labels(self) -> list[str]:
        return sorted({tag[2:] for tag in self.tags if tag[1:2] == "-"})


class NameTagger:
    """The name tagger of one model."""

    def __init__(self, checkpoint: Mapping[str, Any], vectors: Vectors, *, half: bool = False) -> None:
        config, vocabularies = checkpoint["config"], checkpoint["vocab"]
        require(not config.get("charlm") and not config.get("bert_model"), "a name tagger built on a language model")
        require(bool(config["char"]) and config["char_emb_dim"] > 0, "a name tagger that reads no characters")
        require("delta" in vocabularies and "word" in vocabularies, "a name tagger without word vectors")
        require(not config.get("char_lowercase"), "a name tagger that reads small letters")
        tags = vocabularies["tag"]["_id2unit"]
        require(isinstance(tags, dict), "a name tagger of another form")
        require(not config.get("connect_output_layers"), "a name tagger whose layers read one another")
        weights = Weights(checkpoint["model"])
        self._lower = bool(config.get("lowercase", True))
        self._vocabulary, self._table = _words(checkpoint, vectors, weights)
        self._delta = Vocabulary(vocabularies["delta"])
        self._delta_table = weights["delta_emb.weight"]
        self._characters = CharacterEncoder(weights, Vocabulary(vocabularies["char"]), attention=False)
        self._transform = None
        if config.get("input_transform"):
            self._transform = weights["input_transform.weight"], weights["input_transform.bias"]
        self._forms = FormTable(self._read)
        require(config["num_layers"] == 1, "a name tagger of several layers")
        start = weights["taggerlstm_h_init"], weights["taggerlstm_c_init"]
        self._lstm = LSTM(Weights(checkpoint["model"], "taggerlstm.lstm.", half=half), start)
        self._layers = [
            Layer((weights[f"tag_clfs.{n}.weight"], weights[f"tag_clfs.{n}.bias"]), weights[f"crits.{n}._transitions"], own)
            for n, own in enumerate(tags.values())
        ]

    def __call__(
        self, sentences: Sequence[Sequence[str]], labels: Collection[str] = (), scores: list[Scores] | None = None
    ) -> list[list[str]]:
        """The BIOES tag of each token of each sentence.

        The layer with exactly these ``labels`` (in any case) tags, the first one if there is none. Into ``scores``, if
        given, goes for each sentence what the layer thinks of each token: labels with their probabilities before
        transitions, the likeliest first.
        """
        wanted = {label.upper() for label in labels}
        layer = next((layer for layer in self._layers if set(layer.labels) == wanted), self._layers[0])
        tagged: list[list[str]] = [[] for _ in sentences]
        seen: list[Scores] = [[] for _ in sentences]
        for group in packs([len(sentence) for sentence in sentences]):
            layout = Layout.of([len(sentences[index]) for index in group])
            inputs = self._forms([token for index in group for token in sentences[index]])
            emitted = linear(self._lstm(inputs, layout).float(), *layer.output)
            path = best_path(emitted[layout.order], layer.transitions, layout.sizes.tolist())
            tags = [layer.tags[max(number, PREFIX)] for number in path[layout.inverse].tolist()]
            likely = [] if scores is None else probabilities(emitted, layer)
            for index, start in zip(group, layout.starts, strict=True):
                end = start + len(sentences[index])
                tagged[index] = whole_mentions(tags[start:end])
                seen[index] = likely[start:end]
        if scores is not None:
            scores += seen
        return tagged

    def _read(self, forms: Sequence[str]) -> Tensor:
        """What the LSTM makes of a form: its vector, what this model has learnt to add to it, and its characters."""
        cased = [form.lower() for form in forms] if self._lower else list(forms)
        ids = torch.tensor(self._vocabulary.map(cased))
        delta = torch.tensor(self._delta.map(cased))
        delta[(delta == UNK) & (ids != UNK)] = PAD
        characters = self._characters([self._characters.ids(form) for form in forms])
        inputs = torch.cat([self._table[ids] + self._delta_table[delta], characters], 1)
        return (linear(inputs, *self._transform) if self._transform else inputs).to(self._lstm.kind)


def probabilities(emitted: Tensor, layer: Layer) -> Scores:
    """Per token, the labels of at least ``LEAST`` with their probabilities: those of their B-, I-, E-, S- tags together."""
    labels = layer.labels
    place = {label: column for column, label in enumerate(labels)}
    members = torch.zeros(len(layer.tags), len(labels))
    for number, tag in enumerate(layer.tags):
        if tag[1:2] == "-":
            members[number, place[tag[2:]]] = 1.0
    emitted = emitted.clone()
    emitted[:, :PREFIX] = -torch.inf
    summed = emitted.softmax(1) @ members
    found: Scores = [() for _ in range(len(summed))]
    for row in torch.nonzero(summed.amax(1) >= LEAST).flatten().tolist():
        pairs = ((label, round(value, 3)) for label, value in zip(labels, summed[row].tolist(), strict=True))
        found[row] = tuple(sorted((pair for pair in pairs if pair[1] >= LEAST), key=lambda pair: (-pair[1], pair[0])))
    return found


def _words(checkpoint: Mapping[str, Any], vectors: Vectors, weights: Weights) -> tuple[Vocabulary, Any]:
    """The vocabulary and vectors of a model: those that all share, unless it has vectors of its own."""
    state = checkpoint["vocab"]["word"]
    if "word_emb.weight" in weights:
        return VectorVocabulary(state), weights["word_emb.weight"]
    require(vectors.vocabulary is not None, "word vectors that are not here")
    assert vectors.vocabulary is not None
    same = vectors.vocabulary.units == state["_id2unit"]
    if not same and len(vectors.vocabulary.units) != len(state["_id2unit"]):
        raise ValueError("the name tagger was made with other word vectors than those that are here")
    return vectors.vocabulary if same else VectorVocabulary(state), vectors.table


def best_path(scores: Tensor, transitions: Tensor, sizes: Sequence[int]) -> Tensor:
    """Viterbi over packed sequences at once: scores (items x tags) to the tag of each item on its sequence's best path.

    ``transitions[i, j]`` is the score of tag j after tag i. Going forward only the best scores are kept; the tag that
    gave each is found again on the way back, for the one path that matters.
    """
    best = scores.clone()
    starts = [0]
    for step, size in enumerate(sizes[1:], 1):
        starts.append(starts[-1] + sizes[step - 1])
        before = best[starts[-2] : starts[-2] + size]
        for first in range(0, size, 16):  # 16 x tags x tags scores stay in the cache
            part = before[first : first + 16]
            rows = slice(starts[-1] + first, starts[-1] + first + len(part))
            best[rows] += (part.unsqueeze(2) + transitions).amax(1)
    path = best.argmax(1)
    into = transitions.t().contiguous()
    for step in range(len(sizes) - 1, 0, -1):
        size, start, start_before = sizes[step], starts[step], starts[step - 1]
        tags = path[start : start + size]
        path[start_before : start_before + size] = (best[start_before : start_before + size] + into[tags]).argmax(1)
    return path


def whole_mentions(tags: list[str]) -> list[str]:
    """BIOES tags with the ends of broken mentions mended, as Stanza mends them: first I, then single B and E."""
    if all(tag == "O" for tag in tags):
        return tags
    tags = list(tags)
    for index, tag in enumerate(tags):
        label = tag[2:]
        if tag.startswith("I-") and not _goes_on(tags, index, label):
            tags[index] = f"E-{label}"
        if tag.startswith("I-") and not _went_on(tags, index, label):
            tags[index] = f"B-{label}"
    for index, tag in enumerate(tags):
        label = tag[2:]
        if tag.startswith("B-") and not _goes_on(tags, index, label):
            tags[index] = f"S-{label}"
        if tag.startswith("E-") and not _went_on(tags, index, label):
            tags[index] = f"S-{label}"
    return tags


def _goes_on(tags: Sequence[str], index: int, label: str) -> bool:
    return index + 1 < len(tags) and tags[index + 1] in (f"I-{label}", f"E-{label}")


def _went_on(tags: Sequence[str], index: int, label: str) -> bool:
    return index > 0 and tags[index - 1] in (f"B-{label}", f"I-{label}")
