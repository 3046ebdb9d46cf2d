"""How much of its sentence a time expression shares: "akan" speaks of its own clause only.

An expression stands behind the verb whose time it tells, before it ("Senin akan tiba"), or between subject and verb.
Words that open another clause part it from what stands beyond them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from peristiwa.dates.cues import one_of


class ClauseWords(NamedTuple):
    """``future`` cues and ``said``, verbs of saying; words that open a clause, or an ``adverbial`` one behind another, that
    open a ``relative`` one or close it, that join two; what a verb begins with, the ``nouns`` and small words that begin
    alike, verbs that do not; verbs of what is ``held``, whose time is that of the clause around them."""

    future: Collection[str]
    said: Collection[str]
    opening: Collection[str]
    adverbial: Collection[str]
    relative: Collection[str]
    closing: Collection[str]
    joining: Collection[str]
    prefixes: Collection[str]
    nouns: Collection[str]
    roots: Collection[str]
    held: Collection[str]


class Clauses:
    """Cuts the sentences of one language."""

    def __init__(self, words: ClauseWords) -> None:
        told = [word for word in words.said if word.startswith(tuple(words.prefixes))]
        kata, relative, joining = one_of(set(words.said) - set(told)), one_of(words.relative), one_of(words.joining)
        self.beside = re.compile(rf"\s+{one_of(words.future)}\b")
        self.speaker = re.compile(rf"[,\"”!?]\s*{kata}\b")  # '…," kata Budi di Solo, Senin'
        self.content = re.compile(rf"\b{one_of(told)}(?=\s*[,:\"“])")  # "mengatakan, rapat …"
        self.opened = re.compile(rf"\b{one_of(words.opening)}\s|;")
        self.closed = re.compile(rf",\s{relative}\s[^,]*,|\b{relative}\s[^,]*?\b{one_of(words.closing)}\b")
        self.relative = re.compile(rf"\b{relative}\s")
        verb = rf"(?:{one_of(words.future)}\b|{one_of(words.prefixes)}[a-z]{{3}})"
        joined = rf",\s{joining}\s(?=[a-z])|\s{joining}\s(?={verb})"
        self.next = re.compile(rf"\b(?:{one_of([*words.opening, *words.adverbial])}|{relative})\s|{joined}|;")
        self.held = re.compile(rf"\W*{one_of(words.held)}\b")
        self.prefixed = re.compile(rf"(?<![\w-]){one_of(words.prefixes)}[a-z]{{3,}}")
        self.roots = re.compile(rf"(?<![\w-]){one_of(words.roots)}\b")
        self.nouns = frozenset(words.nouns)

    def own(self, left: str, right: str) -> tuple[str, str]:
        """What of the text before and behind an expression is of its clause."""
        spoken = _behind(self.speaker, left)
        if spoken is not None:
            return spoken, ""
        for cut in (self.content, self.opened):
            inner = _behind(cut, left)
            left = left if inner is None else inner
        left = self.closed.sub(" ", left)
        inner = _behind(self.relative, left)
        # "warga yang mengungsi sejak Senin akan pulang"
        if inner is not None and self._verb(inner) and not self.held.match(inner):
            return inner, ""
        if match := self.beside.match(right):
            return left, match.group()
        if self._verb(left):  # "menangkap Budi Senin dan akan …", "bertemu Budi, Senin, … rencananya …"
            return left, ""
        if match := self.next.search(right):
            right = right[: match.start()]
        return left, right[: self._verb(right) or len(right)]

    def _verb(self, text: str) -> int:
        """Where the first verb of ``text`` ends, 0 without one."""
        ends = [match.end() for match in self.prefixed.finditer(text) if match.group() not in self.nouns][:1]
        ends += [match.end() for match in self.roots.finditer(text)][:1]
        return min(ends, default=0)


def _behind(pattern: re.Pattern[str], text: str) -> str | None:
    """What follows the last match, None without one."""
    ends = [match.end() for match in pattern.finditer(text)]
    return text[ends[-1] :] if ends else None
