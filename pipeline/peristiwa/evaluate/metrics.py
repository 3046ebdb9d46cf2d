"""The layers of "How runs are scored against gold" (docs/records.md), one function each.

A metric takes the two readings of one document and gives counts by label: entity type, event type, role, modality, or
"" where the layer does not ask for a label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, TypeVar

from peristiwa.evaluate.align import Span, best_pairs, jaccard, overlap, same_span
from peristiwa.evaluate.scores import Counts
from peristiwa.happenings import Happening, happenings
from peristiwa.types import Argument, Entity, Event, Record, Time

JACCARD = 0.5
RECORD_ROLES = ("agent", "object", "time")

S = TypeVar("S", bound=Span)


class _Typed(Span, Protocol):
    @property
    def type(self) -> str: ...


T = TypeVar("T", bound=_Typed)


@dataclass(frozen=True)
class Pair:
    """One document as gold has it and as a run has it, each list in an order that only its content decides."""

    gold: Record
    predicted: Record

    @cached_property
    def events(self) -> tuple[list[Event], list[Event]]:
        return _sorted_events(self.gold), _sorted_events(self.predicted)

    @cached_property
    def typed(self) -> list[tuple[Event, Event]]:
        """The correctly typed events: matched by trigger overlap within a type, then by what else they agree in."""
        gold, predicted = self.events
        text = self.gold.document.text
        ranks = {
            (i, j): (shared, *_agreement(g, p, text))
            for i, g in enumerate(gold)
            for j, p in enumerate(predicted)
            if g.type == p.type and (shared := overlap(g.trigger, p.trigger))
        }
        return [(gold[i], predicted[j]) for i, j in best_pairs(ranks)]


def _sorted_events(record: Record) -> list[Event]:
    # Mentions alike in all else are told apart by their happening, not by their place in the list.
    chain = {id(m): (h.first.trigger.start, len(h.mentions)) for h in happenings(record.events) for m in h.mentions}

    def key(event: Event) -> tuple[int, int, str, str, tuple[int, int]]:
        arguments = tuple(sorted((replace(a, entity=None, time=None) for a in event.arguments), key=repr))
        bare = replace(event, id="", same_as=None, arguments=arguments)
        return event.trigger.start, event.trigger.end, event.type, repr(bare), chain[id(event)]

    return sorted(record.events, key=key)


def _agreement(gold: Event, predicted: Event, text: str) -> tuple[int, ...]:
    """What two events share beside trigger and type; it decides between events on one trigger."""
    return (
        len(_fillers(gold.arguments, predicted.arguments, text)),
        len(_fillers(gold.arguments, predicted.arguments, text, strict=True)),
        int(_same_record(gold, predicted, text)),
        int(_same_date(gold, predicted)),
        int(gold.modality == predicted.modality),
    )


def _match(gold: Sequence[S], predicted: Sequence[S], allowed: Callable[[S, S], bool]) -> list[tuple[S, S]]:
    gold = sorted(gold, key=lambda s: (s.start, s.end, repr(s)))
    predicted = sorted(predicted, key=lambda s: (s.start, s.end, repr(s)))
    ranks = {
        (i, j): (shared, int(same_span(g, p)))
        for i, g in enumerate(gold)
        for j, p in enumerate(predicted)
        if (shared := overlap(g, p)) and allowed(g, p)
    }
    return [(gold[i], predicted[j]) for i, j in best_pairs(ranks)]


def _fillers(
    gold: Sequence[Argument], predicted: Sequence[Argument], text: str, *, strict: bool = False
) -> list[tuple[Argument, Argument]]:
    """Fillers of two events that match: same role, and Jaccard ≥ 0.5 or the same span."""
    if strict:
        return _match(gold, predicted, lambda g, p: g.role == p.role and same_span(g, p))
    return _match(gold, predicted, lambda g, p: g.role == p.role and jaccard(g, p, text) >= JACCARD)


def _same_record(gold: Event, predicted: Event, text: str) -> bool:
    """Agent, object and time fillers match one to one, and none is left over on either side."""
    g = [a for a in gold.arguments if a.role in RECORD_ROLES]
    p = [a for a in predicted.arguments if a.role in RECORD_ROLES]
    if Counter(a.role for a in g) != Counter(a.role for a in p):
        return False
    edges = {
        (i, j): (1,)  # as many pairs as there can be, however much each overlaps
        for i, a in enumerate(g)
        for j, b in enumerate(p)
        if a.role == b.role and jaccard(a, b, text) >= JACCARD
    }
    return len(best_pairs(edges)) == len(g)


def _same_date(gold: Event, predicted: Event) -> bool:
    return gold.date is not None and predicted.date is not None and gold.date.value == predicted.date.value


def count_by_label(correct: Iterable[str], gold: Iterable[str], predicted: Iterable[str]) -> dict[str, Counts]:
    """Counts by label from the labels of correct, gold and predicted items."""
    c, g, p = Counter(correct), Counter(gold), Counter(predicted)
    return {label: Counts(c[label], g[label], p[label]) for label in sorted(g.keys() | p.keys())}


def _typed_spans(gold: Sequence[T], predicted: Sequence[T], allowed: Callable[[T, T], bool]) -> dict[str, Counts]:
    pairs = _match(gold, predicted, allowed)
    return count_by_label((g.type for g, _ in pairs), (g.type for g in gold), (p.type for p in predicted))


def _untyped_spans(gold: Sequence[T], predicted: Sequence[T], allowed: Callable[[T, T], bool]) -> dict[str, Counts]:
    return {"": Counts(len(_match(gold, predicted, allowed)), len(gold), len(predicted))}


def _same_type_and_span(gold: _Typed, predicted: _Typed) -> bool:
    return gold.type == predicted.type and same_span(gold, predicted)


def _same_type(gold: _Typed, predicted: _Typed) -> bool:
    return gold.type == predicted.type


def entity_strict(pair: Pair) -> dict[str, Counts]:
    """Same type and same span."""
    gold: Sequence[Entity] = pair.gold.entities
    return _typed_spans(gold, pair.predicted.entities, _same_type_and_span)


def entity_relaxed(pair: Pair) -> dict[str, Counts]:
    """Same type and overlap."""
    gold: Sequence[Entity] = pair.gold.entities
    return _typed_spans(gold, pair.predicted.entities, _same_type)


def time_relaxed(pair: Pair) -> dict[str, Counts]:
    """Overlap."""
    gold: Sequence[Time] = pair.gold.times
    return _untyped_spans(gold, pair.predicted.times, lambda g, p: True)


def time_strict(pair: Pair) -> dict[str, Counts]:
    """Same span."""
    gold: Sequence[Time] = pair.gold.times
    return _untyped_spans(gold, pair.predicted.times, same_span)


def time_type(pair: Pair) -> dict[str, Counts]:
    """Overlap and equal type (TempEval-3)."""
    gold: Sequence[Time] = pair.gold.times
    return _typed_spans(gold, pair.predicted.times, _same_type)


def time_value(pair: Pair) -> dict[str, Counts]:
    """Overlap and equal ``value``; two times without a value are not equal in it."""
    gold: Sequence[Time] = pair.gold.times
    return _untyped_spans(gold, pair.predicted.times, lambda g, p: g.value is not None and g.value == p.value)


def trigger_found(pair: Pair) -> dict[str, Counts]:
    """Triggers overlap, whatever the types."""
    gold, predicted = ([event.trigger for event in events] for events in pair.events)
    return {"": Counts(len(_match(gold, predicted, lambda g, p: True)), len(gold), len(predicted))}


def event_typed(pair: Pair) -> dict[str, Counts]:
    """Triggers overlap and the type is equal."""
    gold, predicted = pair.events
    return count_by_label((g.type for g, _ in pair.typed), (g.type for g in gold), (p.type for p in predicted))


def _arguments(pair: Pair, *, strict: bool) -> dict[str, Counts]:
    text = pair.gold.document.text
    found = [g.role for one, two in pair.typed for g, _ in _fillers(one.arguments, two.arguments, text, strict=strict)]
    gold, predicted = ((a.role for event in events for a in event.arguments) for events in pair.events)
    return count_by_label(found, gold, predicted)


def argument(pair: Pair) -> dict[str, Counts]:
    """Its event is typed correctly, same role, Jaccard ≥ 0.5."""
    return _arguments(pair, strict=False)


def argument_strict(pair: Pair) -> dict[str, Counts]:
    """Its event is typed correctly, same role, same span."""
    return _arguments(pair, strict=True)


def record(pair: Pair) -> dict[str, Counts]:
    """Event typed, and its agent, object and time fillers match the gold's one to one."""
    text = pair.gold.document.text
    gold, predicted = pair.events
    correct = (g.type for g, p in pair.typed if _same_record(g, p, text))
    return count_by_label(correct, (g.type for g in gold), (p.type for p in predicted))


def event_dated(pair: Pair) -> dict[str, Counts]:
    """Event typed and both carry the same ``date.value``; events without a date are not counted."""
    gold, predicted = ([event.type for event in events if event.date is not None] for events in pair.events)
    return count_by_label((g.type for g, p in pair.typed if _same_date(g, p)), gold, predicted)


def modality(pair: Pair) -> dict[str, Counts]:
    """The share of correctly typed events with equal modality (precision = recall = F1 over all labels together)."""
    equal = (g.modality for g, p in pair.typed if g.modality == p.modality)
    return count_by_label(equal, (g.modality for g, _ in pair.typed), (p.modality for _, p in pair.typed))


def _shared(pair: Pair) -> tuple[list[Happening], list[Happening], Counter[tuple[int, int]]]:
    """The happenings of gold and run, and how many correctly typed mentions each two of them share."""
    gold, predicted = (happenings(events) for events in pair.events)
    one, other = ({id(m): i for i, h in enumerate(side) for m in h.mentions} for side in (gold, predicted))
    return gold, predicted, Counter((one[id(g)], other[id(p)]) for g, p in pair.typed)


def happening(pair: Pair) -> dict[str, Counts]:
    """A gold and a predicted happening share a correctly typed mention, one to one, with the most shared mentions.

    A happening that the run tells as two has one too many, and of two that it tells as one it lacks one.
    """
    gold, predicted, shared = _shared(pair)
    pairs = best_pairs({both: (number,) for both, number in shared.items()})
    return count_by_label((gold[i].type for i, _ in pairs), (h.type for h in gold), (h.type for h in predicted))


def same_as(pair: Pair) -> dict[str, Counts]:
    """Links that hold the mentions of happenings together, as MUC counts them (Vilain et al. 1995).

    A happening of n mentions needs n - 1 links; those of gold that the run has are the common mentions less the pairs
    of happenings that meet, which is the same number seen from either side.
    """
    gold, predicted, shared = _shared(pair)
    needed, given = (sum(len(h.mentions) - 1 for h in side) for side in (gold, predicted))
    return {"": Counts(shared.total() - len(shared), needed, given)}


Metric = Callable[[Pair], dict[str, Counts]]

TIME_METRICS: dict[str, Metric] = {
    "time relaxed": time_relaxed,
    "time strict": time_strict,
    "time type": time_type,
    "time value": time_value,
}

METRICS: dict[str, Metric] = {
    "entity strict": entity_strict,
    "entity relaxed": entity_relaxed,
    **TIME_METRICS,
    "trigger found": trigger_found,
    "event typed": event_typed,
    "argument": argument,
    "argument strict": argument_strict,
    "record": record,
    "event dated": event_dated,
    "modality": modality,
    "happening": happening,
    "same_as": same_as,
}
