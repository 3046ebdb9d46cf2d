"""The encoder that labels sentences, and the reader that learns from them."""

import json
from pathlib import Path

import pytest
import torch

from peristiwa.annotate import Annotator
from peristiwa.annotate.engine import reader as engine
from peristiwa.annotate.engine.reader import BEGIN
from peristiwa.annotate.engine.sentence import Surface
from peristiwa.annotate.engine.tree import best_tree
from peristiwa.checkpoint import read_checkpoint
from peristiwa.models import locate
from peristiwa.training.data import Tree
from peristiwa.training.encoder import MASK, Encoder, masked_batch
from peristiwa.training.reader import Reader, begin, checkpoint_of, train
from peristiwa.training.sentences import UNASKED, Sentence, drawer, make_batch, read_names, spaces_of_tree
from peristiwa.training.teacher import Namer, Parser, Words, fine_tune, label
from peristiwa.types import Document


def row(number: str, form: str, head: str = "_", relation: str = "_", misc: str = "_") -> list[str]:
    return [number, form, "_", "NOUN", "_", "_", head, relation, "_", misc]


TREE = Tree(
    "Rumahnya, besar.",
    [
        row("1-2", "Rumahnya", misc="SpaceAfter=No"),
        row("1", "Rumah", "4", "nsubj"),
        row("2", "nya", "1", "det"),
        row("3", ",", "1", "punct"),
        row("4", "besar", "0", "root", "SpaceAfter=No"),
        row("5", ".", "4", "punct"),
    ],
)


def test_white_space_before_words() -> None:
    assert spaces_of_tree(TREE) == [True, False, False, True, False]


def test_words_are_hidden_whole() -> None:
    torch.manual_seed(0)
    begins = torch.ones(40, dtype=torch.bool)
    begins[20:] = False
    text = torch.tensor([5, 25, 26] * 200, dtype=torch.int16)  # words of three pieces
    hidden, places, gold = masked_batch(text, begins, many=8, window=31, masked=9)
    assert (hidden[:, 0] == BEGIN).all()
    assert (places > 0).all()
    assert gold.shape == (8, 9)
    assert (hidden.gather(1, places) == MASK).float().mean() > 0.5
    for own, stood in zip(places.tolist(), gold.tolist(), strict=True):
        # All pieces of a word but the one that the number of places cuts, or that the window cuts.
        assert abs(stood.count(25) - stood.count(26)) <= 2
        assert len(set(own)) == len(own)


UNITS = {"relation": ["dep", "nsubj", "root"], "tag": ["NOUN", "VERB"], "feature": ["_", "Voice=Act"]}
NAMES = {"own": ["O", "B-PER", "I-PER"], "idner2k": ["O", "B-ORG"]}


def small_words() -> Words:
    torch.manual_seed(0)
    return Words(Encoder(pieces=12, layers=2))


def told(heads: list[int], relations: list[int]) -> dict[str, list[int]]:
    return {"head": heads, "relation": relations, "tag": [0] * len(heads), "feature": [UNASKED] * len(heads)}


SENTENCES = [Sentence(((4, 5), (6,), (7,)), told([2, 0, 2], [1, 2, 0])), Sentence(((8,), (9, 10)), told([0, 1], [2, 0]))]
NAMED = [Sentence(one.pieces, {"own": [1] + [0] * (len(one.pieces) - 1)}) for one in SENTENCES]


def test_a_batch_knows_whose_pieces_are_whose() -> None:
    batch = make_batch(SENTENCES, "cpu")
    assert batch.pieces.tolist() == [[0, 4, 5, 6, 7, 2], [0, 8, 9, 10, 2, 1]]
    assert batch.words.tolist() == [[3, 0, 0, 1, 2, 3], [3, 0, 1, 1, 3, 3]]
    assert batch.labels["head"].tolist() == [[2, 0, 2], [0, 1, UNASKED]]


def test_no_word_is_its_own_head_or_has_one_beyond_its_sentence() -> None:
    parser = Parser(small_words(), UNITS).eval()
    batch = make_batch(SENTENCES, "cpu")
    odds = parser.read(parser.words(batch), batch.sizes)[0]
    assert (odds[0, [0, 1, 2], [1, 2, 3]] < -1e8).all()
    assert (odds[1, :, 3] < -1e8).all()
    alone = make_batch(SENTENCES[1:], "cpu")
    assert torch.allclose(parser.read(parser.words(alone), alone.sizes)[0][0], odds[1, :2, :3], atol=1e-4)


def test_parser_and_namer_learn_and_label() -> None:
    parser, namer = Parser(small_words(), UNITS), Namer(small_words(), NAMES)
    fine_tune(parser, drawer({"csui": SENTENCES}, {"csui": 1.0}, 2, "cpu"), seconds=0, steps=60)
    fine_tune(namer, drawer({"own": NAMED}, {"own": 1.0}, 2, "cpu"), seconds=0, steps=40)
    found = label(SENTENCES, [parser], namer, "cpu")
    assert found["head"].tolist() == [2, 0, 2, 0, 1]
    assert found["relation"].tolist() == [1, 2, 0, 2, 0]
    assert found["own"].tolist() == [1, 0, 0, 1, 0]
    assert found["sure"].shape == (2,)
    assert (found["sure"] <= 0).all()


def test_public_sets_have_tags_of_their_own_alone(tmp_path: Path) -> None:
    blank = ["-"] * 3
    rows = [
        [{"text": "Ani", "multi_ner": ["B-PER", "-", *blank]}, {"text": "pergi", "multi_ner": ["O", "-", *blank]}],
        [{"text": "Budi", "multi_ner": ["B-PER", "B-PER", *blank]}],
    ]
    (tmp_path / "train.json").write_text(json.dumps(rows), encoding="utf8")
    sets, units = read_names(tmp_path / "train.json", lambda word, *, spaced: (len(word), int(spaced)))
    assert units["own"] == ["O", "B-PER"]
    assert units["idner2k"] == ["O", "B-PER"]
    assert sets["own"] == [Sentence(((3, 1), (5, 1)), {"own": [1, 0]})]
    assert sets["idner2k"] == [Sentence(((4, 1),), {"idner2k": [1]})]


def test_the_reader_starts_from_both_teachers_and_goes_on(tmp_path: Path) -> None:
    masked = Encoder(pieces=12, layers=3).state_dict()
    parser, namer = (kind(Words(Encoder(12, 3)), own) for kind, own in ((Parser, UNITS), (Namer, NAMES)))
    reader = Reader(12, UNITS, NAMES, layers=2)
    begin(reader, {"masked": masked, "parser": parser.state_dict(), "namer": namer.state_dict()})
    name = "layers.1.up.weight"
    both = parser.words.encoder.state_dict()[name] + namer.words.encoder.state_dict()[name] - masked[name]
    assert torch.allclose(reader.parser.words.encoder.state_dict()[name], both, atol=1e-6)
    assert torch.equal(reader.parser.arcs, parser.arcs)
    sets = {"silver": [Sentence(s.pieces, {**s.labels, **n.labels}) for s, n in zip(SENTENCES, NAMED, strict=True)]}
    state = tmp_path / "state.pt"
    train(reader, sets, seconds=0, state=state, steps=4)
    train(reader, sets, seconds=0, state=state, steps=3)
    assert torch.load(state, weights_only=True)["steps"] == 7


def test_what_is_published_reads_as_what_was_trained(tmp_path: Path) -> None:
    reader = Reader(12, UNITS, NAMES, layers=2).eval()
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((f"▁{letter}", -1.0) for letter in "abcdefgh")]
    content = checkpoint_of(reader, pieces, UNITS, NAMES, SENTENCES)
    torch.save(content, tmp_path / "reader.pt", _use_new_zipfile_serialization=False)
    published = engine.Reader(read_checkpoint(tmp_path / "reader.pt"))
    batch = make_batch(SENTENCES, "cpu")
    with torch.inference_mode():
        words, found = reader.parser.words(batch), published._read([one.pieces for one in SENTENCES])
        first = len(SENTENCES[0].pieces)
        assert torch.allclose(words[0][:first], found[:first], atol=0.05)
        surface = [Surface(letter, 2 * at, 2 * at + 1) for at, letter in enumerate("abc")]
        sentence = engine.Sentence(surface, [1, 1, 1], list("abc"))
        published([sentence])
        spelt = make_batch([Sentence(((4,), (5,), (6,)), {})], "cpu")
        words = reader.parser.words(spelt)
        odds, *_ = reader.parser.read(words, spelt.sizes)
        tags = reader.parser.tags(words)[0].argmax(1)
    assert sentence.upos == [UNITS["tag"][at] for at in tags]
    square = torch.cat([torch.full((1, 1, 4), -torch.inf), odds], 1)[0].numpy()
    assert sentence.heads == best_tree(square)[1:].tolist()
    assert len(sentence.tags["ner"]) == 3


def test_words_are_cut_into_the_likeliest_pieces() -> None:
    listed = {
        "<s>": 0.0,
        "<pad>": 0.0,
        "</s>": 0.0,
        "<unk>": 0.0,
        "▁": -5.0,
        "▁rumah": -3.0,
        "▁ru": -4.0,
        "mah": -2.0,
        "nya": -1.0,
    }
    pieces = engine.Pieces(list(listed), list(listed.values()))
    named = list(listed)
    assert [named[at] for at in pieces("rumahnya", spaced=True)] == ["▁rumah", "nya"]
    assert [named[at] for at in pieces("mah", spaced=False)] == ["mah"]
    assert [named[at] for at in pieces("rumah", spaced=False)] == ["<unk>", "mah"]
    assert [named[at] for at in pieces("いろは", spaced=True)] == ["▁", "<unk>"]
    assert [named[at] for at in pieces(" ", spaced=False)] == ["<unk>"]


@pytest.mark.models
def test_a_model_set_with_a_reader(tmp_path: Path) -> None:
    tags = {"relation": ["dep", "root"], "tag": ["NOUN", "PUNCT"], "feature": ["_"]}
    pieces = [
        ("<s>", 0.0),
        ("<pad>", 0.0),
        ("</s>", 0.0),
        ("<unk>", 0.0),
        ("▁", -1.0),
        *((one, -2.0) for one in "abdeginorsut"),
    ]
    content = checkpoint_of(Reader(len(pieces), tags, NAMES, layers=1), pieces, tags, NAMES, SENTENCES)
    torch.save(content, tmp_path / "reader.pt", _use_new_zipfile_serialization=False)
    shipped = {name: path for name, path in locate("id").paths.items() if name in ("pretrain", "tokenize", "mwt", "lemma")}
    annotator = Annotator(shipped | {"reader": tmp_path / "reader.pt"})
    text = "Berita itu benar. Gedung runtuh; sungai tetap tenang."
    doc, again = (annotator.annotate([Document("x", one)])[0] for one in (text, f"{text} {text}"))
    assert [token.pos_ in ("NOUN", "PUNCT") for token in doc] == [True] * len(doc)
    assert sum(token.head.i == token.i for token in doc) == len(list(doc.sents)) == 2
    assert [token.head.i for token in doc] == [token.head.i for token in again[: len(doc)]]
    assert len(annotator.tag([["Ani", "di", "Bali"], []])[0]) == 3
