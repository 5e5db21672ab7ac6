"""Equalised learning rate: signals keep their size, and one optimizer step changes every layer by the same share."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.discriminator import Discriminator
from zerosum.nn.doubling import double
from zerosum.nn.equalised import EqualisedConv2d, EqualisedDoublingConv2d, EqualisedLinear
from zerosum.nn.spectral import bounded


@pytest.mark.parametrize("multiplier", [1.0, 0.01])
@pytest.mark.parametrize("activate", [False, True])
def test_linear_maps_keep_the_size_of_signals(multiplier: float, activate: bool) -> None:
    torch.manual_seed(0)
    layer = EqualisedLinear(300, 500, activate=activate, multiplier=multiplier)
    assert layer(torch.randn(400, 300)).square().mean().item() == pytest.approx(1.04 if activate else 1.0, abs=0.05)


@pytest.mark.parametrize("activate", [False, True])
def test_convolutions_keep_the_size_of_signals(activate: bool) -> None:
    torch.manual_seed(0)
    layer = EqualisedConv2d(64, 200, 3, padding=0, activate=activate, gain=0.5)
    seen = layer(torch.randn(50, 64, 8, 8)).square().mean().item()
    assert seen == pytest.approx(0.26 if activate else 0.25, abs=0.02)


def test_layers_against_the_formula() -> None:
    torch.manual_seed(0)
    linear = EqualisedLinear(5, 4, activate=True, multiplier=0.1, bias=0.3).double()
    x = torch.randn(3, 5, dtype=torch.float64)
    expected = F.leaky_relu(x @ (0.1 * linear.weight / 5**0.5).T + 0.3, 0.2) * 2**0.5
    torch.testing.assert_close(linear(x), expected, rtol=1e-6, atol=1e-6)

    convolution = EqualisedConv2d(5, 4, 3, stride=2, gain=0.7).double()
    nn.init.normal_(convolution.bias)
    x = torch.randn(3, 5, 6, 6, dtype=torch.float64)
    y = F.conv2d(x, convolution.weight / 45**0.5, convolution.bias, stride=2, padding=1)
    torch.testing.assert_close(convolution(x), F.leaky_relu(y, 0.2) * 2**0.5 * 0.7)


def test_a_bias_without_a_leaky_relu() -> None:
    layer = EqualisedConv2d(5, 4, 1, activate=False, bias=True).double()
    nn.init.normal_(layer.bias)
    x = torch.randn(3, 5, 6, 6, dtype=torch.float64)
    torch.testing.assert_close(layer(x), F.conv2d(x, layer.weight / 5**0.5, layer.bias))


def test_doubling_convolutions_are_convolutions_of_doubled_grids() -> None:
    torch.manual_seed(0)
    layer, plain = EqualisedDoublingConv2d(5, 4).double(), EqualisedConv2d(5, 4, 3).double()
    nn.init.normal_(layer.bias)
    plain.load_state_dict(layer.state_dict())
    x = torch.randn(2, 5, 3, 6, dtype=torch.float64)
    torch.testing.assert_close(layer(x), plain(double(x)))
    by_layer, by_plain = (
        torch.autograd.grad(one.square().sum(), tuple(net.parameters()))
        for net, one in ((layer, layer(x)), (plain, plain(double(x))))
    )
    for found, expected in zip(by_layer, by_plain, strict=True):
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("multiplier", [1.0, 0.01])
@pytest.mark.parametrize("width", [4, 400])
def test_a_step_changes_every_layer_by_the_same_share(width: int, multiplier: float) -> None:
    torch.manual_seed(0)
    layer = EqualisedLinear(width, 50, multiplier=multiplier)
    before = layer.weight.detach().clone()
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1, betas=(0.0, 0.99))
    layer(torch.randn(8, width)).sum().backward()
    optimizer.step()
    change = (layer.weight.detach() - before).square().mean().sqrt() / before.square().mean().sqrt()
    assert change.item() == pytest.approx(0.1 * multiplier, rel=0.15)


def test_spectral_norm_takes_the_place_of_the_scale() -> None:
    torch.manual_seed(0)

    class Small(Discriminator):
        def __init__(self) -> None:
            super().__init__()
            self.convolve = EqualisedConv2d(3, 20, 3, activate=False)
            self.head: Any = EqualisedLinear(20, 30, multiplier=0.01)

        def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
            return self.convolve(x).mean((2, 3))

    small = bounded(Small(), True)
    singular = torch.linalg.svdvals(small.head(torch.eye(20)).detach())
    assert singular[0].item() == pytest.approx(1.0, abs=0.05)
