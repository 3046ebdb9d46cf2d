"""The network of events: what it reads, what it answers, and that it learns what a sentence alone can tell.

The name puts it last: a process that has trained a network must not be forked, which other tests do.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import spacy
import torch
from spacy.tokens import Doc

from peristiwa.checkpoint import Vectors, load_vectors
from peristiwa.errors import ModelError
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import load_cues
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.network import COLUMNS, Encoder, Lexicons, Network, encode, load_encoder, units_of
from peristiwa.events.proposals import Proposal, propose
from peristiwa.events.roles import Mentions, frame_of
from peristiwa.events.triggers import encode_sentences, find_hits
from peristiwa.language import load_language
from peristiwa.models import WEIGHTS
from peristiwa.ontology import load_ontology
from peristiwa.training.network import batches, collect_units, make_all, save, train
from peristiwa.types import MODALITIES, ROLES, Argument, Document, Event, Record, Trigger

VOCAB = spacy.blank("id").vocab
ONTOLOGY = load_ontology()
LEXICON = compile_lexicon(ONTOLOGY)
CUES = load_cues(load_language("id"))
PLAIN = "Cuaca hari itu cerah ."


def rally(name: str, before: str) -> Doc:
    """A sentence without an event and one with "rapat", which the word before it makes an event or not."""
    words = f"{PLAIN} {name} {before} rapat kemarin .".split()
    return Doc(
        VOCAB,
        words=words,
        pos="NOUN NOUN DET ADJ PUNCT PROPN VERB NOUN ADV PUNCT".split(),
        deps="nsubj nmod det ROOT punct nsubj ROOT obj advmod punct".split(),
        lemmas=words,
        heads=[3, 0, 0, 3, 3, 6, 6, 6, 6, 6],
        sent_starts=[at in (0, 5) for at in range(10)],
    )


def gold(doc: Doc, *, told: bool) -> Record:
    """A meeting, agent and all, which did not happen if the verb is "batal"."""
    if not told:
        return Record(Document("d", doc.text))
    start, agent = doc[7].idx, doc[5]
    trigger = Trigger(start, start + 5, "rapat", "rapat")
    arguments = (Argument("agent", agent.idx, agent.idx + len(agent), agent.text),)
    modality = "negated" if doc[6].text == "batal" else "asserted"
    return Record(Document("d", doc.text), events=(Event("E1", "MEET", trigger, 1, modality=modality, arguments=arguments),))


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return load_vectors(WEIGHTS / "id" / "vectors.pt")


@pytest.fixture(scope="module")
def encoder(vectors: Vectors) -> Encoder:
    """Trained on sentences in which "menggelar" makes an event of "rapat", "batal" one that did not happen, "memuji" none."""
    names = ("Ani", "Budi", "Citra", "Dewi", "Eko", "Fajar")
    docs = [rally(name, verb) for name in names for verb in ("menggelar", "batal", "memuji")]
    records = [gold(doc, told=doc[6].text != "memuji") for doc in docs]
    lexicons = collect_units(docs, sorted(ONTOLOGY.types))
    examples = make_all(docs, records, ONTOLOGY, CUES, lexicons, vectors)
    torch.manual_seed(1)
    return Encoder(train(Network(lexicons, vectors.table), examples, rounds=200, seed=1), lexicons, vectors)


def odds(encoder: Encoder, doc: Doc) -> dict[tuple[str, int], float | None]:
    encoding = encoder.encode(doc, find_hits(doc, LEXICON))
    return {(h.reading.type, h.start): o for h, o in zip(encoding.hits, encoding.trigger_odds(), strict=True)}


def test_only_sentences_with_a_reading_are_encoded(vectors: Vectors) -> None:
    doc = rally("Ani", "menggelar")
    lexicons = collect_units([doc], ["MEET"])
    (sentence,) = encode(doc, find_hits(doc, LEXICON), lexicons, vectors)
    assert sentence.offset == 5
    assert sentence.columns.shape == (5, len(COLUMNS))
    assert sentence.heads.tolist() == [1, 1, 1, 1, 1]
    assert sentence.proposed[2, 0] == 1.0
    assert sentence.proposed.sum(1).count_nonzero() >= 1


def test_what_was_seldom_seen_has_no_number(vectors: Vectors) -> None:
    lexicons = collect_units([rally("Ani", "menggelar")] * 4, ["MEET"])
    doc = rally("Zubaidah", "menggelar")
    assert lexicons.ids(doc[5])[COLUMNS.index("form")] == 0
    assert lexicons.ids(doc[6])[COLUMNS.index("form")] > 0
    assert len(units_of(doc[0])) == len(COLUMNS)


def test_it_learns_from_the_sentence_what_is_an_event(encoder: Encoder) -> None:
    told, praised = (odds(encoder, rally("Gita", verb))["MEET", 7] for verb in ("menggelar", "memuji"))
    assert told is not None
    assert praised is not None
    assert told > 0 > praised


def test_it_learns_modality_and_roles(encoder: Encoder) -> None:
    for verb, modality in (("menggelar", "asserted"), ("batal", "negated")):
        doc = rally("Gita", verb)
        encoding = encoder.encode(doc, find_hits(doc, LEXICON))
        candidate = Candidate("MEET", 7, 8, 7, "test", 6)
        likely = encoding.modality_odds(candidate)
        assert likely is not None
        assert max(likely, key=likely.__getitem__) == modality
        assert set(likely) == set(MODALITIES)
        proposals = propose(doc, candidate, frame_of(CUES.roles, ONTOLOGY.types["MEET"].roles), Mentions(doc, [], []), CUES)
        roles = encoding.role_odds(candidate, proposals)
        assert roles is not None
        agent = next(row for row, one in zip(roles, proposals, strict=True) if doc[one.start : one.end].text == "Gita")
        assert max(ROLES, key=agent.__getitem__) == "agent"


def test_what_it_does_not_know_it_leaves_to_the_tables(encoder: Encoder) -> None:
    doc = rally("Gita", "menggelar")
    hits = find_hits(doc, LEXICON)
    own = [replace(hit, reading=replace(hit.reading, type="MINE")) for hit in hits]
    assert encoder.encode(doc, own).trigger_odds() == [None] * len(own)
    encoding = encoder.encode(doc, hits)
    assert encoding.modality_odds(Candidate("MEET", 0, 1, 0, "test")) is None
    assert encoding.role_odds(Candidate("MINE", 7, 8, 7, "test"), [Proposal(5, 6, 5, "phrase")]) is None
    assert encoder.encode(doc, []).trigger_odds() == []


def test_other_sentences_change_nothing_but_how_often_a_type_is_proposed(encoder: Encoder) -> None:
    doc = rally("Gita", "menggelar")
    alone = Doc.from_docs([doc[5:10].as_doc()])
    assert odds(encoder, alone)["MEET", 2] == pytest.approx(odds(encoder, doc)["MEET", 7], abs=1e-4)


def test_a_saved_network_answers_as_before_and_a_damaged_one_is_told(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "vectors.pt").symlink_to(WEIGHTS / "id" / "vectors.pt")
    save(encoder.network, encoder.lexicons, tmp_path / "events.pt", {"data": "none"})
    again = load_encoder("id", folder=tmp_path)
    assert again is not None
    doc = rally("Gita", "menggelar")
    assert odds(again, doc)["MEET", 7] == pytest.approx(odds(encoder, doc)["MEET", 7], abs=0.1)  # weights in 16 bits
    assert load_encoder("id", folder=tmp_path / "none") is None
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "vectors.pt").symlink_to(WEIGHTS / "id" / "vectors.pt")
    (damaged / "events.pt").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"events\.pt"):
        load_encoder("id", folder=damaged)


def test_the_mode_decides_whether_it_reads(encoder: Encoder) -> None:
    doc = rally("Gita", "menggelar")
    assert encode_sentences(doc, ONTOLOGY, "both", encoder) is not None
    assert encode_sentences(doc, ONTOLOGY, "rules", encoder) is None
    assert encode_sentences(doc, ONTOLOGY, "both", None) is None


def test_batches_hold_every_sentence_once(encoder: Encoder, vectors: Vectors) -> None:
    import random

    docs = [rally("Ani", "menggelar")] * 5
    examples = make_all(docs, [gold(doc, told=True) for doc in docs], ONTOLOGY, CUES, encoder.lexicons, vectors)
    found = batches(examples, random.Random(1))
    assert sorted(map(id, (example for batch in found for example in batch))) == sorted(map(id, examples))


def test_the_shipped_network_knows_every_type() -> None:
    shipped = load_encoder("id")
    assert shipped is not None
    assert set(shipped.lexicons.types) == set(ONTOLOGY.types)
    assert isinstance(shipped.lexicons, Lexicons)
