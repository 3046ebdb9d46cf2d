"""The line that a report begins with, and a word of time before a name, hang beside the tree; all else stays as it was."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from peristiwa.annotate.engine.dateline import settle
from peristiwa.annotate.engine.sentence import Sentence, Surface


def parsed(text: str) -> Sentence:
    """A sentence from ``word/head/relation`` pieces; heads are 1-based, 0 is the root; "_" before a word glues it."""
    rows = [piece.rsplit("/", 2) for piece in text.split()]
    tokens, at = [], 0
    for word, *_ in rows:
        at += bool(tokens) and not word.startswith("_")
        bare = word.removeprefix("_")
        tokens.append(Surface(bare, at, at + len(bare)))
        at += len(bare)
    words = [token.text for token in tokens]
    return Sentence(tokens, [1] * len(rows), words, heads=[int(row[1]) for row in rows], deprels=[row[2] for row in rows])


def test_who_acts_behind_the_dash_takes_the_part_of_the_place() -> None:
    sentence = parsed(
        "Jakarta/8/nsubj (/3/punct _ANTARA/1/appos _)/3/punct -/3/punct Fraksi/1/flat Hanura/6/flat menolak/0/root itu/8/obj"
    )
    settle(sentence)
    assert sentence.heads == [8, 3, 1, 3, 3, 8, 6, 0, 8]
    assert sentence.deprels[0] == "dep"
    assert sentence.deprels[5] == "nsubj"


def test_a_place_that_is_the_root_gives_it_up() -> None:
    sentence = parsed("Merdeka.com/0/root -/1/punct Polisi/1/flat menangkap/3/acl Budi/4/obj")
    settle(sentence)
    assert sentence.heads == [3, 1, 0, 3, 4]
    assert sentence.deprels[:3] == ["dep", "punct", "root"]


@pytest.mark.parametrize(
    "text",
    [
        "Rusia/4/nsubj -/3/punct Ukraina/1/flat berunding/0/root",  # a pair
        "Inter/7/nsubj ,/3/punct klub/1/appos -/6/punct Milan/1/flat -/7/punct menang/0/root",  # a dash that closes
        "Skor/2/nsubj 3/0/root _-/2/punct _1/2/nmod (/2/punct babak/2/nmod",  # no dash with space around it
        "Menurut/2/case Budi/6/obl ,/2/punct saksi/2/appos -/6/punct pergi/0/root",  # words in small letters
        "Jakarta/3/nsubj ,/3/punct pergi/0/root",
        "Jakarta/0/root (/1/punct -/1/punct",
    ],
)
def test_what_is_no_dateline_stays(text: str) -> None:
    sentence, same = parsed(text), parsed(text)
    settle(sentence)
    assert (sentence.heads, sentence.deprels) == (same.heads, same.deprels)


OPENING = re.compile(r"(?:kemarin|besok|senin|(?P<conjunction>sekiranya)) (?:sore )?")


@pytest.mark.parametrize(
    ("text", "heads", "relations"),
    [
        ("Kemarin/3/nsubj Jokowi/1/flat melantik/0/root Budi/3/obj", [3, 3, 0, 3], ["advmod", "nsubj", "root", "obj"]),
        (
            "Senin/5/obl:tmod sore/1/nmod Presiden/1/nmod Jokowi/3/flat tiba/0/root",
            [5, 1, 5, 3, 0],
            ["advmod", "nmod", "nsubj", "flat", "root"],
        ),
        ("Kemarin/0/root Jokowi/1/flat tiba/1/acl", [2, 0, 2], ["advmod", "root", "acl"]),
        ("Sekiranya/3/nsubj polisi/1/nmod datang/0/root ia/3/nsubj", [3, 3, 0, 3], ["mark", "nsubj", "root", "nsubj"]),
        ("Sekiranya/2/nsubj datang/0/root", [2, 0], ["mark", "root"]),
    ],
)
def test_a_name_behind_a_word_of_time_takes_its_part(text: str, heads: list[int], relations: list[str]) -> None:
    sentence = parsed(text)
    sentence.upos = ["PROPN"] * len(heads)
    settle(sentence, OPENING)
    assert (sentence.heads, sentence.deprels) == (heads, relations)


@pytest.mark.parametrize(
    "text",
    [
        "Kemarin/3/advmod Jokowi/3/nsubj melantik/0/root",
        "Kemarin/3/nsubj polisi/1/flat menangkap/0/root",
        "Senin/4/obl Wage/1/flat ia/4/nsubj pergi/0/root",
        "Besok/0/root",
    ],
)
def test_other_words_of_time_stay(text: str) -> None:
    sentence = parsed(text)
    heads, relations = list(sentence.heads), list(sentence.deprels)
    settle(sentence, OPENING)
    assert (sentence.heads, sentence.deprels) == (heads, relations)


def test_law_a_tree_stays_a_tree() -> None:
    """Whatever hangs where: every word still reaches the one root."""
    for top in range(6, 9):
        sentence = parsed(
            f"Jakarta/{top}/nsubj ,/1/punct Antara/1/appos -/3/punct Budi/3/flat menahan/0/root Ani/6/obj kemarin/7/nmod"
        )
        settle(sentence)
        heads = [0, *sentence.heads]
        assert sentence.heads.count(0) == 1
        for word in range(1, len(heads)):
            path = [word]
            while heads[path[-1]] and len(path) <= len(heads):
                path.append(heads[path[-1]])
            assert len(path) <= len(heads)
    assert all(a.end <= b.start for a, b in pairwise(sentence.tokens))
