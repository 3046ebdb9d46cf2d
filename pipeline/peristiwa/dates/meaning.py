"""What an expression means: its type and value, and what it adds to the story."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from peristiwa.dates.find import Found
from peristiwa.timex import Extent, Grain
from peristiwa.types import Anchor, TimeType


class Meaning(NamedTuple):
    """The value of an expression. ``told`` is what it adds to the story; ``extent`` overrides that of the value;
    ``doubt`` says that its parts contradict each other."""

    type: TimeType
    value: str | None
    anchor: Anchor = "explicit"
    mod: str | None = None
    told: tuple[date, Grain] | None = None
    zone: str | None = None
    extent: Extent | None = None
    doubt: bool = False


def mod_of(found: Found) -> str | None:
    """The TIMEX3 ``mod`` of an expression: START, MID, END, or how it is approximate."""
    mod = found.slots.get("mod") or found.slots.get("approx")
    return str(mod) if mod else None
