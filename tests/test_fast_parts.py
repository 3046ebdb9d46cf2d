"""The engine's parts without models: trees, paths, packing, tables of forms, cuts, mended tags, safe loading."""

from __future__ import annotations

import os
import pickle
from itertools import product

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_sequence

from peristiwa.annotate.convert import Mention, Token, Word
from peristiwa.annotate.engine import Unsupported
from peristiwa.annotate.engine.expand import Expander
from peristiwa.annotate.engine.layers import FormTable
from peristiwa.annotate.engine.names import best_path, whole_mentions
from peristiwa.annotate.engine.sentence import Sentence, Surface, split_long
from peristiwa.annotate.engine.tree import are_trees, best_tree
from peristiwa.annotate.engine.words import simplified
from peristiwa.annotate.mentions import runs, to_parse
from peristiwa.checkpoint import Weights, read_checkpoint
from peristiwa.recurrent import LSTM, Layout, packs


def is_tree(heads) -> bool:
    """By walking up from every word; exactly one hangs from the root."""
    for word in range(1, len(heads)):
        seen = set()
        while word and word not in seen:
            seen.add(word)
            word = heads[word]
        if word:
            return False
    return list(heads[1:]).count(0) == 1


@given(st.integers(1, 5), st.integers(0, 10_000))
@settings(deadline=None, max_examples=150)
def test_the_best_tree_is_the_best_of_all_trees(words, seed):
    scores = numpy.random.default_rng(seed).normal(size=(words + 1, words + 1)).astype(numpy.float32)
    best = max(
        (heads for heads in product(range(words + 1), repeat=words) if is_tree((0, *heads))),
        key=lambda heads: sum(float(scores[word, head]) for word, head in enumerate(heads, 1)),
    )
    assert best_tree(scores).tolist() == [0, *best]


@given(st.integers(2, 40), st.integers(0, 10_000))
@settings(deadline=None, max_examples=60)
def test_the_best_tree_is_stanzas(words, seed):
    from stanza.models.common.chuliu_edmonds import chuliu_edmonds_one_root

    scores = numpy.random.default_rng(seed).normal(size=(words + 1, words + 1))
    scores -= numpy.log(numpy.exp(scores).sum(1, keepdims=True))
    numpy.fill_diagonal(scores, -numpy.inf)
    found = best_tree(scores)
    assert is_tree(found)
    assert found.tolist() == [0, *chuliu_edmonds_one_root(scores)[1:].tolist()]


@given(st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=6), min_size=1, max_size=8))
def test_trees_are_told_from_what_is_none(rows):
    width = 1 + max(len(row) for row in rows)
    heads, inside = numpy.zeros((len(rows), width), dtype=int), numpy.zeros((len(rows), width), dtype=bool)
    for number, row in enumerate(rows):
        row[:] = [head % (len(row) + 1) for head in row]
        heads[number, 1 : 1 + len(row)] = row
        inside[number, : 1 + len(row)] = True
    assert are_trees(heads, inside).tolist() == [is_tree([0, *row]) for row in rows]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 40), st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_the_best_path_is_stanzas(lengths, tags, seed):
    from stanza.models.common.crf import viterbi_decode

    lengths = sorted(lengths, reverse=True)
    layout = Layout.of(lengths)
    torch.manual_seed(seed)
    scores, transitions = torch.randn(sum(lengths), tags), torch.randn(tags, tags)
    found = best_path(scores[layout.order], transitions, layout.sizes.tolist())[layout.inverse]
    for own, wanted in zip(found.split(lengths), scores.split(lengths), strict=True):
        assert own.tolist() == [int(tag) for tag in viterbi_decode(wanted.numpy(), transitions.numpy())[0]]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=60))
@settings(deadline=None, max_examples=40)
def test_an_lstm_over_filled_runs_is_torchs(lengths):
    lengths = sorted(lengths, reverse=True)
    layout = Layout.of(lengths)
    torch.manual_seed(len(lengths))
    lstm = torch.nn.LSTM(5, 3, bidirectional=True).requires_grad_(False)
    start = torch.randn(2, 1, 3), torch.randn(2, 1, 3)
    inputs = torch.randn(sum(lengths), 5)
    ours = LSTM(Weights(dict(lstm.state_dict())), start)
    outputs = ours(inputs, layout)
    begin = [state.expand(-1, len(lengths), -1).contiguous() for state in start]
    wanted, (hidden, _) = lstm(pack_sequence(list(inputs.split(lengths))), tuple(begin))
    torch.testing.assert_close(outputs, wanted.data[layout.inverse])
    torch.testing.assert_close(ours.last(outputs, layout), hidden.transpose(0, 1).flatten(1))


@given(st.lists(st.integers(0, 30), max_size=30), st.integers(1, 50))
def test_packs_hold_everything_once_longest_first(lengths, words):
    groups = list(packs(lengths, words))
    assert sorted(index for group in groups for index in group) == [n for n, length in enumerate(lengths) if length]
    flat = [lengths[index] for group in groups for index in group]
    assert flat == sorted(flat, reverse=True)
    assert all(len(group) == 1 or sum(lengths[index] for index in group) <= words for group in groups)


@given(st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=8), min_size=1, max_size=10))
def test_a_table_of_forms_remembers_within_its_space(batches):
    asked: list[str] = []

    def encode(forms):
        asked.extend(forms)
        return torch.tensor([[float(ord(form)), 0.0] for form in forms])

    table = FormTable(encode, space=5 * 2 * 4)
    largest = max(len(set(batch)) for batch in batches)
    for batch in batches:
        assert table(batch)[:, 0].tolist() == [float(ord(form)) for form in batch]
        assert len(table._rows) <= max(5, largest)
    if len({form for batch in batches for form in batch}) <= 5:
        assert len(asked) == len(set(asked))  # each form was encoded once


def sentence_of(*widths: int) -> tuple[Sentence, str]:
    """Words of one letter, multi-word tokens of "knya", ";" and line ends here and there."""
    text, tokens, words, real = "", [], [], []
    for position, width in enumerate(widths):
        surface = {1: "k", 2: "knya"}[width] if position % 7 else ";"
        width = 1 if surface == ";" else width
        tokens.append(Surface(surface, len(text), len(text) + len(surface), width == 2))
        words += [surface] if width == 1 else ["k", "nya"]
        real.append(width)
        text += surface + ("\n" if position % 11 == 0 else " ")
    return Sentence(tokens, real, words), text


@given(st.lists(st.integers(1, 2), min_size=1, max_size=60), st.integers(2, 20))
def test_a_long_sentence_is_cut_and_nothing_is_lost(widths, limit):
    sentence, text = sentence_of(*widths)
    pieces = split_long(sentence, text, limit)
    assert all(0 < len(piece.words) == sum(piece.widths) <= limit for piece in pieces)
    assert [token for piece in pieces for token in piece.tokens] == sentence.tokens
    assert [word for piece in pieces for word in piece.words] == sentence.words


def test_a_long_sentence_is_cut_at_line_ends_and_semicolons():
    pieces = split_long(*sentence_of(*[1] * 30), 10)
    assert [len(piece.tokens) for piece in pieces] == [8, 7, 8, 7]


@given(st.lists(st.sampled_from(["O", "B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "E-B", "S-B"]), min_size=1, max_size=9))
def test_broken_tags_are_mended_and_read_as_stanza_does(tags):
    from stanza.models.ner.trainer import fix_singleton_tags
    from stanza.models.ner.utils import decode_from_bioes

    assert whole_mentions(list(tags)) == fix_singleton_tags(list(tags))
    assert list(runs(tags)) == [(found["type"], found["start"], found["end"] + 1) for found in decode_from_bioes(tags)]


def test_a_name_ends_before_its_clitic_and_a_trigger_does_not():
    tokens = (
        Token(0, 9, (Word("Jakarta", upos="PROPN"), Word("lah", upos="PART"))),
        Token(10, 14, (Word("tiba", upos="VERB"),)),
    )
    parse = to_parse(tokens, {"ner": ["S-LOC", "S-UNKNOWN"], "triggers": ["S-MEET", "O"]})
    assert parse.entities == (Mention("LOC", 0, 1),)
    assert parse.triggers == (Mention("MEET", 0, 2),)


@pytest.mark.parametrize(("word", "read"), [("?!!", "?"), ("!?", "!"), ("?", "?"), ("?a", "?a"), ("apa?!", "apa?!"), ("", "")])
def test_runs_of_question_and_exclamation_marks_are_one(word, read):
    assert simplified(word) == read


def test_known_tokens_are_expanded_in_the_case_of_the_text():
    expander = Expander({"config": {"dict_only": True}, "dict": {"bukunya": "buku nya"}, "model": None, "vocab": None})
    surfaces = [Surface(text, 0, 7, True) for text in ("bukunya", "Bukunya", "BUKUNYA", "bUkunya", "lain")]
    [sentence] = expander([surfaces])
    assert sentence.words == ["buku", "nya", "Buku", "nya", "BUKU", "NYA", "bUkunya", "lain"]
    assert sentence.widths == [2, 2, 2, 1, 1]


class Evil:
    def __reduce__(self):
        return os.system, ("true",)


def test_a_file_that_would_run_code_is_refused(tmp_path):
    path = tmp_path / "evil.pt"
    torch.save({"model": Evil()}, path, _use_new_zipfile_serialization=False)
    with pytest.raises(pickle.UnpicklingError, match="has no place in a model file"):
        read_checkpoint(path)


def test_a_file_is_read_as_torch_reads_it(tmp_path):
    path = tmp_path / "model.pt"
    checkpoint = {"model": {"w": torch.arange(6.0).view(2, 3).half()}, "vocab": {"ids": {"a": 0}}, "dicts": b"\x00\xff"}
    for zipped in (False, True):
        torch.save(checkpoint, path, _use_new_zipfile_serialization=zipped)
        found = read_checkpoint(path)
        assert found["vocab"] == checkpoint["vocab"]
        assert found["dicts"] == checkpoint["dicts"]
        assert torch.equal(Weights(found["model"])["w"], torch.arange(6.0).view(2, 3))
    torch.save([1], path)
    with pytest.raises(Unsupported):
        read_checkpoint(path)
