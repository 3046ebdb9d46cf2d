"""What stands around a trigger word, and whether an entry's conditions hold there.

The regions (object, subject, sentence) join what the tree says with a few words of the text on the expected side, because
a parser's mistakes must not cost an event that the word order makes plain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from peristiwa.events.lexicon import Reading
from peristiwa.events.morphology import strip_clitics

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

UNMET = -1
OBJECT_WINDOW = 5
NOUN_WINDOW = 3
SUBJECT_WINDOW = 6
ADDRESSEE = "kepada"
STOPS = frozenset('.;:!?()"“”')
NAME_PARTS = frozenset({"flat", "compound", "nmod", "amod", "appos", "conj", "nummod", "fixed", "clf"})


def word_after(doc: Doc, index: int) -> Token | None:
    """The next token that is not white space, in the same sentence."""
    for token in doc[index + 1 :]:
        if token.is_sent_start and not token.is_space:
            return None
        if not token.is_space:
            return token
    return None


def word_before(doc: Doc, index: int) -> Token | None:
    """The previous token that is not white space, in the same sentence."""
    if index < len(doc) and doc[index].is_sent_start:
        return None
    for position in range(index - 1, -1, -1):
        token = doc[position]
        if not token.is_space:
            return token
        if token.is_sent_start:
            return None
    return None


def sentence_bounds(doc: Doc, index: int) -> tuple[int, int]:
    """First token and end of the sentence of token ``index``; the whole Doc where nothing marks sentences."""
    start = index
    while start > 0 and not doc[start].is_sent_start:
        start -= 1
    end = index + 1
    while end < len(doc) and not doc[end].is_sent_start:
        end += 1
    return start, end


def right_of(doc: Doc, end: int, window: int) -> list[Token]:
    """Up to ``window`` tokens from ``end`` on, to the end of the clause as punctuation shows it."""
    found: list[Token] = []
    for token in doc[end:]:
        if token.is_sent_start or token.text in STOPS or len(found) >= window:
            break
        if not token.is_space:
            found.append(token)
    return found


def left_of(doc: Doc, start: int, window: int) -> list[Token]:
    """Up to ``window`` tokens before ``start``, nearest first, within the sentence and its last strong punctuation."""
    found: list[Token] = []
    position = start
    while position > 0 and not doc[position].is_sent_start and len(found) < window:
        position -= 1
        token = doc[position]
        if token.text in STOPS:
            break
        if not token.is_space:
            found.append(token)
    return found


def dependents(token: Token, *relations: str) -> Iterator[Token]:
    """Dependents by base relation, each with the parts of its name and its noun modifiers."""
    for child in token.children:
        if child.dep_.split(":")[0] in relations:
            yield child
            yield from (part for part in child.children if part.dep_.split(":")[0] in NAME_PARTS)


def object_words(doc: Doc, start: int, end: int, voice: str) -> list[Token]:
    """Where the thing acted on may stand: after an active verb or a noun, before (or after) a passive verb."""
    head = doc[start]
    if voice == "passive":
        # Who receives is not what is handed over: "Dokumen itu diserahkan kepada Indonesia".
        behind = takewhile(lambda token: token.lower_ != ADDRESSEE, right_of(doc, end, NOUN_WINDOW))
        found = [*dependents(head, "nsubj", "csubj", "obj"), *behind]
        found += left_of(doc, start, SUBJECT_WINDOW)
        if head.dep_.startswith("acl"):
            found += [head.head, *dependents(head.head, "compound", "flat", "nmod")]
        return found
    if voice == "noun":
        return [*dependents(head, "nmod", "compound", "flat", "obl", "obj"), *right_of(doc, end, NOUN_WINDOW)]
    return [*dependents(head, "obj", "obl", "ccomp", "xcomp", "iobj"), *right_of(doc, end, OBJECT_WINDOW)]


def subject_words(doc: Doc, start: int, end: int, voice: str) -> list[Token]:
    """Where the one who acts may stand: before an active verb, after ``oleh`` or right after a passive one."""
    head = doc[start]
    if voice == "passive":
        return [*dependents(head, "obl", "nmod"), *right_of(doc, end, NOUN_WINDOW)]
    found = [*dependents(head, "nsubj"), *left_of(doc, start, SUBJECT_WINDOW)]
    if head.dep_.startswith("acl"):
        found += [head.head, *dependents(head.head, "compound", "flat")]
    return found


def region(doc: Doc, start: int, end: int, voice: str, name: str) -> list[Token]:
    """The tokens that a condition looks at: object, subject, next, previous, or with (the whole sentence)."""
    if name == "object":
        return object_words(doc, start, end, voice)
    if name == "subject":
        return subject_words(doc, start, end, voice)
    if name == "next":
        token = word_after(doc, end - 1)
        return [token] if token is not None else []
    if name == "previous":
        token = word_before(doc, start)
        return [token] if token is not None else []
    first, last = sentence_bounds(doc, start)
    return [token for token in doc[first:last] if not start <= token.i < end]


def is_number(token: Token) -> bool:
    return token.pos_ == "NUM" or token.text[:1].isdigit()


def mentions(tokens: Iterable[Token], wanted: frozenset[str]) -> bool:
    """True if one of the tokens is one of the wanted words, or part of a named entity of a wanted class (@ORG)."""
    for token in tokens:
        if token.ent_type_ and f"@{token.ent_type_}" in wanted:
            return True
        if "@number" in wanted and is_number(token):
            return True
        if not wanted.isdisjoint(strip_clitics(token.text)):
            return True
    return False


def conditions_met(doc: Doc, start: int, end: int, reading: Reading) -> int | None:
    """How many conditions of a reading hold over tokens ``[start, end)``, UNMET if one does not; None if one excludes it.

    An unmet reading is kept, because priors may know that the word alone says enough.
    """
    voice = "noun" if reading.voice == "word" and doc[start].pos_ == "NOUN" else reading.voice
    met = len(reading.required)
    for name, words in reading.required:
        if not mentions(region(doc, start, end, voice, name), words):
            met = UNMET
    for name, words in reading.excluded:
        if mentions(region(doc, start, end, voice, name), words):
            return None
    return met
