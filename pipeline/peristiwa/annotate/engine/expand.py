"""Stanza's multi-word expander of the exact kind: a dictionary, and a classifier of the characters where a word begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.nn.functional import linear

from peristiwa.annotate.engine.sentence import Sentence, Surface
from peristiwa.checkpoint import EOS, SOS, UNK, Vocabulary, Weights, require
from peristiwa.recurrent import Layout, packs, run_lstm

REMEMBERED = 50_000
"""Tokens whose words are remembered."""


class Expander:
    """The multi-word expander of one model; without a model, every token is one word."""

    def __init__(self, checkpoint: Mapping[str, Any] | None) -> None:
        self._known: dict[str, list[str]] = {}
        self._classifier: _Classifier | None = None
        self._dictionary: dict[str, str] = {}
        self._use_dictionary = False
        if checkpoint is None:
            return
        config = checkpoint["config"]
        self._dictionary = checkpoint["dict"]
        self._use_dictionary = bool(config.get("ensemble_dict") or config["dict_only"])
        if not config["dict_only"]:
            require(bool(config.get("force_exact_pieces")), "a multi-word expander that writes words anew")
            self._classifier = _Classifier(Weights(checkpoint["model"]), Vocabulary(checkpoint["vocab"]))

    def __call__(self, sentences: Sequence[list[Surface]]) -> list[Sentence]:
        self._learn({token.text for sentence in sentences for token in sentence if token.multiword})
        return [self._expand(sentence) for sentence in sentences]

    def _expand(self, tokens: list[Surface]) -> Sentence:
        words: list[str] = []
        widths: list[int] = []
        for token in tokens:
            parts = self._known.get(token.text) if token.multiword else None
            words += parts or [token.text]
            widths.append(len(parts) if parts else 1)
        return Sentence(tokens, widths, words)

    def _learn(self, tokens: set[str]) -> None:
        new = sorted(tokens - self._known.keys())
        if len(self._known) + len(new) > REMEMBERED:
            self._known.clear()
            new = sorted(tokens)
        found = {token: self._look_up(token) if self._use_dictionary else None for token in new}
        open_ones = [token for token, words in found.items() if words is None]
        if self._classifier and open_ones:
            found |= dict(zip(open_ones, self._classifier(open_ones), strict=True))
        for token, expansion in found.items():
            parts = (expansion or token).split(" ")
            parts = [part for part in parts if part]
            self._known[token] = parts if len(parts) > 1 else [token]

    def _look_up(self, token: str) -> str | None:
        """The dictionary's words, also for a capitalised or wholly upper-case token."""
        if token in self._dictionary:
            return self._dictionary[token]
        lowered = self._dictionary.get(token.lower())
        if lowered and token.isupper():
            return lowered.upper()
        if lowered and token[0].isupper() and token[1:].islower():
            return lowered[0].upper() + lowered[1:]
        return None


class _Classifier:
    def __init__(self, weights: Weights, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.embedding = weights["embedding.weight"]
        self.lstm = weights.whole_lstm("encoder")
        self.hidden = weights["output_layer.0.weight"], weights["output_layer.0.bias"]
        self.output = weights["output_layer.2.weight"], weights["output_layer.2.bias"]

    def __call__(self, tokens: Sequence[str]) -> list[str]:
        """Each token with a space wherever a further word begins."""
        results = [""] * len(tokens)
        sources = [[SOS, *self.vocabulary.map(token), EOS] for token in tokens]
        for group in packs([len(source) for source in sources], 20_000):
            layout = Layout.of([len(sources[index]) for index in group])
            ids = torch.tensor([number for index in group for number in sources[index]])
            ids[ids >= len(self.embedding)] = UNK
            outputs, _ = run_lstm(self.lstm, self.embedding[ids[layout.order]], layout.sizes)
            scores = linear(linear(outputs, *self.hidden).relu_(), *self.output)[layout.inverse]
            cuts = (scores[:, 1] > scores[:, 0]).tolist()
            for index, start in zip(group, layout.starts, strict=True):
                own = cuts[start + 1 : start + 1 + len(tokens[index])]
                pieces = (" " + character if cut else character for character, cut in zip(tokens[index], own, strict=True))
                results[index] = "".join(pieces).strip()
        return results
