"""What has been told before a comma is told no more behind it: "di Paris, ibu kota Prancis", "dua bank, yakni A dan B".

Bars of ``reach``: a name behind a comma that says who a post before it is, a noun that says who a name before it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.predicate import RELATIVE, own_subjects, told_of
from peristiwa.events.proposals import Proposal
from peristiwa.events.roles import acts
from peristiwa.events.scene import OF_CLAUSE, PLACE, Bar, Roles, Scene, opener
from peristiwa.events.tree import ancestors, children, conjuncts, first_conjunct, preposition, relation

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

TOLD: Roles = OF_CLAUSE | {"topic"}
BEFORE_VERB = frozenset({"AUX", "ADV", "PART", "PUNCT"})


def before_verb(scene: Scene) -> Iterator[Bar]:
    """ "Salah satu pilot, Letnan Kolonel Oleg Peshkov, tewas": what is named between commas has been told before them."""
    doc, first = scene.doc, scene.verb.sent.start
    close = scene.candidate.start - 1
    while close > first and doc[close].pos_ in BEFORE_VERB and doc[close].text != ",":
        close -= 1
    opening = next((at for at in range(close - 1, first, -1) if doc[at].text == ","), None)
    if doc[close].text != "," or opening is None or doc[opening + 1].pos_ == "CCONJ":
        return
    told = [p for p in scene.proposals if p.kind == "phrase" and p.end == opening and preposition(doc[p.head]) is None]
    if told and scene.mentions.entity_at(doc[close - 1]) is not None:
        yield OF_CLAUSE, lambda p: opening < p.start and p.end <= close


def explained(scene: Scene) -> Iterator[Bar]:
    """ "Gani (69), warga Depok, tewas", "Di Paris, ibu kota Prancis, para menteri bertemu"; and what is part of that.

    An apposition stands between a comma and the next mark, right behind a phrase; what "dan" follows may be a member of a list.
    """
    doc, here = scene.doc, scene.candidate.start
    ends = {p.end: p for p in scene.proposals if p.kind == "phrase"}
    behind = [p for p in scene.proposals if p.kind == "phrase" and p.start - 1 in ends and doc[p.start - 1].text == ","]
    spans = [(p.start, p.end) for p in behind if _is_apposition(scene, ends[p.start - 1], p) and not p.start <= here < p.end]
    yield OF_CLAUSE, lambda p: any(start <= p.start and p.end <= end for start, end in spans)
    placed = [(start, end) for start, end in spans if is_in(doc[start], scene.cues.seats)]
    yield PLACE, lambda p: any(start <= p.start and p.end <= end for start, end in placed)


def identified(scene: Scene) -> Iterator[Bar]:
    """ "Korban adalah Budi, nelayan, yang terluka": the victim is told by name."""
    if opener(scene.verb) is None:
        return
    named = next((above for above in ancestors(scene.verb) if children(above, "cop")), None)
    if named is not None and named.i < scene.verb.i and scene.mentions.entity_at(named) is not None:
        told = {subject.i for subject in own_subjects(named)}
        yield OF_CLAUSE, lambda p: p.head in told


def defined(scene: Scene) -> Iterator[Bar]:
    """ "Muhammadiyah adalah organisasi yang didirikan Ahmad Dahlan": what it is is no second thing that was founded.

    A name, or a pronoun, is told rather than its noun; a noun rather than one before it ("Desa ini adalah desa yang …"), but
    not behind a verb ("Desa ini menjadi desa pertama yang …"). "Ini" tells nothing.
    """
    clause = first_conjunct(scene.verb)
    noun = clause.head
    if opener(clause) is None:
        return
    subject = told_of(noun, scene.cues)
    told = {subject.i} if subject is not None else {one.i for one in _subjects_of_copula(noun)}
    known = subject is not None or any(_is_called(scene, at) for at in told)
    pointed = any(scene.doc[at].lower_ in scene.cues.demonstratives for at in told)
    less = {noun.i} if known and not pointed else told
    if told:
        yield TOLD, lambda p: p.head in less


def _subjects_of_copula(noun: Token) -> list[Token]:
    return [subject for subject in own_subjects(noun) if subject.i < noun.i] if children(noun, "cop") else []


def named_after(scene: Scene) -> Iterator[Bar]:
    """ "dipekerjakan oleh dua perusahaan, yakni PT A dan PT B": the companies are told already."""
    sentence, ends = scene.verb.sent, {p.end for p in scene.proposals if p.kind == "phrase"}
    at = next((token.i for token in sentence if token.lower_ in scene.cues.namely and token.i - 1 in ends), sentence.end)
    if scene.candidate.start < at < sentence.end:
        limit = next((token.i for token in scene.doc[at : sentence.end] if token.pos_ == "VERB"), sentence.end)
        yield OF_CLAUSE, lambda p: at < p.start < limit


def _is_apposition(scene: Scene, told: Proposal, proposal: Proposal) -> bool:
    """Whether a phrase says who or what a name before it is, or names who a post before it is."""
    doc, cues, entity_at = scene.doc, scene.cues, scene.mentions.entity_at
    first, head, other = doc[proposal.start], doc[proposal.head], doc[told.head]
    if not _closes(scene, told, proposal):
        return False
    name, person = entity_at(other), acts(head, cues)
    if name is None and _is_definite(doc, told, cues):
        described = person and proposal.end - proposal.start > 1
        return preposition(other) is None and (described or first.lower_ in cues.one_of)
    if name is None:
        return doc[told.start].pos_ not in ("NUM", "DET") and acts(other, cues) and _is_name(scene, proposal)
    if entity_at(head) is not None or (other.head.i == other.i and not children(other, "cop")):
        return False
    return person or first.lower_ in cues.one_of if name.type == "PER" else name.type == "LOC" and is_in(head, cues.seats)


def _closes(scene: Scene, told: Proposal, proposal: Proposal) -> bool:
    """Whether a phrase ends as an apposition does: at a mark, without a conjunction behind it that would go on a list.

    Where the parser takes it for one, "yang" or a preposition may follow; what is told behind that "yang", or of a speaker,
    befell who is named so: "oleh Jalal, pemuda lain yang dieksekusi", "kata Raied, seorang pekerja, yang terluka".
    """
    doc, head = scene.doc, scene.doc[proposal.head]
    if proposal.end >= len(doc) or _is_beside_verb(scene, told, proposal):
        return True
    behind, described, other = doc[proposal.end], first_conjunct(scene.verb), doc[told.head]
    speaks = is_in(other.head, scene.cues.telling) or (told.start > 0 and is_in(doc[told.start - 1], scene.cues.telling))
    beside = behind.lower_ == RELATIVE
    if (speaks or beside) and opener(described) is not None and described.head.i == head.i:
        return False
    if behind.text in ",.;":
        return proposal.end + 1 >= len(doc) or doc[proposal.end + 1].pos_ != "CCONJ"
    # A list without "dan" is none: "Umar Patek, perakit bom yang …".
    listed = relation(head) == "conj" and any(children(member, "cc") for member in conjuncts(other))
    taken = relation(head) in ("appos", "conj") and head.head.i == other.i and not listed
    return taken and (beside or behind.pos_ == "ADP")


def _is_beside_verb(scene: Scene, told: Proposal, proposal: Proposal) -> bool:
    """Whether it stands between a sentence's first phrase and its verb, the second comma left out: "Sopir bus, Budi tewas"."""
    doc, at = scene.doc, scene.candidate.start - 1
    if told.start != scene.verb.sent.start or preposition(doc[told.head]) is not None:
        return False
    if proposal.end - proposal.start == 1 and scene.mentions.entity_at(doc[proposal.start]) is None:
        return False  # "Budi, polisi menangkap istrinya"
    while at >= proposal.end and doc[at].pos_ in BEFORE_VERB and doc[at].text != ",":
        at -= 1
    return at + 1 == proposal.end and all(doc[inside].pos_ != "CCONJ" for inside in range(told.start, proposal.end))


def _is_called(scene: Scene, at: int) -> bool:
    """Whether a subject is a pronoun or has a name, be it the title of a work: "Kawin Kontrak adalah film yang …"."""
    subject = scene.doc[at]
    named = subject.pos_ in ("PROPN", "PRON") or scene.mentions.entity_at(subject) is not None
    return named or scene.doc[at + 1].text[:1].isupper()


def _is_name(scene: Scene, proposal: Proposal) -> bool:
    """Whether a phrase is the name of a person, and no other name follows in a list."""
    doc, entity_at = scene.doc, scene.mentions.entity_at
    named, first = entity_at(doc[proposal.end - 1]), proposal.start
    while first < proposal.end - 1 and entity_at(doc[first]) is None and doc[first].pos_ == "PROPN":
        first += 1  # a rank: "Kompol Budi"
    if named is None or named.type != "PER" or entity_at(doc[first]) is not named:
        return False
    return proposal.end + 1 >= len(doc) or doc[proposal.end].text != "," or entity_at(doc[proposal.end + 1]) is None


def _is_definite(doc: Doc, told: Proposal, cues: Cues) -> bool:
    """Whether a phrase is pointed at, or someone's kin: "direktur itu", "korbannya"; not "sayangnya"."""
    last = doc[told.end - 1].lower_
    return last in cues.demonstratives or (last.endswith("nya") and is_in(doc[told.head], cues.person_nouns))
