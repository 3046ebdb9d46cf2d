"""How sure an event is: the score of its trigger turned into the probability that it is found and typed rightly.

The score of a reading by itself (``Priors.score``) is fitted on documents whose words the lexicon knows, so it is too sure
of itself on others. Platt's logistic curve over its log-odds (Platt 1999), one for each way of finding triggers, is fitted on
documents that no score was learnt from. The curves are a small JSON file made by ``python -m peristiwa.training.confidence``;
without it, and for types that nothing was learnt about (a user's own), there is no confidence: None, not a made-up number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from peristiwa.events.candidate import Candidate
from peristiwa.events.tagger import Scores, model_scores
from peristiwa.events.weights import logistic, read_weights
from peristiwa.models import WEIGHTS
from peristiwa.settings import Strict

if TYPE_CHECKING:
    from spacy.tokens import Doc

NAME = "confidence.json"
DIGITS = 3
NEAREST = 1e-4
"""Scores are kept this far from 0 and 1, where log-odds have no end."""

Way = Literal["both", "rules", "model"]
"""What a score was made of: the rules' features and the trigger model's probabilities, or one of the two."""


class Curve(Strict):
    """Platt's curve: the log-odds of being right are ``slope`` × the log-odds of the score + ``offset``."""

    slope: float = Field(gt=0)
    offset: float

    def probability(self, score: float) -> float:
        """The probability of being right; grows with the score."""
        return logistic(self.slope * log_odds(score) + self.offset)


class ConfidenceFile(Strict):
    """The content of ``confidence.json``."""

    curves: dict[Way, Curve]
    types: tuple[str, ...]
    made_by: dict[str, str | float] = Field(default_factory=dict)


@dataclass(frozen=True)
class Confidence:
    """A curve for each way, and the event types that the scores were learnt for."""

    curves: Mapping[Way, Curve]
    types: frozenset[str] = field(repr=False)

    def of(self, kind: str, score: float | None, way: Way) -> float | None:
        """The probability that an event of type ``kind`` with this score is right; None where nothing was learnt."""
        if score is None or kind not in self.types or way not in self.curves:
            return None
        return round(self.curves[way].probability(score), DIGITS)


def log_odds(score: float) -> float:
    """The log-odds of a probability, cut off near 0 and 1."""
    score = min(max(score, NEAREST), 1.0 - NEAREST)
    return math.log(score / (1.0 - score))


def way_of(mode: Way, *, seen: bool) -> Way:
    """What scores are made of under a mode: where no model has seen the document, "both" is "rules" (see ``find_triggers``)."""
    return "rules" if mode == "both" and not seen else mode


def score_of(candidate: Candidate, scores: Scores | None) -> float | None:
    """The candidate's score; that of a trigger which the model alone chose is its highest probability over the words."""
    if candidate.score is not None or scores is None:
        return candidate.score
    words = range(candidate.start, candidate.end)
    return max((scores.get(index, {}).get(candidate.type, 0.0) for index in words), default=None)


def with_confidence(
    doc: Doc, candidates: Sequence[Candidate], mode: Way, confidence: Confidence | None, *, encoded: bool = False
) -> list[Candidate]:
    """The candidates with what ``confidence`` makes of their scores; ``encoded`` if the network has read the document."""
    if confidence is None:
        return list(candidates)
    scores = model_scores(doc)
    way = way_of(mode, seen=encoded or scores is not None)
    return [
        replace(candidate, confidence=confidence.of(candidate.type, score_of(candidate, scores), way))
        for candidate in candidates
    ]


@lru_cache(maxsize=4)
def load_confidence(language: str, path: Path | None = None) -> Confidence | None:
    """The curves of a language, or None where none ship. Raises SettingsError if the file is damaged."""
    loaded = read_weights(ConfidenceFile, path or WEIGHTS / language / NAME, "peristiwa.training.confidence")
    return None if loaded is None else Confidence(loaded.curves, frozenset(loaded.types))
