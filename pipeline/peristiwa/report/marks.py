"""A document's text cut into pieces, so that the page shows every span in its place without losing a character."""

from __future__ import annotations

from dataclasses import dataclass

from peristiwa.types import Record

_Span = tuple[int, int, str, str, str, str]  # start, end, kind, label, tooltip, anchor


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: plain (kind ""), or a span of kind "entity", "time" or "event" with its label and a tooltip."""

    text: str
    kind: str = ""
    label: str = ""
    tip: str = ""
    anchor: str = ""


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
    offset = 0
    for line in text.split("\n"):
        end = offset + len(line)
        inside = sorted(_cut(span, offset, end) for span in kept if max(span[0], offset) < min(span[1], end))
        paragraphs.append(_pieces(text, offset, end, inside))
        offset = end + 1
    return paragraphs


def _cut(span: _Span, start: int, end: int) -> _Span:
    """The part of a span that lies in one line. One that goes over lines has its anchor at its start, its label at its end."""
    first, last, kind, label, tip, anchor = span
    return max(first, start), min(last, end), kind, label if last <= end else "", tip, anchor if first >= start else ""


def _pieces(text: str, start: int, end: int, spans: list[_Span]) -> list[Piece]:
    pieces = []
    for first, last, kind, label, tip, anchor in spans:
        if first > start:
            pieces.append(Piece(text[start:first]))
        pieces.append(Piece(text[first:last], kind, label, tip, anchor))
        start = last
    if end > start:
        pieces.append(Piece(text[start:end]))
    return pieces
