"""Why these arguments, this modality and this date: what spoke for each choice of an event, and what came close.

Weights are those of the learnt tables, on the scale of log-odds; a modality's and a date's are told against the runner-up.
Where a table is missing the rules decided, and there is nothing to tell but the rule's answer.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING

from peristiwa.events.attach import Story, find_dates
from peristiwa.events.candidate import Candidate
from peristiwa.events.coreference import CoreferenceModel, Link, Mention, find_same, load_coreference
from peristiwa.events.cues import Cues, load_cues
from peristiwa.events.date_model import DateModel, Odds, Weighing, load_date_model
from peristiwa.events.modality_model import ModalityModel, load_modality_model, modality_features
from peristiwa.events.proposals import Proposal
from peristiwa.events.rivals import rivals_of
from peristiwa.events.role_model import RoleModel, RoleOdds, choose, load_role_model, propose_all, weigh
from peristiwa.events.roles import Mentions
from peristiwa.language import Language
from peristiwa.ontology import Ontology
from peristiwa.types import MODALITIES, Entity, Event, EventDate, Modality, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from peristiwa.events.encoding import Encoding

TOLD = 3
"""Weights told for, and as many against; near misses told for each kind of choice."""
NEAR = 0.15
"""A role or date that falls short by more than this share of probability is no near miss."""

Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that was considered for an event: ``kind`` is role, modality, date or same_as, ``value`` the answer.

    ``start`` and ``end`` are the characters of an argument; ``reason`` says why it was not taken, None if it was.
    """

    kind: str
    value: str
    start: int | None = None
    end: int | None = None
    probability: float | None = None
    bar: float | None = None
    reason: str | None = None
    weights: Weights = ()


@dataclass(slots=True)
class _Watched:
    """A dater that keeps what it was asked, and the options with their probabilities."""

    model: DateModel | None
    weighed: list[Weighing] = field(default_factory=list)
    read: Sequence[Odds] = ()
    sure: Sequence[float] = ()

    def find_dates(self, story: Story, encoding: Encoding | None = None) -> list[EventDate | None]:
        if self.model is None:
            return find_dates(story)
        self.weighed, self.read = self.model.weigh(story, encoding)
        self.sure = [event.sure for event in story.events]
        return self.model.choose(story.events, self.weighed)


@dataclass(slots=True)
class _Linked:
    """A finder of earlier mentions that keeps those on offer, with their probabilities and features."""

    model: CoreferenceModel | None
    weighed: list[list[tuple[int, float, list[str]]]] = field(default_factory=list)

    def find(self, mention: Mention, earlier: Sequence[Mention]) -> Link:
        if self.model is None or not self.model.knows(mention):
            self.weighed.append([])
            return Link(find_same(mention, earlier))
        self.weighed.append(self.model.weigh(mention, earlier))
        return self.model.choose(self.weighed[-1])


def strongest(weights: Iterable[tuple[str, float]], told: int = TOLD) -> Weights:
    """The ``told`` largest weights for, then as many against, largest first."""
    ranked = sorted(((name, round(weight, 3)) for name, weight in weights), key=lambda pair: (-abs(pair[1]), pair[0]))
    return (*[pair for pair in ranked if pair[1] > 0][:told], *[pair for pair in ranked if pair[1] < 0][:told])


def explain_choices(
    doc: Doc,
    candidates: Sequence[Candidate],
    times: Sequence[Time],
    entities: Sequence[Entity],
    ontology: Ontology,
    language: Language,
    *,
    published: datetime.date | None,
    encoding: Encoding | None = None,
) -> tuple[list[Event], list[tuple[Choice, ...]]]:
    """The events that ``build_events`` makes of the candidates, and for each what was considered."""
    from peristiwa.events import build_events  # the package builds on this module's neighbours, not the other way round

    cues = load_cues(language)
    role_model, modality_model = load_role_model(language.code), load_modality_model(language.code)
    watched, linked = _Watched(load_date_model(language.code)), _Linked(load_coreference(language.code))
    ordered = sorted(candidates, key=lambda c: (c.start, c.end, c.type))
    events = build_events(
        doc,
        ordered,
        times,
        entities,
        ontology,
        cues,
        published=published,
        role_model=role_model,
        modality_model=modality_model,
        dater=watched,
        finder=linked,
        encoding=encoding,
    )
    mentions = Mentions(doc, entities, times)
    # The network is asked as the run asks it, once for all: another batch may round the last digit in another way.
    proposed = propose_all(doc, ordered, ontology, mentions, cues, role_model, encoding) if role_model is not None else []
    modal = encoding.modality_odds(ordered) if encoding is not None else [None] * len(ordered)
    told = []
    for at, (candidate, event) in enumerate(zip(ordered, events, strict=True)):
        found: list[Choice] = []
        if role_model is not None and candidate.type in role_model.types:
            found += _roles(doc, candidate, *proposed[at], mentions, cues, role_model)
        if modality_model is not None:
            earlier = [(events[index].modality, chance) for index, chance, _ in linked.weighed[at]]
            found.append(_modality(doc, candidate, event, cues, modality_model, modal[at], earlier))
        if watched.model is not None and watched.weighed:
            found += _dates(watched.weighed[at], watched.read[at], watched.sure[at], event, watched.model)
        if linked.model is not None:
            found += _links(linked.weighed[at], events, event, linked.model)
        told.append(tuple(found))
    return events, told


def _roles(
    doc: Doc,
    candidate: Candidate,
    proposals: Sequence[Proposal],
    read: Sequence[RoleOdds],
    mentions: Mentions,
    cues: Cues,
    model: RoleModel,
) -> list[Choice]:
    named, scores = weigh(doc, candidate, proposals, mentions, cues, model, read)
    rivals = rivals_of(doc, candidate, cues)
    taken = {(id(proposal), role) for proposal, role in choose(proposals, scores, model.thresholds, rivals)}
    found: list[Choice] = []
    missed: list[Choice] = []
    for proposal, names, score, odds in zip(proposals, named, scores, read, strict=True):
        for role, bar in model.thresholds.items():
            chosen = (id(proposal), role) in taken
            if (proposal.time is not None) != (role == "time") or not (chosen or score[role] >= bar - NEAR):
                continue
            span = doc[proposal.start : proposal.end]
            own = 1.0 if odds is None else 1.0 - model.share
            held = [(name, own * model.features[name].get(role, 0.0)) for name in names if name in model.features]
            held += [("network", model.share * odds[role])] if odds is not None else []
            reason = None if chosen else _short(score[role], bar) or "a surer argument has these words or this role"
            choice = Choice("role", role, span.start_char, span.end_char, round(score[role], 4), bar, reason, strongest(held))
            (found if chosen else missed).append(choice)
    missed.sort(key=lambda one: ((one.bar or 0) - (one.probability or 0), one.start or 0))
    return [*found, *missed[:TOLD]]


def _modality(
    doc: Doc,
    candidate: Candidate,
    event: Event,
    cues: Cues,
    model: ModalityModel,
    read: Mapping[Modality, float] | None,
    earlier: Sequence[tuple[Modality, float]],
) -> Choice:
    names = [name for name in modality_features(doc, candidate, cues) if name in model.features]
    held = [model.features[name] for name in names]
    sums, added = model.sums(names, read), model.told_before(earlier)
    ranked = sorted(MODALITIES, key=lambda m: -sums[m] - added[m])
    best: Modality = ranked[0]
    margin = [(n, model.temper * (w.get(best, 0.0) - w.get(ranked[1], 0.0))) for n, w in zip(names, held, strict=True)]
    if read is not None:
        margin.append(("network", model.temper * model.share * (read[best] - read[ranked[1]])))
    if earlier:
        margin.append(("earlier mentions", added[best] - added[ranked[1]]))
    reason = None if event.modality == best else f"what the sentence says of it, or its own time, makes it {event.modality}"
    return Choice("modality", best, reason=reason, weights=strongest(margin))


def _dates(row: Weighing, read: Odds, sure: float, event: Event, model: DateModel) -> list[Choice]:
    found = []
    own = 1.0 if read is None else 1.0 - model.share
    ranked = sorted(zip(row, read or repeat(None), strict=False), key=lambda pair: -pair[0][1])
    for at, ((option, likely), odds) in enumerate(ranked[:TOLD]):
        chance = sure * likely
        if at and chance < model.threshold - NEAR:
            break
        taken = at == 0 and event.date is not None
        reason = None if taken else _short(chance, model.threshold) or "another date is likelier"
        held = [(name, own * model.features[name]) for name in option.names if name in model.features]
        held += [("network", model.share * odds)] if odds is not None else []
        value = f"{option.date.value} ({option.date.basis})"
        found.append(Choice("date", value, None, None, round(chance, 4), model.threshold, reason, strongest(held)))
    return found


def _links(
    row: Sequence[tuple[int, float, list[str]]], events: Sequence[Event], event: Event, model: CoreferenceModel
) -> list[Choice]:
    """The likeliest earlier mention, if it is the same happening or nearly passes for it."""
    at, chance, names = max(row, key=lambda one: one[1], default=(0, 0.0, []))
    if chance < model.threshold - NEAR or not row:
        return []
    reason = (
        None if events[at].id == event.same_as else _short(chance, model.threshold) or "only one of the two is told as a fact"
    )
    held = ((name, model.features[name]) for name in names if name in model.features)
    return [Choice("same_as", events[at].id, None, None, round(chance, 4), model.threshold, reason, strongest(held))]


def _short(chance: float, bar: float) -> str | None:
    return f"its probability {chance:.2f} is below {bar:.2f}" if chance < bar else None
