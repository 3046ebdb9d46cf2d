"""Quality is gated like code: the shipped pipeline stays above the pinned floors on the repository's own gold."""

from __future__ import annotations

import pytest

from peristiwa import load
from peristiwa.evaluate import check_floors, read_floors
from quality import FLOORS, GOLD, measure

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def shipped():
    return load()


@pytest.mark.parametrize("gold_set", GOLD)
def test_scores_stay_above_the_floors(gold_set, shipped):
    scores, sha256 = measure(gold_set, shipped)
    assert check_floors(scores, sha256, read_floors(FLOORS)[gold_set]) == []
