"""Stanza's model files, read without Stanza: its checkpoints are dictionaries of tensors, vocabularies and settings.

``torch.load(weights_only=True)`` unpickles in Python, which takes over a second for the vocabularies of a model set. The
C unpickler with the same restriction, no class but the few that a checkpoint is made of, takes a tenth of that.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

PAD, UNK, EMPTY, ROOT = range(4)
"""The first entries of the taggers', the parser's and the name tagger's vocabularies."""
SOS, EOS = 2, 3
"""The same places in the vocabularies of the lemmatiser and the multi-word expander."""
PREFIX = 4

_ALLOWED = {
    ("_codecs", "encode"),  # bytes, in the pickles of this form
    ("collections", "OrderedDict"),
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_parameter"),
}


class Unsupported(Exception):
    """A model of a kind that only Stanza itself can run; the message says which."""


class _Unpickler(pickle.Unpickler):
    """Refuses every class but those of ``_ALLOWED``; storages are resolved by torch before this is asked."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a model file")
        return super().find_class(module, name)


def _load(file: Any, **options: Any) -> Any:
    return _Unpickler(file, **options).load()


_PICKLE = SimpleNamespace(Unpickler=_Unpickler, load=_load, UnpicklingError=pickle.UnpicklingError, __name__="pickle")


def read_checkpoint(path: Path) -> dict[str, Any]:
    """The dictionary of a model file. Raises what torch and pickle raise for a file that is damaged or no model."""
    import torch

    with path.open("rb") as file:
        checkpoint = torch.load(file, map_location="cpu", pickle_module=_PICKLE, weights_only=False)
    if not isinstance(checkpoint, dict):
        raise Unsupported(f"{path.name} is not a model of Stanza's form")
    return checkpoint


class Vocabulary:
    """Units and their numbers; what is not in it has number ``UNK``, or ``EMPTY`` if the model ignores it."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.units: list[str] = state["_id2unit"]
        self.ids: dict[str, int] = state["_unit2id"]
        self.lower = bool(state["lower"])
        self._ignored = frozenset(state.get("ignore") or ())

    def __len__(self) -> int:
        return len(self.units)

    def id(self, unit: str) -> int:
        if unit in self._ignored:
            return EMPTY
        return self.ids.get(unit.lower() if self.lower else unit, UNK)

    def map(self, units: Sequence[str]) -> list[int]:
        return [self.id(unit) for unit in units]


class VectorVocabulary(Vocabulary):
    """The vocabulary of word vectors, in which a space is a no-break space."""

    def id(self, unit: str) -> int:
        return super().id(unit.replace(" ", "\xa0"))


class Vectors:
    """The word vectors that models share."""

    def __init__(self, checkpoint: Mapping[str, Any] | None) -> None:
        self.vocabulary = VectorVocabulary(checkpoint["vocab"]) if checkpoint else None
        self.table: Any = checkpoint["emb"].float() if checkpoint else None


def in_rows(matrix: Tensor, top: int = 127) -> tuple[Tensor, Tensor]:
    """A matrix as whole numbers of at most ``top`` (int8), and the scale of each row in 16 bits."""
    import torch

    scales = (matrix.abs().amax(-1, keepdim=True).clamp(min=1e-6) / top).half()
    return (matrix / scales.float()).round().clamp(-top, top).to(torch.int8), scales


def small_vectors(checkpoint: Mapping[str, Any]) -> dict[str, Any]:
    """Word vectors of Stanza's form in a quarter of the size: rows of eight bits, and each word once."""
    rows, scales = in_rows(checkpoint["emb"].float())
    vocabulary = {name: content for name, content in checkpoint["vocab"].items() if name != "_unit2id"}
    return {"vocab": vocabulary, "emb": rows, "scales": scales}


def whole_vectors(checkpoint: Mapping[str, Any]) -> Mapping[str, Any]:
    """Word vectors of either form in Stanza's."""
    if "scales" not in checkpoint:
        return checkpoint
    vocabulary = checkpoint["vocab"]
    ids = {unit: number for number, unit in enumerate(vocabulary["_id2unit"])}
    return {"vocab": vocabulary | {"_unit2id": ids}, "emb": checkpoint["emb"].float() * checkpoint["scales"].float()}


@lru_cache(maxsize=2)
def load_vectors(path: Path) -> Vectors:
    """The word vectors of a file, in memory once however many models read them."""
    return Vectors(whole_vectors(read_checkpoint(path)))


class Weights:
    """The tensors of a checkpoint, whole or below a prefix, as 32-bit floats or, with ``half``, in bfloat16."""

    def __init__(self, tensors: Mapping[str, Any], prefix: str = "", *, half: bool = False) -> None:
        self._tensors = tensors
        self._prefix = prefix
        self.half = half

    def below(self, name: str) -> Weights:
        return Weights(self._tensors, f"{self._prefix}{name}.", half=self.half)

    def __contains__(self, name: str) -> bool:
        return self._prefix + name in self._tensors

    def __getitem__(self, name: str) -> Tensor:
        tensor: Tensor = self._tensors[self._prefix + name]
        return tensor.bfloat16() if self.half else tensor.float()

    def lstm(self, way: str) -> nn.LSTM:
        """One direction, "" or "_reverse", of the LSTM whose tensors these are. Raises Unsupported if it has several layers."""
        from torch import nn

        require("weight_ih_l1" not in self, "an LSTM of several layers")

        names = {f"{kind}_l0": self[f"{kind}_l0{way}"] for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        lstm = nn.LSTM(names["weight_ih_l0"].shape[1], names["weight_hh_l0"].shape[1], dtype=names["weight_ih_l0"].dtype)
        lstm.load_state_dict(names)
        return lstm.eval().requires_grad_(False)

    def whole_lstm(self, name: str, **options: Any) -> nn.LSTM:
        """The LSTM of this name, with all its layers and directions, in 32 bits."""
        from torch import nn

        own = self.below(name)
        layers = sum(f"weight_ih_l{layer}" in own for layer in range(32))
        lstm = nn.LSTM(
            own["weight_ih_l0"].shape[1],
            own["weight_hh_l0"].shape[1],
            num_layers=layers,
            bidirectional="weight_ih_l0_reverse" in own,
            **options,
        )
        lstm.load_state_dict({key: own[key] for key in lstm.state_dict()})
        return lstm.eval().requires_grad_(False)


def require(condition: bool, what: str) -> None:
    """Raise Unsupported unless ``condition`` holds."""
    if not condition:
        raise Unsupported(what)
