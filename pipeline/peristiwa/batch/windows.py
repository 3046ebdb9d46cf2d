"""Long texts in windows: where to cut, and how to put the pieces' records together again.

A window ends where a sentence ends. It begins a little before the end of the last one, so that the models and rules see
what stands before its first sentence; what is found in that part belongs to the window before. A stretch without a space
(a base64 blob) and a stretch without a sentence's end (a table) are cut where they must be, and the cuts are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from peristiwa.types import Argument, Entity, Event, Quantity, Record, Sentence, Time

LONGEST_RUN = 2000
"""Characters without a space that the models are given at once: no word is that long."""

CONTEXT = 2000
"""Characters before a window that are read again with it."""

_PIECE = 1 << 12
"""Characters of a long text that are held together."""

_RUN = re.compile(rf"\S{{{LONGEST_RUN + 1},}}")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_SENTENCE = re.compile(r"[.!?…][\"”’')\]]*\s+(?=[\"“‘'(\[]*[A-Z0-9])")
_LINE = re.compile(r"\n\s*")
_SPACE = re.compile(r"\s+")
_ENDS = re.compile(r"[.!?…:;][\"”’')\]]*\s*\Z")

Span = tuple[int, int]


class Text(Protocol):
    """What is asked of a text: its length and its parts."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> str: ...


class LongText:
    """A text in pieces that hold their characters as narrowly as each can: one emoji in a text of 200 MB makes Python hold
    all of it at four bytes a character. It is read in parts, ``text[start:end]``.
    """

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice, /) -> str:
        start, end, _ = part.indices(self._length)
        first = start // _PIECE
        return "".join(self._pieces[first : (end - 1) // _PIECE + 1])[start - first * _PIECE : end - first * _PIECE]


@dataclass(frozen=True, slots=True)
class Window:
    """``text[start:end]`` of a document; ``cut`` where no sentence or paragraph ends at ``end``."""

    start: int
    end: int
    cut: bool


def is_long(text: str, limit: int) -> bool:
    """Whether a text must go through the models in windows."""
    return len(text) > limit or (len(text) > LONGEST_RUN and _RUN.search(text) is not None)


def windows(text: Text, limit: int) -> Iterator[Window]:
    """Windows of at most ``limit`` characters that together are the text, each but the last at a good place to end."""
    start = 0
    while start < len(text):
        length, cut = _length_of(text[start : start + limit + LONGEST_RUN], limit)
        end = start + length
        yield Window(start, end, cut and end < len(text))
        start = end


def _length_of(text: str, limit: int) -> tuple[int, bool]:
    """How long the window is that begins with ``text``, and whether no sentence or paragraph ends there."""
    furthest = min(limit, len(text))
    run = _RUN.search(text)
    if run is not None and run.start() == 0:
        return LONGEST_RUN, True
    if run is not None:
        return run.start(), _ENDS.search(text, max(0, run.start() - 20), run.start()) is None
    if furthest == len(text):
        return furthest, False
    for pattern in (_PARAGRAPH, _SENTENCE):
        last = _last(pattern, text, limit // 2, furthest)
        if last is not None:
            return last, False
    for pattern in (_LINE, _SPACE):
        last = _last(pattern, text, limit // 2, furthest)
        if last is not None:
            return last, True
    return furthest, True


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    """Where the last match ends that ends before ``end``."""
    found = None
    for match in pattern.finditer(text, start, end):
        if match.end() < end:
            found = match.end()
    return found


@dataclass(slots=True)
class Stitcher:
    """Puts the records of a document's windows together: offsets shifted, ids numbered on, references kept.

    ``tail`` maps what stood near the end of the last window to its id, so that a later event may point back at it.
    """

    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys("TDQE", 0))
    sentences: int = 0
    tail: dict[tuple[str, int, int], str] = field(default_factory=dict)

    def add(self, record: Record, window: Window, context: int) -> Record:
        """The part of the document's record that ``window`` gives; ``record`` is that of ``text[context:window.end]``.

        Its document is the window's own; spans and ids are those of the whole document.
        """
        core = window.start
        ids: dict[str, str | None] = {}
        tail: dict[tuple[str, int, int], str] = {}

        def number(own_id: str, kind: str, letter: str, start: int, end: int) -> str | None:
            """The id in the whole document, None for what belongs to the window before and was not found there."""
            if start < core:
                ids[own_id] = self.tail.get((kind, start, end))
                return None
            self.numbers[letter] += 1
            ids[own_id] = new = f"{letter}{self.numbers[letter]}"
            if end > window.end - CONTEXT:
                tail[kind, start, end] = new
            return new

        entities: list[Entity] = []
        for entity in record.entities:
            start, end = entity.start + context, entity.end + context
            if new := number(entity.id, entity.type, "T", start, end):
                entities.append(replace(entity, id=new, start=start, end=end))
        times: list[Time] = []
        for time in record.times:
            start, end = time.start + context, time.end + context
            if new := number(time.id, time.type, "D", start, end):
                times.append(replace(time, id=new, start=start, end=end))
        quantities: list[Quantity] = []
        for quantity in record.quantities:
            start, end = quantity.start + context, quantity.end + context
            if new := number(quantity.id, "quantity", "Q", start, end):
                quantities.append(replace(quantity, id=new, start=start, end=end))
        sentences, first = _sentences(record.sentences, context, core)
        events: list[Event] = []
        for event in record.events:
            start, end = event.trigger.start + context, event.trigger.end + context
            new = number(event.id, event.type, "E", start, end)
            if new:
                events.append(self._moved(_without_before(event, core - context), new, context, event.sentence - first, ids))
        self.sentences += len(sentences)
        self.tail = tail
        return Record(record.document, sentences, tuple(entities), tuple(times), tuple(quantities), tuple(events))

    def _moved(self, event: Event, new: str, context: int, sentence: int, ids: dict[str, str | None]) -> Event:
        trigger = replace(event.trigger, start=event.trigger.start + context, end=event.trigger.end + context)
        return replace(
            event,
            id=new,
            trigger=trigger,
            sentence=max(self.sentences + sentence, 0),
            arguments=tuple(_moved_argument(argument, context, ids) for argument in event.arguments),
            same_as=ids.get(event.same_as) if event.same_as else None,
        )


def _without_before(event: Event, start: int) -> Event:
    """An event whose sentence a cut has ended at ``start``: arguments before it stand in the sentence before, so they go."""
    if all(argument.start >= start for argument in event.arguments):
        return event
    kept = tuple(argument for argument in event.arguments if argument.start >= start)
    date = event.date
    if date is not None and date.basis == "argument" and not any(argument.role == "time" for argument in kept):
        date = replace(date, basis="context")
    return replace(event, arguments=kept, date=date)


def _moved_argument(argument: Argument, context: int, ids: dict[str, str | None]) -> Argument:
    return replace(
        argument,
        start=argument.start + context,
        end=argument.end + context,
        entity=ids.get(argument.entity) if argument.entity else None,
        time=ids.get(argument.time) if argument.time else None,
    )


def _sentences(sentences: Sequence[Sentence], context: int, core: int) -> tuple[tuple[Sentence, ...], int]:
    """The sentences of a window, and how many of its record's stand wholly before it."""
    moved = [Sentence(sentence.start + context, sentence.end + context) for sentence in sentences]
    first = next((at for at, sentence in enumerate(moved) if sentence.end > core), len(moved))
    return tuple(Sentence(max(sentence.start, core), sentence.end) for sentence in moved[first:]), first


def context_start(text: Text, record: Record, window: Window) -> int:
    """Where the context of the next window begins: with a sentence of this one, given as the stitcher gave it.

    A cut inside a word has no context, or the models would be given the whole word after all.
    """
    if window.end == len(text) or not any(map(str.isspace, text[window.end - 1 : window.end + 1])):
        return window.end
    return next((s.start for s in record.sentences if s.start >= window.end - CONTEXT), window.end)
