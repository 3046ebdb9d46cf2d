"""The network of events: what it reads, what it answers, and that it learns what a sentence alone can tell.

The name puts it last: a process that has trained a network must not be forked, which other tests do.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
import torch
from spacy.tokens import Doc

from peristiwa.checkpoint import Vectors, load_vectors
from peristiwa.errors import ModelError
from peristiwa.events.attach import Clue, Story, Told
from peristiwa.events.candidate import Candidate
from peristiwa.events.cues import load_cues
from peristiwa.events.date_model import find_all_cases
from peristiwa.events.encoding import Encoder, load_encoder
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.network import COLUMNS, AskedDates, Lexicons, Network, Sentence, encode, units_of
from peristiwa.events.proposals import Proposal, propose
from peristiwa.events.roles import Mentions, frame_of
from peristiwa.events.triggers import encode_sentences, find_hits
from peristiwa.language import load_language
from peristiwa.models import WEIGHTS
from peristiwa.ontology import load_ontology
from peristiwa.training.event_dates import Solved
from peristiwa.training.network import Lesson, batches, choice_loss, collect_units, loss_of, make_all, save, train
from peristiwa.types import MODALITIES, ROLES, Argument, Document, Event, Record, Time, Trigger

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


def dated(doc: Doc, *, told: bool = True) -> Solved:
    """The same meeting as dating sees it: "kemarin" is its day if it took place."""
    if not told:
        return Solved()
    start = doc[8].idx
    times = [(1, Time("D1", "DATE", start, start + 7, "kemarin", "2018-03-13", earliest="2018-03-13", latest="2018-03-13"))]
    events = [Told(1, (), "asserted", None, True, Clue(("event",), {"D1": ("path=.advmod",)}, 7, (6,), "MEET", "rapat"))]
    gold = [None if doc[6].text == "batal" else "2018-03-13"]
    story = Story(events, times)
    return Solved(story, gold, 1, find_all_cases(story), [None])


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return load_vectors(WEIGHTS / "id" / "vectors.pt")


@pytest.fixture(scope="module")
def encoder(vectors: Vectors) -> Encoder:
    """Trained on sentences in which "menggelar" makes an event of "rapat", "batal" one that did not happen, "memuji" none."""
    names = ("Ani", "Budi", "Citra", "Dewi", "Eko", "Fajar")
    docs = [rally(name, verb) for name in names for verb in ("menggelar", "batal", "memuji")]
    records = [gold(doc, told=doc[6].text != "memuji") for doc in docs]
    dates = [dated(doc, told=doc[6].text != "memuji") for doc in docs]
    lexicons = collect_units(docs, dates, sorted(ONTOLOGY.types))
    stories = make_all(docs, records, dates, ONTOLOGY, CUES, lexicons, vectors)
    torch.manual_seed(1)
    return Encoder(train(Network(lexicons, vectors.table), stories, rounds=200, seed=1), lexicons, vectors)


def odds(encoder: Encoder, doc: Doc) -> dict[tuple[str, int], float | None]:
    encoding = encoder.encode(doc, find_hits(doc, LEXICON))
    return {(h.reading.type, h.start): o for h, o in zip(encoding.hits, encoding.trigger_odds(), strict=True)}


def test_only_sentences_with_a_reading_are_encoded(vectors: Vectors) -> None:
    doc = rally("Ani", "menggelar")
    lexicons = collect_units([doc], [], ["MEET"])
    (sentence,) = encode(doc, find_hits(doc, LEXICON), lexicons, vectors)
    assert sentence.offset == 5
    assert sentence.columns.shape == (5, len(COLUMNS))
    assert sentence.heads.tolist() == [1, 1, 1, 1, 1]
    assert sentence.proposed[2, 0] == 1.0
    assert sentence.proposed.sum(1).count_nonzero() >= 1


def test_what_was_seldom_seen_has_no_number(vectors: Vectors) -> None:
    lexicons = collect_units([rally("Ani", "menggelar")] * 4, [], ["MEET"])
    doc = rally("Zubaidah", "menggelar")
    forms = lexicons.columns(list(doc))[COLUMNS.index("form")]
    assert forms[5] == 0
    assert forms[6] > 0
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
        [likely] = encoding.modality_odds([candidate])
        assert likely is not None
        assert max(likely, key=likely.__getitem__) == modality
        assert set(likely) == set(MODALITIES)
        proposals = propose(doc, candidate, frame_of(CUES.roles, ONTOLOGY.types["MEET"].roles), Mentions(doc, [], []), CUES)
        [roles] = encoding.role_odds([candidate], [proposals])
        agent = next(row for row, one in zip(roles, proposals, strict=True) if doc[one.start : one.end].text == "Gita")
        assert agent is not None
        assert max(ROLES, key=agent.__getitem__) == "agent"


def test_it_learns_which_events_have_a_date(encoder: Encoder) -> None:
    for verb, has_date in (("menggelar", True), ("batal", False)):
        doc = rally("Gita", verb)
        solved = dated(doc)
        [likely] = encoder.encode(doc, find_hits(doc, LEXICON)).date_odds(solved.story.events, solved.cases, None)
        assert likely is not None
        assert len(likely) == 1
        assert (likely[0] > 0) == has_date


def two(first: str, second: str) -> Doc:
    """Two meetings in one document."""
    return Doc.from_docs([rally("Gita", first), rally("Hadi", second)])


def test_a_sentence_is_read_with_the_others_of_its_document_and_of_no_other(encoder: Encoder) -> None:
    one, other = two("menggelar", "menggelar"), two("memuji", "batal")
    read = [list(encode(doc, find_hits(doc, LEXICON), encoder.lexicons, encoder.vectors)) for doc in (one, other)]
    assert [len(sentences) for sentences in read] == [2, 2]
    with torch.inference_mode():
        both, heads = encoder.network.states([*read[0], *read[1]], [2, 2])
        alone, own = encoder.network.states(read[1], [2])
        apart, _ = encoder.network.states(read[1], [1, 1])
    assert torch.allclose(both[len(alone) :], alone, atol=1e-5)
    assert torch.equal(heads[len(own) :] - len(own), own)
    assert not torch.allclose(apart, alone, atol=1e-3)


def test_made_ready_for_use_it_reads_as_it_did_in_training(encoder: Encoder) -> None:
    kinds = len(encoder.lexicons.types)
    sentences = [
        Sentence(
            0,
            torch.arange(length),
            torch.zeros(length, 6, dtype=torch.long),
            torch.arange(length).flip(0),
            torch.rand(length, 2 * kinds),
            torch.rand(kinds),
        )
        for length in (3, 90, 7, 40, *range(5, 25), 60)
    ]
    ready = Network(encoder.lexicons, encoder.vectors.table)
    ready.load_state_dict(encoder.network.state_dict())
    with torch.inference_mode():
        expected = encoder.network.eval().states(sentences, [len(sentences)])[0]
        assert torch.allclose(ready.freeze(half=False).states(sentences, [len(sentences)])[0], expected, atol=1e-5)


def test_what_one_round_marks_more_freely_is_put_down_to_it(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the documents that praise the meeting those of round 1 say that it took place."""
    docs = [rally(name, verb) for name in ("Ani", "Budi", "Citra") for verb in ("menggelar", "memuji", "memuji")]
    records = [gold(doc, told=at % 3 != 1) for at, doc in enumerate(docs)]
    lessons = make_all(docs, records, [Solved() for _ in docs], ONTOLOGY, CUES, encoder.lexicons, encoder.vectors)
    lessons = [replace(lesson, round=int(at % 3 == 2)) for at, lesson in enumerate(lessons)]
    seen: list[torch.Tensor] = []

    def watched(network: Network, batch: list[Lesson], habits: torch.Tensor) -> tuple[torch.Tensor, int]:
        seen.append(habits)
        return loss_of(network, batch, habits)

    monkeypatch.setattr("peristiwa.training.network.loss_of", watched)
    train(Network(encoder.lexicons, encoder.vectors.table), lessons, rounds=100, seed=1, rate=0.005)
    meeting = encoder.lexicons.numbers["MEET"]
    assert seen[-1].shape == (1, len(encoder.lexicons.types))
    assert seen[-1][0, meeting] > 0.02
    with torch.inference_mode():
        losses = [float(loss_of(encoder.network, [replace(lessons[0], round=n)], 10 * seen[-1])[0]) for n in (0, 1)]
    assert losses[0] != pytest.approx(losses[1], rel=1e-3)


def test_a_right_date_costs_little_and_so_does_none_where_none_is_right() -> None:
    asked = AskedDates(*(torch.tensor(row) for row in ([0, 1], [0, 0], [0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 2], [-1, -1, -1])))
    right = Lesson([], asked, torch.tensor([False, True, False]))
    odds = torch.tensor([1.0, 2.0, -1.0])
    expected = -math.log(math.exp(2) / (1 + math.exp(1) + math.exp(2))) - math.log(1 / (1 + math.exp(-1)))
    assert float(choice_loss(odds, right)) == pytest.approx(expected)


def test_half_precision_answers_nearly_the_same(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "vectors.pt").symlink_to(WEIGHTS / "id" / "vectors.pt")
    save(encoder.network, encoder.lexicons, tmp_path / "events.pt", {})
    half = load_encoder("id", half=True, folder=tmp_path)
    assert half is not None
    doc = rally("Gita", "menggelar")
    hits, solved = find_hits(doc, LEXICON), dated(doc)
    (whole,), (halved,) = (one.encode(doc, hits).date_odds(solved.story.events, solved.cases, None) for one in (encoder, half))
    assert halved == pytest.approx(whole, abs=0.5)
    assert odds(half, doc)["MEET", 7] == pytest.approx(odds(encoder, doc)["MEET", 7], abs=0.5)


def test_a_date_is_weighed_at_the_place_where_it_is_told(encoder: Encoder) -> None:
    doc = rally("Gita", "menggelar")
    solved = dated(doc)
    encoding = encoder.encode(doc, find_hits(doc, LEXICON))
    [there] = encoding.date_odds(solved.story.events, solved.cases, None)
    moved = [{value: replace(case, near=None) for value, case in cases.items()} for cases in solved.cases]
    [nowhere] = encoding.date_odds(solved.story.events, moved, None)
    assert there != nowhere


def test_what_it_does_not_know_it_leaves_to_the_tables(encoder: Encoder) -> None:
    doc = rally("Gita", "menggelar")
    hits = find_hits(doc, LEXICON)
    own = [replace(hit, reading=replace(hit.reading, type="MINE")) for hit in hits]
    assert encoder.encode(doc, own).trigger_odds() == [None] * len(own)
    encoding = encoder.encode(doc, hits)
    known, unknown = Candidate("MEET", 7, 8, 7, "test"), Candidate("MINE", 7, 8, 7, "test")
    assert encoding.modality_odds([Candidate("MEET", 0, 1, 0, "test")]) == [None]
    assert encoding.role_odds([unknown], [[Proposal(5, 6, 5, "phrase")]]) == [[None]]
    assert encoding.role_odds([known, known], [[], [Proposal(3, 6, 5, "phrase")]]) == [[], [None]]  # begins in another sentence
    solved = dated(doc)
    assert encoding.date_odds(solved.story.events, [{}], None) == [None]
    mine = [replace(solved.story.events[0], clue=replace(solved.story.events[0].clue, type="MINE"))]
    assert encoding.date_odds(mine, solved.cases, None) == [None]
    assert encoder.encode(doc, []).trigger_odds() == []


def test_sentences_without_a_reading_change_nothing(encoder: Encoder) -> None:
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


def test_batches_hold_every_document_once(encoder: Encoder, vectors: Vectors) -> None:
    import random

    docs = [rally("Ani", "menggelar")] * 5
    golds, dates = [gold(doc, told=True) for doc in docs], [dated(doc) for doc in docs]
    stories = make_all(docs, golds, dates, ONTOLOGY, CUES, encoder.lexicons, vectors)
    found = batches(stories, random.Random(1))
    assert sorted(map(id, (story for batch in found for story in batch))) == sorted(map(id, stories))


def test_soft_labels_kept_small_can_be_learnt_from(encoder: Encoder, vectors: Vectors) -> None:
    """As ``training.running`` keeps them: proposals in 16 bits, probabilities for labels, no dates."""
    docs = [rally("Ani", "menggelar"), rally("Ani", "memuji")]
    golds, dates = [gold(docs[0], told=True), gold(docs[1], told=False)], [Solved()] * 2
    lessons = make_all(docs, golds, dates, ONTOLOGY, CUES, encoder.lexicons, vectors)
    for example in (example for lesson in lessons for example in lesson.sentences):
        example.sentence.proposed = example.sentence.proposed.half()
        example.right = example.right * 0.9
    torch.manual_seed(1)
    start = Network(encoder.lexicons, vectors.table)
    before = start.proposed.weight.detach().clone()
    assert not torch.equal(train(start, lessons, rounds=1).proposed.weight, before)


def test_the_shipped_network_knows_every_type() -> None:
    shipped = load_encoder("id")
    assert shipped is not None
    assert set(shipped.lexicons.types) == set(ONTOLOGY.types)
    assert isinstance(shipped.lexicons, Lexicons)
