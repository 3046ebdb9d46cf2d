"""How far a run is: a bar in a terminal, plain lines elsewhere, JSON lines for a machine, or nothing."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Literal, TextIO

from peristiwa.batch.shard import Ended
from peristiwa.errors import UsageError

Style = Literal["bar", "lines", "json", "quiet"]

EVERY = 10.0
"""Seconds between two lines where there is no terminal."""
FIRST_PACK = 1.0
"""Seconds within which the documents of one pack arrive: the first of them alone says nothing of the speed."""

CUTS = "was cut for the models where no sentence ends"


class Progress:
    """Counts documents, words and failures as they come, and tells of them. Use as a context.

    ``done`` of ``total`` documents were done by an earlier run; raises UsageError at more than ``max_failures`` failures,
    ``failed`` of an earlier run among them.
    """

    def __init__(
        self,
        total: int,
        *,
        style: Style,
        done: int = 0,
        failed: int = 0,
        max_failures: int | None = None,
        out: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total, self.done, self.failed = total, done, failed
        self.words = 0
        self.max_failures = max_failures
        self._style = style
        self._out = out or sys.stderr
        self._clock = clock
        self._begin = self._told = clock()
        self._earlier = done
        self._first: float | None = None
        self._bar: Any = None
        self._task: Any = None
        self._last_failures: list[str] = []

    def __enter__(self) -> Progress:
        if self._style == "bar":
            self._open_bar()
        elif self._earlier:
            self._line("resumed", f"{self._earlier} of {self.total} documents were done before")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, ended: Ended) -> None:
        """A document is written."""
        self.done += 1
        self._first = self._clock() if self._first is None else self._first
        self.words += ended.counts.tokens
        if ended.failure is not None:
            self.failed += 1
            self._last_failures = [*self._last_failures[-4:], str(ended.failure)]
            if self._style == "json":
                self._json("failure", doc_id=ended.doc_id, stage=ended.failure.stage, reason=ended.failure.reason)
        if ended.counts.cuts:
            self._line("cut", f"{ended.doc_id} {CUTS}, {ended.counts.cuts} times")
        self._show()
        if self.max_failures is not None and self.failed > self.max_failures:
            raise UsageError(
                f"stopped: {self.failed} of {self.done} documents failed, more than --max-failures {self.max_failures}. "
                "What was done is kept: the same command with a higher --max-failures goes on, --fresh begins anew.\n  "
                + "\n  ".join(self._last_failures)
            )

    def stage(self, text: str) -> None:
        """Tell what comes after the documents."""
        if self._bar is not None:
            self._bar.update(self._task, description=text)
        elif self._style == "json":
            self._json("stage", text=text)

    def finish(self, manifest: Mapping[str, object]) -> None:
        """Tell a machine what the run came to; a person reads the summary."""
        if self._style == "json":
            self._json("finished", documents=manifest["documents"], found=manifest["found"], tokens=manifest["tokens"])

    @property
    def seconds(self) -> float:
        return self._clock() - self._begin

    def words_per_second(self) -> float:
        return self.words / self.seconds if self.seconds > 0 else 0.0

    def remaining(self) -> float | None:
        """Seconds until the end at the speed so far, None before there is one."""
        if self._first is None or self._clock() - self._first < FIRST_PACK:
            return None
        return self.seconds / (self.done - self._earlier) * (self.total - self.done)

    def _show(self) -> None:
        if self._bar is not None:
            self._bar.update(self._task, completed=self.done, failed=self.failed, speed=f"{self.words_per_second():,.0f}")
            return
        now = self._clock()
        if now - self._told < EVERY:
            return
        self._told, left = now, self.remaining()
        if self._style == "json":
            self._json(
                "progress",
                done=self.done,
                total=self.total,
                failed=self.failed,
                words_per_second=round(self.words_per_second(), 1),
                remaining_seconds=None if left is None else round(left),
            )
        else:
            speed = f"{self.words_per_second():,.0f} words/s"
            told = f"{self.done}/{self.total} documents, {self.failed} failed, {speed}"
            self._line("progress", told if left is None else f"{told}, {_span(left)} left")

    def _line(self, event: str, text: str) -> None:
        if self._style == "json":
            self._json(event, text=text)
        elif self._style == "bar" and self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        elif self._style != "quiet":
            self._out.write(f"{time.strftime('%H:%M:%S')} {text}\n")
            self._out.flush()

    def _json(self, event: str, **more: object) -> None:
        self._out.write(json.dumps({"event": event, "seconds": round(self.seconds, 3), **more}, ensure_ascii=False) + "\n")
        self._out.flush()

    def _open_bar(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bar

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]} words/s"),
            TextColumn("{task.fields[failed]} failed"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._bar = Bar(*columns, console=Console(file=self._out), transient=True)
        self._task = self._bar.add_task("documents", total=self.total, completed=self.done, failed=self.failed, speed="0")
        self._bar.start()


def style_of(*, quiet: bool, log_json: bool) -> Style:
    """How to tell: as asked, else by whether anyone looks."""
    if log_json:
        return "json"
    if quiet:
        return "quiet"
    return "bar" if sys.stderr.isatty() else "lines"


def _span(seconds: float) -> str:
    """Seconds as hours and minutes, or minutes and seconds."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours} h {rest // 60:02d} min" if hours else f"{rest // 60} min {rest % 60:02d} s"
