"""The clauses behind a trigger that could be its topic, each from its first to its last word.

A parser gives them in pieces: it makes the subject the object of the verb above, or hangs the last of three verbs there.
What is one clause is put together here, and what it is made of stands no more beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.extent import with_bracket
from peristiwa.events.predicate import BY, own_subjects, voice
from peristiwa.events.roles import Mentions, is_person
from peristiwa.events.tree import balanced, children, clause, phrase, relation, subtree

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

REACH = 14
"""Words behind a trigger in which a clause may begin."""
SUBJECT_REACH = 8
"""Words between the first of a clause's subject and its verb."""
CLAUSAL = frozenset({"ccomp", "xcomp", "advcl", "csubj", "parataxis", "acl"})
NAMED = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
BESIDE_VERB = frozenset({"AUX", "ADV", "PART"})
Span = tuple[int, int]


class Whole(NamedTuple):
    """A clause that is told in pieces: its first word, its verb, and the noun before it that tells what it is, if any."""

    start: int
    verb: int
    noun: int | None = None

    def covers(self, head: int) -> bool:
        """Whether a phrase headed there is a part of the clause before its verb."""
        return self.start <= head < self.verb


def find_clauses(doc: Doc, candidate: Candidate, cues: Cues) -> Iterator[tuple[Span, int]]:
    """Clauses to the right that could be a topic: by the tree, and from a complementizer to the next break."""
    sentence = doc[candidate.head].sent
    last = min(candidate.end + REACH, sentence.end)
    for at in range(candidate.end, last):
        token = doc[at]
        if relation(token) in CLAUSAL and token.pos_ in ("VERB", "ADJ", "AUX"):
            start, end = clause(token)
            start = max(start, candidate.end)
            start, end = balanced(doc, start, end)
            if end - start > 1:
                yield (start, end), at
        opens = token.lower_ in cues.complementizers
        verbal = token.pos_ in ("VERB", "AUX") and doc[at - 1].pos_ not in ("VERB", "AUX", "SCONJ")
        if opens or (verbal and not _has_told_subject(token, candidate)):
            first = at + 1 if opens else at
            for limit in _breaks(doc, first, sentence.end):
                start, end = balanced(doc, first, limit)
                if end - start > 1:
                    yield (start, end), start


def _breaks(doc: Doc, at: int, limit: int) -> list[int]:
    """Where a clause that starts at ``at`` may end: at the next comma, the next quotation mark, the end of the sentence."""
    found: list[int] = []
    for stop in range(at, limit):
        if doc[stop].text in (",", ";") and not found:
            found.append(stop)
        if doc[stop].text in ('"', "”"):
            return [*found, stop]
    return [*found, limit]


def _has_told_subject(verb: Token, candidate: Candidate) -> bool:
    """ "sepakat jika | Jakarta menjadi pusat ekonomi": behind its conjunction the clause begins with its subject."""
    marks = [mark.i for mark in children(verb, "mark") if candidate.end <= mark.i]
    return any(mark < subject.i < verb.i for mark in marks for subject in own_subjects(verb))


def find_whole(doc: Doc, candidate: Candidate, mentions: Mentions, cues: Cues) -> Whole | None:
    """The clause right behind a trigger whose subject a parser takes for its object."""
    return _told_by_noun(doc, candidate, cues) or _asked(doc[candidate.head], candidate, mentions, cues)


def _told_by_noun(doc: Doc, candidate: Candidate, cues: Cues) -> Whole | None:
    """ "membantah kabar | istri Presiden, Ani, telah membeli kalung": as with "bahwa" behind the noun."""
    noun, limit = candidate.end, min(candidate.end + 2 + SUBJECT_REACH, doc[candidate.head].sent.end)
    if noun + 2 >= limit or doc[noun].lower_ not in cues.contents or doc[noun + 1].pos_ not in NAMED:
        return None
    verb = next((at for at in range(noun + 2, limit) if doc[at].pos_ == "VERB"), None)
    if (
        verb is None
        or is_in(doc[verb], cues.telling | cues.concerning)
        or (relation(doc[verb]) == "conj" and doc[verb].head.i <= noun)
    ):
        return None
    last = verb - 1
    while doc[last].pos_ in BESIDE_VERB:
        last -= 1
    between = doc[noun + 1 : verb]
    parted = any(token.pos_ in ("SCONJ", "CCONJ") or token.lower_ == "yang" for token in between)
    marks = [token.text for token in between if token.pos_ == "PUNCT"]
    if parted or doc[last].pos_ == "ADP" or marks not in ([], [",", ","]):
        return None
    return Whole(noun + 1, verb, noun)


def _asked(head: Token, candidate: Candidate, mentions: Mentions, cues: Cues) -> Whole | None:
    """ "meminta | jalan di kota itu diperbaiki": a thing is asked for nothing, what shall be done to it is."""
    if voice(head) != "active" or not is_in(head, cues.controlling):
        return None
    for verb in children(head, "ccomp", "xcomp", "advcl"):
        subjects = own_subjects(verb) or children(head, "obj")
        if voice(verb) != "passive" or children(verb, "mark") or not subjects:
            continue
        subject = subjects[0]
        start = phrase(subject)[0]
        if not candidate.end <= start <= subject.i < verb.i <= start + SUBJECT_REACH or is_person(subject, mentions, cues):
            continue
        own = subtree(subject) | subtree(verb)
        if all(token.i in own and token.pos_ not in ("CCONJ", "PUNCT") for token in head.doc[start : verb.i]):
            return Whole(start, verb.i)
    return None


def mender(doc: Doc, candidate: Candidate, whole: Whole | None, cues: Cues) -> Callable[[Span], Span]:
    """What makes a clause whole: from its subject on, to the end of the list that it begins and of the bracket it opens."""

    def mend(span: Span) -> Span:
        start, end = span
        if whole is not None and whole.start - 1 <= start <= whole.verb < end:
            start = whole.start
        end = _with_list(doc, start, _before_agent(doc, start, end, candidate), candidate, cues)
        return start, with_bracket(doc, start, end)

    return mend


def _before_agent(doc: Doc, start: int, end: int, candidate: Candidate) -> int:
    """Where a clause ends before the agent of the passive above: "diminta | menghentikan mogok | oleh pemerintah"."""
    at = next((at for at in range(start + 1, end) if doc[at].lower_ == BY), None)
    if at is None or voice(doc[candidate.head]) != "passive":
        return end
    verb = doc[at].head.head
    return at if start <= verb.i < at and voice(verb) in ("active", "middle") else end


def _with_list(doc: Doc, start: int, end: int, candidate: Candidate, cues: Cues) -> int:
    """Where a clause ends with the last of three things to do: "menutup jendela, mematikan listrik | , dan segera mengungsi".

    Of two alone the second may as well be the trigger's equal ("meminta warga pergi dan menutup jalan").
    """
    head, limit = doc[candidate.head], doc[candidate.head].sent.end
    if not is_in(head, cues.controlling):
        return end
    members = 1 + sum(doc[at].text == "," and doc[at + 1].pos_ == "VERB" for at in range(start, end - 1))
    reached, joined = end, False
    while reached < limit and not joined and doc[reached].text == ",":
        at = reached + 1
        while at < limit and (doc[at].pos_ in BESIDE_VERB or doc[at].pos_ == "CCONJ"):
            joined = joined or doc[at].pos_ == "CCONJ"
            at += 1
        if at >= limit or doc[at].pos_ != "VERB" or voice(doc[at]) not in ("active", "middle") or own_subjects(doc[at]):
            return end
        if relation(doc[at]) != "conj":
            return end
        reached = clause(doc[at])[1]
        inside = any(token.pos_ == "CCONJ" for token in doc[at:reached])
        members, joined = members + 1 + inside, joined or inside
    return reached if joined and members > 2 else end
