"""Names: repairs, laws and named happenings by grammar, abbreviations, canonical names, links."""

from __future__ import annotations

from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.entities import find_entities
from peristiwa.language import load_language

INDONESIAN = load_language("id")
BLANK = spacy.blank("id")


def names(text: str, **spans: str) -> list[tuple[str, str, str]]:
    """(type, text, name) of the entities in ``text``, the model having found ``PER="…|…"``, ``ORG="…"``."""
    doc = BLANK(text)
    found = [
        doc.char_span(text.index(name), text.index(name) + len(name), label=label, alignment_mode="expand")
        for label, joined in spans.items()
        for name in joined.split("|")
    ]
    doc.set_ents(found)
    doc[0].is_sent_start = True
    for token in doc[1:]:
        token.is_sent_start = doc[token.i - 1].text in ".!?"
    entities = find_entities(doc, INDONESIAN)
    assert all(text[e.start : e.end] == e.text for e in entities)
    return [(e.type, e.text, e.name) for e in entities]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Menurut Presiden Sukarno, rapat batal.", "Presiden Sukarno", ["Sukarno"]),
        ("Menurut Prof. Dr. Siti Aminah, M.Si. data itu keliru.", "Prof. Dr. Siti Aminah, M.Si.", ["Siti Aminah"]),
        ("Jenderal Sudirman wafat.", "Jenderal Sudirman", ["Sudirman"]),
        ("“Raden Saleh” melukis.", "“Raden Saleh”", ["Raden Saleh"]),
    ],
)
def test_titles_degrees_and_quotes_stand_outside_a_person(text: str, found: str, expected: list[str]) -> None:
    assert [name for _, name, _ in names(text, PER=found)] == expected


def test_a_bracketed_abbreviation_is_a_second_mention_with_the_full_name() -> None:
    text = "Badan Pusat Statistik (BPS) merilis data. BPS menghitung ulang."
    assert names(text, ORG="Badan Pusat Statistik (BPS)") == [
        ("ORG", "Badan Pusat Statistik", "Badan Pusat Statistik"),
        ("ORG", "BPS", "Badan Pusat Statistik"),
    ]


def test_an_abbreviation_that_the_model_missed_is_added() -> None:
    assert [n for _, n, _ in names("Palang Merah Indonesia (PMI) hadir.", ORG="Palang Merah Indonesia")] == [
        "Palang Merah Indonesia",
        "PMI",
    ]


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("DPR mengesahkan UU Nomor 7 Tahun 2017 kemarin.", "UU Nomor 7 Tahun 2017"),
        (
            "Undang-Undang Nomor 11 Tahun 2008 tentang Informasi dan Transaksi Elektronik direvisi.",
            "Undang-Undang Nomor 11 Tahun 2008 tentang Informasi dan Transaksi Elektronik",
        ),
        ("Peraturan Pemerintah (PP) Nomor 47 Tahun 2015 berlaku.", "Peraturan Pemerintah (PP) Nomor 47 Tahun 2015"),
        ("Mereka menggugat Pasal 27 ayat (3) UU ITE.", "Pasal 27 ayat (3) UU ITE"),
        ("Resolusi DK PBB 1325 diadopsi.", "Resolusi DK PBB 1325"),
        ("Negara itu meratifikasi Protokol Montreal.", "Protokol Montreal"),
        ("KUHP baru disahkan.", "KUHP"),
        ("Perpu 2/2017 terbit.", "Perpu 2/2017"),
    ],
)
def test_laws_by_grammar(text: str, law: str) -> None:
    assert ("LAW", law, law) in names(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("KTT ke-43 ASEAN digelar.", "KTT ke-43 ASEAN"),
        ("Piala Dunia 2022 usai.", "Piala Dunia 2022"),
        ("Perang Dunia II pecah.", "Perang Dunia II"),
        ("Sejak Pemilu 2019 partai itu bubar.", "Pemilu 2019"),
        ("Gempa Bumi Yogyakarta 2006 merusak.", "Gempa Bumi Yogyakarta 2006"),
    ],
)
def test_named_happenings_by_grammar(text: str, event: str) -> None:
    assert ("EVT", event, event) in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "Gempa mengguncang Padang.",
        "Perjanjian itu batal.",
        "Undang-undang melarangnya.",
        "Perang melanda negeri itu.",
        "Sidang digelar Senin.",
    ],
)
def test_common_nouns_are_no_names(text: str) -> None:
    assert names(text) == []


def test_a_surname_takes_the_full_name_told_before() -> None:
    assert names("Megawati Soekarnoputri hadir. Megawati berpidato.", PER="Megawati Soekarnoputri")[0][1:] == (
        "Megawati Soekarnoputri",
        "Megawati Soekarnoputri",
    )
    doc_names = names("Joko Widodo tiba. Sementara itu Widodo pergi.", PER="Joko Widodo")
    assert doc_names[0] == ("PER", "Joko Widodo", "Joko Widodo")


def test_countries_have_iso_codes_and_nothing_else_has() -> None:
    doc = BLANK("Jepang dan Padang")
    doc.set_ents([doc.char_span(0, 6, label="LOC"), doc.char_span(11, 17, label="LOC")])
    for token in doc:
        token.is_sent_start = token.i == 0
    assert [(e.text, e.link) for e in find_entities(doc, INDONESIAN)] == [("Jepang", "iso3166:JP"), ("Padang", None)]


@given(st.text(min_size=1, max_size=80))
def test_any_text_gives_true_disjoint_spans(text: str) -> None:
    doc = BLANK(text)
    for token in doc:
        token.is_sent_start = token.i == 0
    entities = find_entities(doc, INDONESIAN)
    assert all(doc.text[e.start : e.end] == e.text for e in entities)
    assert all(a.end <= b.start for a, b in pairwise(entities))
