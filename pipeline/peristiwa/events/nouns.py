"""What a happening told by a noun does not share with the verb that it stands beside (bars of ``reach``).

Who answers a happening, and when and where, is told of the answer; who is named by a deed ("pelaku pembunuhan") meets with
other things elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from peristiwa.events.arguments import BEFALLS
from peristiwa.events.cues import is_in
from peristiwa.events.edges import CLITIC
from peristiwa.events.extent import BETWEEN
from peristiwa.events.predicate import BY, NOUNS, is_deverbal, own_subjects, subjects, voice
from peristiwa.events.roles import is_person
from peristiwa.events.scene import AGENT, OBJECT, OF_CLAUSE, PLACE, SOURCE, TIME, Bar, Scene, opener
from peristiwa.events.tree import ancestors, children, first_conjunct, phrase, preposition, relation, subtree

if TYPE_CHECKING:
    from spacy.tokens import Token

    from peristiwa.events.proposals import Proposal

ALL = OF_CLAUSE | PLACE | TIME
BESIDE_NOUN = NOUNS | {"DET", "ADJ", "SPACE"}
FOREIGN = "si"
"""Ending of borrowed nouns of a deed: "invasi", "eksekusi"."""


def response(scene: Scene) -> Iterator[Bar]:
    """ "Penangkapan Budi dikecam oleh AJI pada Senin": who answers a happening has no part in it, nor is it of that day.

    Who breaks it up, or welcomes it, does so on the spot: "Unjuk rasa itu dibubarkan polisi di Bandung".
    """
    noun = first_conjunct(scene.verb)
    verb = noun.head
    if voice(scene.verb) != "noun" or not is_in(verb, scene.cues.responding):
        return
    if is_in(verb, scene.cues.foiling):
        others = subjects(verb, scene.cues) if voice(verb) == "active" else children(verb, "obl", "obj")
        yield AGENT, lambda p: any(p.start <= one.i < p.end for one in others)
    if scene.candidate.light_verb is not None:
        return
    if voice(verb) == "active" and relation(noun) == "obj":
        others = own_subjects(verb)
    elif voice(verb) == "passive" and relation(noun) == "nsubj":
        others = [child for child in children(verb, "obl", "obj") if child.i > verb.i]
    else:
        return
    yield AGENT, lambda p: any(p.start <= one.i < p.end for one in others)
    if is_in(verb, scene.cues.on_the_spot):
        return
    own = subtree(noun)
    yield PLACE, lambda p: p.head not in own
    # Behind an object that "itu" does not close the time may be its own: "mengusut pembunuhan di Solo pada 3 Mei".
    open_ = voice(verb) == "active" and not any(scene.doc[at].lower_ in scene.cues.demonstratives for at in own)
    yield TIME, lambda p: p.head not in own and not (open_ and p.start > noun.i)


def party(scene: Scene) -> Iterator[Bar]:
    """ "Saksi pembunuhan diperiksa jaksa di Solo": who saw the murder is questioned there; not "saksi pembunuhan di Depok"."""
    person = _party(scene)
    if person is None:
        return
    own = subtree(person)
    yield ALL, lambda p: p.head not in own


def of_party(scene: Scene) -> Iterator[Bar]:
    """ "Pelaku pembunuhan di Depok ditangkap di Solo": where the murder was is told of the murder alone."""
    doc, verb = scene.doc, scene.verb
    if voice(verb) == "noun":
        return
    persons = [child for child in own_subjects(verb) if child.i < verb.i and is_in(child, scene.cues.parties)]
    inside = {at for person in persons if children(person, "nmod", "compound") for at in subtree(person)}
    yield PLACE, lambda p: p.head in inside and doc[p.head].head.i != verb.i


def _party(scene: Scene) -> Token | None:
    """The person who is named by the trigger, a noun right behind: "korban | gempa"; not "Budi menjadi korban perampokan"."""
    noun = first_conjunct(scene.verb)
    person = noun.head
    beside = relation(noun) in ("nmod", "compound", "obl") and person.i < noun.i
    if voice(noun) != "noun" or not beside or not is_in(person, scene.cues.parties):
        return None
    above, cues = person.head, scene.cues
    told = children(person, "cop") or is_in(above, cues.becoming) or is_in(above, cues.copulas)
    return None if told else person


def represented(scene: Scene) -> Iterator[Bar]:
    """ "Perang antara Banjar yang dipimpin Samudra dan Daha": who leads one side is told of that side alone."""
    noun = scene.verb
    if voice(noun) != "noun":
        return
    sides = _sides(scene)
    ends = {phrase(side)[1] for side in sides}
    clauses = [verb for head in (noun, *sides) for verb in children(head, "acl") if opener(verb) in ends]
    beside = (child for verb in clauses for child in children(verb, "obl", "obj") if child.i > verb.i)
    leaders = {child.i for child in beside if (opened := preposition(child)) is None or opened.lower_ == BY}
    yield OF_CLAUSE, lambda p: p.head in leaders


def _sides(scene: Scene) -> list[Token]:
    """What stands behind the "antara" of a happening, or of the verb that says it occurs."""
    noun = scene.verb
    verb = noun.head
    heads = [noun, verb] if relation(noun) == "nsubj" and is_in(verb, scene.cues.occurring) else [noun]
    found = (child for head in heads for child in children(head, "nmod", "obl") if child.i > noun.i)
    return [child for child in found if (opened := preposition(child)) is not None and opened.lower_ == BETWEEN]


def of_feeling(scene: Scene) -> Iterator[Bar]:
    """ "Dewan menyatakan duka atas pembunuhan itu": it tells what it feels, not that there was a murder."""
    doc, trigger = scene.doc, scene.candidate.start
    felt = next((at for at in range(trigger - 1, scene.verb.sent.start, -1) if is_in(doc[at], scene.cues.feelings)), None)
    if felt is None or any(doc[at].pos_ in ("VERB", "SCONJ", "PUNCT") for at in range(felt + 1, trigger)):
        return
    verb = next((at for at in range(felt - 1, max(felt - 4, scene.verb.sent.start - 1), -1) if doc[at].pos_ == "VERB"), None)
    if verb is not None and is_in(doc[verb], scene.cues.telling):
        yield SOURCE, lambda p: p.end <= verb


def joined(scene: Scene) -> Iterator[Bar]:
    """ "Kelompok itu terlibat dalam serangan": they did it, rather than it was done to them; not of an accident."""
    noun = first_conjunct(scene.verb)
    verb = noun.head
    if voice(noun) == "noun" and verb.i < noun.i and is_in(verb, scene.cues.joining) and scene.candidate.type not in BEFALLS:
        does = {subject.i for subject in subjects(verb, scene.cues)}
        yield OBJECT, lambda p: p.head in does


def in_relative(scene: Scene) -> Iterator[Bar]:
    """ "Mahasiswa yang menggelar unjuk rasa dibubarkan polisi": what the verb behind tells is none of the happening."""
    noun = first_conjunct(scene.verb)
    if voice(noun) != "noun":
        return
    clause = next((above for above in ancestors(noun) if opener(above) is not None), None)
    verb = clause.head.head if clause is not None else noun
    if verb.i > noun.i and voice(verb) != "noun":
        yield OF_CLAUSE, lambda p: p.start > verb.i


def received(scene: Scene) -> Iterator[Bar]:
    """ "Laporan warga yang diterima polisi": who gets what another says or gives did not say or give it."""
    noun, doc, cues = scene.verb, scene.doc, scene.cues
    if voice(noun) != "noun":
        return
    verbs = [child for child in children(noun, "acl") if child.i > noun.i]
    verbs += [noun.head] if relation(noun) == "nsubj" and noun.head.i > noun.i else []
    got = [verb for verb in verbs if voice(verb) == "passive" and is_in(verb, cues.receiving)]
    yield AGENT, lambda p: any(p.start > verb.i and doc[p.head].head.i == verb.i for verb in got)


def done_by_other(scene: Scene) -> Iterator[Bar]:
    """ "Sekolah itu dibangun setelah pengeboman kota oleh Sekutu": who bombed the town did not build the school.

    Sure where the noun tells what was bombed, or the verb who built: "diresmikan setelah renovasi oleh presiden" is open.
    """
    doc, verb = scene.doc, scene.verb
    if voice(verb) != "passive":
        return
    sentence = verb.sent
    opened = next((at for at in range(verb.i + 1, sentence.end) if doc[at].lower_ in scene.cues.aftermath), sentence.end - 1)
    noun = doc[min(opened + 1, sentence.end - 1)]
    by = _by(noun)
    if by is None or not _is_deed(noun):
        return
    named = any(doc[at].lower_ == BY for at in range(verb.i + 1, opened))
    if named or any(doc[at].pos_ in NOUNS for at in range(noun.i + 1, by)):
        yield AGENT, lambda p: p.start > by


def done_by(scene: Scene) -> Iterator[Bar]:
    """ "Pendudukan Jerman oleh Sekutu": behind "oleh" is told who did it, before it to whom, and outside nothing of it."""
    noun = scene.verb
    by = _by(noun) if voice(noun) == "noun" and _is_deed(noun) else None
    if by is None:
        return
    yield AGENT, lambda p: noun.i < p.start < by
    if _opened_by(scene, scene.cues.aftermath) and scene.candidate.light_verb is None:
        yield AGENT, lambda p: p.end <= noun.i


def with_object(scene: Scene) -> Iterator[Bar]:
    """ "Ia mengungsi setelah penangkapan ayahnya": whom the noun names is told, he himself was not arrested.

    Nor is what stands behind its -nya: "Setelah penangkapannya | partai itu dibubarkan".
    """
    noun = scene.verb
    if scene.candidate.light_verb is not None or voice(noun) != "noun" or noun.i + 1 >= noun.sent.end:
        return
    if not _opened_by(scene, scene.cues.aftermath | scene.cues.until):
        return
    if is_deverbal(noun) and is_person(noun.nbor(), scene.mentions, scene.cues):
        yield OBJECT, lambda p: p.end <= noun.i
    if noun.nbor().lower_ == CLITIC:
        own = subtree(noun)
        yield OF_CLAUSE, lambda p: p.start > noun.i and p.head not in own


def nowhere(scene: Scene) -> Iterator[Bar]:
    """ "Ia tewas di Perang Diponegoro": a war is no place."""
    doc, entity_at, words = scene.doc, scene.mentions.entity_at, scene.cues.upheavals

    def holds(proposal: Proposal) -> bool:
        name = entity_at(doc[proposal.head])
        return name is not None and name.type == "EVT" and name.text.partition(" ")[0].lower() in words

    yield PLACE, holds


def _by(noun: Token) -> int | None:
    """Where the "oleh" stands that is of a noun, with nothing but what it was done to between."""
    doc, at = noun.doc, noun.i + 1
    while at < noun.sent.end and doc[at].pos_ in BESIDE_NOUN:
        at += 1
    return at if at < noun.sent.end and doc[at].lower_ == BY else None


def _is_deed(noun: Token) -> bool:
    """Whether a noun tells what someone does to another: "penangkapan", "invasi"; not "kebakaran"."""
    text = noun.lower_.removesuffix("nya")
    return is_deverbal(noun) or text.endswith(FOREIGN) or text.startswith("serang") or text == "kekalahan"


def _opened_by(scene: Scene, words: frozenset[str]) -> bool:
    """Whether one of ``words`` stands right before the trigger."""
    start = scene.candidate.start
    return start > scene.verb.sent.start and scene.doc[start - 1].lower_ in words
