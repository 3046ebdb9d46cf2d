"""A network that reads the sentences with an event in them: what it thinks of each trigger, its modality, arguments, date.

Words (vectors, form, lemma, tags, name, relation to the head, what the ontology proposes) go through a bidirectional LSTM,
a second one goes over the sentences of a document. Small layers over both weigh every type at every trigger, the four
modalities, each role for each proposal beside a trigger, and each date that it may have. The logistic tables beside it see
named features and can be read by eye; this sees the text. Their log-odds are added with shares that the tables hold.
Trained by ``python -m peristiwa.training.network``; ``encoding`` asks it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn.functional import one_hot
from torch.nn.utils.rnn import pack_sequence, unpack_sequence

from peristiwa.checkpoint import Vectors, Weights
from peristiwa.events.date_options import told_names
from peristiwa.recurrent import LSTM, Layout
from peristiwa.types import MODALITIES, ROLES, Role

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from torch import Tensor

    from peristiwa.events.attach import Told
    from peristiwa.events.candidate import Candidate, Hit
    from peristiwa.events.date_options import Case
    from peristiwa.events.proposals import Proposal

COLUMNS = ("form", "lemma", "pos", "relation", "name", "shape")
"""What is known of a word beside its vector, each with an embedding of its own."""
SIZES = {"form": 48, "lemma": 48, "pos": 16, "relation": 16, "name": 12, "shape": 4}
PROPOSED, THEME, HEAD, STATE, STORY, HIDDEN, ROLE, TYPE, DISTANCE = 40, 20, 24, 200, 48, 200, 128, 24, 12
HEADED, MOMENT, PLACE = 96, 64, 48
KINDS, VARIANTS = ("phrase", "clause", "time"), ("full", "bare", "chunk")
STEPS = (1, 2, 3, 4, 6, 9, 14, 22)
"""Where one class of distances, in tokens, ends and the next begins."""
BUCKETS = [sum(away >= step for step in STEPS) for away in range(STEPS[-1] + 1)]
UNSEEN = 0
DROPOUT = 0.4


@dataclass(frozen=True)
class Lexicons:
    """The numbers of the units of each column, and the event types in their order; what is unknown has number 0."""

    units: Mapping[str, Mapping[str, int]] = field(repr=False)
    types: tuple[str, ...]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each event type."""
        return {kind: at for at, kind in enumerate(self.types)}

    def columns(self, tokens: Sequence[Token]) -> list[list[int]]:
        """The numbers of tokens, column by column."""
        told = zip(*map(units_of, tokens), strict=True)
        tables = [self.units[column] for column in COLUMNS]
        return [[table.get(unit, UNSEEN) for unit in units] for table, units in zip(tables, told, strict=True)]


def units_of(token: Token) -> tuple[str, ...]:
    """What a token has in each column."""
    name = f"{token.ent_iob_}{token.ent_type_}"
    return token.lower_, token.lemma_.lower(), token.pos_, token.dep_, name, _shape(token.text)


@lru_cache(maxsize=1 << 16)
def _shape(text: str) -> str:
    if any(letter.isdigit() for letter in text):
        return "digit"
    return "upper" if text.isupper() else "title" if text[:1].isupper() else ""


@dataclass(slots=True)
class Sentence:
    """One sentence as numbers: T words; ``offset`` is its first token, ``heads`` are counted from there.

    ``words`` T, ``columns`` T × 6, ``proposed`` T × 2 types (whether a reading of the type begins here; how well its
    conditions are met), ``theme`` types (how often the document has readings of each, as log(1 + n)).
    """

    offset: int
    words: Tensor
    columns: Tensor
    heads: Tensor
    proposed: Tensor
    theme: Tensor


def encode(doc: Doc, hits: Sequence[Hit], lexicons: Lexicons, vectors: Vectors) -> Iterator[Sentence]:
    """The sentences of a document in which a reading of the ontology begins, in text order."""
    assert vectors.vocabulary is not None
    number = lexicons.numbers
    known = [hit for hit in hits if hit.reading.type in number]
    theme = torch.zeros(len(number))
    starts: dict[int, list[Hit]] = {}
    for hit in known:
        theme[number[hit.reading.type]] += 1
        starts.setdefault(hit.start, []).append(hit)
    theme = theme.log1p()
    read = [(s.start, s.end) for s in doc.sents if any(at in starts for at in range(s.start, s.end))]
    tokens = [token for first, end in read for token in doc[first:end]]
    if not tokens:
        return
    heads = [min(max(token.head.i, first), end - 1) - first for first, end in read for token in doc[first:end]]
    here = [(row, hit) for row, token in enumerate(tokens) for hit in starts.get(token.i, ())]
    proposed = torch.zeros(len(tokens), 2, len(number))
    met = [[1.0, 0.5 * min(hit.met, 2) - hit.reading.weak] for _, hit in here]
    proposed[[row for row, _ in here], :, [number[hit.reading.type] for _, hit in here]] = torch.tensor(met)
    words = torch.tensor(vectors.vocabulary.map([token.lower_ for token in tokens]))
    columns = torch.tensor(lexicons.columns(tokens)).T
    at = 0
    for first, end in read:
        own = slice(at, at + end - first)  # of one tensor a document: to make one takes longer than to fill it
        at = own.stop
        yield Sentence(first, words[own], columns[own], torch.tensor(heads[own]), proposed[own].flatten(1), theme)


class Network(nn.Module):
    """The layers. ``states`` reads sentences; ``types``, ``modalities``, ``roles`` and ``dates`` weigh what was read."""

    vectors: Tensor
    reader: LSTM | None = None
    teller: LSTM | None = None

    def __init__(self, lexicons: Lexicons, vectors: Tensor) -> None:
        super().__init__()
        kinds, size = len(lexicons.types), vectors.shape[1]
        self.register_buffer("vectors", vectors, persistent=False)
        self.word = nn.Linear(size, size)
        self.columns = nn.ModuleList(nn.Embedding(len(lexicons.units[name]) + 1, SIZES[name]) for name in COLUMNS)
        self.proposed, self.theme = nn.Linear(2 * kinds, PROPOSED), nn.Linear(kinds, THEME)
        read = size + sum(SIZES.values()) + PROPOSED + THEME
        self.head = nn.Linear(read, HEAD)
        self.lstm = nn.LSTM(read + HEAD, STATE, bidirectional=True)
        self.drop = nn.Dropout(DROPOUT)
        self.gist, self.story = nn.Linear(2 * STATE, 2 * STORY), nn.LSTM(2 * STORY, STORY, bidirectional=True)
        seen = 2 * STATE + read + 2 * STORY
        self.type_layers = self._layers(seen + 2 * STATE, HIDDEN, kinds)
        self.modality_layers = self._layers(seen + 2 * STATE, HIDDEN // 3, len(MODALITIES))
        self.trigger, self.filler = nn.Linear(seen, ROLE), nn.Linear(seen, ROLE)
        self.kind, self.distance = nn.Embedding(kinds, TYPE), nn.Embedding(4 * len(STEPS) + 4, DISTANCE)
        told = len(KINDS) + len(VARIANTS) + len(ROLES)
        self.role_layers = self._layers(5 * ROLE + TYPE + 2 * DISTANCE + told, 150, len(ROLES))
        self.event = nn.Linear(seen + 2 * STATE, HEADED)
        self.moment = nn.Linear(HEADED + TYPE + len(MODALITIES), MOMENT)
        self.case = nn.EmbeddingBag(len(lexicons.units["date"]) + 1, MOMENT, mode="sum")
        self.place, self.placeless = nn.Linear(2 * STATE, PLACE), nn.Parameter(torch.zeros(PLACE))
        self.date_layers = self._layers(3 * MOMENT + PLACE, MOMENT, 1)
        self.no_date = self._layers(MOMENT, MOMENT // 2, 1)

    def _layers(self, size: int, hidden: int, out: int) -> nn.Sequential:
        return nn.Sequential(nn.Linear(size, hidden), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(hidden, out))

    def states(self, sentences: Sequence[Sentence], documents: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The words of all sentences one after the other: N × what is known of each, and for each the row of its head.

        ``documents`` are the numbers of sentences that the documents have, in their order.
        """
        columns = torch.cat([sentence.columns for sentence in sentences])
        parts = [self.word(self.vectors[torch.cat([sentence.words for sentence in sentences])])]
        parts += [layer(self._thinned(columns[:, at], COLUMNS[at])) for at, layer in enumerate(self.columns)]
        proposed = [sentence.proposed.to(self.proposed.weight.dtype) for sentence in sentences]
        parts.append(self.proposed(torch.cat(proposed)))
        theme = self.theme(torch.stack([sentence.theme for sentence in sentences]).to(self.theme.weight.dtype))
        lengths = torch.tensor([len(sentence.words) for sentence in sentences])
        parts.append(theme.repeat_interleave(lengths, 0))
        read = self.drop(torch.cat(parts, 1))
        first = (lengths.cumsum(0) - lengths).repeat_interleave(lengths)
        heads = torch.cat([sentence.heads for sentence in sentences]) + first
        given = torch.cat([read, torch.relu(self.head(read[heads]))], 1)
        state = self._both_ways(given, lengths)
        told = self._told(state, lengths, documents).repeat_interleave(lengths, 0)
        return torch.cat([self.drop(state), read, self.drop(told)], 1), heads

    def _told(self, state: Tensor, lengths: Tensor, documents: Sequence[int]) -> Tensor:
        """For each sentence what the document tells around it, S × 2 × STORY: the states of an LSTM over sentences."""
        most = torch.stack([part.amax(0) for part in torch.split(state, lengths.tolist())])
        gists = torch.relu(self.gist(most))
        if self.teller is not None and len(documents) == 1:
            return self.teller(gists, Layout.of(documents))
        parts = list(torch.split(gists, list(documents)))
        return torch.cat(unpack_sequence(self.story(pack_sequence(parts, enforce_sorted=False))[0]))

    def _both_ways(self, given: Tensor, lengths: Tensor) -> Tensor:
        """The states of the LSTM, N × 2 states, for sentences that stand one after the other."""
        if self.reader is None:
            pieces = list(torch.split(given, lengths.tolist()))
            return torch.cat(unpack_sequence(self.lstm(pack_sequence(pieces, enforce_sorted=False))[0]))
        # A layout has the longest sentence first; ``places`` are where its words stand in the document.
        order = lengths.argsort(descending=True, stable=True)
        layout = Layout.of(lengths[order].tolist())
        first = (lengths.cumsum(0) - lengths)[order] - torch.tensor(layout.starts)
        places = torch.arange(len(given)) + first.repeat_interleave(lengths[order])
        states = torch.empty(len(given), 2 * STATE)
        states[places] = self.reader(given[places], layout).to(states.dtype)
        return states

    def freeze(self, *, half: bool) -> Network:
        """The network made ready for use: no more training, with ``half`` its LSTM over words in bfloat16.

        The other products are small, and of another size in each document: in bfloat16 torch prepares each size anew.
        """
        self.eval().requires_grad_(False)
        self.reader = LSTM(Weights(self.state_dict(), "lstm.", half=half))
        self.teller = LSTM(Weights(self.state_dict(), "story."))
        return self

    def _thinned(self, ids: Tensor, column: str) -> Tensor:
        """In training some forms and lemmas are left out, so that others are looked at too."""
        if not self.training or column not in ("form", "lemma"):
            return ids
        return ids * (torch.rand(ids.shape) > (0.25 if column == "form" else 0.15))

    def _with_head(self, states: Tensor, heads: Tensor, rows: Tensor) -> Tensor:
        return torch.cat([states[rows], states[heads[rows], : 2 * STATE]], 1)

    def types(self, states: Tensor, heads: Tensor, rows: Tensor) -> Tensor:
        """For each row the log-odds of every event type."""
        out: Tensor = self.type_layers(self._with_head(states, heads, rows))
        return out

    def modalities(self, states: Tensor, heads: Tensor, rows: Tensor) -> Tensor:
        """For each row the log-probabilities of the modalities."""
        out: Tensor = self.modality_layers(self._with_head(states, heads, rows))
        return out.log_softmax(1)

    def roles(self, states: Tensor, asked: Asked) -> Tensor:
        """For each proposal the log-odds of every role."""
        trigger = _once(self.trigger, states, asked.rows[:, 0])
        fillers = _once(self.filler, states, asked.rows[:, 1:])
        distances = self.distance(asked.distances).flatten(1)
        joined = [
            trigger,
            fillers.flatten(1),
            trigger * fillers[:, 0],
            self.kind(asked.types),
            distances,
            asked.told.to(trigger.dtype),
        ]
        out: Tensor = self.role_layers(self.drop(torch.cat(joined, 1)))
        return out

    def dates(self, states: Tensor, heads: Tensor, asked: AskedDates) -> Tensor:
        """For each date that an event may have its log-odds against "no date"."""
        read = torch.relu(self.event(self.drop(self._with_head(states, heads, asked.rows))))
        modality = one_hot(asked.modalities, len(MODALITIES)).to(read.dtype)
        moment = torch.relu(self.moment(self.drop(torch.cat([read, self.kind(asked.types), modality], 1))))
        case = torch.relu(self.drop(self.case(asked.names, asked.first)))
        placed = (asked.places >= 0)[:, None]
        place = torch.relu(self.place(self.drop(states[asked.places.clamp(min=0), : 2 * STATE])))
        own = moment[asked.owners]
        joined = torch.cat([own, case, own * case, torch.where(placed, place, self.placeless)], 1)
        out: Tensor = (self.date_layers(joined) - self.no_date(moment)[asked.owners])[:, 0]
        return out


def restore(state: Mapping[str, Any], vectors: Tensor) -> tuple[Network, Lexicons]:
    """The network of a checkpoint's content, in 32 bits, and its lexicons. Raises what torch raises of other layers."""
    lexicons = Lexicons(state["units"], tuple(state["types"]))
    network = Network(lexicons, vectors)
    network.load_state_dict({name: weight.float() for name, weight in state["model"].items()})
    return network, lexicons


def rows_of(sentences: Sequence[Sentence]) -> dict[int, int]:
    """For each token that is read the row of its state."""
    tokens = (sentence.offset + at for sentence in sentences for at in range(len(sentence.words)))
    return {token: row for row, token in enumerate(tokens)}


def places_of(doc: Doc, row: Mapping[int, int]) -> dict[int, int]:
    """The same for the first characters of the tokens."""
    return {doc[token].idx: at for token, at in row.items()}


def _once(layer: nn.Linear, states: Tensor, rows: Tensor) -> Tensor:
    """A layer over the rows asked for, each computed once however often it is asked for."""
    used, places = torch.unique(rows, return_inverse=True)
    return torch.relu(layer(states[used]))[places]


@dataclass(frozen=True, slots=True)
class Asked:
    """Proposals beside triggers, P of them: ``rows`` P × 4 (trigger, head, first and last word of the filler), ``types`` P,
    ``distances`` P × 2 (from the trigger's first word to the filler's, from its last to the filler's last), ``told`` P × 13
    (kind, variant, the roles that the rules give)."""

    rows: Tensor
    types: Tensor
    distances: Tensor
    told: Tensor


def ask(proposals: Sequence[tuple[Candidate, Proposal]], lexicons: Lexicons, row: Mapping[int, int]) -> Asked:
    """The numbers of proposals, each with its trigger; ``row`` leads from tokens to states."""
    rows, types, distances, told = [], [], [], []
    for candidate, one in proposals:
        rows.append([row[candidate.head], row[one.head], row[one.start], row[one.end - 1]])
        types.append(lexicons.numbers[candidate.type])
        distances.append([_distance(candidate.start, one.start, 0), _distance(candidate.end - 1, one.end - 1, 1)])
        told.append(_told(one.kind, one.variant, one.roles))
    return Asked(torch.tensor(rows), torch.tensor(types), torch.tensor(distances), torch.tensor(told, dtype=torch.float))


@lru_cache(maxsize=1 << 12)
def _told(kind: str, variant: str, roles: tuple[Role, ...]) -> tuple[bool, ...]:
    kinds, variants = (kind == one for one in KINDS), (variant == one for one in VARIANTS)
    return (*kinds, *variants, *(role in roles for role in ROLES))


def _distance(start: int, end: int, which: int) -> int:
    return BUCKETS[min(abs(end - start), STEPS[-1])] + (len(STEPS) + 1) * (2 * which + (end < start))


@dataclass(frozen=True, slots=True)
class AskedDates:
    """E events and the O dates that they may have, those of one event together.

    Of the events ``rows`` (trigger), ``types`` and ``modalities``, E each; of the dates ``owners`` (which event) and
    ``places`` (the row of the word that tells it nearest to the event, -1 for none), O each; ``names`` are the units of all
    dates one after the other, those of a date from ``first`` on.
    """

    rows: Tensor
    types: Tensor
    modalities: Tensor
    owners: Tensor
    names: Tensor
    first: Tensor
    places: Tensor


def ask_dates(
    events: Sequence[Told],
    cases: Sequence[Mapping[str, Case]],
    published: datetime.date | None,
    lexicons: Lexicons,
    row: Mapping[int, int],
    place: Mapping[int, int],
) -> tuple[list[int], AskedDates]:
    """The numbers of the events that have dates to choose from and that were read, and what is asked of them.

    ``row`` leads from tokens to states, ``place`` from the first characters of words.
    """
    units = lexicons.units["date"]
    asked = [
        at for at, event in enumerate(events) if cases[at] and event.clue.head in row and event.clue.type in lexicons.numbers
    ]
    told = [[units.get(name, UNSEEN) for name in told_names(case, published)] for at in asked for case in cases[at].values()]
    return asked, AskedDates(
        torch.tensor([row[events[at].clue.head] for at in asked], dtype=torch.long),
        torch.tensor([lexicons.numbers[events[at].clue.type] for at in asked], dtype=torch.long),
        torch.tensor([MODALITIES.index(events[at].modality) for at in asked], dtype=torch.long),
        torch.tensor([number for number, at in enumerate(asked) for _ in cases[at]], dtype=torch.long),
        torch.tensor([unit for names in told for unit in names], dtype=torch.long),
        torch.tensor([0, *map(len, told)]).cumsum(0)[:-1],
        torch.tensor(
            [place.get(-1 if c.near is None else c.near, -1) for at in asked for c in cases[at].values()], dtype=torch.long
        ),
    )
