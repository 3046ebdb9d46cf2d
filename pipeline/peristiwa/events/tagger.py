"""What the trigger model thinks of a Doc's words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Hit

if TYPE_CHECKING:
    from spacy.tokens import Doc

MODEL_KEY = "triggers"
SCORES_KEY = "trigger_scores"
FARTHEST = 4.0
"""Log-odds beyond which the model's certainty counts no more."""

Scores = Mapping[int, Mapping[str, float]]
"""By token index, event types with the model's probabilities."""


def model_scores(doc: Doc) -> Scores | None:
    """The probabilities in ``doc.user_data``, else certainty for the spans of ``doc.spans``; None without a model's view."""
    scores: Scores = doc.user_data.get(SCORES_KEY, {})
    if scores:
        return scores
    spans = doc.spans.get(MODEL_KEY, ())
    return {token.i: {span.label_: 1.0} for span in spans for token in span} or None


def model_odds(scores: Scores, hit: Hit) -> float:
    """The log-odds that the model gives the type of a hit, at most ``FARTHEST`` from 0."""
    probability = max(scores.get(index, {}).get(hit.reading.type, 0.0) for index in range(hit.start, hit.end))
    if probability in (0.0, 1.0):
        return math.copysign(FARTHEST, probability - 0.5)
    return max(-FARTHEST, min(FARTHEST, math.log(probability / (1 - probability))))
