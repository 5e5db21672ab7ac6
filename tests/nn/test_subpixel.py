"""Sub-pixel convolution in Haar wavelets: what it begins as, and that it can become any sub-pixel convolution."""

import torch
from torch.nn import functional as F

from zerosum.nn.subpixel import DETAIL, SubPixel


def test_it_begins_as_nearest_neighbours() -> None:
    torch.manual_seed(0)
    layer, x = SubPixel(3, 5), torch.randn(2, 3, 4, 6)
    small = F.conv2d(x, layer.weight[::4], layer.bias, padding=1)
    torch.testing.assert_close(layer(x), F.interpolate(small, scale_factor=2, mode="nearest"))


def test_it_reaches_every_sub_pixel_convolution() -> None:
    """Its wavelets are a basis: weights of any plain one, transformed, give the same pixels."""
    torch.manual_seed(0)
    plain, layer, x = (
        torch.nn.Conv2d(3, 20, 3, padding=1, bias=False),
        SubPixel(3, 5, bias=False),
        torch.randn(2, 3, 4, 4),
    )
    with torch.no_grad():
        pixels = plain.weight.unflatten(0, (5, 4))
        coordinates = torch.linalg.inv(layer.haar)
        layer.weight.copy_(torch.einsum("kp,ap...->ak...", coordinates, pixels).flatten(0, 1))
    torch.testing.assert_close(layer(x), F.pixel_shuffle(plain(x), 2), rtol=1e-4, atol=1e-5)


def test_differences_between_pixels_move_less_than_their_mean() -> None:
    layer, x = SubPixel(1, 1, bias=False), torch.ones(1, 1, 3, 3)
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[0, 0, 1, 1] = layer.weight[3, 0, 1, 1] = 1.0  # the mean, and the diagonal
    expected = torch.tensor([[1 + DETAIL, 1 - DETAIL], [1 - DETAIL, 1 + DETAIL]]).repeat(3, 3)
    torch.testing.assert_close(layer(x)[0, 0], expected)
