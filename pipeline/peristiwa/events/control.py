"""Who does what another has done: asks, forces, allows, plans, or holds against someone (bars of ``reach``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.edges import CLITIC
from peristiwa.events.predicate import BY, called_for, denies, own_subjects, voice
from peristiwa.events.roles import acts, is_person
from peristiwa.events.scene import AGENT, OF_CLAUSE, RECIPIENT, Bar, Scene
from peristiwa.events.tree import ancestors, children, conjuncts, first_conjunct, relation

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

CONTROL_REACH = 12
"""Words between a verb that has its object do something and what that does."""
OF_PLAN = frozenset({"NOUN", "PROPN", "PRON", "DET", "ADJ"})
BEFORE_PLAN = frozenset({"ADP", "DET", "NUM", "ADV"})
"""Parts of speech behind the noun of a plan, and between it and the verb before."""


def controller(scene: Scene) -> Iterator[Bar]:
    """ "Belanda memaksa sultan menandatangani perjanjian", "Sultan dipaksa Belanda menandatanganinya": the sultan signs."""
    verb, doc = scene.verb, scene.doc
    if voice(verb) == "noun":
        return
    behind = range(verb.i - 1, max(verb.sent.start, verb.i - CONTROL_REACH) - 1, -1)
    above = next((doc[at] for at in behind if doc[at].pos_ == "VERB"), None)
    if above is None or not (is_in(above, scene.cues.controlling) or _gives_leave(above, scene.cues)):
        return
    between = [p for p in scene.proposals if p.kind == "phrase" and above.i < p.start and p.end <= scene.candidate.start]
    if not any(_can_act(doc[p.head], scene) and _is_bare(doc, above.i + 1, p.start, scene.cues) for p in between):
        return
    addressed = any(doc[at].lower_ in scene.cues.addressing for at in range(above.i + 1, verb.i))
    if voice(above) == "active" or (addressed and is_in(above, scene.cues.giving)):
        yield AGENT, lambda p: p.end <= above.i
    else:
        yield AGENT, lambda p: p in between


def _gives_leave(verb: Token, cues: Cues) -> bool:
    """ "memberi izin kepada warga untuk membangun", "Izin diberikan kepada warga untuk …"."""
    if not is_in(verb, cues.giving):
        return False
    beside = [verb.nbor(), *own_subjects(verb)] if verb.i + 1 < verb.sent.end else own_subjects(verb)
    return any(is_in(noun, cues.leave) for noun in beside)


def denied(scene: Scene) -> Iterator[Bar]:
    """ "Menteri membantah kabar akan mundur": news does nothing, whoever denies it would."""
    denier = denies(scene.verb, scene.cues)
    if denier is not None:
        yield OF_CLAUSE, lambda p: p.head == denier.i + 1


def planned(scene: Scene) -> Iterator[Bar]:
    """ "Warga menolak rencana pemerintah untuk membangun bandara": who answers a plan has no part in it.

    Unless it is their own: "mendukung rencananya untuk …".
    """
    verb, doc, cues = first_conjunct(scene.verb), scene.doc, scene.cues
    mark = next((mark.i for mark in children(verb, "mark") if mark.i < verb.i and mark.lower_ in cues.purposes), None)
    if mark is None:
        return
    noun = mark - 1
    while noun > verb.sent.start and doc[noun].pos_ in OF_PLAN and not is_in(doc[noun], cues.planning):
        noun -= 1
    if doc[noun].pos_ != "NOUN" or doc[noun + 1].lower_ == CLITIC or not is_in(doc[noun], cues.planning):
        return
    above = noun - 1
    while above > verb.sent.start and doc[above].pos_ in BEFORE_PLAN:
        above -= 1
    if is_in(doc[above], cues.wary):
        yield AGENT, lambda p: p.end <= above


def _can_act(token: Token, scene: Scene) -> bool:
    """A person or body, or the noun of who does something ("perampok")."""
    return is_person(token, scene.mentions, scene.cues) or acts(token, scene.cues)


def _is_bare(doc: Doc, start: int, end: int, cues: Cues) -> bool:
    """Whether no preposition stands there but that of an addressee."""
    return all(doc[at].pos_ != "ADP" or doc[at].lower_ in cues.addressing for at in range(start, end))


def forced_by(scene: Scene) -> Iterator[Bar]:
    """ "Rini dipaksa menandatangani surat itu oleh polisi": "oleh" is of the passive above; an active verb has none."""
    verb, doc = scene.verb, scene.doc
    if voice(verb) == "active":
        yield AGENT, lambda p: p.start > verb.i and doc[p.start - 1].lower_ == BY
    forced = next((above for above in (verb, *ancestors(verb)) if relation(above) == "xcomp"), None)
    if forced is not None and voice(forced) != "passive" and voice(forced.head) == "passive":
        yield AGENT, lambda p: doc[p.head].head.i == forced.i and doc[p.start - 1].lower_ == BY


def who_asks(scene: Scene) -> Iterator[Bar]:
    """ "Dewan mendesak Iran untuk mundur, menarik pasukan, dan …": the council withdraws nothing."""
    asking = called_for(scene.verb, scene.cues)
    if asking is not None and voice(asking) == "active" and first_conjunct(scene.verb).i == asking.i:
        yield AGENT, lambda p: p.end <= asking.i


def who_is_not_asked(scene: Scene) -> Iterator[Bar]:
    """ "Jaksa meminta agar Suryo dihukum": to whom something shall be done is not who is asked for it."""
    verb, cues = scene.verb, scene.cues
    if scene.candidate.type != "CALL" or voice(verb) != "active":
        return
    done_to = {
        member.i
        for content in children(verb, "ccomp", "xcomp", "advcl")
        if voice(content) == "passive" and any(mark.lower_ in cues.complementizers for mark in children(content, "mark"))
        for subject in own_subjects(content)
        for member in conjuncts(subject)
        if verb.i < subject.i < content.i
    }
    yield RECIPIENT, lambda p: p.head in done_to


def who_is_blamed(scene: Scene) -> Iterator[Bar]:
    """ "Polisi menangkap Budi karena membunuh istrinya": Budi did; "Ia dipecat partainya karena membelot": he did."""
    verb = scene.verb
    opened = any(mark.lower_ in scene.cues.causes for mark in children(verb, "mark"))
    if relation(verb) != "advcl" or not opened or voice(verb) != "active" or own_subjects(verb):
        return
    above, others = verb.head, list[int]()
    if voice(above) == "passive":
        others = [child.i for child in children(above, "obl", "obj") if above.i < child.i < verb.i]
    elif voice(above) == "active" and is_in(above, scene.cues.blaming):
        others = [subject.i for subject in own_subjects(above)]
    yield AGENT, lambda p: any(p.start <= one < p.end for one in others)
