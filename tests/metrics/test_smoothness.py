"""Path lengths against closed forms, and great circles against scipy's."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial import geometric_slerp
from torch import Tensor

from zerosum.metrics.smoothness import path_length, slerp


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).double()


def uniform(n: int) -> Tensor:
    return torch.rand(n, 1, generator=torch.Generator().manual_seed(7)).double()


@pytest.mark.parametrize("dimension", [2, 3, 64])
@pytest.mark.parametrize("place", [0.0, 0.25, 0.9, 1.0])
def test_great_circles_are_scipys_on_the_sphere_that_normal_latents_lie_on(dimension: int, place: float) -> None:
    first, second = normal(20, dimension), 3 * normal(20, dimension, seed=1)
    found = slerp(first, second, torch.full((20, 1), place, dtype=torch.float64))
    for point, a, b in zip(found.numpy(), first.numpy(), second.numpy(), strict=True):
        expected = geometric_slerp(a / np.linalg.norm(a), b / np.linalg.norm(b), [place])[0]
        assert np.allclose(point, math.sqrt(dimension) * expected, rtol=1e-9, atol=1e-9)
    assert torch.allclose(found.norm(dim=1), torch.full((20,), math.sqrt(dimension), dtype=torch.float64), rtol=1e-9)


def test_great_circles_hit_both_ends() -> None:
    first, second = normal(20, 16), normal(20, 16, seed=1)
    for place, end in ((0.0, first), (1.0, second)):
        found = slerp(first, second, torch.full((20, 1), place, dtype=torch.float64))
        assert torch.allclose(found, 4 * end / end.norm(dim=1, keepdim=True), rtol=1e-9)
    assert torch.allclose(slerp(first, first, uniform(20)), 4 * first / first.norm(dim=1, keepdim=True), rtol=1e-6)
    assert slerp(first, -first, uniform(20)).isfinite().all()
    assert slerp(torch.zeros(2, 3), torch.zeros(2, 3), torch.zeros(2, 1)).isfinite().all()


def test_straight_paths_under_a_linear_map_are_as_long_as_the_map_says() -> None:
    first, second, matrix = normal(600, 8), normal(600, 8, seed=1), normal(8, 30, seed=2)
    found = path_length(lambda z: z @ matrix, first, second, uniform(600), spherical=False)
    lengths = np.sort((((second - first) @ matrix) ** 2).sum(1).numpy())
    low, high = np.quantile(lengths, [0.01, 0.99])
    kept = lengths[(lengths >= low) & (lengths <= high)]
    assert len(kept) == 588 and found.value == pytest.approx(kept.mean(), rel=1e-6)


def test_paths_on_the_sphere_are_as_long_as_their_chords() -> None:
    first, second = normal(500, 32), normal(500, 32, seed=1)
    found = path_length(lambda z: z, first, second, uniform(500), spherical=True, step=0.01)
    cosine = (first * second).sum(1) / (first.norm(dim=1) * second.norm(dim=1))
    chords = np.sort(32 * (2 * np.sin(0.01 * np.arccos(cosine.numpy()) / 2)) ** 2 / 0.01**2)
    assert found.value == pytest.approx(chords[5:-5].mean(), rel=1e-6)
    assert found.value == pytest.approx(32 * (math.pi / 2) ** 2, rel=0.05)


def test_the_hundredth_at_either_end_is_left_out() -> None:
    first, second = torch.zeros(1000, 1), torch.ones(1000, 1)
    lost = torch.ones(1000, 1)
    lost[:9] = 1e6  # outliers, fewer than a hundredth
    places = torch.zeros(1000, 1)
    assert path_length(lambda z: z * lost, first, second, places, spherical=False).value == pytest.approx(1, rel=1e-5)
    lost[:30] = 1e6
    assert path_length(lambda z: z * lost, first, second, places, spherical=False).value > 1e9


@pytest.mark.parametrize("spherical", [False, True])
def test_the_rougher_the_longer(spherical: bool) -> None:
    first, second, places = normal(400, 4), normal(400, 4, seed=1), uniform(400)
    values = [
        path_length(lambda z, rate=rate: (rate * z).sin(), first, second, places, spherical).value
        for rate in (1, 3, 10, 30)
    ]
    assert values == sorted(values) and values[-1] > 100 * values[0]
    assert path_length(lambda z: 0 * z, first, second, places, spherical).value == 0


def test_the_step_is_of_the_path_and_hardly_changes_the_length() -> None:
    first, second, places = normal(400, 4), normal(400, 4, seed=1), uniform(400)
    long, short = (path_length(torch.sin, first, second, places, True, step=step).value for step in (1e-2, 1e-4))
    assert long == pytest.approx(short, rel=0.02) and long != short


def test_the_error_is_that_of_a_mean_and_bad_features_stay_visible() -> None:
    first, second, places = normal(1000, 4), normal(1000, 4, seed=1), uniform(1000)
    lengths = (second - first).square().sum(1).numpy()
    low, high = np.quantile(lengths, [0.01, 0.99])
    kept = lengths[(lengths >= low) & (lengths <= high)]
    found = path_length(lambda z: z, first, second, places, spherical=False)
    assert found.error == pytest.approx(kept.std() / math.sqrt(len(kept)), rel=0.3) and found.low < found.high
    assert math.isnan(path_length(lambda z: z / 0, first, second, places, spherical=False).value)
