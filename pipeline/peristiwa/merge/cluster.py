"""Links to clusters: the best link first, and none that would put together what a link alone could not see is two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from peristiwa.merge.compare import Link, apart, shared_names
from peristiwa.merge.options import MergeOptions
from peristiwa.merge.profile import Profile


@dataclass(slots=True)
class _Group:
    """What a cluster that is being built knows of its members."""

    members: list[int]
    documents: set[str]
    actors: set[str]
    places: set[str]
    begins: int | None  # the latest first day and the earliest last day: their distance is the widest gap between members
    ends: int | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Members as places in the list of profiles, in its order; ``links`` with whether each joined (the others agree)."""

    members: tuple[int, ...]
    links: tuple[tuple[Link, bool], ...]


@dataclass(slots=True)
class Clustering:
    clusters: list[Cluster] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def clusters_of(profiles: Sequence[Profile], links: Iterable[Link], options: MergeOptions) -> Clustering:
    """Clusters of two or more, in the order of their first members; ``refused`` counts links that joined nothing, by reason.

    Equal scores are taken in the order of the profiles, so that the result depends on nothing else.
    """
    out = Clustering()
    groups = {index: index for index in range(len(profiles))}
    made: dict[int, _Group] = {}

    def top(index: int) -> int:
        while groups[index] != index:
            groups[index] = groups[groups[index]]
            index = groups[index]
        return index

    ranked = sorted(links, key=lambda link: (-link.score, link.one, link.other))
    joined: set[tuple[int, int]] = set()
    for link in ranked:
        one, other = top(link.one), top(link.other)
        if one == other:
            continue
        a = made.get(one) or made.setdefault(one, _group(one, profiles[one]))
        b = made.get(other) or made.setdefault(other, _group(other, profiles[other]))
        if reason := _refuse(a, b, link, options):
            out.refused[reason] += 1
            continue
        if len(a.members) < len(b.members):
            one, other, a, b = other, one, b, a
        groups[other] = one
        _take_in(a, b)
        del made[other]
        joined.add((link.one, link.other))
    inside: dict[int, list[tuple[Link, bool]]] = {}
    for link in ranked:
        if top(link.one) == top(link.other):
            inside.setdefault(top(link.one), []).append((link, (link.one, link.other) in joined))
    found = [Cluster(tuple(sorted(made[root].members)), tuple(links)) for root, links in inside.items()]
    out.clusters = sorted(found, key=lambda cluster: cluster.members)
    return out


def _group(index: int, p: Profile) -> _Group:
    return _Group([index], {p.doc_id}, set(p.actors), set(p.places), p.earliest, p.latest)


def _take_in(a: _Group, b: _Group) -> None:
    a.members += b.members
    a.documents |= b.documents
    a.actors |= b.actors
    a.places |= b.places
    a.begins = max((day for day in (a.begins, b.begins) if day is not None), default=None)
    a.ends = min((day for day in (a.ends, b.ends) if day is not None), default=None)


def _refuse(a: _Group, b: _Group, link: Link, options: MergeOptions) -> str | None:
    """Why two clusters stay two although one link would join them, or None."""
    if not a.documents.isdisjoint(b.documents):
        return "a document tells both as two"
    begins = max((day for day in (a.begins, b.begins) if day is not None), default=None)
    ends = min((day for day in (a.ends, b.ends) if day is not None), default=None)
    if begins is not None and ends is not None and begins - ends > options.tolerance:
        return "dates of other members apart"
    # Where the link's own two know no place or actor, those of the other members speak for them.
    score, known = link.score, dict(link.parts)
    if "places" not in known and apart(a.places, b.places):
        score += options.weights.places.apart
    if "actors" not in known and a.actors and b.actors and not shared_names(frozenset(a.actors), frozenset(b.actors)):
        score += options.weights.actors.apart
    return "places or actors of other members apart" if score < options.threshold else None
