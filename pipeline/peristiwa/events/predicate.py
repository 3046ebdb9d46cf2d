"""Voice and shared subjects: who a verb is about, however far away it is said.

Indonesian marks voice on the verb (meN- active, di- and ter- passive, a bare verb right after a pronoun passive too), and
leaves a subject out wherever it is known: in relative clauses, after "untuk", in coordinations.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from peristiwa.events.cues import Cues, is_in
from peristiwa.events.tree import ancestors, children, conjuncts, first_conjunct, is_word, relation
from peristiwa.events.view import once

if TYPE_CHECKING:
    from spacy.tokens import Token

Voice = Literal["active", "passive", "middle", "noun"]
RELATIVE = "yang"
BY = "oleh"
"""Before the agent of a passive."""
VERBAL = frozenset({"VERB", "AUX", "ADJ", "ADV"})
NOUNS = frozenset({"NUM", "NOUN", "PROPN", "PRON"})
PHRASE = NOUNS | {"DET", "ADJ", "ADP"}
BESIDE_VERB = frozenset({"AUX", "ADV", "PART", "SPACE"})
BRACKETS = frozenset("()")
TIME_WHEN = "obl:tmod"
"""The relation of a time without a preposition: "dua hari kemudian"."""


@once
def voice(token: Token) -> Voice:
    """active (meN-), passive (di-, ter- as tagged), middle (ber- and bare verbs, adjectives), noun (all else).

    The form decides before the tag: taggers take "ditembak" for a noun more often than a noun begins with di- or me-.
    """
    text, tagged = token.lower_, token.morph.get("Voice", [])
    verbal = token.pos_ in VERBAL
    if verbal and (tagged == ["Pass"] or text.startswith("di")):
        return "passive"
    if text.startswith("me") and (verbal or tagged == ["Act"]):
        return "active"
    if text.startswith("di-"):
        return "passive"
    return "middle" if verbal else "noun"


def is_deverbal(token: Token) -> bool:
    """True for peN-…-an, the noun of a transitive verb ("penangkapan"): what follows it is the verb's object."""
    text = token.lower_.removesuffix("nya")
    return text.endswith("an") and text.startswith(("pem", "pen", "pel", "peny", "peng", "per")) and len(text) > 7


def form(token: Token) -> str:
    """The voice, and "deverbal" for the noun of a transitive verb."""
    kind = voice(token)
    return "deverbal" if kind == "noun" and is_deverbal(token) else kind


def own_subjects(verb: Token) -> list[Token]:
    """The subjects that hang from the verb itself, without "yang" and without a number torn from its noun."""
    return [child for child in children(verb, "nsubj", "csubj") if child.lower_ != RELATIVE and not _torn_number(child)]


def _torn_number(token: Token) -> bool:
    if token.pos_ != "NUM" or token.i + 1 >= token.sent.end:
        return False
    noun = token.nbor()
    return noun.pos_ in ("NOUN", "PROPN") and noun.head.i == token.head.i


def subjects(verb: Token, cues: Cues, depth: int = 0) -> list[Token]:
    """The nouns that the verb is about, coordinations unfolded; empty where the tree does not tell.

    Its own subject; the head of its relative clause; the subject of the verb that it is coordinated with; for a clause
    without a subject the controller: the object of the verb above ("meminta warga mengungsi"), else its subject
    ("berupaya menggantikan", "sepakat untuk membentuk").
    """
    if depth > 6:
        return []
    own = own_subjects(verb)
    denier = denies(verb, cues)
    if denier is not None:
        return subjects(denier, cues, depth + 1)
    if own:
        return conjuncts(own[0])
    cleft = cleft_of(verb, cues)
    if cleft is not None:
        return conjuncts(cleft)
    kind = relation(verb)
    lost = _after_conjunction(verb)
    if lost is not None:
        return [lost]
    if kind == "acl" and verb.i > verb.head.i:
        return _relative_subjects(verb, cues, depth)
    if kind == "conj":
        first = first_conjunct(verb)
        if first.i != verb.i and (voice(first) != "noun" or own_subjects(first)):
            return subjects(first, cues, depth + 1) or []
        return []
    if kind in ("xcomp", "advcl", "ccomp"):
        return _controllers(verb, cues, depth)
    return []


def cleft_of(verb: Token, cues: Cues) -> Token | None:
    """The noun that a clause of "yang" is said to be: "Yang meresmikan jembatan itu adalah [Presiden Jokowi]"."""
    first, noun = first_conjunct(verb), first_conjunct(verb).head
    opened = any(child.lower_ == RELATIVE for child in first.children if child.i < first.i)
    if relation(first) not in ("csubj", "nsubj") or not opened or noun.i < verb.i or noun.pos_ not in NOUNS:
        return None
    return noun if any(child.lower_ in cues.copulas for child in children(noun, "cop")) else None


def denies(verb: Token, cues: Cues) -> Token | None:
    """The verb of who answers what is told of him, told by a noun alone: "[membantah] kabar akan mundur"."""
    doc, at, first = verb.doc, verb.i - 1, verb.sent.start + 1
    while at > first and doc[at].pos_ in ("AUX", "ADV", "PART"):
        at -= 1
    told = first <= at < verb.i - 1 and doc[at].lower_ in cues.contents and voice(verb) != "noun"
    return doc[at - 1] if told and doc[at - 1].pos_ == "VERB" else None


def new_subject(verb: Token) -> Token | None:
    """The subject that a coordinated verb brings along ("… dan 68 telah menandatangani"): it shares no earlier one."""
    own = [subject for subject in own_subjects(verb) if subject.i < verb.i]
    if own and relation(verb) == "conj":
        return own[0]
    return _after_conjunction(verb)


@once
def new_clauses(sentence: Iterable[Token], cues: Cues) -> list[int]:
    """Where in a sentence a conjunction opens a clause with a subject of its own: "Polisi menahan A | dan jaksa menuntut B".

    A conjunction, a phrase, and a verb right behind it; before it another verb, with no break between and in no relative
    clause; or "sementara" behind a comma. A verb that a tree hangs from the phrase ("dan anggota terpilih") counts only where
    the one before stands beside the conjunction. A list of subjects ("ketika Turki dan Mesir berunding") has none. Parsers
    often take the phrase for one more object of the clause before. Those whom a verb has do something ("meminta polisi dan
    jaksa menahan A"), tells of, or makes undergo it ("menyebabkan A dan B tewas"), begin none.
    """
    found: list[int] = []
    opened: int | None = None
    main = paused = beside = filled = asked = False
    before = ""
    for token in sentence:
        verbal = token.pos_ == "VERB" or _is_state(token, cues)
        if _parts(token, cues):
            found.append(token.i)
        if token.lower_ == RELATIVE or token.pos_ == "SCONJ":
            opened, main = None, False
        elif token.pos_ == "CCONJ":
            main = main or (paused and before == "PUNCT")
            if opened is None and not asked:  # "dan baik A maupun B"
                opened, filled, beside = (token.i if main else None), False, before == "VERB"
        elif verbal:
            inside = relation(token) == "acl"
            if opened is not None and filled and (beside or not inside):
                found.append(opened)
            main, opened = main or not inside, None
            asked = any(is_in(token, verbs) for verbs in (cues.controlling, cues.telling, cues.triggering))
        elif token.pos_ in PHRASE:
            filled = filled or (token.pos_ in NOUNS and opened is not None and not _is_adverbial(token, opened))
        elif token.text == "," and main and token.i + 1 < token.sent.end and token.nbor().pos_ == "NUM":
            opened, filled, beside = token.i, False, True  # "Seorang guru tewas, dua lainnya terluka"
        elif token.pos_ not in BESIDE_VERB and token.text not in BRACKETS:
            opened, paused, main, asked = None, main, False, False
        before = "VERB" if verbal else token.pos_
    return found


def _is_adverbial(token: Token, opened: int) -> bool:
    """Whether a noun behind a conjunction says when or where: "Hatta berangkat dan pada [1926] terpilih sebagai ketua"."""
    top = token
    while top.head.i > opened and top.head.pos_ in NOUNS and top.head.i != top.i:
        top = top.head
    cases = [*children(token, "case"), *children(top, "case")]
    return top.dep_ == TIME_WHEN or any(case.pos_ == "ADP" and case.i > opened for case in cases)


def _parts(token: Token, cues: Cues) -> bool:
    """Whether a clause begins there beside the one before: "…, | sementara B bertolak"; not "…, sementara menunggu hasil"."""
    if token.lower_ not in cues.whereas or token.i == token.sent.start or token.doc[token.i - 1].text != ",":
        return False
    return token.i + 1 < token.sent.end and token.nbor().pos_ in PHRASE


def _is_state(token: Token, cues: Cues) -> bool:
    """A predicate that is tagged as none ("dua orang luka-luka"); before a verb it describes ("korban tewas dievakuasi")."""
    return token.lower_ in cues.states and (token.i + 1 == token.sent.end or token.nbor().pos_ != "VERB")


def _after_conjunction(verb: Token) -> Token | None:
    """The noun between a conjunction and the verb, where a parser gave it to neither: "… dan 68 telah menandatangani"."""
    at, found = verb.i - 1, None
    while at >= verb.sent.start and verb.doc[at].pos_ in ("AUX", "ADV", "PART"):
        at -= 1
    while at >= verb.sent.start and verb.doc[at].pos_ in ("NUM", "NOUN", "PROPN", "PRON", "DET"):
        found = verb.doc[at]
        at -= 1
    if found is None or found.lower_ == RELATIVE or at < verb.sent.start or verb.doc[at].pos_ != "CCONJ":
        return None
    inside = verb.doc[at + 1 : verb.i]
    heads = [
        token
        for token in inside
        if token.pos_ in ("NUM", "NOUN", "PROPN", "PRON") and token.head.i not in range(at + 1, verb.i)
    ]
    # A noun that goes on a list before it ("Turki dan Mesir berunding") is no subject of its own, nor is "dua hari kemudian".
    return None if not heads or relation(heads[0]) == "conj" or heads[0].dep_ == TIME_WHEN else heads[0]


def _relative_subjects(verb: Token, cues: Cues, depth: int) -> list[Token]:
    marks = [child for child in verb.children if relation(child) == "mark" and child.lower_ != RELATIVE]
    if marks:
        # "keputusan untuk mengirim": whoever decides, sends.
        return subjects(verb.head, cues, depth + 1) if voice(verb.head) != "noun" else []
    told = told_of(verb.head, cues)
    # After a coordination, about its last member, which it hangs from.
    return [verb.head] if told is None else conjuncts(told)


def told_of(noun: Token, cues: Cues) -> Token | None:
    """The subject that a noun says what it is, or what it becomes: "[Slovenia] menjadi republik pertama yang …"."""
    verb = noun.head
    if relation(noun) not in ("obj", "xcomp") or verb.i >= noun.i or not is_in(verb, cues.being):
        return None
    return next((subject for subject in own_subjects(verb) if subject.i < verb.i), None)


def _controllers(verb: Token, cues: Cues, depth: int) -> list[Token]:
    above = verb.head
    if above.i == verb.i:
        return []
    kind = relation(verb)
    objects = [child for child in children(above, "obj", "iobj") if child.i < verb.i]
    above_voice = voice(above)
    if objects and above_voice == "active" and is_in(above, cues.planning) and kind in ("xcomp", "advcl", "ccomp"):
        return conjuncts(objects[0])
    addressed = [
        child
        for child in children(above, "obl")
        if above.i < child.i < verb.i and any(c.lower_ in cues.addressing for c in child.children)
    ]
    if addressed and is_in(above, cues.planning):
        return conjuncts(addressed[0])
    if above_voice == "noun":
        return conjuncts(above) if relation(above) == "nsubj" else []
    return subjects(above, cues, depth + 1)


@once
def called_for(verb: Token, cues: Cues) -> Token | None:
    """The verb that asks for what ``verb`` tells: "mendesak Iran | menarik pasukan dan berunding"; None if none does.

    Parsers hang the later members of a list on the verb of asking itself ("mendesak Iran untuk mundur, menarik A, dan …").
    """
    first = verb if own_subjects(verb) else first_conjunct(verb)
    above = first.head
    if _is_content(first, cues) and above.i < first.i and _asks(above, cues):
        return above
    if first.i == verb.i or not _asks(first, cues) or voice(verb) != "active":
        return None
    asked = [child for child in first.children if first.i < child.i < verb.i and _is_content(child, cues)]
    if not asked:
        return None
    second = next((child for child in children(first, "conj") if child.i > asked[0].i), None)
    listed = second is not None and second.doc[second.i - 1].text == ","
    return first if listed and second is not None and second.i <= verb.i else None


def _is_content(verb: Token, cues: Cues) -> bool:
    """Whether a verb tells what the verb above it says or asks; "untuk mundur" is an adverbial clause to some parsers."""
    marked = any(child.lower_ in cues.purposes for child in children(verb, "mark"))
    return relation(verb) in ("xcomp", "ccomp") or (relation(verb) == "advcl" and marked)


def _asks(verb: Token, cues: Cues) -> bool:
    return is_in(verb, cues.controlling) and is_in(verb, cues.planning)


def agent_pronoun(verb: Token, cues: Cues) -> Token | None:
    """The pronoun of a pronoun passive ("yang telah kami tandatangani"), if the verb is one: bare, pronoun before it."""
    if voice(verb) != "middle" or verb.lower_.startswith("ber"):
        return None
    at = verb.i - 1
    before = verb.doc[at] if at >= verb.sent.start else None
    if before is None or not is_word(before) or before.lower_ not in cues.pronouns:
        return None
    has_object = any(child.i > verb.i for child in children(verb, "obj"))
    return None if has_object else before


def relative_head(verb: Token) -> Token | None:
    """The noun that the verb's relative clause describes, seen through coordination."""
    first = first_conjunct(verb)
    return first.head if relation(first) == "acl" and first.head.i < first.i else None


def governors(token: Token) -> list[Token]:
    """The verbs above a token, nearest first."""
    return [above for above in ancestors(token) if voice(above) != "noun"]
