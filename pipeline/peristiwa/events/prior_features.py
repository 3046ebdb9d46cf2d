"""What speaks for and against a reading as an event: the named features of ``priors``.

They are what a linguist would look at: the word and its derivation, its part of speech and relation, a light verb, who acts
and on whom, names and times in the clause, function words beside it, whether it is quoted or generic; and the words that
it stands with, next to it and in the tree, by lemma, names as such.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from peristiwa.events.context import is_number, right_of, sentence_bounds, word_after, word_before
from peristiwa.events.lexicon import Lexicon
from peristiwa.events.tree import characters, relation

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from peristiwa.events.candidate import Hit

FUNCTION_POS = frozenset({"ADP", "AUX", "SCONJ", "CCONJ", "ADV", "PART", "DET", "PUNCT", "PRON", "NUM"})
CONTENT_POS = frozenset({"NOUN", "VERB", "ADJ", "PROPN"})
BESIDE = 4
"""Tokens on either side in which the next content word is sought."""
ARGUMENTS = frozenset({"nsubj", "obj", "obl", "nmod", "amod", "compound"})
DATED = re.compile(r"\d{1,2}/\d|\b(?:19|20)\d\d\b")
"""A day or a year in figures, in any language."""


def features(doc: Doc, hits: Sequence[Hit], lexicon: Lexicon) -> Iterator[list[str]]:
    """For each hit of a document the names of the features that hold, each once."""
    themes = Counter(hit.reading.type for hit in hits if hit.met >= 0)
    known: dict[tuple[int, int], list[str]] = {}
    for hit in hits:
        reading = hit.reading
        # What else the document tells: an event of a type rarely comes alone.
        others = min(themes[reading.type] - (hit.met >= 0), 5)
        theme = [f"theme={others}", f"theme={others}:{hit.met >= 0}:{reading.weak}"]
        token, bounds = doc[hit.start], sentence_bounds(doc, hit.start)
        found = [*_lexical(hit), *_grammar(hit, token), *_neighbours(doc, hit)]
        found += [*_sentence(doc, hit, token, bounds), *_support(token, lexicon), *theme]
        found += [*_words_beside(doc, hit, bounds), *_words_in_tree(hit, token)]
        if bounds not in known:
            known[bounds] = list(_whole_sentence(doc, *bounds))
        found += known[bounds]
        yield list(dict.fromkeys(found))


def _lexical(hit: Hit) -> Iterator[str]:
    reading = hit.reading
    kind = reading.type
    yield "bias"
    yield f"type={kind}"
    yield f"key={kind}:{reading.key}"
    yield f"form={kind}:{reading.key}:{reading.affixes}"
    yield f"voice={kind}:{reading.voice}"
    yield f"rule={reading.rule}:{hit.met >= 0}"
    yield f"weak={reading.weak}:{min(hit.met, 2)}"
    if hit.met < 0:
        yield f"unmet={kind}"
        yield f"unmet={kind}:{reading.key}"


def _grammar(hit: Hit, token: Token) -> Iterator[str]:
    voice = hit.reading.voice
    yield f"pos={token.pos_}:{voice}"
    yield f"dep={relation(token)}:{voice}"
    relations = {relation(child) for child in token.children}
    for wanted in ("nsubj", "obj", "obl", "ccomp", "xcomp", "nmod", "amod", "det", "nummod", "compound", "case", "mark", "acl"):
        if wanted in relations:
            yield f"child={wanted}:{voice}"
    if "nsubj" not in relations and "obj" not in relations:
        yield f"bare={voice}"
    labels = {grand.ent_type_ for child in token.children for grand in (child, *child.children) if grand.ent_type_}
    for label in sorted(labels):  # a set has no order, and sums of floats depend on theirs
        yield f"argument={label}"
    if not labels:
        yield f"argument=none:{voice}"


def _neighbours(doc: Doc, hit: Hit) -> Iterator[str]:
    before, after = word_before(doc, hit.start), word_after(doc, hit.end - 1)
    for side, token in (("before", before), ("after", after)):
        if token is None:
            yield f"{side}=edge"
            continue
        if token.pos_ in FUNCTION_POS:
            yield f"{side}={token.text.lower() if not is_number(token) else '0'}"


def _sentence(doc: Doc, hit: Hit, token: Token, bounds: tuple[int, int]) -> Iterator[str]:
    start, end = bounds
    sentence = doc[start:end]
    quotes = sum(t.text in '"“”' for t in doc[start : hit.start])
    yield f"quoted={quotes % 2 == 1 or (quotes == 0 and any(t.text == '”' for t in sentence))}"
    yield f"near.number={any(is_number(t) for t in right_of(doc, hit.end, 6))}"
    if token.ent_type_:
        yield f"in={token.ent_type_}"
    if token.text[:1].isupper() and not token.is_sent_start:
        yield "capital"


def _support(token: Token, lexicon: Lexicon) -> Iterator[str]:
    head, part = token.head, relation(token)
    if head.i != token.i and part in ("obj", "nsubj") and lexicon.lends(head.text):
        yield f"light={part}"
    if part in ("obj", "nsubj", "obl", "nmod") and head.pos_ == "VERB":
        yield f"head.light={lexicon.lends(head.text)}"
    if head.i != token.i and lexicon.look_up(head.text):
        yield f"head.trigger={part}"


def _words_beside(doc: Doc, hit: Hit, bounds: tuple[int, int]) -> Iterator[str]:
    """The last content word before and the first after it."""
    start, end = bounds
    before = [token for token in doc[max(start, hit.start - BESIDE) : hit.start] if token.pos_ in CONTENT_POS]
    after = [token for token in doc[hit.end : min(end, hit.end + BESIDE)] if token.pos_ in CONTENT_POS]
    if before:
        yield f"word.before={_word(before[-1])}:{hit.reading.type}"
    if after:
        yield f"word.after={_word(after[0])}:{hit.reading.type}"


def _words_in_tree(hit: Hit, token: Token) -> Iterator[str]:
    """Its head and its arguments, and what part and relation the entry of the ontology has, with which arguments."""
    kind, entry = hit.reading.type, f"{hit.reading.type}:{hit.reading.key}"
    yield f"entry.pos={token.pos_}:{entry}"
    yield f"entry.relation={token.dep_}:{entry}"
    if token.head.i != token.i:
        yield f"word.head={token.head.lemma_.lower()}:{kind}"
    for child in token.children:
        part = relation(child)
        if part in ARGUMENTS or part == "det":
            yield f"entry.{part}={entry}"
        if part in ARGUMENTS and child.pos_ in CONTENT_POS:
            yield f"word.{part}={_word(child)}:{kind}"


def _word(token: Token) -> str:
    return "PROPN" if token.pos_ == "PROPN" else token.lemma_.lower()


def _whole_sentence(doc: Doc, start: int, end: int) -> Iterator[str]:
    """How long it is and where it stands, how many names and numbers it has, whether it tells a date in figures."""
    parts = Counter(token.pos_ for token in doc[start:end])
    yield f"dated={DATED.search(doc.text, *characters(doc, start, end)) is not None}"
    yield f"names={min(parts['PROPN'], 6)}"
    yield f"numbers={min(parts['NUM'], 3)}"
    yield f"length={min((end - start) // 8, 6)}"
    yield f"place={start * 10 // len(doc)}"
