"""Logistic models with L2 penalty over named features, fitted by L-BFGS: the small models of the event stage."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

DIGITS = 3
SMALLEST = 0.03
"""Weights closer to zero are left out of the file: half its size, no measurable difference."""


def fit_logistic(
    rows: Sequence[Sequence[str]],
    targets: Mapping[str, Sequence[bool]],
    *,
    counted: Mapping[str, Sequence[bool]] | None = None,
    penalty: float,
    min_count: int,
    iterations: int = 100,
    smallest: float = SMALLEST,
) -> dict[str, dict[str, float]]:
    """``feature -> {target: weight}``: one model per target over the same rows, each a list of feature names.

    ``counted`` says per target which rows take part (all by default). Features in fewer than ``min_count`` rows are left
    out, and of the weights those closer to zero than ``smallest``; the feature "bias" is hardly penalised. Deterministic.
    """
    import numpy as np
    from scipy.optimize import minimize

    names, matrix, strength = _design(rows, penalty, min_count)
    transposed = matrix.T.tocsr()
    found: dict[str, dict[str, float]] = {}
    for label, truth in targets.items():
        target = np.array(truth, dtype=float)
        weight = np.ones(len(rows)) if counted is None else np.array(counted[label], dtype=float)

        def loss(weights: np.ndarray, target: np.ndarray = target, weight: np.ndarray = weight) -> tuple[float, np.ndarray]:
            margin = matrix @ weights
            value = (weight * (np.logaddexp(0.0, margin) - target * margin)).sum()
            slope = weight * (1.0 / (1.0 + np.exp(-margin)) - target)
            return float(value + 0.5 * (strength * weights**2).sum()), transposed @ slope + strength * weights

        result = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": iterations})
        for name, value in zip(names, result.x, strict=True):
            if abs(value) >= smallest:
                found.setdefault(name, {})[label] = round(float(value), DIGITS)
    return dict(sorted(found.items()))


def fit_choice(
    groups: Sequence[Sequence[Sequence[str]]],
    right: Sequence[Sequence[bool]],
    *,
    penalty: float,
    min_count: int,
    iterations: int = 100,
) -> dict[str, float]:
    """``feature -> weight`` of a conditional logistic model (McFadden 1974): each group chooses one of its options or none.

    An option is a list of feature names; ``right`` marks the right one of a group, none for "none". "None" has the sum 0.
    Features of fewer than ``min_count`` options are left out; "bias" is hardly penalised. Deterministic.
    """
    import numpy as np
    from scipy.optimize import minimize

    chosen = [(options, marks) for options, marks in zip(groups, right, strict=True) if options]
    rows = [names for options, _ in chosen for names in options]
    target = np.array([mark for _, marks in chosen for mark in marks], dtype=float)
    group = np.repeat(np.arange(len(chosen)), [len(options) for options, _ in chosen])
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    names, matrix, strength = _design(rows, penalty, min_count)
    transposed = matrix.T.tocsr()

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        sums = matrix @ weights
        top = np.maximum(np.maximum.reduceat(sums, first), 0.0)
        shares = np.exp(sums - top[group])
        whole = np.add.reduceat(shares, first) + np.exp(-top)
        value = (np.log(whole) + top).sum() - (target * sums).sum()
        slope = transposed @ (shares / whole[group] - target)
        return float(value + 0.5 * (strength * weights**2).sum()), slope + strength * weights

    result = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    kept = zip(names, result.x, strict=True)
    return {name: round(float(value), DIGITS) for name, value in kept if abs(value) >= SMALLEST or name.startswith("type=")}


def _design(rows: Sequence[Sequence[str]], penalty: float, min_count: int) -> tuple[list[str], csr_matrix, np.ndarray]:
    """The names of the features that are frequent enough, the rows as a matrix over them, and the penalty of each."""
    import numpy as np

    counts = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in counts.items() if count >= min_count)
    strength = np.full(len(names), penalty)
    strength[names.index("bias")] = 0.01
    return names, feature_matrix(rows, {name: column for column, name in enumerate(names)}), strength


def write_weights(path: Path, features: Mapping[str, float | Mapping[Any, float]], **head: object) -> None:
    """A table of weights as JSON, what ``head`` says first, then one feature a line."""
    opening = json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    rows = [f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(weight)}" for name, weight in sorted(features.items())]
    path.write_text(opening + ',\n "features": {\n' + ",\n".join(rows) + "\n }\n}\n", encoding="utf-8")


def feature_matrix(rows: Sequence[Sequence[str]], columns: dict[str, int]) -> csr_matrix:
    """One line for each row of feature names, 1.0 in the columns of those that have one."""
    import numpy as np
    from scipy.sparse import csr_matrix

    lines, cols = [], []
    for line, row in enumerate(rows):
        known = [columns[name] for name in row if name in columns]
        lines += [line] * len(known)
        cols += known
    return csr_matrix((np.ones(len(lines)), (lines, cols)), shape=(len(rows), len(columns)))
