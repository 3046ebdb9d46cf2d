"""A trigger on its way: a reading that fits some words, then a candidate of which no arguments are known yet."""

from __future__ import annotations

from dataclasses import dataclass

from peristiwa.events.lexicon import Reading


@dataclass(frozen=True, slots=True)
class Hit:
    """A reading over tokens ``[start, end)`` whose conditions hold, ``met`` of them."""

    start: int
    end: int
    reading: Reading
    met: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trigger over tokens ``[start, end)`` of a Doc.

    ``head`` is the token that heads the span in the tree; ``light_verb`` the verb that lends a noun its arguments
    ("melakukan" of "melakukan serangan"), or None; ``rule`` names what fired; ``score`` how sure its finder is,
    ``confidence`` the calibrated probability that it is right (``confidence``), if known.
    """

    type: str
    start: int
    end: int
    head: int
    rule: str
    light_verb: int | None = None
    score: float | None = None
    confidence: float | None = None
