"""Stanza's character model that spells one word from another: an encoder, attention, and copying from the source.

Characters that the model has not learnt get numbers beyond its vocabulary: they can only be copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import linear, log_softmax, logsigmoid

from peristiwa.checkpoint import EOS, PAD, SOS, UNK, Vocabulary, Weights, require
from peristiwa.recurrent import Layout, packs

if TYPE_CHECKING:
    from torch import Tensor

NEVER = -1e12


@dataclass(frozen=True, slots=True)
class Encoded:
    """Words as the encoder left them: by word its characters, states and outputs, and what to do with it (edits)."""

    characters: list[list[int]]
    units: list[str]
    states: Tensor
    cells: Tensor
    outputs: list[Tensor]
    edits: list[int] | None


class Speller:
    """The character model of one lemmatiser."""

    def __init__(self, config: Mapping[str, Any], weights: Weights, characters: Vocabulary, tags: Vocabulary) -> None:
        require(config["attn_type"] == "soft" and bool(config.get("copy")), "a lemmatiser of other attention")
        self._characters, self._tags = characters, tags
        self._longest = int(config["max_dec_len"])
        self._embedding = weights["embedding.weight"]
        self._tag_embedding = weights["pos_embedding.weight"]
        self._encoder = weights.whole_lstm("encoder")
        self._edit: list[tuple[Tensor, Tensor]] = []
        if "edit_clf.0.weight" in weights:
            self._edit = [(weights[f"edit_clf.{n}.weight"], weights[f"edit_clf.{n}.bias"]) for n in (0, 2)]
        cell = weights.below("decoder.lstm_cell")
        self._cell = torch.nn.LSTMCell(cell["weight_ih"].shape[1], cell["weight_hh"].shape[1]).requires_grad_(False)
        self._cell.load_state_dict({name: cell[name] for name in self._cell.state_dict()})
        attention = weights.below("decoder.attention_layer")
        self._attend, self._mix = attention["linear_in.weight"], attention["linear_out.weight"]
        self._output = weights["dec2vocab.weight"], weights["dec2vocab.bias"]
        self._gate = weights["copy_gate.weight"], weights["copy_gate.bias"]

    def encode(self, pairs: Sequence[tuple[str, str]]) -> Encoded:
        """Words with their part of speech through the encoder."""
        unknown = sorted({character for word, _ in pairs for character in word if character not in self._characters.ids})
        numbers = self._characters.ids | {unit: len(self._embedding) + n for n, unit in enumerate(unknown)}
        characters = [[SOS, *(numbers[character] for character in word), EOS] for word, _ in pairs]
        outputs: list[Tensor] = [torch.empty(0)] * len(pairs)
        states = torch.empty(len(pairs), 2 * self._encoder.hidden_size)
        cells = torch.empty_like(states)
        for group in packs([len(source) + 1 for source in characters], 20_000):
            layout = Layout.of([len(characters[index]) + 1 for index in group])
            pieces = []
            for index in group:
                pieces.append(self._tag_embedding[self._tags.id(pairs[index][1])].unsqueeze(0))
                ids = torch.tensor(characters[index])
                pieces.append(self._embedding[ids.masked_fill(ids >= len(self._embedding), UNK)])
            packed, hidden, cell = self._run(torch.cat(pieces)[layout.order], layout)
            for index, part in zip(group, torch.split(packed[layout.inverse], list(layout.lengths)), strict=True):
                outputs[index] = part
            states[group], cells[group] = hidden, cell
        edits = None
        if self._edit:
            first, second = self._edit
            edits = linear(linear(states, *first).relu_(), *second).argmax(1).tolist()
        return Encoded(characters, self._characters.units + unknown, states, cells, outputs, edits)

    def _run(self, packed: Tensor, layout: Layout) -> tuple[Tensor, Tensor, Tensor]:
        """The encoder; its last states, backward before forward, are those that the decoder begins with."""
        from torch.nn.utils.rnn import PackedSequence

        outputs, (hidden, cell) = self._encoder(PackedSequence(packed, layout.sizes))
        return outputs.data, torch.cat([hidden[-1], hidden[-2]], 1), torch.cat([cell[-1], cell[-2]], 1)

    def spell(self, encoded: Encoded, chosen: Sequence[int]) -> list[str]:
        """The most likely spelling, letter by letter, of the words with these indexes."""
        spelt: list[str] = []
        for first in range(0, len(chosen), 256):
            spelt += self._spell(encoded, chosen[first : first + 256])
        return spelt

    def _spell(self, encoded: Encoded, chosen: Sequence[int]) -> list[str]:
        rows = torch.tensor(chosen)
        state = encoded.states[rows], encoded.cells[rows]
        context = torch.nn.utils.rnn.pad_sequence([encoded.outputs[index] for index in chosen], batch_first=True)
        source = torch.full((len(chosen), context.shape[1] - 1), PAD)
        for row, index in enumerate(chosen):
            source[row, : len(encoded.characters[index])] = torch.tensor(encoded.characters[index])
        missing = torch.cat([torch.zeros(len(chosen), 1, dtype=torch.bool), source == PAD], 1)
        letters = torch.full((len(chosen),), SOS)
        done = torch.zeros(len(chosen), dtype=torch.bool)
        steps: list[Tensor] = []
        while len(steps) < self._longest and not done.all():
            known = letters.masked_fill(letters >= len(self._embedding), UNK)
            state = self._cell(self._embedding[known], state)
            letters = self._likeliest(state[0], context, missing, source, len(encoded.units))
            done = done | (letters == EOS)
            steps.append(letters.masked_fill(done, EOS))
        rows_of_letters = torch.stack(steps, 1).tolist() if steps else [[] for _ in chosen]
        return ["".join(encoded.units[letter] for letter in row if letter != EOS) for row in rows_of_letters]

    def _likeliest(self, state: Tensor, context: Tensor, missing: Tensor, source: Tensor, units: int) -> Tensor:
        """The next letter of each word, written from the vocabulary or copied from the source."""
        attention = torch.bmm(context, linear(state, self._attend).unsqueeze(2)).squeeze(2).masked_fill(missing, NEVER)
        log_attention = log_softmax(attention, 1)
        seen = torch.bmm(log_attention.exp().unsqueeze(1), context).squeeze(1)
        mixed = linear(torch.cat([seen, state], 1), self._mix).tanh()
        written = log_softmax(linear(mixed, *self._output), 1)
        gate = linear(mixed, *self._gate)
        log_copy = logsigmoid(gate) + log_softmax(log_attention[:, 1:], 1)  # the part of speech cannot be copied
        most = log_copy.max(1, keepdim=True)[0]
        copied = torch.zeros(len(state), units).scatter_add_(1, source, (log_copy - most).exp())
        log_copied = (copied.masked_fill(copied == 0, 1e-12).log() + most).masked_fill(copied == 0, NEVER)
        if written.shape[1] < units:
            written = torch.cat([written, written[:, UNK : UNK + 1].expand(-1, units - written.shape[1])], 1)
        return torch.logaddexp(log_copied, written - torch.log1p(gate.exp())).argmax(1)
