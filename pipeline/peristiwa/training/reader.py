"""Train ``reader.pt``: six layers that tell tags, features, tree and names of a sentence at once (``engine.reader``).

It begins with the lower layers of the pretrained encoder, moved by what its parser and its name tagger have learnt, each
by itself (task arithmetic: Ilharco et al. 2023), and learns from sentences that ``teacher`` labelled, trees where it is
sure, and from all that people annotated. Two cores read 450 words a second, so that it goes on from where it was left
(``build/training/reader-state.pt``); what ships is the running mean of the weights.

    python -m peristiwa.training.reader --work build/training --seconds 3600
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from peristiwa.annotate.engine.eight import TOP, WEIGHT_TOP
from peristiwa.annotate.engine.reader import Pieces
from peristiwa.checkpoint import in_rows
from peristiwa.training.data import FORM, Tree, read_conllu
from peristiwa.training.encoder import HEADS, Encoder
from peristiwa.training.refine import blend
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
from peristiwa.training.teacher import ENCODER, LABELS, VOCABULARY, Namer, Parser, Words, optimizer_of, update

if TYPE_CHECKING:
    from torch import Tensor

LAYERS = 6
SHARES = {
    "silver": 0.48,
    "csui": 0.07,
    "pud": 0.04,
    "gsd": 0.09,
    "converted": 0.06,
    "own": 0.12,
    "idner2k": 0.06,
    "indonlu_nergrit": 0.04,
    "indolem_nerui": 0.03,
    "spacyndo_gsd18": 0.01,
}
"""How often a batch comes from each set."""
BATCH, LOW, HIGH, WARM, MEAN = 24, 3e-4, 1e-3, 150, 400
FALL = 3
"""In the last so many parts of the time the rate falls."""
KEPT = 400
"""Steps after which the state is written."""
MEASURED, WIDE = 1000, 4
"""Sentences by which the levels of the layers' inputs are found, and columns that have wider ones."""
SURE = 0.67
"""Share of the labelled sentences whose trees are learnt, the surest."""
NAME = 2.0
"""What an error of a name costs, one of a head being 1."""
STATE, MODEL = "reader-state.pt", "reader.pt"


class Reader(nn.Module):
    """A parser and a name tagger upon the same words."""

    def __init__(self, pieces: int, units: Units, names: Units, layers: int = LAYERS) -> None:
        super().__init__()
        words = Words(Encoder(pieces, layers))
        self.parser, self.namer = Parser(words, units), Namer(words, names)

    def loss(self, batch: Batch) -> Tensor:
        """What is wrong with all that a batch has labels of."""
        words: Tensor = self.parser.words(batch)
        loss: Tensor = words.new_zeros(())
        if "head" in batch.labels:
            loss = loss + self.parser.loss(batch, words)
        if batch.labels.keys() & self.namer.sets.keys():
            loss = loss + NAME * self.namer.loss(batch, words)
        return loss


def begin(reader: Reader, state: Mapping[str, Mapping[str, Tensor]]) -> None:
    """Start from what ``teacher`` left: the encoder plus both that its parser and its name tagger added to it."""
    own = reader.state_dict()
    moved = {name: weight.clone() for name, weight in state["masked"].items() if f"parser.words.encoder.{name}" in own}
    for tuned in (state["parser"], state["namer"]):
        for name in moved:
            moved[name] += tuned[f"words.encoder.{name}"] - state["masked"][name]
    reader.parser.words.encoder.load_state_dict(moved)
    for part in ("parser", "namer"):
        for name, weight in state[part].items():
            if not name.startswith("words."):
                own[f"{part}.{name}"].copy_(weight)


def read_silver(work: Path, pieces: Pieces, names: Units, without: frozenset[str]) -> list[Sentence]:
    """The sentences that the teacher labelled, none of which measures; heads are learnt where it was sure."""
    with np.load(work / LABELS) as file:
        labels = dict(file)
    least = float(np.quantile(labels["sure"], 1 - SURE))
    found, at = [], 0
    for tree, sure in zip(trees_to_label(work / "annotated" / "parses" / "train"), labels["sure"].tolist(), strict=True):
        size = len(tree.words())
        told = {kind: labels[kind][at : at + size].tolist() for kind in ("tag", "feature", *names) if kind in labels}
        for kind in ("head", "relation"):
            told[kind] = labels[kind][at : at + size].tolist() if sure >= least else [UNASKED] * size
        at += size
        if _key(tree) not in without:
            found.append(Sentence(spell_tree(tree, pieces), told))
    return found


def _key(tree: Tree) -> str:
    return "".join(row[FORM] for row in tree.words()).lower()


def measuring(work: Path, documents: Path) -> Iterator[str]:
    """Sentences, as letters, that measure: of the treebanks, the public sets and the documents of development."""
    yield from map(_key, read_conllu(work / "ud" / "dev.conllu"))
    for sentence in json.loads((work / "ner" / "dev.json").read_text(encoding="utf8")):
        yield "".join(token["text"] for token in sentence).lower()
    for path in sorted(documents.glob("*.conllu")):
        yield from map(_key, read_conllu(path))


def train(
    reader: Reader, sets: Mapping[str, Sequence[Sentence]], seconds: float, state: Path, steps: int | None = None
) -> None:
    """Go on for so many seconds, or steps, from ``state`` if it is there, and write it; the reader gets the mean weights.

    In the last third the rate falls to a tenth.
    """
    words = reader.parser.words
    words.encoder.set_dropout(0.05)
    optimizer = optimizer_of(reader, words.encoder, LOW, HIGH)
    done, mean = 0, {name: weight.clone() for name, weight in reader.state_dict().items()}
    if state.exists():
        told = torch.load(state, weights_only=True)
        reader.load_state_dict(told["model"])
        optimizer.load_state_dict(told["optimizer"])
        done, mean = told["steps"], told["mean"]
    draw = drawer(sets, SHARES, BATCH, "cpu", seed=done)
    reader.train()
    start, step = time.monotonic(), done
    while (spent := (step - done) / steps if steps else (time.monotonic() - start) / max(seconds, 1e-9)) < 1:
        loss = reader.loss(draw())
        update(optimizer, loss, min(1.0, (step + 1) / WARM, max(0.1, FALL * (1 - spent))))
        step += 1
        blend(mean, reader.state_dict(), 1 / min(step, MEAN))
        if step % 100 == 0:
            print(f"step {step}: loss {loss.item():.3f}", flush=True)
        if step % KEPT == 0:
            _keep(state, reader, optimizer, mean, step)
    _keep(state, reader, optimizer, mean, step)
    reader.load_state_dict(mean)
    reader.eval()


def _keep(state: Path, reader: Reader, optimizer: torch.optim.Optimizer, mean: dict[str, Tensor], steps: int) -> None:
    """Write all that is needed to go on; never half a file."""
    new = state.with_suffix(".new")
    torch.save({"model": reader.state_dict(), "optimizer": optimizer.state_dict(), "mean": mean, "steps": steps}, new)
    new.replace(state)


RENAMED = {
    "parser.words.encoder.": "",
    "parser.words.mixing": "mixing",
    "parser.tags.": "upos.",
    "parser.features.": "feats.",
    "parser.root": "root",
    "parser.arc_word.0.": "arc_word.",
    "parser.arc_head.0.": "arc_head.",
    "parser.relation_word.0.": "relation_word.",
    "parser.relation_head.0.": "relation_head.",
    "parser.arcs": "arcs",
    "parser.relations": "relations",
    "parser.away.": "away.",
    "namer.hidden.0.": "hidden.",
    "namer.sets.": "names.",
}


Levels = tuple[float, int, list[int], float]
"""Of a matrix's input: scale, the number of zero, the columns with wider bounds, and how wide (see ``eight.Linear8``)."""


@torch.inference_mode()
def measure_levels(words: Words, sentences: Sequence[Sentence]) -> dict[str, Levels]:
    """The levels to which the input of each matrix of the layers is rounded, from what it is over the sentences."""
    highest: dict[str, Tensor] = {}
    seen: dict[str, list[Tensor]] = {}

    def keep(name: str, states: Tensor) -> None:
        rows = states.flatten(0, -2)
        highest[name] = torch.maximum(highest.get(name, rows[0].abs()), rows.abs().amax(0))
        seen.setdefault(name, []).append(rows[torch.randint(len(rows), (60,))])

    hooks = [
        module.register_forward_pre_hook(lambda _, given, name=f"{name}.weight": keep(name, given[0]))
        for name, module in words.encoder.named_modules()
        if isinstance(module, nn.Linear)
    ]
    for _, batch in in_batches(sentences, "cpu"):
        words(batch)
    for hook in hooks:
        hook.remove()
    return {name: _levels(torch.cat(rows), highest[name]) for name, rows in seen.items()}


def _levels(rows: Tensor, highest: Tensor) -> Levels:
    """The bounds with the least squared error among shares of the widest: what lies beyond is cut off."""
    order = highest.argsort(descending=True).tolist()
    wide, rest = sorted(order[:WIDE]), order[WIDE:]
    values = rows[:, rest]
    low, high = min(0.0, float(values.min())), float(highest[rest].max())
    found = []
    for share in np.linspace(0.2, 1, 17).tolist():
        bottom = low if low > -0.5 else -high * share  # what gelu leaves ends at -0.17: there is nothing to cut off
        scale = max(high * share - bottom, 1e-6) / TOP
        zero = round(-bottom / scale)
        error = (torch.fake_quantize_per_tensor_affine(values, scale, zero, 0, TOP) - values).square().mean()
        found.append((float(error), scale, zero))
    return (*min(found)[1:], wide, float(highest.max()))


def checkpoint_of(
    reader: Reader,
    pieces: Sequence[tuple[str, float]],
    units: Units,
    names: Units,
    sentences: Sequence[Sentence],
) -> dict[str, Any]:
    """The content of ``reader.pt``: matrices of the layers in seven bits, row by row, other large ones in eight.

    ``sentences`` tell which levels the layers' inputs have.
    """
    levels = measure_levels(reader.parser.words, sentences)
    model, scales = {}, {}
    for name, weight in reader.state_dict().items():
        new = next((new + name[len(old) :] for old, new in RENAMED.items() if name.startswith(old)), None)
        if new is None:
            continue
        if weight.ndim > 1 and (new in levels or weight.numel() > 4096):
            model[new], scales[new] = in_rows(weight, WEIGHT_TOP if new in levels else 127)
        else:
            model[new] = weight.half()
    vocabulary = {"upos": units["tag"], "feats": units["feature"], "relations": units["relation"], "names": names}
    return {
        "config": {"heads": HEADS},
        "pieces": [piece for piece, _ in pieces],
        "scores": torch.tensor([score for _, score in pieces]),
        "model": model,
        "scales": scales,
        "levels": levels,
        "vocabulary": vocabulary,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description="Train reader.pt from labelled sentences, treebanks and sets of names.")
    options.add_argument("--work", type=Path, required=True, help="where teacher has left its labels and its encoder")
    options.add_argument("--seconds", type=float, required=True, help="0 writes what has been learnt by now")
    given = options.parse_args(arguments)
    work = given.work
    told = json.loads((work / VOCABULARY).read_text(encoding="utf8"))
    pieces = Pieces(*map(list, zip(*told["pieces"], strict=True)))
    reader = Reader(len(told["pieces"]), told["units"], told["names"])
    begin(reader, torch.load(work / ENCODER, map_location="cpu", weights_only=True))
    without = frozenset(key for key in measuring(work, work / "annotated" / "parses" / "dev") if len(key) >= 15)
    sets = {"silver": read_silver(work, pieces, told["names"], without)}
    sets |= read_treebanks(work / "ud", pieces)[0] | read_names(work / "ner" / "train.json", pieces)[0]
    train(reader, sets, given.seconds, work / STATE)
    sample = sets["silver"][:: max(1, len(sets["silver"]) // MEASURED)]
    content = checkpoint_of(reader, told["pieces"], told["units"], told["names"], sample)
    torch.save(content, work / "models" / MODEL, _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()
