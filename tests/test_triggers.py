"""Triggers on hand-built trees: rules, light verbs, names, the trigger model's spans, and how the two are combined."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, Span

from peristiwa.events.candidate import Candidate
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.prior_features import features
from peristiwa.events.priors import Priors, Thresholds, load_priors
from peristiwa.events.triggers import WeighedHits, find_hits, find_triggers, recalled
from peristiwa.ontology import load_ontology

VOCAB = spacy.blank("id").vocab
ONTOLOGY = load_ontology()
LEXICON = compile_lexicon(ONTOLOGY)
NO_PRIORS = Priors()

Row = tuple[str, str, str, int]


def make_doc(rows: Sequence[Row], ents: Sequence[tuple[int, int, str]] = ()) -> Doc:
    """A one-sentence Doc of (word, UPOS, relation, head index)."""
    words, pos, deps, heads = zip(*rows, strict=True)
    doc = Doc(
        VOCAB,
        words=list(words),
        pos=list(pos),
        deps=list(deps),
        heads=list(heads),
        sent_starts=[i == 0 for i in range(len(words))],
    )
    doc.ents = [Span(doc, start, end, label) for start, end, label in ents]
    return doc


def with_model(doc: Doc, *spans: tuple[int, int, str]) -> Doc:
    doc.spans["triggers"] = [Span(doc, start, end, label) for start, end, label in spans]
    return doc


def rules(doc: Doc) -> list[Candidate]:
    return find_triggers(doc, ONTOLOGY, "rules", NO_PRIORS)


def short(candidates: Sequence[Candidate]) -> list[tuple[str, int, int]]:
    return [(c.type, c.start, c.end) for c in candidates]


SIGNED: list[Row] = [
    ("Kedua", "NUM", "nummod", 1),
    ("negara", "NOUN", "nsubj", 2),
    ("menandatangani", "VERB", "ROOT", 2),
    ("perjanjian", "NOUN", "obj", 2),
    ("itu", "DET", "det", 3),
]


def test_a_verb_names_its_event() -> None:
    (found,) = rules(make_doc(SIGNED))
    assert (found.type, found.start, found.end, found.head, found.light_verb) == ("SIGN", 2, 3, 2, None)
    assert found.rule.startswith("SIGN/")
    assert found.rule.endswith(":tandatangan")


@pytest.mark.parametrize(("pos", "found"), [("VERB", [("ARREST", 2, 3)]), ("PROPN", [])])
def test_a_verb_in_capitals_is_no_part_of_a_name(pos: str, found: list[tuple[str, int, int]]) -> None:
    """As headlines in mid-text have it; what is no verb may be a name that the model did not see."""
    rows: list[Row] = [
        ("Baca", "VERB", "ROOT", 0),
        ("Polisi", "NOUN", "nsubj", 2),
        ("Tangkap", pos, "ccomp", 0),
        ("Enam", "NUM", "nummod", 4),
        ("Tersangka", "NOUN", "obj", 2),
    ]
    assert short(rules(make_doc(rows))) == found


def test_active_light_verb_lends_itself_to_its_noun() -> None:
    doc = make_doc(
        [
            ("Milisi", "NOUN", "nsubj", 1),
            ("melakukan", "VERB", "ROOT", 1),
            ("serangan", "NOUN", "obj", 1),
            ("ke", "ADP", "case", 4),
            ("pelabuhan", "NOUN", "obl", 1),
        ]
    )
    (found,) = rules(doc)
    assert (found.type, found.start, found.light_verb) == ("ATTACK", 2, 1)


def test_passive_light_verb_lends_itself_to_its_subject() -> None:
    doc = make_doc(
        [
            ("Serangan", "NOUN", "nsubj:pass", 2),
            ("itu", "DET", "det", 0),
            ("dilakukan", "VERB", "ROOT", 2),
            ("oleh", "ADP", "case", 4),
            ("milisi", "NOUN", "obl", 2),
        ]
    )
    (found,) = rules(doc)
    assert (found.type, found.start, found.light_verb) == ("ATTACK", 0, 2)


def test_verbs_of_beginning_lend_their_time() -> None:
    doc = make_doc(
        [
            ("Negosiasi", "NOUN", "nsubj:pass", 2),
            ("dagang", "NOUN", "nmod", 0),
            ("dimulai", "VERB", "ROOT", 2),
            ("pada", "ADP", "case", 4),
            ("2012", "NUM", "obl", 2),
        ]
    )
    (found,) = rules(doc)
    assert (found.type, found.start, found.light_verb) == ("NEGOTIATE", 0, 2)


def test_a_light_verb_without_event_noun_may_be_an_event() -> None:
    doc = make_doc(
        [
            ("Bank", "NOUN", "nsubj", 1),
            ("memberikan", "VERB", "ROOT", 1),
            ("dana", "NOUN", "obj", 1),
            ("kepada", "ADP", "case", 4),
            ("petani", "NOUN", "obl", 1),
        ]
    )
    assert short(rules(doc)) == [("AID", 1, 2)]


def test_a_phrase_is_one_trigger() -> None:
    doc = make_doc(
        [
            ("Menteri", "NOUN", "nsubj", 2),
            ("itu", "DET", "det", 0),
            ("mengundurkan", "VERB", "ROOT", 2),
            ("diri", "PRON", "obj", 2),
            ("kemarin", "ADV", "advmod", 2),
        ]
    )
    (found,) = rules(doc)
    assert (found.type, found.start, found.end, found.head) == ("DISMISS", 2, 4, 2)


@pytest.mark.parametrize(
    ("object_", "expected"),
    [("resolusi", [("ADOPT", 1, 2)]), ("album", [("LAUNCH", 1, 2)]), ("keringat", [])],
)
def test_the_object_decides_the_type(object_: str, expected: list[tuple[str, int, int]]) -> None:
    doc = make_doc([("Mereka", "PRON", "nsubj", 1), ("mengeluarkan", "VERB", "ROOT", 1), (object_, "NOUN", "obj", 1)])
    assert short(rules(doc)) == expected


def test_the_object_may_be_the_subject_of_a_passive_or_the_head_of_a_relative_clause() -> None:
    passive = make_doc(
        [
            ("Resolusi", "NOUN", "nsubj:pass", 2),
            ("itu", "DET", "det", 0),
            ("dikeluarkan", "VERB", "ROOT", 2),
        ]
    )
    relative = make_doc(
        [
            ("Resolusi", "NOUN", "ROOT", 0),
            ("yang", "PRON", "nsubj:pass", 2),
            ("dikeluarkan", "VERB", "acl:relcl", 0),
            ("kemarin", "ADV", "advmod", 2),
        ]
    )
    assert short(rules(passive)) == [("ADOPT", 2, 3)]
    assert short(rules(relative)) == [("ADOPT", 2, 3)]


def test_reporting_verbs_function_words_and_acara_are_none() -> None:
    doc = make_doc(
        [
            ("Peristiwa", "NOUN", "nsubj", 4),
            ("dalam", "ADP", "case", 2),
            ("acara", "NOUN", "nmod", 0),
            (",", "PUNCT", "punct", 4),
            ("ujar", "VERB", "ROOT", 4),
            ("Ani", "PROPN", "nsubj", 4),
            ("tentang", "ADP", "case", 7),
            ("cuaca", "NOUN", "obl", 4),
        ]
    )
    assert rules(doc) == []


def test_words_inside_a_name_are_none() -> None:
    rows: list[Row] = [
        ("Dewan", "PROPN", "nsubj", 3),
        ("Pertahanan", "PROPN", "flat:name", 0),
        ("Kudeta", "PROPN", "flat:name", 0),
        ("berkantor", "VERB", "ROOT", 3),
        ("di", "ADP", "case", 5),
        ("Bogor", "PROPN", "obl", 3),
    ]
    assert rules(make_doc(rows, [(0, 3, "ORG")])) == []
    assert rules(make_doc(rows)) == []  # the capitals say so where the model saw no name


def test_an_entity_class_as_condition() -> None:
    rows: list[Row] = [
        ("Islandia", "PROPN", "nsubj", 1),
        ("keluar", "VERB", "ROOT", 1),
        ("dari", "ADP", "case", 3),
        ("Nordika", "PROPN", "obl", 1),
    ]
    assert short(rules(make_doc(rows, [(3, 4, "ORG")]))) == [("WITHDRAW", 1, 2)]
    assert ("WITHDRAW", 1, 2) not in short(rules(make_doc(rows, [(3, 4, "PER")])))


def test_white_space_between_words_is_no_obstacle() -> None:
    doc = Doc(
        VOCAB,
        words=["Buruh", "menggelar", "unjuk", "\n", "rasa", "kemarin"],
        spaces=[True, True, False, False, True, False],
        sent_starts=[True, False, False, False, False, False],
    )
    assert short(rules(doc)) == [("PROTEST", 2, 5)]


def test_model_mode_takes_the_models_spans_that_the_ontology_knows() -> None:
    doc = with_model(make_doc(SIGNED), (2, 3, "AGREE"), (3, 4, "NOSUCHTYPE"))
    found = find_triggers(doc, ONTOLOGY, "model", NO_PRIORS)
    assert short(found) == [("AGREE", 2, 3)]
    assert found[0].rule == "model"


def test_without_model_spans_both_equals_rules() -> None:
    doc = make_doc(SIGNED)
    assert find_triggers(doc, ONTOLOGY, "both", NO_PRIORS) == rules(doc)
    assert find_triggers(doc, ONTOLOGY, "model", NO_PRIORS) == []


def test_the_model_speaks_for_and_against_a_reading() -> None:
    known = Priors({"bias": 0.0, "type=SIGN": 0.0}, Thresholds(rules=0.5, both=0.5), trust=1.0)
    for probability, found in ((0.9, [("SIGN", 2, 3)]), (0.1, [])):
        doc = make_doc(SIGNED)
        doc.user_data["trigger_scores"] = {2: {"SIGN": probability}}
        assert [hit for hit in short(find_triggers(doc, ONTOLOGY, "both", known)) if hit[0] == "SIGN"] == found


def test_what_the_ontology_does_not_know_is_no_trigger_whatever_the_model_says() -> None:
    doc = with_model(make_doc(SIGNED), (3, 4, "AGREE"))
    assert short(find_triggers(doc, ONTOLOGY, "both", NO_PRIORS)) == [("SIGN", 2, 3)]


def test_shipped_priors_weigh_features_that_exist() -> None:
    priors = load_priors("id")
    assert len(priors.features) > 500
    (names,) = features(make_doc(SIGNED), find_hits(make_doc(SIGNED), LEXICON)[:1], LEXICON)
    assert len(set(names) & set(priors.features)) >= 10
    assert 0 < priors.thresholds.rules < 1


def test_a_language_without_priors_gets_empty_ones() -> None:
    assert load_priors("xx").features == {}


words = st.sampled_from(
    ["menandatangani", "serangan", "melakukan", "unjuk", "rasa", "di", "Dewan", "tewas", "dan", "\n", "memberikan",
     "bantuan", "ditangkap", "polisi", "kemarin", ".", "tiba-tiba", "gempa", "Pemilu", "itu", "mengundurkan", "diri"]
)  # fmt: skip


@given(st.lists(words, min_size=1, max_size=20), st.sampled_from(["rules", "both"]), st.booleans())
def test_law_candidates_are_ordered_apart_and_within_the_document(texts: list[str], mode: str, learnt: bool) -> None:
    doc = Doc(VOCAB, words=texts, sent_starts=[i == 0 for i in range(len(texts))])
    if mode == "both":
        with_model(doc, (0, 1, "MEET"))
    priors = load_priors("id") if learnt else NO_PRIORS
    found = find_triggers(doc, ONTOLOGY, "rules" if mode == "rules" else "both", priors)
    for left, right in pairwise(found):
        assert left.end <= right.start
    for candidate in found:
        assert 0 <= candidate.start <= candidate.head < candidate.end <= len(doc)
        assert candidate.type in ONTOLOGY.types
        assert candidate.light_verb is None or not candidate.start <= candidate.light_verb < candidate.end
    assert found == find_triggers(doc, ONTOLOGY, "rules" if mode == "rules" else "both", priors)


PARLIAMENT: Row = ("Parlemen", "NOUN", "nsubj", 1)
SOMEONE: Row = ("Budi", "PROPN", "nsubj", 1)


def test_a_noun_with_a_demonstrative_keeps_the_sense_that_it_had() -> None:
    rows = [("sidang", "NOUN", "obj", 0), ("dan", "CCONJ", "cc", 2), ("sidang", "NOUN", "conj", 0), ("itu", "DET", "det", 2)]
    doc = make_doc(rows)
    hits = find_hits(doc, LEXICON)
    scores = [{(0, "MEET"): 0.9, (2, "INVESTIGATE"): 0.8}.get((hit.start, hit.reading.type), 0.1) for hit in hits]
    weighed = WeighedHits(hits, [None] * len(hits), scores, scores, 0.5)
    assert [hit.reading.type for _, hit in weighed.chosen()] == ["MEET", "INVESTIGATE"]
    assert [hit.reading.type for _, hit in recalled(doc, weighed)] == ["MEET", "MEET"]
    without = Doc(VOCAB, words=["sidang", "dan", "sidang"], pos=["NOUN", "CCONJ", "NOUN"])
    assert [hit.reading.type for _, hit in recalled(without, weighed)] == ["MEET", "INVESTIGATE"]


@pytest.mark.parametrize(("row", "found"), [(PARLIAMENT, [("ADOPT", 1, 2)]), (SOMEONE, [])])
def test_an_entry_of_which_nothing_was_learnt_counts_where_two_conditions_hold(
    row: Row, found: list[tuple[str, int, int]]
) -> None:
    """Who passed what: "Parlemen meloloskan resolusi", not "Budi meloloskan resolusi", though the type is rare."""
    doc = make_doc([row, ("meloloskan", "VERB", "ROOT", 1), ("resolusi", "NOUN", "obj", 1)])
    rare = {"type=ADOPT": -9.0}
    assert short(find_triggers(doc, ONTOLOGY, "rules", Priors(rare))) == found
    known = {f"rule={hit.reading.rule}:True": 0.0 for hit in find_hits(doc, LEXICON)}
    assert find_triggers(doc, ONTOLOGY, "rules", Priors(rare | known)) == []


COUNTRY: Row = ("Kroasia", "PROPN", "nsubj", 1)


@pytest.mark.parametrize(("row", "found"), [(COUNTRY, [("ADOPT", 1, 2)]), (("Pers", "NOUN", "nsubj", 1), [])])
def test_a_word_that_is_never_a_trigger_counts_where_an_entry_is_sure(row: Row, found: list[tuple[str, int, int]]) -> None:
    """ "Kroasia menyatakan kemerdekaannya", not "pers menyatakan kemerdekaan"."""
    rows = [row, ("menyatakan", "VERB", "ROOT", 1), ("kemerdekaan", "NOUN", "obj", 1), ("nya", "PRON", "nmod:poss", 2)]
    assert short(rules(make_doc(rows, [(0, 1, "LOC")] if found else []))) == found


@pytest.mark.parametrize(("receiver", "found"), [("gubernur", ["WITHDRAW"]), ("", [])])
def test_who_receives_is_not_what_is_handed_over(receiver: str, found: list[str]) -> None:
    """ "Wilayah itu diserahkan kepada gubernur", not "Buku itu diserahkan kepada wilayah"."""
    first, last = ("Wilayah", receiver) if receiver else ("Buku", "wilayah")
    rows: list[Row] = [
        (first, "NOUN", "nsubj:pass", 2),
        ("itu", "DET", "det", 0),
        ("diserahkan", "VERB", "ROOT", 2),
        ("kepada", "ADP", "case", 4),
        (last, "NOUN", "obl", 2),
    ]
    assert [hit.type for hit in rules(make_doc(rows))] == found


@pytest.mark.parametrize(
    ("before", "found"), [("biasanya", []), ("bertugas", []), ("bertugas untuk", []), ("kemudian", [("ARREST", True)])]
)
def test_what_is_usual_does_not_happen(before: str, found: list[tuple[str, bool]]) -> None:
    """ "Polisi biasanya menangkap Budi", "Badan itu bertugas menangkap Budi"."""
    text = f"Polisi {before} menangkap Budi"
    doc = make_doc(words(text, verb="menangkap"))
    assert [(hit.type, doc[hit.start].text == "menangkap") for hit in rules(doc)] == found


def words(text: str, *, verb: str = "") -> list[Row]:
    """Each word of a text a noun of the first, but for punctuation and one verb."""
    tags = ["PUNCT" if not word[0].isalpha() else "VERB" if word == verb else "NOUN" for word in text.split()]
    return [(word, tag, "dep" if at else "ROOT", 0) for at, (word, tag) in enumerate(zip(text.split(), tags, strict=True))]


@pytest.mark.parametrize(
    ("text", "verb", "found"),
    [
        ("Baca juga : Polisi Tangkap Enam Tersangka", "Tangkap", []),
        ("( Simak juga : Polisi tangkap Budi ) Polisi menangkap Budi", "menangkap", ["ARREST"]),
        ("Baca juga : Polisi Periksa Budi Warga lalu meminta maaf dan menolak putusan .", "menolak", ["REJECT"]),
        ("Artikel ini telah tayang di situs : Polisi menangkap Budi .", "menangkap", []),
        ("Warga membaca juga berita : Polisi menangkap Budi .", "menangkap", ["ARREST"]),
    ],
)
def test_what_a_link_tells_is_of_another_text(text: str, verb: str, found: list[str]) -> None:
    doc = make_doc(words(text, verb=verb))
    at = text.split().index(verb)
    assert [hit.type for hit in rules(doc) if hit.start == at] == found


def test_the_bare_verb_of_a_headline_counts() -> None:
    """ "KPK tahan Bupati", whatever was learnt of it; not in a sentence, nor behind a common noun."""
    against = Priors({"type=ARREST": -9.0} | {f"rule={hit.reading.rule}:True": 0.0 for hit in find_hits(HEADLINE, LEXICON)})
    assert short(find_triggers(HEADLINE, ONTOLOGY, "rules", against)) == [("ARREST", 1, 2)]
    assert find_triggers(make_doc(words("KPK tangkap Bupati .", verb="tangkap")), ONTOLOGY, "rules", against) == []
    assert find_triggers(make_doc(words("Hasil tangkap Bupati", verb="tangkap")), ONTOLOGY, "rules", against) == []


HEADLINE = make_doc(words("KPK tangkap Bupati", verb="tangkap"), [(0, 1, "ORG")])
