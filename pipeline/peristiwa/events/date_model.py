"""The date of an event chosen: a logistic ranking of the dates that a document tells, learnt from annotated documents.

Every option (``date_options``) sums the weights of its named features, "no date" sums nothing; where the network has read
the event, its log-odds take a share of the sum. The exponentials, made to sum to one, are probabilities. Events are dated
in text order, so that what was decided before speaks for what comes. The weights are a JSON file, ``feature -> weight``,
made by ``python -m peristiwa.training.event_dates``; without it the rules
of ``attach`` decide alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import Field

from peristiwa.events.attach import DAY, Story, Told, can_date, event_date, find_given, find_today, first_mention, is_dated
from peristiwa.events.date_clues import UNTIL
from peristiwa.events.date_options import YEAR, Case, Option, find_cases, options
from peristiwa.events.weights import chances, mixed, read_weights, total
from peristiwa.models import WEIGHTS
from peristiwa.settings import Strict
from peristiwa.types import EventDate, Time

if TYPE_CHECKING:
    from peristiwa.events.encoding import Encoding

NAME = "event_dates.json"
FOLLOWING = {
    "CONVICT": frozenset({"ATTACK", "DIE", "INJURE", "ACCIDENT", "DISASTER", "CYBERATTACK", "ARREST"}),
    "RATIFY": frozenset({"SIGN"}),
}
"""Types of events that come some time after those of others, never on the day that is told of them."""
NOUNS = frozenset({"voice=noun", "voice=deverbal"})
"""Features of an event that a noun tells."""


class Dater(Protocol):
    """Who dates the events of a document."""

    def find_dates(self, story: Story, encoding: Encoding | None = None) -> list[EventDate | None]: ...


class DateFile(Strict):
    """The content of ``event_dates.json``."""

    threshold: float
    features: dict[str, float]
    share: float = 0.0
    made_by: dict[str, str] = Field(default_factory=dict)


Weighing = list[tuple[Option, float]]
"""The options of an event, each with its probability."""
Odds = list[float] | None
"""The network's log-odds of an event's options against "no date", None where it has not read the event."""


@dataclass(frozen=True)
class DateModel:
    """Weights by feature name, and the probability (of the event and of its date) from which a date is given.

    ``share`` is what the network's log-odds take of the place of the features', where it has read the event.
    """

    features: Mapping[str, float] = field(repr=False)
    threshold: float = 0.5
    share: float = 0.0

    def find_dates(self, story: Story, encoding: Encoding | None = None) -> list[EventDate | None]:
        """The date of every event of a story, None where the document does not say."""
        return self.choose(story.events, self.weigh(story, encoding)[0])

    def choose(self, events: Sequence[Told], weighed: Sequence[Weighing]) -> list[EventDate | None]:
        """Of each event the likeliest date, where the probability of an event with it reaches the threshold."""
        ranked = zip(events, map(likeliest, weighed), strict=True)
        return [date if event.sure * chance >= self.threshold else None for event, (date, chance) in ranked]

    def weigh(self, story: Story, encoding: Encoding | None = None) -> tuple[list[Weighing], list[Odds]]:
        """The options of every event, each with its probability, and what the network thinks of them.

        What an event passes on to those after it is a date that is likelier than none, whatever the threshold.
        """
        cases = find_all_cases(story)
        read: list[Odds] = [None] * len(story.events)
        if encoding is not None and self.share:
            read = encoding.date_odds(story.events, cases, story.published)
        return self.weigh_cases(story, cases, read), read

    def weigh_cases(self, story: Story, cases: Sequence[Mapping[str, Case]], read: Sequence[Odds]) -> list[Weighing]:
        """As ``weigh``, of cases at hand."""
        told: list[EventDate | None] = []
        given: list[EventDate | None] = []
        found: list[Weighing] = []
        tellers = _told_days(story)
        for at, own in enumerate(read):
            given_date = find_given(at, story)
            if given_date is not None:
                found.append([(Option(given_date, ()), 1.0)])
                given += self.choose(story.events[at : at + 1], found[-1:])
                told.append(given_date)
                continue
            offered = options(at, story, told, cases[at]) if cases[at] else []
            sums = [total(self.features, option.names) for option in offered]
            if own is not None:
                sums = [mixed(mine, other, self.share) for mine, other in zip(sums, own, strict=True)]
            barred = _barred(at, story, given)
            others = _of_others(at, story, tellers)
            kept = [
                (option, value)
                for option, value in zip(offered, sums, strict=True)
                if not barred(option.date) and (option.date.basis == "argument" or option.date.value not in others)
            ]
            days = {value for value, case in cases[at].items() if case.told}
            if len(days) == 1:  # no other date has an event that tells its day
                kept = [pair for pair in kept if pair[0].date.value in days] or kept
            likely = chances([value for _, value in kept])
            found.append([(option, chance) for (option, _), chance in zip(kept, likely, strict=True)])
            given += self.choose(story.events[at : at + 1], found[-1:])
            date, chance = likeliest(found[-1])
            told.append(date if chance >= 1.0 - sum(likely) else None)
        return found


def likeliest(row: Weighing) -> tuple[EventDate | None, float]:
    """The likeliest date and its probability, (None, 0) where there is no option."""
    return max(((option.date, chance) for option, chance in row), key=lambda pair: pair[1], default=(None, 0.0))


def find_all_cases(story: Story) -> list[dict[str, Case]]:
    """``find_cases`` of every event, none for those that are told as of now or at a time that nobody can tell."""
    return [{} if _is_undated(own, story.notes) else find_cases(at, story) for at, own in enumerate(story.own)]


def _barred(at: int, story: Story, told: Sequence[EventDate | None]) -> Callable[[EventDate], bool]:
    """Which dates event ``at`` cannot have, whatever speaks for them; ``told`` are the dates given before.

    A fact takes no date later than the publication from its context, one told of now ("kini") no other day, and one of a
    text that has told of the distant past alone is no news; nor is what is planned or possible on the day of a report. What
    is told of some time ago ("ketika itu") is of that day only where the text has told it, and what was earlier than the rest
    ("sebelumnya", "pernah") on none of its days.
    """
    published = story.published
    if story.events[at].clue.earlier:
        return lambda date: date.basis != "argument"
    if published is None:
        return lambda _: False
    event, own, day = story.events[at], story.own[at], published.isoformat()
    now = event.modality == "asserted" and any(time.value == "PRESENT_REF" for time in own) and not any(map(is_dated, own))
    # A noun tells no tense: "kunjungan itu" may be to come.
    fact = event.modality == "asserted" and not NOUNS.intersection(event.clue.names)
    past = _tells_history(event, told, story.times, published)
    unreal = event.modality in ("planned", "possible")
    before = (time for sentence, time in story.times if sentence <= event.sentence and is_dated(time))
    ago = any(time.value == "PAST_REF" for time in own) and all(event_date(time, "context").value != day for time in before)
    closed = {day} if ago else set()
    if past or unreal:
        closed |= {day, find_today(event.sentence, story.times, published).value}

    def barred(date: EventDate) -> bool:
        if date.basis == "argument":
            return False
        late = fact and date.earliest is not None and date.earliest > day
        return late or (now and date.value != day) or date.value in closed

    return barred


def _told_days(story: Story) -> dict[str, tuple[EventDate, list[int]]]:
    """The dates that events' own times tell, each with those events."""
    found: dict[str, tuple[EventDate, list[int]]] = {}
    for at, own in enumerate(story.own):
        for time in filter(is_dated, own):
            date = event_date(time, "context")
            found.setdefault(date.value, (date, []))[1].append(at)
    return found


def _of_others(at: int, story: Story, told: Mapping[str, tuple[EventDate, list[int]]]) -> set[str]:
    """The dates of other happenings that no context makes those of event ``at``.

    Those of plans for a fact ("Ia diundang ke upacara pada 17 Agustus"), the day of a deed for what courts made of it.
    """
    events, published = story.events, story.published
    event, happening = events[at], first_mention(events, at)
    before, found = FOLLOWING.get(event.clue.type, frozenset()), set[str]()
    for value, (date, tellers) in told.items():
        later = published is None or (date.earliest or "") > published.isoformat()
        planned = all(events[one].modality == "planned" and first_mention(events, one) != happening for one in tellers)
        if later and planned and event.modality == "asserted":
            found.add(value)
        if len(value) == DAY and all(events[one].clue.type in before for one in tellers):
            found.add(value)
    return found


def _tells_history(
    event: Told, told: Sequence[EventDate | None], times: Sequence[tuple[int, Time]], published: datetime.date
) -> bool:
    """Whether all that was told up to an event lies more than about a year before publication, so that nothing is news."""
    before = [(sentence, time) for sentence, time in times if sentence <= event.sentence]
    dated = [(sentence, time) for sentence, time in before if is_dated(time)]
    if not dated or dated[0][0] == event.sentence or any(time.value == "PRESENT_REF" for _, time in before):
        return False
    last = (published - datetime.timedelta(days=YEAR)).isoformat()
    ends = [time.latest for _, time in dated] + [date.latest for date in told if date is not None]
    return all(end is not None and end[:10] < last for end in ends)


def _is_undated(own: Sequence[Time], notes: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether none of the document's dates is that of an event with these times: it is told as of now ("sampai saat ini"),
    or its own date has no value ("pada tahun 1050 H", where no table reaches) or no known year ("kemarin", undated)."""
    if any((time.value or "").endswith("_REF") and UNTIL in notes.get(time.id, ()) for time in own):
        return True
    unknown = (time.value is None or time.value.startswith("XXXX") for time in own if time.type == "DATE")
    return any(unknown) and not any(map(can_date, own))


@lru_cache(maxsize=4)
def load_date_model(language: str, path: Path | None = None) -> DateModel | None:
    """The date model of a language, or None where none ships. Raises SettingsError if the file is damaged."""
    loaded = read_weights(DateFile, path or WEIGHTS / language / NAME, "peristiwa.training.event_dates")
    return None if loaded is None else DateModel(loaded.features, loaded.threshold, loaded.share)
