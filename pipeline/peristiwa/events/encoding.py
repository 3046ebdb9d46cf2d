"""What the network (``network``) makes of one document, asked layer by layer."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from peristiwa.checkpoint import Vectors, load_vectors, read_checkpoint
from peristiwa.errors import ModelError
from peristiwa.events.network import Lexicons, Network, Sentence, ask, ask_dates, encode, places_of, restore, rows_of
from peristiwa.models import NETWORK, WEIGHTS
from peristiwa.types import MODALITIES, ROLES, Modality, Role

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from torch import Tensor

    from peristiwa.events.attach import Told
    from peristiwa.events.candidate import Candidate, Hit
    from peristiwa.events.date_options import Case
    from peristiwa.events.proposals import Proposal


class Encoding:
    """What the network made of one document."""

    def __init__(
        self, encoder: Encoder, doc: Doc, hits: Sequence[Hit], sentences: Sequence[Sentence], states: Tensor, heads: Tensor
    ) -> None:
        self.hits = hits
        self._encoder = encoder
        self._states, self._heads = states, heads
        self._row = rows_of(sentences)
        self._place = places_of(doc, self._row)

    def trigger_odds(self) -> list[float | None]:
        """For each hit the log-odds of its type, None for a type that the network does not know."""
        types = self._encoder.lexicons.numbers
        known = [hit for hit in self.hits if hit.reading.type in types]
        if not known:
            return [None] * len(self.hits)
        rows = torch.tensor([self._row[hit.start] for hit in known])
        odds = self._encoder.run(self._encoder.network.types, self._states, self._heads, rows)
        found = {id(hit): row[types[hit.reading.type]] for hit, row in zip(known, odds.tolist(), strict=True)}
        return [found.get(id(hit)) for hit in self.hits]

    def modality_odds(self, candidates: Sequence[Candidate]) -> list[dict[Modality, float] | None]:
        """For each event the log-probability of each modality, None where its sentence was not read."""
        read = [candidate.start for candidate in candidates if candidate.start in self._row]
        if not read:
            return [None] * len(candidates)
        rows = torch.tensor([self._row[start] for start in read])
        odds = self._encoder.run(self._encoder.network.modalities, self._states, self._heads, rows).tolist()
        found = {start: dict(zip(MODALITIES, row, strict=True)) for start, row in zip(read, odds, strict=True)}
        return [found.get(candidate.start) for candidate in candidates]

    def role_odds(
        self, candidates: Sequence[Candidate], proposals: Sequence[Sequence[Proposal]]
    ) -> list[list[dict[Role, float] | None]]:
        """For each proposal beside each event the log-odds of each role.

        None where its words or the trigger's were not read, or the type of the event is unknown.
        """
        types = self._encoder.lexicons.numbers
        read = [
            (at, number, candidate, one)
            for at, (candidate, own) in enumerate(zip(candidates, proposals, strict=True))
            if candidate.head in self._row and candidate.type in types
            for number, one in enumerate(own)
            if all(word in self._row for word in (one.head, one.start, one.end - 1))
        ]
        found: list[list[dict[Role, float] | None]] = [[None] * len(own) for own in proposals]
        if read:
            asked = ask([(candidate, one) for _, _, candidate, one in read], self._encoder.lexicons, self._row)
            odds = self._encoder.run(self._encoder.network.roles, self._states, asked).tolist()
            for (at, number, _, _), row in zip(read, odds, strict=True):
                found[at][number] = dict(zip(ROLES, row, strict=True))
        return found

    def date_odds(
        self, events: Sequence[Told], cases: Sequence[Mapping[str, Case]], published: datetime.date | None
    ) -> list[list[float] | None]:
        """For each event the log-odds of its dates against "no date", None where it was not read or there is no date."""
        asked, dates = ask_dates(events, cases, published, self._encoder.lexicons, self._row, self._place)
        found: list[list[float] | None] = [None] * len(events)
        if asked:
            odds = iter(self._encoder.run(self._encoder.network.dates, self._states, self._heads, dates).tolist())
            for at in asked:
                found[at] = list(islice(odds, len(cases[at])))
        return found


@dataclass(frozen=True)
class Encoder:
    """A trained network with its lexicons."""

    network: Network = field(repr=False)
    lexicons: Lexicons
    vectors: Vectors = field(repr=False)

    def encode(self, doc: Doc, hits: Sequence[Hit]) -> Encoding:
        """Read a document, ``hits`` being what the ontology proposes in it."""
        sentences = list(encode(doc, hits, self.lexicons, self.vectors))
        states, heads = (
            self.run(self.network.states, sentences, [len(sentences)]) if sentences else (torch.empty(0), torch.empty(0))
        )
        return Encoding(self, doc, hits, sentences, states, heads)

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
    path = folder / NETWORK
    if not path.exists():
        return None
    vectors = load_vectors(folder / "vectors.pt")
    try:
        network, lexicons = restore(read_checkpoint(path), vectors.table)
    except Exception as error:
        raise ModelError(f"{path}: cannot be read as a network of events ({error}). Reinstall the package.") from error
    return Encoder(network.freeze(half=half), lexicons, vectors)
