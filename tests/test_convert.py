"""Parses to spaCy Docs: the text survives, words and heads land where they belong."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from stanza.models.common.doc import Document as StanzaDocument

from peristiwa.annotate import convert
from peristiwa.annotate.annotator import batches
from peristiwa.annotate.convert import MULTIWORD, TRIGGERS, Mention, Parse, Token, Word, to_doc
from peristiwa.annotate.stanza import parses_of
from peristiwa.errors import InputError
from peristiwa.types import Document
from strategies import ANY_TEXT, parsed_texts


def simple(*words: str, text: str | None = None) -> tuple[str, list[Parse]]:
    """A sentence of plain words, each headed by the first."""
    text = " ".join(words) if text is None else text
    tokens, position = [], 0
    for number, word in enumerate(words):
        start = text.index(word, position)
        position = start + len(word)
        tokens.append(Token(start, position, (Word(word, word, "NOUN", "", min(number, 1), "dep" if number else "root"),)))
    return text, [Parse(tuple(tokens))]


@given(parsed_texts())
@settings(max_examples=300, deadline=None)
def test_the_text_is_the_documents_text_whatever_the_parse(parsed):
    text, sentences = parsed
    doc = to_doc(text, sentences)
    assert doc.text == text
    assert [token.idx for token in doc] == [len(doc[:i].text_with_ws) if i else 0 for i in range(len(doc))]
    assert len(list(doc.sents)) == max(len(sentences), 1 if text else 0)
    for sentence in doc.sents:
        assert all(token.head in sentence for token in sentence)
        if any(token.dep_ for token in sentence):
            assert [token.dep_ for token in sentence if token.head == token and token.pos_ != "SPACE"] == ["ROOT"]
    for span in [*doc.ents, *doc.spans[TRIGGERS]]:
        assert text[span.start_char : span.end_char] == span.text


@given(ANY_TEXT)
@settings(deadline=None)
def test_a_text_without_a_parse_survives(text):
    doc = to_doc(text, [])
    assert doc.text == text
    assert all(token.pos_ == "SPACE" for token in doc)


@pytest.mark.parametrize("text", ["", " ", "\n", " \t\n ", "\x00", "\u0085", "\ufeff"])
def test_empty_and_blank_texts(text):
    assert to_doc(text, []).text == text


def test_words_get_their_annotation():
    text = "Ibu  menanam padi."
    words = [
        Word("Ibu", "ibu", "NOUN", "Number=Sing", 2, "nsubj"),
        Word("menanam", "tanam", "VERB", "Voice=Act", 0, "root"),
        Word("padi", "padi", "NOUN", "", 2, "obj"),
        Word(".", ".", "PUNCT", "", 2, "punct"),
    ]
    places = [(0, 3), (5, 12), (13, 17), (17, 18)]
    doc = to_doc(text, [Parse(tuple(Token(s, e, (w,)) for (s, e), w in zip(places, words, strict=True)))])
    assert [t.text for t in doc] == ["Ibu", "  ", "menanam", "padi", "."]
    assert [t.pos_ for t in doc] == ["NOUN", "SPACE", "VERB", "NOUN", "PUNCT"]
    assert [t.dep_ for t in doc] == ["nsubj", "", "ROOT", "obj", "punct"]
    assert [t.head.i for t in doc] == [2, 1, 2, 2, 2]
    assert [t.i for t in doc[0].subtree] == [0]
    assert [t.lemma_ for t in doc] == ["ibu", "", "tanam", "padi", "."]
    assert doc[2].morph.get("Voice") == ["Act"]
    assert [t.is_sent_start for t in doc] == [True, False, False, False, False]


def test_multiword_token_whose_words_spell_it_is_split():
    text = "Bukunya hilang"
    book = (Word("buku", "buku", "NOUN", "", 3, "nsubj"), Word("nya", "dia", "PRON", "", 1, "nmod:poss"))
    doc = to_doc(text, [Parse((Token(0, 7, book), Token(8, 14, (Word("hilang", "hilang", "VERB", "", 0, "root"),))))])
    assert [t.text for t in doc] == ["Buku", "nya", "hilang"]
    assert doc.text == text
    assert doc[1].head.text == "Buku"
    assert [(s.start, s.end) for s in doc.spans[MULTIWORD]] == [(0, 2)]


def test_multiword_token_whose_words_do_not_spell_it_stays_one():
    # ku- + tulis, written "kutulis" but expanded to the pronoun's full form
    words = (Word("aku", "aku", "PRON", "Person=1", 2, "nsubj"), Word("tulis", "tulis", "VERB", "", 0, "root"))
    letter = Word("surat", "surat", "NOUN", "", 2, "obj")
    doc = to_doc("kutulis surat", [Parse((Token(0, 7, words), Token(8, 13, (letter,))))])
    assert [(t.text, t.lemma_, t.pos_, t.dep_, t.head.i) for t in doc] == [
        ("kutulis", "tulis", "VERB", "ROOT", 0),
        ("surat", "surat", "NOUN", "obj", 0),
    ]
    assert not doc.spans[MULTIWORD]


def test_no_circle_when_two_words_of_one_token_hang_in_different_places():
    # x y | z: x hangs from z, z from y, y is the root. Taking x's head for the token would close a circle.
    words = (Word("x", "x", "NOUN", "", 3, "obj"), Word("y", "y", "PRON", "", 0, "root"))
    doc = to_doc("ab z", [Parse((Token(0, 2, words), Token(3, 4, (Word("z", "z", "VERB", "", 2, "nmod"),))))])
    assert [(t.text, t.head.text, t.dep_, t.pos_) for t in doc] == [
        ("ab", "ab", "ROOT", "NOUN"),
        ("z", "ab", "nmod", "VERB"),
    ]


def test_leading_whitespace_belongs_to_the_first_sentence():
    doc = to_doc(*simple("Satu", "dua", text="\n\nSatu dua"))
    assert [(t.text, t.head.i) for t in doc] == [("\n\n", 0), ("Satu", 1), ("dua", 1)]
    assert [s.text for s in doc.sents] == ["\n\nSatu dua"]


def test_sentences_of_deeply_crossing_trees_stay_whole():
    # spaCy's own search for sentence boundaries gives up on such trees
    size = 60
    heads = [0 if n == size // 2 else (n * 37 + 11) % size for n in range(size)]
    words = [f"k{n}" for n in range(size)]
    order = sorted(range(size), key=lambda n: (n * 29) % size)
    heads = [0] * size
    for before, after in pairwise(order):
        heads[after] = before + 1
    text, _ = simple(*words)
    tokens, position = [], 0
    for number, word in enumerate(words):
        deprel = "dep" if heads[number] else "root"
        tokens.append(Token(position, position + len(word), (Word(word, "", "NOUN", "", heads[number], deprel),)))
        position += len(word) + 1
    doc = to_doc(text, [Parse(tuple(tokens))])
    assert len(list(doc.sents)) == 1


def test_overlapping_entities_keep_the_longest():
    text, [parse] = simple("Majelis", "Umum", "PBB")
    found = (Mention("ORG", 2, 3), Mention("ORG", 0, 3), Mention("LOC", 1, 2))
    doc = to_doc(text, [Parse(parse.tokens, entities=found)])
    assert [(e.text, e.label_) for e in doc.ents] == [("Majelis Umum PBB", "ORG")]


@pytest.mark.parametrize(
    ("heads", "said"),
    [((0, 0, 1), "2 words have head 0"), ((2, 1, 0), "circle"), ((0, 9, 1), "head 9 of 3"), ((0, None, 2), "without")],
)
def test_what_is_no_tree_is_refused(heads, said):
    tokens = tuple(Token(n, n + 1, (Word("x", "x", "X", "", head, "dep"),)) for n, head in enumerate(heads))
    with pytest.raises(InputError, match=said):
        to_doc("xxx", [Parse(tokens)])


@pytest.mark.parametrize("places", [[(0, 2), (1, 3)], [(0, 9)], [(1, 1)], [(2, 3), (0, 1)]])
def test_offsets_that_do_not_fit_are_refused(places):
    tokens = tuple(Token(start, end, (Word("x"),)) for start, end in places)
    with pytest.raises(InputError, match="overlaps"):
        to_doc("xyz", [Parse(tokens)])


def stanza_document() -> StanzaDocument:
    text = "Menurut Hatta, PBB-nya bubar."
    rows = [
        {"id": (1,), "text": "Menurut", "lemma": "turut", "upos": "ADP", "head": 2, "deprel": "case"},
        {"id": (2,), "text": "Hatta", "lemma": "Hatta", "upos": "PROPN", "head": 6, "deprel": "obl"},
        {"id": (3,), "text": ",", "lemma": ",", "upos": "PUNCT", "head": 2, "deprel": "punct"},
        {"id": (4, 5), "text": "PBB-nya"},
        {"id": (4,), "text": "PBB", "lemma": "PBB", "upos": "PROPN", "head": 6, "deprel": "nsubj"},
        {"id": (5,), "text": "-nya", "lemma": "dia", "upos": "DET", "head": 4, "deprel": "det"},
        {"id": (6,), "text": "bubar", "lemma": "bubar", "upos": "VERB", "head": 0, "deprel": "root", "feats": "A=B"},
        {"id": (7,), "text": ".", "lemma": ".", "upos": "PUNCT", "head": 6, "deprel": "punct"},
    ]
    surfaces = iter([(0, 7), (8, 13), (13, 14), (15, 22), (23, 28), (28, 29)])
    for row in rows:
        if row["id"] not in ((4,), (5,)):
            row["start_char"], row["end_char"] = next(surfaces)
    document = StanzaDocument([rows], text=text)
    tags = [("O", "O"), ("S-PER", "O"), ("O", "O"), ("S-ORG", "O"), ("O", "S-DISSOLVE"), ("O", "O")]
    document.set(["multi_ner"], tags, to_token=True)
    return document


def test_stanza_documents_become_docs():
    document = stanza_document()
    doc = to_doc(document.text, parses_of(document))
    assert doc.text == document.text
    assert [(t.text, t.lemma_, t.head.text) for t in doc][3:6] == [
        ("PBB", "PBB", "bubar"),
        ("-nya", "dia", "PBB"),
        ("bubar", "bubar", "bubar"),
    ]
    assert [(e.text, e.label_) for e in doc.ents] == [("Hatta", "PER"), ("PBB", "ORG")]  # a name ends before its clitic
    assert [(s.text, s.label_) for s in doc.spans[TRIGGERS]] == [("bubar", "DISSOLVE")]
    assert str(doc[5].morph) == "A=B"


def test_names_of_other_tag_sets_are_ours_or_none():
    document = stanza_document()
    tags = [("O",), ("S-PERSON",), ("O",), ("S-GPE",), ("S-DATE",), ("O",)]
    document.set(["multi_ner"], tags, to_token=True)
    [parse] = parses_of(document, ["ner"])
    assert [mention.label for mention in parse.entities] == ["PER", "LOC"]


def test_the_models_tags_are_told_apart_by_their_order():
    [parse] = parses_of(stanza_document(), ["triggers"])
    assert not parse.entities
    assert [mention.label for mention in parse.triggers] == ["PER", "ORG"]


def test_batches_keep_order_and_budget():
    documents = [Document(str(n), "kata " * size) for n, size in enumerate([3, 4, 20, 1, 1, 1, 1])]
    groups = [[document.doc_id for document in batch] for batch in batches(documents, words=8, count=3)]
    assert groups == [["0", "1"], ["2"], ["3", "4", "5"], ["6"]]


def test_words_are_forgotten_when_there_are_many(monkeypatch):
    monkeypatch.setattr(convert, "MOST_WORDS", 3)
    before, after = to_doc(*simple("satu", "dua", "tiga", "empat")), to_doc(*simple("lima"))
    assert before.vocab is not after.vocab
    assert [token.lemma_ for doc in (before, after) for token in doc] == ["satu", "dua", "tiga", "empat", "lima"]
