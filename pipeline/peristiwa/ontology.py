"""The event types and what names them in text: config/ontology/events.yaml, validated at the door.

What an entry means is told at the top of that file. Which derivations a root has is morphology, and known to the events
stage alone; this module checks that names resolve, that conditions are single words, and that each type has its examples.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from peristiwa.errors import SettingsError
from peristiwa.settings import Strict, config_folder, config_path, read_yaml, validate
from peristiwa.types import ENTITY_TYPES, TIME_TYPES, Role

ENTITY_CLASSES = frozenset(f"@{label}" for label in ENTITY_TYPES) | {"@number"}
SHIPPED = "ontology/events.yaml"
TRIGGER_MARK = re.compile(r"\[([^\]]+)\]")
TYPE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
TAKEN = frozenset({*ENTITY_TYPES, *TIME_TYPES, "ARG"})
"""What standoff for brat calls names, times and other fillers: an event type of that name would be read back as one."""


def _flatten(value: object) -> object:
    """A single word where a list is expected is a list of one."""
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_flatten)]


class Pattern(Strict):
    """Words by root and derivation, or words and fixed phrases as they stand."""

    roots: Words = ()
    forms: Words = ()
    words: Words = ()

    @model_validator(mode="after")
    def _complete(self) -> Pattern:
        if not (self.roots or self.words):
            raise ValueError("an entry needs roots or words")
        if bool(self.roots) != bool(self.forms):
            raise ValueError("roots need forms, and forms need roots")
        for root in self.roots:
            if " " in root:
                raise ValueError(f"roots: {root!r} has a space; write it under words")
        return self


class Entry(Pattern):
    """A pattern that names an event of the type, and the conditions under which it does."""

    then: Words = ()
    object: Words = ()
    subject: Words = ()
    next: Words = ()
    previous: Words = ()
    with_: Words = Field(default=(), alias="with")
    not_object: Words = ()
    not_subject: Words = ()
    not_next: Words = ()
    not_previous: Words = ()
    without: Words = ()
    weak: bool = False

    def required(self) -> dict[str, tuple[str, ...]]:
        """Condition name -> words, for the conditions that the entry sets (``with`` for ``with_``)."""
        found = {"object": self.object, "subject": self.subject, "next": self.next, "previous": self.previous}
        return {name: words for name, words in {**found, "with": self.with_}.items() if words}

    def conditions(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(key as in the file, words) of every condition that the entry sets."""
        yield from self.required().items()
        for name, words in self.excluded().items():
            yield ("without" if name == "with" else f"not_{name}"), words
        yield "then", self.then

    def excluded(self) -> dict[str, tuple[str, ...]]:
        """The same for the conditions that must not hold."""
        found = {"object": self.not_object, "subject": self.not_subject, "next": self.not_next}
        return {n: w for n, w in {**found, "previous": self.not_previous, "with": self.without}.items() if w}


def _named(name: str) -> str:
    """Type names stand in rules ("TYPE/1:root") and in standoff, which a space or a slash would break."""
    if TYPE_NAME.fullmatch(name) is None:
        raise ValueError("the name of a type is of letters, digits, _ and - alone, and begins with a letter")
    if name in TAKEN:
        raise ValueError(f"{name} is what brat calls names, times or fillers; choose another name")
    return name


TypeName = Annotated[str, AfterValidator(_named)]


class Examples(Strict):
    """Sentences that have an event of the type, its trigger in square brackets, and sentences that do not."""

    has: Annotated[tuple[str, ...], Field(min_length=3)]
    lacks: Annotated[tuple[str, ...], Field(min_length=3)]

    @field_validator("has")
    @classmethod
    def _marked(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            if len(TRIGGER_MARK.findall(text)) != 1:
                raise ValueError(f"{text!r} needs exactly one [trigger] in square brackets")
        return value


class EventType(Strict):
    """One type of event."""

    group: Literal["law", "diplomacy", "stance", "organisation", "security", "justice", "life", "economy", "movement"]
    plover: str | None
    definition: str
    entries: Annotated[tuple[Entry, ...], Field(min_length=1)]
    roles: dict[str, Role | None] = Field(default_factory=dict)
    examples: Examples


class ProvisionWords(Strict):
    """What heads an article of a law and begins the text behind its articles, and what says that a law comes into force."""

    articles: Words = ()
    closings: Words = ()
    force: Words = ()


class Ontology(Strict):
    """All event types of one language, with the lists that they share."""

    version: int
    language: str
    forms: dict[str, Words] = Field(default_factory=dict)
    light_verbs: tuple[Pattern, ...] = ()
    phase_verbs: tuple[Pattern, ...] = ()
    reporting: tuple[Pattern, ...] = ()
    never: Words = ()
    works: Words = ()
    links: Words = ()
    kinds: Words = ()
    copulas: Words = ()
    provisions: ProvisionWords = ProvisionWords()
    lists: dict[str, Words] = Field(default_factory=dict)
    types: dict[TypeName, EventType]

    # By identity: an ontology is loaded once and compiled once, and hashing its content each time would be slow.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @field_validator("types")
    @classmethod
    def _lists_exist(cls, value: dict[str, EventType], info: ValidationInfo) -> dict[str, EventType]:
        known = {f"@{name}" for name in info.data.get("lists", {})} | ENTITY_CLASSES
        for name, event_type in value.items():
            for number, entry in enumerate(event_type.entries, 1):
                for condition, words in entry.conditions():
                    for word in words:
                        if word.startswith("@") and word not in known:
                            raise ValueError(f"{name}, entry {number}, {condition}: no list or entity type {word!r}")
                        if " " in word:
                            raise ValueError(f"{name}, entry {number}, {condition}: {word!r} is not a single word")
        return value

    def expand(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """``words`` with @lists replaced by what they hold; entity classes (@PER) stay."""
        return tuple(
            item
            for word in words
            for item in (self.lists[word[1:]] if word.startswith("@") and word not in ENTITY_CLASSES else (word,))
        )

    def affixes(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The derivations that ``forms`` names, sets of them expanded."""
        return tuple(dict.fromkeys(affix for name in names for affix in self.forms.get(name, (name,))))


@lru_cache(maxsize=8)
def load_ontology(path: Path | None = None) -> Ontology:
    """The ontology of ``path``, by default the shipped one. Raises SettingsError naming file, key and problem."""
    path = path or config_path(SHIPPED)
    return validate(Ontology, read_ontology(path), path)


def read_ontology(path: Path) -> dict[str, Any]:
    """The content of an ontology file, not yet validated, laid over the file that it extends. Raises SettingsError.

    ``extends`` names a file beside this one or of the configuration folder. The own file's types, lists and forms are
    added to that one's and replace those of the same name, patterns and words are added, version and language may be left out.
    """
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise SettingsError(f"{path}: expected a mapping with version, lists and types.")
    name = data.pop("extends", None)
    if name is None:
        return data
    beside = path.parent / str(name)
    base = beside if beside.is_file() else config_folder() / str(name)
    if not base.is_file():
        tried = " and ".join(map(str, dict.fromkeys((beside, base))))
        raise SettingsError(f"{path}: extends: there is no file {str(name)!r}; tried {tried}. The shipped one is {SHIPPED}.")
    below = read_yaml(base)
    if not isinstance(below, dict) or "extends" in below:
        raise SettingsError(f"{path}: extends {base}, which must be a whole ontology that extends no other.")
    return _laid_over(below, data)


def _laid_over(below: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    joined = {**below, **own}
    for key, value in own.items():
        under = below.get(key)
        if isinstance(under, dict) and isinstance(value, dict):
            joined[key] = {**under, **value}
        elif isinstance(under, list) and isinstance(value, list):
            joined[key] = [*under, *value]
    return joined


def split_example(text: str) -> tuple[str, int, int]:
    """An example without its brackets, and where its trigger stands: ``"A [b] c" -> ("A b c", 2, 3)``."""
    mark = TRIGGER_MARK.search(text)
    if mark is None:
        raise ValueError(f"{text!r} has no [trigger]")
    start = mark.start()
    return text[:start] + mark[1] + text[mark.end() :], start, start + len(mark[1])


class Example(NamedTuple):
    """A sentence of a type that has (``trigger`` is where, in characters) or lacks (None) an event of it."""

    type: str
    text: str
    trigger: tuple[int, int] | None


def examples_of(ontology: Ontology, types: Container[str]) -> list[Example]:
    """The examples of these types, in the order of the file."""
    found = []
    for name, kind in ontology.types.items():
        if name not in types:
            continue
        for text in kind.examples.has:
            sentence, start, end = split_example(text)
            found.append(Example(name, sentence, (start, end)))
        found += [Example(name, text, None) for text in kind.examples.lacks]
    return found
