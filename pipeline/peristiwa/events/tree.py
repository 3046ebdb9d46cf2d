"""Reading a dependency tree: phrases, clauses, conjuncts, prepositions, and who is whose subject.

The relations are those of Universal Dependencies as the Indonesian treebanks use them (CSUI, PUD, GSD 2.17): "oleh" is
``case`` of an ``obl:agent`` (or plain ``obl``), the "yang" of a relative clause is its ``nsubj`` or ``nsubj:pass``, a
reported quotation is the root with the reporting verb as ``parataxis``. Parsers confuse nmod with obl and ccomp with
advcl, so the functions here ask for families of relations rather than for one.

Spans are pairs of token indices, end exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from peristiwa.events.view import once

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

NAME_PARTS = frozenset({"flat", "compound", "goeswith", "fixed", "list"})
MODIFIERS = NAME_PARTS | {"nummod", "amod", "det", "nmod", "clf", "advmod", "obl", "aux"}
SHELL = frozenset({"case", "mark", "cc", "punct", "discourse"})
CHUNK_LEFT = frozenset({"NOUN", "PROPN", "NUM", "SYM", "X"})
CHUNK_RIGHT = CHUNK_LEFT | {"ADJ", "DET"}
OPENING, CLOSING = "([{", ")]}"
QUOTES = frozenset("\"'“”‘’«»„`")
JOINING = QUOTES | frozenset("-–/()")
"""Marks that may stand inside a phrase."""


def relation(token: Token) -> str:
    """The relation without its subtype: ``nsubj`` of ``nsubj:pass``."""
    return _base(token.dep_)


@lru_cache(maxsize=512)
def _base(relation: str) -> str:
    return relation.split(":", 1)[0]


def children(token: Token, *relations: str) -> list[Token]:
    """The dependents whose full or base relation is one of ``relations``, in text order."""
    return [child for child in token.children if child.dep_ in relations or relation(child) in relations]


def is_word(token: Token) -> bool:
    return _has_letter(token.text)


@lru_cache(maxsize=1 << 16)
def _has_letter(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def ancestors(token: Token) -> Iterator[Token]:
    """The heads above ``token``, nearest first; stops on a loop."""
    seen = {token.i}
    while token.head.i not in seen:
        token = token.head
        seen.add(token.i)
        yield token


def first_conjunct(token: Token) -> Token:
    """The head of the coordination that ``token`` is in: itself unless it hangs as ``conj``."""
    seen = {token.i}
    while relation(token) == "conj" and token.head.i not in seen:
        token = token.head
        seen.add(token.i)
    return token


def conjuncts(token: Token) -> list[Token]:
    """``token`` and all that is coordinated with it below it ("Turki, Rusia, dan Iran"), in text order."""
    found = [token]
    for member in found:
        found += [child for child in member.children if relation(child) == "conj" and child not in found]
    return sorted(found, key=lambda member: member.i)


@once
def preposition(token: Token) -> Token | None:
    """The preposition (or conjunction) that opens the phrase of ``token``.

    A ``case`` or ``mark`` dependent to its left; else, because parsers hang these loosely, an ADP just before the phrase.
    """
    for child in token.children:
        if child.i < token.i and relation(child) in ("case", "mark") and is_word(child):
            return child
    left = phrase(token)[0] - 1
    while left >= 0 and token.doc[left].is_space:
        left -= 1
    before = token.doc[left] if left >= 0 and left >= token.sent.start else None
    return before if before is not None and before.pos_ == "ADP" else None


@once
def phrase(head: Token) -> tuple[int, int]:
    """The noun phrase of ``head``: no preposition, relative clause, apposition or conjunct of its own.

    What modifies a modifier stays whole, coordinations included ("Menteri Energi dan Sumber Daya Mineral").
    A bracketed short form right after the phrase belongs to it ("Badan Pusat Statistik (BPS)").
    """
    kept = {head.i}
    for child in head.children:
        if _belongs(child, head):
            kept.update(token.i for token in _inside(child))
    start, end = _run(head, kept)
    return _counted(head, start), _with_bracket(head.doc, end, head.sent.end)


@once
def bare_phrase(head: Token) -> tuple[int, int]:
    """The phrase of ``head`` up to its first preposition: "anggota" of "anggota dari partai itu"."""
    start, end = phrase(head)
    for at in range(head.i + 1, end):
        if head.doc[at].pos_ == "ADP" or relation(head.doc[at]) == "case":
            return balanced(head.doc, start, at)
    return start, end


@once
def chunk(head: Token) -> tuple[int, int]:
    """The run of nouns, numbers and their modifiers around ``head``, whatever the tree says."""
    doc, sentence = head.doc, head.sent
    start, end = head.i, head.i + 1
    while start > sentence.start and doc[start - 1].pos_ in CHUNK_LEFT:
        start -= 1
    while end < sentence.end and doc[end].pos_ in CHUNK_RIGHT:
        end += 1
    return _counted(head, start), _with_bracket(doc, end, sentence.end)


def _belongs(child: Token, head: Token) -> bool:
    kind = relation(child)
    if kind in ("acl", "advcl"):
        # A bare participle is part of the name of a thing ("kapal perang", "anggota terpilih"); a clause is not.
        bare = child.dep_ != "acl:relcl" and child.i == head.i + 1 and not list(child.children)
        return bare or (child.i == head.i + 2 and _is_pair(child.doc[child.i - 1], child))
    if kind in ("obl", "aux", "advmod") and head.pos_ not in ("NOUN", "PROPN", "NUM", "PRON"):
        return False
    return kind in MODIFIERS


def _is_pair(first: Token, second: Token) -> bool:
    """Whether two words are one deed told by two bare verbs, with what it is done to behind them: "jual beli (saham)"."""
    bare = all(token.lemma_ == token.text and token.pos_ in ("VERB", "NOUN") for token in (first, second))
    below = [child for child in second.children if is_word(child)]
    return bare and second.pos_ == "VERB" and all(c.pos_ == "NOUN" and c.i == second.i + 1 for c in below)


def _inside(token: Token) -> list[Token]:
    """The subtree of a modifier, cut at relative clauses and at asides set off by a comma."""
    found = [token]
    for member in found:
        for child in member.children:
            kind = relation(child)
            if child.dep_ == "acl:relcl" or kind in ("parataxis", "advcl", "appos", "ccomp", "csubj"):
                continue
            found.append(child)
    return found


def _run(head: Token, kept: set[int]) -> tuple[int, int]:
    """The unbroken stretch of ``kept`` around ``head``; marks between two kept words do not break it, commas do."""
    doc, sent = head.doc, head.sent
    start = end = head.i
    for step, limit in ((-1, sent.start - 1), (1, sent.end)):
        at = head.i + step
        while at != limit:
            token = doc[at]
            if at in kept and is_word(token):
                if step < 0:
                    start = at
                else:
                    end = at
            elif is_word(token) or (not token.is_space and at not in kept and token.text not in JOINING):
                break
            at += step
    start = _trim(doc, start, end)
    return start, end + 1


def _trim(doc: Doc, start: int, end: int) -> int:
    while start < end and (relation(doc[start]) in SHELL or not is_word(doc[start])):
        start += 1
    return start


def _counted(head: Token, start: int) -> int:
    """Where a phrase begins whose number is told in figures and in words, however the tree cuts it: "3 (tiga) orang"."""
    at = start
    while at < head.i and (head.doc[at].pos_ == "NUM" or head.doc[at].text == ")"):
        at += 1
    told = told_twice(head.doc, at - 1, head.sent.start)
    return start if told is None else min(start, told)


def told_twice(doc: Doc, closing: int, first: int) -> int | None:
    """Where a number begins that brackets tell again, given where they close: "| 12 (dua belas|) rumah"; None if none does.

    A number that names what stands before it counts nothing: "Pasal 3 (tiga) undang-undang itu".
    """
    at = closing - 1
    while at > first and doc[at].pos_ == "NUM":
        at -= 1
    if not first < at < closing - 1 or doc[closing].text != ")" or doc[at].text != "(" or doc[at - 1].pos_ != "NUM":
        return None
    number = doc[at - 1]
    return None if relation(number) == "nummod" and number.head.i < number.i else number.i


def _with_bracket(doc: Doc, end: int, limit: int) -> int:
    at = end
    while at < limit and doc[at].is_space:
        at += 1
    if at < limit and doc[at].text == "(":
        for close in range(at + 1, min(at + 5, limit)):
            if doc[close].text == ")":
                return close + 1
    return end


DASHES = frozenset(["-", "–", "—", "--"])


def balanced(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """The span without marks at its edges and without half a pair of brackets."""
    while start < end and (doc[start].is_space or (not is_word(doc[start]) and doc[start].text not in OPENING)):
        start += 1
    while end > start and (doc[end - 1].is_space or (not is_word(doc[end - 1]) and doc[end - 1].text not in CLOSING)):
        end -= 1
    text = [doc[i].text for i in range(start, end)]
    if text and text[0] in OPENING and (CLOSING[OPENING.index(text[0])] not in text):
        return balanced(doc, start + 1, end)
    if text and text[-1] in CLOSING and (OPENING[CLOSING.index(text[-1])] not in text):
        return balanced(doc, start, end - 1)
    return start, end


def clause(head: Token, *, without: frozenset[int] = frozenset()) -> tuple[int, int]:
    """The clause of ``head`` from its first to its last word, without the conjunction that opens it.

    ``without`` holds token indices (a subject raised to another role, a reporting verb) whose subtrees stay out.
    """
    found, seen = [head], {head.i}
    for member in found:
        for child in member.children:
            if child.i not in seen and child.i not in without:
                seen.add(child.i)
                found.append(child)
    inside = sorted(i for i in seen if is_word(head.doc[i]))
    doc = head.doc
    while inside and inside[0] < head.i and relation(doc[inside[0]]) in ("mark", "cc", "case"):
        inside.pop(0)
    if not inside:
        return head.i, head.i + 1
    return balanced(doc, inside[0], inside[-1] + 1)


def characters(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """Where the text of tokens ``[start, end)`` begins and ends."""
    last = doc[end - 1]
    return doc[start].idx, last.idx + len(last.text)


def tokens_of(doc: Doc, start: int, end: int) -> range:
    """The tokens that characters ``[start, end)`` touch."""
    span = doc.char_span(start, end, alignment_mode="expand")
    return range(span.start, span.end) if span is not None else range(0)


def root_of(doc: Doc, start: int, end: int) -> Token | None:
    """The highest, then first, of the tokens that characters ``[start, end)`` touch."""
    span = doc.char_span(start, end, alignment_mode="expand")
    return doc[span.root.i] if span else None  # none or empty: beside the text, or the space that ends it


def subtree(token: Token) -> set[int]:
    """The indices of ``token`` and everything below it."""
    return {below.i for below in token.subtree}


CONTENT = frozenset({"NOUN", "VERB", "ADJ", "PROPN", "NUM"})


@once
def content_words(sentence: Span) -> frozenset[str]:
    """The lemmas of a sentence's nouns, verbs, adjectives, names and numbers."""
    return frozenset(token.lemma_.lower() for token in sentence if token.pos_ in CONTENT)
