"""Modality weighed: one logistic model per value over named features, learnt from annotated documents.

The rules of ``factuality`` are one feature among others (``rule=planned``); the model adds how far each cue can be trusted,
by the word, by the relation that it stands in and by the type of event. The weights are a JSON file,
``feature -> {modality: weight}``, made by ``python -m peristiwa.training.modality``; without it the rules decide alone.

A happening that was told as planned stays so for its later mentions ("akan bertemu ... pertemuan itu"), however they are
worded: what coreference holds to be the same happening lends its modality, as likely as it is the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import Field, PositiveFloat, model_validator

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, has_form
from peristiwa.events.factuality import find_modality, markers_of
from peristiwa.events.predicate import voice
from peristiwa.events.tree import ancestors, is_word, relation
from peristiwa.events.weights import as_rows, read_weights, summed
from peristiwa.models import WEIGHTS
from peristiwa.settings import Strict
from peristiwa.types import MODALITIES, Modality

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

NAME = "modality.json"
LEFT, RIGHT, UP = 6, 3, 3
BELOW = frozenset({"nsubj", "obj", "obl", "advmod", "aux", "mark", "nmod", "det", "case"})
"""Relations of the words below the head whose form may tell the modality."""
CLASSES = ("negators", "failing", "future", "planning", "possible", "conditions", "purposes", "implicative", "anterior")


class ModalityFile(Strict):
    """The content of ``modality.json``."""

    features: dict[str, dict[Modality, float]]
    share: float = 0.0
    temper: PositiveFloat = 1.0
    follows: dict[Modality, dict[Modality, PositiveFloat]] = Field(default_factory=dict)
    made_by: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _follows_is_whole(self) -> Self:
        whole = set(MODALITIES)
        if self.follows and not (set(self.follows) == whole and all(set(row) == whole for row in self.follows.values())):
            raise ValueError(f"follows has to have {', '.join(MODALITIES)} in each row and column, or nothing")
        return self


@dataclass(frozen=True)
class ModalityModel:
    """Weights by feature name and modality; ``share`` is the weight of the network's log-probabilities beside them.

    ``temper`` is what all is multiplied by so that it promises no more than comes true (Guo et al. 2017); without earlier
    mentions that leaves the choice as it is. ``follows`` says how many times likelier each modality is after an earlier
    mention of the same happening that has the first one.
    """

    features: Mapping[str, Mapping[Modality, float]] = field(repr=False)
    share: float = 0.0
    temper: float = 1.0
    follows: Mapping[Modality, Mapping[Modality, float]] = field(default_factory=dict)

    @cached_property
    def _rows(self) -> dict[str, tuple[float, ...]]:
        return as_rows(self.features, MODALITIES)

    def choose(self, names: Iterable[str], read: Mapping[Modality, float] | None = None) -> Modality:
        """The modality with the largest sum; the first of ``MODALITIES`` on a tie."""
        return largest(self.sums(names, read))

    def sums(self, names: Iterable[str], read: Mapping[Modality, float] | None = None) -> dict[Modality, float]:
        """The tempered sum of weights of each modality; ``read`` are the network's log-probabilities."""
        sums = zip(MODALITIES, summed(self._rows, names, len(MODALITIES)), strict=True)
        return {one: self.temper * (value if read is None else value + self.share * read[one]) for one, value in sums}

    def told_before(self, earlier: Sequence[tuple[Modality, float]]) -> dict[Modality, float]:
        """What earlier mentions add to the sums: each with its modality and the probability that it is the same happening.

        The log of the factor to be expected: that of ``follows`` for each of them, 1 where none is the same happening.
        """
        if not (self.follows and earlier):
            return dict.fromkeys(MODALITIES, 0.0)
        other = max(0.0, 1.0 - sum(chance for _, chance in earlier))
        return {one: math.log(other + sum(chance * self.follows[told][one] for told, chance in earlier)) for one in MODALITIES}

    def settle(self, sums: Mapping[Modality, float], earlier: Sequence[tuple[Modality, float]]) -> Modality:
        """The modality of an event of its own sums, given its earlier mentions (``told_before``)."""
        added = self.told_before(earlier)
        return largest({one: value + added[one] for one, value in sums.items()})


def largest(sums: Mapping[Modality, float]) -> Modality:
    """The modality with the largest sum; the first of ``MODALITIES`` on a tie."""
    return max(sums, key=sums.__getitem__)


@lru_cache(maxsize=4)
def load_modality_model(language: str, path: Path | None = None) -> ModalityModel | None:
    """The modality model of a language, or None where none ships. Raises SettingsError if the file is damaged."""
    loaded = read_weights(ModalityFile, path or WEIGHTS / language / NAME, "peristiwa.training.modality")
    return None if loaded is None else ModalityModel(loaded.features, loaded.share, loaded.temper, loaded.follows)


def modality_features(doc: Doc, candidate: Candidate, cues: Cues) -> list[str]:
    """The names of the features that hold for one event."""
    head = doc[candidate.head]
    return list(
        dict.fromkeys(["bias", *_of_event(doc, candidate, cues), *_of_words(doc, candidate, cues), *_of_tree(head, cues)])
    )


def _of_event(doc: Doc, candidate: Candidate, cues: Cues) -> Iterator[str]:
    head = doc[candidate.head]
    rule, kind = find_modality(doc, candidate, cues), voice(head)
    yield f"rule={rule}"
    yield f"rule={rule}:{kind}"
    yield f"rule={rule}:{candidate.type}"
    yield f"type={candidate.type}:{kind}"
    yield f"word={head.lower_}"
    yield f"form={head.lower_[:3]}:{kind}"
    if candidate.light_verb is not None:
        light = doc[candidate.light_verb]
        yield f"light={light.lower_}"
        for marker in markers_of(light, light.i):
            yield f"light-marker={marker.lower_}"
            yield from (f"light-marker@{name}" for name in _classes(marker, cues))
    for marker in markers_of(head, candidate.start):
        yield f"marker={marker.lower_}"
        yield from (f"marker@{name}" for name in _classes(marker, cues))


def _of_words(doc: Doc, candidate: Candidate, cues: Cues) -> Iterator[str]:
    sentence = doc[candidate.head].sent
    left = [token for token in doc[sentence.start : candidate.start] if not token.is_space]
    right = [token for token in doc[candidate.end : sentence.end] if not token.is_space]
    for distance, token in enumerate(reversed(left[-LEFT:]), 1):
        yield f"left={token.lower_}"
        if distance <= 2:
            yield f"left{distance}={token.lower_}"
        yield from (f"left{min(distance, 4)}@{name}" for name in _classes(token, cues))
    for distance, token in enumerate(right[:RIGHT], 1):
        yield f"right={token.lower_}"
        yield from (f"right{distance}@{name}" for name in _classes(token, cues))
    yield from sorted({f"before@{name}" for token in left for name in _classes(token, cues)})
    yield from sorted({f"after@{name}" for token in right for name in _classes(token, cues)})
    quotes = sum(token.text in '"“”' for token in left) % 2
    yield f"quoted={quotes}"
    yield f"asks={bool(right) and '?' in (right[-1].text, right[-2].text if len(right) > 1 else '')}"
    yield f"first={not any(is_word(token) for token in left)}"


def _of_tree(head: Token, cues: Cues) -> Iterator[str]:
    kind = voice(head)
    for child in head.children:
        part = relation(child)
        yield f"below={child.dep_}:{kind}"
        if part in BELOW:
            yield f"below.{part}={child.lower_}"
    if head.head.i != head.i:
        yield f"head={head.head.lemma_.lower()}:{head.dep_}"
    here, path = head, ""
    yield f"relation={relation(head)}"
    for steps, above in enumerate(ancestors(head), 1):
        if steps > UP:
            break
        path += "." + relation(here)
        yield f"up={above.lower_}"
        yield f"up{steps}={above.lower_}:{relation(here)}"
        for name in _classes(above, cues):
            yield f"up{steps}@{name}:{path}"
            yield f"up@{name}:{relation(here)}"
            yield f"up@{name}"
        for marker in markers_of(above, above.i):
            for name in _classes(marker, cues):
                yield f"up{steps}-marker@{name}:{relation(here)}"
                yield f"up-marker@{name}"
        here = above


def _classes(token: Token, cues: Cues) -> tuple[str, ...]:
    return _classes_of(token.lower_, cues)


@lru_cache(maxsize=1 << 16)
def _classes_of(word: str, cues: Cues) -> tuple[str, ...]:
    return tuple(name for name in CLASSES if has_form(word, getattr(cues, name)))
