"""The patterns that the others are made of: one of some words, a word of a name, initials."""

from __future__ import annotations

import re
from collections.abc import Iterable

# One word of a name: capitalised, an initialism, or parts joined by hyphen, slash or full stop.
NAME_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’&]*+(?:[-/.][\w'’]++)*+"
INITIALS = r"(?:(?:[A-Z]\.){2,4}|[A-Z]{1,4}\b(?![/-]\w|\.\w))"


def any_of(words: Iterable[str]) -> str:
    """A regular expression for one of ``words``, longest first, any white space between their parts; none match none.

    What they begin with is looked at first, since at most places of a text it tells that none of many words stands there.
    """
    parts = [word.split() for word in sorted(set(words), key=lambda w: (-len(w), w)) if word.strip()]
    if not parts:
        return "(?!)"
    initials = "".join(sorted({re.escape(part[0][0]) for part in parts}))
    return rf"(?=[{initials}])(?:" + "|".join(r"\s".join(map(re.escape, part)) for part in parts) + ")"
