"""Derivation and recognition of Indonesian words, against the standard grammar's own paradigms and as laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.events.morphology import VOICES, Form, analyse, derivations, derive, strip_clitics

STANDARD = [
    ("serang", "meN-", "menyerang"),
    ("tulis", "meN-", "menulis"),
    ("kirim", "meN-", "mengirim"),
    ("pukul", "meN-", "memukul"),
    ("latih", "meN-", "melatih"),
    ("rampok", "meN-", "merampok"),
    ("nyanyi", "meN-kan", "menyanyikan"),
    ("buka", "meN-", "membuka"),
    ("fitnah", "meN-", "memfitnah"),
    ("veto", "meN-", "memveto"),
    ("dukung", "meN-", "mendukung"),
    ("cabut", "meN-", "mencabut"),
    ("jual", "meN-", "menjual"),
    ("ancam", "meN-", "mengancam"),
    ("hukum", "meN-", "menghukum"),
    ("gugat", "meN-", "menggugat"),
    ("sah", "meN-kan", "mengesahkan"),
    ("bom", "meN-", "mengebom"),
    ("protes", "meN-", "memprotes"),
    ("kritik", "meN-", "mengkritik"),
    ("transfer", "meN-", "mentransfer"),
    ("khianat", "meN-i", "mengkhianati"),
    ("syarat", "meN-kan", "mensyaratkan"),
    ("serang", "di-", "diserang"),
    ("rendam", "ter-", "terendam"),
    ("pilih", "ter-", "terpilih"),
    ("runding", "ber-", "berunding"),
    ("kerja", "ber-", "bekerja"),
    ("ajar", "ber-", "belajar"),
    ("temu", "ber-", "bertemu"),
    ("runding", "per-an", "perundingan"),
    ("kerja", "per-an", "pekerjaan"),
    ("temu", "per-an", "pertemuan"),
    ("serang", "peN-an", "penyerangan"),
    ("tangkap", "peN-an", "penangkapan"),
    ("bom", "peN-an", "pengeboman"),
    ("sah", "peN-an", "pengesahan"),
    ("lantik", "peN-an", "pelantikan"),
    ("datang", "ke-an", "kedatangan"),
    ("ingat", "memper-kan", "memperingatkan"),
    ("baru", "diper-i", "diperbarui"),
    ("henti", "diber-kan", "diberhentikan"),
    ("laku", "member-kan", "memberlakukan"),
    ("laku", "pember-an", "pemberlakuan"),
    ("tembak", "-an", "tembakan"),
    ("ungsi", "N-", "ngungsi"),
    ("tabrak", "N-", "nabrak"),
]


@pytest.mark.parametrize(("root", "affixes", "surface"), STANDARD)
def test_the_standard_spelling_comes_first(root: str, affixes: str, surface: str) -> None:
    assert derive(root, affixes)[0] == Form(surface, root, affixes)


@pytest.mark.parametrize(("root", "affixes", "surface"), STANDARD)
def test_a_form_is_recognised(root: str, affixes: str, surface: str) -> None:
    assert any(form.root == root and form.affixes == affixes for form in analyse(surface, [root]))


@pytest.mark.parametrize(
    ("surface", "root", "affixes"),
    [
        ("serangan-serangannya", "serang", "-an"),
        ("Kuserahkan", "serah", "di-kan"),
        ("kauserahkan", "serah", "di-kan"),
        ("ditangkapnya", "tangkap", "di-"),
        ("hentikanlah", "henti", "0-kan"),
        ("di-deportasi", "deportasi", "di-"),
        ("mensahkan", "sah", "meN-kan"),
        ("mengritik", "kritik", "meN-"),
    ],
)
def test_clitics_doubling_and_common_misspellings(surface: str, root: str, affixes: str) -> None:
    assert [(form.root, form.affixes) for form in analyse(surface, [root])] == [(root, affixes)]


@pytest.mark.parametrize(
    ("surface", "root"), [("menyerah", "serang"), ("bertemu", "temukan"), ("pengusaha", "usir"), ("banjir", "ban")]
)
def test_other_words_are_not_forms_of_a_root(surface: str, root: str) -> None:
    assert analyse(surface, [root]) == []


def test_voices() -> None:
    assert {a: derive("serang", a)[0].voice for a in ("meN-", "di-", "ter-", "-an", "peN-an", "0")} == {
        "meN-": "active",
        "di-": "passive",
        "ter-": "passive",
        "-an": "noun",
        "peN-an": "noun",
        "0": "bare",
    }


def test_unknown_affixes_are_an_error() -> None:
    with pytest.raises(KeyError):
        derive("serang", "xx-")


def test_short_words_keep_what_only_looks_like_a_clitic() -> None:
    assert list(strip_clitics("temu")) == ["temu"]
    assert "tem" not in list(strip_clitics("temu"))
    assert list(strip_clitics("rapatnya")) == ["rapatnya", "rapat"]


consonants, vowels = "bcdfghjklmnprstvwyz", "aeiou"
syllable = st.tuples(st.sampled_from(consonants), st.sampled_from(vowels), st.sampled_from(["", "n", "ng", "r", "s", "k"]))
roots = st.lists(syllable, min_size=1, max_size=3).map(lambda parts: "".join("".join(part) for part in parts))


@given(roots, st.sampled_from(sorted(VOICES)))
def test_law_what_is_derived_is_recognised(root: str, affixes: str) -> None:
    for form in derive(root, affixes):
        assert form in analyse(form.surface, [root])


@given(roots, st.sampled_from(sorted(VOICES)), st.sampled_from(["", "nya", "lah", "kah"]))
def test_law_clitics_do_not_hide_a_form(root: str, affixes: str, clitic: str) -> None:
    """But for a form of two letters, which could as well be the beginning of a short word (see the test of short words)."""
    form = derive(root, affixes)[0]
    short = clitic != "" and len(form.surface) == 2
    assert (form in analyse((form.surface + clitic).title(), [root])) == (not short)


@given(roots)
def test_law_derivations_hold_the_root_but_for_its_first_letter(root: str) -> None:
    for form in derivations(root):
        assert root[1:] in form.surface
        assert form.surface == form.surface.lower()


@given(roots, roots)
def test_law_nothing_is_recognised_that_is_not_derived(root: str, word: str) -> None:
    for form in analyse(word, [root]):
        assert form in derive(root, form.affixes)
        assert form.surface in list(strip_clitics(word))
