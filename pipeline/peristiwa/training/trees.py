"""Dependency trees of running text, corrected by hand, kept without a word of the text.

``trees.jsonl.xz`` beside this file holds, of single sentences in the passages of ``standoff``, where the sentence begins,
the widths of tokens (and of the words in them) and each word's head and relation. Tags and lemmas are the models' own:
the parser is to learn from what it will meet. How the sentences were chosen and corrected is in ``LOG.md``.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from peristiwa.errors import GoldError
from peristiwa.training.data import DEPREL, FORM, HEAD, ID, Tree, write_conllu
from peristiwa.training.standoff import read_standoff

TREES = Path(__file__).with_name("trees.jsonl.xz")
NO_SPACE = "SpaceAfter=No"


def write_trees(trees: Iterable[tuple[str, Tree]], texts: Mapping[str, str], path: Path = TREES) -> int:
    """Write trees with the ids of their passages; returns how many. Raises GoldError where a tree is not in its text."""
    lines = [json.dumps(_without_text(doc_id, tree, texts.get(doc_id, ""))) for doc_id, tree in trees]
    path.write_bytes(lzma.compress("".join(f"{line}\n" for line in lines).encode()))
    return len(lines)


def read_trees(data: Path, path: Path = TREES) -> list[Tree]:
    """The trees, words taken from the passages in the folder ``data``; tags and lemmas are left open.

    Raises GoldError when a passage is missing or other.
    """
    texts = {record.document.doc_id: record.document.text for record in read_standoff(data)}
    rows = [json.loads(line) for line in lzma.decompress(path.read_bytes()).splitlines()]
    return [_with_text(row, texts) for row in rows]


def prepare_trees(data: Path, work: Path) -> None:
    """Write ``work/ud/parse-hand.conllu``."""
    write_conllu(read_trees(data), work / "ud" / "parse-hand.conllu")


def _without_text(doc_id: str, tree: Tree, text: str) -> dict[str, Any]:
    start = here = text.find(tree.text)
    tokens: list[list[int]] = []
    for token, words in _tokens(tree):
        gap = text.find(token, here) - here
        if start < 0 or gap < 0 or text[here : here + gap].strip() or "".join(words) != token:
            raise GoldError(f"{doc_id}: {token!r} of a tree is not in the text there.")
        tokens.append([gap, *map(len, words)])
        here += gap + len(token)
    heads, deprels = [int(row[HEAD]) for row in tree.words()], [row[DEPREL] for row in tree.words()]
    return {"doc_id": doc_id, "start": start, "tokens": tokens, "heads": heads, "deprels": deprels}


def _tokens(tree: Tree) -> Iterable[tuple[str, list[str]]]:
    """Each token and the words that it is made of."""
    words = {int(row[ID]): row[FORM] for row in tree.words()}
    inside_until = 0
    for row in tree.rows:
        first, _, last = row[ID].partition("-")
        if last:
            inside_until = int(last)
        if last or int(first) > inside_until:
            yield row[FORM], [words[number] for number in range(int(first), int(last or first) + 1)]


def _with_text(row: Mapping[str, Any], texts: Mapping[str, str]) -> Tree:
    doc_id, here, rows = row["doc_id"], row["start"], []
    if doc_id not in texts:
        raise GoldError(f"{TREES.name}: there is no passage {doc_id} to read the words of a tree from.")
    text, number = texts[doc_id], 0
    gaps = [gap for gap, *_ in row["tokens"][1:]] + [1]
    for (gap, *widths), behind in zip(row["tokens"], gaps, strict=True):
        here += gap
        space = "_" if behind else NO_SPACE
        if len(widths) > 1:
            span = f"{number + 1}-{number + len(widths)}"
            rows.append([span, text[here : here + sum(widths)], *"_" * 7, space])
        for width in widths:
            head, deprel = row["heads"][number], row["deprels"][number]
            number += 1
            misc = space if len(widths) == 1 else "_"
            rows.append([str(number), text[here : here + width], *"____", str(head), deprel, "_", misc])
            here += width
    return Tree(text[row["start"] : here], rows)
