"""Which times and places a trigger cannot have: one belongs to the lowest clause that holds it (bars of ``reach``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.date_bars import (
    charging_verb,
    is_act,
    is_compared,
    is_designated,
    is_end,
    is_of_charge,
    is_outside,
    is_term,
)
from peristiwa.events.date_clues import life_around
from peristiwa.events.date_given import counted_from, year_of_name
from peristiwa.events.predicate import own_subjects, voice
from peristiwa.events.proposals import Proposal
from peristiwa.events.roles import Mentions, is_person
from peristiwa.events.scene import PLACE, PLACING, TIME, Bar, Scene, opener
from peristiwa.events.tree import DASHES, ancestors, children, first_conjunct, preposition, relation, subtree
from peristiwa.events.view import once

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

BESIDE = 3
"""Words before a length in which the day stands that it counts from: "Pada 3 Mei, atau | tiga hari setelah gempa"."""
WHEN_WHERE = TIME | PLACE
YEAR, MONTH = len("2019"), len("2019-05")
PART = "bagian"
CLAUSAL = frozenset({"xcomp", "ccomp", "advcl"})
SAID = frozenset({"CALL", "ACCUSE", "REJECT", "THREATEN", "SUPPORT", "AGREE", "ADOPT"})
"""Types of events whose topic is what shall be done: "sepakat menarik pasukan pada 1 Agustus"."""


@once
def _opened_at(head: Token, mentions: Mentions, cues: Cues) -> int | None:
    """Where begins what ``head`` heads, if that may tell a time and a place of its own; else None.

    A relative clause, and what a word of time opens: "yang digelar di Bali", "setelah bertemu di Praha", "usai aksi di Malang".
    """
    opened = opener(head)
    if opened is not None or relation(head) not in ("advcl", "obl", "nmod") or mentions.time_at(head) is not None:
        return opened
    marks = [child for child in children(head, "mark", "case", "advmod") if child.i < head.i]
    return next((mark.i for mark in marks if mark.lower_ in cues.meanwhile), None)


@once
def _clause_of(token: Token, mentions: Mentions, cues: Cues) -> int | None:
    """The head of the lowest such clause or phrase that a word stands in; None in the main clause."""
    for above in (token, *ancestors(token)):
        opened = _opened_at(above, mentions, cues)
        if opened is not None and opened < token.i:
            return above.i
    return None


def lowest_place(scene: Scene) -> Iterator[Bar]:
    """ "Ia ditahan di Surabaya usai unjuk rasa di Malang": a place belongs to the lowest clause that holds it.

    Where the event's own clause tells none, it may share another's: "ditangkap dalam unjuk rasa di Makassar".
    """
    others = _of_other_clauses(scene, [p.head for p in scene.proposals if _is_place(scene, p)])
    yield PLACE, lambda p: p.head in others and p.time is None


def lowest_time(scene: Scene) -> Iterator[Bar]:
    """The same of days: "Ia bertemu menteri pada 2 Juni, sebelum berunding pada 5 Juni"; not of those that a comma parts."""
    times, doc = scene.mentions.times, scene.doc
    dated = [p for p in scene.proposals if p.time is not None and (times[p.time].value or "")[:1].isdigit()]
    others = _of_other_clauses(scene, [p.head for p in dated])
    trigger = scene.candidate.start
    yield TIME, lambda p: p.time is not None and p.head in others and (doc[p.start - 1].text != "," or p.start < trigger)


def above_relative(scene: Scene) -> Iterator[Bar]:
    """ "Menteri yang mengesahkan aturan itu mundur pada Rabu": on Wednesday he goes; nobody knows when he passed the rule.

    What is said to occur is told with its outcome: "Serangan yang menewaskan dua orang itu terjadi pada Rabu".
    """
    verb = scene.verb
    clause = next((above for above in (verb, *ancestors(verb)) if (opener(above) or verb.i) < verb.i), None)
    if clause is None:
        return
    main = next((above for above in ancestors(clause.head) if above.i > scene.candidate.start), None)
    cues = scene.cues
    if main is None or is_in(main, cues.occurring) or is_in(main, cues.located) or _does_harm(clause, main, scene):
        return
    own = subtree(clause)
    yield WHEN_WHERE, lambda p: p.start > main.i and p.head not in own


def own_clause(scene: Scene) -> Iterator[Bar]:
    """ "Pada 1832 Musa diangkat dan ia wafat pada 1840": where each of two clauses tells a day, neither has the other's."""
    verb, times = scene.verb, scene.mentions.times
    days = {at for at, time in enumerate(times) if time.type == "DATE" and (time.value or "")[:1].isdigit()}
    dated = [p for p in scene.proposals if p.time is not None and p.time in days]
    if len(dated) < 2:
        return
    below = subtree(verb)
    first = first_conjunct(verb)
    joint = _joint(verb) if first.i < verb.i else None
    if joint is not None and any(p.start > joint and p.head in below for p in dated):
        yield TIME, lambda p: p.time is not None and p.end <= joint
    following = [other for other in children(first, "conj") if other.i > verb.i]
    nxt = next((at for other in following if (at := _joint(other)) is not None), None)
    if nxt is not None and any(p.end <= nxt for p in dated):
        yield TIME, lambda p: p.time is not None and p.start > nxt


def before_next(scene: Scene) -> Iterator[Bar]:
    """ "Hatta berangkat dan pada 1926 terpilih": what stands between a conjunction and a verb is of that alone."""
    verb = scene.verb
    if voice(verb) == "noun":
        return
    for other in children(verb, "conj"):
        joints = [cc.i for cc in children(other, "cc") if verb.i < cc.i < other.i]
        if voice(other) != "noun" and joints and not own_subjects(other):
            yield WHEN_WHERE, partial(_stands_between, joints[0], other.i)


def before_main_goes_on(scene: Scene) -> Iterator[Bar]:
    """ "Ia ditembak karena mencoba kabur dan dirawat di Solo": where the passive goes on is no place of what he did between.

    Parsers hang the second passive from either verb before it.
    """
    verb = scene.verb
    if voice(verb) not in ("active", "middle") or relation(verb) not in ("advcl", "xcomp"):
        return
    clause = next((above for above in (verb, *ancestors(verb)) if relation(above) == "advcl" and above.i > above.head.i), None)
    if clause is None or voice(clause.head) != "passive":
        return
    for other in [*children(clause.head, "conj"), *children(clause, "conj")]:
        joint = next((cc.i for cc in children(other, "cc") if verb.i < cc.i < other.i), None)
        if joint is not None and voice(other) == "passive" and not own_subjects(other):
            yield WHEN_WHERE, partial(_stands_between, joint, verb.sent.end)


def of_effect(scene: Scene) -> Iterator[Bar]:
    """ "Penembakan di Bekasi itu memicu unjuk rasa di Bandung": to the cause and to what came of it the place told of each."""
    noun = first_conjunct(scene.verb)
    verb = noun.head
    if voice(noun) != "noun" or not is_in(verb, scene.cues.triggering) or voice(verb) != "active":
        return
    if relation(noun) == "nsubj" and noun.i < verb.i:
        yield PLACE, lambda p: p.start > verb.i
    elif relation(noun) == "obj" and any(_is_place(scene, p) and p.start > noun.i for p in scene.proposals):
        yield PLACE, lambda p: p.end <= verb.i


def _stands_between(left: int, right: int, proposal: Proposal) -> bool:
    """Whether a proposal stands between two tokens."""
    return left < proposal.start and proposal.end <= right


def _joint(verb: Token) -> int | None:
    """Where the conjunction or the comma stands that joins a verb to the one before."""
    heads = [verb, *(subject for subject in own_subjects(verb) if subject.i < verb.i)]
    found = [child.i for head in heads for child in children(head, "cc") if child.i < verb.i]
    found += [child.i for child in children(verb, "punct") if child.i < verb.i and child.text == ","]
    return min(found, default=None)


def _of_other_clauses(scene: Scene, heads: Sequence[int]) -> set[int]:
    """Those of some words that stand in another clause than the trigger, if one of them stands in its own."""
    doc, mentions, cues = scene.doc, scene.mentions, scene.cues
    told = {head: _clause_of(doc[head], mentions, cues) for head in heads}
    own = next((at for at in told.values() if _describes(doc, at, scene)), _clause_of(scene.verb, mentions, cues))
    return {head for head, clause in told.items() if clause != own} if own in told.values() else set()


def _is_place(scene: Scene, proposal: Proposal) -> bool:
    """Whether a proposal surely is a place: "di …", "ke …", or the name of one that the rules take for it."""
    if proposal.kind != "phrase":
        return False
    token = scene.doc[proposal.head]
    opened, entity = preposition(token), scene.mentions.entity_at(token)
    if opened is not None and opened.lower_ in PLACING:
        return True
    return "place" in proposal.roles and entity is not None and entity.type == "LOC"


def _describes(doc: Doc, clause: int | None, scene: Scene) -> bool:
    """Whether a relative clause is about the trigger, a noun: "pertemuan menteri yang digelar di Papua"."""
    if clause is None or voice(scene.verb) != "noun":
        return False
    opened, noun = opener(doc[clause]), doc[clause].head
    if opened is None or opened < scene.verb.i:
        return False
    return is_in(doc[clause], scene.cues.occurring) or _is_part(noun, scene.verb)


def _is_part(noun: Token, whole: Token) -> bool:
    """Whether a noun is another or stands in its phrase; what explains it stands beside ("338 eksekusi -- rekor yang …")."""
    for part in (noun, *ancestors(noun)):
        if part.i == whole.i:
            return True
        if relation(part) == "appos":
            return False
    return False


def in_relative(scene: Scene) -> Iterator[Bar]:
    """ "PSSI merilis harga tiket laga yang akan digelar di Sleman, 13 Juli": neither day nor place is that of the release.

    What came of a happening shares them: "Penembakan yang terjadi di Bekasi pada 3 Mei menewaskan dua orang".
    """
    doc, verb = scene.doc, scene.verb
    here = {verb.i, *(above.i for above in ancestors(verb))}

    def holds(proposal: Proposal) -> bool:
        other = False
        before = proposal.time is None and proposal.end <= scene.candidate.start
        for above in ancestors(doc[proposal.head]):
            if above.i in here:
                break
            opened = opener(above)
            if opened is not None and opened < proposal.start:
                if _describes(doc, above.i, scene) or _comes_of(above, scene):
                    return False
                told = not _stays(above, scene) if before else _is_other_time(above, proposal, scene)
                other = other or told
        return other

    yield WHEN_WHERE, holds


def before_relative(scene: Scene) -> Iterator[Bar]:
    """ "Menteri meresmikan pasar itu, Jumat (5/8), yang dibangun dengan dana desa": on that day it was opened.

    Only of the passive, which tells what was done to a thing before; what befell it may be of the same day.
    """
    doc, verb = scene.doc, scene.verb
    opened = opener(verb)
    if opened is None or voice(verb) != "passive" or doc[opened - 1].text != "," or is_in(verb, scene.cues.occurring):
        return
    noun = verb.head
    if voice(noun.head) == "active" and noun.head.i < noun.i:
        yield TIME, lambda p: p.time is not None and noun.i < p.start < opened and doc[p.start - 1].text == ","


def _stays(clause: Token, scene: Scene) -> bool:
    """Whether what a relative clause is about stays where that tells: "Bom yang diletakkan di pasar meledak".

    A thing that is somewhere, or was put there; or what goes there and does harm ("Bus yang melaju di tol menabrak truk").
    """
    if is_person(clause.head, scene.mentions, scene.cues):
        return False
    if voice(clause) == "passive":
        return voice(scene.verb) == "middle"
    return is_in(clause, scene.cues.located) or _does_harm(clause, scene.verb, scene)


def _does_harm(clause: Token, main: Token, scene: Scene) -> bool:
    """Whether what befell a thing is told with its outcome: "Bom yang meledak di pasar itu melukai lima orang"."""
    return voice(clause) != "passive" and voice(main) == "active" and not is_person(clause.head, scene.mentions, scene.cues)


def _is_other_time(verb: Token, proposal: Proposal, scene: Scene) -> bool:
    """Whether a relative clause tells what is to come, or in the passive what was done: hardly together with the main clause.

    Or tells its year alone ("menahan bupati yang menjabat sejak 2016"). What a comma parts may be the main clause's again.
    The place of any other is that of no verb before it ("menangkap pria yang membunuh istrinya di Bekasi").
    """
    doc, cues = scene.doc, scene.cues
    if any(is_in(child, cues.future) for child in children(verb, "aux", "advmod") if child.i < verb.i):
        return True
    placed = voice(scene.verb) != "noun"
    done = placed or voice(verb) == "passive" or is_in(verb, cues.occurring)
    said = is_in(verb, cues.located | cues.possible | cues.hearsay)
    year = proposal.time is not None and len(scene.mentions.times[proposal.time].value or "") == YEAR
    return (year or (done and not said)) and not any(token.text == "," for token in doc[verb.i : proposal.start])


def _comes_of(clause: Token, scene: Scene) -> bool:
    noun = clause.head
    return is_in(clause, scene.cues.occurring) and voice(noun) == "noun" and relation(noun) == "nsubj" and noun.i < scene.verb.i


def in_adverbial(scene: Scene) -> Iterator[Bar]:
    """ "Akibat kebakaran pada 1932, gedung itu ditutup": the year is that of the fire. Not "Pada 1945, setelah perang, …".

    Nor is the place what is yet ahead: "Sebelum berangkat ke Mesir, menteri bertemu wartawan".
    """
    verb, doc = scene.verb, scene.doc
    spans: list[tuple[int, int]] = []
    before: list[tuple[int, int]] = []
    for phrase in children(first_conjunct(verb), "obl", "advcl"):
        marks = [mark for mark in children(phrase, "case", "mark") if mark.lower_ in scene.cues.aftermath]
        opened = marks[0].i if marks else None
        closed = next((at for at in range(phrase.i + 1, verb.i) if doc[at].text == ","), None)
        if opened is not None and closed is not None and opened < phrase.i and scene.candidate.start > closed:
            spans.append((opened, closed))
            before += [(opened, closed)] if doc[opened].lower_ in scene.cues.ahead else []
    yield TIME, lambda p: p.time is not None and any(opened < p.start < closed for opened, closed in spans)
    yield PLACE, lambda p: p.time is None and any(opened < p.start < closed for opened, closed in before)


def in_topic(scene: Scene) -> Iterator[Bar]:
    """ "Rusia mengancam akan menyerang Kyiv pada Juli": July is not when it threatens; nor is a day to come behind the verb."""
    doc, verb = scene.doc, scene.verb
    if scene.candidate.type not in SAID:
        return
    topics = [child for child in children(verb, *CLAUSAL) if child.i >= scene.candidate.end and child.pos_ == "VERB"]
    inside = {at: topic.i for topic in topics if not _opened_at(topic, scene.mentions, scene.cues) for at in subtree(topic)}
    yield WHEN_WHERE, lambda p: p.head in inside and p.start > inside[p.head]
    second = next((token.i for token in doc[scene.candidate.end : verb.sent.end] if token.pos_ == "VERB"), None)
    if second is not None and is_in(verb, scene.cues.controlling):
        to_come = {token.i for token in doc[second : verb.sent.end] if is_in(token, scene.cues.to_come)}
        yield TIME, lambda p: p.time is not None and p.start > second and not to_come.isdisjoint(range(p.start, p.end))


def sentence_length(scene: Scene) -> Iterator[Bar]:
    """ "Hakim memvonis Rudi lima tahun": that is what he is sentenced to, not when; "dipenjara lima tahun" tells how long."""
    times = scene.mentions.times
    if scene.candidate.type == "CONVICT" and not is_in(scene.verb, scene.cues.serving):
        terms = {at for at, time in enumerate(times) if time.type == "DURATION" and (time.value or "").endswith(("Y", "M"))}
        yield TIME, lambda p: p.time is not None and p.time in terms


def life(scene: Scene) -> Iterator[Bar]:
    """ "Ratna (1900-1965) mendirikan sekolah": what stands in the bracket of a life is the time of nothing outside of it.

    Inside of it a dash parts birth from death: "Ratna (lahir di Solo, 3 Mei 1900 – meninggal di Tegal, 1965)".
    """
    doc, mentions, trigger = scene.doc, scene.mentions, scene.candidate.start
    timed = ((p, life_around(doc[p.head], p.start, mentions)) for p in scene.proposals if p.time is not None)
    others = {p.time for p, bracket in timed if bracket is not None and (trigger not in bracket or _parted(doc, trigger, p))}
    yield TIME, lambda p: p.time is not None and p.time in others


def _parted(doc: Doc, trigger: int, time: Proposal) -> bool:
    """Whether a dash stands between a trigger and a time."""
    return any(doc[at].text in DASHES for at in (*range(time.end, trigger), *range(trigger, time.start)))


def compared(scene: Scene) -> Iterator[Bar]:
    """ "gempa terkuat sejak 1906": that is what a rank is counted from, not when it was."""
    timed = [p for p in scene.proposals if p.time is not None]
    since = {p.time for p in timed if is_compared(scene.doc, p.start, p.end, scene.cues)}
    yield TIME, lambda p: p.time is not None and p.time in since


def beside(scene: Scene) -> Iterator[Bar]:
    """ "KPU menetapkan 9 Desember sebagai hari pemungutan suara" and "Bupati Solo periode 2010-2015": no times of anything.

    Nor is another year than its name tells behind it that of a happening: "terpilih dalam Pemilu 1999 dan dilantik pada 2000".
    """
    doc, cues, times = scene.doc, scene.cues, scene.mentions.times
    timed = [p for p in scene.proposals if p.time is not None]
    none = {p.time for p in timed if is_designated(doc, p.start, p.end, cues) or is_term(doc, p.start, cues)}
    named = year_of_name(scene.verb, scene.mentions, cues) if timed else None
    if named is not None:
        year, at = named
        others = [p for p in timed if p.start > at and p.time is not None]
        none |= {p.time for p in others if p.time is not None and not (times[p.time].value or "").startswith(year)}
    yield TIME, lambda p: p.time is not None and p.time in none


def before_and_after(scene: Scene) -> Iterator[Bar]:
    """ "Setelah terpilih, ia mengunjungi Solo pada 2010" tells not when he was elected, "dipenjara hingga kematiannya pada
    1953" not when he was jailed, "Pada 3 Mei, tiga hari setelah gempa," of nothing how long.
    """
    doc, verb, cues, times = scene.doc, scene.verb, scene.cues, scene.mentions.times
    timed = [p for p in scene.proposals if p.time is not None]

    def apart(proposal: Proposal) -> bool:
        assert proposal.time is not None
        time = times[proposal.time]
        if time.type == "DURATION" and proposal.end < len(doc) and doc[proposal.end].lower_ in cues.parting:
            near = range(max(verb.sent.start, proposal.start - BESIDE), proposal.start)
            return is_outside(verb, proposal.start, cues) or any(scene.mentions.time_at(doc[at]) is not None for at in near)
        day = len(time.value or "") > MONTH
        return is_outside(verb, proposal.start, cues) or is_end(verb, proposal.start, day, cues)

    others = {p.time for p in timed if apart(p)} | (counted_from(verb, scene.mentions, cues) if timed else set())
    yield TIME, lambda p: p.time is not None and p.time in others


def each_its_own(scene: Scene) -> Iterator[Bar]:
    """ "Perundingan pada 5 Mei 1949 menghasilkan gencatan senjata pada 1 Agustus 1949": to each the day behind it."""
    verb, times, doc = scene.verb, scene.mentions.times, scene.doc
    dated = [p for p in scene.proposals if p.time is not None and (times[p.time].value or "")[:1].isdigit()]
    if len(dated) < 2:
        return
    found = _subject_of(verb)
    if found is None or is_person(found[0], scene.mentions, scene.cues):
        return
    noun, main = found
    below = subtree(noun)
    between = [p for p in dated if noun.i < p.start < main.i and not any(t.text == "," for t in doc[noun.i : p.start])]
    own = {p.time for p in between if p.head in below or is_act(noun, scene.cues)}
    joined = {at for other in children(main, "conj") for at in subtree(other)}
    behind = {p.time for p in dated if p.start > main.i}
    clause = {p.time for p in dated if p.start > main.i and p.head not in joined}
    if own and behind and not is_in(main, scene.cues.occurring):
        others = behind if verb.i < main.i else own if clause else set()
        yield TIME, lambda p: p.time is not None and p.time in others


def charged(scene: Scene) -> Iterator[Bar]:
    """ "Ia diadili atas tuduhan pembunuhan pada 18 Februari 2016 di Medan": day and place are those of the trial alone."""
    verb, times, cues = scene.verb, scene.mentions.times, scene.cues
    if charging_verb(verb, cues) is None:
        return
    timed = ((p, times[p.time].value or "") for p in scene.proposals if p.time is not None)
    found = [p for p, value in timed if is_of_charge(verb, p.start, len(value) <= YEAR, cues)]
    if found:
        first = min(p.start for p in found)
        yield WHEN_WHERE, lambda p: p.start >= first


def of_body(scene: Scene) -> Iterator[Bar]:
    """ "Pelaku ditembak di bagian kaki": where on the body is no place; "di kaki gunung" is one."""
    doc, cues = scene.doc, scene.cues

    def holds(proposal: Proposal) -> bool:
        at = proposal.head + (doc[proposal.head].lower_ == PART)
        if at + 1 >= len(doc) or not is_in(doc[at], cues.body_parts):
            return False
        behind = doc[at + 1]
        return behind.pos_ not in ("NOUN", "PROPN") or is_in(behind, cues.body_sides | cues.person_nouns | cues.parties)

    yield PLACE, holds


def _subject_of(verb: Token) -> tuple[Token, Token] | None:
    """The noun of an act that is subject, and its verb: of the trigger that is in the one, or stands at the other or below."""
    for above in (verb, *ancestors(verb)):
        if relation(above) == "nsubj" and above.head.i > above.i:
            return (above, above.head) if above.i == verb.i and voice(above) == "noun" else None
        subject = next((child for child in own_subjects(above) if child.i < above.i), None)
        if subject is not None and subject.i < verb.i and voice(subject) == "noun":
            return subject, above
        if opener(above) is not None:
            return None
    return None
