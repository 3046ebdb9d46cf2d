"""What a pronoun, a definite noun, or a noun with an apposition stands for: the name, as the document writes it.

Precision first: a rule speaks only where the document leaves one candidate that it can see, and where none does the
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.extent import DATELINE, STRAIGHT
from peristiwa.events.source import speakers
from peristiwa.events.tree import DASHES, QUOTES, ancestors, characters, children, phrase, relation, root_of, tokens_of
from peristiwa.types import Argument, Entity

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

COUNTRY, PROVINCE, TOWN = "iso3166:", "iso3166-2:", "geonames:"
PROXIMAL = frozenset({"ini"})
"""The demonstratives that point at what the text is about."""

CLITICS = frozenset({"nya"})
"""Forms that stand for a person only as the speaker ("ujarnya"); elsewhere they mark possession and much else."""

PEOPLE = frozenset({"seorang"})
"""Words that count people."""
NEAR = 3
"""Sentences, its own among them, within which a speaker without a name is who a pronoun stands for."""
SET_OFF = frozenset({",", ".", "("})
"""Marks behind a name that is set off."""
NAMED_BY = frozenset({"flat", "compound", "appos", "nmod"})
"""Relations of a name to the post that it belongs to, or to what belongs to its head."""

KINDS_OF_PLACE = {"negara": COUNTRY, "provinsi": PROVINCE, "kota": TOWN}
"""What the identifier of a place must begin with for the noun to stand for it; "negara itu" is no town."""


def refer(doc: Doc, argument: Argument, entities: Sequence[Entity], cues: Cues) -> Argument:
    """``argument`` with ``refers_to`` filled where the document names what it stands for.

    A name set off beside a post ("Menteri ESDM, Ignasius Jonan"); an apposition that is a name; for a definite noun
    ("perjanjian tersebut") the last name that has the noun for its head, else the only name nearby of a type that the
    noun can stand for; for a pronoun of the third person the last speaker, subject or person before it. A phrase that
    is a name itself refers to nothing else.
    """
    if argument.role == "time":
        return argument
    head = root_of(doc, argument.start, argument.end)
    if head is None or any(entity.start <= head.idx < entity.end for entity in entities):
        return argument
    beside = entities if _may_be_person(head, cues) else [entity for entity in entities if entity.type != "PER"]
    name = (
        _beside(doc, argument, beside)
        or _apposition(head, beside, argument)
        or _pronoun(head, argument, entities, cues)
        or _definite(head, argument, entities, cues)
    )
    return replace(argument, refers_to=name) if name is not None else argument


def _may_be_person(head: Token, cues: Cues) -> bool:
    """Whether a person behind a noun may explain it: "pria itu, Budi", not "usai meneken perjanjian itu, Budi …"."""
    return is_in(head, cues.person_nouns) or not any(child.lower_ in cues.demonstratives for child in head.children)


def _beside(doc: Doc, argument: Argument, entities: Sequence[Entity]) -> str | None:
    """The person named right after a post: "Direktur Utama PT Mandala, Budi Santoso"."""
    if any(entity.type == "PER" and entity.start < argument.end and argument.start < entity.end for entity in entities):
        return None
    for entity in entities:
        between = doc.text[argument.end : entity.start].strip()
        beside = between == "," or (between == "" and not argument.text.endswith(")"))
        if entity.type == "PER" and 0 < entity.start - argument.end <= 3 and beside:
            return _as_written(entity, entities)
    return None


def _apposition(head: Token, entities: Sequence[Entity], argument: Argument) -> str | None:
    for child in children(head, "appos"):
        left, right = characters(child.doc, *phrase(child))
        if child.i < head.i or child.doc[child.i - 1].text == "(" or left < argument.end - 1:
            continue
        if children(child, "conj", "cc"):  # a list whose first comma the parser took for an apposition
            continue
        for entity in entities:
            if left <= entity.start and entity.end <= right and entity.start < left + 1:
                return None if entity.type == "LOC" and _ends_in_place(argument, entities) else entity.text
    return None


def _ends_in_place(argument: Argument, entities: Sequence[Entity]) -> bool:
    """ "pengadilan federal Texas, Amerika Serikat": the second place holds the first, it does not explain the phrase."""
    return any(e.type == "LOC" and argument.start < e.end <= argument.end for e in entities)


def _pronoun(head: Token, argument: Argument, entities: Sequence[Entity], cues: Cues) -> str | None:
    """For a speaker ("ujarnya") the last one told of; else who is told of in the same sentence, or was spoken of before."""
    wanted = cues.anaphors.get(head.lower_) or cues.anaphors.get(argument.text.lower())  # "diri" and "nya"
    if wanted is None or (head.lower_ in CLITICS and argument.role != "source"):
        return None
    before = [entity for entity in entities if entity.end <= argument.start and entity.type == wanted]
    if not before:
        return None
    found = _speaker(head, before, entities, cues) if argument.role == "source" else _actor(head, argument, before, cues)
    return _as_written(found, entities) if found is not None else None


def _speaker(head: Token, before: Sequence[Entity], entities: Sequence[Entity], cues: Cues) -> Entity | None:
    """The last speaker of the sentences up to a pronoun, or the subject of the one before it, else who was named last.

    None where the last speaker has no name and is near: "Kapolsek mengatakan Budi ditangkap. Menurut [dia] …".
    """
    for steps, sentence in enumerate(_back(head.sent)):
        for speaker in reversed(speakers(sentence, cues)):
            if speaker.i >= head.i or not _can_speak(speaker, entities, cues) or _quoted(speaker, head):
                continue
            if (named := _named(speaker, before) or _set_off(speaker, before)) is not None:
                return named
            if steps < NEAR:
                return None
        subject = _main_subject(sentence) if steps == 1 else None
        if subject is not None and (named := _named(subject, before)) is not None:
            return named
    told = [entity for entity in before if not _is_aside(_root(head.doc, entity), head)]
    return (told or before)[-1]


def _quoted(speaker: Token, head: Token) -> bool:
    """Whether a quotation ends between the two: who speaks inside it is none of the report's speakers."""
    return speaker.sent.start == head.sent.start and any(token.text in QUOTES for token in head.doc[speaker.i : head.i])


def _set_off(speaker: Token, names: Sequence[Entity]) -> Entity | None:
    """The name between commas behind a speaker that the tree hung elsewhere: "kata pejabat dinas itu, [Ujang], kepada …"."""
    doc = speaker.doc
    for entity in names:
        name = tokens_of(doc, entity.start, entity.end)
        if not speaker.i + 1 < name.start < name.stop < speaker.sent.end or doc[name.start - 1].text != ",":
            continue
        if doc[name.stop].text in SET_OFF and all(token.pos_ != "VERB" for token in doc[speaker.i + 1 : name.start]):
            return entity
    return None


def _actor(head: Token, argument: Argument, before: Sequence[Entity], cues: Cues) -> Entity | None:
    """The person that a pronoun stands for which does or suffers something: "Ia ditahan", "Setelah itu, dia mundur".

    The last one in its own sentence, who is not told of beside ("setelah bertemu Budi, [ia] mundur"); else the last
    subject of the sentence before, for what is done to someone the object of one who acts against him ("Hakim
    memvonis Budi. [Ia] ditahan"), else the last one there. In a quotation only who is told of near, and does not speak.
    """
    quoted = sum(token.text in STRAIGHT for token in head.doc[head.sent.start : head.i]) % 2 == 1
    if quoted:
        before = [entity for entity in before if all(_named(one, [entity]) is None for one in _talking(head.sent, cues))]
    for sentence in islice(_back(head.sent), 2 if quoted else None):
        limit = head.doc[sentence.end - 1].idx
        own = [entity for entity in before if sentence.start_char <= entity.start <= limit]
        told = [entity for entity in own if not _is_aside(_root(head.doc, entity), head)]
        if not told:
            continue
        if sentence.start == head.sent.start:
            return told[-1]
        if argument.role == "object":
            blamed = [entity for entity in told if is_in(_root(head.doc, entity).head, cues.blaming)]
            blamed = [entity for entity in blamed if relation(_root(head.doc, entity)) == "obj"]
            if blamed:
                return blamed[-1]
        subjects = [entity for entity in told if relation(_root(head.doc, entity)) == "nsubj"]
        return (subjects or told)[-1]
    return None


def _talking(sentence: Span, cues: Cues) -> list[Token]:
    """Who may be quoted in a sentence, and calls himself "saya" there: those who speak, or act, in it and the one before."""
    near = [sentence, *([sentence.doc[sentence.start - 1].sent] if sentence.start > 0 else [])]
    subjects = [subject for one in near if (subject := _main_subject(one)) is not None]
    return [*subjects, *(speaker for one in near for speaker in speakers(one, cues))]


def _back(sentence: Span) -> Iterator[Span]:
    """A sentence, and those before it, the nearest first."""
    yield sentence
    while sentence.start > 0:
        sentence = sentence.doc[sentence.start - 1].sent
        yield sentence


def _can_speak(token: Token, entities: Sequence[Entity], cues: Cues) -> bool:
    """Whether a token names a speaker of its own: no pronoun, which stands for an earlier one, no "data"."""
    if token.lower_ in cues.anaphors or token.lower_ in cues.pronouns or token.pos_ == "PRON":
        return False
    named = any(entity.start <= token.idx < entity.end for entity in entities)
    known = is_in(token, cues.person_nouns) or token.lower_ in cues.members or any(is_in(one, PEOPLE) for one in token.children)
    return named or known or token.text[0].isupper()


def _main_subject(sentence: Span) -> Token | None:
    """The subject of the main clause."""
    root = next((token for token in sentence if token.head.i == token.i and not token.is_space), None)
    return next((child for child in children(root, "nsubj") if child.i < root.i), None) if root is not None else None


def _named(token: Token, names: Sequence[Entity]) -> Entity | None:
    """The name that a noun phrase holds or that stands beside it: "Menteri Keuangan [Sri Mulyani]", "Kapolres, [Budi],"."""
    for entity in names:
        root = _root(token.doc, entity)
        while root.i != token.i and relation(root) in NAMED_BY and root.head.i != root.i:
            root = root.head
        if root.i == token.i:
            return entity
    return None


def _is_aside(name: Token, head: Token) -> bool:
    """Whether a person is told of in a clause beside that a pronoun is not in: behind "yang", or after "usai" as no subject."""
    clause, here = {head.i, *(above.i for above in ancestors(head))}, name
    for above in ancestors(name):
        if here.i in clause:
            return False
        if relation(here) == "acl" and here.i != name.i:
            return True
        if relation(here) == "advcl" and here.i != name.i and not (name.head.i == here.i and relation(name) == "nsubj"):
            return True
        here = above
    return False


def _root(doc: Doc, entity: Entity) -> Token:
    token: Token = root_of(doc, entity.start, entity.end) or doc[0]
    while relation(token) in ("flat", "compound", "appos") and token.head.i != token.i:
        token = token.head
    return token


def _definite(head: Token, argument: Argument, entities: Sequence[Entity], cues: Cues) -> str | None:
    """A noun with a demonstrative, or a kind of body or instrument that stands alone with a capital ("Konferensi")."""
    pointed = any(child.lower_ in cues.demonstratives for child in head.children)
    alone = argument.text == head.text and head.text[:1].isupper()
    wanted = cues.definite.get(head.lower_)
    if not (pointed or alone) or wanted is None or any(relation(c) == "nummod" for c in head.children):
        return None
    before = [entity for entity in entities if entity.end <= argument.start]
    headed = [entity for entity in before if _has_head(entity, head.lower_)]
    if headed:
        # With several to choose from, "ini" points at what the text is about, "itu" and "tersebut" at the last.
        about = any(child.lower_ in PROXIMAL for child in head.children) and len({e.name for e in headed}) > 1
        return _as_written(headed[0 if about else -1], entities)
    if not pointed:
        return None
    since = head.sent.start_char
    previous = head.doc[head.sent.start - 1].sent.start_char if head.sent.start > 0 else since
    of_kind = [e for e in before if e.type == wanted and (e.link or "").startswith(KINDS_OF_PLACE.get(head.lower_, ""))]
    near = [entity for entity in of_kind if entity.start >= previous and not _is_paper(head.doc, entity)]
    if wanted == "LOC":
        return _as_written(of_kind[-1], entities) if of_kind else None
    if near and len({entity.name for entity in near}) == 1 and not _is_other(near[-1], head.lower_, cues):
        return _as_written(near[-1], entities)
    return None


def _is_paper(doc: Doc, entity: Entity) -> bool:
    """Whether a name is that of the paper in a dateline: "Jakarta ([ANTARA]) - Klub itu kalah"."""
    name = tokens_of(doc, entity.start, entity.end)
    behind = next((token.text for token in doc[name.stop : name.stop + 2] if token.text != ")"), "")
    first = doc[name.start].sent.start
    return behind in DASHES and name.stop - first <= DATELINE and not any(t.text[:1].islower() for t in doc[first : name.start])


def _has_head(entity: Entity, noun: str) -> bool:
    """Whether ``noun`` is the first word of a longer name, as written or in full: "perppu" of "Perppu Nomor 2 Tahun 2017"."""
    return any(name.lower().startswith(noun + " ") for name in (entity.text, entity.name))


def _is_other(entity: Entity, noun: str, cues: Cues) -> bool:
    """Whether a name says itself that it is of another kind: a "Konvensi …" is no "undang-undang"."""
    first = entity.name.split()[0].lower()
    return first != noun and first in cues.definite


def _as_written(entity: Entity, entities: Sequence[Entity]) -> str:
    """The fullest form of a name that the document itself writes."""
    return entity.name if any(other.text == entity.name for other in entities) else entity.text
