"""Residual blocks against their plain formulas in float64."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.pyramid import Pyramid
from zerosum.nn.residual import DoublingConv2d, DownBlock, HalvingConv2d, UpBlock, channel_multiples, double


def doubled_plainly(x: Tensor, layer: nn.Conv2d) -> Tensor:
    """Every pixel four times, then the 3x3 convolution, as sums over its nine shifts."""
    return shifted_sums(x.repeat_interleave(2, 2).repeat_interleave(2, 3), layer)


def halved_plainly(x: Tensor, layer: nn.Conv2d) -> Tensor:
    """The 3x3 convolution, then the mean of every four pixels."""
    return shifted_sums(x, layer).unflatten(2, (-1, 2)).unflatten(4, (-1, 2)).mean((3, 5))


def shifted_sums(x: Tensor, layer: nn.Conv2d) -> Tensor:
    height, width = x.shape[2:]
    padded = torch.zeros(*x.shape[:2], height + 2, width + 2, dtype=x.dtype)
    padded[:, :, 1:-1, 1:-1] = x
    total = layer.bias[:, None, None].expand(len(x), -1, height, width)  # type: ignore[index]
    for row in range(3):
        for column in range(3):
            part = padded[:, :, row : row + height, column : column + width]
            total = total + torch.einsum("oi,nihw->nohw", layer.weight[:, :, row, column], part)
    return total


@pytest.mark.parametrize(("kind", "plainly"), [(DoublingConv2d, doubled_plainly), (HalvingConv2d, halved_plainly)])
@pytest.mark.parametrize("size", [(4, 6), (2, 2), (2, 10)])
def test_changing_size_and_convolving_are_one(kind, plainly, size) -> None:
    """The same numbers, borders included, and the same gradients, of a gradient's size too."""
    layer, x = kind(3, 5, 3).double(), torch.randn(2, 3, *size, dtype=torch.float64, requires_grad=True)
    found, expected = layer(x), plainly(x, layer)
    torch.testing.assert_close(found, expected)
    direction = torch.randn_like(expected)
    sources = (x, layer.weight, layer.bias)
    slopes = [torch.autograd.grad((y.tanh() * direction).sum(), sources, create_graph=True) for y in (found, expected)]
    for one, other in zip(*slopes, strict=True):
        torch.testing.assert_close(one, other)
    twice = [torch.autograd.grad(slope[0].square().sum(), layer.weight)[0] for slope in slopes]
    torch.testing.assert_close(*twice)


def test_a_block_that_doubles() -> None:
    block = UpBlock(4, 6).double()
    x = torch.randn(5, 4, 3, 5, dtype=torch.float64) * 2 + 1
    plain, kept = copy.deepcopy(block), x.clone()

    def normalised(y: Tensor) -> Tensor:
        return (y - y.mean((0, 2, 3), keepdim=True)) / (y.var((0, 2, 3), correction=0, keepdim=True) + 1e-5).sqrt()

    expected = doubled_plainly(normalised(x).clamp(min=0), plain.convolve[0])
    expected = shifted_sums(normalised(expected).clamp(min=0), plain.convolve[1])
    doubled = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    expected = expected + F.conv2d(doubled, plain.shortcut.weight, plain.shortcut.bias)
    torch.testing.assert_close(block(x), expected)
    assert torch.equal(x, kept), "what comes in also goes along the shortcut"


@pytest.mark.parametrize("halve", [False, True])
@pytest.mark.parametrize(("inputs", "first"), [(3, True), (4, False), (6, False)])
def test_a_block_that_halves(halve: bool, inputs: int, first: bool) -> None:
    block, x = DownBlock(inputs, 6, halve, first).double(), torch.randn(5, inputs, 4, 6, dtype=torch.float64)
    kept = x.clone()
    expected = shifted_sums(x if first else x.clamp(min=0), block.convolve[0]).clamp(min=0)
    expected, aside = shifted_sums(expected, block.convolve[1]), x
    if inputs != 6 or halve:
        aside = torch.einsum("oi,nihw->nohw", block.shortcut.weight[:, :, 0, 0], x)
        aside = aside + block.shortcut.bias[:, None, None]
    expected = expected + aside
    if halve:
        expected = expected.unflatten(2, (-1, 2)).unflatten(4, (-1, 2)).mean((3, 5))
    torch.testing.assert_close(block(x), expected)
    assert torch.equal(x, kept)


def test_doubling_repeats() -> None:
    assert double(torch.tensor([[[[1.0, 2.0]]]])).tolist() == [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]


def test_channel_tables() -> None:
    """Brock et al. 2019, Appendix B, from the picture to the base, in units of ch."""
    for pixels, table in {
        128: [1, 2, 4, 8, 16, 16],
        256: [1, 2, 4, 8, 8, 16, 16],
        512: [1, 1, 2, 4, 8, 8, 16, 16],
    }.items():
        assert list(channel_multiples(Pyramid.of(pixels, pixels).doublings)) == table
    for doublings in range(1, 10):
        multiples = channel_multiples(doublings)
        assert len(multiples) == doublings + 1 and list(multiples) == sorted(multiples) and multiples[0] == 1


@pytest.mark.parametrize(
    ("size", "side", "grid"),
    [
        ((128, 128), 32, (32, 32)),
        ((128, 128), 64, (64, 64)),
        ((128, 128), 1000, (64, 64)),
        ((28, 28), 16, (14, 14)),
        ((28, 28), 13, (7, 7)),
        ((28, 28), 1, (7, 7)),
        ((8, 8), 32, (4, 4)),
        ((13, 18), 32, (7, 9)),
        ((64, 200), 16, (16, 52)),
    ],
)
def test_the_grid_of_a_side(size: tuple[int, int], side: int, grid: tuple[int, int]) -> None:
    pyramid = Pyramid.of(*size)
    level = pyramid.level(side)
    assert (pyramid.base[0] << level, pyramid.base[1] << level) == grid and level < pyramid.doublings
