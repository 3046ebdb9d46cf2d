"""A small transformer that reads a sentence once and tells of it all: tags, features, tree and names.

Pieces of words (unigram, Kudo 2018) go through a few layers of BERT (Devlin et al. 2019); words are the mean of their
pieces in a learned mean of the layers; small layers over them tell tags, features, heads and relations (Dozat and Manning
2017) and, for each set of names that was learnt from, tags of names. Made by ``training.reader``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import torch
from torch.nn.functional import gelu, layer_norm, leaky_relu, linear, scaled_dot_product_attention

from peristiwa.annotate.engine.eight import Gelu8, Linear8, Matrix8
from peristiwa.annotate.engine.layers import with_one
from peristiwa.annotate.engine.names import best_path, whole_mentions
from peristiwa.annotate.engine.sentence import Sentence
from peristiwa.annotate.engine.tree import are_trees, best_tree
from peristiwa.recurrent import Layout, packs

if TYPE_CHECKING:
    from torch import Tensor

BEGIN, PAD, END, UNKNOWN = range(4)
PLACES = 260
"""Pieces that are read at once, BEGIN and END among them."""
LONGEST = 24
"""Pieces of one word."""
CELLS = 2500
"""Pieces that go through the layers at once: more leave the processor's cache."""
EPSILON = 1e-12
LARGE = ("arc_word", "arc_head", "arcs", "relation_word", "relation_head", "relations", "hidden")
"""Layers that may be in bfloat16. Scores of heads and odds of tags are not: in 8 bits many would be equal."""
REACH = 10
"""Distances between words beyond which all are one."""


class Pieces:
    """Cuts words into the likeliest pieces, each word once."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self._scores = {piece: (score, number) for number, (piece, score) in enumerate(zip(pieces, scores, strict=True))}
        self._longest = max(map(len, pieces))
        self._least = min(scores) - 10
        self._known: dict[tuple[str, bool], tuple[int, ...]] = {}

    def __call__(self, word: str, *, spaced: bool) -> tuple[int, ...]:
        """The numbers of the pieces of a word; ``spaced``: white space stands before it."""
        found = self._known.get((word, spaced))
        if found is None:
            if len(self._known) > 200_000:
                self._known.clear()
            found = self._cut("▁" * spaced + normalize("NFKC", word).strip().replace(" ", "▁"))[:LONGEST] or (UNKNOWN,)
            self._known[word, spaced] = found
        return found

    def _cut(self, text: str) -> tuple[int, ...]:
        best: list[tuple[float, int, int]] = [(0.0, 0, UNKNOWN)]  # score, where the last piece begins, its number
        for end in range(1, len(text) + 1):
            ways = [(best[end - 1][0] + self._least, end - 1, UNKNOWN)]
            for start in range(max(0, end - self._longest), end):
                if (piece := self._scores.get(text[start:end])) and piece[1] > UNKNOWN:
                    ways.append((best[start][0] + piece[0], start, piece[1]))
            best.append(max(ways, key=lambda way: (way[0], -way[1])))
        found: list[int] = []
        at = len(text)
        while at:
            _, at, number = best[at]
            if number != UNKNOWN or found[-1:] != [UNKNOWN]:  # what is unknown is one piece
                found.append(number)
        return tuple(reversed(found))


Run = tuple[int, int, int]
"""Where rows of one length begin, how many there are, and their length."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of BERT."""

    qkv: Linear8
    out: Linear8
    forward: Gelu8
    ln1: tuple[Tensor, Tensor]
    ln2: tuple[Tensor, Tensor]

    def __call__(self, states: Tensor, runs: Sequence[Run], heads: int) -> Tensor:
        size = states.shape[-1]
        projected = self.qkv(states)
        seen = torch.empty_like(states)
        for first, many, length in runs:
            own = slice(first, first + many * length)
            query, key, value = projected[own].view(many, length, 3, heads, size // heads).permute(2, 0, 3, 1, 4)
            seen[own] = scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(-1, size)
        states = layer_norm(states + self.out(seen), (size,), *self.ln1, EPSILON)
        return layer_norm(states + self.forward(states), (size,), *self.ln2, EPSILON)


class Reader:
    """The reader of one model file; with ``half`` the products of what words are told from are made in bfloat16."""

    def __init__(self, checkpoint: Mapping[str, Any], *, half: bool = False) -> None:
        model, scales = checkpoint["model"], checkpoint["scales"]
        self._heads = int(checkpoint["config"]["heads"])
        self._pieces = Pieces(checkpoint["pieces"], checkpoint["scores"].tolist())
        self._word = model["word.weight"], scales["word.weight"].float()
        self._weights = {
            name: weight.float() * scales[name].float() if name in scales else weight.float()
            for name, weight in model.items()
            if name not in checkpoint["levels"] and name != "word.weight"
        }
        self._kind = torch.bfloat16 if half else torch.float32
        for name, weight in self._weights.items():
            if name.partition(".")[0] in LARGE:
                self._weights[name] = weight.to(self._kind)
        self._pair = {name: (self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]) for name in _pairs(self._weights)}
        eight = {
            name: Matrix8(model[name], scales[name], self._weights[f"{name.removesuffix('.weight')}.bias"], *levels)
            for name, levels in checkpoint["levels"].items()
        }
        self._layers = [
            _Layer(
                qkv=Linear8(eight[f"layers.{at}.qkv.weight"]),
                out=Linear8(eight[f"layers.{at}.out.weight"]),
                forward=Gelu8(eight[f"layers.{at}.up.weight"], eight[f"layers.{at}.down.weight"]),
                ln1=self._pair[f"layers.{at}.ln1"],
                ln2=self._pair[f"layers.{at}.ln2"],
            )
            for at in range(len(model["mixing"]))
        ]
        self._mixing = self._weights["mixing"].softmax(0).tolist()
        self._bilinear = self._weights["relations"].flatten(1).contiguous(), self._weights["relations"].shape[1]
        vocabulary = checkpoint["vocabulary"]
        self._upos, self._feats, self._relations = vocabulary["upos"], vocabulary["feats"], vocabulary["relations"]
        self._tags: dict[str, list[str]] = vocabulary["names"]
        self._transitions = {name: _transitions(tags) for name, tags in self._tags.items()}

    def __call__(self, sentences: Sequence[Sentence]) -> None:
        """Fill ``upos``, ``feats``, ``heads``, ``deprels`` and the tags of names."""
        spelt = [self._spell(sentence.words, _spaced(sentence)) for sentence in sentences]
        for group in packs([sum(map(len, words)) for words in spelt], CELLS):
            chosen = [sentences[at] for at in group]
            words = self._read([spelt[at] for at in group])
            self._tell_tags(chosen, words)
            self._tell_trees(chosen, words)
            sizes, firsts = [len(sentence.words) for sentence in chosen], [_firsts(sentence) for sentence in chosen]
            for sentence, tags in zip(chosen, self._names(next(iter(self._tags)), words, sizes, firsts), strict=True):
                sentence.tags["ner"] = tags

    def tag(self, sentences: Sequence[Sequence[str]], labels: Collection[str] = ()) -> list[list[str]]:
        """The BIOES tags of names of given tokens, by the set with exactly these labels, else by our own guideline."""
        wanted = {label.upper() for label in labels}
        own = {name: {tag[2:] for tag in tags} - {""} for name, tags in self._tags.items()}
        name = next((name for name, found in own.items() if found == wanted), next(iter(own)))
        spelt = [self._spell(tokens, spaces(tokens)) for tokens in sentences]
        tagged: list[list[str]] = [[] for _ in sentences]
        for group in packs([sum(map(len, words)) for words in spelt], CELLS):
            words = self._read([spelt[at] for at in group])
            sizes = [len(sentences[at]) for at in group]
            for at, tags in zip(group, self._names(name, words, sizes, list(map(range, sizes))), strict=True):
                tagged[at] = tags
        return tagged

    def _spell(self, words: Sequence[str], spaced: Sequence[bool]) -> list[tuple[int, ...]]:
        return [self._pieces(word, spaced=space) for word, space in zip(words, spaced, strict=True)]

    def _read(self, sentences: Sequence[Sequence[tuple[int, ...]]]) -> Tensor:
        """The words of all sentences, one behind the other, x size. What is longer than PLACES is read piece by piece.

        Rows lie one behind the other, too, and attention takes those of one length together, so that nothing is filled up
        and a sentence's numbers are the same, to the last bit, in any company.
        """
        nobody = sum(map(len, sentences))
        rows = sorted(_rows(sentences), key=lambda row: len(row[0]))
        pieces = torch.tensor([piece for row, _ in rows for piece in (BEGIN, *row, END)])
        places = torch.tensor([place for row, _ in rows for place in range(len(row) + 2)])
        owners = torch.tensor([owner for _, own in rows for owner in (nobody, *own, nobody)])
        runs, first = [], 0
        for length, many in Counter(len(row) + 2 for row, _ in rows).items():
            runs.append((first, many, length))
            first += many * length
        numbers, scales = self._word
        states = numbers[pieces] * scales[pieces] + self._weights["pos.weight"][places]
        states = layer_norm(states, states.shape[-1:], *self._pair["ln"], EPSILON)
        mixed = torch.zeros(states.shape)
        for share, layer in zip(self._mixing, self._layers, strict=True):
            states = layer(states, runs, self._heads)
            mixed.add_(states, alpha=share)
        sums = torch.zeros(nobody + 1, mixed.shape[-1]).index_add_(0, owners, mixed)
        counts = torch.zeros(nobody + 1).index_add_(0, owners, torch.ones(len(owners))).clamp_(min=1)
        return (sums / counts[:, None])[:-1]

    def _tell_tags(self, sentences: Sequence[Sentence], words: Tensor) -> None:
        upos = iter(linear(words, *self._pair["upos"]).argmax(1).tolist())
        feats = iter(linear(words, *self._pair["feats"]).argmax(1).tolist())
        for sentence in sentences:
            size = len(sentence.words)
            sentence.upos = [self._upos[number] for number in islice(upos, size)]
            told = [self._feats[number] for number in islice(feats, size)]
            sentence.feats = ["" if one == "_" else one for one in told]

    def _tell_trees(self, sentences: Sequence[Sentence], words: Tensor) -> None:
        own = self._pair
        sizes = torch.tensor([len(sentence.words) for sentence in sentences])
        many, most = len(sizes), int(sizes.max())
        at = torch.arange(most + 1)
        inside = at[None] <= sizes[:, None]
        real = inside[:, 1:]
        governors = torch.cat([self._weights["root"][None], words]).to(self._kind)
        words = governors[1:]
        dependent = torch.zeros(many, most, self._weights["arcs"].shape[1])
        dependent[real] = (with_one(leaky_relu(linear(words, *own["arc_word"]), 0.1)) @ self._weights["arcs"]).float()
        side = leaky_relu(linear(governors, *own["arc_head"]), 0.1).float()
        rows = torch.zeros(many, most + 1, dtype=torch.long)  # of the governors; the root is one for all
        rows[:, 1:][real] = torch.arange(1, len(governors))
        scores = dependent @ side[rows].transpose(1, 2)
        scores = scores + self._weights["away.weight"][(at[None] - at[1:, None]).clamp(-REACH, REACH) + REACH][..., 0]
        square = torch.full((many, most + 1, most + 1), -torch.inf)
        square[:, 1:] = scores.masked_fill(~inside[:, None], -torch.inf)
        square.masked_fill_(torch.eye(most + 1, dtype=torch.bool), -torch.inf)
        square[:, 0, 0] = 0
        heads = square.argmax(2).masked_fill(~inside, 0)
        found = heads.numpy()
        for row in (~torch.from_numpy(are_trees(found, inside.numpy()))).nonzero().flatten().tolist():
            size = int(sizes[row]) + 1
            found[row, :size] = best_tree(square[row, :size, :size].numpy())
        chosen = rows.gather(1, heads)[:, 1:][real]
        relations = iter(self._relation_odds(words, governors, chosen).argmax(1).tolist())
        for sentence, own_heads in zip(sentences, heads[:, 1:].tolist(), strict=True):
            size = len(sentence.words)
            sentence.heads = own_heads[:size]
            named = (self._relations[number] for number in islice(relations, size))
            sentence.deprels = ["root" if head == 0 else name for head, name in zip(sentence.heads, named, strict=True)]

    def _relation_odds(self, words: Tensor, governors: Tensor, heads: Tensor) -> Tensor:
        """For each word the log-odds of every relation to its head, a row of ``governors``; "root" is for the root alone."""
        matrix, count = self._bilinear
        dependent = with_one(leaky_relu(linear(words, *self._pair["relation_word"]), 0.1))
        side = with_one(leaky_relu(linear(governors, *self._pair["relation_head"]), 0.1))
        turned = (dependent @ matrix).view(len(words), count, -1)
        odds: Tensor = (turned @ side[heads][..., None])[..., 0].float()
        odds[:, self._relations.index("root")] = -torch.inf
        return odds

    def _names(self, name: str, words: Tensor, sizes: Sequence[int], firsts: Sequence[Sequence[int]]) -> list[list[str]]:
        """The tags of the tokens that begin at the words ``firsts`` of sentences of these ``sizes``, BIOES, by one set."""
        odds = linear(gelu(linear(words.to(self._kind), *self._pair["hidden"])).float(), *self._pair[f"names.{name}"])
        starts = list(accumulate(sizes, initial=0))
        order = sorted(range(len(firsts)), key=lambda row: -len(firsts[row]))
        layout = Layout.of([len(firsts[row]) for row in order])
        emitted = odds[torch.tensor([starts[row] + word for row in order for word in firsts[row]])]
        path = best_path(emitted[layout.order], self._transitions[name], layout.sizes.tolist())[layout.inverse].tolist()
        tags = self._tags[name]
        found: list[list[str]] = [[] for _ in firsts]
        for row, start in zip(order, layout.starts, strict=True):
            own = path[start : start + len(firsts[row])]
            found[row] = whole_mentions(_ends([tags[number] for number in own]))
        return found


def _pairs(weights: Mapping[str, Tensor]) -> Iterator[str]:
    named = (name.removesuffix(".bias") for name in weights if name.endswith(".bias"))
    return (name for name in named if f"{name}.weight" in weights)


def _transitions(tags: Sequence[str]) -> Tensor:
    """0 where a tag may follow another, else -inf: inside a name goes on what began."""
    found = torch.zeros(len(tags), len(tags))
    for column, tag in enumerate(tags):
        if tag.startswith("I-"):
            found[[row for row, before in enumerate(tags) if before[2:] != tag[2:]], column] = -torch.inf
    return found


def _ends(tags: Sequence[str]) -> list[str]:
    """BIO to BIOES."""
    found = []
    for tag, after in zip(tags, [*tags[1:], "O"], strict=True):
        ends = after != f"I-{tag[2:]}"
        found.append({"B": "S-", "I": "E-"}[tag[0]] + tag[2:] if ends and tag != "O" else tag)
    return found


def _rows(sentences: Sequence[Sequence[tuple[int, ...]]]) -> Iterator[tuple[list[int], list[int]]]:
    """Rows of pieces, and whose they are: the number of the word among those of all sentences."""
    number = 0
    for words in sentences:
        row: list[int] = []
        owners: list[int] = []
        for word in words:
            if len(row) + len(word) > PLACES - 2:
                yield row, owners
                row, owners = [], []
            row += word
            owners += [number] * len(word)
            number += 1
        yield row, owners


def _spaced(sentence: Sentence) -> list[bool]:
    """Whether white space stands before each word; not inside a token of several."""
    found = []
    end = -1
    for token, width in zip(sentence.tokens, sentence.widths, strict=True):
        found += [token.start > end] + [False] * (width - 1)
        end = token.end
    return found


def _firsts(sentence: Sentence) -> list[int]:
    found, at = [], 0
    for width in sentence.widths:
        found.append(at)
        at += width
    return found


def spaces(words: Sequence[str]) -> list[bool]:
    """Where white space stands before words of a text that does not tell."""
    before = ["", *words]
    return [word not in {*".,;:!?)]}%”’"} and last not in {*"([{“‘"} for last, word in zip(before, words, strict=False)]
