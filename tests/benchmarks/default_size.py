"""Stanza's models at its default sizes, with our weights inside: as slow as its own, and as sure of their trees.

There are no downloaded models here, and a model of random weights would not do: how long the parser takes depends on
how far its best heads are from a tree. So each weight of ours is laid into the corner of the larger one and the rest is
zero; the parser's third layer passes on what it gets (its highway is a thousandth of the identity, where tanh is
straight, and the scorers' first matrices make up for that). Parts of speech and trees are then those of our models. The
name tagger is random: its time depends on its sizes alone. Tokeniser, multi-word expander and lemmatiser stay ours,
whose sizes are the default or below.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from peristiwa.annotate.stanza import stanza_vectors

THROUGH = 1e-3


def write_default_size(models: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Write the larger models and return the files of the whole set, without our trigger tagger."""
    import logging

    from stanza.models import ner_tagger, parser, tagger
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.depparse.trainer import GraphTrainer
    from stanza.models.depparse.transition.model import SubtreeCombination
    from stanza.models.ner.trainer import Trainer as NameTrainer
    from stanza.models.ner.vocab import MultiVocab as NameVocab
    from stanza.models.pos.trainer import Trainer as TaggerTrainer
    from stanza.models.pos.vocab import MultiVocab

    logging.getLogger("stanza").setLevel(logging.ERROR)
    models = {**models, "pretrain": stanza_vectors(models["pretrain"], folder)}
    pretrain = Pretrain(str(models["pretrain"]))
    makers = {
        "pos": (tagger, TaggerTrainer, MultiVocab),
        "depparse": (parser, GraphTrainer, MultiVocab),
        "ner": (ner_tagger, NameTrainer, NameVocab),
    }
    written = {name: path for name, path in models.items() if name != "triggers"}
    for name, (module, trainer_of, vocab_of) in makers.items():
        checkpoint = torch.load(models[name], map_location="cpu", weights_only=True)
        small, defaults = checkpoint["config"], vars(module.build_argparse().parse_args([]))
        sizes = {key: value for key, value in defaults.items() if key.endswith("_dim") or key == "num_layers"}
        kept = {"tag_emb_dim": small.get("tag_emb_dim"), "charlm_transform_dim": None}
        config = {**small, **sizes, **{key: value for key, value in kept.items() if key in small}}
        config.setdefault("enable_gradient_checkpointing", False)
        if name == "ner":
            config["word_emb_dim"] = pretrain.emb.shape[1]
        if name == "pos":
            from stanza.models.pos.tag_columns import tag_columns_from_config

            config["tag_columns"] = tag_columns_from_config(config.get("tag_columns"))
        if name == "depparse":
            config["transition_subtree_combination"] = SubtreeCombination.NONE
        trainer = trainer_of(args=config, vocab=vocab_of.load_state_dict(checkpoint["vocab"]), pretrain=pretrain, device="cpu")
        if name != "ner":
            _fill(trainer.model, checkpoint["model"], small, config)
        written[name] = folder / f"{name}.pt"
        trainer.save(str(written[name]))
    return written


def _fill(model: Any, weights: Mapping[str, torch.Tensor], small: Mapping[str, Any], large: Mapping[str, Any]) -> None:
    state = model.state_dict()
    with torch.no_grad():
        for name, parameter in state.items():
            if name.split(".")[0] in model.unsaved_modules:
                continue
            parameter.zero_()
            if name in weights:
                corner = weights[name].float()
                _place(parameter, corner, name, small["hidden_dim"], large["hidden_dim"])
        for layer in range(small["num_layers"], large["num_layers"]):
            _pass_through(state, layer, 2 * large["hidden_dim"])


def _place(large: torch.Tensor, small: torch.Tensor, name: str, inner: int, outer: int) -> None:
    rows = torch.zeros_like(large, dtype=torch.bool)
    wanted = [_places(name, axis, size, large.shape[axis], inner, outer) for axis, size in enumerate(small.shape)]
    rows[torch.meshgrid(*wanted, indexing="ij")] = True
    large[rows] = small.flatten()  # both in the order of their axes, since the places rise along each


def _places(name: str, axis: int, small: int, large: int, inner: int, outer: int) -> torch.Tensor:
    """Where along an axis a smaller matrix stands: gate by gate, direction by direction, the constant last."""
    if axis == 0 and "lstm" in name and name.rpartition(".")[2].startswith(("weight_", "bias_")):
        return torch.cat([gate * (large // 4) + torch.arange(small // 4) for gate in range(4)])
    if (small, large) == (2 * inner, 2 * outer):
        return torch.cat([torch.arange(inner), outer + torch.arange(inner)])
    if name.endswith("W_bilin.weight") and large > small:
        return torch.cat([torch.arange(small - 1), torch.tensor([large - 1])])
    return torch.arange(small)


def _pass_through(state: Mapping[str, torch.Tensor], layer: int, size: int) -> None:
    state[f"parserlstm.gate.{layer}.bias"].fill_(30)
    state[f"parserlstm.highway.{layer}.weight"].copy_(torch.eye(size) * THROUGH)
    for name, parameter in state.items():
        if name.endswith((".W1.weight", ".W2.weight")):
            parameter.div_(THROUGH)
