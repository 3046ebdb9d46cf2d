"""Headlines That Write Every Word with a Capital, read as a sentence would write them.

Models take each capital for a name there: "Israel Serang Gaza" is one place, "Bank Sentosa Caplok" one body, and what
happened is lost. Verbs, function words, and words that the text itself writes small become small for reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from peristiwa.language import Language

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_PLAIN = re.compile(r"\b[a-z][\w’'-]*")
_AMID = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]*")
"""A word with a capital in the middle of a sentence."""
LEAST, MOST = 3, 25
"""Words of a headline."""
REACH = 4000
"""Characters behind a headline in which the text shows how it writes a word."""


@dataclass(frozen=True)
class Headlines:
    """What is known of words: ``small`` are written small in headlines too, ``places`` stand before a name of a place.

    ``verbs`` are looked up in small letters, ``heads`` are what names of events and instruments begin with.
    """

    small: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    verbs: frozenset[str] = field(default=frozenset(), repr=False)

    def in_sentence_case(self, text: str) -> str:
        """``text`` with the headlines in it as a sentence would be written; no character moves."""
        parts: list[str] = []
        done = 0
        for line in _LINE.finditer(text):
            if self._is_headline(line[0]):
                for word in self._common(line[0], text[line.end() : line.end() + REACH]):
                    start, end = line.start() + word.start(), line.start() + word.end()
                    parts += [text[done:start], text[start:end].lower()]
                    done = end
        return "".join([*parts, text[done:]]) if parts else text

    def _is_headline(self, line: str) -> bool:
        words = _WORD.findall(line) if line[:1].isupper() or not line[:1].isalpha() else []
        titled = [word for word in words if word[0].isupper() and word[1:].islower()]
        # Two words tell the capitals of a headline, or one that is a verb: "DPR Sahkan RUU TPKS".
        told = len(titled) >= LEAST - 1 or any(word.lower() in self.verbs for word in titled if word != words[0])
        return (
            LEAST <= len(words) <= MOST
            and told
            and not line.rstrip().endswith(".")
            and all(word[0].isupper() or word in self.small for word in words)
        )

    def _common(self, line: str, behind: str) -> Iterator[re.Match[str]]:
        """The words of a headline that are no names, but for its first."""
        plain, named = frozenset(_PLAIN.findall(behind)), frozenset(_AMID.findall(behind))
        before = ""
        for number, word in enumerate(_WORD.finditer(line)):
            small = word[0].lower()
            is_name = before in self.places or word[0] in named or small in self.heads
            is_common = small in self.small or small in self.verbs or small in plain
            if number and word[0][1:].islower() and len(small) == len(word[0]) and is_common and not is_name:
                yield word
            before = small


def load_headlines(language: Language, verbs: frozenset[str]) -> Headlines:
    """The headlines of a language: its section ``headlines``, and the heads of the names of laws and events."""
    words, names = language.section("headlines"), language.section("entities")
    named = [name for kind in ("law", "event") for name in names.get(kind, {}).get("named", [])]
    heads = frozenset(name.split()[0].lower() for name in named)
    return Headlines(frozenset(words.get("small", [])), frozenset(words.get("places", [])), heads, verbs)
