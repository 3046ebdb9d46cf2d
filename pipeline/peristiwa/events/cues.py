"""What the event stage knows of a language: the ``events`` section of config/languages/<code>.yaml, validated."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from pydantic import Field

from peristiwa.language import Language
from peristiwa.settings import Strict, validate
from peristiwa.types import EntityType, Role

if TYPE_CHECKING:
    from spacy.tokens import Token

Words = frozenset[str]


class Cues(Strict):
    """The lists of the ``events`` section; each is explained beside its key in the YAML file. All forms lower case."""

    roles: dict[str, Role | None] = Field(default_factory=dict)
    complementizers: Words = frozenset()
    person_nouns: Words = frozenset()
    portfolios: Words = frozenset()
    former: Words = frozenset()
    pronouns: Words = frozenset()
    speakers: Words = frozenset()
    becoming: Words = frozenset()
    undergoing: Words = frozenset()
    measures: Words = frozenset()
    members: Words = frozenset()
    hows: Words = frozenset()
    bounds: Words = frozenset()
    ranges: Words = frozenset()
    inner: Words = frozenset()
    inner_of: Words = frozenset()
    roots: Words = frozenset()
    intransitive: Words = frozenset()
    around: Words = frozenset()
    elect: Words = frozenset()
    made_of: Words = frozenset()
    manner: Words = frozenset()
    addressing: Words = frozenset()
    causes: Words = frozenset()
    occurring: Words = frozenset()
    responding: Words = frozenset()
    on_the_spot: Words = frozenset()
    parties: Words = frozenset()
    contents: Words = frozenset()
    concerning: Words = frozenset()
    replacing: Words = frozenset()
    controlling: Words = frozenset()
    leave: Words = frozenset()
    giving: Words = frozenset()
    wary: Words = frozenset()
    blaming: Words = frozenset()
    triggering: Words = frozenset()
    meanwhile: Words = frozenset()
    aftermath: Words = frozenset()
    whiles: Words = frozenset()
    et_al: Words = frozenset()
    aged: Words = frozenset()
    joining: Words = frozenset()
    wheres: Words = frozenset()
    alongside: Words = frozenset()
    foiling: Words = frozenset()
    ahead: Words = frozenset()
    parting: Words = frozenset()
    charges: Words = frozenset()
    charged: Words = frozenset()
    truces: Words = frozenset()
    terms: Words = frozenset()
    proving: Words = frozenset()
    proofs: Words = frozenset()
    supposing: Words = frozenset()
    impossible: Words = frozenset()
    likely: Words = frozenset()
    designating: Words = frozenset()
    located: Words = frozenset()
    body_parts: Words = frozenset()
    body_sides: Words = frozenset()
    to_come: Words = frozenset()
    namely: Words = frozenset()
    copulas: Words = frozenset()
    one_of: Words = frozenset()
    seats: Words = frozenset()
    upheavals: Words = frozenset()
    states: Words = frozenset()
    starting: Words = frozenset()
    continuing: Words = frozenset()
    ending: Words = frozenset()
    opening: Words = frozenset()
    closing: Words = frozenset()
    negators: Words = frozenset()
    failing: Words = frozenset()
    failed: Words = frozenset()
    foiled: Words = frozenset()
    refusing: Words = frozenset()
    shunning: Words = frozenset()
    forbidding: Words = frozenset()
    preventing: Words = frozenset()
    denying: Words = frozenset()
    allowing: Words = frozenset()
    nearly: Words = frozenset()
    managing: Words = frozenset()
    even: Words = frozenset()
    existing: Words = frozenset()
    cancelling: Words = frozenset()
    acts: Words = frozenset()
    threatened: Words = frozenset()
    ifs: Words = frozenset()
    comparing: Words = frozenset()
    now: Words = frozenset()
    future: Words = frozenset()
    planning: Words = frozenset()
    possible: Words = frozenset()
    weighing: Words = frozenset()
    able: Words = frozenset()
    attending: Words = frozenset()
    receiving: Words = frozenset()
    arising: Words = frozenset()
    hearsay: Words = frozenset()
    conditions: Words = frozenset()
    implicative: Words = frozenset()
    purposes: Words = frozenset()
    anterior: Words = frozenset()
    earlier: Words = frozenset()
    taking_part: Words = frozenset()
    stages_of: Words = frozenset()
    until: Words = frozenset()
    since: Words = frozenset()
    best: Words = frozenset()
    equating: Words = frozenset()
    extending: Words = frozenset()
    meant: Words = frozenset()
    birth: Words = frozenset()
    feelings: Words = frozenset()
    thereupon: Words = frozenset()
    stages: Words = frozenset()
    instants: Words = frozenset()
    serving: Words = frozenset()
    sentencing: Words = frozenset()
    penalties: Words = frozenset()
    penalty_bounds: Words = frozenset()
    saying: Words = frozenset()
    reporting: Words = frozenset()
    according: Words = frozenset()
    uttering: Words = frozenset()
    likewise: Words = frozenset()
    whereas: Words = frozenset()
    anaphors: dict[str, EntityType] = Field(default_factory=dict)
    definite: dict[str, EntityType] = Field(default_factory=dict)
    demonstratives: Words = frozenset()
    indefinite: Words = frozenset()
    other: Words = frozenset()
    ordinals: Words = frozenset()

    # By identity: the cues of a language are read once, and hashing their content for each look-up would be slow.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @cached_property
    def undone(self) -> Words:
        """What is said of things that did not come about."""
        return self.failed | self.foiled

    @cached_property
    def of_course(self) -> Words:
        """Verbs that tell the course of what their noun says, or that it is undergone, planned or undone."""
        course = self.starting | self.continuing | self.ending | self.occurring
        return course | self.undergoing | self.failing | self.undone | self.planning

    @cached_property
    def opening_clause(self) -> Words:
        """What may open a clause that tells when, how long or why."""
        return self.aftermath | self.until | self.since | self.whiles

    @cached_property
    def being(self) -> Words:
        """Verbs that say what their subject is or becomes."""
        return self.copulas | (self.equating & self.becoming)

    @cached_property
    def telling(self) -> Words:
        """All verbs that tell what someone said."""
        return self.saying | self.reporting


@lru_cache(maxsize=8)
def load_cues(language: Language) -> Cues:
    """The cues of a language, empty for a language without an ``events`` section. Raises SettingsError."""
    return validate(Cues, language.section("events"), f"{language.path}, section events")


def is_in(token: Token, words: Words) -> bool:
    """True if the token's form, or its form without the clitic -nya, -lah, -kah, -pun, is in ``words``."""
    return has_form(token.lower_, words)


def has_form(text: str, words: Words) -> bool:
    """As ``is_in``, of a form in lower case."""
    return not words.isdisjoint(_forms(text))


@lru_cache(maxsize=1 << 16)
def _forms(text: str) -> tuple[str, ...]:
    """A word, and the same without each clitic that it may end in."""
    return (text, *(text.removesuffix(clitic) for clitic in ("nya", "lah", "kah", "pun") if text.endswith(clitic)))
