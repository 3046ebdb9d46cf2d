"""The engine for one machine: worker processes under a parent that touches no document, so that none can harm the run.

The parent deals out shards, hears where each worker is, and keeps the time. A worker that dies or is late is replaced;
the documents it was at are then read one by one, and one that is alone at it when it happens again is given up.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from peristiwa.batch.plan import Plan
from peristiwa.batch.quarantine import memory_for, set_threads, threads_for
from peristiwa.batch.shard import Begun, Ended, Suspicion
from peristiwa.batch.worker import Broken, Done, Message, Order, Ready, work
from peristiwa.errors import PeristiwaError
from peristiwa.extract import Extractor
from peristiwa.loading import collector_at_rest

LONGEST_WAIT = 1.0
"""Seconds between two looks at the clock."""

START = 600.0
"""Seconds that a worker may take to load its models."""

BATCH_SHARE = 8
"""A batch of n documents may take n / 8 times as long as one document, and never less than one."""

FALLS = 3
"""How often a process must die over one document alone, before the document is held to be the cause."""

DEATHS = 10
"""How often a process may end at a shard before it has begun with a document."""

FALSE_STARTS = 4
"""How often processes may end before they have asked for a shard, while no document gets done."""

Watch = Callable[[Ended], None]


class Engine(Protocol):
    """What runs the shards of a plan. It may stop early by raising; what was done is on disk."""

    def __call__(self, plan: Plan, shards: Iterable[int], extractor: Extractor, watch: Watch) -> None: ...


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    shard: int | None = None
    at: Begun | None = None
    since: float = field(default_factory=time.monotonic)
    silent: bool = False
    """Its end of the pipe is closed, and all that it said is heard."""


@dataclass(slots=True)
class LocalEngine:
    """Runs shards in ``workers`` processes; see the settings of the same names for ``timeout`` and ``memory``."""

    workers: int = 1
    timeout: float | None = None
    memory: float | None = None
    start_method: str | None = None
    """How processes start, if it is not for this class to say: "fork" or "spawn"."""
    _waiting: deque[int] = field(default_factory=deque)
    _suspicions: dict[int, Suspicion] = field(default_factory=dict)
    _start: Callable[[], _Worker] | None = None
    _false_starts: int = 0

    def __call__(self, plan: Plan, shards: Iterable[int], extractor: Extractor, watch: Watch) -> None:
        """Run ``shards``; ``watch`` hears of every document. Raises what makes the run impossible."""
        self._waiting = shards if isinstance(shards, deque) else deque(shards)  # one may be filled while it is emptied
        if not self._waiting:
            return
        count = min(self.workers, len(self._waiting))
        threads = threads_for(count, extractor.settings.threads)
        memory = self.memory or memory_for(count)
        context: Any = multiprocessing.get_context(self.start_method) if self.start_method else _context(extractor)
        if context.get_start_method() == "fork":
            _load_for_sharing(extractor)

        def start() -> _Worker:
            ours, theirs = context.Pipe()
            arguments = (theirs, plan, extractor, threads, memory, os.getpid())
            process = context.Process(target=work, args=arguments, daemon=True)
            process.start()
            theirs.close()
            return _Worker(process, ours)

        self._start = start
        team = [start() for _ in range(count)]
        try:
            while team:
                self._listen(team, watch)
                team = [self._checked(worker, plan) for worker in team if not self._is_through(worker)]
        finally:
            for worker in team:
                _end(worker)

    def _listen(self, team: list[_Worker], watch: Watch) -> None:
        """Take what the workers tell, waiting a little for the first of them."""
        ready = wait([one.process.sentinel if one.silent else one.connection for one in team], timeout=LONGEST_WAIT)
        for worker in team:
            if worker.connection in ready:
                for message in _messages(worker):
                    self._hear(worker, message, watch)

    def _hear(self, worker: _Worker, message: Message, watch: Watch) -> None:
        worker.since = time.monotonic()
        match message:
            case Begun():
                worker.at = message
            case Ended():
                self._false_starts = 0
                if worker.at is not None:
                    first, last = message.number + 1, worker.at.last
                    worker.at = Begun(message.shard, first, last, worker.at.stage) if first <= last else None
                watch(message)
            case Ready() | Done():
                if isinstance(message, Done):
                    self._suspicions.pop(message.shard, None)
                worker.shard, worker.at = None, None
                if self._waiting:
                    worker.shard = self._waiting.popleft()
                    order: Order | None = Order(worker.shard, self._suspicions.get(worker.shard, Suspicion()))
                else:
                    order = None
                with suppress(OSError):  # the worker is dead: _checked sees to it
                    worker.connection.send(order)
            case Broken():
                raise message.error

    def _is_through(self, worker: _Worker) -> bool:
        """Whether a worker has ended because nothing is left for it."""
        if worker.shard is None and not worker.process.is_alive() and worker.process.exitcode == 0:
            _end(worker)
            return True
        return False

    def _checked(self, worker: _Worker, plan: Plan) -> _Worker:
        """The worker, or another in its place where it has died or is late."""
        late = self._is_late(worker)
        if worker.process.is_alive() and not late:
            return worker
        if not late and not worker.silent:  # its last words are still in the pipe
            return worker
        if worker.shard is None and not late and worker.process.exitcode == 0:  # it ended well just now
            return worker
        _end(worker)
        assert self._start is not None
        if worker.shard is None:
            self._false_starts += 1
            if self._false_starts == FALSE_STARTS:
                raise PeristiwaError(f"a worker process ended before its work began (exit code {worker.process.exitcode}).")
            return self._start()
        if plan.is_done(worker.shard):  # it died between its mark and its message
            pass
        else:
            self._suspect(worker, late)
            self._waiting.appendleft(worker.shard)
        return self._start()

    def _is_late(self, worker: _Worker) -> bool:
        waited = time.monotonic() - worker.since
        if worker.shard is None:
            return waited > START
        if worker.at is None or self.timeout is None:
            return False
        return waited > self.timeout * max((worker.at.last - worker.at.first + 1) / BATCH_SHARE, 1)

    def _suspect(self, worker: _Worker, late: bool) -> None:
        """Remember which documents a worker was at."""
        at = worker.at
        assert worker.shard is not None
        known = self._suspicions.setdefault(worker.shard, Suspicion())
        if at is None:
            if known.deaths == DEATHS:
                raise PeristiwaError(f"worker processes keep dying at shard {worker.shard + 1} before its first document.")
            known.deaths += 1
            return
        if at.last > at.first:
            known.alone = {*known.alone, *range(at.first, at.last + 1)}
            return
        times = known.falls.get(at.first, 0) + 1
        known.falls = {**known.falls, at.first: times}
        known.alone = {*known.alone, at.first}
        if not late and times < FALLS:  # someone else may have ended the process
            return
        if late:
            reason = f"it took longer than {self.timeout:g} seconds; see --timeout"
        else:
            reason = f"the process that read it {_how(worker.process.exitcode)}; see --memory"
        known.given_up = {**known.given_up, at.first: (at.stage, reason)}


def _messages(worker: _Worker) -> Iterator[Message]:
    """What has come from a worker."""
    while True:
        try:
            if not worker.connection.poll():
                return
            message = worker.connection.recv()
        except (EOFError, OSError):
            worker.silent = True
            return
        yield message


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed (signal {-code})"
    return f"ended with exit code {code}"


def _end(worker: _Worker) -> None:
    if worker.process.is_alive() and worker.shard is not None:
        worker.process.kill()
    with suppress(OSError):
        worker.connection.close()
    worker.process.join(5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def _context(extractor: Extractor) -> Any:
    """Fork where the platform can and it is safe, so that workers share the models' memory; else spawn.

    A process that has computed with several threads of torch must not be forked: its children would wait for threads
    that they do not have. Where torch is loaded already, nobody can tell what it has done.
    """
    if not sys.platform.startswith("linux"):  # macOS has fork, and libraries that do not survive it
        return multiprocessing.get_context("spawn")
    needs_torch = not extractor.is_loaded or type(extractor.annotator).__module__.startswith("peristiwa.")
    if needs_torch and "torch" in sys.modules:
        return multiprocessing.get_context("spawn")
    return multiprocessing.get_context("fork")


def _load_for_sharing(extractor: Extractor) -> None:
    """Load the models in this process before it forks, with one thread, so that no thread is lost in the children."""
    if extractor.is_loaded:
        return
    with collector_at_rest():
        import torch

        settings, threads = extractor.settings, torch.get_num_threads()
        torch.set_num_threads(1)
        extractor.settings = settings.model_copy(update={"threads": 1})
        try:
            extractor.prepare()
        finally:
            extractor.settings = settings
            set_threads(threads)
