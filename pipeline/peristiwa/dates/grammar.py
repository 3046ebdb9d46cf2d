"""The grammar of time expressions as data: the ``dates`` section of a language file, validated and compiled.

A pattern of a rule is a regular expression whose atoms are word classes, not characters:

    UPPER          a symbol of that class; ^UPPER the same, written with a capital
    name:UPPER     the same, and its value fills the slot ``name``
    word           that very word, in any case;  "x" that very punctuation mark
    @name          a named part of ``parts``
    ( | ) ? *      as in regular expressions (every repetition is bounded to four)

``pieces`` build the parts of expressions out of words, ``expressions`` build expressions out of pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field

from peristiwa.dates.lexer import Classes, Lexicon, Slots, Surfaces, Value, number_signatures, read_roman
from peristiwa.dates.openings import Candidates, Item, Opening, openings
from peristiwa.errors import SettingsError
from peristiwa.language import Language, load_language
from peristiwa.settings import Strict, validate

Scalar = int | float | str
MEMBERS = ("ANYYEAR", "DAY", "NUM", "CLOCK", "ORD", "ROMAN", "SHORTDECADE")
Form = Literal["calendar", "period", "week", "ago", "count", "duration", "set", "reference", "feast"]
ATOM = re.compile(
    r"""\s+
    | (?:(?P<slot>[a-z_]+):)?(?P<capital>\^?)(?:(?P<upper>[A-Z][A-Z0-9]*)|"(?P<quoted>[^"]+)"|(?P<word>[^\W\d_A-Z]+))
    | @(?P<part>[a-z_]+)
    | (?P<operator>[()|?*])""",
    re.VERBOSE,
)


class Example(Strict):
    """A text and the whole expressions that must be found in it, as "value" or "value mod" by their quoted text."""

    text: str
    published: str | None = None
    finds: dict[str, str | None] = {}


class Rule(Strict):
    """One rule: what it builds (``kind`` of a piece or ``form`` of an expression), from what, with what constants."""

    name: str
    pattern: str
    kind: str = ""
    form: Form = "calendar"
    set: dict[str, Scalar] = {}
    examples: list[Example] = Field(min_length=1)


class Feast(Strict):
    """A feast day: its names, and either the key of the ``holidays`` library or a fixed day, or a Hijri day.

    ``shift`` counts days from there (Easter from Good Friday), ``part`` is a part of that day.
    """

    names: list[str]
    decreed: str | None = None
    fixed: str | None = None
    hijri: str | None = None
    shift: int = 0
    part: str | None = None


class Guards(Strict):
    """What marks that a number or a bare year is no time; all word lists, lower case."""

    number_heads: list[str] = []
    counted: list[str] = []
    money: list[str] = []
    law_heads: list[str] = []
    year_cues: list[str] = []
    happening_heads: list[str] = []
    amount_cues: list[str] = []
    part_cues: list[str] = []
    part_blocks: list[str] = []
    name_heads: list[str] = []
    person_cues: list[str] = []
    place_heads: list[str] = []
    feast_places: list[str] = []
    scales: list[str] = []
    rate_cues: list[str] = []
    then_words: list[str] = []
    then_cues: list[str] = []
    then_after: list[str] = []


class Tense(Strict):
    future: list[str] = []
    past: list[str] = []
    until: list[str] = []
    length: list[str] = []
    habit: list[str] = []
    overnight: list[str] = []
    uncertain: list[str] = []
    said: list[str] = []


class Numerals(Strict):
    unit: dict[str, float] = {}
    half: dict[str, float] = {}
    teen: dict[str, float] = {}
    times: dict[str, float] = {}
    ordinal: dict[str, float] = {}
    prefix: str = ""


class DatesSection(Strict):
    """The ``dates`` section of a language file."""

    decimal: Literal[",", "."] = ","
    values: dict[str, dict[Scalar, list[str]]]
    words: dict[str, list[str]]
    links: list[str] = []
    clitics: dict[str, list[str]] = {}
    numerals: Numerals
    parts: dict[str, str] = {}
    pieces: list[Rule]
    expressions: list[Rule]
    feasts: list[Feast] = []
    guards: Guards = Guards()
    tense: Tense = Tense()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule ready to run: ``slots`` are the capturing groups (number, slot name, word class), ``set`` the constants of the
    rule and its kind, ``several`` says that it reads more than one unit."""

    rule: Rule
    regex: re.Pattern[str]
    slots: tuple[tuple[int, str, str], ...]
    kind_char: str
    set: Slots
    several: bool
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language's grammar of time, compiled. ``members`` are the symbol characters of the classes of numbers;
    ``piece_start`` finds a symbol that some piece may begin with, and ``piece_at`` has the rules that may, by two symbols."""

    code: str
    section: DatesSection
    lexicon: Lexicon
    pieces: tuple[Compiled, ...]
    expressions: tuple[Compiled, ...]
    piece_start: re.Pattern[str]
    expression_start: re.Pattern[str]
    piece_at: Candidates[Compiled]
    expression_at: Candidates[Compiled]
    members: dict[str, frozenset[str]]
    links: frozenset[str]
    guards: dict[str, frozenset[str]]
    future: re.Pattern[str]
    past: re.Pattern[str]
    said: re.Pattern[str]
    uncertain: re.Pattern[str]


def atoms(pattern: str, parts: dict[str, str], where: str) -> Iterable[re.Match[str]]:
    """The atoms of a pattern with its named parts put in. Raises SettingsError where it cannot be read."""
    position = 0
    while position < len(pattern):
        match = ATOM.match(pattern, position)
        if match is None:
            raise SettingsError(f"{where}: cannot read the pattern at {pattern[position : position + 20]!r}.")
        position = match.end()
        part = match["part"]
        if part:
            if part not in parts:
                raise SettingsError(f"{where}: no part is named {part!r}.")
            yield from atoms(f"({parts[part]})", parts, where)
        elif match[0].strip():
            yield match


def _literals(section: DatesSection, where: str) -> set[str]:
    found = set()
    for rule in (*section.pieces, *feast_rules(section), *section.expressions):
        for match in atoms(rule.pattern, section.parts, f"{where}: {rule.name}"):
            found |= {text for text in (match["quoted"], match["word"]) if text}
    return found


def feast_rules(section: DatesSection) -> tuple[Rule, ...]:
    """Rules that read the names of the feasts, one of whose first two words must have a capital unless it is an eve."""
    rules = []
    for index, feast in enumerate(section.feasts):
        written = []
        for name in feast.names:
            words = [f'"{word}"' for word in name.split()]
            written += [" ".join([*words[:n], "^" + words[n], *words[n + 1 :]]) for n in range(min(2, len(words)))]
            if feast.part:
                written.append(" ".join(words))
        pattern = " | ".join(written)
        slots: dict[str, Scalar] = {"feast": index}
        rules.append(Rule.model_construct(name=feast.names[0], pattern=pattern, kind="FEAST", set=slots, examples=[]))
    return tuple(rules)


def _compile(rule: Rule, section: DatesSection, chars: dict[Classes, str], where: str) -> Compiled:
    out: list[str] = []
    slots: list[tuple[int, str, str]] = []
    items: list[Item] = []
    for match in atoms(rule.pattern, section.parts, f"{where}: {rule.name}"):
        name, capital, upper, quoted, word, _, operator = match.groups()
        if operator:
            out.append({"(": "(?:", "*": "{0,4}"}.get(operator, operator))
            items.append(operator)
            continue
        wanted = {upper} if upper else {"=" + (quoted or word)}
        if capital:
            wanted.add("^")
        fitting = frozenset(char for classes, char in chars.items() if wanted <= classes)
        if not fitting:
            raise SettingsError(f"{where}: {rule.name}: no word has the class {'+'.join(sorted(wanted))}.")
        items.append(fitting)
        group = f"[{''.join(map(re.escape, sorted(fitting)))}]"
        if name:
            slots.append((len(slots) + 1, name, upper or ""))
            group = f"({group})"
        out.append(group)
    return Compiled(
        rule=rule,
        regex=re.compile("".join(out)),
        slots=tuple(slots),
        kind_char=chars.get(frozenset({rule.kind}), ""),
        set={"kind": rule.kind, **rule.set} if rule.kind else dict(rule.set),
        several=any(name == "unit_two" for _, name, _ in slots),
        openings=openings(items),
    )


def compile_grammar(language: Language) -> Grammar:
    """The grammar of a language. Raises SettingsError for a section that is missing or wrong."""
    where = str(language.path)
    raw: Any = language.section("dates")
    if not raw:
        raise SettingsError(f"{where}: has no section 'dates', so that no time expression can be found.")
    section = validate(DatesSection, raw, f"{where}: dates")
    classes: dict[str, set[str]] = {}
    values: dict[str, Value] = {}
    for name, table in section.values.items():
        for value, words in table.items():
            for word in words:
                for form in (word, *(word + clitic for clitic in section.clitics.get(name, []))):
                    classes.setdefault(form, set()).add(name)
                    # a word of two classes ("minggu") keeps one value for each
                    held = values.setdefault(form, {})
                    assert isinstance(held, dict)
                    held[name] = value
    for name, words in section.words.items():
        for word in words:
            classes.setdefault(word, set()).add(name)
    for word in _literals(section, where):
        classes.setdefault(word, set()).add("=" + word)
    numerals: dict[str, tuple[str, float]] = {}
    for kind in ("unit", "half", "teen", "times", "ordinal"):
        for word, number in getattr(section.numerals, kind).items():
            numerals[word] = (kind, number)
            classes.setdefault(word, set()).add("NUMERAL")
    if section.numerals.prefix:
        numerals[section.numerals.prefix] = ("prefix", 0)
        classes.setdefault(section.numerals.prefix, set()).add("NUMERAL")

    surfaces: dict[str, Classes] = {}
    for word, found in classes.items():
        for form in {word, word.capitalize(), word.upper()}:
            surfaces[form] = frozenset(found | ({"^"} if form[0].isupper() else set()))
    for number in range(1, 40):
        roman = _roman(number)
        surfaces[roman] = surfaces.get(roman, frozenset({"^"})) | {"ROMAN"}
        if roman.lower() not in classes:
            values[roman] = number
    piece_rules = (*section.pieces, *feast_rules(section))
    kinds = {rule.kind for rule in piece_rules}
    universe = sorted(
        set(surfaces.values()) | number_signatures() | {frozenset({kind}) for kind in kinds}, key=lambda s: sorted(s)
    )
    chars = {signature: chr(0x4E00 + index) for index, signature in enumerate(universe)}
    entries = {
        form: (chars[found], values.get(form) if form in values else values.get(form.lower()))
        for form, found in surfaces.items()
    }
    pieces = tuple(_compile(rule, section, chars, where) for rule in piece_rules)
    expressions = tuple(_compile(rule, section, chars, where) for rule in section.expressions)
    spelling = "".join(re.escape(char) for found, char in chars.items() if "NUMERAL" in found)
    return Grammar(
        code=language.code,
        section=section,
        lexicon=Lexicon(
            entries=entries,
            chars=chars,
            numerals=numerals,
            spelling=re.compile(f"[{spelling}]" if spelling else "(?!)"),
            decimal=section.decimal,
            surfaces=Surfaces(entries, chars),
            values={form: value for form, (_, value) in entries.items() if value is not None},
        ),
        guards={name: frozenset(getattr(section.guards, name)) for name in Guards.model_fields},
        pieces=pieces,
        expressions=expressions,
        piece_start=_any_first(pieces),
        expression_start=_any_first(expressions),
        piece_at=Candidates(pieces),
        expression_at=Candidates(expressions),
        members={name: frozenset(c for found, c in chars.items() if name in found) for name in MEMBERS},
        links=frozenset(section.links),
        future=_words(section.tense.future),
        past=_words(section.tense.past),
        said=_words(section.tense.said),
        uncertain=_before(section.tense.uncertain, section.guards.year_cues),
    )


def _any_first(rules: Iterable[Compiled]) -> re.Pattern[str]:
    firsts = frozenset().union(*(way.first for compiled in rules for way in compiled.openings))
    return re.compile(f"[{''.join(map(re.escape, sorted(firsts)))}]")


def _before(words: list[str], between: list[str]) -> re.Pattern[str]:
    """Matches one of the words at the end of a text, with at most one word of ``between`` behind it."""
    one, two = ("|".join(map(re.escape, sorted(some))) for some in (words, between))
    return re.compile(rf"\b(?:{one})\s+(?:(?:{two})\s+)?\Z" if words else r"(?!)", re.IGNORECASE)


def _words(words: list[str]) -> re.Pattern[str]:
    listed = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=lambda w: (-len(w), w)))
    return re.compile(rf"\b(?:{listed})\b" if words else r"(?!)", re.IGNORECASE)


def _roman(number: int) -> str:
    tens, ones = divmod(number, 10)
    text = "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
    assert read_roman(text) == number
    return text


@lru_cache(maxsize=8)
def load_grammar(code: str) -> Grammar:
    """The compiled grammar of ``config/languages/<code>.yaml``, kept for the life of the process."""
    return compile_grammar(load_language(code))
