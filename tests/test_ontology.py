"""The shipped ontology says what docs/annotation.md says, its examples hold, and a damaged one is refused with a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from peristiwa.errors import SettingsError
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.priors import Priors
from peristiwa.events.triggers import find_triggers
from peristiwa.ontology import load_ontology, split_example

ONTOLOGY = load_ontology()
VOCAB = spacy.blank("id").vocab
GUIDELINES = Path(__file__).parents[1] / "docs" / "annotation.md"
ROW = re.compile(r"^\| (\w+) \| ([A-Z]+) \| .* \| ([^|]+) \|$", re.MULTILINE)
HAS = [(name, text) for name, kind in ONTOLOGY.types.items() for text in kind.examples.has]
LACKS = [(name, text) for name, kind in ONTOLOGY.types.items() for text in kind.examples.lacks]


def plain_doc(text: str) -> Doc:
    """Words split at white space and punctuation, no annotation: what the rules know without any model."""
    words, spaces = [], []
    for match in re.finditer(r"\w+(?:-\w+)*|[^\w\s]", text):
        words.append(match[0])
        spaces.append(text[match.end() : match.end() + 1] == " ")
    doc = Doc(VOCAB, words=words, spaces=spaces, sent_starts=[i == 0 for i in range(len(words))])
    assert doc.text == text
    return doc


def found(text: str, name: str) -> list[tuple[int, int]]:
    """The character spans of the triggers of one type, by the rules alone and without learnt weights."""
    doc = plain_doc(text)
    return [
        (doc[c.start].idx, doc[c.end - 1].idx + len(doc[c.end - 1]))
        for c in find_triggers(doc, ONTOLOGY, "rules", Priors())
        if c.type == name
    ]


def test_types_groups_and_plover_are_those_of_the_guidelines() -> None:
    rows = {name: (group, plover.strip()) for group, name, plover in ROW.findall(GUIDELINES.read_text("utf-8"))}
    assert len(rows) == 37
    assert {n: (t.group, t.plover or "–") for n, t in ONTOLOGY.types.items()} == rows


@pytest.mark.parametrize(("name", "text"), HAS)
def test_an_example_has_its_event(name: str, text: str) -> None:
    sentence, start, end = split_example(text)
    assert any(s < end and start < e for s, e in found(sentence, name)), f"no {name} at {sentence[start:end]!r}"


@pytest.mark.parametrize(("name", "text"), LACKS)
def test_a_counterexample_lacks_the_event(name: str, text: str) -> None:
    assert found(text, name) == []


def test_examples_are_told_apart_by_more_than_one_word() -> None:
    """Each type's examples use at least two different triggers, so that they test more than one entry."""
    for name, kind in ONTOLOGY.types.items():
        assert len({split_example(t)[0][slice(*split_example(t)[1:])].lower() for t in kind.examples.has}) > 1, name


def test_the_lexicon_is_wide() -> None:
    lexicon = compile_lexicon(ONTOLOGY)
    keys = {(reading.type, reading.key) for readings in lexicon.readings.values() for reading in readings}
    assert len(keys) > 1500
    assert min(len({key for kind, key in keys if kind == name}) for name in ONTOLOGY.types) >= 3


ONE_TYPE = """
version: 1
language: id
lists: {law: [undang-undang]}
types:
  ADOPT:
    group: law
    plover: null
    definition: A law is passed.
    entries:
      - {roots: [sah], forms: [meN-kan], object: ["@law"]}
    examples:
      has: ["A [mengesahkan] undang-undang.", "B [mengesahkan] undang-undang.", "C [mengesahkan] undang-undang."]
      lacks: [a, b, c]
"""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("object:", "objct:", "objct"),
        ("ADOPT:", "ADOPT LAW:", "types.ADOPT LAW"),
        ("ADOPT:", "DATE:", "is what brat calls"),
        ("types:", "extends: nowhere.yaml\ntypes:", "there is no file 'nowhere.yaml'; tried"),
        ('"@law"', '"@laws"', "no list or entity type '@laws'"),
        ("[sah], forms: [meN-kan]", "[sah]", "roots need forms"),
        ("roots: [sah], forms: [meN-kan], ", "", "needs roots or words"),
        ("[sah]", '["sah kan"]', "has a space"),
        ('"@law"]', '"undang undang"]', "not a single word"),
        ("[a, b, c]", "[a, b]", "at least 3"),
        ("A [mengesahkan]", "A mengesahkan", "exactly one"),
        ("group: law", "group: sport", "group"),
        ("plover: null", "plover: null\n    roles: {subject: victim}", "roles"),
        (": 1\n", ": 1\n bad", "not valid YAML"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert ONE_TYPE.count(old) >= 1
    path = tmp_path / "own.yaml"
    path.write_text(ONE_TYPE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_ontology(path)
    assert reason in str(error.value)
    assert str(path) in str(error.value)


def test_an_own_ontology_is_used(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(ONE_TYPE, encoding="utf-8")
    doc = plain_doc("Parlemen mengesahkan undang-undang itu dan presiden menandatanganinya.")
    assert [(c.type, c.start) for c in find_triggers(doc, load_ontology(path), "rules", Priors())] == [("ADOPT", 1)]


def test_a_verb_with_a_suffix_also_stands_bare(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    entries = "{roots: [umum], forms: [meN-kan]}\n      - {roots: [kunjung, lapor], forms: [meN-i, meN-kan, 0-kan]}"
    path.write_text(ONE_TYPE.replace('{roots: [sah], forms: [meN-kan], object: ["@law"]}', entries), encoding="utf-8")
    lexicon = compile_lexicon(load_ontology(path))
    weak = {word: [one.weak for one in lexicon.look_up(word)] for word in ("umumkan", "kunjungi", "laporkan", "umum")}
    assert weak == {"umumkan": [True], "kunjungi": [True], "laporkan": [False], "umum": []}
    assert [one.weak for one in lexicon.look_up("mengumumkan")] == [False]


def test_unknown_derivations_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(ONE_TYPE.replace("meN-kan", "men-kan"), encoding="utf-8")
    with pytest.raises(SettingsError, match="no derivation 'men-kan'"):
        compile_lexicon(load_ontology(path))


@pytest.mark.models
def test_examples_hold_with_the_shipped_models() -> None:
    """Learnt weights may overrule a rule on a short sentence out of context, so a share is asked, not each of them."""
    from peristiwa.annotate import Annotator
    from peristiwa.models import locate
    from peristiwa.types import Document

    has = [(name, *split_example(text)) for name, text in HAS]
    texts = [text for _, text, _, _ in has] + [text for _, text in LACKS]
    docs = Annotator(locate("id").paths).annotate([Document(str(i), text) for i, text in enumerate(texts)])
    missed = [
        (name, text)
        for (name, text, start, end), doc in zip(has, docs[: len(has)], strict=True)
        if not any(
            c.type == name and doc[c.start].idx < end and start < doc[c.end - 1].idx + len(doc[c.end - 1])
            for c in find_triggers(doc, ONTOLOGY, "both")
        )
    ]
    wrong = [
        (name, text)
        for (name, text), doc in zip(LACKS, docs[len(has) :], strict=True)
        if any(c.type == name for c in find_triggers(doc, ONTOLOGY, "both"))
    ]
    assert len(missed) <= 0.1 * len(HAS), missed
    assert len(wrong) <= 0.1 * len(LACKS), wrong
