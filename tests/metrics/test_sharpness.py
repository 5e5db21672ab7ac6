"""Sharpness against scipy's Laplacian, and for blur."""

import numpy as np
import pytest
import scipy.ndimage
import torch
import torch.nn.functional as F
from torch import Tensor

from zerosum.metrics.sharpness import sharpness


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("channels", "height", "width"), [(1, 28, 28), (3, 16, 24), (1, 3, 3), (3, 4, 3)])
def test_it_is_the_variance_of_scipys_laplacian_inside(channels: int, height: int, width: int) -> None:
    pictures = normal(6, channels, height, width).tanh()
    grey = pictures.double().numpy().mean(1)
    expected = [scipy.ndimage.laplace(one)[1:-1, 1:-1].var() for one in grey]
    assert np.allclose(sharpness(pictures).numpy(), expected, rtol=1e-6, atol=1e-8)


def test_transparency_is_left_out() -> None:
    colours = normal(5, 3, 12, 12).tanh()
    pictures = torch.cat([colours, normal(5, 1, 12, 12, seed=1)], 1)
    assert torch.equal(sharpness(pictures), sharpness(colours))


def test_flat_pictures_and_ramps_have_none_and_a_board_has_the_most() -> None:
    ramp = torch.linspace(-1, 1, 16).expand(1, 1, 16, 16)
    assert sharpness(torch.full((2, 1, 8, 8), 0.3)).max() < 1e-12 and sharpness(ramp).item() < 1e-10
    board = (-1.0) ** (torch.arange(16)[:, None] + torch.arange(16))
    assert sharpness(board[None, None]).item() == pytest.approx(64, rel=1e-3)


def test_it_is_that_of_each_picture_alone_and_squares_with_contrast() -> None:
    pictures = normal(4, 1, 10, 10)
    alone = torch.cat([sharpness(one[None]) for one in pictures])
    assert torch.allclose(sharpness(pictures), alone, rtol=1e-9)
    assert torch.allclose(sharpness(3 * pictures + 0.5), 9 * alone, rtol=1e-5)


def test_blur_lowers_it_step_by_step_and_noise_raises_it(digits: Tensor) -> None:
    blurred = digits[:100]
    values = [sharpness(blurred)]
    for _ in range(4):
        blurred = F.avg_pool2d(F.pad(blurred, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
        values.append(sharpness(blurred))
    for sharp, dull in zip(values, values[1:], strict=False):
        assert bool((dull < sharp).all())
    noisy = [sharpness(digits[:100] + amount * normal(100, 1, 28, 28)).mean() for amount in (0.0, 0.1, 0.3)]
    assert noisy == sorted(noisy) and noisy[2] > noisy[0]
