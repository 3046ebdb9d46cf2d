"""Products of whole numbers: close to those of floats, the same in any company, the same where floats must do."""

import pytest
import torch
from torch.nn.functional import gelu

from peristiwa.annotate.engine import eight
from peristiwa.annotate.engine.eight import WEIGHT_TOP, Gelu8, Linear8, Matrix8
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
    return Linear8(Matrix8(*in_rows(matrix, WEIGHT_TOP), bias, scale, 128, WIDE, 40.0)), matrix, bias


def make_gelu() -> tuple[Gelu8, list[torch.Tensor]]:
    """Two layers, the second one's input going far up in two columns and little below zero."""
    torch.manual_seed(3)
    up, between, down, bias = torch.randn(48, 32) * 0.1, torch.randn(48), torch.randn(24, 48) * 0.1, torch.randn(24)
    up[[5, 20]] *= 8
    first = Matrix8(*in_rows(up, WEIGHT_TOP), between, 8 / 255, 128, WIDE, 40.0)
    second = Matrix8(*in_rows(down, WEIGHT_TOP), bias, 8 / 255, 8, [5, 20], 80.0)
    return Gelu8(first, second), [up, between, down, bias]


def test_products_are_close_to_those_of_floats(states: torch.Tensor) -> None:
    linear, matrix, bias = make()
    exact = states @ matrix.T + bias
    assert (linear(states) - exact).abs().max() < 0.15
    assert (linear(states) - exact).norm() / exact.norm() < 0.02
    narrow = Linear8(Matrix8(*in_rows(matrix, WEIGHT_TOP), bias, 8 / 255, 128, [], 40.0))
    assert (narrow(states) - exact).norm() / exact.norm() > 0.5  # what is beyond the levels is cut off


def test_two_layers_with_a_gelu_are_close_to_those_of_floats(states: torch.Tensor) -> None:
    layers, (up, between, down, bias) = make_gelu()
    exact = gelu(states @ up.T + between) @ down.T + bias
    assert (layers(states) - exact).norm() / exact.norm() < 0.03


def test_rows_do_not_see_one_another(states: torch.Tensor) -> None:
    for layer in (make()[0], make_gelu()[0]):
        together = layer(states)
        assert all(torch.equal(layer(states[at : at + 1])[0], together[at]) for at in range(len(states)))
        assert torch.equal(layer(states[:33]), together[:33])


def test_floats_of_the_same_levels_give_the_same(states: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, two = make()[0](states), make_gelu()[0](states)
    monkeypatch.setattr(eight, "WHOLE", False)
    assert torch.allclose(make()[0](states), whole, atol=1e-4)
    assert torch.allclose(make_gelu()[0](states), two, atol=0.02)  # a tie is a level's difference


def test_word_vectors_in_eight_bits_are_stanzas_again() -> None:
    torch.manual_seed(2)
    words = ["<PAD>", "rumah", "desa"]
    full = {"vocab": {"_id2unit": words, "_unit2id": {word: at for at, word in enumerate(words)}}, "emb": torch.randn(3, 8)}
    again = whole_vectors(small_vectors(full))
    assert again["vocab"] == full["vocab"]
    assert torch.allclose(again["emb"], full["emb"], atol=0.02)
    assert whole_vectors(full) is full
