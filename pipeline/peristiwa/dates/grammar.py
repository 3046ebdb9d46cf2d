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

from peristiwa.dates.automaton import REPEATED, Alphabet, Automaton, Item, one_of
from peristiwa.dates.clause import Clauses, ClauseWords
from peristiwa.dates.cues import Cues, Doubts
from peristiwa.dates.lexer import BREAK, CAP, LOW, OTHER, Lexicon, Surfaces
from peristiwa.dates.lexicon import forms_of, spelling_of
from peristiwa.dates.numbers import Classes, Value, number_signatures
from peristiwa.errors import SettingsError
from peristiwa.language import Language, load_language
from peristiwa.settings import Strict, validate

Scalar = int | float | str
MEMBERS = (
    *("ANYYEAR", "YEAR3", "DAY", "NUM", "CLOCK", "ORD", "ROMAN", "SHORTDECADE", "DASH", "AMBIDAY", "SPELT"),
    *("LINK", "LINKEND"),
)
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
    year_ends: list[str] = []
    year_cues: list[str] = []
    month_cues: list[str] = []
    happening_heads: list[str] = []
    amount_cues: list[str] = []
    part_cues: list[str] = []
    part_blocks: list[str] = []
    name_heads: list[str] = []
    person_cues: list[str] = []
    given_names: list[str] = []
    quarter_blocks: list[str] = []
    decade_heads: list[str] = []
    place_heads: list[str] = []
    feast_places: list[str] = []
    scales: list[str] = []
    rate_cues: list[str] = []
    then_words: list[str] = []
    then_cues: list[str] = []
    then_after: list[str] = []
    life_marks: list[str] = []
    openers: list[str] = []
    year_fields: list[str] = []
    instruments: list[str] = []
    seasons: list[str] = []


class Tense(Strict):
    future: list[str] = []
    past: list[str] = []
    thwarted: list[str] = []
    until: list[str] = []
    length: list[str] = []
    habit: list[str] = []
    closing: list[str] = []
    opening: list[str] = []
    adverbial: list[str] = []
    held: list[str] = []
    relative: list[str] = []
    joining: list[str] = []
    prefixes: list[str] = []
    nouns: list[str] = []
    roots: list[str] = []
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
    lists: list[str] = []
    either: list[str] = []
    exactly: list[str] = []
    sides: dict[int, list[str]] = {}
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
    """A rule ready to run: ``items`` are its operators and classes, ``slots`` the capturing groups (number, slot name, word
    class), ``kind_char`` the symbol of the piece that it builds; ``several`` says that it reads more than one unit."""

    name: str
    kind: str
    form: Form
    set: dict[str, Scalar]
    regex: re.Pattern[str]
    items: tuple[Item, ...]
    slots: tuple[tuple[int, str, str], ...]
    kind_char: str
    several: bool


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language's grammar of time, compiled. ``members`` are the symbols of some classes: those of the numbers, LINK and
    LINKEND for the words that ``links`` begin and end with; ``spans`` are the links that are no ``lists``."""

    code: str
    section: DatesSection
    lexicon: Lexicon
    pieces: Automaton
    expressions: Automaton
    members: dict[str, frozenset[str]]
    links: frozenset[str]
    lists: frozenset[str]
    spans: frozenset[str]
    exactly: frozenset[str]
    sides: dict[str, int]
    guards: dict[str, frozenset[str]]
    future: Cues
    past: Cues
    thwarted: frozenset[str]
    tensed: frozenset[str]
    clauses: Clauses
    said: Cues
    habit: frozenset[str]
    until: frozenset[str]
    uncertain: Doubts


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


def _compile(rule: Rule, section: DatesSection, chars: dict[str, Classes], kinds: dict[str, str], where: str) -> Compiled:
    out: list[str] = []
    slots: list[tuple[int, str, str]] = []
    items: list[Item] = []
    for match in atoms(rule.pattern, section.parts, f"{where}: {rule.name}"):
        name, capital, upper, quoted, word, _, operator = match.groups()
        if operator:
            out.append({"(": "(?:", "*": f"{{0,{REPEATED}}}"}.get(operator, operator))
            items.append(operator)
            continue
        wanted = {upper} if upper else {"=" + (quoted or word)}
        if capital:
            wanted.add("^")
        fitting = frozenset(char for char, classes in chars.items() if wanted <= classes)
        if not fitting:
            raise SettingsError(f"{where}: {rule.name}: no word has the class {'+'.join(sorted(wanted))}.")
        items.append(fitting)
        group = one_of(fitting)
        if name:
            slots.append((len(slots) + 1, name, upper or ""))
            group = f"({group})"
        out.append(group)
    return Compiled(
        name=rule.name,
        kind=rule.kind,
        form=rule.form,
        set=rule.set,
        regex=re.compile("".join(out)),
        items=tuple(items),
        slots=tuple(slots),
        kind_char=kinds.get(rule.kind, ""),
        several=any(name == "unit_two" for _, name, _ in slots),
    )


def compile_grammar(language: Language) -> Grammar:
    """The grammar of a language. Raises SettingsError for a section that is missing or wrong."""
    where = str(language.path)
    raw: Any = language.section("dates")
    if not raw:
        raise SettingsError(f"{where}: has no section 'dates', so that no time expression can be found.")
    section = validate(DatesSection, raw, f"{where}: dates")
    rules = (*section.pieces, *feast_rules(section))
    forms, numerals = forms_of(section, _literals(section, where))
    chars: dict[str, Classes] = {}  # the classes of each symbol
    worth: dict[str, Value] = {}
    symbols: dict[object, str] = {}

    def symbol_of(classes: Classes, value: Value | None = None) -> str:
        char = symbols.setdefault((classes, repr(value)), chr(0x4E00 + len(symbols)))
        chars[char] = classes
        if value is not None:
            worth[char] = value
        return char

    shapes = {shape: symbol_of(shape) for shape in sorted(number_signatures(), key=sorted)}
    numbers = frozenset(shapes.values())
    shapes |= {shape: symbol_of(shape) for shape in (frozenset({name}) for name in (LOW, CAP, OTHER, BREAK))}
    kinds = {kind: symbol_of(frozenset({kind})) for kind in sorted({rule.kind for rule in rules})}
    entries = {form: symbol_of(*said) for form, said in forms.items()}
    compiled = [_compile(rule, section, chars, kinds, where) for rule in (*rules, *section.expressions)]
    members = {name: frozenset(char for char, found in chars.items() if name in found) for name in MEMBERS}
    unknown = frozenset(shapes[frozenset({name})] for name in (LOW, CAP, OTHER))
    alphabet = Alphabet(worth, numbers, unknown, {char: kind for kind, char in kinds.items()})
    future, past = Cues(section.tense.future), Cues(section.tense.past)
    return Grammar(
        code=language.code,
        section=section,
        lexicon=Lexicon(
            entries=entries,
            chars=shapes,
            worth=worth,
            numerals=numerals,
            prefix=section.numerals.prefix,
            spelling=spelling_of(section.numerals.prefix, entries, members, (numbers | members["ROMAN"]) - members["SPELT"]),
            decimal=section.decimal,
            surfaces=Surfaces(entries, shapes, section.decimal),
        ),
        exactly=frozenset(section.exactly),
        sides={word: sign for sign, words in section.sides.items() for word in words},
        guards=_guards(section),
        pieces=Automaton(compiled[: len(rules)], alphabet),
        expressions=Automaton(compiled[len(rules) :], alphabet),
        members=members,
        links=frozenset(section.links),
        lists=frozenset(section.lists),
        spans=frozenset(section.links) - frozenset(section.lists),
        future=future,
        past=past,
        thwarted=frozenset(section.tense.thwarted),
        tensed=future.words | future.heads | past.words | past.heads,
        clauses=Clauses(ClauseWords(*(getattr(section.tense, name) for name in ClauseWords._fields))),
        said=Cues(section.tense.said),
        habit=frozenset(section.tense.habit),
        until=frozenset(section.tense.until),
        uncertain=Doubts(section.tense.uncertain, section.guards.year_cues),
    )


def _guards(section: DatesSection) -> dict[str, frozenset[str]]:
    """The word lists of the guards, the verbs of saying, what links a list, and ``titles``: the cues of a person that are
    none ("Pak")."""
    lists = {name: frozenset(getattr(section.guards, name)) for name in Guards.model_fields}
    said = frozenset(section.tense.said)
    return {**lists, "said": said, "lists": frozenset(section.lists), "titles": lists["person_cues"] - said}


@lru_cache(maxsize=8)
def load_grammar(code: str) -> Grammar:
    """The compiled grammar of ``config/languages/<code>.yaml``, kept for the life of the process."""
    return compile_grammar(load_language(code))
