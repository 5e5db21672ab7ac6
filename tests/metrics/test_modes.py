"""Mixtures of known modes: brute force, points that ran away, and divergences beside scipy's."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.metrics.modes import found_modes, grid_divergence


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def ring_of(modes: int) -> Tensor:
    angle = 2 * math.pi * torch.arange(modes) / modes
    return torch.stack([angle.cos(), angle.sin()], 1)


def test_modes_are_counted_as_by_hand() -> None:
    centres, sigma = ring_of(8), 0.05
    which = torch.randint(8, (3000,), generator=torch.Generator().manual_seed(1)) % 6
    fake = centres[which] + 2.0 * sigma * normal(3000, 2)
    fake[:5] = centres[6] + 0.01  # of which 6 are needed
    fake[10:16] = centres[7] - 0.01
    counts, good = np.zeros(8), 0
    for point in fake.double().numpy():
        lengths = [math.dist(point, centre) for centre in centres.double().numpy()]
        if min(lengths) <= 3 * sigma:
            counts[int(np.argmin(lengths))] += 1
            good += 1
    assert 0.5 < good / 3000 < 0.9
    found = found_modes(fake, centres, sigma)
    assert found == (int((counts >= 6).sum()), 8, good / 3000) and found.found == 7


@pytest.mark.parametrize(("n", "needed"), [(10_000, 20), (20_000, 40), (2500, 5), (2600, 6), (100, 1)])
def test_how_many_samples_find_a_mode_grows_with_their_number(n: int, needed: int) -> None:
    centres = torch.tensor([[0.0, 0.0], [10.0, 0.0]])
    fake = torch.zeros(n, 2)
    fake[:needed, 0] = 10
    assert found_modes(fake, centres, 0.1).found == 2
    fake[0, 0] = 0
    assert found_modes(fake, centres, 0.1).found == 1


def test_three_deviations_are_good_and_more_are_not() -> None:
    centre = torch.zeros(1, 2)
    near, far = torch.tensor([[0.299, 0.0]]), torch.tensor([[0.0, 0.301]])
    assert found_modes(torch.cat([near, far]), centre, 0.1) == (1, 1, 0.5)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e30])
def test_points_that_ran_away_are_not_good_and_hide_nothing(bad: float) -> None:
    centres = ring_of(4)
    fake = centres.repeat(25, 1)
    healthy = found_modes(fake, centres, 0.1)
    fake[:40, 1] = bad
    assert healthy == (4, 4, 1) and found_modes(fake, centres, 0.1) == (4, 4, 0.6)
    assert found_modes(torch.full((10, 2), bad), centres, 0.1) == (0, 4, 0)


def histogram(x: Tensor, reals: Tensor) -> np.ndarray:
    """Shares in the cells of a grid over the reals, and outside of it."""
    points, real = x.double().numpy(), reals.double().numpy()
    low, high = real.min(0), real.max(0)
    edges = [np.linspace(a - 0.1 * (b - a), b + 0.1 * (b - a), 51) for a, b in zip(low, high, strict=True)]
    counts = np.histogramdd(points, edges)[0].ravel()
    return np.append(counts, len(points) - counts.sum()) / len(points)


@pytest.mark.parametrize("coordinates", [1, 2])
def test_the_divergence_is_scipys_squared(coordinates: int) -> None:
    fake, real = 1.3 * normal(900, coordinates) + 0.3, normal(700, coordinates, seed=1)
    p, q = histogram(fake, real), histogram(real, real)
    assert p[-1] > 0 and q[-1] == 0
    assert grid_divergence(fake, real) == pytest.approx(jensenshannon(p, q) ** 2, rel=1e-6)


def test_the_divergence_is_symmetric_where_both_span_the_same_grid() -> None:
    corners = torch.tensor([[-5.0, -5.0], [5.0, 5.0]])
    a, b = (torch.cat([corners, x.clamp(-5, 5)]) for x in (normal(400, 2), 0.5 * normal(300, 2, seed=1) + 1))
    assert grid_divergence(a, b) == pytest.approx(grid_divergence(b, a), rel=1e-9)
    assert grid_divergence(a, b) > 0.1


@pytest.mark.parametrize("coordinates", [1, 2])
def test_it_is_nothing_for_equal_points_and_log_two_for_apart_ones(coordinates: int) -> None:
    a = normal(300, coordinates)
    assert grid_divergence(a, a) == pytest.approx(0, abs=1e-12)
    assert grid_divergence(a.flip(0), a) == pytest.approx(0, abs=1e-12)
    assert grid_divergence(a + 100, a) == pytest.approx(math.log(2), rel=1e-12)
    assert grid_divergence(torch.full_like(a, 1e30), a) == pytest.approx(math.log(2), rel=1e-12)
    left, right = a.clamp(max=-1e-3) - 1, a.clamp(min=1e-3) + 1
    assert grid_divergence(left, torch.cat([right, -right.flip(0)])[: len(right)]) == pytest.approx(
        math.log(2), rel=1e-9
    )


def test_it_falls_as_points_come_nearer_and_ends_at_that_of_reals_beside_reals(ring: Tensor) -> None:
    real, other = ring[:1000], ring[1000:]
    values = [grid_divergence(other + amount * normal(1000, 2), real) for amount in (1.0, 0.3, 0.1, 0.0)]
    assert values == sorted(values, reverse=True) and values[-1] < 0.5 * values[0]


def test_points_that_are_all_the_same_have_a_divergence() -> None:
    same = torch.ones(50, 2)
    assert grid_divergence(same, same) == 0
    assert grid_divergence(normal(50, 2), same) == pytest.approx(math.log(2))


def test_more_than_two_coordinates_are_refused_in_a_sentence() -> None:
    with pytest.raises(SettingError, match="one or two coordinates; these have 3"):
        grid_divergence(normal(10, 3), normal(10, 3, seed=1))


def test_numbers_that_are_not_finite_stay_visible() -> None:
    a, b = normal(20, 2), normal(20, 2, seed=1)
    b[3, 0] = math.inf
    assert math.isnan(grid_divergence(a, b)) and math.isnan(grid_divergence(b, a))
