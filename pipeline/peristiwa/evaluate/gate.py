"""Quality gated like code: floors pinned in a file, with the hash of the gold that they were measured on.

The file maps a gold set's name to its hash and floors::

    {"corpus/id/dev": {"gold_sha256": "…", "floors": {"event typed": 0.52, "argument": 0.32}}}
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import Field

from peristiwa.errors import UsageError
from peristiwa.evaluate.scores import Score, Scores
from peristiwa.records import record_to_json
from peristiwa.settings import Strict, validate
from peristiwa.types import Record


class Floors(Strict):
    """The floors of one gold set: layer → least F1, each 0 to 1; a layer's label is written "layer/label"."""

    gold_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    floors: dict[str, float]


def gold_hash(gold: Iterable[Record]) -> str:
    """The sha256 of gold records, whatever their order and the form that they were read from."""
    lines = sorted(record_to_json(record) for record in gold)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def read_floors(path: Path) -> dict[str, Floors]:
    """All floors of a file, by gold set. Raises SettingsError when it is malformed, UsageError when it is not there."""
    try:
        data = json.loads(path.read_text(encoding="utf8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}). Pin floors first.") from error
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}: not JSON ({error}).") from error
    if not isinstance(data, dict):
        raise UsageError(f"{path}: expected a mapping of gold sets to floors.")
    return {name: validate(Floors, value, f"{path}: {name}") for name, value in data.items()}


def check_floors(scores: Scores, gold_sha256: str, floors: Floors) -> list[str]:
    """What is wrong, one sentence each; empty when all is well. Other gold than was pinned is wrong, too."""
    if gold_sha256 != floors.gold_sha256:
        return [
            f"the gold changed (sha256 {gold_sha256[:12]}… but the floors were pinned on {floors.gold_sha256[:12]}…); "
            "measure again and pin new floors."
        ]
    wrong = []
    for name, floor in floors.floors.items():
        score = _find(scores, name)
        if score is None:
            wrong.append(f"{name}: there is a floor of {floor:.3f} but no such score.")
        elif not score.f1 >= floor:  # NaN is below every floor
            wrong.append(f"{name}: F1 {score.f1:.4f} is below its floor of {floor:.4f}.")
    return wrong


def _find(scores: Scores, name: str) -> Score | None:
    layer, slash, label = name.partition("/")
    return scores.parts.get(layer, {}).get(label) if slash else scores.layers.get(layer)


def pin_floors(
    path: Path,
    name: str,
    scores: Scores,
    gold_sha256: str,
    layers: Iterable[str],
    *,
    margin: float = 0.005,
    lower: bool = False,
) -> dict[str, float]:
    """Pin ``layers`` of the gold set ``name`` at F1 less ``margin``, rounded down to 3 places, and write the file.

    Raises UsageError when a floor would sink or vanish although the gold is the same, unless ``lower`` says that this
    is meant.
    """
    known = read_floors(path) if path.exists() else {}
    new: dict[str, float] = {}
    for layer in layers:
        score = _find(scores, layer)
        if score is None or math.isnan(score.f1):
            raise UsageError(f"{layer}: there is no such score to pin. There are {', '.join(scores.layers)}.")
        new[layer] = max(0.0, math.floor((score.f1 - margin) * 1000) / 1000)
    old = known.get(name)
    if old is not None and old.gold_sha256 == gold_sha256 and not lower:
        sunk = [f"{k} {v:.3f} → {new.get(k, 0.0):.3f}" for k, v in old.floors.items() if new.get(k, 0.0) < v]
        if sunk:
            raise UsageError(f"{path}: {name}: floors would sink ({', '.join(sunk)}). Say so explicitly to lower them.")
    known[name] = Floors(gold_sha256=gold_sha256, floors=new)
    _write(path, {key: value.model_dump() for key, value in sorted(known.items())})
    return new


def _write(path: Path, data: Mapping[str, object]) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf8")
    os.replace(temporary, path)
