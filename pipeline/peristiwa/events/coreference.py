"""Which later mentions tell the very same happening again.

Each mention chooses among the earlier ones of its type, or none: a conditional logistic model over named features of the
two (mention ranking, Denis and Baldridge 2008), learnt from annotated documents. The weights are a JSON file,
``feature -> weight``, made by ``python -m peristiwa.training.coreference``; without it, and for types that it has not
learnt (a user's own), the rule of ``find_same`` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pydantic import Field

from peristiwa.events.candidate import Candidate
from peristiwa.events.context import word_after, word_before
from peristiwa.events.cues import Cues
from peristiwa.events.weights import chances, read_weights, total
from peristiwa.models import WEIGHTS
from peristiwa.settings import Strict
from peristiwa.types import ROLES, Argument, Entity, Modality, Time

if TYPE_CHECKING:
    from spacy.tokens import Doc

NAME = "coreference.json"
WORD = re.compile(r"\w+")
EMPTY = frozenset(["itu", "ini", "tersebut", "para", "yang", "di", "dan", "sang", "si"])
CONTRASTING = ("object", "place", "recipient")
NAMED = frozenset({"PER", "ORG", "LOC"})
DAY = len("2018-03-14")
REACH = 12
"""How many earlier mentions of a type are considered, the nearest first."""


@dataclass(frozen=True, slots=True)
class Mention:
    """What is compared of one mention: type, root of the trigger, arguments, the day told with it.

    ``stance`` marks what someone says for or against something: said by another, it is another happening. What only the
    learnt choice reads: the ``form`` of the trigger ("deverbal", "active" …), whether it is ``definite`` ("serangan
    itu"), the ``sentence``, the content ``words`` of the sentence by lemma, the trigger's token ``head`` and those
    ``above`` it in the tree. ``fresh`` are mentions of something told for the first time (``is_fresh``). ``span`` are the
    first and last day of the event's own times but those that it lasts until, ``named`` the names that its object is.
    """

    type: str
    root: str
    arguments: tuple[Argument, ...]
    day: str | None
    stance: bool = False
    modality: Modality = "asserted"
    form: str = ""
    definite: bool = False
    sentence: int = 0
    words: frozenset[str] = frozenset()
    head: int = -1
    above: tuple[int, ...] = ()
    fresh: bool = False
    span: tuple[str, str] | None = None
    named: frozenset[str] = frozenset()


class Link(NamedTuple):
    """The index of an earlier mention of the same happening, or None; and how likely each one on offer is that."""

    same: int | None
    chances: Sequence[tuple[int, float]] = ()


class Finder(Protocol):
    """Who says which earlier mention is the same happening."""

    def find(self, mention: Mention, earlier: Sequence[Mention]) -> Link:
        """What links a mention to an earlier one."""
        ...


class CoreferenceFile(Strict):
    """The content of ``coreference.json``."""

    threshold: float
    features: dict[str, float]
    made_by: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class CoreferenceModel:
    """Weights by feature name, and the probability from which two mentions are held to be one happening."""

    features: Mapping[str, float] = field(repr=False)
    threshold: float = 0.5

    def knows(self, mention: Mention) -> bool:
        """Whether anything was learnt of the type."""
        return f"type={mention.type}" in self.features

    def find(self, mention: Mention, earlier: Sequence[Mention]) -> Link:
        """The likeliest earlier mention, from the threshold on; the rule's answer for a type that was not learnt."""
        if not self.knows(mention):
            return Link(find_same(mention, earlier))
        return self.choose(self.weigh(mention, earlier))

    def choose(self, weighed: Sequence[tuple[int, float, list[str]]]) -> Link:
        """The likeliest of those on offer, from the threshold on, and the probability of each."""
        chances = [(at, chance) for at, chance, _ in weighed]
        at, chance = likeliest(chances)
        return Link(at if chance >= self.threshold else None, chances)

    def weigh(self, mention: Mention, earlier: Sequence[Mention]) -> list[tuple[int, float, list[str]]]:
        """The earlier mentions on offer, the nearest first, each with its probability and the features that hold."""
        offered = [at for at in antecedents(mention, earlier) if not _excluded(mention, earlier[at])]
        named = list(pair_features(mention, earlier, offered))
        return list(zip(offered, chances([total(self.features, names) for names in named]), named, strict=True))


def likeliest(chances: Sequence[tuple[int, float]]) -> tuple[int | None, float]:
    """The likeliest earlier mention and its probability, (None, 0) where there is none to choose."""
    return max(chances, key=lambda pair: pair[1], default=(None, 0.0))


@lru_cache(maxsize=4)
def load_coreference(language: str, path: Path | None = None) -> CoreferenceModel | None:
    """The coreference model of a language, or None where none ships. Raises SettingsError if the file is damaged."""
    loaded = read_weights(CoreferenceFile, path or WEIGHTS / language / NAME, "peristiwa.training.coreference")
    return None if loaded is None else CoreferenceModel(loaded.features, loaded.threshold)


def find_same(mention: Mention, earlier: Sequence[Mention]) -> int | None:
    """The index of the nearest earlier mention of the same happening, or None, by rule.

    Conservative: the same type and root, no object, place or recipient that contradicts the other's, no other day.
    """
    for index in antecedents(mention, earlier, reach=len(earlier)):
        other = earlier[index]
        if other.root == mention.root and not _excluded(mention, other) and not _contradict(mention, other):
            return index
    return None


def antecedents(mention: Mention, earlier: Sequence[Mention], *, reach: int = REACH) -> list[int]:
    """The indices of the earlier mentions of the same type, the nearest first."""
    return [index for index in range(len(earlier) - 1, -1, -1) if earlier[index].type == mention.type][:reach]


def is_fresh(doc: Doc, candidate: Candidate, arguments: Sequence[Argument], cues: Cues) -> bool:
    """Whether a mention tells of something for the first time: by its object ("mendirikan sebuah masjid", "menangkap dua
    orang lain") or, of a noun, by what counts it ("gempa kedua", "dua gempa", but not "kedua gempa itu")."""
    objects = (WORD.findall(argument.text.lower()) for argument in arguments if argument.role == "object")
    if any(words and (words[0] in cues.indefinite or words[-1] in cues.other) for words in objects):
        return True
    trigger, after = doc[candidate.head], word_after(doc, candidate.end - 1)
    if trigger.pos_ != "NOUN" or after is None or after.lower_ in cues.demonstratives:
        return False
    before = word_before(doc, candidate.start)
    counted = before is not None and before.i >= trigger.sent.start and before.pos_ == "NUM"
    another = {doc[candidate.end - 1].lower_, after.lower_} & cues.other  # "gempa susulan" may be one trigger
    return counted or after.lower_ in cues.ordinals or bool(another)


def span_of(times: Sequence[Time]) -> tuple[str, str] | None:
    """The first and the last day of an event's own times, None where a time is not known at both ends, or none is told."""
    days = [(time.earliest, time.latest) for time in times if time.type in ("DATE", "TIME")]
    ends = [(first[:DAY], last[:DAY]) for first, last in days if first is not None and last is not None]
    if not ends or len(ends) < len(days):
        return None
    return min(first for first, _ in ends), max(last for _, last in ends)


def names_of(arguments: Sequence[Argument], entities: Mapping[str, Entity]) -> frozenset[str]:
    """The names that an event's object is, none where anything else is said of it: "anak Rudi", "Rudi dan istrinya"."""
    objects = [argument for argument in arguments if argument.role == "object"]
    found = [(argument, entities.get(argument.entity or "")) for argument in objects]
    names = [
        entity.name
        for argument, entity in found
        if entity is not None and entity.type in NAMED and (entity.start, entity.end) == (argument.start, argument.end)
    ]
    return frozenset(names) if len(names) == len(objects) else frozenset()


def _excluded(mention: Mention, other: Mention) -> bool:
    """Whether two mentions tell of two happenings, whatever the table says: of something new, or of another number."""
    return mention.fresh or _numbers(mention, other) == "other"


def exclude(mention: Mention, other: Mention) -> bool:
    """Whether two mentions that are alike tell of two happenings all the same: on other days, or to another name.

    A mention that points back ("rapat itu") may tell the day as its speaker saw it.
    """
    apart = mention.span is not None and other.span is not None and not _meet(mention.span, other.span)
    return (apart and not mention.definite) or _named_apart(mention, other)


def _meet(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two spans of days have a day in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def _named_apart(mention: Mention, other: Mention) -> bool:
    """Whether the objects of two mentions are names that have no word in common: "memvonis Rudi", "Totoh divonis"."""
    mine, theirs = ({word for name in m.named for word in WORD.findall(name.lower())} for m in (mention, other))
    return _agree(mine, theirs) == "other"


def disagree(one: Modality, other: Modality) -> bool:
    """Whether one of two mentions is a fact and the other is not, or may be none; what was planned may have come about."""
    return "asserted" in (one, other) and not {one, other}.isdisjoint(("negated", "possible"))


def _contradict(mention: Mention, other: Mention) -> bool:
    if _days(mention, other) == "other":
        return True
    return any(_fillers(mention, other, role) == "other" for role in (*CONTRASTING, *(["agent"] if mention.stance else [])))


def _days(mention: Mention, other: Mention) -> str:
    """How the days that two mentions tell agree: same, other, one (only one tells a day), none."""
    if not (mention.day and other.day):
        return "one" if mention.day or other.day else "none"
    return "same" if mention.day.startswith(other.day) or other.day.startswith(mention.day) else "other"


def _fillers(mention: Mention, other: Mention, role: str) -> str:
    """How the fillers of a role agree: same (a word or a name in common), other, one (only one has any), none."""
    return _agree(_words(mention.arguments, role), _words(other.arguments, role))


def _agree(mine: set[str], theirs: set[str]) -> str:
    if not (mine and theirs):
        return "one" if mine or theirs else "none"
    return "same" if mine & theirs else "other"


def _words(arguments: Sequence[Argument], role: str) -> set[str]:
    fillers = (f"{argument.text} {argument.refers_to or ''}" for argument in arguments if argument.role == role)
    return {word for filler in fillers for word in WORD.findall(filler.lower()) if word not in EMPTY}


def pair_features(mention: Mention, earlier: Sequence[Mention], offered: Sequence[int]) -> Iterator[list[str]]:
    """For each offered earlier mention the names of the features that hold of it and ``mention``."""
    kind = mention.type
    for rank, index in enumerate(offered):
        other = earlier[index]
        root = "same" if other.root == mention.root else "other"
        away = mention.sentence - other.sentence
        distance = away if away < 3 else 3 if away < 5 else 5 if away < 9 else 9
        agree = {role: _fillers(mention, other, role) for role in ROLES if role != "time"}
        days = _days(mention, other)
        shared = len(mention.words & other.words)
        likeness = round(4 * shared / (min(len(mention.words), len(other.words)) or 1))
        numbers = _numbers(mention, other)
        forms = f"{other.form}<{mention.form}"
        yield [
            "bias",
            f"type={kind}",
            f"root={root}",
            f"root={root}:{kind}",
            f"root={root}:{forms}",
            f"root={root}:definite={mention.definite}",
            f"roots={'+'.join(sorted((mention.root, other.root)))}:{kind}",
            f"forms={forms}:definite={mention.definite}",
            f"distance={distance}:{root}",
            f"distance={distance}:{kind}",
            f"rank={min(rank, 4)}:{root}",
            f"others={min(len(offered), 5)}:{rank == 0}",
            f"first={other.sentence == 0}:{index == 0}",
            f"modality={other.modality}<{mention.modality}",
            f"days={days}",
            f"days={days}:{kind}",
            f"numbers={numbers}",
            f"shared={min(shared, 5)}:{root}",
            f"likeness={likeness}:{root}",
            f"likeness={likeness}:{kind}",
            f"governed={_governed(mention, other)}:{root}",
            *(f"{role}={value}" for role, value in agree.items()),
            *(f"{role}={value}:{root}" for role, value in agree.items()),
            *(f"{role}={value}:{kind}" for role, value in agree.items()),
            f"agent={agree['agent']}:object={agree['object']}:{root}",
            f"place={agree['place']}:object={agree['object']}:{root}",
            f"stance={mention.stance}:agent={agree['agent']}:topic={agree['topic']}",
            f"fillers={sum(value == 'same' for value in agree.values())}:{sum(value == 'other' for value in agree.values())}",
        ]


def _numbers(mention: Mention, other: Mention) -> str:
    """Whether the figures in the two mentions' objects agree ("12 orang tewas", "65 orang tewas")."""
    mine, theirs = ({w for w in _words(m.arguments, "object") if w.isdigit()} for m in (mention, other))
    return _agree(mine, theirs)


def _governed(mention: Mention, other: Mention) -> str:
    """Whether one of two triggers hangs from the other: below, above, or apart (no, in one sentence; far)."""
    if other.sentence != mention.sentence:
        return "far"
    return "below" if other.head in mention.above else "above" if mention.head in other.above else "no"
