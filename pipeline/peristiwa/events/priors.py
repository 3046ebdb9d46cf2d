"""How likely a reading names an event, learnt from annotated documents: a logistic model over named features.

The features are those of ``prior_features``. Where the network (``network``) has read the document, its log-odds take a
``share`` of theirs; where the trigger model has, its log-odds are added with a weight of their own, ``trust``. The weights
are a JSON file, one number per feature, made by
``python -m peristiwa.training.priors`` and readable by eye. Features that the file does not know weigh nothing, so that a
new entry of the ontology starts from its type and form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from peristiwa.events.lexicon import Lexicon
from peristiwa.events.prior_features import features
from peristiwa.events.tagger import Scores, model_odds
from peristiwa.events.weights import logistic, mixed, read_weights, total
from peristiwa.models import WEIGHTS
from peristiwa.settings import Strict

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from peristiwa.events.candidate import Hit

NAME = "trigger_priors.json"
OTHERS = 0.5
"""As much counts of the other readings of a word: being found and being typed rightly weigh the same."""


class Thresholds(Strict):
    """The score (``Priors.joined``) from which a reading counts: by the rules alone, and with the models' views (``both``)."""

    rules: float = 0.5
    both: float = 0.5


class PriorsFile(Strict):
    """The content of ``trigger_priors.json``; ``made_by`` says how."""

    thresholds: Thresholds = Thresholds()
    made_by: dict[str, str | float] = Field(default_factory=dict)
    features: dict[str, float]
    trust: float = 0.0
    share: float = 0.0


@dataclass(frozen=True)
class Priors:
    """Weights by feature name, and the thresholds chosen with them. Scores are probabilities.

    ``trust`` is the weight of the trigger model's log-odds beside those of the features, ``share`` what the network's
    take of the place of the features'.
    """

    features: dict[str, float] = field(default_factory=dict, repr=False)
    thresholds: Thresholds = field(default_factory=Thresholds)
    trust: float = 0.0
    share: float = 0.0

    def score(
        self,
        doc: Doc,
        hits: Sequence[Hit],
        lexicon: Lexicon,
        scores: Scores | None = None,
        read: Sequence[float | None] | None = None,
    ) -> list[float]:
        """The probability of each hit of a document.

        ``scores`` are the trigger model's, ``read`` the network's log-odds of each hit, where they have read the document.

        With no weights, or none of the type (a user's own), it is 1 for strong entries, 0.4 for weak and 0 for unmet ones.
        """
        if not self.features:
            return [_unlearnt(hit) for hit in hits]
        odds = [total(self.features, names) for names in features(doc, hits, lexicon)]
        if read is not None:
            odds = [mixed(own, other, self.share) for own, other in zip(odds, read, strict=True)]
        if scores is not None:
            odds = [own + self.trust * model_odds(scores, hit) for own, hit in zip(odds, hits, strict=True)]
        return [
            logistic(value) if f"type={hit.reading.type}" in self.features else _unlearnt(hit)
            for value, hit in zip(odds, hits, strict=True)
        ]

    def joined(self, hits: Sequence[Hit], scores: Sequence[float]) -> list[float]:
        """The scores that choose: a word's best reading is raised by ``OTHERS`` of what its other ones have, 1 at most in sum.

        A word that must be one of several things is an event, whichever it is. ``scores`` are those of ``score``;
        readings of a type that nothing was learnt about keep theirs and raise none.
        """
        raised = list(scores)
        words: dict[int, list[int]] = {}
        for at, hit in enumerate(hits):
            if f"type={hit.reading.type}" in self.features:
                words.setdefault(hit.start, []).append(at)
        for readings in words.values():
            best = max(readings, key=lambda at: scores[at])
            raised[best] += OTHERS * (min(1.0, sum(scores[at] for at in readings)) - scores[best])
        return raised


def _unlearnt(hit: Hit) -> float:
    return 0.0 if hit.met < 0 else 0.4 if hit.reading.weak and not hit.met else 1.0


@lru_cache(maxsize=4)
def load_priors(language: str, path: Path | None = None) -> Priors:
    """The priors of a language, or empty ones where none ship. Raises SettingsError if the file is damaged."""
    loaded = read_weights(PriorsFile, path or WEIGHTS / language / NAME, "peristiwa.training.priors")
    return Priors() if loaded is None else Priors(loaded.features, loaded.thresholds, loaded.trust, loaded.share)
