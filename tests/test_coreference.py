"""Which later mentions tell the very same happening: the rule, the learnt choice, and how it is learnt."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from peristiwa.errors import SettingsError
from peristiwa.events.candidate import Candidate
from peristiwa.events.coreference import (
    CoreferenceModel,
    Link,
    Mention,
    antecedents,
    disagree,
    find_same,
    is_fresh,
    likeliest,
    load_coreference,
    pair_features,
)
from peristiwa.events.cues import load_cues
from peristiwa.language import load_language
from peristiwa.training.coreference import Telling, chained, happening_f1, learn, link_f1, tune
from peristiwa.types import Argument, Modality

CUES = load_cues(load_language("id"))
VOCAB = spacy.blank("id").vocab
ARRESTED, VERB = Doc(VOCAB, words=["ditangkap"], pos=["VERB"]), Candidate("ARREST", 0, 1, 0, "", None, None)
POS = {"gempa": "NOUN", "melanda": "VERB", "dua": "NUM", "kedua": "NUM", "lain": "ADJ", "itu": "DET"}


def mention(root: str = "tangkap", day: str | None = None, **roles: str) -> Mention:
    arguments = tuple(Argument(role, 0, len(text), text) for role, text in roles.items())  # type: ignore[arg-type]
    return Mention("ARREST", root, arguments, day)


def test_the_same_root_and_object_is_the_same_happening() -> None:
    earlier = [mention(object="Budi Santoso"), mention(root="tahan", object="Budi")]
    assert find_same(mention(object="Budi"), earlier) == 0


def test_another_object_or_another_day_is_another_happening() -> None:
    assert find_same(mention(object="Sari"), [mention(object="Budi")]) is None
    assert find_same(mention(day="2018-01-02"), [mention(day="2018-01-03")]) is None
    assert find_same(mention(day="2018-01-02"), [mention(day="2018-01")]) == 0


def test_the_nearest_earlier_mention_is_meant() -> None:
    assert find_same(mention(), [mention(), mention(root="tahan"), mention()]) == 2


def features(one: Mention, *earlier: Mention) -> list[set[str]]:
    return [set(names) for names in pair_features(one, earlier, antecedents(one, earlier))]


def test_only_earlier_mentions_of_the_type_are_on_offer_the_nearest_first() -> None:
    other = replace(mention(), type="DIE")
    assert antecedents(mention(), [mention(), other, mention()]) == [2, 0]
    assert antecedents(mention(), [mention()] * 5, reach=2) == [4, 3]


def test_features_say_how_fillers_days_and_figures_agree() -> None:
    (names,) = features(mention(object="12 orang", day="2018-01-02"), mention(object="65 orang", day="2018-01"))
    assert {"numbers=other", "object=same", "days=same", "agent=none", "root=same"} <= names
    (names,) = features(mention("tahan", agent="polisi", day="2018-01-02"), mention(agent="KPK", day="2018-01-03"))
    assert {"agent=other", "days=other", "root=other"} <= names


def test_a_name_that_a_filler_stands_for_counts_as_its_words() -> None:
    one = Mention("ARREST", "tangkap", (Argument("object", 0, 3, "dia", refers_to="Budi Santoso"),), None)
    (names,) = features(one, mention(object="Budi"))
    assert "object=same" in names


def test_features_say_which_trigger_governs_the_other() -> None:
    first = replace(mention(), head=3, above=())
    second = replace(mention(), head=7, above=(3,))
    assert "governed=below:same" in features(second, first)[0]
    assert "governed=above:same" in features(first, second)[0]
    assert "governed=far:same" in features(replace(second, sentence=1), first)[0]


def test_the_likeliest_mention_is_given_from_the_threshold_on() -> None:
    earlier = [mention(object="Budi"), mention(object="Sari")]
    weights = {"type=ARREST": 0.0, "object=same": 2.0, "object=other": -5.0}
    assert CoreferenceModel(weights, 0.5).find(mention(object="Budi"), earlier).same == 0
    assert CoreferenceModel(weights, 0.9).find(mention(object="Budi"), earlier).same is None
    assert CoreferenceModel(weights, 0.5).find(mention(object="Budi"), []).same is None


@pytest.mark.parametrize("text", ["sebuah masjid", "Sejumlah warga", "dua orang lain", "empat lainnya"])
def test_what_is_told_for_the_first_time_is_no_earlier_happening(text: str) -> None:
    assert is_fresh(ARRESTED, VERB, mention(object=text).arguments, CUES)
    certain = CoreferenceModel({"bias": 9.0, "type=ARREST": 0.0})
    assert certain.find(mention(), [mention()]).same == 0
    assert certain.find(replace(mention(), fresh=True), [mention()]).same is None
    assert find_same(replace(mention(), fresh=True), [mention()]) is None


@pytest.mark.parametrize("roles", [{"object": "masjid itu"}, {"object": "satu masjid"}, {"agent": "sebuah partai"}, {}])
def test_what_may_have_been_told_before_may_be_the_same(roles: dict[str, str]) -> None:
    assert not is_fresh(ARRESTED, VERB, mention(**roles).arguments, CUES)


@pytest.mark.parametrize(
    ("text", "fresh"),
    [("gempa kedua melanda", True), ("dua gempa melanda", True), ("gempa lain melanda", True), ("gempa melanda", False),
     ("dua gempa itu melanda", False), ("gempa itu melanda", False)],
)  # fmt: skip
def test_what_is_counted_or_another_is_told_for_the_first_time(text: str, fresh: bool) -> None:
    words = text.split()
    doc = Doc(VOCAB, words=words, pos=[POS[word] for word in words], sent_starts=[at == 0 for at in range(len(words))])
    at = words.index("gempa")
    assert is_fresh(doc, Candidate("DISASTER", at, at + 1, at, "", None, None), (), CUES) == fresh


def test_another_number_is_another_happening() -> None:
    certain = CoreferenceModel({"bias": 9.0, "type=ARREST": 0.0})
    assert certain.find(mention(object="12 orang"), [mention(object="3 orang")]).same is None
    assert certain.find(mention(object="12 orang"), [mention(object="12 pelaku")]).same == 0


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("asserted", "negated", True),
        ("possible", "asserted", True),
        ("planned", "asserted", False),
        ("negated", "possible", False),
        ("asserted", "asserted", False),
    ],
)
def test_a_fact_is_not_what_was_denied_or_doubted(one: Modality, other: Modality, apart: bool) -> None:
    assert disagree(one, other) == disagree(other, one) == apart


def test_a_type_that_was_not_learnt_goes_by_the_rule() -> None:
    assert CoreferenceModel({"type=DIE": -9.0}, 0.5).find(mention(), [mention()]) == Link(0)


def telling(*happening: int | None, links: int) -> Telling:
    """Mentions of Budi and Sari in turn."""
    fillers = [mention(object="Budi" if at % 2 == 0 else "Sari") for at in range(len(happening))]
    return Telling(
        [replace(one, sentence=at) for at, one in enumerate(fillers)], list(happening), len(set(happening) - {None}), links
    )


def test_what_the_same_object_means_is_learnt() -> None:
    model, f1 = learn([telling(0, 1, 0, 1, links=2) for _ in range(12)])
    assert f1 == 1.0
    at, chance = likeliest(model.find(mention(object="Sari"), [mention(object="Sari"), mention(object="Budi")]).chances)
    assert at == 0
    assert chance > 0.5
    assert likeliest(model.find(mention(object="Tono"), [mention(object="Sari")]).chances)[1] < 0.5


def test_what_gold_does_not_know_is_not_learnt_from_but_costs_when_linked() -> None:
    one = telling(0, None, 0, None, links=1)
    groups, right = one.choices()
    assert [len(options) for options in groups] == [0, 2]
    assert right[1] == [False, True]
    linked = [[(None, 0.0), (None, 0.0), (0, 0.9), (1, 0.6)]]
    assert link_f1([one], chained(linked, 0.5)) == pytest.approx(2 * 1 / (2 + 1))
    assert link_f1([one], chained(linked, 0.8)) == 1.0
    assert happening_f1([one], chained(linked, 0.5)) == pytest.approx(2 * 1 / (2 + 1))
    assert happening_f1([one], chained(linked, 0.95)) == pytest.approx(2 * 1 / (4 + 1))
    assert tune(CoreferenceModel({"type=ARREST": 0.0, "object=same": 2.0, "object=other": -5.0}), [one]).threshold > 0


def test_the_shipped_table_is_read_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    model = load_coreference("id")
    assert model is not None
    assert model.knows(mention())
    path = tmp_path / "coreference.json"
    assert load_coreference("id", path) is None
    path = tmp_path / "damaged" / "coreference.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"features": {"a": "much"}}), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"coreference\.json"):
        load_coreference("id", path)
