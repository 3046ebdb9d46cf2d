"""What is compared of a happening: one small profile each, so that a run's records can stream past."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from peristiwa.happenings import Happening, days_of, happenings
from peristiwa.merge.options import MergeOptions, Units
from peristiwa.timex import day_number
from peristiwa.types import Argument, Bound, Entity, Event, Modality, Quantity, Record

ACTOR_ROLES = ("agent", "object", "recipient", "topic")
PERSON, COUNTRY = "per:", "iso3166:"
ABOUT = 0.1  # "about 100" may be 90 to 110
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Number:
    """The greatest number that a happening tells under ``key`` ("DIE orang"), and what it may stand for."""

    key: str
    value: float
    bound: Bound | None
    text: str

    @property
    def low(self) -> float:
        return {"at_most": 0.0, "about": (1 - ABOUT) * self.value}.get(self.bound or "", self.value)

    @property
    def high(self) -> float:
        return {"at_least": float("inf"), "about": (1 + ABOUT) * self.value}.get(self.bound or "", self.value)


@dataclass(frozen=True, slots=True)
class Profile:
    """A happening as others are compared with it.

    Days are proleptic ordinals; ``earliest`` and ``latest`` are None where no date is told, or none that is narrow enough
    to say when. Names are keys: an identifier, "per:" and a person's words, or the name in small letters; ``located``
    are the places that the whole document names. ``told`` is the JSON that the cluster quotes; ``company`` names the
    clusters of what else its document tells, where that matters.
    """

    doc_id: str
    id: str
    type: str
    kinds: frozenset[str]
    modality: Modality
    earliest: int | None
    latest: int | None
    published: int | None
    actors: frozenset[str]
    places: frozenset[str]
    located: frozenset[str]
    numbers: tuple[Number, ...]
    title: frozenset[str]
    told: str
    company: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str]:
        return self.doc_id, self.id

    @property
    def dated(self) -> bool:
        return self.earliest is not None and self.latest is not None


class Profiler:
    """Makes profiles of records one after the other, and learns on the way which abbreviation stands for which name."""

    def __init__(self, options: MergeOptions) -> None:
        self._options = options
        self._full: dict[str, set[str]] = {}

    def profiles(self, record: Record) -> Iterator[Profile]:
        """A profile of each happening of ``record``, in order."""
        keys = {entity.id: _key(entity.type, entity.name, entity.link) for entity in record.entities}
        for entity in record.entities:
            if entity.text.isupper() and entity.text.isalpha() and entity.text != entity.name:
                self._full.setdefault(_key(entity.type, entity.text, None), set()).add(keys[entity.id])
        names = {entity.name.casefold(): keys[entity.id] for entity in record.entities}
        located = frozenset(keys[entity.id] for entity in record.entities if entity.type == "LOC")
        title = _title_words(record)
        tolls: dict[int, list[Event]] = {}
        for event in record.events:
            if event.type in self._options.tolls:
                tolls.setdefault(event.sentence, []).append(event)
        entities = {entity.id: entity for entity in record.entities}
        units = self._options.units.get(record.document.language, Units())
        for happening in happenings(record.events):
            actors, places = _names(happening, entities, keys, names)
            counting = [event for m in happening.mentions for event in (m, *tolls.get(m.sentence, ()))]
            numbers = _numbers(counting, happening, record.quantities, units)
            date = happening.date if happening.date and days_of(happening.date) <= self._options.longest else None
            published = record.document.published
            yield Profile(
                doc_id=record.document.doc_id,
                id=happening.id,
                type=happening.type,
                kinds=frozenset(w for m in happening.mentions for w in _words(m.trigger.lemma or m.trigger.text)),
                modality=happening.modality,
                earliest=_ordinal(date.earliest) if date else None,
                latest=_ordinal(date.latest) if date else None,
                published=published.toordinal() if published else None,
                actors=frozenset(actors),
                places=frozenset(places),
                located=located,
                numbers=numbers,
                title=title,
                told=json.dumps(_told(record, happening, actors, places, numbers), ensure_ascii=False),
            )

    def spelled_out(self, profile: Profile) -> Profile:
        """``profile`` with abbreviations replaced by the only name that any document of the run gives for them."""
        return replace(profile, actors=self._spell(profile.actors), places=self._spell(profile.places))

    def _spell(self, keys: frozenset[str]) -> frozenset[str]:
        if not any(len(self._full.get(key, ())) == 1 for key in keys):
            return keys
        return frozenset(next(iter(full)) if len(full := self._full.get(key, set())) == 1 else key for key in keys)


def _key(kind: str, name: str, link: str | None) -> str:
    folded = " ".join(_words(name)) or name.casefold()
    return link or (PERSON + folded if kind == "PER" else folded)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _ordinal(day: str | None) -> int | None:
    return day_number(day) if day else None


def _names(
    happening: Happening, entities: Mapping[str, Entity], keys: Mapping[str, str], names: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Actors and places as key → name. A place stands in the place role, or, where none does, as what it happened to."""
    actors: dict[str, str] = {}
    places: dict[str, str] = {}
    struck: dict[str, str] = {}
    located = {keys[entity.id] for entity in entities.values() if entity.type == "LOC"}

    def named(argument: Argument) -> tuple[str, str, bool] | None:
        if entity := entities.get(argument.entity or ""):
            return keys[entity.id], entity.name, entity.type == "LOC"
        if argument.refers_to and (key := names.get(argument.refers_to.casefold())):
            return key, argument.refers_to, key in located
        return None

    for mention in happening.mentions:
        for argument in mention.arguments:
            found = named(argument)
            if found is None:
                continue
            key, name, is_place = found
            if argument.role == "place":
                places.setdefault(key, name)
            elif is_place and argument.role in ("object", "topic"):
                struck.setdefault(key, name)
            elif argument.role in ACTOR_ROLES:
                actors.setdefault(key, name)
    return actors, places or struck


def _numbers(events: list[Event], happening: Happening, quantities: tuple[Quantity, ...], units: Units) -> tuple[Number, ...]:
    """The greatest number of each type and unit in the arguments of ``events`` (its mentions, and tolls beside them)."""
    own = {mention.id for mention in happening.mentions}
    found: dict[str, Number] = {}
    for event in events:
        if event.id not in own and event.type == happening.type:
            continue  # another happening of the type has numbers of its own
        for argument in event.arguments:
            for quantity in quantities:
                if quantity.unit is None or not argument.start <= quantity.start < quantity.end <= argument.end:
                    continue
                unit = quantity.unit if quantity.unit.isupper() else quantity.unit.casefold()
                if unit in units.never:
                    continue
                number = Number(f"{event.type} {units.names.get(unit, unit)}", quantity.value, quantity.bound, quantity.text)
                if number.key not in found or number.value > found[number.key].value:
                    found[number.key] = number
    return tuple(found[key] for key in sorted(found))


def _title_words(record: Record) -> frozenset[str]:
    if not record.document.title:
        return frozenset()
    stop = _stop_words(record.document.language)
    return frozenset(word for word in _words(record.document.title) if len(word) > 1 and word not in stop)


@lru_cache(maxsize=8)
def _stop_words(language: str) -> frozenset[str]:
    from spacy.util import get_lang_class

    try:
        return frozenset(get_lang_class(language).Defaults.stop_words)
    except ImportError:  # a language that spaCy does not know
        return frozenset()


def _told(
    record: Record, happening: Happening, actors: dict[str, str], places: dict[str, str], numbers: tuple[Number, ...]
) -> dict[str, Any]:
    document, first, date = record.document, happening.first, happening.date
    sentence = record.sentences[first.sentence] if first.sentence < len(record.sentences) else None
    return {
        "doc_id": document.doc_id,
        "id": happening.id,
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "mentions": [
            {"id": m.id, "start": m.trigger.start, "end": m.trigger.end, "text": m.trigger.text} for m in happening.mentions
        ],
        "modality": happening.modality,
        "date": date.value if date else None,
        "earliest": date.earliest if date else None,
        "latest": date.latest if date else None,
        "basis": date.basis if date else None,
        "actors": list(actors.values()),
        "places": list(places.values()),
        "numbers": [{"key": n.key, "value": n.value, "bound": n.bound, "text": n.text} for n in numbers],
        "sentence": document.text[sentence.start : sentence.end] if sentence else None,
    }
