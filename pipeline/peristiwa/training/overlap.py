"""Whether running text holds a stretch of the texts that measure: such text is not learnt from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

OVERLAP = 50
"""Letters in a row that may not be shared."""


def stretches(texts: Iterable[str]) -> set[str]:
    """All stretches of so many letters that the texts have."""
    return {own[at : at + OVERLAP] for own in map(_letters, texts) for at in range(len(own) - OVERLAP + 1)}


def stands_in(text: str, known: Collection[str]) -> bool:
    """Whether a stretch of the text is among the ``known``."""
    letters = _letters(text)
    return any(letters[at : at + OVERLAP] in known for at in range(len(letters) - OVERLAP + 1))


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
