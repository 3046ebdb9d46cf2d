"""What a bar on roles (``reach``) is told of a trigger and of what could be its arguments, and where relative clauses begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues
from peristiwa.events.predicate import RELATIVE
from peristiwa.events.proposals import Proposal
from peristiwa.events.roles import Mentions
from peristiwa.events.tree import relation
from peristiwa.events.view import once
from peristiwa.types import Role

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Roles = frozenset[Role]
Bar = tuple[Roles, Callable[[Proposal], bool]]
"""Some roles, and which proposals cannot have them."""

OF_CLAUSE: Roles = frozenset({"agent", "object", "recipient"})
"""Roles that a clause with a subject of its own shares with no other; a place, a time or a speaker may be told for both."""
AGENT: Roles = frozenset({"agent"})
PLACE: Roles = frozenset({"place"})
OBJECT: Roles = frozenset({"object"})
TIME: Roles = frozenset({"time"})
RECIPIENT: Roles = frozenset({"recipient"})
SOURCE: Roles = frozenset({"source"})
PLACING = frozenset({"di", "ke"})
"""Prepositions of a place, whatever it is."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A trigger and what could be its arguments; ``verb`` is the trigger's head, whatever its voice."""

    doc: Doc
    verb: Token
    candidate: Candidate
    proposals: Sequence[Proposal]
    mentions: Mentions
    cues: Cues


@once
def opener(verb: Token) -> int | None:
    """Where the "yang" of the relative clause stands that a verb heads."""
    if relation(verb) != "acl" or verb.head.i >= verb.i:
        return None
    return next((at for at in range(verb.i - 1, verb.head.i, -1) if verb.doc[at].lower_ == RELATIVE), None)
