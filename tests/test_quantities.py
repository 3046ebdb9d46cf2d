"""Numbers with scales, units and bounds, and numbers that count nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.entities import find_quantities
from peristiwa.language import Language, load_language

INDONESIAN = load_language("id")


def found(text: str) -> list[tuple[str, float, str | None, str | None]]:
    return [(q.text, q.value, q.unit, q.bound) for q in find_quantities(text, INDONESIAN)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sedikitnya 65 orang tewas", ("sedikitnya 65 orang", 65, "orang", "at_least")),
        ("senilai Rp1,5 triliun", ("Rp1,5 triliun", 1.5e12, "IDR", None)),
        ("seharga Rp 12.500", ("Rp 12.500", 12500, "IDR", None)),
        ("sekitar US$ 3 juta", ("sekitar US$ 3 juta", 3e6, "USD", "about")),
        ("10 ribu dolar AS", ("10 ribu dolar AS", 1e4, "USD", None)),
        ("naik 2,5 persen", ("2,5 persen", 2.5, "persen", None)),
        ("naik 12%", ("12%", 12, "persen", None)),
        ("dua pertiga anggota", ("dua pertiga anggota", 0.6667, "anggota", None)),
        ("ratusan warga", ("ratusan warga", 100, "warga", "at_least")),
        ("puluhan ribu pengungsi", ("puluhan ribu pengungsi", 20000, "pengungsi", "at_least")),
        ("dua ratus lima puluh ribu ton", ("dua ratus lima puluh ribu ton", 250_000, "ton", None)),
        ("sebelas rumah", ("sebelas rumah", 11, "rumah", None)),
        ("tujuh belas kapal", ("tujuh belas kapal", 17, "kapal", None)),
        ("satu setengah jam", ("satu setengah jam", 1.5, "jam", None)),
        ("kurang dari 40 kilometer", ("kurang dari 40 kilometer", 40, "kilometer", "at_most")),
        ("68 telah pergi", ("68", 68, None, None)),
        ("1.234.567 suara", ("1.234.567 suara", 1_234_567, "suara", None)),
    ],
)
def test_values(text: str, expected: tuple[str, float, str | None, str | None]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "text", ["UU Nomor 11 Tahun 2008", "peringkat ke-19", "skor 2-1", "pukul 09.30", "versi 2.0.1", "satu", "Pasal 5"]
)
def test_numbers_that_count_nothing(text: str) -> None:
    assert found(text) == []


def test_spans_of_dates_are_left_out() -> None:
    text = "Pada 17 Agustus 1945 ada 3 orang"
    assert [q.text for q in find_quantities(text, INDONESIAN, [SimpleNamespace(start=5, end=20)])] == ["3 orang"]


@given(st.text(max_size=60))
def test_never_raises_and_quotes_the_text(text: str) -> None:
    assert all(text[q.start : q.end] == q.text for q in find_quantities(text, INDONESIAN))


@given(st.integers(0, 10**9))
def test_grouped_digits_have_their_value(number: int) -> None:
    text = f"{number:,}".replace(",", ".") + " orang"
    assert [q.value for q in find_quantities(text, INDONESIAN)] == [number]


def test_values_are_finite_and_odd_letters_cost_nothing() -> None:
    assert found("9" * 400 + " orang") == []
    assert found("r\u0131buan orang") == []  # IGNORECASE takes a dotless i for an i


def test_a_language_without_words_for_quantities_still_has_numbers() -> None:
    bare = Language("xx", Path("xx.yaml"), {})
    assert [(q.text, q.value) for q in find_quantities("5 ships, 12%, ke-3", bare)] == [("5 ships", 5), ("12%", 12)]


def test_long_runs_end() -> None:
    for text in ("1" * 100_000, "1." * 50_000, "dua " * 20_000, "ratus " * 20_000):
        find_quantities(text, INDONESIAN)
