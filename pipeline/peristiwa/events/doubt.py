"""What is only asked, supposed or warned of, and what is dropped: "apakah ia ditangkap", "seandainya", "tidak jadi digelar"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.edges import CLITIC
from peristiwa.events.predicate import RELATIVE, voice
from peristiwa.events.tree import relation

if TYPE_CHECKING:
    from spacy.tokens import Doc

ASKED = frozenset({"apa", "ada", "benar", "mungkin"})
"""What stands before "kah" where it is asked whether; "apakah" is two words to the tokeniser."""


def is_asked(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True inside an embedded question: "Polisi belum tahu apakah ia ditangkap"; not of "apakah [serangan] itu sah"."""
    verb = doc[candidate.head if candidate.light_verb is None else candidate.light_verb]
    relative = any(child.lower_ == RELATIVE and child.i < verb.i for child in verb.children)
    if voice(verb) == "noun":
        return False
    for at in range(candidate.start - 1, verb.sent.start - 1, -1):
        asked = doc[at].lower_ == "kah" and doc[at - 1].lower_ in ASKED
        if asked or doc[at].lower_ == "apakah":  # "apakah ada korban yang tewas" asks after those that died
            return not relative or doc[at + 1].lower_ in cues.existing
        if doc[at].text in ',;:"“”' or doc[at].lower_ in ("seperti", "karena", "setelah"):
            return False
    return False


def is_supposed(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True in the clause that "seandainya" or "andaikata" opens: "Andaikata Budi ditangkap, …"."""
    for at in range(candidate.start - 1, doc[candidate.head].sent.start - 1, -1):
        clitic = doc[at + 1].lower_ == CLITIC
        if (doc[at].lower_ + CLITIC if clitic else doc[at].lower_) in cues.supposing:
            return True
        if doc[at].text in ',;:"“”':
            return False
    return False


def is_warned(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for the disaster that is warned of: "mencabut peringatan dini tsunami"."""
    before = [token.lower_ for token in doc[max(doc[candidate.head].sent.start, candidate.start - 2) : candidate.start]]
    return candidate.type == "DISASTER" and before == ["peringatan", "dini"]


def is_dropped(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for "Pemilu ulang tidak jadi digelar" and "Presiden tidak jadi berkunjung"; not for "tidak jadi presiden"."""
    here = doc[candidate.head if candidate.light_verb is None else candidate.light_verb]
    verb = here.head if voice(here) == "noun" and relation(here) == "nsubj" else here
    at = verb.i if verb.lower_ == "jadi" else verb.i - 1  # parsers take "jadi" for the verb
    if at <= verb.sent.start or at + 1 >= verb.sent.end or doc[at].lower_ != "jadi" or voice(doc[at + 1]) == "noun":
        return False
    return is_in(doc[at - 1], cues.negators)
