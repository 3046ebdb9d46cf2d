"""What is only asked, supposed, warned of or able to come, and what is dropped or wanting: "apakah ia ditangkap"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.context import word_after
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.edges import CLITIC
from peristiwa.events.factuality import RESTRICTORS
from peristiwa.events.predicate import RELATIVE, voice
from peristiwa.events.tree import children, first_conjunct, relation
from peristiwa.types import Modality

if TYPE_CHECKING:
    from spacy.tokens import Doc

GIVEN = frozenset({"CALL", "ACCUSE", "REJECT", "THREATEN", "SUPPORT", "CONVICT", "DIE", "INJURE", "DISASTER", "ACCIDENT"})
"""Types of events whose noun tells a fact that is considered: "mempertimbangkan usulan DPR"."""
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


def chance(doc: Doc, candidate: Candidate, cues: Cues) -> Modality | None:
    """What cannot be is negated ("Mustahil polisi menangkapnya", "Tidak mungkin tentara menyerang"), what may well be possible
    ("Bukan tidak mungkin …", "Tidak mustahil …"); None where neither is said."""
    verb = doc[candidate.head if candidate.light_verb is None else candidate.light_verb]
    first = verb.sent.start
    if voice(verb) == "noun":
        return None
    for at in range(min(verb.i, candidate.start) - 1, first - 1, -1):
        token = doc[at]
        negators = [before for before in doc[max(first, at - 2) : at] if is_in(before, cues.negators)]
        if token.lower_ in cues.impossible:
            return "possible" if negators else "negated"
        if token.lower_ in cues.likely and negators:
            return "possible" if len(negators) > 1 else "negated"
        if token.pos_ in ("VERB", "CCONJ") or token.lower_ == RELATIVE or token.text in ',;:"“”':
            return None
    return None


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


def is_weighed(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for what is only considered: "mempertimbangkan mogok kerja", "menjajaki kerja sama".

    Not for what is considered because it is a fact: "mempertimbangkan permintaan warga", "mempertimbangkan serangan itu".
    """
    told = doc[candidate.head if candidate.light_verb is None else candidate.light_verb]
    first = first_conjunct(told)
    above, marks = first.head, {mark.lower_ for mark in children(first, "mark")}
    complement = relation(first) in ("obj", "xcomp", "ccomp") or (relation(first) == "advcl" and bool(marks))
    if not complement or above.i >= first.i or not marks <= {"untuk"} or not is_in(above, cues.weighing):
        return False
    after = word_after(doc, candidate.end - 1)
    pointed = after is not None and after.lower_ in cues.demonstratives
    return voice(told) != "noun" or (candidate.type not in GIVEN and not pointed)


def is_able_to_come(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for "Banjir bisa saja terjadi", "berpotensi memicu tsunami"; not for "kecelakaan itu bisa terjadi"."""
    noun = doc[candidate.head]
    after = word_after(doc, candidate.end - 1)
    pointed = noun.lower_.endswith("nya") or (after is not None and after.lower_ in cues.demonstratives)
    if voice(noun) != "noun" or pointed:
        return False
    subject = relation(noun) == "nsubj" and noun.i < noun.head.i
    if not subject and relation(noun) != "obj":
        return False
    wanted = cues.arising if subject else cues.triggering
    verbs = (noun.head, *(children(noun.head, "xcomp", "ccomp") if subject and is_in(noun.head, cues.able) else ()))
    for verb in (one for one in verbs if is_in(one, wanted)):
        at = verb.i - 1
        while at > verb.sent.start and doc[at].lower_ in (*RESTRICTORS, "juga", "kembali"):
            at -= 1
        if at >= verb.sent.start and is_in(doc[at], cues.able):
            return at == verb.sent.start or not is_in(doc[at - 1], cues.negators)
    return False


def is_wanting(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for "berakhir tanpa kesepakatan", "tanpa kata sepakat"; not for "Tanpa serangan itu, ..." nor "bukan tanpa"."""
    after = word_after(doc, candidate.end - 1)
    first = doc[candidate.head].sent.start
    if voice(doc[candidate.head]) not in ("noun", "middle") or (after is not None and after.lower_ in cues.demonstratives):
        return False
    at = candidate.start - 1
    while at > first and (doc[at].lower_ in cues.existing or doc[at].lower_ == "kata"):
        at -= 1
    without = at >= first and doc[at].lower_ == "tanpa"
    return without and not (at > first and is_in(doc[at - 1], cues.negators))


def is_dropped(doc: Doc, candidate: Candidate, cues: Cues) -> bool:
    """True for "Pemilu ulang tidak jadi digelar" and "Presiden tidak jadi berkunjung"; not for "tidak jadi presiden"."""
    here = doc[candidate.head if candidate.light_verb is None else candidate.light_verb]
    verb = here.head if voice(here) == "noun" and relation(here) == "nsubj" else here
    at = verb.i if verb.lower_ == "jadi" else verb.i - 1  # parsers take "jadi" for the verb
    if at <= verb.sent.start or at + 1 >= verb.sent.end or doc[at].lower_ != "jadi" or voice(doc[at + 1]) == "noun":
        return False
    return is_in(doc[at - 1], cues.negators)
