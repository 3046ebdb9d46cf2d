"""The learnt choice of an event's date: what it may choose from, what it passes on, and how it is learnt."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from peristiwa.errors import SettingsError
from peristiwa.events.attach import Clue, Story, Told, can_date
from peristiwa.events.cues import load_cues
from peristiwa.events.date_bars import is_compared
from peristiwa.events.date_clues import BESIDE, BIRTH, SILENT
from peristiwa.events.date_given import shifted
from peristiwa.events.date_model import DateModel, find_all_cases, load_date_model
from peristiwa.events.date_options import Option, find_cases, options, told_names
from peristiwa.events.weights import chances
from peristiwa.language import load_language
from peristiwa.training.event_dates import Solved, dated_f1, fit, learn, save, tune
from peristiwa.types import Argument, EventDate, Modality, Time

TODAY = datetime.date(2018, 3, 14)
CUES = load_cues(load_language("id"))
VOCAB = spacy.blank("id").vocab


def time(id_: str, value: str, type_: str = "DATE") -> Time:
    return Time(id_, type_, 0, 1, "x", value, edtf=value, earliest=value[:10], latest=value[:10])  # type: ignore[arg-type]


def told(
    sentence: int,
    *,
    at: str | None = None,
    modality: Modality = "asserted",
    same: int | None = None,
    links: Mapping[str, tuple[str, ...]] | None = None,
    head: int = -1,
    above: tuple[int, ...] = (),
    type_: str = "MEET",
) -> Told:
    arguments = (Argument("time", 0, 1, "x", time=at),) if at else ()
    clue = Clue(("event",), links or {}, head, above, type_, "temu")
    return Told(sentence, arguments, modality, same, True, clue)


def offered(
    at: int,
    events: Sequence[Told],
    found: Sequence[EventDate | None],
    times: Sequence[tuple[int, Time]],
    notes: Mapping[str, tuple[str, ...]],
    published: datetime.date | None,
) -> list[Option]:
    story = Story(events, times, published, notes)
    return options(at, story, found, find_cases(at, story))


def test_the_options_are_the_dates_that_the_text_tells_and_the_day_of_publication() -> None:
    times = [(0, time("D1", "2001")), (0, time("D2", "P2W", "DURATION")), (1, time("D3", "2018-03-12T09:30", "TIME"))]
    found = offered(0, [told(0, at="D1")], [], times, {}, TODAY)
    assert {option.date.value: option.date.basis for option in found} == {
        "2001": "argument",
        "2018-03-12": "context",
        "2018-03-14": "publication",
    }
    assert [option.date.value for option in offered(0, [told(0)], [], [], {}, None)] == []


def test_a_day_without_a_year_can_be_a_date_a_mere_reference_cannot() -> None:
    assert can_date(time("D1", "XXXX-03-02"))
    assert can_date(time("D1", "XXXX-WXX-2"))
    assert not can_date(time("D1", "XXXX-XX-XXT09:30", "TIME"))
    assert not can_date(time("D1", "PAST_REF"))
    assert not can_date(time("D1", "P2W", "DURATION"))


def test_an_option_says_what_it_stands_on() -> None:
    times = [(0, time("D1", "2001")), (1, time("D2", "2015"))]
    events = [told(0, at="D1", head=3), told(1, links={"D2": ("path=.obl",)}, head=9, above=(3,), same=0)]
    first = offered(0, events, [], times, {"D2": ("bracket=True",)}, None)
    assert "ground=own0" in first[0].names
    dates = [first[0].date]
    of_2001, of_2015 = (set(option.names) for option in offered(1, events, dates, times, {"D2": ("bracket=True",)}, None))
    assert {"ground=same", "ground=governor", "ground=previous", "ground=root", "ground=last"} <= of_2001
    assert {"ground=sentence", "link.path=.obl", "note.sentence:bracket=True", "previous.other=1"} <= of_2015
    assert "ground=same" not in of_2015


def test_the_network_is_told_what_the_text_says_not_what_was_decided() -> None:
    times = [(0, time("D1", "2001")), (1, replace(time("D2", "2015"), start=40)), (4, replace(time("D3", "2015"), start=90))]
    events = [told(0, at="D1", head=3), told(1, links={"D2": ("path=.obl",)}, head=9, above=(3,), same=0)]
    cases = find_cases(1, Story(events, times, TODAY, {"D2": ("bracket=True",)}))
    names = set(told_names(cases["2015"], TODAY))
    assert {
        "ground=sentence",
        "ground=after",
        "link.path=.obl",
        "note.sentence:bracket=True",
        "grain=year",
    } <= names
    assert not {"ground=same", "ground=governor", "ground=previous"} & set(told_names(cases["2001"], TODAY))
    assert cases["2015"].near == 40
    assert cases[TODAY.isoformat()].near is None


def test_a_date_is_told_by_the_events_own_time_else_by_the_nearest() -> None:
    far, near, own = (replace(time(f"D{at}", "2015"), start=at) for at in (7, 40, 90))
    placed = [(0, far), (3, near), (9, own)]
    assert find_cases(0, Story([told(4)], placed))["2015"].near == 40
    assert find_cases(0, Story([told(4, at="D90")], placed))["2015"].near == 90


def test_a_doubtful_event_needs_a_surer_date() -> None:
    times = [(0, time("D1", "2001"))]
    model = DateModel({"ground=own0": 1.0}, threshold=0.5)
    for sure, given in ((1.0, ["2001"]), (0.5, [None])):
        dates = model.find_dates(Story([replace(told(0, at="D1"), sure=sure)], times))
        assert [date and date.value for date in dates] == given


class Read:
    """A network that thinks the same of every date."""

    def __init__(self, odds: float) -> None:
        self.odds = odds

    def date_odds(self, events: Sequence[Told], cases: Sequence[Mapping[str, object]], published: object) -> list[list[float]]:
        return [[self.odds] * len(own) for own in cases]


def test_the_network_has_its_share() -> None:
    times = [(0, time("D1", "2001"))]
    model = DateModel({"ground=own0": 1.0}, threshold=0.5, share=0.75)
    for odds, given in ((1.0, ["2001"]), (-1.0, [None])):
        dates = model.find_dates(Story([told(0, at="D1")], times), Read(odds))  # type: ignore[arg-type]
        assert [date and date.value for date in dates] == given


def test_the_likeliest_date_is_given_from_the_threshold_on() -> None:
    times = [(0, time("D1", "2001"))]
    model = DateModel({"ground=own0": 1.0}, threshold=0.6)
    assert [date and date.value for date in model.find_dates(Story([told(0, at="D1")], times))] == ["2001"]
    assert model.find_dates(Story([told(0)], times)) == [None]
    unsure = DateModel({"ground=own0": -1.0}, threshold=0.2)
    assert [date and date.value for date in unsure.find_dates(Story([told(0, at="D1")], times))] == ["2001"]


def test_a_date_is_passed_on_only_where_it_is_likelier_than_none() -> None:
    times = [(0, time("D1", "2001"))]
    events = [told(0, at="D1"), told(2)]
    for weight, given in ((1.0, "2001"), (-1.0, None)):
        model = DateModel({"ground=own0": weight, "ground=previous": 3.0, "previous.none=2": -9.0}, threshold=0.2)
        assert [date and date.value for date in model.find_dates(Story(events, times))] == ["2001", given]


CERTAIN = DateModel({"bias": 5.0}, threshold=0.3)


def given(events: Sequence[Told], day: str, notes: Mapping[str, tuple[str, ...]] | None = None) -> list[str | None]:
    """The dates of some events by a model that takes whatever it may, in a text without a date that tells one day."""
    dates = CERTAIN.find_dates(Story(events, [(0, time("D1", day))], None, notes or {}))
    return [date and date.value for date in dates]


def test_the_day_of_a_plan_is_no_facts_but_that_of_the_plan_told_again() -> None:
    plan = told(0, at="D1", modality="planned")
    assert given([plan, told(1)], "2024-08-17") == ["2024-08-17", None]
    assert given([plan, told(1, same=0)], "2024-08-17") == ["2024-08-17", "2024-08-17"]
    assert given([plan, told(0, at="D1"), told(1)], "2024-08-17") == ["2024-08-17"] * 3


def test_courts_follow_on_another_day() -> None:
    deed = told(0, at="D1", type_="ATTACK")
    assert given([deed, told(1, type_="CONVICT")], "2010-03-05") == ["2010-03-05", None]
    assert given([deed, told(1, type_="CONVICT")], "2010") == ["2010", "2010"]
    assert given([deed, told(1, type_="INJURE")], "2010-03-05") == ["2010-03-05", "2010-03-05"]


def test_a_day_of_birth_dates_nothing_else() -> None:
    assert given([told(1)], "1900-05-05") == ["1900-05-05"]
    assert given([told(1)], "1900-05-05", {"D1": (BIRTH,)}) == [None]


def test_a_time_beside_an_event_dates_nothing_and_is_no_feature() -> None:
    times = [(0, time("D1", "1906")), (0, time("D2", "2009-09-30"))]
    cases = find_cases(0, Story([told(0, at="D1")], times, None, {"D1": (BESIDE,), "D2": (BIRTH,)}))
    assert not cases
    cases = find_cases(0, Story([told(0, at="D2")], times, None, {"D1": (BESIDE,), "D2": (BIRTH,)}))
    assert list(cases) == ["2009-09-30"]
    assert not any(SILENT.intersection(name.split(":")) for case in cases.values() for name in case.names)


def test_a_time_of_what_lies_before_or_after_is_that_of_its_mentions_alone() -> None:
    times = [(0, time("D1", "2001")), (0, time("D2", "2002"))]
    apart = replace(told(0), clue=replace(told(0).clue, apart=frozenset({"D1"})))
    ahead = replace(told(0), clue=replace(told(0).clue, only=frozenset({"D2"})))
    again = replace(ahead, same=0)
    for event in (apart, ahead):
        assert {option.date.value for option in offered(0, [event], [], times, {}, None)} == {"2002"}
    found = offered(1, [told(0, at="D1"), again], [None], times, {}, None)
    assert {option.date.value for option in found} == {"2001", "2002"}


def test_a_day_behind_the_clause_of_an_event_may_be_its_own_in_a_report_of_these_days() -> None:
    times = [(0, time("D1", "2018-03-12")), (0, time("D2", "2010-05-03"))]
    behind = replace(told(0), clue=replace(told(0).clue, behind=frozenset({"D1", "D2"})))
    assert {option.date.value for option in offered(0, [behind], [], times, {}, None)} == set()
    assert {option.date.value for option in offered(0, [behind], [], times, {}, TODAY)} == {"2018-03-12", "2018-03-14"}


def test_a_given_date_is_passed_on() -> None:
    given = replace(told(0), clue=replace(told(0).clue, given=EventDate("1999", "1999", "1999-01-01", "1999-12-31", "context")))
    model = DateModel({"bias": -9.0}, threshold=0.0)
    assert [date and date.value for date in model.find_dates(Story([given], [], None))] == ["1999"]


@pytest.mark.parametrize(
    ("value", "count", "unit", "wanted"),
    [
        ("1940-05-15", -1, "D", "1940-05-14"),
        ("1940-05-15", -2, "Y", "1938"),
        ("1938-10", 1, "Y", "1939"),
        ("1950", 3, "D", "1950"),
        ("1950", 300, "D", None),
        ("1979-11", 21, "M", "1981-08"),
        ("199", 1, "Y", None),
        ("0001", -2, "Y", None),
    ],
)
def test_a_date_is_counted_as_finely_as_it_is_told(value: str, count: int, unit: str, wanted: str | None) -> None:
    assert shifted(value, count, unit) == wanted


def test_what_is_told_of_some_time_ago_is_no_news() -> None:
    model = DateModel({"ground=published": 3.0, "ground=before": 1.0})
    then = (1, time("D2", "PAST_REF"))
    assert model.find_dates(Story([told(1, at="D2")], [then], TODAY)) == [None]
    day = (0, time("D1", TODAY.isoformat()))
    (date,) = model.find_dates(Story([told(1, at="D2")], [day, then], TODAY))
    assert date is not None
    assert date.value == TODAY.isoformat()


RANKS = [
    ("Ini merupakan gempa terkuat sejak 1906", True),
    ("Ini adalah gempa ketiga yang melanda kota itu sejak 1906", True),
    ("Ia menyerang untuk pertama kali nya sejak 1906", True),
    ("Ia menjadi ketua pertama sejak 1906 hingga", False),
    ("Ia memimpin partai terbesar itu sejak 1906", False),
    ("Kota terbesar itu dikuasai sejak 1906", False),
    ("Kota terbesar yang dikuasai sejak 1906", False),
    ("Perang kedua melanda kota itu sejak 1906", False),
    ("Ini adalah orang yang menjabat gubernur ketiga sejak 1906", False),
    ("Ini merupakan gempa terkuat pada 1906", False),
]


@pytest.mark.parametrize(("text", "compared"), RANKS)
def test_a_rank_is_counted_from_a_time(text: str, compared: bool) -> None:
    words = text.split()
    verbs = {"melanda", "menyerang", "memimpin", "dikuasai", "menjabat", "merupakan"}
    pos = ["VERB" if word in verbs else "NOUN" for word in words]
    doc = Doc(VOCAB, words=words, pos=pos, sent_starts=[at == 0 for at in range(len(words))])
    at = words.index("1906")
    assert is_compared(doc, at, at + 1, CUES) is compared


def test_what_is_planned_does_not_happen_on_the_day_of_the_report() -> None:
    for modality, expected in (("asserted", "2018-03-14"), ("planned", None), ("possible", None)):
        events = [told(0, modality=modality)]  # type: ignore[arg-type]
        assert [date and date.value for date in CERTAIN.find_dates(Story(events, [], TODAY))] == [expected]


def test_probabilities_leave_the_rest_to_no_date() -> None:
    assert chances([0.0, 0.0]) == pytest.approx([1 / 3, 1 / 3])
    assert chances([800.0, 0.0]) == pytest.approx([1.0, 0.0])
    assert chances([]) == []


def solved(number: int) -> Solved:
    """A fact at a time of its own, and a plan beside another time, which has no date."""
    times = [(0, time("D1", f"20{number:02d}")), (1, time("D2", "1999"))]
    events = [told(0, at="D1"), told(1, modality="planned")]
    gold = [f"20{number:02d}", None]
    told_story = Story(events, times)
    return Solved(told_story, gold, 1, find_all_cases(told_story), [None, None])


def test_it_learns_to_date_facts_and_to_leave_plans() -> None:
    stories = [solved(number) for number in range(60)]
    model, f1 = learn(stories, [[None, None]] * len(stories))
    assert f1 > 0.95
    new = solved(77)
    dates = model.find_dates(new.story)
    assert [date and date.value for date in dates] == ["2077", None]


def test_the_threshold_is_tuned_on_other_documents() -> None:
    """A fact's date is right, a plan's, given with less certainty, is not: the threshold comes to lie between."""
    model = DateModel({"ground=own0": 5.0, "ground=sentence": -2.0, "ground=sentence:planned": 1.5, "ground=last": -9.0})
    one = solved(5)
    (_, first), (_, second) = one.rank(model)
    assert second < tune(model, [one]).threshold <= first


def test_the_share_of_the_network_is_tuned_too() -> None:
    """The table dates the fact and the plan alike, the network knows better."""
    model = DateModel({"ground=sentence": 1.0})
    one = solved(5)
    one.read = [[9.0 if value == gold else -9.0 for value in cases] for cases, gold in zip(one.cases, one.gold, strict=True)]
    tuned = tune(model, [one])
    assert tuned.share > 0
    assert dated_f1([one], [one.rank(tuned)], tuned.threshold) == 1.0


def test_f1_counts_as_the_scorer_does() -> None:
    one = replace(solved(1), dated=3)  # an event in gold was not found
    right, wrong = offered(0, one.story.events, [], one.story.times, {}, None)
    assert dated_f1([one], [[(right.date, 0.9), (wrong.date, 0.8)]], 0.5) == pytest.approx(2 / 5)
    assert dated_f1([one], [[(right.date, 0.9), (wrong.date, 0.8)]], 0.85) == pytest.approx(2 / 4)
    assert dated_f1([one], [[(right.date, 0.1), (None, 0.0)]], 0.5) == 0.0


def test_weights_are_written_one_a_line_and_read_again(tmp_path: Path) -> None:
    stories = [solved(number) for number in range(20)]
    model = fit([rows for s in stories for rows in s.options([None, None])], [date for s in stories for date in s.gold])
    path = tmp_path / "event_dates.json"
    save(replace(model, threshold=0.3), path, {"data": "invented"})
    assert load_date_model("id", path) == replace(model, threshold=0.3)
    assert json.loads(path.read_text(encoding="utf-8"))["made_by"] == {"data": "invented"}
    assert len(path.read_text(encoding="utf-8").splitlines()) > len(model.features)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "event_dates.json"
    path.write_text('{"features": {"bias": "much"}}', encoding="utf-8")
    with pytest.raises(SettingsError, match="threshold"):
        load_date_model("id", path)
