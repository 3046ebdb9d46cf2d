"""Choosing a bar and a share: a step that stands out by luck does not win."""

from __future__ import annotations

import pytest

from peristiwa.training.tuning import around, best_bar, best_of

HILL = {0.1: 10.0, 0.2: 20.0, 0.3: 30.0, 0.4: 40.0, 0.5: 30.0, 0.6: 20.0, 0.7: 10.0}


def test_the_top_of_a_hill_is_found() -> None:
    assert best_bar(HILL) == 0.4
    assert around(HILL, 0.4) == pytest.approx(28.0)


def test_a_lonely_peak_does_not_win() -> None:
    f1 = dict.fromkeys((0.1, 0.2, 0.3, 0.4), 0.4) | dict.fromkeys((0.7, 0.8, 1.0, 1.1, 1.2), 0.0) | {0.9: 0.41}
    assert best_bar(f1) < 0.5


def test_of_equally_good_ones_it_is_what_stands_in_their_midst() -> None:
    assert best_bar({step / 10: 0.5 for step in range(9)}) == 0.4
    assert best_of({0.1: 0.5, 0.2: 0.503, 0.3: 0.504, 0.4: 0.2}) == 0.2
    assert best_of({0.4: 0.78, 0.5: 0.77, 0.6: 0.77, 0.8: 0.78}) == 0.6
