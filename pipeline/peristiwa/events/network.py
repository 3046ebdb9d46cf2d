"""A network that reads the sentences with an event in them: what it thinks of each trigger, its modality, its arguments.

Words (vectors, form, lemma, tags, name, relation to the head, what the ontology proposes) go through a bidirectional LSTM;
small layers over its states weigh every type at every trigger, the four modalities, and each role for each proposal
beside a trigger. The logistic tables beside it see named features and can be read by eye; this sees the sentence. Their
log-odds are added with shares that the tables hold. Trained by ``python -m peristiwa.training.network``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_sequence, unpack_sequence

from peristiwa.checkpoint import Vectors, Weights, load_vectors, read_checkpoint
from peristiwa.errors import ModelError
from peristiwa.models import WEIGHTS
from peristiwa.types import MODALITIES, ROLES, Modality, Role

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from torch import Tensor

    from peristiwa.events.candidate import Candidate, Hit
    from peristiwa.events.proposals import Proposal

NAME = "events.pt"
COLUMNS = ("form", "lemma", "pos", "relation", "name", "shape")
"""What is known of a word beside its vector, each with an embedding of its own."""
SIZES = {"form": 48, "lemma": 48, "pos": 16, "relation": 16, "name": 12, "shape": 4}
PROPOSED, THEME, HEAD, STATE, HIDDEN, ROLE, TYPE, DISTANCE = 40, 20, 24, 200, 200, 128, 24, 12
KINDS, VARIANTS = ("phrase", "clause", "time"), ("full", "bare", "chunk")
STEPS = (1, 2, 3, 4, 6, 9, 14, 22)
"""Where one class of distances, in tokens, ends and the next begins."""
UNSEEN = 0
DROPOUT = 0.4


@dataclass(frozen=True)
class Lexicons:
    """The numbers of the units of each column, and the event types in their order; what is unknown has number 0."""

    units: Mapping[str, Mapping[str, int]] = field(repr=False)
    types: tuple[str, ...]

    def ids(self, token: Token) -> list[int]:
        """The numbers of a token, column by column."""
        return [self.units[column].get(unit, UNSEEN) for column, unit in zip(COLUMNS, units_of(token), strict=True)]


def units_of(token: Token) -> tuple[str, ...]:
    """What a token has in each column."""
    text = token.text
    shape = "digit" if any(c.isdigit() for c in text) else "upper" if text.isupper() else "title" if text[:1].isupper() else ""
    name = f"{token.ent_iob_}{token.ent_type_}"
    return token.lower_, token.lemma_.lower(), token.pos_, token.dep_, name, shape


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
    number = {kind: at for at, kind in enumerate(lexicons.types)}
    known = [hit for hit in hits if hit.reading.type in number]
    theme = torch.zeros(len(number))
    starts: dict[int, list[Hit]] = {}
    for hit in known:
        theme[number[hit.reading.type]] += 1
        starts.setdefault(hit.start, []).append(hit)
    theme = theme.log1p()
    for sentence in doc.sents:
        first, end = sentence.start, sentence.end
        here = [hit for at in range(first, end) for hit in starts.get(at, ())]
        if not here:
            continue
        proposed = torch.zeros(end - first, 2 * len(number))
        for hit in here:
            at = number[hit.reading.type]
            proposed[hit.start - first, at] = 1.0
            proposed[hit.start - first, len(number) + at] = 0.5 * min(hit.met, 2) - hit.reading.weak
        yield Sentence(
            first,
            torch.tensor(vectors.vocabulary.map([token.lower_ for token in sentence])),
            torch.tensor([lexicons.ids(token) for token in sentence]),
            torch.tensor([min(max(token.head.i, first), end - 1) - first for token in sentence]),
            proposed,
            theme,
        )


class Network(nn.Module):
    """The layers. ``states`` reads sentences; ``types``, ``modalities`` and ``roles`` weigh what was read, as log-odds."""

    vectors: Tensor
    ways: tuple[nn.LSTM, nn.LSTM] | None = None

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
        seen = 2 * STATE + read
        self.type_layers = self._layers(seen + 2 * STATE, HIDDEN, kinds)
        self.modality_layers = self._layers(seen + 2 * STATE, HIDDEN // 3, len(MODALITIES))
        self.trigger, self.filler = nn.Linear(seen, ROLE), nn.Linear(seen, ROLE)
        self.kind, self.distance = nn.Embedding(kinds, TYPE), nn.Embedding(4 * len(STEPS) + 4, DISTANCE)
        told = len(KINDS) + len(VARIANTS) + len(ROLES)
        self.role_layers = self._layers(5 * ROLE + TYPE + 2 * DISTANCE + told, 150, len(ROLES))

    def _layers(self, size: int, hidden: int, out: int) -> nn.Sequential:
        return nn.Sequential(nn.Linear(size, hidden), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(hidden, out))

    def states(self, sentences: Sequence[Sentence]) -> tuple[Tensor, Tensor]:
        """The words of all sentences one after the other: N × what is known of each, and for each the row of its head."""
        columns = torch.cat([sentence.columns for sentence in sentences])
        parts = [self.word(self.vectors[torch.cat([sentence.words for sentence in sentences])])]
        parts += [layer(self._thinned(columns[:, at], COLUMNS[at])) for at, layer in enumerate(self.columns)]
        parts.append(self.proposed(torch.cat([sentence.proposed for sentence in sentences]).to(self.proposed.weight.dtype)))
        theme = self.theme(torch.stack([sentence.theme for sentence in sentences]).to(self.theme.weight.dtype))
        lengths = torch.tensor([len(sentence.words) for sentence in sentences])
        parts.append(theme.repeat_interleave(lengths, 0))
        read = self.drop(torch.cat(parts, 1))
        first = (lengths.cumsum(0) - lengths).repeat_interleave(lengths)
        heads = torch.cat([sentence.heads for sentence in sentences]) + first
        given = torch.cat([read, torch.relu(self.head(read[heads]))], 1)
        state = self._both_ways(given, lengths)
        return torch.cat([self.drop(state), read], 1), heads

    def _both_ways(self, given: Tensor, lengths: Tensor) -> Tensor:
        """The states of the LSTM, N × 2 states, for sentences that stand one after the other."""
        pieces = list(torch.split(given, lengths.tolist()))
        if self.ways is None:
            return torch.cat(unpack_sequence(self.lstm(pack_sequence(pieces, enforce_sorted=False))[0]))
        # Each direction by itself over padded sentences, the backward one over reversed ones: torch's fused kernel.
        ahead, back = (
            way(pad_sequence(part))[0] for way, part in zip(self.ways, (pieces, [p.flip(0) for p in pieces]), strict=True)
        )
        ends = enumerate(lengths.tolist())
        return torch.cat([torch.cat([ahead[:end, at], back[:end, at].flip(0)], 1) for at, end in ends])

    def freeze(self, *, half: bool) -> Network:
        """The network made ready for use: no more training, with ``half`` in bfloat16."""
        self.eval().requires_grad_(False)
        if half:
            self.bfloat16()
        weights = Weights(self.state_dict(), "lstm.", half=half)
        self.ways = (weights.lstm(""), weights.lstm("_reverse"))
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
        trigger = torch.relu(self.trigger(states[asked.rows[:, 0]]))
        fillers = torch.relu(self.filler(states[asked.rows[:, 1:]]))
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
        types.append(lexicons.types.index(candidate.type))
        distances.append([_distance(candidate.start, one.start, 0), _distance(candidate.end - 1, one.end - 1, 1)])
        told.append(
            [
                *(one.kind == kind for kind in KINDS),
                *(one.variant == variant for variant in VARIANTS),
                *(role in one.roles for role in ROLES),
            ]
        )
    return Asked(torch.tensor(rows), torch.tensor(types), torch.tensor(distances), torch.tensor(told, dtype=torch.float))


def _distance(start: int, end: int, which: int) -> int:
    away = abs(end - start)
    bucket = sum(away >= step for step in STEPS)
    return bucket + (len(STEPS) + 1) * (2 * which + (end < start))


class Encoding:
    """What the network made of one document."""

    def __init__(
        self, encoder: Encoder, hits: Sequence[Hit], sentences: Sequence[Sentence], states: Tensor, heads: Tensor
    ) -> None:
        self.hits = hits
        self._encoder = encoder
        self._states, self._heads = states, heads
        tokens = [s.offset + at for s in sentences for at in range(len(s.words))]
        self._row = {token: row for row, token in enumerate(tokens)}

    def trigger_odds(self) -> list[float | None]:
        """For each hit the log-odds of its type, None for a type that the network does not know."""
        types = self._encoder.lexicons.types
        known = [hit for hit in self.hits if hit.reading.type in types]
        if not known:
            return [None] * len(self.hits)
        rows = torch.tensor([self._row[hit.start] for hit in known])
        odds = self._encoder.run(self._encoder.network.types, self._states, self._heads, rows)
        found = {id(hit): row[types.index(hit.reading.type)] for hit, row in zip(known, odds.tolist(), strict=True)}
        return [found.get(id(hit)) for hit in self.hits]

    def modality_odds(self, candidate: Candidate) -> dict[Modality, float] | None:
        """The log-probability of each modality of an event, None in a sentence that was not read."""
        if candidate.start not in self._row:
            return None
        rows = torch.tensor([self._row[candidate.start]])
        odds = self._encoder.run(self._encoder.network.modalities, self._states, self._heads, rows)
        return dict(zip(MODALITIES, odds[0].tolist(), strict=True))

    def role_odds(self, candidate: Candidate, proposals: Sequence[Proposal]) -> list[dict[Role, float]] | None:
        """For each proposal the log-odds of each role, None where the sentence was not read or the type is unknown."""
        lexicons = self._encoder.lexicons
        if not proposals or candidate.head not in self._row or candidate.type not in lexicons.types:
            return None
        asked = ask([(candidate, one) for one in proposals], lexicons, self._row)
        odds = self._encoder.run(self._encoder.network.roles, self._states, asked)
        return [dict(zip(ROLES, row, strict=True)) for row in odds.tolist()]


@dataclass(frozen=True)
class Encoder:
    """A trained network with its lexicons."""

    network: Network = field(repr=False)
    lexicons: Lexicons
    vectors: Vectors = field(repr=False)

    def encode(self, doc: Doc, hits: Sequence[Hit]) -> Encoding:
        """Read a document, ``hits`` being what the ontology proposes in it."""
        sentences = list(encode(doc, hits, self.lexicons, self.vectors))
        states, heads = self.run(self.network.states, sentences) if sentences else (torch.empty(0), torch.empty(0))
        return Encoding(self, hits, sentences, states, heads)

    def run(self, layer: Any, *arguments: Any) -> Any:
        """A layer of the network without gradients, on one thread: its products are small, and a process that has computed
        with several threads must not be forked.
        """
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.inference_mode():
                return layer(*arguments)
        finally:
            torch.set_num_threads(threads)


@lru_cache(maxsize=4)
def load_encoder(language: str, *, half: bool = False, folder: Path | None = None) -> Encoder | None:
    """The network of a language, or None where none ships. Raises ModelError if its file is damaged."""
    folder = folder or WEIGHTS / language
    path = folder / NAME
    if not path.exists():
        return None
    vectors = load_vectors(folder / "vectors.pt")
    try:
        state = read_checkpoint(path)
        lexicons = Lexicons(state["units"], tuple(state["types"]))
        network = Network(lexicons, vectors.table)
        network.load_state_dict({name: tensor.float() for name, tensor in state["model"].items()})
    except Exception as error:
        raise ModelError(f"{path}: cannot be read as a network of events ({error}). Reinstall the package.") from error
    return Encoder(network.freeze(half=half), lexicons, vectors)
