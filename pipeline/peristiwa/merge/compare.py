"""How far two happenings of different documents look like one: a score, its parts, and the reason in words."""

from __future__ import annotations

from dataclasses import dataclass

from peristiwa.merge.options import MergeOptions
from peristiwa.merge.profile import COUNTRY, PERSON, Profile
from peristiwa.timex import numbered_day

WEEK = 7
WHO_OR_WHERE = ("actors", "places", "company", "title")
"""A day, a word and a small number are the same too often by chance."""

Part = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Link:
    """Two happenings, by their places in the list, that score at least the threshold; ``parts`` is (feature, score)."""

    one: int
    other: int
    score: float
    parts: tuple[tuple[str, float], ...]
    reason: str


def veto(a: Profile, b: Profile, options: MergeOptions) -> str | None:
    """Why two happenings cannot be one whatever else they share, or None."""
    if a.kinds.isdisjoint(b.kinds) and a.type in options.kinds:
        return "other kinds of thing"
    if a.dated and b.dated and _gap(a, b) > options.tolerance:
        return "dates apart"
    for told, report in ((a, b), (b, a)):
        past = report.modality == "asserted" and report.published is not None
        if past and told.earliest is not None and told.earliest - options.tolerance > (report.published or 0):
            return "published before it happened"
    return None


def compare(one: int, other: int, a: Profile, b: Profile, options: MergeOptions) -> Link | None:
    """The link between ``a`` and ``b`` where they score the threshold and share a time and any of WHO_OR_WHERE, else None."""
    time = _date(a, b, options) or _published(a, b, options)
    if time is None:
        return None
    found: list[tuple[str, Part | None]] = [
        ("trigger", _trigger(a, b, options)),
        ("time", time),
        ("actors", _actors(a, b, options)),
        ("places", _places(a, b, options)),
        ("numbers", _numbers(a, b, options)),
        ("company", _company(a, b, options)),
        ("title", _title(a, b, options)),
    ]
    parts = tuple((name, round(part[0], 4)) for name, part in found if part)
    score = round(sum(value for _, value in parts), 4)
    if score < options.threshold or not any(name in WHO_OR_WHERE and value > 0 for name, value in parts):
        return None
    return Link(one, other, score, parts, "; ".join(part[1] for _, part in found if part))


def _gap(a: Profile, b: Profile) -> int:
    """Days between two dated intervals, 0 or less where they meet."""
    return max(a.earliest or 0, b.earliest or 0) - min(a.latest or 0, b.latest or 0)


def _trigger(a: Profile, b: Profile, options: MergeOptions) -> Part:
    weights = options.weights.trigger
    if shared := a.kinds & b.kinds:
        return weights.same, f"the same word ({', '.join(sorted(shared))})"
    return weights.other, "other words"


def _date(a: Profile, b: Profile, options: MergeOptions) -> Part | None:
    if a.earliest is None or a.latest is None or b.earliest is None or b.latest is None:
        return None
    weights = options.weights.date
    longest = max(a.latest - a.earliest, b.latest - b.earliest)
    told = " and ".join(_days(p) for p in (a, b))
    if _gap(a, b) > 0:
        return weights.near, f"dates miss each other by little ({told})"
    weight = weights.days if longest < WEEK else weights.months if longest <= options.short else weights.years
    return weight, f"dates meet ({told})"


def _published(a: Profile, b: Profile, options: MergeOptions) -> Part | None:
    """Evidence from publication dates, only where a happening has no date of its own."""
    days = []
    for p in (a, b):
        if p.earliest is not None and p.latest is not None:
            days.append((p.earliest, p.latest))
        elif p.published is not None:
            days.append((p.published, p.published))
        else:
            return None
    apart = max(days[0][0], days[1][0]) - min(days[0][1], days[1][1])
    weights = options.weights.published
    told = " and ".join(_days(p) if p.dated else f"published {_day(p.published)}" for p in (a, b))
    if apart <= WEEK:
        return weights.near, f"told within a week ({told})"
    if apart <= options.before:
        return weights.later, f"told within {options.before} days ({told})"
    return None


def _actors(a: Profile, b: Profile, options: MergeOptions) -> Part | None:
    if not a.actors or not b.actors:
        return None
    weights = options.weights.actors
    shared = shared_names(a.actors, b.actors)
    if shared:
        value = min(weights.most, weights.first + weights.more * (len(shared) - 1))
        return value, f"actors in common ({', '.join(sorted(shared))})"
    return weights.apart, "no actor in common"


def shared_names(a: frozenset[str], b: frozenset[str]) -> set[str]:
    """Keys in both; a person's name is also in common where its words are all in the other's ("Widodo", "Joko Widodo")."""
    shared = set(a & b)
    persons = [{tuple(k.removeprefix(PERSON).split()) for k in side - shared if k.startswith(PERSON)} for side in (a, b)]
    for one in persons[0]:
        for other in persons[1]:
            short, long = sorted((one, other), key=len)
            if set(short) <= set(long):
                shared.add(PERSON + " ".join(long))
    return shared


def apart(a: frozenset[str] | set[str], b: frozenset[str] | set[str]) -> bool:
    """Whether two sets of places are of one grain (countries, or what is in them) and have nothing in common."""
    fine = [{key for key in side if not key.startswith(COUNTRY)} for side in (a, b)]
    if fine[0] and fine[1]:
        return fine[0].isdisjoint(fine[1])
    coarse = [side - small for side, small in zip((a, b), fine, strict=True)]
    return bool(coarse[0] and coarse[1]) and coarse[0].isdisjoint(coarse[1])


def _places(a: Profile, b: Profile, options: MergeOptions) -> Part | None:
    weights = options.weights.places
    shared = a.places & b.places
    fine = [key for key in shared if not key.startswith(COUNTRY)]
    if fine:
        return weights.same, f"the same place ({', '.join(sorted(fine))})"
    if apart(a.places, b.places):
        return (
            (weights.named, "a place is named elsewhere in the other report") if near(a, b) else (weights.apart, "other places")
        )
    if shared:
        return weights.country, f"the same country ({', '.join(sorted(shared))})"
    if a.places and b.places and near(a, b):
        return weights.named, "a place is named elsewhere in the other report"
    return None


def near(a: Profile, b: Profile) -> bool:
    """Whether a document names, anywhere, the other's place, a country aside."""
    fine = [{key for key in p.places if not key.startswith(COUNTRY)} for p in (a, b)]
    return not fine[0].isdisjoint(b.located) or not fine[1].isdisjoint(a.located)


def _numbers(a: Profile, b: Profile, options: MergeOptions) -> Part | None:
    """Equal numbers speak for one happening; numbers that contradict each other do not speak against it: tolls rise."""
    weights = options.weights.numbers
    theirs = {number.key: number for number in b.numbers}
    both = [(number, theirs[number.key]) for number in a.numbers if number.key in theirs]
    if not both:
        return None
    same = [f"{one.value:g} {one.key}" for one, two in both if one.value == two.value]
    if same:
        return weights.same, f"the same number ({', '.join(same)})"
    told = ", ".join(f"{one.text} and {two.text}" for one, two in both)
    if all(max(one.low, two.low) <= min(one.high, two.high) for one, two in both):
        return weights.possible, f"numbers that can be one ({told})"
    return 0.0, f"numbers differ ({told})"


def _company(a: Profile, b: Profile, options: MergeOptions) -> Part | None:
    shared = a.company & b.company
    if not shared:
        return None
    return options.weights.company.same, f"both documents tell of another happening that is one ({', '.join(sorted(shared))})"


def _title(a: Profile, b: Profile, options: MergeOptions) -> Part | None:
    shared = a.title & b.title
    if len(shared) < 2:
        return None
    share = len(shared) / min(len(a.title), len(b.title))
    return options.weights.title.all * share, f"title words in common ({', '.join(sorted(shared))})"


def _days(p: Profile) -> str:
    return _day(p.earliest) if p.earliest == p.latest else f"{_day(p.earliest)}..{_day(p.latest)}"


def _day(ordinal: int | None) -> str:
    return "-" if ordinal is None else numbered_day(ordinal)
