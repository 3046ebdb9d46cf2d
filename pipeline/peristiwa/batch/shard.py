"""One shard: its documents through the extractor in order, their lines appended, its mark of completion last."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from peristiwa.batch.lines import FAILED, Counts, ShardFiles, counts_of, read_counts
from peristiwa.batch.long import LongRecord, read_long
from peristiwa.batch.plan import Plan
from peristiwa.batch.tasks import FileTask, Task, read_tasks
from peristiwa.batch.windows import LongText, is_long
from peristiwa.emit import writing
from peristiwa.errors import GoldError, ModelError, SettingsError
from peristiwa.extract import Extractor
from peristiwa.records import check_record, record_to_json
from peristiwa.types import Document, Failure, Record

BATCH_CHARACTERS = 200_000
"""Characters of text that go to the extractor at once: more is no faster, and a hang is noticed later."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The documents ``first`` to ``last`` of a shard (counted from 0, both included) have entered a stage."""

    shard: int
    first: int
    last: int
    stage: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A document of a shard is written; ``failure`` says why where it failed."""

    shard: int
    number: int
    doc_id: str
    counts: Counts
    failure: Failure | None = None


Tell = Callable[[Begun | Ended], None]


@dataclass(slots=True)
class Suspicion:
    """What is known of documents that cost a worker its life or its patience.

    ``alone`` are those to be read one at a time, ``falls`` how often each of them ended a process, ``given_up`` those
    that are not tried again, with stage and reason. ``deaths`` counts ends of a process before its first document.
    """

    alone: Collection[int] = ()
    given_up: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    falls: Mapping[int, int] = field(default_factory=dict)
    deaths: int = 0


def _silent(_: Begun | Ended) -> None:
    return None


def run_shard(
    plan: Plan, shard: int, extractor: Extractor, *, tell: Tell = _silent, suspicion: Suspicion | None = None
) -> Counts:
    """Do what is left of a shard and mark it done. The result does not depend on where an earlier attempt ended.

    ``tell`` hears of each step. Raises OSError when results cannot be written, ModelError when the models cannot be
    loaded, UsageError when another process is at this shard; whatever else goes wrong costs its document.
    """
    suspicion = suspicion or Suspicion()
    begin = time.monotonic()
    path = plan.part(shard, "tasks.jsonl")
    with ShardFiles(plan, shard) as files:
        done = files.repair(task.doc_id for task in read_tasks(path))
        left = ((number, task) for number, task in enumerate(read_tasks(path)) if number >= done)
        runner = _Runner(plan, shard, extractor, files, tell, suspicion)
        runner.run(left)
        files.sync()
        counts = sum(read_counts(plan.part(shard, "counts")), Counts())
        with writing(plan.part(shard, "done")) as out:
            out.write(json.dumps({**asdict(counts), "seconds": round(time.monotonic() - begin, 3)}) + "\n")
    return counts


@dataclass(slots=True)
class _Runner:
    plan: Plan
    shard: int
    extractor: Extractor
    files: ShardFiles
    tell: Tell
    suspicion: Suspicion
    folders: dict[Any, Any] = field(default_factory=dict)

    def run(self, tasks: Iterator[tuple[int, Task]]) -> None:
        batch: list[tuple[int, Document | Failure]] = []
        size = 0
        for number, task in tasks:
            result = self._load(number, task)
            alone = number in self.suspicion.alone
            long = isinstance(result, Document) and is_long(result.text, self.extractor.settings.window)
            if alone or long:
                self._batch(batch)
                batch, size = [], 0
            if long:
                assert isinstance(result, Document)
                text, result = LongText(result.text), replace(result, text="")  # nothing else holds the whole text
                self._long(number, result, text)
                continue
            batch.append((number, result))
            size += len(result.text) if isinstance(result, Document) else 0
            if alone or len(batch) >= self.extractor.settings.batch_documents or size >= BATCH_CHARACTERS:
                self._batch(batch)
                batch, size = [], 0
        self._batch(batch)

    def _load(self, number: int, task: Task) -> Document | Failure:
        if number in self.suspicion.given_up:
            stage, reason = self.suspicion.given_up[number]
            return Failure(task.doc_id, task.source, stage, reason)
        if isinstance(task, FileTask):
            self.tell(Begun(self.shard, number, number, "ingest"))
        try:
            return task.load(self.plan.language, self.folders)
        except MemoryError:
            return Failure(task.doc_id, task.source, "ingest", "there is not enough memory to read it")

    def _batch(self, batch: list[tuple[int, Document | Failure]]) -> None:
        """Documents through the extractor together; those that an error leaves without a result, one by one."""
        written = 0
        try:
            for result, tokens in self._extract([item for _, item in batch], batch):
                self._write(batch[written][0], result, tokens)
                written += 1
        except Exception as error:
            if self._is_fatal(error):
                raise
            if len(batch) == 1:
                number, item = batch[0]
                self._write(number, Failure(item.doc_id, item.source, "extract", f"{type(error).__name__}: {error}"), 0)
                return
            for one in batch[written:]:
                self._batch([one])

    def _extract(
        self, items: list[Document | Failure], batch: list[tuple[int, Document | Failure]]
    ) -> Iterator[tuple[Record | Failure, int]]:
        """Results in order, each with its number of words; ``tell`` hears which stage the batch is in."""
        if not items:
            return
        first, last = batch[0][0], batch[-1][0]
        self.tell(Begun(self.shard, first, last, "annotate"))
        for at, annotated in enumerate(self.extractor.annotate_many(items)):
            if isinstance(annotated, Failure):
                yield annotated, 0
                continue
            number = batch[at][0]
            self.tell(Begun(self.shard, number, number, "extract"))
            before = self.extractor.tokens_read
            result = self.extractor.finish(*annotated)
            yield result, self.extractor.tokens_read - before

    def _long(self, number: int, document: Document, text: LongText) -> None:
        def extract(part: Document) -> tuple[Record | Failure, int]:
            return next(self._extract([part], [(number, part)]))

        def tell() -> None:
            self.tell(Begun(self.shard, number, number, "annotate"))

        with LongRecord(document, text, self.plan.part(self.shard, "long")) as record:
            try:
                result = read_long(record, extract, self.extractor.settings.window, tell)
            except Exception as error:
                if self._is_fatal(error):
                    raise
                result = Failure(document.doc_id, document.source, "extract", f"{type(error).__name__}: {error}")
            if isinstance(result, Failure):
                self._write(number, result, 0)
                return
            self.files.add("annotations.jsonl", record.chunks(), result)
        self.tell(Ended(self.shard, number, document.doc_id, result))

    def _is_fatal(self, error: Exception) -> bool:
        """Whether an error is none of a document's: the models do not load, or results cannot be written."""
        if isinstance(error, OSError) and error.filename is not None:
            return str(error.filename).startswith(str(self.plan.work))
        return isinstance(error, ModelError | SettingsError)

    def _write(self, number: int, result: Record | Failure, tokens: int) -> None:
        if isinstance(result, Record):
            try:
                check_record(result, result.document.doc_id)
            except GoldError as error:
                result = Failure(result.document.doc_id, result.document.source, "emit", str(error))
        if isinstance(result, Failure):
            result = replace(result, reason=_printable(result.reason))
            self.files.fail(result)
            self.tell(Ended(self.shard, number, result.doc_id, FAILED, result))
            return
        counts = counts_of(result, tokens)
        self.files.add("annotations.jsonl", [record_to_json(result).encode()], counts)
        self.tell(Ended(self.shard, number, result.document.doc_id, counts))


def _printable(reason: str) -> str:
    """A reason that can be written as UTF-8."""
    return reason.encode("utf8", "replace").decode("utf8")
