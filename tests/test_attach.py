"""The date of an event from its own time, its other mentions, its narrative or its report's day; and which mentions are one."""

from __future__ import annotations

import datetime
from dataclasses import replace

from peristiwa.events.attach import Clue, Story, Told, find_dates, is_dated
from peristiwa.types import Argument, EventDate, Modality, Time

TODAY = datetime.date(2018, 3, 14)


def time(id_: str, value: str, type_: str = "DATE") -> Time:
    return Time(id_, type_, 0, 1, "x", value, edtf=value)  # type: ignore[arg-type]


def told(
    sentence: int,
    *,
    at: str | None = None,
    modality: Modality = "asserted",
    same: int | None = None,
    today: bool = True,
) -> Told:
    arguments = (Argument("time", 0, 1, "x", time=at),) if at else ()
    return Told(sentence, arguments, modality, same, today)


def values(events: list[Told], times: list[tuple[int, Time]], published: datetime.date | None = None) -> list[str | None]:
    return [date and f"{date.value} {date.basis}" for date in find_dates(Story(events, times, published))]


def test_its_own_time_argument_decides() -> None:
    times = [(0, time("D1", "2001")), (0, time("D2", "2015-02"))]
    assert values([told(0, at="D2"), told(0, at="D1")], times, TODAY) == ["2015-02 argument", "2001 argument"]


def test_a_duration_is_no_date_and_a_clock_time_gives_its_day() -> None:
    times = [(0, time("D1", "P2W", "DURATION")), (1, time("D2", "2018-03-12T09:30", "TIME"))]
    assert values([told(0, at="D1"), told(1, at="D2")], times) == [None, "2018-03-12 argument"]


def test_an_unknown_year_is_no_date() -> None:
    assert not is_dated(time("D1", "XXXX-03"))
    assert not is_dated(time("D1", "PAST_REF"))
    assert is_dated(time("D1", "2018-W10"))


def test_without_a_publication_date_the_narrative_goes_on() -> None:
    times = [(0, time("D1", "1945-08-17"))]
    assert values([told(0, at="D1"), told(1)], times) == ["1945-08-17 argument", "1945-08-17 context"]


def test_nothing_told_is_no_date() -> None:
    assert values([told(0)], []) == [None]


def test_a_report_tells_of_the_day_that_it_names_else_of_its_publication() -> None:
    assert values([told(0)], [], TODAY) == ["2018-03-14 publication"]
    assert values([told(0)], [(1, time("D1", "2018-03-13"))], TODAY) == ["2018-03-13 context"]
    assert values([told(0)], [(1, time("D1", "2016-01-05"))], TODAY) == ["2018-03-14 publication"]


def test_what_was_over_before_has_no_date() -> None:
    assert values([told(0, today=False)], [], TODAY) == [None]


def test_plans_and_possibilities_are_not_dated_by_context() -> None:
    times = [(0, time("D1", "2018-03-13"))]
    assert values([told(0, modality="planned"), told(0, modality="possible")], times, TODAY) == [None, None]
    assert values([told(0, modality="planned", at="D1")], times, TODAY) == ["2018-03-13 argument"]


def test_a_date_is_given_otherwise_where_no_time_of_its_own_tells_it() -> None:
    times = [(0, time("D1", "2001")), (0, time("D2", "P2Y", "DURATION"))]
    clue = Clue(given=EventDate("1999", "1999", "1999-01-01", "1999-12-31", "context"))
    later = Clue(given=EventDate("2022", "2022", "2022-01-01", "2022-12-31", "context"))
    events = [replace(told(0), clue=clue), replace(told(0, at="D1"), clue=clue)]
    assert values(events, times) == ["1999 context", "2001 argument"]
    assert values([replace(told(0, modality="planned"), clue=clue)], times) == [None]
    assert values([replace(told(0), clue=later)], [], TODAY) == ["2018-03-14 publication"]


def test_now_is_the_day_of_publication_and_never_guessed_without_one() -> None:
    times = [(0, time("D1", "PRESENT_REF"))]
    assert values([told(0, at="D1")], times, TODAY) == ["2018-03-14 publication"]
    assert values([told(0, at="D1")], times) == [None]


def test_a_date_told_later_holds_for_the_earlier_mention() -> None:
    times = [(3, time("D1", "2018-01-02"))]
    events = [told(0), told(3, at="D1", same=0)]
    assert values(events, times, TODAY) == ["2018-01-02 context", "2018-01-02 argument"]
