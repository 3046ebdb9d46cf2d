"""The plain view of a Doc answers as spaCy does, and the event stage finds the same in both."""

from __future__ import annotations

import gc
import math
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from peristiwa.annotate.convert import Parse, Token, Word, to_doc
from peristiwa.events.attach import Told, chains, first_mention
from peristiwa.events.between import Between
from peristiwa.events.tree import bare_phrase, characters, chunk, is_word, phrase, preposition, root_of, subtree, tokens_of
from peristiwa.events.view import View, on_view, once
from peristiwa.events.weights import as_rows, summed
from strategies import parsed_texts

ATTRIBUTES = (
    "i", "idx", "text", "lower_", "lemma_", "pos_", "dep_", "ent_type_", "ent_iob_", "is_space", "is_sent_start",
)  # fmt: skip


@given(parsed_texts())
def test_a_view_answers_as_the_doc(drawn: tuple[str, list[Parse]]) -> None:
    doc = to_doc(*drawn)
    view = View(doc)
    assert view.text == doc.text
    assert len(view) == len(doc)
    for mine, theirs in zip(view, doc, strict=True):
        assert [getattr(mine, name) for name in ATTRIBUTES] == [getattr(theirs, name) for name in ATTRIBUTES]
        assert mine.head.i == theirs.head.i
        assert [child.i for child in mine.children] == [child.i for child in theirs.children]
        assert subtree(mine) == subtree(theirs)
        assert mine.morph.get("Person") == theirs.morph.get("Person")
        assert (mine.sent.start, mine.sent.end, mine.sent.start_char) == (
            theirs.sent.start,
            theirs.sent.end,
            theirs.sent.start_char,
        )
    assert [[token.i for token in sentence] for sentence in view.sents] == [[t.i for t in sentence] for sentence in doc.sents]


@given(parsed_texts())
def test_phrases_are_the_same_in_a_view(drawn: tuple[str, list[Parse]]) -> None:
    doc = to_doc(*drawn)
    view = View(doc)
    for mine, theirs in zip(view, doc, strict=True):
        assert (phrase(mine), bare_phrase(mine), chunk(mine)) == (phrase(theirs), bare_phrase(theirs), chunk(theirs))
        opened, other = preposition(mine), preposition(theirs)
        assert (opened.i if opened is not None else None) == (other.i if other is not None else None)
        assert characters(view, mine.i, mine.i + 1) == (theirs.idx, theirs.idx + len(theirs.text))


@given(parsed_texts(), st.data())
def test_a_stretch_of_characters_has_the_same_tokens_and_root_in_a_view(drawn: tuple[str, list[Parse]], data) -> None:
    doc = to_doc(*drawn)
    if not doc.text:
        return
    start = data.draw(st.integers(0, len(doc.text) - 1))
    end = data.draw(st.integers(start + 1, len(doc.text)))
    found, root = tokens_of(View(doc), start, end), root_of(View(doc), start, end)
    span = doc.char_span(start, end, alignment_mode="expand")
    assert list(found) == [token.i for token in span]
    assert (root.i if root is not None else None) == (span.root.i if len(span) else None)  # empty: the space that ends a text


@given(parsed_texts(), st.data())
def test_counts_between_two_places_are_those_of_the_tokens_there(drawn: tuple[str, list[Parse]], data) -> None:
    doc = to_doc(*drawn)
    start, end = (data.draw(st.integers(0, len(doc))) for _ in range(2))
    found = Between(doc)(start, end)
    tokens = doc[start : max(start, end)]
    assert found.words == sum(is_word(token) for token in tokens)
    assert found.breaks == sum(token.text in (",", ";", ":") for token in tokens)
    assert found.verbs == sum(token.pos_ == "VERB" for token in tokens)
    assert found.quotes == sum(token.text in '"“”' for token in tokens)


def test_a_view_keeps_an_answer_and_a_doc_does_not() -> None:
    asked: list[str] = []

    @once
    def ask(token, more: str = "") -> str | None:
        asked.append(token.text + more)
        return None

    doc = to_doc("", [])
    assert len(View(doc)) == 0
    doc = Doc(doc.vocab, words=["Ia", "pergi"])
    for token in (*View(doc)[:1] * 2, doc[1], doc[1]):
        ask(token)
        ask(token, "!")
    assert asked == ["Ia", "Ia!", *["pergi", "pergi!"] * 2]


@given(st.lists(st.none() | st.integers(0, 9), max_size=10))
def test_the_first_mention_is_the_start_of_its_chain(earlier: list[int | None]) -> None:
    same = [index if index is not None and index < at else None for at, index in enumerate(earlier)]
    events = [Told(0, (), "asserted", index) for index in same]
    assert [first_mention(events, at) for at in range(len(events))] == chains(events)


@pytest.mark.parametrize("names", [[], ["unknown"], ["a", "b", "unknown", "b"]])
def test_rows_add_up_as_the_table_does(names: list[str]) -> None:
    table = {"a": {"x": 0.1, "y": -0.7}, "b": {"y": 0.2}}
    rows = as_rows(table, ("x", "y", "z"))
    expected = [sum(table.get(name, {}).get(label, 0.0) for name in names) for label in "xyz"]
    assert all(map(math.isclose, summed(rows, names, 3), expected))


def test_a_view_is_made_once_and_leaves_nothing_to_the_garbage_collector() -> None:
    @on_view
    def outer(doc: Doc) -> list[weakref.ref[View]]:
        return inner(doc)

    @on_view
    def inner(doc: Doc) -> list[weakref.ref[View]]:
        assert isinstance(doc, View)
        assert [token.sent.start for token in doc] == [0, 0, 0]
        phrase(doc[1])
        return [weakref.ref(doc)]

    words = tuple(Word(text, text, "NOUN", "", head, "dep") for text, head in (("Ia", 2), ("pergi", 0), ("jauh", 2)))
    tokens = tuple(Token(at, at + len(w.text), (w,)) for at, w in zip((0, 3, 9), words, strict=True))
    doc = to_doc("Ia pergi jauh", [Parse(tokens)])
    gc.disable()
    try:
        assert outer(doc)[0]() is None
    finally:
        gc.enable()
