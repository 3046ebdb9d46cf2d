"""Sentences as numbers, for networks over pieces of words: from treebanks, sets of names and parses, and in batches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from peristiwa.annotate.engine.reader import BEGIN, END, PAD, PLACES, spaces
from peristiwa.training.data import DEPREL, FEATS, FORM, HEAD, ID, MISC, UPOS, Tree, read_conllu
from peristiwa.training.spans import LAYERS, MASKED

if TYPE_CHECKING:
    from torch import Tensor

    from peristiwa.annotate.engine.reader import Pieces

UNASKED = -100
"""A label that is not to be learnt."""
TREEBANKS = ("csui", "pud", "gsd", "converted")
COLUMNS = {"relation": DEPREL, "tag": UPOS, "feature": FEATS}
SHORTEST, LONGEST = 3, 90
"""Words of a sentence that is labelled."""
LIKE = 4
"""A batch is cut out of so many batches' sentences, sorted by length."""
READ_BATCH = 128

Units = dict[str, list[str]]
"""What the numbers of each kind of label mean: relations, tags, features, and the tags of each set of names."""


@dataclass(frozen=True)
class Sentence:
    """Words as pieces, and labels of the words by kind; "head" is a place, 0 the root."""

    pieces: tuple[tuple[int, ...], ...]
    labels: Mapping[str, Sequence[int]]


def spaces_of_tree(tree: Tree) -> list[bool]:
    """Where white space stands before the words of a tree; not inside a multi-word token."""
    found, space, until, after = [], True, 0, True
    for row in tree.rows:
        follows = "SpaceAfter=No" not in row[MISC]
        if "-" in row[ID]:
            until, after = int(row[ID].split("-")[1]), follows
            continue
        found.append(space)
        at = int(row[ID])
        space = False if at < until else after if at == until else follows
    return found


@dataclass(frozen=True)
class Batch:
    """``pieces`` B × T, ``words`` B × T (of which word each piece is; W where of none), ``sizes`` B, labels B × W."""

    pieces: Tensor
    words: Tensor
    sizes: Tensor
    labels: dict[str, Tensor]


def make_batch(sentences: Sequence[Sentence], device: str) -> Batch:
    most = max(len(sentence.pieces) for sentence in sentences)
    pieces, words = [], []
    for sentence in sentences:
        spelt = [piece for word in sentence.pieces for piece in word][: PLACES - 2]
        owners = [at for at, word in enumerate(sentence.pieces) for _ in word][: PLACES - 2]
        pieces.append(torch.tensor([BEGIN, *spelt, END]))
        words.append(torch.tensor([most, *owners, most]))
    labels = {
        name: pad_sequence([torch.tensor(s.labels[name]) for s in sentences], batch_first=True, padding_value=UNASKED)
        for name in sentences[0].labels
    }
    return Batch(
        pad_sequence(pieces, batch_first=True, padding_value=PAD).to(device),
        pad_sequence(words, batch_first=True, padding_value=most).to(device),
        torch.tensor([len(sentence.pieces) for sentence in sentences]).to(device),
        {name: label.to(device) for name, label in labels.items()},
    )


def _length(sentence: Sentence) -> int:
    return sum(map(len, sentence.pieces))


def drawer(
    sets: Mapping[str, Sequence[Sentence]], shares: Mapping[str, float], size: int, device: str, seed: int = 5
) -> Callable[[], Batch]:
    """Batches at random, each from one set and of sentences of like length, so that little is filled up."""
    chance = np.random.default_rng(seed)
    names = [name for name in shares if sets.get(name)]
    weights = np.array([shares[name] for name in names])

    def draw() -> Batch:
        own = sets[str(chance.choice(names, p=weights / weights.sum()))]
        picked = [own[at] for at in chance.choice(len(own), min(len(own), LIKE * size), replace=False)]
        picked.sort(key=_length)
        start = int(chance.integers(0, -(-len(picked) // size))) * size
        return make_batch(picked[start : start + size], device)

    return draw


def in_batches(sentences: Sequence[Sentence], device: str) -> Iterator[tuple[list[int], Batch]]:
    """All sentences, those of like length together, with their numbers."""
    order = sorted(range(len(sentences)), key=lambda at: _length(sentences[at]))
    for start in range(0, len(order), READ_BATCH):
        which = order[start : start + READ_BATCH]
        yield which, make_batch([sentences[at] for at in which], device)


def spell_tree(tree: Tree, pieces: Pieces) -> tuple[tuple[int, ...], ...]:
    """The pieces of a tree's words."""
    words = (row[FORM] for row in tree.words())
    return tuple(pieces(word, spaced=space) for word, space in zip(words, spaces_of_tree(tree), strict=True))


def read_treebanks(folder: Path, pieces: Pieces) -> tuple[dict[str, list[Sentence]], Units]:
    """The treebanks as the parser's recipe prepares them; features of the converted trees are not to be learnt."""
    trees = {name: read_conllu(folder / f"parse-{name}.conllu") for name in TREEBANKS}
    rows = [row for own in trees.values() for tree in own for row in tree.words()]
    units = {kind: sorted({row[column] for row in rows}) for kind, column in COLUMNS.items()}
    numbers = {kind: {unit: at for at, unit in enumerate(own)} for kind, own in units.items()}
    sets: dict[str, list[Sentence]] = {}
    for name, own in trees.items():
        for tree in own:
            labels = {kind: [numbers[kind][row[column]] for row in tree.words()] for kind, column in COLUMNS.items()}
            labels["head"] = [int(row[HEAD]) for row in tree.words()]
            if name == "converted":
                labels["feature"] = [UNASKED] * len(labels["head"])
            sets.setdefault(name, []).append(Sentence(spell_tree(tree, pieces), labels))
    return sets, units


def read_names(file: Path, pieces: Pieces) -> tuple[dict[str, list[Sentence]], Units]:
    """The sets of names out of what the name tagger's recipe prepares, each sentence once.

    What has tags of a public set is learnt by that alone: our own of it are made by rules.
    """
    told: dict[str, dict[tuple[str, ...], list[str]]] = {name: {} for name in LAYERS}
    for sentence in json.loads(file.read_text(encoding="utf8")):
        layers = list(zip(*(token["multi_ner"] for token in sentence), strict=True))
        for name, layer in reversed(list(zip(LAYERS, layers, strict=True))):
            if layer[0] != MASKED:
                told[name][tuple(token["text"] for token in sentence)] = list(layer)
                break
    units = {name: ["O", *sorted({tag for tags in own.values() for tag in tags} - {"O"})] for name, own in told.items()}
    sets = {
        name: [
            Sentence(
                tuple(pieces(word, spaced=space) for word, space in zip(words, spaces(words), strict=True)),
                {name: [units[name].index(tag) for tag in tags]},
            )
            for words, tags in own.items()
        ]
        for name, own in told.items()
    }
    return sets, units


def trees_to_label(parses: Path) -> list[Tree]:
    """The trees of the annotated documents, in the order of their files, that are neither short nor long."""
    trees = (tree for path in sorted(parses.glob("*.conllu")) for tree in read_conllu(path))
    return [tree for tree in trees if SHORTEST <= len(tree.words()) <= LONGEST]
