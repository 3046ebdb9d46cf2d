"""Boundaries put right by rules: every example beside a pattern, sentence ends, and clitics, without any model."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peristiwa.annotate.engine.repair import Clitics, CliticSplitter, Rules, load_rules, repair
from peristiwa.annotate.engine.sentence import Sentence, Surface
from peristiwa.language import load_language

RULES = load_rules(load_language("id"))
EXAMPLES = [
    (text, tokens) for pattern in (*RULES.whole, *RULES.parts, *RULES.finished) for text, tokens in pattern.examples.items()
]


def cut(text: str, pattern: str = r"\d[\d.,]*\d|\w+|[^\w\s]") -> list[Surface]:
    """Naive tokens, as bad as a tokenizer can be."""
    return [Surface(match[0], *match.span()) for match in re.finditer(pattern, text)]


def sentences(text: str, *starts: str) -> list[str]:
    """The repaired sentences of a text that a tokenizer has cut before each of ``starts``."""
    tokens = cut(text)
    edges = [0, *(text.index(start) for start in starts), len(text)]
    given_ones = [[token for token in tokens if a <= token.start < b] for a, b in pairwise(edges)]
    return [" ".join(token.text for token in sentence) for sentence in repair(text, given_ones, RULES)]


@pytest.mark.parametrize(("text", "tokens"), EXAMPLES)
def test_every_example_beside_a_pattern(text: str, tokens: str) -> None:
    found = [" ".join(token.text for token in sentence) for sentence in repair(text, [cut(text)], RULES)]
    assert " ¶ ".join(found) == tokens


def test_closing_quotes_belong_to_what_they_close() -> None:
    text = 'Ia berkata, "Kami siap."'
    tokens = cut(text)
    assert repair(text, [tokens[:-1], tokens[-1:]], RULES) == [tokens]


@pytest.mark.parametrize(
    ("text", "starts", "expected"),
    [
        ("Prof. Rahayu tiba.", ["Rahayu"], ["Prof. Rahayu tiba ."]),
        ("Rapat dipimpin K.H. Salim.", ["Salim"], ["Rapat dipimpin K.H. Salim ."]),
        ("Itu kira... tidak mungkin.", ["tidak"], ["Itu kira ... tidak mungkin ."]),
        ("Ia diam... Lalu pergi.", ["Lalu"], ["Ia diam ...", "Lalu pergi ."]),
        ("1. Pendahuluan", ["Pendahuluan"], ["1 . Pendahuluan"]),
        ("Banjir tiba! Warga lari.", [], ["Banjir tiba !", "Warga lari ."]),
        ("Kapal milik BUMN. Awaknya selamat.", [], ["Kapal milik BUMN .", "Awaknya selamat ."]),
        ("Ia lahir di sini. Ibunya guru.", ["Ibunya"], ["Ia lahir di sini .", "Ibunya guru ."]),
        ("Prof.\n\nRahayu tiba.", ["Rahayu"], ["Prof.", "Rahayu tiba ."]),
        ("Brigjen Pol. Wira tiba.", ["Wira"], ["Brigjen Pol. Wira tiba ."]),
        ("Letkol Czi. Wira dan Pdt. Yosua tiba.", ["Wira", "Yosua"], ["Letkol Czi. Wira dan Pdt. Yosua tiba ."]),
        ("Kantornya di Jl. Jend. Sudirman.", ["Sudirman"], ["Kantornya di Jl. Jend. Sudirman ."]),
        ("Itu satu hal. Lain lagi ini.", ["Lain"], ["Itu satu hal .", "Lain lagi ini ."]),
        ("Pelaku berinisial R. Korban selamat.", [], ["Pelaku berinisial R .", "Korban selamat ."]),
        ("Ia naik Lion Air. Presiden marah.", [], ["Ia naik Lion Air .", "Presiden marah ."]),
        ("Itu pada Agresi II. Kota jatuh.", [], ["Itu pada Agresi II .", "Kota jatuh ."]),
        ("Ketua Muh. Yamin tiba.", [], ["Ketua Muh . Yamin tiba ."]),
        ("Data itu: 1. Laos 2. Brunei.", [], ["Data itu : 1 . Laos 2 . Brunei ."]),
    ],
)
def test_sentence_ends(text: str, starts: list[str], expected: list[str]) -> None:
    assert sentences(text, *starts) == expected


@given(st.text(alphabet="ab B.!?…-/12\n\"'[]«@#", max_size=40))
def test_law_only_boundaries_move(text: str) -> None:
    found = [token for sentence in repair(text, [cut(text, r"\S+")], RULES) for token in sentence]
    assert all(text[token.start : token.end] == token.text for token in found)
    assert "".join(token.text for token in found) == "".join(text.split())
    assert [token.start for token in found] == sorted(token.start for token in found)


KNOWN = {"rumah", "itu", "masalah", "adalah", "bang"}
RANKS = {word: rank for rank, word in enumerate(["itu", "maluku", "rumah", "malu", "tiket", "rumahku", "bang", "masalah"])}


@pytest.mark.parametrize(
    ("word", "rest"),
    [("Rumahku", "Rumah"), ("itulah", "itu"), ("tiketnya", "tiket"), ("masalah", None), ("Maluku", None), ("xyznya", None),
     ("bangku", None), ("buku", None)],
)  # fmt: skip
def test_clitics(word: str, rest: str | None) -> None:
    split = CliticSplitter(RULES.clitics, KNOWN | {"malu"}, RANKS)
    sentence = split(Sentence([Surface(word, 0, len(word))], [1], [word]))
    assert sentence.words == ([word] if rest is None else [rest, word[len(rest) :]])
    assert sentence.widths == [len(sentence.words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["Seandai", "nya"], ["Seandainya"]), (["Tiket", "nya"], ["Tiket", "nya"]), (["sekiranya"], ["sekiranya"])],
)
def test_a_conjunction_keeps_its_ending(words: list[str], expected: list[str]) -> None:
    split = CliticSplitter(RULES.clitics, KNOWN | {"sekira"}, RANKS)
    sentence = split(Sentence([Surface("".join(words), 0, len("".join(words)))], [len(words)], words))
    assert (sentence.words, sentence.widths) == (expected, [len(expected)])


def test_a_language_without_rules_changes_nothing() -> None:
    text = "Prof. A-A 3-1"
    tokens = cut(text)
    assert repair(text, [tokens], Rules()) == [tokens]
    assert CliticSplitter(Clitics(), KNOWN, RANKS).clitic("rumahku") == 0
