"""Arguments that the grammar is sure of, where the model has seen too few such sentences to give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from peristiwa.events.arguments import find_fillers
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.extent import before_preposition
from peristiwa.events.predicate import voice
from peristiwa.events.roles import Mentions
from peristiwa.events.tree import first_conjunct
from peristiwa.types import Argument, Role

if TYPE_CHECKING:
    from spacy.tokens import Doc

SURE: Mapping[str, Role] = {"subject.noun": "agent", "object": "object", "patient": "object"}
"""The roles of what fills a slot for sure (``fillers``)."""


def with_sure(
    doc: Doc, candidate: Candidate, arguments: Sequence[Argument], mentions: Mentions, cues: Cues
) -> Sequence[Argument]:
    """The arguments, and besides the object behind a passive or beside a second place, and who takes part.

    "Dari Jambi ditangkap [dua hakim]", "membangun benteng di Solo dan [istana] di Medan", "[Remaja] yang terlibat tawuran".
    """
    roles = [argument.role for argument in arguments]
    inverted = voice(doc[candidate.head]) == "passive" and "object" not in roles
    gapped = "object" in roles and roles.count("place") > 1
    joins = "agent" not in roles and is_in(first_conjunct(doc[candidate.head]).head, cues.joining)
    if not (inverted or gapped or joins):
        return arguments
    told = [(filler.slot, filler.token) for filler in find_fillers(doc, candidate, cues) if filler.sure]
    found = [mentions.argument(SURE[slot], *before_preposition(token, mentions, cues)) for slot, token in told]
    known = [argument for argument in arguments if argument.role != "source"]
    new = [one for one in found if all(one.start >= other.end or other.start >= one.end for other in known)]
    return sorted([*arguments, *new], key=lambda a: (a.start, a.end, a.role))
