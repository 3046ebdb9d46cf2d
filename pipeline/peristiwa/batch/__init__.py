"""A run: documents of all inputs through the extractor into one folder, in shards, so that it can be stopped and go on.

``make_plan`` writes down what is to be done, ``run_shard`` does a part of it, an engine runs many parts, ``merge`` puts
them together; ``run`` does all of it, ``run_part`` the part of one machine among many, ``join`` the rest.
"""

from __future__ import annotations

from peristiwa.batch.local import Engine, LocalEngine
from peristiwa.batch.merge import merge
from peristiwa.batch.plan import Plan, make_plan, read_plan
from peristiwa.batch.run import Summary, join, origin_of, run, run_part, show_summary
from peristiwa.batch.shard import run_shard

__all__ = [
    "Engine",
    "LocalEngine",
    "Plan",
    "Summary",
    "join",
    "make_plan",
    "merge",
    "origin_of",
    "read_plan",
    "run",
    "run_part",
    "run_shard",
    "show_summary",
]
