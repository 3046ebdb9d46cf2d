"""Articles of a law: what they say is no event, what the law itself does is one."""

from __future__ import annotations

import spacy

from peristiwa.events.provisions import in_provision
from peristiwa.ontology import load_ontology

PROVISIONS = load_ontology().provisions
LAW = """Menimbang bahwa gempa mengguncang Palu pada 2018;
Pasal 1
(1) Membentuk Komite Darurat.
(2) Penyelenggara dilarang menerbitkan surat utang.
a. Menetapkan margin keselamatan;

\fPasal 2
Peraturan ini mulai berlaku pada tanggal diundangkan.
Izin yang berlaku wajib dilaporkan.
Ditetapkan di Jakarta pada tanggal 28 Desember 2016
Presiden meresmikan bandara.
PENJELASAN
Pasal 1
Yang dimaksud dengan menyerang adalah memukul.
"""


def barred(text: str) -> set[str]:
    doc = spacy.blank("id")(text)
    for token in doc:
        token.is_sent_start = token.i == 0 or "\n" in doc[token.i - 1].text
    return {token.text for token in doc if token.is_alpha and in_provision(token, PROVISIONS)}


def test_what_articles_say_is_no_event() -> None:
    found = barred(LAW)
    assert {"dilarang", "menerbitkan", "Menetapkan", "dilaporkan", "menyerang", "memukul"} <= found


def test_what_the_law_itself_does_is_one() -> None:
    found = barred(LAW)
    assert not {"mengguncang", "Membentuk", "diundangkan", "Ditetapkan", "meresmikan"} & found


def test_coming_into_force_is_told_of_a_law_alone() -> None:
    assert "berlaku" in barred("Pasal 1\nIzin berlaku lima tahun.\nPasal 2\nCukup jelas.")
    assert "berlaku" not in barred("Pasal 1\nUndang-undang ini berlaku.\nPasal 2\nCukup jelas.")


def test_one_quoted_article_makes_no_law() -> None:
    assert barred("Pasal 1\nPolisi menangkap Budi.") == set()
    assert barred("Pasal 1 dan Pasal 2 dilanggar. Polisi menangkap Budi.") == set()
