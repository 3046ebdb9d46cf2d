"""A text as it is read: without the marks that nobody sees inside words, as web pages and typesetters leave them.

To models and lexicons "menang\u00adkap" is no word. What was found in a text as read is put back onto the text as it is:
no character of that is changed, and every span quotes it.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any, TypeVar, cast

MARKS = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Soft hyphen, zero-width space, non-joiner and joiner, marks of direction, word joiner, byte order mark."""

_INSIDE = re.compile(rf"(?<=\w)[{MARKS}]+(?=\w)")

Spans = TypeVar("Spans")


def without_marks(text: str) -> str:
    """``text`` without the marks that stand between two characters of a word."""
    return _INSIDE.sub("", text)


def put_back(found: Spans, text: str) -> Spans:
    """``found`` (a record, a trace) with the spans and quotations of ``text``.

    It was read from ``without_marks(text)``, in which some capitals may have been small letters.
    """
    hidden = {at for match in _INSIDE.finditer(text) for at in range(*match.span())}
    places = [at for at in range(len(text)) if at not in hidden]
    places.append(len(text))
    return cast("Spans", _moved(found, places, text))


def _moved(item: Any, places: list[int], text: str) -> Any:
    if isinstance(item, tuple):
        return tuple(_moved(part, places, text) for part in item)
    if not dataclasses.is_dataclass(item) or isinstance(item, type):
        return item
    values = {field.name: _moved(getattr(item, field.name), places, text) for field in dataclasses.fields(item)}
    first, stop = values.get("start"), values.get("end")
    if first is not None and stop is not None:
        values["start"] = start = places[first]
        values["end"] = end = places[stop - 1] + 1 if stop > first else start
        if "text" in values:
            values["text"] = text[start:end]
    return dataclasses.replace(item, **values)
