"""Reading the learnt tables that stand beside the rules, and the function that turns their sums into probabilities."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from peristiwa.errors import SettingsError
from peristiwa.settings import validate

T = TypeVar("T", bound=BaseModel)


def read_weights(form: type[T], path: Path, remedy: str) -> T | None:
    """The table at ``path`` as a ``form``, or None where there is no such file. Raises SettingsError if it is damaged."""
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}). Restore it or run {remedy}.") from error
    return validate(form, data, path)


def logistic(total: float) -> float:
    """The probability of a sum of weights, sums beyond ±50 cut off (exp would overflow)."""
    return 1.0 / (1.0 + math.exp(-max(min(total, 50.0), -50.0)))
