"""Modality and phase from hand-built trees."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc

from peristiwa.events.candidate import Candidate
from peristiwa.events.certainty import settled
from peristiwa.events.cues import load_cues
from peristiwa.events.factuality import find_modality, find_phase, is_background
from peristiwa.language import load_language

CUES = load_cues(load_language("id"))
VOCAB = spacy.blank("id").vocab


def tree(text: str) -> Doc:
    """A Doc from ``word/POS/head/relation`` pieces; heads are 1-based, 0 is the root."""
    rows = [piece.rsplit("/", 3) for piece in text.split()]
    return Doc(
        VOCAB,
        words=[row[0] for row in rows],
        heads=[i if row[2] == "0" else int(row[2]) - 1 for i, row in enumerate(rows)],
        deps=["ROOT" if row[2] == "0" else row[3] for row in rows],
        pos=[row[1] for row in rows],
        sent_starts=[i == 0 for i in range(len(rows))],
    )


def candidate(doc: Doc, trigger: str, light: str | None = None) -> Candidate:
    words = [token.text for token in doc]
    at = words.index(trigger)
    return Candidate("MEET", at, at + 1, at, "test", words.index(light) if light else None)


MODALITIES = [
    ("Kapal/NOUN/3/nsubj telah/AUX/3/aux tiba/VERB/0/root", "tiba", None, "asserted"),
    ("Kapal/NOUN/3/nsubj belum/PART/3/advmod tiba/VERB/0/root", "tiba", None, "negated"),
    ("Kapal/NOUN/3/nsubj akan/AUX/3/aux tiba/VERB/0/root", "tiba", None, "planned"),
    ("Kapal/NOUN/4/nsubj tidak/PART/4/advmod akan/AUX/4/aux tiba/VERB/0/root", "tiba", None, "negated"),
    ("Kapal/NOUN/3/nsubj bisa/AUX/3/aux tiba/VERB/0/root", "tiba", None, "possible"),
    ("Jika/SCONJ/3/mark kapal/NOUN/3/nsubj tiba/VERB/5/advcl warga/NOUN/5/nsubj pulang/VERB/0/root", "tiba", None, "possible"),
    ("Kapal/NOUN/2/nsubj gagal/VERB/0/root tiba/VERB/2/xcomp", "tiba", None, "negated"),
    ("Kapal/NOUN/2/nsubj:pass diduga/VERB/0/root tiba/VERB/2/xcomp", "tiba", None, "possible"),
    ("Mereka/PRON/2/nsubj berencana/VERB/0/root bertemu/VERB/2/xcomp", "bertemu", None, "planned"),
    ("Mereka/PRON/2/nsubj sepakat/VERB/0/root untuk/SCONJ/4/mark bertemu/VERB/2/advcl", "bertemu", None, "planned"),
    ("Dewan/NOUN/2/nsubj menyerukan/VERB/0/root pembentukan/NOUN/2/obj komite/NOUN/3/nmod", "pembentukan", None, "planned"),
    ("Dewan/NOUN/2/nsubj menyerukan/VERB/0/root pembentukan/NOUN/2/obj komite/NOUN/3/nmod", "menyerukan", None, "asserted"),
    ("Tidak/PART/2/advmod ada/VERB/0/root pertemuan/NOUN/2/nsubj", "pertemuan", None, "negated"),
    ("Dewan/NOUN/3/nsubj akan/AUX/3/aux menggelar/VERB/0/root rapat/NOUN/3/obj", "rapat", "menggelar", "planned"),
    ("Dewan/NOUN/3/nsubj tidak/PART/3/advmod menggelar/VERB/0/root rapat/NOUN/3/obj", "rapat", "menggelar", "negated"),
    (
        "Rina/PROPN/3/nsubj tidak/PART/3/advmod mengatakan/VERB/0/root kapal/NOUN/5/nsubj tiba/VERB/3/ccomp",
        "tiba", None, "asserted",
    ),
    (
        "Orang/NOUN/5/nsubj:pass yang/PRON/3/nsubj:pass ditangkap/VERB/1/acl:relcl akan/AUX/5/aux diadili/VERB/0/root",
        "ditangkap", None, "asserted",
    ),
    ("Pajak/NOUN/4/nsubj:pass tidak/PART/4/advmod hanya/ADV/4/advmod dinaikkan/VERB/0/root", "dinaikkan", None, "asserted"),
    (
        "Mereka/PRON/3/nsubj tidak/PART/3/advmod menolak/VERB/0/root atau/CCONJ/5/cc mendukung/VERB/3/conj usul/NOUN/5/obj",
        "mendukung", None, "negated",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "trigger", "light", "expected"), MODALITIES)
def test_modality(text: str, trigger: str, light: str | None, expected: str) -> None:
    doc = tree(text)
    assert find_modality(doc, candidate(doc, trigger, light), CUES) == expected


SETTLED = [
    ("Rapat/NOUN/4/nsubj:pass kerja/NOUN/1/compound urung/NOUN/2/compound digelar/VERB/0/root", "Rapat", "negated"),
    (
        "Ia/PRON/2/nsubj:pass ditangkap/VERB/0/root sebelum/SCONJ/5/mark sempat/ADV/5/advmod lari/VERB/2/advcl",
        "lari", "negated",
    ),
    (
        "Hakim/NOUN/2/nsubj meminta/VERB/0/root saksi/NOUN/4/nsubj masuk/VERB/2/xcomp dan/CCONJ/6/cc duduk/VERB/4/conj",
        "duduk", "planned",
    ),
    (
        "Setelah/SCONJ/2/mark bertemu/VERB/5/advcl kami/PRON/5/nsubj akan/AUX/5/aux pulang/VERB/0/root",
        "bertemu", "planned",
    ),
    (
        "Setelah/SCONJ/2/mark bertemu/VERB/5/advcl dia/PRON/5/nsubj akan/AUX/5/aux pulang/VERB/0/root",
        "bertemu", "asserted",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "trigger", "expected"), SETTLED)
def test_what_certain_words_say_of_a_fact(text: str, trigger: str, expected: str) -> None:
    doc = tree(text)
    assert settled("asserted", doc, candidate(doc, trigger), [], None, CUES) == expected


@pytest.mark.parametrize(
    ("text", "trigger", "light", "expected"),
    [
        ("Perundingan/NOUN/2/nsubj dimulai/VERB/0/root", "Perundingan", None, "start"),
        ("Perundingan/NOUN/2/nsubj berakhir/VERB/0/root", "Perundingan", "berakhir", "end"),
        ("Mereka/PRON/3/nsubj masih/ADV/3/advmod berunding/VERB/0/root", "berunding", None, "ongoing"),
        ("Mereka/PRON/2/nsubj berunding/VERB/0/root", "berunding", None, None),
        ("Kongres/NOUN/2/nsubj:pass dibuka/VERB/0/root", "Kongres", None, "start"),
        ("Menteri/NOUN/2/nsubj menutup/VERB/0/root rapat/NOUN/2/obj", "rapat", None, "end"),
        ("Rapat/NOUN/2/nsubj membuka/VERB/0/root peluang/NOUN/2/obj", "Rapat", None, None),
        ("Usai/SCONJ/2/mark bertemu/VERB/4/advcl ia/PRON/4/nsubj pulang/VERB/0/root", "bertemu", None, None),
    ],
)
def test_phase(text: str, trigger: str, light: str | None, expected: str | None) -> None:
    doc = tree(text)
    assert find_phase(doc, candidate(doc, trigger, light), CUES) == expected


def test_the_perfect_puts_an_event_before_what_is_told() -> None:
    doc = tree("Mereka/PRON/3/nsubj pernah/ADV/3/advmod bertemu/VERB/0/root")
    assert is_background(doc, candidate(doc, "bertemu"), CUES)
    assert not is_background(
        tree("Mereka/PRON/2/nsubj bertemu/VERB/0/root"), candidate(tree("bertemu/VERB/0/root"), "bertemu"), CUES
    )
