"""What the learnt tokenizer gets wrong, put right by rules of the language: section ``tokenisation`` of its file.

Patterns say which stretches of text are one token (``whole``: addresses, abbreviations, repetitions) or fall into parts
(``parts``: ranges, brackets); ``unfinished`` words end no sentence with their full stop, what fits ``finished`` does;
``clitics`` leave their word. Only boundaries move: nothing is added to the text or taken from it.
``opening`` fits words of time that parsers take for a part of the name behind them (``dateline``).
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property, lru_cache

from peristiwa.annotate.engine.sentence import Sentence, Surface
from peristiwa.language import Language
from peristiwa.settings import Strict, validate

CLOSING = frozenset("\"'”’»)]}")
ENDS = re.compile(r"[!?]+")
ELLIPSIS = re.compile(r"…|\.\.+")
COMMON = 25_000
SHORTEST = 3
"""Letters that a clitic must leave."""
ACRONYM = re.compile(r"[A-Z][A-Z0-9]{2,}")
ROMAN, LETTER = re.compile(r"[IVXLC]+\."), re.compile(r"[A-Z]\.?$|\d")
WORD = re.compile(r"[A-Z]?[a-zà-ÿ-]+|[IVXL]{2,}")
"""A word or Roman numeral, whose full stop before a capital ends its sentence if it is no known abbreviation."""


class Pattern(Strict):
    """A regular expression with examples: text on the left, its tokens apart by spaces on the right."""

    pattern: str
    examples: dict[str, str]


class Clitics(Strict):
    """Endings that leave their word: after any form of the language, or only after a word of the lemmatiser's dictionary.

    ``whole`` words keep them, as do those that the dictionary lists with their ending ("masalah"); ``rejoined`` words get
    them back where the tokenizer has taken them off ("seandainya" is a conjunction). Other endings than these and the
    ``further`` ones are none, and go back to their word ("anti-geri|lya").
    """

    after_any: list[str] = []
    after_known: list[str] = []
    further: list[str] = []
    whole: list[str] = []
    rejoined: list[str] = []


class Rules(Strict):
    """Section ``tokenisation`` of a language's file."""

    whole: list[Pattern] = []
    parts: list[Pattern] = []
    unfinished: list[str] = []
    finished: list[Pattern] = []
    clitics: Clitics = Clitics()
    opening: str = "(?!)"

    @cached_property
    def opens(self) -> re.Pattern[str]:
        """``opening`` with the space behind it."""
        return re.compile(rf"(?:{self.opening}) ")


@lru_cache(maxsize=4)
def load_rules(language: Language) -> Rules:
    """The rules of a language, empty if its file has none. Raises SettingsError."""
    return validate(Rules, language.section("tokenisation"), language.path)


def repair(text: str, sentences: Sequence[Sequence[Surface]], rules: Rules) -> list[list[Surface]]:
    """The sentences of a text with their token and sentence boundaries put right."""
    tokens = [token for sentence in sentences for token in sentence]
    starts = {sentence[0].start for sentence in sentences if sentence}
    ends = [match for pattern in rules.finished for match in _compiled(pattern.pattern).finditer(text)]
    tokens = _recut(text, tokens, sorted(_stretches(text, rules, [end.span(1) for end in ends if end.re.groups])))
    starts &= {token.start for token in tokens}
    finished = {end.end() for end in ends}
    starts |= {after.start for token, after in itertools.pairwise(tokens) if token.end in finished}
    groups = _group(tokens, starts)
    unfinished = set(rules.unfinished)
    return _split_ends(text, _join(text, groups, unfinished, finished), unfinished)


def _stretches(text: str, rules: Rules, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where a token must begin and end, beside what is ``taken``; of overlapping stretches the first pattern's stays."""
    for pattern in rules.whole:
        for match in _compiled(pattern.pattern).finditer(text):
            if not _overlaps(taken, match.span()):
                taken.append(match.span())
    for pattern in rules.parts:
        for match in _compiled(pattern.pattern).finditer(text):
            if not _overlaps(taken, match.span()):
                taken += [match.span(group) for group in range(1, match.re.groups + 1) if match[group]]
    return iter(taken)


def _overlaps(taken: Sequence[tuple[int, int]], span: tuple[int, int]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in taken)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _recut(text: str, tokens: Sequence[Surface], stretches: Sequence[tuple[int, int]]) -> list[Surface]:
    """The tokens, cut at the edges of the stretches and made one inside each."""
    if not stretches:
        return list(tokens)
    begins = [start for start, _ in stretches]
    cut: list[Surface] = []
    for token in tokens:
        first = max(bisect_left(begins, token.start) - 1, 0)
        edges = {edge for span in stretches[first:] if span[0] < token.end for edge in span if token.start < edge < token.end}
        bounds = [token.start, *sorted(edges), token.end]
        if len(bounds) == 2:
            cut.append(token)
        else:
            cut += [Surface(text[a:b], a, b) for a, b in itertools.pairwise(bounds) if text[a:b].strip()]
    merged: list[Surface] = []
    inside = dict(stretches)
    position = 0
    while position < len(cut):
        token = cut[position]
        end = inside.get(token.start)
        if end is None or end == token.end:
            merged.append(token)
            position += 1
            continue
        while position < len(cut) and cut[position].end <= end:
            position += 1
        merged.append(Surface(text[token.start : end], token.start, end))
    return merged


def _group(tokens: Sequence[Surface], starts: set[int]) -> list[list[Surface]]:
    groups: list[list[Surface]] = []
    for token in tokens:
        if not groups or token.start in starts:
            groups.append([])
        groups[-1].append(token)
    return groups


def _join(text: str, sentences: Sequence[list[Surface]], unfinished: Set[str], finished: Set[int]) -> list[list[Surface]]:
    """Sentences that were cut after a title, an initial, a number of a list or an ellipsis, or before closing quotes.

    Not those that end at one of the places ``finished``.
    """
    joined: list[list[Surface]] = []
    for sentence in sentences:
        if joined and "\n" not in text[joined[-1][-1].end : sentence[0].start].replace("\r", ""):
            only_closing = all(token.text in CLOSING for token in sentence)
            if only_closing or (joined[-1][-1].end not in finished and _goes_on(joined[-1], sentence, unfinished)):
                joined[-1] = joined[-1] + sentence
                continue
        joined.append(sentence)
    return joined


def _goes_on(before: Sequence[Surface], after: Sequence[Surface], unfinished: Set[str]) -> bool:
    last = before[-1].text
    if last == "." and len(before) > 1 and before[-2].end == before[-1].start:
        last, shorter = before[-2].text + ".", before[:-1]
    else:
        shorter = before
    if ELLIPSIS.fullmatch(last) or (last == ".." and before[-1].text == "."):
        return after[0].text[:1].islower()
    if last in unfinished:
        return True
    if len(shorter) > 1 and shorter[-2].text in unfinished and ROMAN.fullmatch(last) and LETTER.match(after[0].text):
        return True  # "Peraturan No. IX. E. 1"
    if len(shorter) == 1 and re.fullmatch(r"(?:\d{1,3}|[ivxIVX]{1,4}|[A-Za-z])[.)]", last):
        return True  # a number before a heading, or an initial before a name
    if not re.fullmatch(r"(?:[A-Z]\.)+", last) or not after[0].text[:1].isupper():
        return False
    return len(shorter) == 1 or (len(shorter) > 2 and shorter[-2].text[:1].isupper())


def _split_ends(text: str, sentences: Sequence[list[Surface]], unfinished: Set[str]) -> list[list[Surface]]:
    """Sentences that go on after "!" or "?" outside quotes, or after the full stop of a word, with a capital.

    The stop is a token of its own: the tokenizer leaves that of an abbreviation on its word.
    """
    found: list[list[Surface]] = []
    for sentence in sentences:
        rest, quoted = [], False
        for token, following in zip(sentence, [*sentence[1:], None], strict=True):
            rest.append(token)
            quoted ^= token.text in '"“”'
            if following is None or quoted or not text[token.end : following.start].isspace():
                continue
            if not following.text[:1].isupper():
                continue
            ended = token.text == "." and len(rest) > 1 and _ends(rest[-2], token, unfinished)
            if ENDS.fullmatch(token.text) or ended:
                found.append(rest)
                rest = []
        if rest:
            found.append(rest)
    return found


def _ends(word: Surface, stop: Surface, unfinished: Set[str]) -> bool:
    if ACRONYM.fullmatch(word.text):
        return True
    known = bool(unfinished) and f"{word.text}." not in unfinished
    return known and word.end == stop.start and WORD.fullmatch(word.text) is not None


class CliticSplitter:
    """Takes clitics off words on which the tokenizer left them; made once for a model set.

    ``known`` are the words of the lemmatiser's dictionary in small letters, ``ranks`` all forms, the most frequent first:
    the rest must be more frequent than the whole, or "Maluku" would be "malu" and "-ku". Any form is one of the dictionary
    or of the ``COMMON`` most frequent.
    """

    def __init__(self, clitics: Clitics, known: Set[str], ranks: Mapping[str, int]) -> None:
        common = known | {form for form, rank in ranks.items() if rank < COMMON}
        self._endings = [(e, common) for e in clitics.after_any] + [(e, known) for e in clitics.after_known]
        self._kept = known | {*clitics.whole, *clitics.rejoined}
        self._clitics = frozenset([*clitics.after_any, *clitics.after_known, *clitics.further])
        self._rejoined = frozenset(clitics.rejoined)
        self._ranks = ranks

    def __call__(self, sentence: Sentence) -> Sentence:
        """The sentence with the word of such a token in two, the rest and the clitic, or in one again; tokens stay."""
        words: list[str] = []
        widths: list[int] = []
        position = 0
        for width in sentence.widths:
            own = sentence.words[position : position + width]
            position += width
            if width == 1 and (cut := self.clitic(own[0])):
                own = [own[0][:-cut], own[0][-cut:]]
            elif width == 2 and self._is_one(own):
                own = ["".join(own)]
            words += own
            widths.append(len(own))
        return sentence if len(words) == len(sentence.words) else replace(sentence, words=words, widths=widths)

    def _is_one(self, parts: Sequence[str]) -> bool:
        """Whether the second of two parts is no clitic, or is one that its word keeps."""
        other = bool(self._clitics) and parts[-1].lower().lstrip("-") not in self._clitics
        return other or "".join(parts).lower() in self._rejoined

    def clitic(self, word: str) -> int:
        """The length of the clitic that ``word`` ends in, 0 if it has none."""
        lower = word.lower()
        for ending, rests in self._endings:
            rest = lower[: -len(ending)]
            if rest.endswith("-") and lower.endswith(ending):
                return len(ending)  # of God: "umat-Nya"
            if lower.endswith(ending) and len(rest) >= SHORTEST and rest.isalpha():
                rarer = self._ranks.get(rest, len(self._ranks)) < self._ranks.get(lower, len(self._ranks) + 1)
                return len(ending) if rest in rests and rarer and lower not in self._kept else 0
        return 0
