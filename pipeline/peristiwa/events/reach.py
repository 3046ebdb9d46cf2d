"""Which roles a stretch of text cannot have for a trigger, because of the clauses that they stand in.

The table and the network of roles see words, paths and distances, and give a verb what stands near it: the subject of the
main clause to a verb of a relative clause, both subjects of a sentence to either verb. What the grammar rules out is told
here, as bars: some roles, and which proposals cannot have them. Each was measured alone (training/LOG.md).
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

from peristiwa.events import apposition, control, nouns, when_where
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import (
    BESIDE_VERB,
    BY,
    NOUNS,
    PHRASE,
    RELATIVE,
    agent_pronoun,
    new_clauses,
    new_subject,
    own_subjects,
    told_of,
    voice,
)
from peristiwa.events.proposals import Proposal
from peristiwa.events.roles import Mentions, acts, is_person
from peristiwa.events.scene import AGENT, OBJECT, OF_CLAUSE, PLACE, TIME, Bar, Roles, Scene, opener
from peristiwa.events.tree import (
    ancestors,
    children,
    conjuncts,
    first_conjunct,
    is_word,
    phrase,
    preposition,
    relation,
    subtree,
)
from peristiwa.types import Role

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

OF_ONESELF = frozenset({"APPOINT", "DISMISS", "DIE", "INJURE", "JOIN"})
"""Types of events whose object may be the subject of an active verb: "memegang jabatan", "mengakhiri hidupnya"."""
TO = "ke"
OF_CLAUSES = frozenset({"REJECT", "ACCUSE", "INVESTIGATE", "THREATEN", "AGREE"})
"""Types of events that a clause may be the topic of: "menolak mundur"."""


def barred(
    doc: Doc,
    candidate: Candidate,
    proposals: Sequence[Proposal],
    mentions: Mentions,
    cues: Cues,
    asked: Sequence[bool] | None = None,
) -> list[Roles]:
    """For each proposal the roles that it cannot have; of those that are not ``asked`` for, none is told."""
    scene = Scene(doc, doc[candidate.head], candidate, proposals, mentions, cues)
    bars = [bar for rule in RULES for bar in rule(scene)]
    wanted = repeat(True) if asked is None else asked
    return [
        frozenset[Role]().union(*(roles for roles, holds in bars if holds(proposal))) if want else frozenset()
        for proposal, want in zip(proposals, wanted, strict=False)
    ]


def _before_new_subject(scene: Scene) -> Iterator[Bar]:
    """ "65 negara meratifikasi dan 68 telah menandatangani": 65 sign nothing."""
    own = new_subject(scene.verb)
    if own is not None:
        yield AGENT, lambda p: p.head < own.i and p.end <= own.i
        yield OBJECT, lambda p: p.head in _about(first_conjunct(scene.verb))


def _beside_own_subject(scene: Scene) -> Iterator[Bar]:
    """ "Peck tinggal di Solo, dia meninggal pada 2008": he is named once."""
    verb, doc = scene.verb, scene.doc
    if relation(verb) != "parataxis":
        return
    opened = [s.i for s in own_subjects(verb) if s.i < verb.i and s.pos_ == "PRON" and doc[s.i - 1].text == ","]
    if opened:
        yield OF_CLAUSE, lambda p: p.end < opened[0]


def _in_other_clause(scene: Scene) -> Iterator[Bar]:
    """ "Tiga rumah terbakar | dan dua orang tewas"."""
    bounds = new_clauses(scene.verb.sent, scene.cues)
    if bounds:
        here = bisect(bounds, scene.candidate.start)
        yield OF_CLAUSE, lambda p: bisect(bounds, p.head) != here


def _outside_relative(scene: Scene) -> Iterator[Bar]:
    """ "Polisi memeriksa sopir yang menabrak Budi": of what stands before "yang" only the noun is meant, and its names.

    No time of the main clause is meant either where the relative clause tells its own.
    """
    verb = first_conjunct(scene.verb)
    opened = opener(verb)
    if opened is None:
        return
    below = subtree(verb)
    if any(p.time is not None and p.head in below and p.start > opened for p in scene.proposals):
        yield TIME, lambda p: p.time is not None and (p.head not in below or p.start < opened)
    if any(opened < subject.i < verb.i for subject in own_subjects(verb)):
        return
    noun = verb.head
    meant = {noun.i, *(member.i for child in children(noun, "nsubj", "appos", "conj") for member in conjuncts(child))}
    if (told := told_of(noun, scene.cues)) is not None:
        meant.add(told.i)
    above, paused = noun, scene.doc[opened - 1].text == ","
    while relation(above) in ("appos", "conj", "flat", "nmod", "compound"):
        if relation(above) == "appos" and not paused:
            break  # "Ratna, pilot yang menabrak menara": told of the pilot
        above = above.head
        meant.add(above.i)
        if not paused:
            break
    end = opened
    while end > noun.i and not is_word(scene.doc[end - 1]):
        end -= 1
    yield OF_CLAUSE, lambda p: p.end <= opened and p.end < end and not any(p.start <= one < p.end for one in meant)


def _agent_in_relative(scene: Scene) -> Iterator[Bar]:
    """ "Tim yang dipimpin oleh Ipda Joko mengevakuasi korban": who leads the team is told of the relative clause alone."""
    doc, verb = scene.doc, scene.verb
    if voice(verb) == "noun":
        return
    here = {verb.i, *(above.i for above in ancestors(verb))}

    def holds(proposal: Proposal) -> bool:
        token = doc[proposal.head]
        above = token.head
        if proposal.end > scene.candidate.start:
            return False
        if _is_guessed(doc, proposal.start, scene.cues) or _is_passive_by(doc, proposal, scene):
            return True
        if above.i >= token.i or above.i in here:
            return False
        return voice(above) == "passive" and opener(above) is not None and _stands_bare(token)

    yield OF_CLAUSE, holds


def _is_passive_by(doc: Doc, proposal: Proposal, scene: Scene) -> bool:
    """Whether a pronoun does what a relative clause tells before the trigger: "pemerintah yang [saya] pimpin menerbitkan"."""
    at, behind = proposal.start, proposal.end
    if doc[at - 1].lower_ != RELATIVE or behind != at + 1 or doc[at].lower_ not in scene.cues.pronouns:
        return False
    return behind < scene.candidate.start and agent_pronoun(doc[behind], scene.cues) is not None


def _is_guessed(doc: Doc, start: int, cues: Cues) -> bool:
    """Whether a phrase says what someone is thought to be: "orang yang diduga (merupakan) | penyidik KPK"."""
    at = start - 1 if start and doc[start - 1].lower_ not in cues.copulas else start - 2
    return at > 0 and is_in(doc[at], cues.possible) and doc[at - 1].lower_ == RELATIVE


def _stands_bare(token: Token) -> bool:
    """Whether a phrase is without preposition, or that of an agent: "dipimpin (oleh) Ipda Joko"."""
    opened = preposition(token)
    return opened is None or opened.lower_ == BY


def _object_of_relative(scene: Scene) -> Iterator[Bar]:
    """ "Pria yang membunuh istrinya ditangkap": the object of a relative clause before the verb is none of the verb."""

    def holds(proposal: Proposal) -> bool:
        if proposal.end > scene.candidate.start:
            return False
        token = scene.doc[proposal.head]
        above = token.head
        return relation(token) == "obj" and above.i < token.i and above.i != scene.verb.i and opener(above) is not None

    if voice(scene.verb) != "noun":
        yield OF_CLAUSE, holds


def _behind_next_verb(scene: Scene) -> Iterator[Bar]:
    """ "Ia wafat pada 1962 dan dimakamkan di Kalibata": the place is that of the burial. "Ia lahir dan besar di Solo": of both.

    A time behind the next verb is that verb's where the trigger has one of its own.
    """
    verb, doc = scene.verb, scene.doc
    if voice(verb) == "noun":
        return
    following = [other for other in children(verb, "conj") if other.i > verb.i and voice(other) != "noun"]
    joints = [
        child.i for other in following for child in other.children if verb.i < child.i < other.i and child.pos_ == "CCONJ"
    ]
    yield from _onward(scene)
    if not joints:
        return
    joint = min(joints)
    if any(p.time is not None and p.end <= joint for p in scene.proposals):
        yield TIME, lambda p: p.time is not None and p.start > joint
    if any(is_word(token) for token in doc[scene.candidate.end : joint]):
        yield PLACE, lambda p: p.time is None and p.start > joint


def _done_by_later(scene: Scene) -> Iterator[Bar]:
    """ "Stasiun itu dibangun pada 1921 dan diresmikan oleh Fock": he opened it. "Dirancang dan dibangun oleh Fock": both.

    Nor has a happening before it part of it: "melanjutkan perlawanan hingga dibunuh oleh Belanda"; but "Serangan itu terjadi
    pada 1921, dilakukan oleh Belanda".
    """
    doc, verb, end = scene.doc, scene.verb, scene.candidate.end
    above_verb = {verb.i, *(above.i for above in ancestors(verb))}
    noun = voice(verb) == "noun"

    def holds(proposal: Proposal) -> bool:
        token = doc[proposal.head]
        later = token.head
        if not end < later.i < proposal.start or later.i in above_verb or voice(later) != "passive" or not _stands_bare(token):
            return False
        first = first_conjunct(later)
        told = first if relation(later) == "conj" else later.head
        if opener(first) is not None or (noun and any(verb.i == part for part in _about(told))):
            return False
        joints = [child.i for child in children(later, "cc", "mark", "punct") if end <= child.i < later.i]
        return bool(joints) and (noun or any(is_word(between) for between in doc[end : joints[0]]))

    yield AGENT, holds


def _about(verb: Token) -> set[int]:
    """What stands in the subjects of a verb."""
    return {part for subject in own_subjects(verb) for part in subtree(subject)}


def _onward(scene: Scene) -> Iterator[Bar]:
    """ "Ia dibawa ke Solo, dirujuk ke Yogyakarta": behind a comma and another verb stands where that led."""
    verb, doc, limit = scene.verb, scene.doc, scene.verb.sent.end
    comma = next((at for at in range(scene.candidate.end, limit) if doc[at].text == ","), limit)
    onward = next(
        (at for at in range(comma + 1, limit) if doc[at].pos_ != "ADV" and doc[at].lower_ not in scene.cues.thereupon), limit
    )
    if onward == limit or doc[onward].pos_ != "VERB" or doc[onward].head.i != verb.i:
        return
    if any(is_word(doc[at]) for at in range(scene.candidate.end, comma)):
        yield PLACE, lambda p: p.start > onward


def _object_of_first(scene: Scene) -> Iterator[Bar]:
    """ "Polisi menangkap Budi serta menyita dua senjata": Budi seizes nothing."""
    verb = scene.verb
    first = first_conjunct(verb)
    if first.i >= verb.i or own_subjects(verb) or {voice(verb), voice(first)} != {"active"}:
        return
    objects = [token.i for token in children(first, "obj", "iobj") if first.i < token.i < verb.i]
    yield AGENT, lambda p: p.end <= scene.candidate.start and any(p.start <= one < p.end for one in objects)


def _does_it(scene: Scene) -> Iterator[Bar]:
    """ "Hakim yang memvonis terdakwa dimutasi": who does it to another is not whom it is done to."""
    verb, candidate = scene.verb, scene.candidate
    passive_in_sense = is_in(verb, scene.cues.undergoing) or is_in(verb, scene.cues.becoming)
    passive_in_sense = passive_in_sense and not is_in(verb, scene.cues.replacing)  # "Aturan itu menggantikan aturan lama"
    if voice(verb) != "active" or candidate.type in OF_ONESELF or passive_in_sense:
        return
    if not any(child.i >= candidate.end for child in children(verb, "obj")):
        return
    first = verb if own_subjects(verb) else first_conjunct(verb)
    does = {subject.i for subject in own_subjects(first) if subject.i < first.i}
    if not does and opener(first) is not None:
        noun = first.head
        does = {noun.i, *(subject.i for subject in own_subjects(noun))}
        does |= {noun.head.i} if relation(noun) in ("appos", "conj") else set()
        does |= {told.i} if (told := told_of(noun, scene.cues)) is not None else set()
    if first.i != verb.i and voice(first) != "active":
        return
    yield OBJECT, lambda p: p.head in does


def _before_subordinate(scene: Scene) -> Iterator[Bar]:
    """ "Warga mengungsi sebelum Israel menyerang Gaza": a clause with a subject of its own takes none from before it."""
    verb = scene.verb
    marks = [mark.i for mark in children(verb, "mark") if mark.i < verb.i]
    if relation(verb) == "advcl" and marks and any(marks[0] < subject.i < verb.i for subject in own_subjects(verb)):
        yield OF_CLAUSE, lambda p: p.end <= marks[0]
    elif (opened := _opened_clause(scene)) is not None:
        yield OF_CLAUSE, lambda p: p.end <= opened


def _understood(scene: Scene) -> Iterator[Bar]:
    """ "Pemuda itu ditusuk temannya saat berkunjung ke Depok": behind a passive it is about whom that is done to."""
    verb = scene.verb
    above, marks = verb.head, [mark for mark in children(verb, "mark") if mark.i < verb.i]
    if relation(verb) != "advcl" or not marks or above.i > verb.i or voice(above) != "passive" or own_subjects(verb):
        return
    if any(is_person(subject, scene.mentions, scene.cues) for subject in own_subjects(above)):
        does = {child.i for child in children(above, "obl", "obj") if above.i < child.i < verb.i and _stands_bare(child)}
        yield OF_CLAUSE, lambda p: p.head in does


def _watched(scene: Scene) -> Iterator[Bar]:
    """ "Petugas melihat kapal itu tenggelam dan menyelamatkan awaknya": a thing that is seen saves nobody."""
    verb = scene.verb
    first = first_conjunct(verb)
    if relation(first) != "ccomp" or first.i >= verb.i or own_subjects(verb) or voice(verb) != "active":
        return
    watching = [subject for subject in own_subjects(first.head) if subject.i < first.head.i < first.i]
    things = {s.i for s in own_subjects(first) if not (is_person(s, scene.mentions, scene.cues) or acts(s, scene.cues))}
    if (
        voice(first) != "active"
        and voice(first.head) == "active"
        and any(is_person(subject, scene.mentions, scene.cues) for subject in watching)
    ):
        yield AGENT, lambda p: p.head in things


def _opened_clause(scene: Scene) -> int | None:
    """Where a clause opens that is but a noun and the verb: "Kapal itu tenggelam | setelah kaptennya meninggal".

    Parsers take the noun for an adverbial of the verb before. Where a subject stands right before it, it is one: "Budi usai
    sidang ditahan".
    """
    doc, verb, cues = scene.doc, scene.verb, scene.cues
    if voice(verb) == "noun":
        return None
    at, first = scene.candidate.start - 1, verb.sent.start
    while at > first and doc[at].pos_ in BESIDE_VERB:
        at -= 1
    last = at
    while at > first and doc[at].pos_ in PHRASE and doc[at].lower_ not in cues.opening_clause:
        at -= 1
    if at == last or at <= first or doc[at].lower_ not in cues.opening_clause:
        return None
    told = any(doc[before].pos_ == "VERB" and opener(doc[before]) is None for before in range(first, at))
    shared = any(phrase(subject)[1] == at for subject in own_subjects(verb))
    return at if told and not shared else None


def _own_target(scene: Scene) -> Iterator[Bar]:
    """ "Tiga tentara tewas dalam serangan terhadap pos itu": what the attack is on is told, the dead are not its object."""
    noun = scene.verb
    if voice(noun) != "noun":
        return
    targets = [child for child in children(noun, "nmod", "obl") if child.i > noun.i]
    if any(case.lower_ == "terhadap" for child in targets for case in children(child, "case")):
        below = subtree(noun)
        yield OBJECT, lambda p: p.head not in below


def _cause(scene: Scene) -> Iterator[Bar]:
    """ "Kematian dua mahasiswa memicu unjuk rasa": what a happening came of takes no part in it."""
    noun = first_conjunct(scene.verb)
    verb = noun.head
    if voice(noun) == "active" or not is_in(verb, scene.cues.triggering):
        return
    if voice(verb) == "active" and relation(noun) == "obj":
        yield AGENT, lambda p: p.end <= verb.i
    elif voice(verb) == "passive" and relation(noun) == "nsubj":
        yield AGENT, lambda p: p.start > verb.i


def _target_at(scene: Scene) -> Iterator[Bar]:
    """ "Warga melempari polisi dalam unjuk rasa itu": the police take no part. "Ditangkap dalam unjuk rasa": who took part."""
    noun = scene.verb
    verb = noun.head
    if not any(case.lower_ in scene.cues.meanwhile for case in children(noun, "case", "mark")):
        return
    if voice(noun) != "noun" or relation(noun) != "obl" or voice(verb) != "active" or is_in(verb, scene.cues.blaming):
        return
    if own_subjects(verb):
        objects = {child.i for child in children(verb, "obj") if verb.i < child.i < noun.i}
        yield AGENT, lambda p: p.head in objects


def _inverted(scene: Scene) -> Iterator[Bar]:
    """ "Di Solo ditangkap seorang pengedar": he caught nobody."""
    verb = scene.verb
    if voice(verb) == "passive":
        yield AGENT | {"topic"}, lambda p: p.start > verb.i and "patient" in p.slots


def _before_main(scene: Scene) -> Iterator[Bar]:
    """ "Agar pelaku tidak kabur, polisi menembak kakinya": what opens a sentence is a clause with a subject of its own."""
    doc, sentence, trigger = scene.doc, scene.verb.sent, scene.candidate.start
    if doc[sentence.start].lower_ not in scene.cues.purposes:
        return
    verb = next((at for at in range(sentence.start, trigger) if doc[at].pos_ == "VERB"), trigger)
    comma = next((at for at in range(verb, trigger) if doc[at].text == ","), None)
    if comma is not None and any(doc[at].pos_ in NOUNS for at in range(comma, trigger)):
        yield OF_CLAUSE, lambda p: p.end <= comma


def _of_complement(scene: Scene) -> Iterator[Bar]:
    """ "Jerman menolak menandatangani perjanjian itu": what it refuses is told whole."""
    verb, cues = scene.verb, scene.cues
    if scene.candidate.type not in OF_CLAUSES or voice(verb) == "noun":
        return
    told = [child for child in children(verb, "xcomp", "ccomp") if child.i > verb.i and voice(child) == "active"]
    inner = {part.i for child in told if not is_in(child, cues.being) for part in children(child, "obj") if part.i > child.i}
    yield OBJECT | {"topic"}, lambda p: p.kind == "phrase" and p.head in inner


RULES: tuple[Callable[[Scene], Iterator[Bar]], ...] = (
    _before_new_subject,
    _beside_own_subject,
    _in_other_clause,
    _outside_relative,
    _object_of_relative,
    _behind_next_verb,
    _done_by_later,
    _object_of_first,
    nouns.response,
    nouns.party,
    nouns.of_party,
    nouns.represented,
    control.controller,
    _inverted,
    _before_main,
    _of_complement,
    control.planned,
    control.denied,
    _does_it,
    control.forced_by,
    control.who_asks,
    control.who_is_not_asked,
    control.who_is_blamed,
    _before_subordinate,
    _understood,
    _watched,
    apposition.before_verb,
    when_where.lowest_place,
    when_where.lowest_time,
    when_where.above_relative,
    when_where.own_clause,
    when_where.before_next,
    when_where.before_main_goes_on,
    when_where.of_effect,
    when_where.in_relative,
    when_where.before_relative,
    when_where.in_adverbial,
    when_where.in_topic,
    when_where.sentence_length,
    when_where.life,
    when_where.compared,
    when_where.beside,
    when_where.before_and_after,
    when_where.each_its_own,
    when_where.charged,
    when_where.of_body,
    _agent_in_relative,
    _own_target,
    _cause,
    _target_at,
    apposition.explained,
    apposition.identified,
    apposition.defined,
    apposition.named_after,
    nouns.of_feeling,
    nouns.in_relative,
    nouns.received,
    nouns.joined,
    nouns.done_by_other,
    nouns.done_by,
    nouns.with_object,
    nouns.nowhere,
)
