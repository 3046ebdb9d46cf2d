"""What could be the date of an event, and what speaks for each: the named features of ``date_model``.

The options are the dates that the document tells anywhere and the day of its publication. ``date_clues`` says what
the text around the trigger tells; ``options`` adds, in text order, what was decided for the events before.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from peristiwa.events.attach import Story, Told, can_date, event_date, find_today, first_mention, is_recent, published_date
from peristiwa.events.date_clues import BESIDE, BIRTH, SILENT, UNTIL, grain_of
from peristiwa.types import EventDate, Time

WEEK, MONTH, YEAR = 7, 31, 366
BEFORE, AFTER, EVENTS = 12, 6, 40
"""How many times before and after an event's sentence, and how many events around it, are looked at."""
GROUNDS = ("own0", "own1", "now", "same", "sentence", "root", "governor", "alike", "beside", "previous", "last", "today")
"""What a date may stand on, the strongest first; "published", "before", "after" and "other" count as none of them."""
LEXICAL = ("word=", "opens=", "marker=", "light=")


@dataclass(frozen=True, slots=True)
class Option:
    """One date that an event may have, and the names of the features that hold for it."""

    date: EventDate
    names: tuple[str, ...]


@dataclass(slots=True)
class Case:
    """An option while its features are gathered: what it stands on, and all else that speaks for or against it.

    ``near`` is the first character of the time expression that tells it: the event's own, else the nearest; None if none does.
    ``told`` says that it is a day that the event's own time tells by its number.
    """

    date: EventDate
    grounds: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    near: int | None = None
    told: bool = False


def options(at: int, story: Story, found: Sequence[EventDate | None], cases: Mapping[str, Case]) -> list[Option]:
    """The dates that event ``at`` may have, with all their features.

    ``cases`` is what ``find_cases`` gave for the event, ``found`` are the dates of the events before it.
    """
    event, published = story.events[at], story.published
    cases = {value: replace(case, grounds=[*case.grounds], names=[*case.names]) for value, case in cases.items()}
    _add_earlier(cases, at, story.events, found)
    shared = _shared_names(at, story, cases)
    crossed: dict[tuple[str, str], list[str]] = {}
    return [Option(case.date, (*_names(case, event, shared, crossed, len(cases), published),)) for case in cases.values()]


def find_cases(at: int, story: Story) -> dict[str, Case]:
    """What the text says for each date that event ``at`` may have: those near it, and the publication date; each once.

    What was decided for other events is not looked at, nor, where an event has only the time that it lasted until, what is
    told in other sentences: it began some time before.
    """
    event, published = story.events[at], story.published
    cases: dict[str, Case] = {}
    own = [time.id for time in story.own[at]]
    before = bisect_left(story.datable, event.sentence, key=lambda placed: placed[0])
    near: dict[str, tuple[bool, int]] = {}
    lasting = bool(own) and all({UNTIL, BESIDE} <= set(story.notes.get(time, ())) for time in own)
    for place, (sentence, time) in enumerate(story.datable):
        if not (-BEFORE <= place - before < AFTER or sentence == event.sentence):
            continue
        noted = story.notes.get(time.id, ())
        to_come = published is not None and (time.earliest or "") > published.isoformat()
        if (
            BESIDE in noted
            or (lasting and sentence != event.sentence)
            or (UNTIL in noted and to_come)
            or (time.id not in own and (BIRTH in noted or _is_apart(at, time, story)))
        ):
            continue
        case = _case(cases, event_date(time, "context"))
        if time.id in own:
            case.date = event_date(time, "argument")
            case.grounds.append(f"own{min(own.index(time.id), 1)}")
            case.told = case.told or (UNTIL not in noted and _is_written_out(time))
        _add_place(case, event, sentence, place - before, time, noted)
        away = (time.id not in own, abs(sentence - event.sentence))
        if case.near is None or away < near[case.date.value]:
            near[case.date.value], case.near = away, time.start
    if published is not None:
        _case(cases, published_date(published)).grounds.append("published")
        _case(cases, find_today(event.sentence, story.times, published)).grounds.append("today")
        if any(time.value == "PRESENT_REF" for time in story.own[at]):
            _case(cases, published_date(published)).grounds.append("now")
    _add_dated(cases, at, story)
    return cases


def _is_apart(at: int, time: Time, story: Story) -> bool:
    """Whether a time is that of another event alone ("Setelah terpilih, ia mengunjungi Solo pada 2010"), and neither of an
    earlier mention nor one of these days: what a report tells with its day was mostly on that day too, or will be.
    """
    clue = story.events[at].clue
    ahead = clue.only is not None and time.id not in clue.only
    if not ahead and time.id not in clue.apart | clue.behind:
        return False
    report = story.published is not None and (
        is_recent(time, story.published) or (ahead and grain_of(time.value or "") == "day")
    )
    if report and time.id not in clue.apart:
        return False
    first = first_mention(story.events, at)
    mentions = (index for index in range(at) if first_mention(story.events, index) == first)
    return not any(time in story.own[index] for index in mentions)


def told_names(case: Case, published: datetime.date | None) -> list[str]:
    """What the network is told of one option: what it stands on, how it is told, its age and grain."""
    grounds = (f"ground={name}" for name in case.grounds)
    return [f"age={_age(case.date, published)}", f"grain={grain_of(case.date.value)}", *dict.fromkeys((*grounds, *case.names))]


def _is_written_out(time: Time) -> bool:
    """Whether a time tells a day by its number: "12 Mei 2021", "Rabu (15/6)"; neither "kemarin" nor "Mei 2021"."""
    return grain_of(time.value or "") == "day" and any(letter.isdigit() for letter in time.text)


def _case(cases: dict[str, Case], date: EventDate) -> Case:
    return cases.setdefault(date.value, Case(date))


def _add_place(case: Case, event: Told, sentence: int, rank: int, time: Time, notes: Sequence[str]) -> None:
    """How a time that tells the date stands to the event, in its sentence or by sentences."""
    distance = sentence - event.sentence
    where = "sentence" if distance == 0 else "last" if rank == -1 else "before" if distance < 0 else "after"
    case.grounds.append(where)
    if distance == 0:
        case.names += [f"link.{name}" for name in event.clue.links.get(time.id, ())]
    else:
        case.names.append(f"{where}={min(abs(distance), 5)}")
    case.names += [f"note.{where}:{note}" for note in notes if note not in SILENT]
    if sentence == 0:
        case.names.append("told=first")


def _add_earlier(cases: Mapping[str, Case], at: int, events: Sequence[Told], found: Sequence[EventDate | None]) -> None:
    """What was decided before: for the event just told, the one that governs, others of the sentence, other mentions."""
    event, reach = events[at], range(max(0, at - EVENTS), at)
    values = {index: date.value if (date := found[index]) is not None else None for index in reach}
    first = first_mention(events, at)
    same = [values[index] for index in reach if first_mention(events, index) == first]
    heads = {events[index].clue.head: index for index in reach}
    governor = next((heads[token] for token in event.clue.above if token in heads), None)
    alike = [index for index in reach if events[index].clue.type == event.clue.type]
    for value, case in cases.items():
        here = [index for index in reach if values[index] == value]
        if governor is not None:
            case.grounds += ["governor"] if values[governor] == value else []
            case.names += ["governor.none"] if values[governor] is None else []
        case.grounds += ["same"] if value in same else []
        case.names += ["same.none"] if None in same else []
        if at:
            step = min(event.sentence - events[at - 1].sentence, 2)
            case.grounds += ["previous"] if values[at - 1] == value else []
            told = "this" if values[at - 1] == value else "none" if values[at - 1] is None else "other"
            case.names += [f"previous.{told}={step}", f"previous.{told}:{events[at - 1].modality}"]
            case.names.append(f"share={round(4 * len(here) / len(reach))}")
        if any(events[index].sentence == event.sentence for index in here):
            case.grounds.append("beside")
        with_it = [index for index in alike if values[index] == value]
        if with_it:
            case.grounds.append("alike")
            without = sum(values[index] is None for index in alike)
            case.names.append(f"alike={min(len(with_it), 3)}:{min(without, 3)}")
            if any(events[index].clue.root == event.clue.root for index in with_it):
                case.grounds.append("root")
        if any(events[index].clue.words & event.clue.words for index in here):
            case.names.append(f"shares.words:{bool(with_it)}")
        case.names.append(f"uses={min(len(here), 4)}")


def _add_dated(cases: Mapping[str, Case], at: int, story: Story) -> None:
    """What the own times of other events say, of those told later as well."""
    event, near = story.events[at], slice(max(0, at - EVENTS), at + EVENTS)
    for other, own in zip(story.events[near], story.own[near], strict=True):
        if other is event:
            continue
        for time in filter(can_date, own):
            case = cases.get(event_date(time, "context").value)
            if case is None:
                continue
            if other.sentence == event.sentence:
                case.grounds.append("other")
            if other.clue.type == event.clue.type:
                case.names.append(f"told.alike:{other.clue.root == event.clue.root}")


def _shared_names(at: int, story: Story, cases: Mapping[str, Case]) -> list[str]:
    """What holds for the event whatever the date."""
    event, own = story.events[at], story.own[at]
    years = sum(grain_of(time.value or "") == "year" for _, time in story.datable)
    inside = [time for sentence, time in story.times if sentence == event.sentence]
    vague = sorted({time.value or "" for time in inside if (time.value or "").endswith("_REF")})
    return [
        *event.clue.names,
        f"modality={event.modality}",
        f"at={min(event.sentence, 4)}",
        f"published={story.published is not None}",
        f"history={round(3 * years / len(story.datable)) if story.datable else None}",
        f"inside={min(sum(can_date(time) for time in inside), 3)}",
        f"refers={','.join(vague)}",
        f"mention={event.same is not None}",
        *(f"own={t.value if t.type == 'DATE' else t.type}" for t in inside if t in own and not can_date(t)),
        f"has.own={any(ground.startswith('own') for case in cases.values() for ground in case.grounds)}",
    ]


def _names(
    case: Case,
    event: Told,
    shared: Sequence[str],
    crossed: dict[tuple[str, str], list[str]],
    offered: int,
    published: datetime.date | None,
) -> Iterator[str]:
    """All features of one option: what it stands on, alone and with what the event is (``crossed``, kept for the next)."""
    grounds = set(case.grounds)
    ground = next((name for name in GROUNDS if name in grounds), "none")
    age, grain = _age(case.date, published), grain_of(case.date.value)
    yield from ("bias", f"age={age}", f"grain={grain}", f"options={min(offered, 6)}:{ground}")
    for name in sorted(grounds):
        yield from (f"ground={name}", f"ground={name}:{event.modality}", f"ground={name}:{age}", f"ground={name}:{grain}")
        yield f"ground={name}:{event.today}"
    yield "grounds=" + "+".join(sorted(grounds))
    yield from dict.fromkeys(case.names)
    if (ground, age) not in crossed:
        crossed[ground, age] = list(_crossed(ground, age, shared))
    yield from crossed[ground, age]


def _crossed(ground: str, age: str, shared: Sequence[str]) -> Iterator[str]:
    """What an option stands on, and how it lies to the day of publication, with each feature of the event."""
    for name in shared:
        yield f"{ground}&{name}"
        if not name.startswith(LEXICAL):
            yield f"{age}&{name}"


def _age(date: EventDate, published: datetime.date | None) -> str:
    """How a date lies to the day of publication: the same, within a week, month or year before it, older, later, unknown."""
    if published is None or date.latest is None or date.earliest is None:
        return "unknown"
    try:
        first, last = datetime.date.fromisoformat(date.earliest), datetime.date.fromisoformat(date.latest)
    except ValueError:
        return "unknown"
    if first > published:
        return "later"
    if last >= published:
        return "day" if first == last else "around"
    days = (published - last).days
    return "week" if days < WEEK else "month" if days < MONTH else "year" if days < YEAR else "old"
