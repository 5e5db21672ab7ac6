"""Convolutions of folded pixels: what they begin as, and that they can become any plain ones."""

import torch
from torch.nn import functional as F

from zerosum.nn.folding import DRAWN, Folding, Unfolding, haar


def test_it_begins_as_nearest_neighbours() -> None:
    torch.manual_seed(0)
    layer, x = Unfolding(3, 5), torch.randn(2, 3, 4, 6)
    small = F.conv2d(x, layer.weight[::4], layer.bias, padding=1)
    torch.testing.assert_close(layer(x), F.interpolate(small, scale_factor=2, mode="nearest"))


def test_it_reaches_every_sub_pixel_convolution() -> None:
    """Its wavelets are a basis: weights of any plain one, transformed, give the same pixels."""
    torch.manual_seed(0)
    plain, layer, x = (
        torch.nn.Conv2d(3, 20, 3, padding=1, bias=False),
        Unfolding(3, 5, bias=False),
        torch.randn(2, 3, 4, 4),
    )
    with torch.no_grad():
        pixels = plain.weight.unflatten(0, (5, 4))
        coordinates = torch.linalg.inv(layer.haar)
        layer.weight.copy_(torch.einsum("kp,ap...->ak...", coordinates, pixels).flatten(0, 1))
    torch.testing.assert_close(layer(x), F.pixel_shuffle(plain(x), 2), rtol=1e-4, atol=1e-5)


def test_differences_between_pixels_move_less_than_their_mean() -> None:
    layer, x = Unfolding(1, 1, bias=False), torch.ones(1, 1, 3, 3)
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[0, 0, 1, 1] = layer.weight[3, 0, 1, 1] = 1.0  # the mean, and the diagonal
    expected = torch.tensor([[1 + DRAWN, 1 - DRAWN], [1 - DRAWN, 1 + DRAWN]]).repeat(3, 3)
    torch.testing.assert_close(layer(x)[0, 0], expected)


def test_seeing_is_a_convolution_of_the_mean_and_of_larger_differences() -> None:
    torch.manual_seed(0)
    layer, x = Folding(2, 5), torch.randn(1, 2, 6, 8)
    cells = torch.einsum("pk,ncphw->nckhw", layer.haar, F.pixel_unshuffle(x, 2).unflatten(1, (2, 4))).flatten(1, 2)
    torch.testing.assert_close(layer(x), F.conv2d(cells, layer.weight, layer.bias, padding=1))


def test_the_wavelets_are_orthogonal() -> None:
    """So that no difference is learned as part of another, or of the mean."""
    columns = haar(1.0)
    torch.testing.assert_close(columns.T @ columns, 4 * torch.eye(4))
