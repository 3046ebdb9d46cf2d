"""Texts as they are read, without invisible marks and capitals of headlines: what is found is quoted from them as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.extract import explain, load
from peristiwa.headlines import Headlines
from peristiwa.reading import MARKS, put_back, without_marks
from peristiwa.records import check_record
from peristiwa.types import Document, Record, Sentence

TEXT = "Presiden Joko Widodo melantik tiga menteri di Jakarta pada 12 Maret 2018."


def bare(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, MARKS)))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("menang\u00adkap Bu\u200b\u200bdi", "menangkap Budi"),
        ("\ufeffPolisi \u200bmenangkap\u200b, lalu", "\ufeffPolisi \u200bmenangkap\u200b, lalu"),  # beside words they harm none
        ("👨\u200d👩\u200d👧 pulang", "👨\u200d👩\u200d👧 pulang"),
    ],
)
def test_only_marks_inside_words_go(text: str, seen: str) -> None:
    assert without_marks(text) == seen


@given(st.text("ab \u00ad\u200b.", max_size=30), st.data())
def test_spans_quote_what_they_quoted(text: str, data: st.DataObject) -> None:
    seen = without_marks(text)
    end = data.draw(st.integers(0, len(seen)))
    start = data.draw(st.integers(0, end))
    moved = put_back(Record(Document("d", text), (Sentence(start, end),)), text).sentences[0]
    assert bare(text[moved.start : moved.end]) == bare(seen[start:end])


@pytest.mark.models
def test_a_text_with_soft_hyphens_gives_what_it_gives_without() -> None:
    extractor = load()
    marked = TEXT.replace("la", "la" + MARKS[0]).replace("Mar", "Mar" + MARKS[1])
    record, plain = extractor.extract(marked), extractor.extract(TEXT)
    check_record(record, "here")
    assert record.document.text == marked
    assert plain.events
    assert [
        (e.type, bare(e.trigger.text), e.trigger.lemma, e.date, [(a.role, bare(a.text)) for a in e.arguments])
        for e in record.events
    ] == [(e.type, e.trigger.text, e.trigger.lemma, e.date, [(a.role, a.text) for a in e.arguments]) for e in plain.events]
    document, doc = next(item for item in extractor.annotate_many([record.document]) if isinstance(item, tuple))
    told = explain(extractor, document, doc).events
    assert [c.text for c in told] == [e.trigger.text for e in record.events]


HEADLINES = Headlines(
    frozenset({"di", "dan", "dua"}),
    frozenset({"di", "kota"}),
    frozenset({"perang"}),
    frozenset({"serang", "tangkap", "perang", "maju"}),
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Polisi Tangkap Dua Pria di Medan", "Polisi tangkap dua Pria di Medan"),
        ("Polisi Tangkap Dua Pria di Medan\n\nDua pria itu …", "Polisi tangkap dua pria di Medan\n\nDua pria itu …"),
        ("Tangkap Dua Pria di Serang", "Tangkap dua Pria di Serang"),  # the first word, and what follows a word for places
        ("PT Rajawali Maju Untung\n\nLaba PT Rajawali Maju naik.", "PT Rajawali Maju Untung\n\nLaba PT Rajawali Maju naik."),
        ("Film Perang Dunia Serang Bioskop", "Film Perang Dunia serang Bioskop"),
        ("POLISI TANGKAP DUA PRIA", "POLISI TANGKAP DUA PRIA"),
        ("Polisi Tangkap Dua Pria di Medan.", "Polisi Tangkap Dua Pria di Medan."),  # a sentence, not a headline
        ("Polisi Tangkap pria di Medan", "Polisi Tangkap pria di Medan"),
    ],
)  # fmt: skip
def test_headlines_are_read_as_sentences(text: str, read: str) -> None:
    assert HEADLINES.in_sentence_case(text) == read


@given(st.text("Tangkap Serang di\nİß.,", max_size=60))
def test_no_character_of_a_headline_moves(text: str) -> None:
    assert HEADLINES.in_sentence_case(text).lower() == text.lower()
    assert len(HEADLINES.in_sentence_case(text)) == len(text)


@pytest.mark.models
def test_what_a_headline_tells_is_found_and_quoted_as_it_stands() -> None:
    record = load().extract("Polisi Ringkus Dua Perampok di Medan\n\nPolisi meringkus dua perampok.")
    check_record(record, "here")
    (first, *_) = record.events
    assert (first.type, first.trigger.text) == ("ARREST", "Ringkus")
    assert {a.role: a.text for a in first.arguments} == {"agent": "Polisi", "object": "Dua Perampok", "place": "Medan"}
