"""Pictures on the grids of a pyramid, against means taken with numpy; odd sizes."""

import numpy as np
import pytest
import torch
from torch import Tensor

from zerosum.nn.pyramid import Pyramid

SIZES = [(16, 16), (28, 28), (13, 18), (7, 30), (64, 9)]


def means(pyramid: Pyramid, picture: np.ndarray, level: int) -> np.ndarray:
    """The grid of a level, cell by cell, of a picture (height, width) that zeros surround."""
    rows, columns = (side << level for side in pyramid.base)
    cell = 1 << (pyramid.doublings - level)
    top, left = (rows * cell - pyramid.height) // 2, (columns * cell - pyramid.width) // 2
    around = np.zeros((rows * cell, columns * cell))
    around[top : top + pyramid.height, left : left + pyramid.width] = picture
    return np.array(
        [
            [around[cell * i : cell * (i + 1), cell * j : cell * (j + 1)].mean() for j in range(columns)]
            for i in range(rows)
        ]
    )


def pictures_of(pyramid: Pyramid) -> Tensor:
    return torch.randn(3, 2, pyramid.height, pyramid.width)


@pytest.mark.parametrize("size", SIZES)
def test_grids_are_means(size: tuple[int, int]) -> None:
    pyramid = Pyramid.of(*size, shortest=2)
    x = pictures_of(pyramid)
    assert pyramid.doublings >= 1
    for level in range(pyramid.doublings + 1):
        reduced = pyramid.reduce(x, level)
        np.testing.assert_allclose(reduced[1, 1], means(pyramid, x[1, 1].double().numpy(), level), atol=1e-6)
        assert torch.equal(pyramid.reduce(reduced, level), reduced), "a grid is left as it is"
        for coarser in range(level):
            torch.testing.assert_close(pyramid.reduce(reduced, coarser), pyramid.reduce(x, coarser))


@pytest.mark.parametrize("size", SIZES)
def test_enlarged_grids_are_pictures_of_squares(size: tuple[int, int]) -> None:
    pyramid = Pyramid.of(*size, shortest=2)
    for level in range(pyramid.doublings + 1):
        grid = torch.randn(2, 3, *(side << level for side in pyramid.base))
        cell = 1 << (pyramid.doublings - level)
        picture = pyramid.enlarge(grid)
        assert picture.shape == (2, 3, *size)
        whole = np.kron(grid.numpy(), np.ones((cell, cell), np.float32))
        top, left = ((whole.shape[2 + axis] - size[axis]) // 2 for axis in (0, 1))
        assert np.array_equal(picture, whole[:, :, top : top + size[0], left : left + size[1]])


def test_pictures_that_fill_the_pyramid_come_back() -> None:
    pyramid = Pyramid.of(24, 32)
    grid = torch.randn(2, 3, 12, 16)
    torch.testing.assert_close(pyramid.reduce(pyramid.enlarge(grid), 1), grid)


@pytest.mark.parametrize("size", SIZES)
def test_shown_pictures_lie_between_two_grids(size: tuple[int, int]) -> None:
    pyramid = Pyramid.of(*size, shortest=2)
    x = pictures_of(pyramid)
    assert torch.equal(pyramid.show(x, pyramid.doublings), x), "with all grids nothing is missing"
    for level in range(pyramid.doublings):
        coarse, fine = (pyramid.enlarge(pyramid.reduce(x, grid)) for grid in (level, level + 1))
        assert torch.equal(pyramid.show(x, level), coarse)
        torch.testing.assert_close(pyramid.show(x, level + 0.3), 0.7 * coarse + 0.3 * fine)
        torch.testing.assert_close(pyramid.show(x, level + 1 - 1e-6), pyramid.show(x, level + 1), atol=1e-4, rtol=0)
