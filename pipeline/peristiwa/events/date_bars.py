"""Times that stand beside an event and do not tell when it was: a frame of comparison, the end of what is extended.

"gempa terkuat sejak 1906" was not in 1906, and "memperpanjang mandat itu hingga 30 Juni" was done before that day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import RELATIVE
from peristiwa.events.tree import ancestors

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

ORDINAL = "ke-"
REACH = 16
"""Words before "sejak" among which the ordinal or superlative stands, and up to its copula."""
NEAR = 6
"""Words between "sejak" and the time in it: "sejak kemerdekaan negara itu pada | 1991"."""


def is_compared(doc: Doc, start: int, end: int, cues: Cues) -> bool:
    """Whether a time is what a rank is counted from: "banjir terbesar sejak 1953", "untuk pertama kalinya sejak 1965".

    Not where a span goes on from it ("presiden pertama sejak 1945 hingga 1967"), where its holder holds it since
    ("menjabat gubernur ke-3 sejak 2023"), nor where a verb stands between ("musim kedua disiarkan sejak Mei").
    """
    first = doc[start].sent.start
    if end < len(doc) and doc[end].lower_ in cues.until:
        return False
    opened = next((at for at in range(start - 1, max(first, start - NEAR) - 1, -1) if doc[at].lower_ in cues.since), None)
    if opened is None or any(doc[at].pos_ == "VERB" or doc[at].text == "," for at in range(opened, start)):
        return False
    verb = False
    for at in range(opened - 1, max(first, opened - REACH) - 1, -1):
        token = doc[at]
        if token.text in ",;:":
            return False
        ordinal = token.lower_ in cues.ordinals or token.lower_ == "pertama" or token.lower_.startswith(ORDINAL)
        if is_in(token, cues.best) or ordinal:
            closed = doc[at + 1].lower_ in cues.demonstratives  # "memimpin partai terbesar itu sejak 2004"
            alone = not ordinal or "kali" in (doc[at - 1].lower_, doc[at + 1].lower_)
            return not closed and ((alone and not verb) or _is_equated(doc, at, first, cues))
        if is_in(token, cues.becoming) or (token.pos_ == "VERB" and not _is_relative(doc, at, first)):
            return False
        verb = verb or token.pos_ == "VERB"
    return False


def _is_relative(doc: Doc, verb: int, first: int) -> bool:
    """Whether "yang" opens the clause of a verb: "gempa terkuat yang | melanda negara itu"."""
    for at in range(verb - 1, max(first, verb - NEAR) - 1, -1):
        if doc[at].lower_ == RELATIVE:
            return True
        if doc[at].pos_ == "VERB":
            return False
    return False


def _is_equated(doc: Doc, rank: int, first: int, cues: Cues) -> bool:
    """Whether a phrase of rank is what something is said to be: "merupakan | kunjungan pertama"."""
    for at in range(rank - 1, max(first, rank - REACH) - 1, -1):
        token = doc[at]
        if token.lower_ in cues.equating:
            return True
        if token.pos_ == "VERB" or token.text in ",;:" or token.lower_ in cues.copulas:
            return False
    return False


def is_extended(doc: Doc, anchor: Token, start: int, cues: Cues) -> bool:
    """Whether something is to hold up to the time that begins at ``start``: "memperpanjang mandat itu hingga 30 Juni"."""
    first = doc[start].sent.start
    if start == first or doc[start - 1].lower_ not in cues.until:
        return False
    left = next((doc[at] for at in range(start - 1, first - 1, -1) if doc[at].pos_ == "VERB"), None)
    above = next((token for token in ancestors(anchor) if token.pos_ == "VERB"), None)
    return any(verb is not None and verb.i < start and is_in(verb, cues.extending) for verb in (left, above))
