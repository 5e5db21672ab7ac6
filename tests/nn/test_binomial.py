"""The binomial filter against the explicit kernel, and its gradients."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from zerosum.nn.binomial import Double, Halve, Smooth

TAPS = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64) / 8


@pytest.mark.parametrize("padding", [0, 1, 2, 3])
def test_smoothing_is_the_filter_with_zeros_outside(padding: int) -> None:
    x = torch.randn(2, 3, 7, 9, dtype=torch.float64)
    padded = F.pad(x, [padding] * 4)
    rows = sum(tap * padded[:, :, index : padded.shape[2] - 3 + index] for index, tap in enumerate(TAPS))
    both = sum(tap * rows[:, :, :, index : padded.shape[3] - 3 + index] for index, tap in enumerate(TAPS))
    torch.testing.assert_close(Smooth(padding).double()(x), both)


@pytest.mark.parametrize("layer", [Smooth(1), Smooth(2), Double((6, 8)), Halve((6, 8))], ids=repr)
def test_gradients_of_both_orders_are_right(layer: nn.Module) -> None:
    size = (3, 4) if isinstance(layer, Double) else (6, 8)
    x = torch.randn(2, 2, *size, dtype=torch.float64, requires_grad=True)
    layer = layer.double()
    assert torch.autograd.gradcheck(layer, x)
    assert torch.autograd.gradgradcheck(layer, x)


def test_what_is_constant_stays_so_inside() -> None:
    ones = torch.ones(1, 1, 8, 8)
    assert torch.equal(Smooth(0)(ones), torch.ones(1, 1, 5, 5))
    assert torch.equal(Double((16, 16))(ones)[:, :, 1:-1, 1:-1], torch.ones(1, 1, 14, 14))
    assert torch.equal(Halve((8, 8))(ones)[:, :, 1:-1, 1:-1], torch.ones(1, 1, 2, 2))
