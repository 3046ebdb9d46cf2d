"""What is wrong with an ontology file, told with its line, and which of its examples the pipeline fails.

``peristiwa ontology check FILE`` prints both: who adds a type sees at once whether it works and what it breaks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import ValidationError

from peristiwa.errors import SettingsError
from peristiwa.events.cues import load_cues
from peristiwa.events.lexicon import compile_lexicon
from peristiwa.events.morphology import VOICES, VOWELS, guesses
from peristiwa.events.priors import load_priors
from peristiwa.language import load_language
from peristiwa.models import locate
from peristiwa.ontology import SHIPPED, Example, Ontology, Pattern, load_ontology, read_ontology
from peristiwa.settings import config_path, load_settings
from peristiwa.types import Document, Failure

if TYPE_CHECKING:
    from peristiwa.extract import Extractor
    from peristiwa.types import Record

Mode = Literal["both", "rules", "model"]
ROOT = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
FILLERS = frozenset({"person", "thing"})
VERBAL = frozenset({"meN", "di", "memper", "diper"})
PLACES = frozenset({"noun", "passed", "deverbal"})
IN_TYPE = re.compile(r"^(?:Value error, )?(\w+), entry (\d+), (\w+): ")


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of a file, or a warning: the line it stands at (None in a file that this one extends), where and what."""

    line: int | None
    where: str
    what: str
    fatal: bool = True

    def __str__(self) -> str:
        line = f"line {self.line}, " if self.line else ""
        return f"{'' if self.fatal else 'warning: '}{line}{self.where}: {self.what}"


def path_of(file: Path | None, config: Path | None = None) -> Path:
    """The file itself, by default the ontology that the settings name: a path of the user's own, or a configuration file."""
    name = load_settings(config).ontology
    return file or (Path(name) if Path(name).exists() else config_path(name))


def check_file(path: Path) -> tuple[Ontology | None, list[Finding]]:
    """The ontology of a file, None if it cannot be used, and all that was found. Raises SettingsError if it is no YAML."""
    lines = Lines(path)
    data = read_ontology(path)
    try:
        ontology = Ontology.model_validate(data)
    except ValidationError as error:
        return None, [_schema_finding(lines, data, dict(item)) for item in error.errors() if not _is_echo(dict(item))]
    patterns = list(_patterns(ontology, lines))
    found = [*_root_findings(ontology, patterns), *_slot_findings(ontology, lines)]
    if any(finding.fatal for finding in found):
        return None, found
    return ontology, [*found, *_double_findings(ontology, lines)]


class Lines:
    """Where the keys and items of a YAML file stand."""

    def __init__(self, path: Path) -> None:
        try:
            self.root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError, OSError):  # read_yaml tells what and where
            self.root = None

    def find(self, *place: str | int) -> int | None:
        """The line of the innermost part of a place that the file has, counted from 1; None if not even the first is there."""
        node, line = self.root, None
        for part in place:
            inner: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == part:
                        inner, line = value, key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                inner = node.value[part]
                line = inner.start_mark.line + 1
            if inner is None:
                break
            node = inner
        return line

    def count(self, key: str) -> int:
        """How many items a list at the top of the file has."""
        node = self._top(key)
        return len(node.value) if isinstance(node, yaml.SequenceNode) else 0

    def _top(self, key: str) -> yaml.Node | None:
        pairs = self.root.value if isinstance(self.root, yaml.MappingNode) else ()
        return next((value for name, value in pairs if name.value == key), None)

    @property
    def types(self) -> frozenset[str]:
        """The types of the file itself, without those of one that it extends."""
        types = self._top("types")
        return frozenset(key.value for key, _ in types.value) if isinstance(types, yaml.MappingNode) else frozenset()


def _is_echo(error: dict[str, Any]) -> bool:
    """Whether a list is called too short only since its faulty items, which are told by themselves, do not count."""
    return error["type"] == "too_short" and bool(len(error["input"]) >= error["ctx"]["min_length"])


def _schema_finding(lines: Lines, data: dict[str, Any], error: dict[str, Any]) -> Finding:
    """A schema error, told with the type and the number of the entry, which a reader counts from 1."""
    place, what = error["loc"], str(error["msg"]).removeprefix("Value error, ")
    told = IN_TYPE.match(error["msg"])
    if place == ("types",) and told:
        name, number, key = told.groups()
        place, what = ("types", name, "entries", int(number) - 1, key), what.partition(": ")[2]
    where = ", ".join(
        f"entry {part + 1}" if isinstance(part, int) and place[at - 1] == "entries" else str(part)
        for at, part in enumerate(place)
        if part not in ("types", "entries", "[key]") or (part == "entries" and at == len(place) - 1)
    )
    if error["type"] == "missing" and place[-1] in ("examples", "has", "lacks"):
        what = "has no examples: give at least three sentences under `has`, trigger in [brackets], and three under `lacks`"
    elif place[-1:] == ("entries",) and (error["type"] == "missing" or not error["input"]):
        what = "has no entries: give at least one, with `roots` and `forms`, or with `words`"
    elif error["type"] == "missing":
        what = "is missing"
    elif error["type"] == "extra_forbidden":
        what = "no such key"
    elif error["type"] == "too_short":
        what = f"{what}, found {len(error['input'])}"
    return Finding(lines.find(*place), where or "(top)", what)


def _patterns(ontology: Ontology, lines: Lines) -> Iterator[tuple[int | None, str, Pattern]]:
    """(line, name for a reader, pattern) of everything in the file itself that lists roots."""
    for key in ("light_verbs", "phase_verbs", "reporting"):
        patterns = getattr(ontology, key)
        own = lines.count(key)  # they stand after those of a file that this one extends
        for number, pattern in enumerate(patterns[len(patterns) - own :]):
            yield lines.find(key, number), f"{key}, entry {number + 1}", pattern
    for name, kind in ontology.types.items():
        for number, entry in enumerate(kind.entries if name in lines.types else ()):
            yield lines.find("types", name, "entries", number), f"{name}, entry {number + 1}", entry


def _root_findings(ontology: Ontology, patterns: Sequence[tuple[int | None, str, Pattern]]) -> Iterator[Finding]:
    """Derivations that do not exist, and roots that the morphology cannot inflect: no word of letters, or derived already."""
    roots = {root for kind in ontology.types.values() for entry in kind.entries for root in entry.roots}
    for line, where, pattern in patterns:
        for affixes in ontology.affixes(pattern.forms):
            if affixes not in VOICES:
                known = ", ".join([*VOICES, *ontology.forms])
                yield Finding(line, f"{where}, forms", f"no derivation {affixes!r}; known are {known}")
        for root in pattern.roots:
            if ROOT.fullmatch(root) is None or root != root.lower() or not set(root) & set(VOWELS):
                what = f"{root!r} cannot be inflected: a root is one word of small letters; write other words under `words`"
                yield Finding(line, f"{where}, roots", what)
                continue
            inner = _derived_from(root, roots)
            if inner is not None:
                what = f"{root!r} is itself derived ({inner[1]} of {inner[0]!r}): name the root and the derivation"
                yield Finding(line, f"{where}, roots", what, fatal=False)


def _derived_from(word: str, roots: set[str]) -> tuple[str, str] | None:
    """The root of ``roots`` and the derivation with a prefix and a suffix, or meN- or di-, that ``word`` already is."""
    for root, affixes in guesses(word):
        prefix, _, suffix = affixes.partition("-")
        if root in roots and root != word and (prefix in VERBAL or (prefix not in ("", "0") and suffix)):
            return root, affixes
    return None


def _slot_findings(ontology: Ontology, lines: Lines) -> Iterator[Finding]:
    """Slots of ``roles`` that no rule fills."""
    general = load_cues(load_language(ontology.language)).roles
    shipped = {slot for kind in load_ontology(config_path(SHIPPED)).types.values() for slot in kind.roles}
    known = {part for slot in (*general, *shipped) for part in slot.split(".")} - FILLERS - PLACES
    for name, kind in ontology.types.items():
        for slot in kind.roles if name in lines.types else ():
            parts = [part for part in slot.split(".") if part not in PLACES]
            if not parts or parts[0] not in known or not set(parts[1:]) <= FILLERS:
                what = f"no slot {slot!r}; known are {', '.join(sorted(known))}, each alone or with .person or .thing"
                yield Finding(lines.find("types", name, "roles", slot), f"{name}, roles", what)


def _double_findings(ontology: Ontology, lines: Lines) -> Iterator[Finding]:
    """Words that two types claim under the same conditions, where this file is one of the two.

    Types of which weights were learnt (``priors``) share words on purpose: from the text around they are told apart.
    """
    learnt = load_priors(ontology.language).features
    claims: dict[tuple[object, ...], dict[str, tuple[str, str]]] = defaultdict(dict)
    for first, readings in compile_lexicon(ontology).readings.items():
        for reading in readings:
            conditions = (first, reading.rest, reading.required, reading.excluded, reading.weak)
            claims[conditions].setdefault(reading.type, (reading.rule, " ".join((first, *reading.rest))))
    told: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for claimed in claims.values():
        phrase = next(iter(claimed.values()))[1]
        told_apart = all(f"type={kind}" in learnt for kind in claimed)
        if len(claimed) > 1 and not told_apart and " - " not in phrase:  # the same word as a tokenizer may split it
            told[tuple(sorted(rule for rule, _ in claimed.values()))].append(phrase)
    for rules, words in sorted(told.items()):
        own = [rule.partition("/") for rule in rules if rule.partition("/")[0] in lines.types]
        if own:
            name, _, number = own[-1]
            others = " and ".join(rule.replace("/", ", entry ") for rule in rules if rule != f"{name}/{number}")
            some = ", ".join(words[:4]) + (" …" if len(words) > 4 else "")
            what = f"claims what {others} claims too ({some}): the score decides"
            yield Finding(lines.find("types", name, "entries", int(number) - 1), f"{name}, entry {number}", what, fatal=False)


def open_extractor(ontology: Ontology, config: Path | None = None) -> Extractor:
    """An Extractor that reads with this ontology and the settings of ``config``. Raises SettingsError, ModelError."""
    from peristiwa.extract import Extractor

    settings = load_settings(config).model_copy(update={"language": ontology.language})
    return Extractor(settings, locate(settings.models or settings.language), ontology)


def run_examples(extractor: Extractor, examples: Sequence[Example], modes: Sequence[Mode]) -> Iterator[tuple[Mode, list[str]]]:
    """For each way of finding triggers, what the pipeline makes wrong of the examples, one line each; the models run once.

    Raises SettingsError when the models fail on an example.
    """
    documents = [Document(str(number), example.text) for number, example in enumerate(examples)]
    annotated = []
    for example, item in zip(examples, extractor.annotate_many(documents), strict=True):
        if isinstance(item, Failure):
            raise SettingsError(f"{example.type}: the models fail on the example {example.text!r}: {item.reason}")
        annotated.append(item)
    for mode in modes:
        reader = extractor.having(triggers=mode)
        faults = (_fault(example, reader.read(*item)) for example, item in zip(examples, annotated, strict=True))
        yield mode, [fault for fault in faults if fault]


def _fault(example: Example, record: Record) -> str | None:
    if example.trigger is None:
        found = [event for event in record.events if event.type == example.type]
        return f"{example.type} lacks {example.text!r}: found {found[0].trigger.text!r} ({found[0].rule})" if found else None
    start, end = example.trigger
    here = [event for event in record.events if event.trigger.start < end and start < event.trigger.end]
    if any(event.type == example.type for event in here):
        return None
    instead = f"{here[0].type} ({here[0].rule})" if here else "nothing"
    return f"{example.type} has {example.text!r}: found {instead} at {example.text[start:end]!r}"
