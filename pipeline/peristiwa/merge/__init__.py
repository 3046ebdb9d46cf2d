"""Across documents: which happenings of a run are one happening, as proposals that explain themselves and can be undone.

The run's own files are read and never changed. docs/merging.md says how it works, ``config/merge.yaml`` what can be set.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from peristiwa.merge.blocks import candidates
from peristiwa.merge.cluster import Cluster, clusters_of
from peristiwa.merge.compare import Link, compare, veto
from peristiwa.merge.conflicts import conflicts
from peristiwa.merge.files import annotations_of, undo_merge, write_clusters
from peristiwa.merge.options import MergeOptions, load_options
from peristiwa.merge.profile import Profile, Profiler
from peristiwa.models import digest
from peristiwa.records import read_records
from peristiwa.timex import numbered_day
from peristiwa.types import Record

__all__ = ["MergeOptions", "Merged", "load_options", "merge_records", "merge_run", "undo_merge"]

SCHEMA = "peristiwa-clusters/1"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """What was found: the profiles in a fixed order, the clusters over them, and what it took."""

    profiles: list[Profile]
    clusters: list[Cluster]
    documents: int
    comparisons: int
    refused: dict[str, int]

    def lines(self) -> Iterator[Json]:
        """The JSON objects of clusters.jsonl, one after the other."""
        for number, cluster in enumerate(self.clusters, 1):
            yield _line(f"C{number}", cluster, self.profiles)

    def counts(self) -> Json:
        """The counts of merge.json."""
        return {
            "documents": self.documents,
            "happenings": len(self.profiles),
            "comparisons": self.comparisons,
            "clusters": len(self.clusters),
            "clustered": sum(len(cluster.members) for cluster in self.clusters),
            "refused": self.refused,
        }


def merge_records(records: Iterable[Record], options: MergeOptions) -> Merged:
    """Clusters over the happenings of ``records``, which are taken one by one; only a small profile of each is kept.

    The same documents give the same clusters in whatever order they come.
    """
    profiler = Profiler(options)
    documents = 0
    profiles: list[Profile] = []
    for record in records:
        documents += 1
        profiles += profiler.profiles(record)
    profiles = [profiler.spelled_out(profile) for profile in sorted(profiles, key=lambda p: (p.doc_id, len(p.id), p.id))]
    refused: Counter[str] = Counter()
    clusters: list[Cluster] = []
    comparisons = 0
    for tolls in (False, True):  # what comes of a happening ("12 tewas") tells less of itself than what it came from
        if tolls:
            profiles = _in_company(profiles, clusters, options)
        at = [index for index, profile in enumerate(profiles) if (profile.type in options.tolls) == tolls]
        links: list[Link] = []
        for one, other in candidates([profiles[index] for index in at], options):
            comparisons += 1
            a, b = at[one], at[other]
            link = compare(a, b, profiles[a], profiles[b], options)
            if link is None:
                continue
            if reason := veto(profiles[a], profiles[b], options):
                refused[reason] += 1
            else:
                links.append(link)
        found = clusters_of(profiles, links, options)
        clusters += found.clusters
        refused += found.refused
    clusters.sort(key=lambda cluster: cluster.members)
    return Merged(profiles, clusters, documents, comparisons, dict(sorted(refused.items())))


def _in_company(profiles: list[Profile], clusters: list[Cluster], options: MergeOptions) -> list[Profile]:
    """The profiles, those of consequences with the clusters that their documents have a part in."""
    told: dict[str, set[str]] = {}
    for cluster in clusters:
        name = " ".join(profiles[cluster.members[0]].key)
        for index in cluster.members:
            told.setdefault(profiles[index].doc_id, set()).add(name)
    return [replace(p, company=frozenset(told.get(p.doc_id, ()))) if p.type in options.tolls else p for p in profiles]


def merge_run(run: Path | str, out: Path | str | None = None, options: MergeOptions | None = None) -> Json:
    """Propose clusters for a finished run and write them into its folder or ``out``; what merge.json holds.

    Raises UsageError where ``run`` is no finished run or the files' names are taken, GoldError where its annotations are
    damaged, SettingsError.
    """
    run = Path(run)
    path = annotations_of(run)
    chosen = options or load_options()
    before = digest(path)
    merged = merge_records(read_records(path), chosen)
    about = {
        "run": run.resolve().as_posix(),
        "annotations_sha256": before,
        "options": chosen.model_dump(),
        "found": merged.counts(),
    }
    return write_clusters(Path(out or run), merged.lines(), about)


def _line(name: str, cluster: Cluster, profiles: list[Profile]) -> Json:
    members = [profiles[index] for index in cluster.members]
    dated = [(p.earliest, p.latest) for p in members if p.earliest is not None and p.latest is not None]
    first, last = max((d[0] for d in dated), default=None), min((d[1] for d in dated), default=None)
    if first is not None and last is not None and first > last:  # a conflict: all that is told
        first, last = min(d[0] for d in dated), max(d[1] for d in dated)
    return {
        "schema": SCHEMA,
        "id": name,
        "type": members[0].type,
        "earliest": _iso(first),
        "latest": _iso(last),
        "happenings": [json.loads(p.told) for p in members],
        "links": [_told_link(link, joined, profiles) for link, joined in cluster.links],
        "conflicts": conflicts(members),
    }


def _told_link(link: Link, joined: bool, profiles: list[Profile]) -> Json:
    return {
        "between": [{"doc_id": profiles[i].doc_id, "id": profiles[i].id} for i in (link.one, link.other)],
        "score": link.score,
        "parts": dict(link.parts),
        "reason": link.reason,
        "joined": joined,
    }


def _iso(ordinal: int | None) -> str | None:
    return None if ordinal is None else numbered_day(ordinal)
