"""To whom the text attributes a claim: "menurut X", "kata X", "X mengatakan bahwa …"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import Cues, is_in
from peristiwa.events.edges import has_clitic
from peristiwa.events.extent import noun_phrase
from peristiwa.events.predicate import subjects
from peristiwa.events.roles import Mentions, is_person
from peristiwa.events.tree import children, conjuncts, is_word, relation, subtree
from peristiwa.events.view import once
from peristiwa.types import Argument

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token


def find_sources(doc: Doc, candidate: Candidate, mentions: Mentions, cues: Cues) -> list[Argument]:
    """The sources of the claim that the trigger is in, as arguments, no two overlapping."""
    arguments: list[Argument] = []
    for token in source_heads(doc, candidate, mentions, cues):
        argument = mentions.argument("source", *noun_phrase(token, mentions, cues))
        if all(argument.start >= other.end or argument.end <= other.start for other in arguments):
            arguments.append(argument)
    return arguments


def source_heads(doc: Doc, candidate: Candidate, mentions: Mentions, cues: Cues) -> list[Token]:
    """The nouns that name the sources of the claim that the trigger is in, from its own sentence only.

    A reporting verb in meN- governs what follows it to the end of the sentence; a bare one ("kata", "ujar") what stands
    before it, and what follows the comma after its subject; "menurut X" the clause it opens or closes.
    """
    trigger = doc[candidate.head]
    sentence = trigger.sent
    found: list[Token] = []
    for token in _reporters(sentence, cues):
        if candidate.start <= token.i < candidate.end:
            continue
        if (is_in(token, cues.saying) or _utters(token, cues)) and _is_bare_report(token, cues):
            speaker = _speaker_after(token)
            if speaker is not None and _reported_by_bare(token, speaker, trigger, mentions, cues):
                found.append(speaker)
        elif token.lower_ in cues.reporting and token.i < trigger.i and _inside_content(token, trigger, cues):
            found += subjects(token, cues) or _left_neighbour(token, mentions, cues)
        elif is_in(token, cues.according):
            found += _according_to(token, trigger, mentions, cues)
    return [token for token in found if not _covers(noun_phrase(token, mentions, cues), candidate.head)]


@once
def speakers(sentence: Span, cues: Cues) -> list[Token]:
    """The heads of who speaks in a sentence, the last to speak last: "X mengatakan …", "… kata X", "menurut X".

    Not who is told to speak in a relative clause ("polisi yang mengatakan itu").
    """
    found: list[Token] = []
    for token in _reporters(sentence, cues):
        if token.lower_ in cues.reporting:
            found += [] if relation(token) == "acl" else subjects(token, cues)[:1]
        elif is_in(token, cues.according):
            head = _who_is_followed(token)
            found += [head] if head is not None else []
        elif _is_bare_report(token, cues) and (speaker := _speaker_after(token)) is not None:
            found.append(speaker)
    return found


@once
def _reporters(sentence: Span, cues: Cues) -> list[Token]:
    """The words of a sentence that may report something."""
    lists = (cues.telling, cues.according)
    return [token for token in sentence if any(is_in(token, words) for words in lists) or _utters(token, cues)]


def _utters(token: Token, cues: Cues) -> bool:
    """True for a root that reports with "-nya" alone: "ancamnya", "pintanya"."""
    return token.lower_ in cues.uttering and has_clitic(token)


def _covers(span: tuple[int, int], at: int) -> bool:
    return span[0] <= at < span[1]


def _is_bare_report(token: Token, cues: Cues) -> bool:
    """A bare root as a verb of saying: after a quotation mark or a comma, before its speaker."""
    at = token.i - 1
    while at >= token.sent.start and token.doc[at].is_space:
        at -= 1
    before = token.doc[at] if at >= token.sent.start else None
    return before is None or not is_word(before)


def _speaker_after(token: Token) -> Token | None:
    named = [child for child in children(token, "nsubj", "obj", "obl", "nmod", "flat") if child.i > token.i]
    if named and named[0].i <= token.i + 2:
        return named[0]
    following = token.i + 1
    if following < token.sent.end and is_word(token.doc[following]) and token.doc[following].pos_ in ("NOUN", "PROPN", "PRON"):
        return _top(token.doc[following], token)
    return None


def _top(token: Token, below: Token) -> Token:
    """The head of the noun phrase that starts at ``token``."""
    while token.head.i > below.i and token.head.i != token.i and token.head.pos_ in ("NOUN", "PROPN"):
        token = token.head
    return token


def _reported_by_bare(verb: Token, speaker: Token, trigger: Token, mentions: Mentions, cues: Cues) -> bool:
    if trigger.i < verb.i:
        return True
    _, end = noun_phrase(speaker, mentions, cues)
    rest = verb.doc[end : trigger.i]
    # After a closing quotation the rest of the sentence is the reporter's ("…," kata X usai bertemu Y).
    opened = _in_quotes(verb.sent, verb.i)
    return not opened and bool(len(rest)) and rest[0].text == ","


def _in_quotes(sentence: Span, at: int) -> bool:
    """True if a quotation closes right before ``at``."""
    before = [token for token in sentence.doc[sentence.start : at] if not token.is_space]
    return any(token.text in "\"”'’" for token in before[-2:])


def _inside_content(verb: Token, trigger: Token, cues: Cues) -> bool:
    """The trigger stands in what the verb reports: after it, and not beyond the clause that the verb is in.

    A relative or fronted clause ends before what is told next ("Sebelum KPU mengumumkan hasil, Budi | mundur"), "sedangkan"
    opens another, and "menambahkan nama ke daftar" reports nothing.
    """
    marks = [child.lower_ for child in children(verb, "mark") if child.i < verb.i]
    fronted = relation(verb) == "advcl" and verb.i < verb.head.i and bool(marks) and not cues.likewise.issuperset(marks)
    parted = any(token.lower_ in cues.whereas for token in verb.doc[verb.i + 1 : trigger.i])
    if relation(verb) == "acl" or fronted or parted:
        return trigger.i in subtree(verb) and not parted
    return not _adds(verb) and not _meanwhile(verb, trigger, cues)


def _meanwhile(verb: Token, trigger: Token, cues: Cues) -> bool:
    """Whether a trigger stands in what tells when something was said, or until when: "melanjutkan perjuangan hingga | dibunuh".

    Behind an object alone: a clause of what is reported may have such a clause of its own.
    """
    if not children(verb, "obj") or children(verb, "ccomp", "xcomp"):
        return False
    clauses = [child for child in children(verb, "advcl") if child.i > verb.i]
    words = cues.aftermath | cues.until | cues.meanwhile
    opened = [child for child in clauses if any(mark.lower_ in words for mark in children(child, "mark"))]
    return any(trigger.i in subtree(clause) for clause in opened)


def _adds(verb: Token) -> bool:
    """True for "menambahkan 160 orang ke daftar sanksi": a thing, and where it goes."""
    things = [child for child in children(verb, "obj") if child.i > verb.i]
    goals = [part for token in (verb, *things) for part in children(token, "obl", "nmod")]
    return bool(things) and any(child.lower_ == "ke" for goal in goals for child in goal.children)


def _left_neighbour(verb: Token, mentions: Mentions, cues: Cues) -> list[Token]:
    at = verb.i - 1
    while at >= verb.sent.start and (verb.doc[at].pos_ in ("AUX", "ADV", "PART", "SPACE") or not is_word(verb.doc[at])):
        at -= 1
    if at < verb.sent.start:
        return []
    token = verb.doc[at]
    while token.head.i < token.i and token.head.i >= verb.sent.start and token.head.pos_ in ("NOUN", "PROPN"):
        token = token.head
    return [token] if is_person(token, mentions, cues) else []


def _according_to(word: Token, trigger: Token, mentions: Mentions, cues: Cues) -> list[Token]:
    head = _who_is_followed(word)
    if head is None or word.i < trigger.i < noun_phrase(head, mentions, cues)[1]:
        return []
    return conjuncts(head)


def _who_is_followed(word: Token) -> Token | None:
    """The head of the noun phrase behind "menurut"."""
    head = word.head if relation(word) in ("case", "mark") and word.head.i > word.i else None
    if head is None:
        named = [child for child in children(word, "obj", "obl", "nmod", "nsubj") if child.i > word.i]
        following = word.doc[word.i + 1] if word.i + 1 < word.sent.end else None
        head = named[0] if named else following
    return head if head is not None and head.pos_ in ("NOUN", "PROPN", "PRON") else None
