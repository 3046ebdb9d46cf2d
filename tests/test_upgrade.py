"""Old trees in today's annotation: token cuts, learnt tags, heads and relations. All sentences are invented."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from peristiwa.training import data, upgrade, upgrade_features, upgrade_learn, upgrade_tokens

Row = tuple[str, str, int, str]


def tree(*rows: Row) -> data.Tree:
    """A tree from (form, tag, head, relation); "+nya" is a word cut from the one before."""
    lines: list[list[str]] = []
    text = ""
    for number, (form, upos, head, relation) in enumerate(rows, start=1):
        follows = rows[number][0] if number < len(rows) else ""
        if follows.startswith("+"):
            lines.append([f"{number}-{number + 1}", form + follows[1:], *["_"] * 8])
        word = form.removeprefix("+")
        lines.append([str(number), word, word.lower(), upos, "_", "_", str(head), relation, "_", "_"])
        text += ("" if form.startswith("+") else " ") + word
    return data.Tree(text.strip(), lines)


MODERN = [
    tree(
        ("Rumah", "NOUN", 3, "nsubj"), ("+nya", "PRON", 1, "nmod:poss"), ("besar", "ADJ", 0, "root"), (".", "PUNCT", 3, "punct")
    ),
    tree(("Biasanya", "ADV", 2, "advmod"), ("membaca", "VERB", 0, "root"), ("buku", "NOUN", 2, "obj")),
]


@pytest.fixture(scope="module")
def splits() -> upgrade_tokens.Splits:
    words = ["kepada", "nama", "apakah", "akan", "bang"]
    tags = ["ADP", "NOUN", "PRON", "AUX", "PROPN"]
    return upgrade_tokens.learn_splits(MODERN, [tree(*((w, t, 0, "dep") for w, t in zip(words, tags, strict=True)))])


@pytest.mark.parametrize(
    ("form", "upos", "clitic"),
    [
        ("rumahnya", "NOUN", "nya"),  # cut in the modern tree
        ("biasanya", "ADV", ""),  # whole there
        ("kebunnya", "NOUN", "nya"),  # unknown noun
        ("rupanya", "ADV", ""),  # unknown adverb
        ("Kenya", "PROPN", ""),
        ("bertanya", "VERB", ""),
        ("kepadaku", "PRON", "ku"),
        ("namamu", "NOUN", "mu"),
        ("akankah", "ADV", "kah"),
        ("bangku", "NOUN", ""),  # "bang" is no noun
        ("makalah", "NOUN", ""),
        ("walaupun", "SCONJ", ""),
        ("Firman-Nya", "PROPN", "nya"),
    ],
)
def test_clitics_are_cut_where_the_modern_treebanks_cut_them(
    splits: upgrade_tokens.Splits, form: str, upos: str, clitic: str
) -> None:
    assert upgrade_tokens.clitic_of(form, upos, splits) == clitic


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("kucing", "kucing", True),
        ("kucing", "kucingnya", True),
        ("dipotong", "potong", True),
        ("tolong", "menolong", True),
        ("ke", "7", True),
        ("1980", "an", True),
        ("Jakarta", "Bandung", False),
        ("1980", "1985", False),
        ("al", "Azhar", False),
    ],
)
def test_hyphens_join_reduplications_and_ordinals_only(left: str, right: str, joined: bool) -> None:
    assert upgrade_tokens.joins(left, right) is joined


def test_retokenised_words_keep_their_heads(splits: upgrade_tokens.Splits) -> None:
    old = tree(
        ("Kucing", "NOUN", 4, "nsubj"),
        ("-", "PUNCT", 1, "punct"),
        ("kucingnya", "NOUN", 1, "compound"),
        ("melompat", "VERB", 0, "root"),
        ("kepadanya", "ADP", 4, "obl"),
        (".", "PUNCT", 4, "punct"),
    )
    words = upgrade_tokens.retokenise(old, splits)
    assert [word.form for word in words] == ["Kucing-kucing", "nya", "melompat", "kepada", "nya", "."]
    assert [word.head for word in words] == [2, 0, -1, 4, 2, 2]
    assert [word.relation for word in words] == ["nsubj", "nmod:poss", "root", "case", "obl", "punct"]
    assert [word.clitic for word in words] == [False, True, False, False, True, False]


def test_a_mark_in_brackets_belongs_to_the_word_inside() -> None:
    words = [
        upgrade_tokens.Word(form, upos, head, "dep")
        for form, upos, head in [("Bank", "PROPN", -1), ("(", "PUNCT", 0), ("BI", "PROPN", 0), (")", "PUNCT", 0)]
    ]
    assert [upgrade_features.partner_head(words, n) for n in range(4)] == [-1, 2, -1, 2]


def _pairs() -> list[upgrade_learn.Pair]:
    """Old trees call "sudah" an adverb and hang the full stop on the last word; modern ones know auxiliaries."""
    names, verbs, things = ("Budi", "Sari", "Dewi", "Anton"), ("menanam", "memetik", "menjual"), ("padi", "jagung", "teh")
    pairs = []
    for name in names:
        for verb, thing in zip(verbs, things, strict=True):
            old = tree(
                (name, "PROPN", 3, "nsubj"),
                ("sudah", "ADV", 3, "advmod"),
                (verb, "VERB", 0, "root"),
                (thing, "NOUN", 3, "obj"),
                (".", "PUNCT", 4, "punct"),
            )
            new = tree(
                (name, "PROPN", 3, "nsubj"),
                ("sudah", "AUX", 3, "aux"),
                (verb, "VERB", 0, "root"),
                (thing, "NOUN", 3, "obj"),
                (".", "PUNCT", 3, "punct"),
            )
            pairs.append((old, new))
    return pairs


@pytest.fixture(scope="module")
def converter() -> upgrade_learn.Converter:
    return upgrade_learn.learn(_pairs(), MODERN)


def test_what_changed_systematically_is_learnt_for_unseen_words(converter: upgrade_learn.Converter) -> None:
    old = tree(
        ("Rudi", "PROPN", 3, "nsubj"),
        ("sudah", "ADV", 3, "advmod"),
        ("memanggang", "VERB", 0, "root"),
        ("rotinya", "NOUN", 3, "obj"),
        (".", "PUNCT", 4, "punct"),
    )
    new, certainty = upgrade.convert(old, converter)
    assert [row[data.ID] for row in new.rows] == ["1", "2", "3", "4-5", "4", "5", "6"]
    words = new.words()
    assert [row[data.UPOS] for row in words][1] == "AUX"
    assert [row[data.DEPREL] for row in words][:4] == ["nsubj", "aux", "root", "obj"]
    assert [row[data.HEAD] for row in words] == ["3", "3", "0", "3", "4", "3"]
    assert new.text == "Rudi sudah memanggang rotinya ."
    assert data.surface_matches(new)
    assert 0.5 < certainty <= 1.0


def test_conversion_always_gives_a_tree(converter: upgrade_learn.Converter) -> None:
    odd = tree(
        ("Aduh", "INTJ", 0, "root"), ("!", "PUNCT", 1, "punct"), ("Sari", "PROPN", 0, "root"), ("...", "PUNCT", 3, "punct")
    )
    only_marks = tree((".", "PUNCT", 0, "root"), ("?", "PUNCT", 1, "punct"))
    for old in (odd, only_marks, *(old for old, _ in _pairs())):
        heads = {int(row[data.ID]): int(row[data.HEAD]) for row in upgrade.convert(old, converter)[0].words()}
        assert Counter(heads.values())[0] == 1
        for here in heads:
            for _ in heads:
                here = heads.get(here, 0)
            assert here == 0


def test_agreement_counts_words_and_arcs() -> None:
    old, new = _pairs()[0]
    assert upgrade.agreement([new], [new]).las == 100.0
    score = upgrade.agreement([old], [new])
    assert (score.words, score.upos, score.uas, score.las) == (100.0, 80.0, 80.0, 60.0)
    shorter = data.Tree("", new.rows[:-1])
    assert upgrade.agreement([shorter], [new]).words == pytest.approx(200 * 4 / 9)


def test_held_out_sentences_are_never_learnt_from(tmp_path: Path) -> None:
    (tmp_path / "ud").mkdir()
    pairs = _pairs()[:10]
    data.write_conllu([old for old, _ in pairs], tmp_path / upgrade.OLD_DEV)
    data.write_conllu([new for _, new in pairs], tmp_path / data.TREEBANKS["gsd"][0])
    known, held = upgrade.pairs_of(tmp_path)
    assert (len(known), len(held)) == (8, 2)
    assert [old.text for old, _ in held] == [old.text for old, _ in pairs[8:]]
    assert all(old.text == new.text for old, new in (*known, *held))
