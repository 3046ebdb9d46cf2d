"""Which happenings are compared at all, so that the work grows with their number and not with its square.

Two happenings meet in a block: one type, one month (or year, where a date is no narrower), one anchor, which is a name, a
place, a number, a title word or a cluster that both have. In a block each is compared with the next ``window`` in time,
in crowds and out of them, so that the comparisons are at most anchors x buckets x window for each happening.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from peristiwa.merge.options import MergeOptions
from peristiwa.merge.profile import PERSON, Profile

Block = tuple[str, str, str]  # type, month or year, anchor


def candidates(profiles: Sequence[Profile], options: MergeOptions) -> Iterator[tuple[int, int]]:
    """Pairs of places in ``profiles`` to compare, of different documents, each once, the lower first."""
    blocks: dict[Block, list[int]] = {}
    for index, anchors in enumerate(_chosen(profiles, options)):
        for bucket in _buckets(profiles[index], options):
            for anchor in anchors:
                blocks.setdefault((profiles[index].type, bucket, anchor), []).append(index)
    seen: set[tuple[int, int]] = set()
    for block in sorted(key for key, members in blocks.items() if len(members) > 1):
        yearly = len(block[1]) == 4
        members = sorted(blocks[block], key=lambda i: (_day(profiles[i]), profiles[i].key))
        for at, one in enumerate(members):
            for other in members[at + 1 : at + 1 + options.window]:
                a, b = profiles[one], profiles[other]
                if a.doc_id == b.doc_id or (yearly and not (_long(a, options) or _long(b, options))):
                    continue
                pair = (one, other) if one < other else (other, one)
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def _chosen(profiles: Sequence[Profile], options: MergeOptions) -> Iterator[list[str]]:
    """The rarest anchors of each profile that any other document has, too."""
    spread: Counter[str] = Counter()
    last: dict[str, str] = {}
    for profile in sorted(profiles, key=lambda p: p.key):
        for anchor in _anchors(profile):
            if last.get(anchor) != profile.doc_id:
                last[anchor] = profile.doc_id
                spread[anchor] += 1
    for profile in profiles:
        common = [anchor for anchor in _anchors(profile) if spread[anchor] > 1]
        yield sorted(common, key=lambda anchor: (spread[anchor], anchor))[: options.anchors]


def _anchors(profile: Profile) -> set[str]:
    out: set[str] = set()
    for key in profile.actors | profile.places:
        if key.startswith(PERSON):
            out.update(PERSON + word for word in key.removeprefix(PERSON).split() if len(word) > 2)
        else:
            out.add("name:" + key)
    out.update(f"number:{number.key}:{number.value:g}" for number in profile.numbers)
    out.update("title:" + word for word in profile.title)
    out.update("with:" + name for name in profile.company)
    return out


def _long(profile: Profile, options: MergeOptions) -> bool:
    return profile.earliest is not None and profile.latest is not None and profile.latest - profile.earliest > options.short


def _day(profile: Profile) -> int:
    return profile.earliest if profile.earliest is not None else profile.published or 0


def _buckets(profile: Profile, options: MergeOptions) -> list[str]:
    """Months ("2031-05") and years ("2031") in which it may have happened; none where nothing says when."""
    if profile.earliest is not None and profile.latest is not None:
        first, last = profile.earliest - options.tolerance, profile.latest + options.tolerance
    elif profile.published is not None:
        first, last = profile.published - options.before, profile.published + options.before
    else:
        return []
    lowest, highest = datetime.date.min.toordinal(), datetime.date.max.toordinal()
    start, end = (datetime.date.fromordinal(min(max(day, lowest), highest)) for day in (first, last))
    years = [f"{year:04}" for year in range(start.year, end.year + 1)]
    if _long(profile, options):
        return years
    months = range(12 * start.year + start.month - 1, 12 * end.year + end.month)
    return [*(f"{month // 12:04}-{month % 12 + 1:02}" for month in months), *years]
