"""Hand-corrected trees of texts that may not be redistributed: nothing of the text is kept, and all of it comes back."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from peristiwa.errors import GoldError
from peristiwa.training import trees as module
from peristiwa.training.data import Tree
from peristiwa.training.trees import read_trees, write_trees
from peristiwa.types import Document, Record

TEXT = "Baris lain.\nIa membaca  bukunya."
ROWS = """1 Ia 2 nsubj _
2 membaca 0 root _
3-4 bukunya _ _ SpaceAfter=No
3 buku 2 obj _
4 nya 3 nmod:poss _
5 . 2 punct _"""


def tree() -> Tree:
    rows = [line.split() for line in ROWS.splitlines()]
    return Tree("Ia membaca  bukunya.", [[n, form, *"____", head, rel, "_", misc] for n, form, head, rel, misc in rows])


@pytest.fixture
def passages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "read_standoff", lambda _: [Record(Document("news-L1-2", TEXT))])


@pytest.mark.usefixtures("passages")
def test_nothing_of_the_text_is_kept_and_all_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "trees.jsonl.xz"
    assert write_trees([("news-L1-2", tree())], {"news-L1-2": TEXT}, path) == 1
    kept = lzma.decompress(path.read_bytes()).decode()
    assert not any(word in kept for word in ("Ia", "membaca", "buku"))
    (back,) = read_trees(tmp_path, path)
    assert (back.text, back.rows) == (tree().text, tree().rows)


@pytest.mark.usefixtures("passages")
def test_a_tree_that_is_not_in_its_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="not in the text"):
        write_trees([("news-L1-2", tree())], {"news-L1-2": "Ia menulis bukunya."}, tmp_path / "a.xz")
    write_trees([("news-L1-3", tree())], {"news-L1-3": TEXT}, tmp_path / "b.xz")
    with pytest.raises(GoldError, match="no passage news-L1-3"):
        read_trees(tmp_path, tmp_path / "b.xz")


def test_the_trees_that_ship_are_trees() -> None:
    for line in lzma.decompress(module.TREES.read_bytes()).splitlines():
        row = json.loads(line)
        heads = row["heads"]
        assert len(heads) == len(row["deprels"]) == sum(len(token) - 1 for token in row["tokens"])
        assert [deprel for head, deprel in zip(heads, row["deprels"], strict=True) if head == 0] == ["root"]
        for number in range(1, len(heads) + 1):
            steps = 0
            while number:
                number, steps = heads[number - 1], steps + 1
                assert steps <= len(heads)
