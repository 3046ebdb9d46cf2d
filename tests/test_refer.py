"""What pronouns, definite nouns and posts stand for, and where the document does not say."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc

from peristiwa.events.cues import load_cues
from peristiwa.events.refer import refer
from peristiwa.language import load_language
from peristiwa.types import Argument, Entity, Role

CUES = load_cues(load_language("id"))
VOCAB = spacy.blank("id").vocab


def referred(text: str, filler: str, names: str, role: Role = "agent") -> str | None:
    """``refers_to`` of the last ``filler`` in ``text``, words parted by spaces; a demonstrative hangs on the word before."""
    words = text.split()
    demonstrative = [word in CUES.demonstratives for word in words]
    heads = [i - 1 if demonstrative[i] and i else i for i in range(len(words))]
    for i, word in enumerate(words):
        if heads[i] == i and i and words[i - 1] != "." and word != ".":
            heads[i] = max(j for j in range(i + 1) if j == 0 or words[j - 1] == ".")
    deps = ["ROOT" if heads[i] == i else "det" if demonstrative[i] else "nsubj" for i in range(len(words))]
    starts = [i == 0 or words[i - 1] == "." for i in range(len(words))]
    doc = Doc(VOCAB, words=words, heads=heads, deps=deps, sent_starts=starts)
    entities = []
    for number, name in enumerate(names.split("|")):
        kind, _, rest = name.partition(":")
        value, _, link = rest.partition("=")
        at = doc.text.index(value)
        entities.append(Entity(f"T{number}", kind, at, at + len(value), value, value, link or None))  # type: ignore[arg-type]
    start = doc.text.rindex(filler)
    argument = Argument(role, start, start + len(filler), filler)
    return refer(doc, argument, sorted(entities, key=lambda e: e.start), CUES).refers_to


@pytest.mark.parametrize(
    ("text", "filler", "names", "role", "expected"),
    [
        ("Menteri Laut , Tono Wijaya , hadir .", "Menteri Laut", "PER:Tono Wijaya", "agent", "Tono Wijaya"),
        ("Usai meneken perjanjian itu , Tono Wijaya pergi .", "perjanjian itu", "PER:Tono Wijaya", "object", None),
        ("Polisi memeriksa kepala itu , Tono Wijaya .", "kepala itu", "PER:Tono Wijaya", "object", "Tono Wijaya"),
        ("kata Rina Dewi . Tono Wijaya diam . ujar dia .", "dia", "PER:Rina Dewi|PER:Tono Wijaya", "source", "Rina Dewi"),
        ("Rina Dewi tiba . Lalu ia pergi .", "ia", "PER:Rina Dewi", "agent", "Rina Dewi"),
        (
            "Traktat Alba diteken . Konvensi Borea ditolak . Traktat itu berlaku .",
            "Traktat itu",
            "LAW:Traktat Alba|LAW:Konvensi Borea",
            "object",
            "Traktat Alba",
        ),
        (
            "Partai Lama kalah . Partai Baru menang . Partai itu bubar .",
            "Partai itu",
            "ORG:Partai Lama|ORG:Partai Baru",
            "agent",
            "Partai Baru",
        ),
        (
            "Partai Lama kalah . Partai Baru menang . Partai ini bubar .",
            "Partai ini",
            "ORG:Partai Lama|ORG:Partai Baru",
            "agent",
            "Partai Lama",
        ),
        (
            "Ke Prancis lalu Paris . Warga negara itu .",
            "negara itu",
            "LOC:Prancis=iso3166:FR|LOC:Paris=geonames:2988507",
            "place",
            "Prancis",
        ),
        ("Konferensi Alba dibuka . Konferensi ditutup .", "Konferensi", "EVT:Konferensi Alba", "object", "Konferensi Alba"),
        # The last speaker, told by name; where he has none nothing is said.
        ("kata Rina Dewi . kata Kapolsek . ujar dia .", "dia", "PER:Rina Dewi", "source", None),
        # The paper of a dateline is no club.
        ("Bola - Klub itu kalah .", "Klub itu", "ORG:Bola", "agent", None),
        # Where the document leaves more than one, or none that fits, nothing is said.
        ("Mandala dan Nusa bertemu . perusahaan itu untung .", "perusahaan itu", "ORG:Mandala|ORG:Nusa", "agent", None),
        ("Konvensi Borea ditolak . resolusi itu gagal .", "resolusi itu", "LAW:Konvensi Borea", "object", None),
        ("Rina Dewi tiba . kapalnya nya .", "nya", "PER:Rina Dewi", "object", None),
        ("Rina Dewi tiba . Orang itu pergi .", "Orang itu", "PER:Rina Dewi", "agent", None),
        ("Rina Dewi tiba .", "Rina Dewi", "PER:Rina Dewi", "agent", None),
    ],
)
def test_refers_to(text: str, filler: str, names: str, role: Role, expected: str | None) -> None:
    assert referred(text, filler, names, role) == expected
