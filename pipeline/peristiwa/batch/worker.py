"""A worker process: it runs the shards that it is given, one after the other, and tells its parent what it is at."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection

from peristiwa.batch.plan import Plan
from peristiwa.batch.quarantine import die_with_parent, limit_memory, set_threads
from peristiwa.batch.shard import Begun, Ended, Suspicion, run_shard
from peristiwa.errors import PeristiwaError
from peristiwa.extract import Extractor


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker waits for a shard."""


@dataclass(frozen=True, slots=True)
class Done:
    """A shard is finished."""

    shard: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The run cannot go on: results cannot be written, models cannot be loaded."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Order:
    """A shard to run, with what is known of its documents."""

    shard: int
    suspicion: Suspicion


Message = Ready | Done | Broken | Begun | Ended


def work(connection: Connection, plan: Plan, extractor: Extractor, threads: int, memory: float | None, parent: int) -> None:
    """Serve orders from ``connection`` until None comes or the other end is gone. The main function of a process."""
    die_with_parent(parent)
    try:
        extractor.annotator  # noqa: B018  loads the models, where the parent has not
        set_threads(threads)
        limit_memory(memory)
        connection.send(Ready())
        while (order := connection.recv()) is not None:
            run_shard(plan, order.shard, extractor, tell=connection.send, suspicion=order.suspicion)
            connection.send(Done(order.shard))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except (PeristiwaError, OSError) as error:
        connection.send(Broken(error))
