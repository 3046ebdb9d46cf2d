"""A trigger that was found, before anything is known of its arguments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trigger over tokens ``[start, end)`` of a Doc.

    ``head`` is the token that heads the span in the tree; ``light_verb`` the verb that lends a noun its arguments
    ("melakukan" of "melakukan serangan"), or None; ``rule`` names what fired; ``score`` how sure it is, if known.
    """

    type: str
    start: int
    end: int
    head: int
    rule: str
    light_verb: int | None = None
    score: float | None = None
