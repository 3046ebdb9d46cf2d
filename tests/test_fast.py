"""The engine beside Stanza, on shipped models: the same annotations, whatever the company, the threads, the text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from peristiwa.annotate import annotator as loading
from peristiwa.annotate.engine import Engine
from peristiwa.annotate.stanza import StanzaModels, address_pattern
from peristiwa.models import locate

pytestmark = pytest.mark.models

ROOT = Path(__file__).parents[1]
LONG = "Warga desa itu mengungsi ke balai kota karena air sungai naik lagi sejak subuh, kata kepala desa. " * 14
TEXTS = [
    "Gubernur Bali bertemu Menteri Retno Marsudi di Denpasar, Senin (12/3/2018). Mereka membahas bukunya.",
    "Pasukan itu menyerang desa di Papua.\n\nTiga warga tewas; polisi menangkap dua orang.",
    "  KPK menetapkan bupati sebagai tersangka\nsetelah menggeledah rumahnya di Bandung.  \n \n\u0085\n",
    "1. Pasal 5 ayat (2)\t\u00a0diubah.\u2028Ayat baru: “setiap orang” …",
    "🙂🙂 \x01 ﷽ e\u0301 \ufeff\u200b<PAD><UNK> 𝔘 \u0081\u0099 akhir",
    "Kirim ke redaksi@contoh.co.id atau lihat https://www.contoh.go.id/a?b=c. Apa?!! Ya!!?",
    "Apakah Presidenlah yang menemuinya? Rumah-rumahnyapun ia kunjungi, KATANYA.",
    LONG.strip(),
    LONG.replace(". ", " dan ").strip(),
    "x" * 450 + " tiba di Ende.",
    "daftar " * 450,
    "",
    " \n ",
]


@pytest.fixture(scope="module")
def paths():
    return locate("id-stanza").paths


@pytest.fixture(scope="module")
def engine(paths):
    return Engine(paths, ["ner", "triggers"], address_pattern)


@pytest.fixture(scope="module")
def stanza(paths):
    return StanzaModels(paths, ["ner", "triggers"], "id")


def plain(parses):
    """Without what the engine tells beyond Stanza: the probabilities of triggers."""
    return [
        replace(parse, tokens=tuple(replace(t, words=tuple(replace(w, triggers=()) for w in t.words)) for t in parse.tokens))
        for parse in parses
    ]


def test_annotations_are_stanzas(engine, stanza):
    for text, ours, theirs in zip(TEXTS, engine.parse(TEXTS), [stanza.parse([text])[0] for text in TEXTS], strict=True):
        assert plain(ours) == theirs, text[:60]


def test_company_and_threads_change_nothing(engine):
    together = engine.parse(TEXTS)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        assert [engine.parse([text])[0] for text in TEXTS] == together
        torch.set_num_threads(2)
        assert engine.parse(TEXTS[::-1])[::-1] == together
    finally:
        torch.set_num_threads(threads)


def test_half_precision_changes_few_annotations_and_none_by_company(paths):
    full, half = (Engine(paths, ["ner", "triggers"], address_pattern, half=chosen) for chosen in (False, True))
    texts = [path.read_text(encoding="utf8") for path in sorted((ROOT / "corpus" / "id" / "dev").glob("*.txt"))[:6]]
    words = [
        [[w for s in sentences for t in s.tokens for w in t.words] for sentences in engine.parse(texts)]
        for engine in (full, half)
    ]
    pairs = [pair for ours, theirs in zip(*words, strict=True) for pair in zip(ours, theirs, strict=True)]
    same = [(a.head, a.deprel, a.upos, a.feats, a.lemma) == (b.head, b.deprel, b.upos, b.feats, b.lemma) for a, b in pairs]
    assert len(pairs) > 1000
    assert 0.98 < sum(same) / len(same) < 1  # were it 1, nothing would have been rounded
    together = half.parse(texts)
    assert [plain(half.parse([text])[0]) for text in texts] == [plain(parses) for parses in together]


def test_given_tokens_are_tagged_as_stanza_tags_them(engine, stanza):
    sentences = [["Joko", "Widodo", "tiba", "di", "Surabaya", "."], ["Ia"], ["PT", "Telkom", "Indonesia", "rugi"]]
    assert engine.tag(sentences) == stanza.tag(sentences)


@pytest.mark.parametrize("missing", [{"mwt", "ner"}, {"pos", "lemma", "depparse", "triggers"}])
def test_layers_without_a_model_are_blank(paths, missing):
    models = {name: path for name, path in paths.items() if name not in missing}
    names = [name for name in ("ner", "triggers") if name in models]
    text = TEXTS[0]
    [ours] = Engine(models, names, address_pattern).parse([text])
    assert plain(ours) == StanzaModels(models, names, "id").parse([text])[0]


def test_shipped_models_are_fast_and_others_are_stanzas(paths, tmp_path):
    segmenters = {name: paths[name] for name in ("tokenize", "mwt")}
    assert isinstance(loading.load_models(segmenters, "id", None), Engine)
    checkpoint = torch.load(paths["tokenize"], map_location="cpu", weights_only=True)
    checkpoint["config"]["skip_newline"] = True
    torch.save(checkpoint, tmp_path / "tokenize.pt", _use_new_zipfile_serialization=False)
    other = loading.load_models({"tokenize": tmp_path / "tokenize.pt"}, "id", None)
    assert isinstance(other, StanzaModels)
    assert [len(sentence.tokens) for sentence in other.parse(["Siti tiba.\nAmir pergi."])[0]] == [3, 3]


READER = ("tokenize", "mwt", "reader", "lemma")


def test_the_reader_in_a_pipeline_of_stanzas():
    models = {name: path for name, path in locate("id").paths.items() if name in READER}
    ours, theirs = Engine(models, [], address_pattern), StanzaModels(models, [], "id")
    texts = [text for text in TEXTS if text.strip()]
    for text, own, its in zip(texts, ours.parse(texts), [theirs.parse([text])[0] for text in texts], strict=True):
        assert own == its, text[:60]
    sentences = [["Joko", "Widodo", "tiba", "di", "Surabaya", "."], ["Ia"]]
    assert ours.tag(sentences) == theirs.tag(sentences)
    with pytest.raises(ValueError, match="one tagger of names"):
        StanzaModels(locate("id").paths, ["triggers"], "id")
