"""Which proposals fill which role: one logistic model per role over named features, learnt from annotated documents.

The rules' own answer is among the features (``rule=agent``), so the model weighs them by how often they were right, and
goes by word order, prepositions and the nature of the filler where a parser erred. The weights are a JSON file,
``feature -> {role: weight}``, made by ``python -m peristiwa.training.roles``; without it the rules decide alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues
from peristiwa.events.proposals import Proposal, propose
from peristiwa.events.reach import barred
from peristiwa.events.role_features import features
from peristiwa.events.roles import Mentions, frame_of
from peristiwa.events.weights import as_rows, logistic, mixed, read_weights, summed
from peristiwa.models import WEIGHTS
from peristiwa.ontology import Ontology
from peristiwa.settings import Strict
from peristiwa.types import Argument, Role

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from peristiwa.events.encoding import Encoding

NAME = "roles.json"


class RoleFile(Strict):
    """The content of ``roles.json``."""

    roles: tuple[Role, ...]
    features: dict[str, dict[Role, float]]
    thresholds: dict[Role, float]
    share: float = 0.0
    made_by: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class RoleModel:
    """Weights by feature name and role, and for each role the probability from which it is given.

    ``share`` is what the network's log-odds take of the place of the features', where it has read the sentence.
    """

    features: Mapping[str, Mapping[Role, float]] = field(repr=False)
    thresholds: Mapping[Role, float]
    share: float = 0.0

    @cached_property
    def types(self) -> frozenset[str]:
        """The event types that it has learnt; the rules give the arguments of others (a user's own)."""
        return frozenset(name[5:].partition(":")[0] for name in self.features if name.startswith("type="))

    @cached_property
    def _rows(self) -> dict[str, tuple[float, ...]]:
        return as_rows(self.features, self.thresholds)

    def probabilities(self, names: Iterable[str], read: Mapping[Role, float] | None = None) -> dict[Role, float]:
        """The probability of each role, independent of one another; ``read`` are the network's log-odds."""
        totals = zip(self.thresholds, summed(self._rows, names, len(self.thresholds)), strict=True)
        if read is None:
            return {role: logistic(own) for role, own in totals}
        return {role: logistic(mixed(own, read[role], self.share)) for role, own in totals}


@lru_cache(maxsize=4)
def load_role_model(language: str, path: Path | None = None) -> RoleModel | None:
    """The role model of a language, or None where none ships. Raises SettingsError if the file is damaged."""
    loaded = read_weights(RoleFile, path or WEIGHTS / language / NAME, "peristiwa.training.roles")
    return None if loaded is None else RoleModel(loaded.features, loaded.thresholds, loaded.share)


NO_ROLE = -4.0
"""The network's log-odds of all roles below which a proposal is none: of 18,488 beside the events of 381 documents the
table lifted none of the 8,172 below it over a threshold."""

RoleOdds = Mapping[Role, float] | None
"""The network's log-odds of each role for a proposal, None where it has not read it."""
Rivals = Callable[[Role, Proposal, Proposal], bool]
"""Whether one of two proposals alone can have a role."""


def no_rivals(role: Role, one: Proposal, other: Proposal) -> bool:
    """Both may have it."""
    return False


def propose_all(
    doc: Doc,
    candidates: Sequence[Candidate],
    ontology: Ontology,
    mentions: Mentions,
    cues: Cues,
    model: RoleModel,
    encoding: Encoding | None,
) -> list[tuple[list[Proposal], Sequence[RoleOdds]]]:
    """What could be an argument of each event and what the network, asked once for all, thinks of it.

    Nothing of a type that the model does not know.
    """
    frames = [frame_of(cues.roles, ontology.types[candidate.type].roles) for candidate in candidates]
    proposals = [
        propose(doc, candidate, frame, mentions, cues) if candidate.type in model.types else []
        for candidate, frame in zip(candidates, frames, strict=True)
    ]
    read: Sequence[Sequence[RoleOdds]] = [[None] * len(own) for own in proposals]
    if encoding is not None:
        read = encoding.role_odds(candidates, proposals)
    return list(zip(proposals, read, strict=True))


def choose_arguments(
    proposals: Sequence[Proposal],
    scores: Sequence[Mapping[Role, float]],
    mentions: Mentions,
    model: RoleModel,
    rivals: Rivals = no_rivals,
) -> tuple[Argument, ...]:
    """The arguments of one event, given the probability of each role for each proposal (``weigh``), in text order."""
    arguments = [
        mentions.time_argument(proposal.time)
        if proposal.time is not None
        else mentions.argument(role, proposal.start, proposal.end)
        for proposal, role in choose(proposals, scores, model.thresholds, rivals)
    ]
    return tuple(sorted(arguments, key=lambda a: (a.start, a.end, a.role)))


def weigh(
    doc: Doc,
    candidate: Candidate,
    proposals: Sequence[Proposal],
    mentions: Mentions,
    cues: Cues,
    model: RoleModel,
    read: Sequence[RoleOdds],
) -> tuple[list[list[str]], list[dict[Role, float]]]:
    """For each proposal the features that hold and the probability of each role; ``read`` is what the network thinks.

    Where that is sure of none (``NO_ROLE``) the table is not asked, which saves a third of its work, and all are 0.
    """
    asked = [
        odds is None or not model.share or _best(odds, proposal) >= NO_ROLE
        for odds, proposal in zip(read, proposals, strict=True)
    ]
    named = list(features(doc, candidate, proposals, mentions, cues, asked))
    scores = [
        model.probabilities(names, odds) if wanted else dict.fromkeys(model.thresholds, 0.0)
        for names, odds, wanted in zip(named, read, asked, strict=True)
    ]
    bars = barred(doc, candidate, proposals, mentions, cues, asked)
    return named, [without(score, roles) for score, roles in zip(scores, bars, strict=True)]


def without(score: dict[Role, float], roles: frozenset[Role]) -> dict[Role, float]:
    """The probabilities of one proposal, 0 for ``roles``."""
    return {**score, **dict.fromkeys(roles, 0.0)} if roles else score


def _best(odds: Mapping[Role, float], proposal: Proposal) -> float:
    """The highest log-odds of a role that the proposal may have."""
    return max(value for role, value in odds.items() if (role == "time") == (proposal.time is not None))


def choose(
    proposals: Sequence[Proposal],
    scores: Sequence[Mapping[Role, float]],
    thresholds: Mapping[Role, float],
    rivals: Rivals = no_rivals,
) -> list[tuple[Proposal, Role]]:
    """Greedy, surest first: a stretch of text fills one role (a source beside it), a time expression only that of time.

    Of two ``rivals`` for a role the surer has it.
    """
    ranked = sorted(
        (
            (score[role] - thresholds[role], proposal, role)
            for proposal, score in zip(proposals, scores, strict=True)
            for role in thresholds
            if score[role] >= thresholds[role] and (proposal.time is not None) == (role == "time")
        ),
        key=lambda item: (-item[0], item[1].start, item[1].end, item[2]),
    )
    chosen: list[tuple[Proposal, Role]] = []
    for _, proposal, role in ranked:
        beaten = any(given == role and rivals(role, proposal, other) for other, given in chosen)
        if not beaten and all(not _clash(proposal, role, other, given) for other, given in chosen):
            chosen.append((proposal, role))
    return chosen


def _clash(one: Proposal, role: Role, other: Proposal, given: Role) -> bool:
    if one.start >= other.end or other.start >= one.end:
        return False
    if "source" in (role, given):
        return role == given
    # A clause may hold another role's phrase ("meminta agar [warga] …"), a phrase may not.
    return role == given or (one.start, one.end) == (other.start, other.end) or "clause" not in (one.kind, other.kind)
