"""Word vectors: skip-gram over running text, saved in Stanza's pretrain format.

Every neural model of the package reads the same file, so that it is shipped once.
Words are lower-cased because Stanza looks pretrained vectors up in lower case.
"""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from pathlib import Path

TOKEN = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")
"""One word (hyphens kept inside, as in ``negara-negara``) or one punctuation mark, as in the treebanks."""

DEFAULT_PARTS = {"news": 1.0, "prose": 1.0, "wiki": 0.6, "law": 0.2}
"""Share of each text file's lines that is read: news first, laws capped, since their wording repeats."""


class Sentences:
    """Re-iterable token lists of the running text (gensim reads the corpus several times)."""

    def __init__(self, folder: Path, parts: dict[str, float]) -> None:
        self.folder = folder
        self.parts = parts

    def __iter__(self) -> Iterator[list[str]]:
        for name, share in self.parts.items():
            with lzma.open(self.folder / f"{name}.txt.xz", "rt", encoding="utf8") as lines:
                for number, line in enumerate(lines):
                    if number * share % 1 < share:
                        yield TOKEN.findall(line.lower())


def train_vectors(
    text_folder: Path,
    out: Path,
    *,
    dimensions: int = 100,
    words: int = 80_000,
    epochs: int = 5,
    seed: int = 1,
    workers: int = 2,
) -> None:
    """Train skip-gram vectors on ``text_folder/{news,prose,wiki,law}.txt.xz`` and write a Stanza pretrain file.

    ``out`` holds a float32 matrix of ``words`` + 4 rows (Stanza's special symbols first) by ``dimensions``.
    Method: Mikolov et al. 2013, as implemented by gensim. With two workers the result is not bit-for-bit
    repeatable; the shipped file is the reference.
    """
    import torch
    from gensim.models import Word2Vec
    from stanza.models.common.pretrain import Pretrain
    from stanza.models.common.vocab import VOCAB_PREFIX

    model = Word2Vec(
        Sentences(text_folder, DEFAULT_PARTS),
        vector_size=dimensions,
        window=5,
        sg=1,
        negative=5,
        sample=1e-4,
        min_count=5,
        max_final_vocab=words,
        epochs=epochs,
        seed=seed,
        workers=workers,
    )
    kept = model.wv.index_to_key[:words]
    matrix = torch.zeros((len(kept) + len(VOCAB_PREFIX), dimensions), dtype=torch.float32)
    matrix[len(VOCAB_PREFIX) :] = torch.tensor(model.wv[kept])
    pretrain = Pretrain(str(out), save_to_file=False)
    from stanza.models.common.pretrain import PretrainedWordVocab

    pretrain._vocab, pretrain._emb = PretrainedWordVocab(kept), matrix
    out.parent.mkdir(parents=True, exist_ok=True)
    pretrain.save(str(out))
