"""Events of an annotated document: triggers, arguments, factuality, dates, and mentions of the same happening."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from peristiwa.events import attach
from peristiwa.events.arguments import find_arguments
from peristiwa.events.candidate import Candidate
from peristiwa.events.certainty import settled
from peristiwa.events.confidence import load_confidence, with_confidence
from peristiwa.events.coreference import (
    Finder,
    Link,
    Mention,
    disagree,
    exclude,
    find_same,
    is_fresh,
    load_coreference,
    names_of,
    span_of,
)
from peristiwa.events.cues import Cues, load_cues
from peristiwa.events.date_clues import UNTIL, find_clue, find_notes, is_definite
from peristiwa.events.date_model import Dater, load_date_model
from peristiwa.events.factuality import find_modality, find_phase, is_background
from peristiwa.events.instants import to_the_minute
from peristiwa.events.modality_model import ModalityModel, largest, load_modality_model, modality_features
from peristiwa.events.penalty import with_penalty
from peristiwa.events.predicate import form
from peristiwa.events.refer import refer
from peristiwa.events.rivals import rivals_of
from peristiwa.events.role_model import RoleModel, choose_arguments, load_role_model, propose_all, weigh
from peristiwa.events.roles import Mentions, frame_of
from peristiwa.events.sure import with_attendants, with_companions, with_place, with_sure, without_addressee
from peristiwa.events.tree import characters, content_words
from peristiwa.events.triggers import encode_sentences, find_triggers
from peristiwa.events.view import on_view
from peristiwa.language import Language, load_language
from peristiwa.ontology import Ontology
from peristiwa.types import Argument, Entity, Event, Modality, Time, Trigger

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from peristiwa.events.encoding import Encoding

__all__ = ["Candidate", "build_events", "find_events"]

MENDED = (with_sure, with_place, with_companions, with_attendants, without_addressee, with_penalty)
"""What rules add to the arguments that the tables choose, and take from them, one after the other."""


@on_view
def find_events(
    doc: Doc,
    times: Sequence[Time],
    entities: Sequence[Entity],
    ontology: Ontology,
    *,
    published: datetime.date | None = None,
    mode: Literal["both", "rules", "model"] = "both",
    language: Language | None = None,
    min_confidence: float = 0.0,
    half: bool = False,
) -> list[Event]:
    """The events of ``doc`` in text order, ids E1…, arguments linked to the ids of ``times`` and ``entities``.

    ``mode`` says who finds the triggers: the ontology's rules, the model (``doc.spans["triggers"]``), or both.
    Triggers with less confidence than ``min_confidence`` are dropped, those without any (types that nothing was learnt
    about) are not. With ``half`` the network (``network``) makes its products in bfloat16.
    """
    from peristiwa.events.encoding import load_encoder  # torch takes a second to import

    language = language or load_language(ontology.language)
    encoding = encode_sentences(doc, ontology, mode, load_encoder(language.code, half=half))
    found = find_triggers(doc, ontology, mode, encoding=encoding)
    candidates = with_confidence(doc, found, mode, load_confidence(language.code), encoded=encoding is not None)
    candidates = [c for c in candidates if c.confidence is None or c.confidence >= min_confidence]
    return build_events(
        doc,
        candidates,
        times,
        entities,
        ontology,
        load_cues(language),
        published=published,
        role_model=load_role_model(language.code),
        modality_model=load_modality_model(language.code),
        dater=load_date_model(language.code),
        finder=load_coreference(language.code),
        encoding=encoding,
    )


@on_view
def build_events(
    doc: Doc,
    candidates: Sequence[Candidate],
    times: Sequence[Time],
    entities: Sequence[Entity],
    ontology: Ontology,
    cues: Cues,
    *,
    published: datetime.date | None = None,
    role_model: RoleModel | None = None,
    modality_model: ModalityModel | None = None,
    dater: Dater | None = None,
    finder: Finder | None = None,
    encoding: Encoding | None = None,
) -> list[Event]:
    """Everything after the triggers: one event per candidate, in text order.

    Roles, modality, dates and mentions of one happening by the models given, else by rule; ``encoding`` is the network's.
    """
    mentions = Mentions(doc, entities, times)
    notes = find_notes(doc, mentions, cues)
    by_id = {time.id: time for time in times}
    named = {entity.id: entity for entity in entities}
    starts = [sentence.start_char for sentence in doc.sents if sentence.text.strip()]
    placed = [(_sentence(starts, time.start), time) for time in sorted(times, key=lambda t: t.start)]
    events: list[Event] = []
    mentioned: list[Mention] = []
    dating: list[attach.Told] = []
    ordered = sorted(candidates, key=lambda c: (c.start, c.end, c.type))
    filled = _arguments(doc, ordered, ontology, mentions, cues, role_model, encoding)
    modal = encoding.modality_odds(ordered) if encoding is not None else [None] * len(ordered)
    for number, (candidate, arguments, read) in enumerate(zip(ordered, filled, modal, strict=True), 1):
        sums: dict[Modality, float] = {}
        if modality_model is not None:
            sums = modality_model.sums(modality_features(doc, candidate, cues), read)
        modality = largest(sums) if sums else find_modality(doc, candidate, cues)
        arguments = tuple(refer(doc, argument, entities, cues) for argument in arguments)
        when = [by_id[argument.time] for argument in arguments if argument.time in by_id]
        event = Event(
            id=f"E{number}",
            type=candidate.type,
            trigger=_trigger(doc, candidate),
            sentence=_sentence(starts, doc[candidate.start].idx),
            modality=settled(modality, doc, candidate, when, published, cues),
            phase=find_phase(doc, candidate, cues),
            arguments=arguments,
            confidence=candidate.confidence,
            rule=candidate.rule,
        )
        clue = find_clue(doc, candidate, arguments, mentions, cues)
        mention = Mention(
            event.type,
            event.trigger.lemma,
            arguments,
            _first_day(when),
            stance=ontology.types[candidate.type].group == "stance",
            modality=event.modality,
            form=form(doc[candidate.head]),
            definite=is_definite(doc, candidate, cues),
            sentence=event.sentence,
            words=content_words(doc[candidate.head].sent),
            head=clue.head,
            above=clue.above,
            fresh=is_fresh(doc, candidate, arguments, cues),
            span=span_of([time for time in when if UNTIL not in notes.get(time.id, ())]),
            named=names_of(arguments, named),
        )
        same, likely = finder.find(mention, mentioned) if finder is not None else Link(find_same(mention, mentioned))
        if modality_model is not None and likely:
            modality = modality_model.settle(sums, [(mentioned[at].modality, chance) for at, chance in likely])
            event = replace(event, modality=settled(modality, doc, candidate, when, published, cues))
            mention = replace(mention, modality=event.modality)
        if same is not None and (disagree(event.modality, mentioned[same].modality) or exclude(mention, mentioned[same])):
            same = None
        mentioned.append(mention)
        today = not is_background(doc, candidate, cues)
        sure = candidate.score if candidate.score is not None else 1.0
        dating.append(attach.Told(event.sentence, arguments, event.modality, same, today, clue, sure))
        events.append(replace(event, same_as=events[same].id) if same is not None else event)
    story = attach.Story(dating, placed, published, notes)
    dates = attach.find_dates(story) if dater is None else dater.find_dates(story, encoding)
    events = [replace(event, date=date) for event, date in zip(events, dates, strict=True)]
    return to_the_minute(events, [mention.fresh for mention in mentioned], times, cues)


def _arguments(
    doc: Doc,
    candidates: Sequence[Candidate],
    ontology: Ontology,
    mentions: Mentions,
    cues: Cues,
    model: RoleModel | None,
    encoding: Encoding | None,
) -> list[tuple[Argument, ...]]:
    """The arguments of every event, by rule where the model does not know its type; the network is asked but once."""

    def by_rule(candidate: Candidate) -> tuple[Argument, ...]:
        return find_arguments(doc, candidate, frame_of(cues.roles, ontology.types[candidate.type].roles), mentions, cues)

    if model is None:
        return [by_rule(candidate) for candidate in candidates]
    found = []
    proposed = propose_all(doc, candidates, ontology, mentions, cues, model, encoding)
    for candidate, (own, read) in zip(candidates, proposed, strict=True):
        if candidate.type in model.types:
            _, scores = weigh(doc, candidate, own, mentions, cues, model, read)
            rivals = rivals_of(doc, candidate, cues)
            chosen: Sequence[Argument] = choose_arguments(own, scores, mentions, model, rivals)
            for mended in MENDED:
                chosen = mended(doc, candidate, chosen, mentions, cues)
            found.append(tuple(chosen))
        else:
            found.append(by_rule(candidate))
    return found


def _sentence(starts: Sequence[int], at: int) -> int:
    """The index, among the sentences that are not blank, of the one that offset ``at`` is in."""
    return max(bisect_right(starts, at) - 1, 0)


def _trigger(doc: Doc, candidate: Candidate) -> Trigger:
    start, end = characters(doc, candidate.start, candidate.end)
    return Trigger(start, end, doc.text[start:end], doc[candidate.head].lemma_.lower())


def _first_day(own: Sequence[Time]) -> str | None:
    """The first day that an event's own times give."""
    return next(((time.value or "")[: attach.DAY] for time in own if attach.is_dated(time)), None)
