"""Text to symbols: the first step of the cascade.

Every token becomes one *symbol*: where it ends, and one character that stands for the word classes it belongs to and,
where it is a word of the lexicon, for its value. A text is then a string of such characters, and the rules of the
grammar are regular expressions over that string (a finite-state cascade after Abney 1996).
All repetition in the token pattern is bounded or possessive, so that the work is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from peristiwa.dates.numbers import Classes, Value, read_digits, read_words

LOW, CAP, OTHER, BREAK = "LOW", "CAP", "OTHER", "BREAK"

# The alternatives are tried in this order; a number that is glued to letters, slashes or further digits falls through
# to the plainer alternatives, so that "10/2025" in "Fd/10/2025" or "B50" are not read as dates.
GAP = r"(?:[^\S\n]++|\n(?![^\S\n]*\n))*+"  # white space, but no blank line
SHAPES = r"""
    (?P<word>[^\W\d_]\w*(?:['’]\w+)?)
  | (?P<blank>\n[^\S\n]*\n)
  | (?=['’0-9])(?:  # at once past all that begins with a digit where there is none
    (?P<iso>(?<![\w./-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T\ ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?(?![\w/-]))
  | (?P<dmy>(?:(?<![\w/.-])|(?<=[(\s][0-9]-)|(?<=[(\s][0-9]{2}-)|(?<=[0-9]{4}-))
      (?:[0-9]{1,2}/\ ?[0-9]{1,2}/|[0-9]{1,2}[.]\ ?[0-9]{1,2}[.]|[0-9]{1,2}-\ ?[0-9]{1,2}-)\ ?
      (?:[0-9]{4}|(?<![.])['’]?[0-9]{2})(?![\w/-]|[.,][0-9]))
  | (?P<dm>(?:(?<![\w/.,-])|(?<=[(][0-9]-)|(?<=[(][0-9]{2}-))[0-9]{1,2}/[0-9]{1,2}(?![\w/-]|[.,][0-9]))
  | (?P<clock>(?<![\w/.,:])[0-9]{1,2}[.:][0-9]{2}(?:[.:][0-9]{2})?(?![\w%]|[.,:/][0-9]))
  | (?P<times>[0-9]{1,3}\ ?[xX]\ ?[0-9]{1,3}(?!\w))
  | (?P<decade>(?<![\w/.,])(?:[1-9][0-9]{2,3}|['’]?[0-9]{2}|[0-9](?=[-–‑]an))(?:[-–‑]?an|['’]?s)(?!\w))
  | (?P<nth>[0-9]{1,2}(?:st|nd|rd|th)(?!\w))
  | (?P<short>(?<!\w)['’][0-9]{2}(?!\w))
  | (?P<num>(?<![\w])[0-9]+(?:[.,][0-9]+){0,5}(?!\w)))
  | (?P<mixed>\w+)
  | (?P<punct>[^\w\s])
"""
PLAIN = r"[0-9]{1,4}+(?=\ (?![xX])|,(?![0-9])|\))|[0-9]{4}(?=\.(?:\s|\Z))"  # a number that no other shape can begin with
TOKEN = re.compile(SHAPES, re.VERBOSE)
# The tokens of a text, each with the white space before it, so that together they are the text up to its last token. What
# most texts mostly consist of comes first: plain words and numbers behind one space.
TOKENS = re.compile(
    rf"\ ?(?:[A-Za-z]++(?![\w'’])|{PLAIN})|[,.]|{GAP}(?:" + re.sub(r"\(\?P<\w+>", "(?:", SHAPES) + ")",
    re.VERBOSE,
)
CERTAIN = re.compile(r"[0-9]+(?:,[0-9]+)*\Z|[0-9]{1,3}(?:\.[0-9]{3})+\Z")  # a number, whatever stands around it
CONTINUED = re.compile(r"\n(?<=[\w,;)]\n)(?=[a-z])")
WRAPPED = re.compile(r"\n(?<=[\w,;)]\n)(?=\w)")
GLUED = re.compile(r"(?<=[a-z])[A-Z][a-z]{3,}\Z")
MEMORY, LONGEST = 50_000, 40  # how many surface forms, of up to how many characters, are remembered with their symbols
UNREAD = "\0"  # stands for a token that must be looked at where it stands


class Surfaces(dict[str, str]):
    """The symbol of each token (with the white space before it): that of its word in the lexicon, or by its shape."""

    def __init__(self, entries: Mapping[str, str], chars: Mapping[Classes, str], decimal: str) -> None:
        super().__init__(entries)
        self.entries = entries
        self.chars = chars
        self.decimal = decimal
        self.low, self.cap, self.other, self.blank = (chars[frozenset({name})] for name in (LOW, CAP, OTHER, BREAK))
        self.numbers: dict[str, Value] = {}

    def __missing__(self, token: str) -> str:
        surface = token.lstrip()
        known = self.entries.get(surface) or self._by_shape(surface, token)
        if len(self) < MEMORY and len(token) < LONGEST:
            self[token] = known
        return known

    def _by_shape(self, surface: str, token: str) -> str:
        first = surface[:1]
        if not first:
            return self.blank
        if first in "0123456789" or (first in "'’" and len(surface) > 1):
            if len(self) >= MEMORY or len(surface) >= LONGEST or not CERTAIN.match(surface):
                return UNREAD  # the same digits are a clock time here and a number there
            classes, value = read_digits("num", surface, self.decimal)
            if value is not None:
                self.numbers[token] = value
            return self.chars[classes]
        if first.isalnum() and not first.isdecimal():
            tail = GLUED.search(surface)
            if tail is not None and tail[0] in self.entries:
                return UNREAD
            return self.cap if first.isupper() else self.low
        return self.other


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the lexer knows: ``entries`` maps a surface form to its symbol, ``worth`` a symbol to its value where it has
    one of its own; ``surfaces``, ``digits`` and ``runs`` (of numeral words) are the symbols that were read before.
    ``spelling`` finds numbers of several words, and the prefix of ordinals before a number."""

    entries: Mapping[str, str]
    chars: Mapping[Classes, str]
    worth: Mapping[str, Value]
    numerals: Mapping[str, tuple[str, float]]
    prefix: str
    spelling: re.Pattern[str]
    decimal: str
    surfaces: Surfaces
    digits: dict[tuple[str, str], tuple[str, Value | None]] = field(default_factory=dict)
    runs: dict[tuple[str, ...], tuple[int, Value, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Symbols:
    """The symbols of a text: ``string`` has one character for each, ``ends`` where each ends, ``read`` the values that
    were read from the text, by where their symbol ends."""

    text: str
    lexicon: Lexicon
    string: str
    ends: list[int]
    read: dict[int, Value]

    def __len__(self) -> int:
        return len(self.ends)

    def start(self, index: int) -> int:
        """Where a symbol starts: behind the white space that follows the one before."""
        text, end = self.text, self.ends[index]
        at = self.ends[index - 1] if index else 0
        while at < end and text[at].isspace():
            at += 1
        return at

    def quote(self, index: int) -> str:
        """The text of a symbol."""
        return self.text[self.start(index) : self.ends[index]]

    def value(self, index: int) -> Value | None:
        """What the symbol says, None where it has no value."""
        known = self.lexicon.worth.get(self.string[index])
        return self.number(index) if known is None else known

    def number(self, index: int) -> Value | None:
        """The value of a symbol whose value stands in the text: a number, or a piece."""
        end = self.ends[index]
        known = self.read.get(end)
        if known is None:
            known = self.lexicon.surfaces.numbers.get(self.text[self.ends[index - 1] if index else 0 : end])
        return known

    def join(self, runs: list[tuple[int, int, str]]) -> None:
        """Makes one symbol of each run of symbols (first, last exclusive, the symbol); the runs are in order."""
        string, old = self.string, self.ends
        if len(runs) == 1:  # most sentences
            ((first, last, char),) = runs
            self.string = string[:first] + char + string[last:]
            self.ends = old[:first] + old[last - 1 :]
            return
        chars: list[str] = []
        ends: list[int] = []
        done = copied = 0
        for first, last, char in runs:
            chars.append(string[done:first])
            chars.append(char)
            done = last
            if last > first + 1:
                ends += old[copied:first]
                ends.append(old[last - 1])
                copied = last
        chars.append(string[done:])
        self.string = "".join(chars)
        if copied:
            self.ends = ends + old[copied:]


def unwrap(text: str) -> str:
    """The text with a space for every line end that only wraps a line: one before a lower-case word, and where a quarter
    of all are such, any within a sentence. No offset changes."""
    if "\n" not in text:
        return text
    continued = len(CONTINUED.findall(text))
    if not continued:
        return text
    wrapped = continued >= 3 and continued * 4 >= text.count("\n")
    return (WRAPPED if wrapped else CONTINUED).sub(" ", text)


def lex(text: str, lexicon: Lexicon) -> Symbols:
    """The symbols of ``text``, in order; numerals of several words are merged into one number, "ke-3" into one ordinal.

    A text is mostly words that have to do with no time, so all that holds for every token is done in bulk.
    """
    tokens = TOKENS.findall(text.rstrip())
    string = "".join(map(lexicon.surfaces.__getitem__, tokens))
    symbols = Symbols(text, lexicon, string, list(accumulate(map(len, tokens))), {})
    if UNREAD in string:
        _read(symbols)
    if lexicon.spelling.search(symbols.string):
        _merge_numerals(symbols)
    return symbols


def _read(symbols: Symbols) -> None:
    """Reads the tokens that ``Surfaces`` left unread: those made of digits, and two words without a space between them
    ("dikonfirmasiSelasa (21/10)"), which become two symbols."""
    text, lexicon, ends = symbols.text, symbols.lexicon, symbols.ends
    chars = list(symbols.string)
    index = len(chars)
    while (index := symbols.string.rfind(UNREAD, 0, index)) >= 0:
        start, end = symbols.start(index), ends[index]
        surface = text[start:end]
        if surface[0].isalpha():
            tail = GLUED.search(surface)
            assert tail is not None
            chars[index : index + 1] = [
                lexicon.surfaces.cap if surface[0].isupper() else lexicon.surfaces.low,
                lexicon.entries[tail[0]],
            ]
            ends.insert(index, start + tail.start())
            continue
        match = TOKEN.match(text, start)
        kind = (match.lastgroup or "") if match else ""
        symbol = lexicon.digits.get((kind, surface))
        if symbol is None:
            classes, value = read_digits(kind, surface, lexicon.decimal)
            symbol = (lexicon.chars[classes], value)
            if len(lexicon.digits) < MEMORY:
                lexicon.digits[kind, surface] = symbol
        chars[index] = symbol[0]
        if symbol[1] is not None:
            symbols.read[end] = symbol[1]
    symbols.string = "".join(chars)


def _merge_numerals(symbols: Symbols) -> None:
    """Joins runs of numeral words ("dua puluh lima", "kesembilan belas") and "ke-19" into single symbols."""
    lexicon = symbols.lexicon
    runs: list[tuple[int, int, str]] = []
    for match in lexicon.spelling.finditer(symbols.string):
        index, stop = match.span()
        if symbols.quote(index).lower() == lexicon.prefix:
            runs += _ordinal(symbols, index, stop)
            continue
        while stop - index > 1:
            words = tuple(symbols.quote(i).lower() for i in range(index, min(index + 12, stop)))
            known = lexicon.runs.get(words)
            if known is None:
                count, value, classes = read_words(words, lexicon.numerals)
                known = (count, value, lexicon.chars[classes])
                if len(lexicon.runs) < MEMORY:
                    lexicon.runs[words] = known
            count, value, char = known
            if count > 1:
                symbols.read[symbols.ends[index + count - 1]] = value
                runs.append((index, index + count, char))
            index += count
    if runs:
        symbols.join(runs)


def _ordinal(symbols: Symbols, index: int, stop: int) -> list[tuple[int, int, str]]:
    """ "ke-19" is an ordinal, "ke 19" and "ke - 19" are none."""
    ends = symbols.ends
    value = symbols.value(stop - 1)
    if symbols.start(index + 1) != ends[index] or not isinstance(value, int):
        return []
    if stop - index == 3 and symbols.quote(index + 1) not in ("-", "–", "‑"):
        return []
    symbols.read[ends[stop - 1]] = value
    return [(index, stop, symbols.lexicon.chars[frozenset({"ORD"})])]
