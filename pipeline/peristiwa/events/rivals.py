"""Two stretches before a verb of which one alone can be its subject: "Pemuda itu ditusuk temannya saat [berkunjung]".

The table and the network of roles weigh each by itself, and where the subject stands in the clause above they often find
the other noun of that clause as likely. What is coordinated is one subject.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues
from peristiwa.events.predicate import voice
from peristiwa.events.proposals import Proposal
from peristiwa.events.scene import AGENT, OBJECT
from peristiwa.events.tree import first_conjunct
from peristiwa.types import Role

if TYPE_CHECKING:
    from spacy.tokens import Doc

OF_SUBJECT = AGENT | OBJECT
"""The roles that a subject has."""


def rivals_of(doc: Doc, candidate: Candidate, cues: Cues) -> Callable[[Role, Proposal, Proposal], bool]:
    """Whether two proposals cannot both have a role: one subject is all that a verb has before it."""
    verbal = voice(doc[candidate.head]) != "noun"

    def rivals(role: Role, one: Proposal, other: Proposal) -> bool:
        left, right = sorted((one, other), key=lambda p: p.start)
        if not verbal or role not in OF_SUBJECT or right.end > candidate.start:
            return False
        same = first_conjunct(doc[left.head]).i == first_conjunct(doc[right.head]).i
        return not same and not _joined(doc, left.end, right.start, cues)

    return rivals


def _joined(doc: Doc, start: int, end: int, cues: Cues) -> bool:
    """Whether what stands between two phrases makes them one list: "dan", a comma, "bersama"."""
    between = doc[start:end]
    return len(between) > 0 and (between[-1].pos_ == "CCONJ" or between[-1].text == "," or between[0].lower_ in cues.alongside)
