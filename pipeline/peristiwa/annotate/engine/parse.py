"""Stanza's graph parser: scores of all heads, the best tree, and labels of its arcs alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy
import torch
from torch.nn.functional import linear, logsigmoid, softplus

from peristiwa.annotate.engine.layers import FormTable, HighwayLSTM, with_one
from peristiwa.annotate.engine.sentence import Sentence
from peristiwa.annotate.engine.tree import are_trees, best_tree
from peristiwa.annotate.engine.words import WordReader, simplified
from peristiwa.checkpoint import PREFIX, ROOT, Vectors, Vocabulary, Weights, require
from peristiwa.recurrent import Layout, packs

if TYPE_CHECKING:
    from torch import Tensor

PAIRS = 200_000
"""Pairs of words of one group of sentences that are scored together."""
HEADS = 64
"""Heads whose label matrices (size x relations each) are in memory together."""


class Parser:
    """The parser of one model."""

    def __init__(self, checkpoint: Mapping[str, Any], vectors: Vectors, *, half: bool = False) -> None:
        config, vocabularies = checkpoint["config"], checkpoint["vocab"]
        require(checkpoint.get("model_type", "graph") == "graph", "a parser that is no single graph parser")
        require("output_basic.weight" not in checkpoint["model"], "a parser that is no single graph parser")
        require(not config.get("use_arc_embedding") and not config.get("reversed"), "a parser with arc embeddings")
        require(not config.get("resolve_head_constraints", True), "a parser that repairs its trees")
        require(config.get("use_upos", True) and not config.get("use_xpos", True), "a parser that reads other tags")
        require(config["word_emb_dim"] > 0 and config["tag_emb_dim"] > 0, "a parser without embeddings")
        weights = Weights(checkpoint["model"], half=half)
        self._lemmas, self._upos = Vocabulary(vocabularies["lemma"]), Vocabulary(vocabularies["upos"])
        self._lstm = HighwayLSTM(weights, "parserlstm")
        self._read = WordReader(checkpoint, vectors, word_first=False)
        self._forms = FormTable(self._read)
        own = Weights(checkpoint["model"])
        self._lemma_table, tags = own["lemma_emb.weight"], own["upos_emb.weight"]
        # Stanza 1.15 reads the part of speech a second time in the place of the features that its models are made for
        self._tag_table = torch.cat([tags] * (2 if config.get("use_ufeats", True) else 1), 1)
        self._root = self._read.root()
        self._arcs = _Arcs(weights, ["unlabeled", *(name for name in ("linearization", "distance") if config[name])])
        self._labels = _Labels(weights.below("deprel"))
        self._relations: list[str] = vocabularies["deprel"]["_id2unit"]

    def __call__(self, sentences: Sequence[Sentence]) -> None:
        """Fill ``heads`` and ``deprels``."""
        for group in packs([len(sentence.words) for sentence in sentences]):
            chosen = [sentences[index] for index in group]
            lengths = [len(sentence.words) + 1 for sentence in chosen]
            layout = Layout.of(lengths)
            outputs = self._lstm(self._inputs(chosen, layout), layout)
            heads = torch.cat(list(self._heads(outputs, layout)))  # in the places of the group's words
            relations = self._labels(outputs, heads).tolist()
            for sentence, start in zip(chosen, layout.starts, strict=True):
                words = slice(start + 1, start + 1 + len(sentence.words))
                sentence.heads = (heads[words] - start).tolist()
                sentence.deprels = [self._relations[number + PREFIX] for number in relations[words]]

    def _inputs(self, sentences: Sequence[Sentence], layout: Layout) -> Tensor:
        """Words with a root before each sentence: what stands before a form's characters, lemma, part of speech, characters."""
        words = [simplified(word) for sentence in sentences for word in sentence.words]
        lemmas: list[int] = []
        tags: list[int] = []
        for sentence in sentences:
            lemmas += [ROOT, *self._lemmas.map(sentence.lemmas)]
            tags += [ROOT, *self._upos.map(sentence.upos)]
        roots = torch.zeros(len(tags), dtype=torch.bool)
        roots[list(layout.starts)] = True
        forms = torch.empty(len(tags), self._root.shape[1])
        forms[roots], forms[~roots] = self._root, self._forms(words)
        front, back = forms.tensor_split([self._read.front_size], 1)
        return torch.cat([front, self._lemma_table[torch.tensor(lemmas)], self._tag_table[torch.tensor(tags)], back], 1)

    def _heads(self, outputs: Tensor, layout: Layout) -> Iterator[Tensor]:
        """The head of every word, sentence after sentence, as its place among the outputs."""
        dependents, governors = self._arcs.project(outputs)
        for first, last in _alike(layout.lengths):
            lengths = torch.tensor(layout.lengths[first:last])
            longest = int(lengths[0])
            places = torch.arange(longest)
            inside = places < lengths.unsqueeze(1)
            rows = (torch.tensor(layout.starts[first:last]).unsqueeze(1) + places).masked_fill(~inside, 0)
            scores = self._arcs.score(dependents[:, rows], governors[:, rows])
            scores.masked_fill_(~inside.unsqueeze(1), -torch.inf)
            scores.masked_fill_(torch.eye(longest, dtype=torch.bool), -torch.inf)
            scores[:, 0] = -torch.inf
            scores[:, 0, 0] = 0
            heads = scores.argmax(2).masked_fill(~inside, 0).numpy()
            trees = are_trees(heads, inside.numpy())
            for row in numpy.flatnonzero(~trees).tolist():
                size = int(lengths[row])
                heads[row, :size] = best_tree(scores[row, :size, :size].numpy())
            for row, start in enumerate(layout.starts[first:last]):
                yield torch.from_numpy(heads[row, : int(lengths[row])]) + start


def _alike(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of sentences, longest first, with at most PAIRS pairs of words when filled up to the first."""
    first = 0
    while first < len(lengths):
        last = min(len(lengths), first + max(1, PAIRS // lengths[first] ** 2))
        yield first, last
        first = last


class _Arcs:
    """Biaffine scorers of arcs: whether there is one, on which side the head stands, and how far away."""

    def __init__(self, weights: Weights, names: Sequence[str]) -> None:
        self.names = names
        own = [weights.below(name) for name in names]
        self.first = torch.cat([one["W1.weight"] for one in own]), torch.cat([one["W1.bias"] for one in own])
        self.second = torch.cat([one["W2.weight"] for one in own]), torch.cat([one["W2.bias"] for one in own])
        self.bilinear = torch.stack([one["scorer.W_bilin.weight"].squeeze(2) for one in own])
        self.bias = torch.stack([one["scorer.W_bilin.bias"] for one in own]).float()

    def project(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs to what each scorer reads of them as dependent, times its matrix, and as head: scorers x words x size."""
        count = len(self.names)
        dependents = linear(outputs, *self.first).relu_().view(len(outputs), count, -1).transpose(0, 1)
        governors = linear(outputs, *self.second).relu_().view(len(outputs), count, -1).transpose(0, 1)
        matrix, last = self.bilinear[:, :-1], self.bilinear[:, -1:]
        return torch.baddbmm(last, dependents, matrix).float(), with_one(governors.float()).contiguous()

    def score(self, dependents: Tensor, governors: Tensor) -> Tensor:
        """Scorers x sentences x words x size each, to sentences x dependents x heads."""
        found = dict(zip(self.names, dependents @ governors.transpose(2, 3) + self.bias[:, :, None, None], strict=True))
        scores: Tensor = found["unlabeled"]
        places = torch.arange(scores.shape[1])
        offset = (places - places.unsqueeze(1)).float()
        if "linearization" in found:
            scores += logsigmoid(found["linearization"] * offset.sign())
        if "distance" in found:
            away = offset.abs() - (1 + softplus(found["distance"]))
            scores -= torch.log(away**2 / 2 + 1)
        return scores


class _Labels:
    """The biaffine scorer of relations, asked only for chosen arcs and head by head, since a head serves several words."""

    def __init__(self, weights: Weights) -> None:
        self.first = weights["W1.weight"], weights["W1.bias"]
        self.second = weights["W2.weight"], weights["W2.bias"]
        weight = weights["scorer.W_bilin.weight"]
        self.size, _, self.relations = weight.shape
        self.matrix = weight.permute(0, 2, 1).reshape(self.size * self.relations, -1).contiguous()
        self.bias = weights["scorer.W_bilin.bias"].float()

    def __call__(self, outputs: Tensor, heads: Tensor) -> Tensor:
        """The relation of each word to its head, given as places among the outputs."""
        dependents = with_one(linear(outputs, *self.first).relu_().float())
        chosen, owner, counts = torch.unique(heads, return_inverse=True, return_counts=True)
        governors = with_one(linear(outputs[chosen], *self.second).relu_())
        words = owner.argsort(stable=True)
        relations = torch.empty(len(heads), dtype=torch.int64)
        most = torch.argsort(counts, descending=True, stable=True)  # heads with as many words side by side
        starts = counts.cumsum(0) - counts
        for group in (most[first : first + HEADS] for first in range(0, len(most), HEADS)):
            width = int(counts[group[0]])
            inside = torch.arange(width) < counts[group].unsqueeze(1)
            rows = words[(starts[group].unsqueeze(1) + torch.arange(width)).clamp_max(len(words) - 1)]
            matrices = linear(governors[group], self.matrix).float().view(len(group), self.size, self.relations)
            found = torch.baddbmm(self.bias, dependents[rows], matrices).argmax(2)
            relations[rows[inside]] = found[inside]
        return relations
