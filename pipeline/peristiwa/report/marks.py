"""A document's text cut into pieces, so that the page shows every span in its place without losing a character."""

from __future__ import annotations

from dataclasses import dataclass

from peristiwa.types import Record


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
        inside = sorted(span for span in kept if offset <= span[0] and span[1] <= end)
        paragraphs.append(_pieces(text, offset, end, inside))
        offset = end + 1
    return paragraphs


def _pieces(text: str, start: int, end: int, spans: list[tuple[int, int, str, str, str, str]]) -> list[Piece]:
    pieces = []
    for first, last, kind, label, tip, anchor in spans:
        if first > start:
            pieces.append(Piece(text[start:first]))
        pieces.append(Piece(text[first:last], kind, label, tip, anchor))
        start = last
    if end > start:
        pieces.append(Piece(text[start:end]))
    return pieces
