"""Products of whole numbers: close to those of floats, the same in any company, the same where floats must do."""

import pytest
import torch

from peristiwa.annotate.engine import eight
from peristiwa.annotate.engine.eight import WEIGHT_TOP, Linear8
from peristiwa.checkpoint import in_rows, small_vectors, whole_vectors

WIDE = [3, 17]


@pytest.fixture
def states() -> torch.Tensor:
    """Numbers of about 1, in two columns of up to 40."""
    torch.manual_seed(0)
    found = torch.randn(50, 32)
    found[:, WIDE] *= 15
    return found.clamp(-40, 40)


def make(scale: float = 8 / 255) -> tuple[Linear8, torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    matrix, bias = torch.randn(24, 32) * 0.1, torch.randn(24)
    return Linear8(*in_rows(matrix, WEIGHT_TOP), bias, scale, 128, WIDE, 40.0), matrix, bias


def test_products_are_close_to_those_of_floats(states: torch.Tensor) -> None:
    linear, matrix, bias = make()
    exact = states @ matrix.T + bias
    assert (linear(states) - exact).abs().max() < 0.15
    assert (linear(states) - exact).norm() / exact.norm() < 0.02
    narrow = Linear8(*in_rows(matrix, WEIGHT_TOP), bias, 8 / 255, 128, [], 40.0)
    assert (narrow(states) - exact).norm() / exact.norm() > 0.5  # what is beyond the levels is cut off


def test_rows_do_not_see_one_another(states: torch.Tensor) -> None:
    linear, *_ = make()
    together = linear(states)
    assert all(torch.equal(linear(states[at : at + 1])[0], together[at]) for at in range(len(states)))
    assert torch.equal(linear(states[:33]), together[:33])


def test_floats_of_the_same_levels_give_the_same(states: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make()[0](states)
    monkeypatch.setattr(eight, "WHOLE", False)
    assert torch.allclose(make()[0](states), whole, atol=1e-4)


def test_word_vectors_in_eight_bits_are_stanzas_again() -> None:
    torch.manual_seed(2)
    words = ["<PAD>", "rumah", "desa"]
    full = {"vocab": {"_id2unit": words, "_unit2id": {word: at for at, word in enumerate(words)}}, "emb": torch.randn(3, 8)}
    again = whole_vectors(small_vectors(full))
    assert again["vocab"] == full["vocab"]
    assert torch.allclose(again["emb"], full["emb"], atol=0.02)
    assert whole_vectors(full) is full
