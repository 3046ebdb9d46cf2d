"""Words and phrases that say something about the clause in which they stand: tense, habit, speech, doubt."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

WORD = re.compile(r"\w+")


def one_of(phrases: Iterable[str]) -> str:
    """A regular expression for one of the phrases, longest first, any white space inside; for none, what matches nothing."""
    listed = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "(?:" + "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in listed) + ")" if listed else "(?!)"


class Cues:
    """Some words and phrases. A clause is first compared word by word, which is much faster than the ``pattern``."""

    def __init__(self, phrases: Iterable[str]) -> None:
        listed = set(phrases)
        self.pattern = re.compile(rf"\b{one_of(listed)}\b", re.IGNORECASE)
        self.words = frozenset(phrase for phrase in listed if " " not in phrase)
        self.heads = frozenset(phrase.split()[0] for phrase in listed) - self.words

    def found(self, clause: str, words: Collection[str] | None = None) -> bool:
        """Whether one of them stands in the clause; ``words`` are its words in lower case, where they are known."""
        if words is None:
            words = WORD.findall(clause.lower())
        if not self.words.isdisjoint(words):
            return True
        return not self.heads.isdisjoint(words) and self.pattern.search(clause) is not None


class Doubts(Cues):
    """Words of doubt, which count right before an expression, with at most one word of ``between`` in between."""

    def __init__(self, phrases: Iterable[str], between: Iterable[str]) -> None:
        super().__init__(phrases)
        self.phrases = tuple(phrases)
        one, two = ("|".join(map(re.escape, sorted(some))) for some in (self.phrases, between))
        self.behind = re.compile(rf"\b(?:{one})\s+(?:(?:{two})\s+)?\Z" if one else r"(?!)", re.IGNORECASE)

    def mentioned(self, text: str) -> bool:
        """Whether one of them stands anywhere in the text."""
        lower = text.lower()
        for phrase in self.phrases:  # noqa: SIM110 - as a generator it takes three times as long
            if phrase in lower:
                return True
        return False

    def before(self, text: str, start: int, reach: int) -> bool:
        """Whether one of them stands right before ``start``, at most ``reach`` characters away."""
        return self.behind.search(text, max(0, start - reach), start) is not None
