"""Reading the learnt tables that stand beside the rules, and the function that turns their sums into probabilities."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from peristiwa.errors import SettingsError
from peristiwa.settings import validate

T = TypeVar("T", bound=BaseModel)
K = TypeVar("K", bound=str)


def read_weights(form: type[T], path: Path, remedy: str) -> T | None:
    """The table at ``path`` as a ``form``, or None where there is no such file. Raises SettingsError if it is damaged."""
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}). Restore it or run {remedy}.") from error
    return validate(form, data, path)


Row = tuple[float, ...]


def as_rows(table: Mapping[str, Mapping[K, float]], labels: Iterable[K]) -> dict[str, Row]:
    """The weights of each feature in the order of ``labels``; equal numbers are one object, which keeps the table small."""
    labels, one = tuple(labels), dict[float, float]()
    rows = ((name, [weights.get(label, 0.0) for label in labels]) for name, weights in table.items())
    return {name: tuple([one.setdefault(weight, weight) for weight in row]) for name, row in rows}


def summed(rows: Mapping[str, Row], names: Iterable[str], size: int) -> Iterator[float]:
    """The sum of each column over the features that hold and have a row, added up in their order."""
    return map(sum, zip((0.0,) * size, *filter(None, map(rows.get, names)), strict=True))


def total(weights: Mapping[str, float], names: Iterable[str]) -> float:
    """The summed weights of the features that hold."""
    return sum(map(weights.get, names, repeat(0.0)))


def chances(sums: Sequence[float]) -> list[float]:
    """The probability of each option, given the sum of its weights; what is missing to 1 is that of none, whose sum is 0."""
    top = max([0.0, *sums])
    shares = [math.exp(total - top) for total in sums]
    whole = math.exp(-top) + sum(shares)
    return [share / whole for share in shares]


def mixed(own: float, other: float | None, share: float) -> float:
    """Log-odds of which ``other`` has a share, if there is another."""
    return own if other is None else (1.0 - share) * own + share * other


def logistic(sum_: float) -> float:
    """The probability of a sum of weights, sums beyond ±50 cut off (exp would overflow)."""
    if not -50.0 < sum_ < 50.0:
        sum_ = math.copysign(50.0, sum_)
    return 1.0 / (1.0 + math.exp(-sum_))
