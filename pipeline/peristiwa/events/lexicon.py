"""The ontology compiled for look-up: every spelling of every trigger word, and what it would mean.

A reading is one entry of one type reached through one word. Roots are expanded through ``morphology``; a phrase is looked
up by its first word. ``-`` inside a word is a token of its own for some tokenizers, so such words are also entered split.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from peristiwa.errors import SettingsError
from peristiwa.events.morphology import VOICES, derive, strip_clitics
from peristiwa.ontology import Entry, Ontology, Pattern, ProvisionWords

VERBAL = frozenset({"active", "passive", "middle", "bare", "word"})
CUSTOM, DUTY, HABIT, ATTEND = "custom", "duty", "habit", "attend"
"""Lists of an ontology, if it has them: what people do by custom; verbs of what a body is for; adverbs of what is usual."""
PIECES = re.compile(r"[^\W_]+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a word or phrase may name. ``key`` is the root or the word itself, ``affixes`` its derivation or ``word``."""

    type: str
    rule: str
    key: str
    affixes: str
    rest: tuple[str, ...]
    required: tuple[tuple[str, frozenset[str]], ...]
    excluded: tuple[tuple[str, frozenset[str]], ...]
    weak: bool

    @property
    def voice(self) -> str:
        """active, passive, middle, noun, bare; ``word`` for words that were listed as they stand."""
        return VOICES.get(self.affixes, "word")


@dataclass(frozen=True)
class Lexicon:
    """Readings by their first word in lower case; words that are never triggers, that announce a title, open a link, define."""

    readings: dict[str, tuple[Reading, ...]] = field(repr=False)
    light: frozenset[str] = field(repr=False)
    phase: frozenset[str] = field(repr=False)
    reporting: frozenset[str] = field(repr=False)
    never: frozenset[str] = field(repr=False)
    works: frozenset[str] = field(default=frozenset(), repr=False)
    links: tuple[str, ...] = field(default=(), repr=False)
    kinds: frozenset[str] = field(default=frozenset(), repr=False)
    copulas: frozenset[str] = field(default=frozenset(), repr=False)
    customs: frozenset[str] = field(default=frozenset(), repr=False)
    duties: frozenset[str] = field(default=frozenset(), repr=False)
    habits: frozenset[str] = field(default=frozenset(), repr=False)
    attending: frozenset[str] = field(default=frozenset(), repr=False)
    provisions: ProvisionWords = field(default_factory=ProvisionWords, repr=False)

    @cached_property
    def verbs(self) -> frozenset[str]:
        """Single words that are verbs of some type or were listed as they stand, and verbs that support or report an event."""
        own = (word for word, readings in self.readings.items() if any(r.voice in VERBAL and not r.rest for r in readings))
        return frozenset(own) | self.light | self.phase | self.reporting

    @cached_property
    def link_words(self) -> frozenset[str]:
        """The first words of what opens a link."""
        return frozenset(re.split(r"\W", phrase)[0] for phrase in self.links)

    def look_up(self, word: str) -> tuple[Reading, ...]:
        """The readings of the longest part of ``word`` that has any: itself, then without clitics and doubling."""
        for form in strip_clitics(word):
            if form in self.readings:
                return self.readings[form]
        return ()

    def is_light(self, word: str) -> bool:
        """A verb that only supports an event noun: it is no trigger where it has one."""
        return any(form in self.light for form in strip_clitics(word))

    def lends(self, word: str) -> bool:
        """A verb whose subject and adjuncts belong to its event noun: a light verb, or one of beginning and ending."""
        return any(form in self.light or form in self.phase for form in strip_clitics(word))


@lru_cache(maxsize=8)
def compile_lexicon(ontology: Ontology) -> Lexicon:
    """The look-up tables of an ontology. Raises SettingsError on an unknown derivation."""
    table: dict[str, list[Reading]] = defaultdict(list)
    for name, event_type in ontology.types.items():
        for number, entry in enumerate(event_type.entries, 1):
            for first, reading in _readings(ontology, name, f"{name}/{number}", entry):
                table[first].append(reading)
    return Lexicon(
        {word: tuple(readings) for word, readings in table.items()},
        frozenset(_surfaces(ontology, ontology.light_verbs)),
        frozenset(_surfaces(ontology, ontology.phase_verbs)),
        frozenset(_surfaces(ontology, ontology.reporting)),
        frozenset(word.lower() for word in ontology.never),
        frozenset(word.lower() for word in ontology.works),
        tuple(phrase.lower() for phrase in ontology.links),
        frozenset(word.lower() for word in ontology.kinds),
        frozenset(word.lower() for word in ontology.copulas),
        customs=_listed(ontology, CUSTOM),
        duties=_listed(ontology, DUTY),
        habits=_listed(ontology, HABIT),
        attending=_listed(ontology, ATTEND),
        provisions=ontology.provisions,
    )


def _listed(ontology: Ontology, name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in ontology.lists.get(name, ()))


def _readings(ontology: Ontology, name: str, rule: str, entry: Entry) -> Iterator[tuple[str, Reading]]:
    """The readings of an entry, each with the word it begins with, and each once."""
    required = tuple((key, frozenset(ontology.expand(words))) for key, words in entry.required().items())
    excluded = tuple((key, frozenset(ontology.expand(words))) for key, words in entry.excluded().items())
    nexts = ontology.expand(entry.then) or ("",)
    given = ontology.affixes(entry.forms)
    bare = [BARE[affixes] for affixes in given if affixes in BARE and BARE[affixes] not in given]
    derived = (
        (form.surface, root, affixes, True) for affixes in bare for root in entry.roots for form in derive(root, affixes)
    )
    named = ((surface, key, affixes, entry.weak) for surface, key, affixes in _forms(ontology, entry, rule))
    ways = (
        (first, key, affixes, (*rest, then) if then else tuple(rest), weak)
        for surface, key, affixes, weak in (*named, *derived)
        for first, *rest in _tokenizations(surface)
        for then in nexts
    )
    for first, key, affixes, rest, weak in dict.fromkeys(ways):
        yield first, Reading(name, rule, key, affixes, rest, required, excluded, weak)


BARE = {"meN-kan": "0-kan", "meN-i": "0-i"}
"""A verb with a suffix also stands bare: behind a pronoun that is its agent, as a command, in headlines and speech."""


def _forms(ontology: Ontology, pattern: Pattern, where: str) -> Iterable[tuple[str, str, str]]:
    """(surface, key, affixes) of every form of a pattern."""
    for affixes in ontology.affixes(pattern.forms):
        if affixes not in VOICES:
            raise SettingsError(f"ontology, {where}: no derivation {affixes!r}; known are {', '.join(VOICES)}.")
        for root in pattern.roots:
            yield from ((form.surface, root, affixes) for form in derive(root, affixes))
    for word in pattern.words:
        yield word.lower(), word.lower(), "word"


def _surfaces(ontology: Ontology, patterns: Iterable[Pattern]) -> Iterable[str]:
    for pattern in patterns:
        yield from (surface for surface, _, _ in _forms(ontology, pattern, "light_verbs or reporting"))


def _tokenizations(surface: str) -> Iterable[list[str]]:
    whole = surface.split()
    yield whole
    pieces = PIECES.findall(surface)
    if pieces != whole:
        yield pieces
