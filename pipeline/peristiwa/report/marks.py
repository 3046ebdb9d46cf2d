"""A document's text cut into pieces, so that the page shows every span in its place without losing a character."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from peristiwa.types import PAGE_BREAK, Record

_Span = tuple[int, int, str, str, str, str]  # start, end, kind, label, tooltip, anchor


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: plain (kind ""), or a span of kind "entity", "time" or "event" with its label and a tooltip.

    A form feed that begins a printed page is of kind "page", with the page's number for its label.
    """

    text: str
    kind: str = ""
    label: str = ""
    tip: str = ""
    anchor: str = ""


def page_breaks(text: str) -> list[int]:
    """The places of a text at which a printed page ends and the next one begins, in order; none where it has no pages."""
    return [at for at, character in enumerate(text) if character == PAGE_BREAK] if PAGE_BREAK in text else []


def marked_paragraphs(record: Record) -> list[list[Piece]]:
    """The text as paragraphs of pieces; joined by line ends, their texts are the document's text.

    Where spans overlap, triggers win over times and times over entities: the page is about events.
    """
    text = record.document.text
    spans = [
        *((e.trigger.start, e.trigger.end, "event", e.type, f"{e.id} · {e.modality}", e.id) for e in record.events),
        *((t.start, t.end, "time", t.type, f"{t.value or '?'} · {t.anchor}", t.id) for t in record.times),
        *((e.start, e.end, "entity", e.type, e.name + (f" · {e.link}" if e.link else ""), e.id) for e in record.entities),
    ]
    taken = bytearray(len(text))
    kept = []
    for span in spans:
        start, end = span[0], span[1]
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            kept.append(span)
    paragraphs: list[list[Piece]] = []
    breaks = page_breaks(text)
    offset = 0
    for line in text.split("\n"):
        end = offset + len(line)
        inside = sorted(_cut(span, offset, end) for span in kept if max(span[0], offset) < min(span[1], end))
        paragraphs.append(_pieces(text, offset, end, inside, breaks))
        offset = end + 1
    return paragraphs


def _cut(span: _Span, start: int, end: int) -> _Span:
    """The part of a span that lies in one line. One that goes over lines has its anchor at its start, its label at its end."""
    first, last, kind, label, tip, anchor = span
    return max(first, start), min(last, end), kind, label if last <= end else "", tip, anchor if first >= start else ""


def _pieces(text: str, start: int, end: int, spans: list[_Span], breaks: Sequence[int]) -> list[Piece]:
    pieces: list[Piece] = []
    for first, last, kind, label, tip, anchor in spans:
        pieces += _plain(text, start, first, breaks)
        pieces.append(Piece(text[first:last], kind, label, tip, anchor))
        start = last
    return [*pieces, *_plain(text, start, end, breaks)]


def _plain(text: str, start: int, end: int, breaks: Sequence[int]) -> Iterator[Piece]:
    """Text without spans, cut where pages begin."""
    for number in range(bisect_left(breaks, start), bisect_left(breaks, end)):
        if breaks[number] > start:
            yield Piece(text[start : breaks[number]])
        yield Piece(PAGE_BREAK, "page", str(number + 2))
        start = breaks[number] + 1
    if end > start:
        yield Piece(text[start:end])
