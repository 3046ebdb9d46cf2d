"""What the members of a cluster say differently. A conflict is told, with who says what; it is never resolved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from peristiwa.merge.profile import COUNTRY, Profile

Json = dict[str, Any]


def conflicts(members: Sequence[Profile]) -> list[Json]:
    """The conflicts of a cluster: numbers by key, dates, places, and whether it happened at all, in this order."""
    return [*_numbers(members), *_dates(members), *_places(members), *_modality(members)]


def _by_report(members: Iterable[Profile]) -> list[Profile]:
    """In the order of publication; reports without a date last."""
    return sorted(members, key=lambda p: (p.published is None, p.published or 0, p.key))


def _who(p: Profile) -> Json:
    return {"doc_id": p.doc_id, "id": p.id}


def _numbers(members: Sequence[Profile]) -> list[Json]:
    out = []
    for key in sorted({number.key for p in members for number in p.numbers}):
        told = [(p, number) for p in _by_report(members) for number in p.numbers if number.key == key]
        if max(n.low for _, n in told) <= min(n.high for _, n in told):
            continue
        values = [n.value for _, n in told]
        course = None
        if all(p.published is not None for p, _ in told):
            course = "rises" if values == sorted(values) else "falls" if values == sorted(values, reverse=True) else None
        out.append(
            {
                "what": "number",
                "key": key,
                "course": course,  # as later reports tell it
                "told": [{**_who(p), "value": n.value, "bound": n.bound, "text": n.text} for p, n in told],
            }
        )
    return out


def _dates(members: Sequence[Profile]) -> list[Json]:
    dated = [p for p in _by_report(members) if p.dated]
    if not dated or max(p.earliest or 0 for p in dated) <= min(p.latest or 0 for p in dated):
        return []
    return [{"what": "date", "told": [_who(p) for p in dated]}]


def _places(members: Sequence[Profile]) -> list[Json]:
    """Places fall into groups where no report of one names a place of another, anywhere in its document."""
    groups: list[tuple[list[Profile], set[str], set[str]]] = []  # members, their places, all that their documents name
    for p in _by_report(members):
        fine = {key for key in p.places if not key.startswith(COUNTRY)}
        if not fine:
            continue
        found, places, located = [p], set(fine), set(p.located)
        others = []
        for group in groups:
            if fine.isdisjoint(group[1]) and fine.isdisjoint(group[2]) and p.located.isdisjoint(group[1]):
                others.append(group)
            else:
                found, places, located = group[0] + found, places | group[1], located | group[2]
        groups = [*others, (found, places, located)]
    if len(groups) < 2:
        return []
    told = [{"places": sorted(places), "told": [_who(p) for p in found]} for found, places, _ in groups]
    return [{"what": "place", "groups": sorted(told, key=lambda group: list(group["places"]))}]


def _modality(members: Sequence[Profile]) -> list[Json]:
    told = {p.modality for p in members}
    if not {"asserted", "negated"} <= told:
        return []
    by = _by_report(p for p in members if p.modality in ("asserted", "negated"))
    return [{"what": "modality", "told": [{**_who(p), "modality": p.modality} for p in by]}]
