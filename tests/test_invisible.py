"""Marks that nobody sees inside words: what is found is what the text says without them, quoted from the text with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.extract import explain, load
from peristiwa.invisible import MARKS, put_back, without_marks
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
