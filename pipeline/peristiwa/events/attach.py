"""When an event happened, as the whole document tells it.

The event's own time argument decides. Without one, an event told as a fact takes the date of an earlier mention of the
same happening, of an event it shares its sentence with, or of the narrative around it. A news report tells of its "today":
the day that it names, else its publication date, and the basis says so. What is planned or possible, and what nothing
dates, has no date.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from peristiwa.types import Argument, Basis, EventDate, Modality, Time

WEEK = 7
DAY = len("2018-03-14")
REACH = 1
"""Sentences over which a narrative keeps the date of its last event: more added wrong dates faster than right ones."""


@dataclass(frozen=True, slots=True)
class Clue:
    """What the tree and the words around one trigger say of its time, for the learnt choice (``date_model``).

    ``names`` are features that hold whatever the date; ``links`` say, by the ids of the times of its sentence, how each
    stands to it; ``head`` is its token, ``above`` are the tokens that it hangs from, nearest first; ``type``, ``root`` and
    the ``words`` of its fillers tell whether two mentions are alike. ``apart`` are the times that no context makes its own,
    ``behind`` those of these days at most, ``only``, unless None, all else that can; ``given`` is a date that is told
    otherwise than by a time of its own ("Pemilu 1999"); ``earlier`` tells of a time before the one told of ("sebelumnya").
    """

    names: tuple[str, ...] = ()
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    head: int = -1
    above: tuple[int, ...] = ()
    type: str = ""
    root: str = ""
    words: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    given: EventDate | None = None
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What dating needs of one event: its sentence, arguments, modality, and the earlier mention of the same happening.

    ``same`` is an index into the document's events, or None; ``today`` says that the text tells the event as news of
    its own, in a clause that stands for itself, rather than mentions it in passing. ``clue`` is what the
    learnt choice reads beside, ``sure`` the probability of the event itself.
    """

    sentence: int
    arguments: tuple[Argument, ...]
    modality: Modality
    same: int | None
    today: bool = True
    clue: Clue = Clue()
    sure: float = 1.0


@dataclass(frozen=True)
class Story:
    """What dating reads of one document: its events in text order, its times with the index of their sentence, in text
    order, the day of its publication, and by the ids of its times what the text around each says (``find_notes``).
    """

    events: Sequence[Told]
    times: Sequence[tuple[int, Time]]
    published: datetime.date | None = None
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def own(self) -> list[list[Time]]:
        """The times of each event that its arguments name."""
        by_id = {time.id: time for _, time in self.times}
        return [
            [by_id[argument.time] for argument in event.arguments if argument.role == "time" and argument.time in by_id]
            for event in self.events
        ]

    @cached_property
    def datable(self) -> list[tuple[int, Time]]:
        """The times that can be the date of an event, each with the index of its sentence."""
        return [(sentence, time) for sentence, time in self.times if can_date(time)]


def can_date(time: Time) -> bool:
    """A point in time of which at least the day of the week, the month or the year is known."""
    if time.type not in ("DATE", "TIME") or time.value is None:
        return False
    return is_dated(time) or (time.value.startswith("XXXX-") and any(letter.isdigit() for letter in time.value[:10]))


def is_dated(time: Time) -> bool:
    """True for a point in time with a known year: "2019-12" and BC0300 yes; P2W, XXXX-03, PAST_REF no."""
    value = time.value or ""
    return time.type in ("DATE", "TIME") and (value[:4].isdigit() or value.startswith("BC"))


def event_date(time: Time, basis: Basis) -> EventDate:
    """The day (or month, or year) of a time: the clock and the part of day are left out, as gold leaves them out."""
    value = time.value or ""
    if time.type == "TIME":
        day = value[:DAY]
        return EventDate(day, day, time.earliest, time.latest, basis)
    return EventDate(value, time.edtf, time.earliest, time.latest, basis)


def published_date(day: datetime.date) -> EventDate:
    text = day.isoformat()
    return EventDate(text, text, text, text, "publication")


def find_dates(story: Story) -> list[EventDate | None]:
    """The date of every event of a story, None where the document does not say."""
    events = story.events
    own = [_own_date(times, story.published) for times in story.own]
    chain = chains(events)
    told: dict[int, EventDate] = {}
    for at, (date, _) in enumerate(own):
        if date is not None:
            told.setdefault(chain[at], date)
    found: list[EventDate | None] = []
    for at, event in enumerate(events):
        date, closed = own[at]
        if date is None and not closed:
            date = find_given(at, story) or _context(told.get(chain[at])) or _around(event, story, found)
            if date is not None:
                told.setdefault(chain[at], date)
        found.append(date)
    return found


def find_given(at: int, story: Story) -> EventDate | None:
    """The date that a fact is told otherwise than by a time of its own ("terpilih dalam Pemilu 1999"), if it is over and not
    of the report's year."""
    event, published = story.events[at], story.published
    date = event.clue.given
    if date is None or event.modality != "asserted" or any(map(is_dated, story.own[at])):
        return None
    if published is not None and ((date.earliest or "") > published.isoformat() or date.value == f"{published.year:04d}"):
        return None  # the year of the report says less than its day
    return date


def _own_date(own: Sequence[Time], published: datetime.date | None) -> tuple[EventDate | None, bool]:
    """The date that an event's own times give, and whether they forbid any other ("suatu hari nanti")."""
    for time in own:
        if is_dated(time):
            return event_date(time, "argument"), False
    if published is not None and any(time.value == "PRESENT_REF" for time in own):
        return published_date(published), False
    return None, any(time.type == "DATE" for time in own)


def chains(events: Sequence[Told]) -> list[int]:
    """For each event the index of the first mention of its happening."""
    return [first_mention(events, at) for at in range(len(events))]


def first_mention(events: Sequence[Told], at: int) -> int:
    """The index of the first mention of the happening that event ``at`` tells."""
    while (same := events[at].same) is not None:
        at = same
    return at


def find_today(at: int, times: Sequence[tuple[int, Time]], published: datetime.date) -> EventDate:
    """The day that a report is about where sentence ``at`` stands.

    A report names its day once: the last day of the week up to publication that it has told so far, before the first
    such the first one; where it names none, the publication date.
    """
    days = [(sentence, time) for sentence, time in times if is_recent(time, published)]
    if not days:
        return published_date(published)
    told = [time for sentence, time in days if sentence <= at]
    return event_date(told[-1] if told else days[0][1], "context")


def is_recent(time: Time, published: datetime.date) -> bool:
    """Whether a time is a day of the week up to publication."""
    value = (time.value or "")[:10]
    if not is_dated(time) or len(value) < 10 or value[5] == "W":
        return False
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return 0 <= (published - day).days < WEEK


def _context(date: EventDate | None) -> EventDate | None:
    if date is None or date.basis == "publication":
        return date
    return replace(date, basis="context")


def _around(event: Told, story: Story, found: Sequence[EventDate | None]) -> EventDate | None:
    """The date of what stands around an event told as a fact: its sentence, its narrative, its report's today."""
    if event.modality != "asserted":
        return None
    told = [(other.sentence, date) for other, date in zip(story.events, found, strict=False) if date is not None]
    if told and told[-1][0] == event.sentence:
        return _context(told[-1][1])
    if story.published is not None:
        return find_today(event.sentence, story.times, story.published) if event.today else None
    inside = [time for sentence, time in story.times if sentence == event.sentence and is_dated(time)]
    if inside:
        return event_date(inside[0], "context")
    return _context(told[-1][1]) if told and event.sentence - told[-1][0] <= REACH else None
