"""Distances against sums written out in numpy and closed forms."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import wasserstein_distance
from torch import Tensor, nn

from zerosum.metrics.distances import energy_distance, kernel_distance, sliced_wasserstein, sliced_wasserstein_estimate
from zerosum.metrics.frechet import frechet_distance

ALL = (energy_distance, kernel_distance, frechet_distance, sliced_wasserstein)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def mean_over_pairs(values: np.ndarray) -> float:
    n = len(values)
    return sum(values[i, j] for i in range(n) for j in range(n) if i != j) / (n * (n - 1))


def two_sets() -> tuple[Tensor, Tensor]:
    return normal(23, 5), 1.5 * normal(31, 5, seed=1) + 0.5


def test_energy_distance_is_its_u_statistic() -> None:
    a, b = two_sets()
    x, y = a.double().numpy(), b.double().numpy()

    def lengths(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return np.linalg.norm(p[:, None] - q[None], axis=2)

    expected = 2 * lengths(x, y).mean() - mean_over_pairs(lengths(x, x)) - mean_over_pairs(lengths(y, y))
    assert energy_distance(a, b) == pytest.approx(expected, rel=1e-9)


def test_kernel_distance_is_its_u_statistic() -> None:
    a, b = two_sets()
    x, y = a.double().numpy(), b.double().numpy()

    def kernel(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return (p @ q.T / 5 + 1) ** 3

    expected = mean_over_pairs(kernel(x, x)) + mean_over_pairs(kernel(y, y)) - 2 * kernel(x, y).mean()
    assert kernel_distance(a, b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("distance", [energy_distance, kernel_distance])
def test_unbiased_distances_scatter_about_zero(distance) -> None:
    values = [distance(normal(64, 3, seed=2 * s), normal(64, 3, seed=2 * s + 1)) for s in range(40)]
    assert abs(np.mean(values)) < 3 * np.std(values) / math.sqrt(40)


def test_frechet_distance_of_gaussians_has_a_closed_form() -> None:
    a = normal(200_000, 3) * torch.tensor([1.0, 2.0, 3.0])
    b = normal(200_000, 3, seed=1) * torch.tensor([2.0, 2.0, 1.0]) + torch.tensor([1.0, 0.0, 0.0])
    assert frechet_distance(a, b) == pytest.approx(1 + 1 + 0 + 4, rel=0.02)


@pytest.mark.parametrize(("n", "m", "f"), [(40, 60, 7), (10, 12, 30), (10, 60, 30)])
def test_frechet_distance_is_heusels_formula_also_with_few_samples(n: int, m: int, f: int) -> None:
    a, b = normal(n, f), normal(m, f, seed=1) @ normal(f, f, seed=2) + 0.3
    x, y = a.double().numpy(), b.double().numpy()
    p, q = np.cov(x.T), np.cov(y.T)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(p @ q).real, 0)).sum()
    expected = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(p) + np.trace(q) - 2 * roots
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)


def test_frechet_distance_of_a_set_from_itself_is_zero() -> None:
    a = normal(100, 50)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-5)


def test_sliced_wasserstein_of_one_coordinate_sorts() -> None:
    a, b = normal(50, 1), normal(50, 1, seed=1)
    expected = math.sqrt(((a.double().sort(0).values - b.double().sort(0).values) ** 2).mean())
    assert sliced_wasserstein(a, b) == pytest.approx(expected, rel=1e-9)


def test_sliced_wasserstein_takes_unequal_numbers_of_samples() -> None:
    a, b = normal(20, 4), normal(30, 4, seed=1)
    expected = sliced_wasserstein(a.repeat_interleave(3, 0), b.repeat_interleave(2, 0))
    assert sliced_wasserstein(a, b) == pytest.approx(expected, rel=1e-9)


def test_sliced_wasserstein_of_a_shift_is_its_length_along_the_directions() -> None:
    a = normal(100, 3)
    shift = torch.tensor([3.0, 0.0, 0.0])
    assert sliced_wasserstein(a, a + shift, 4096) == pytest.approx(3 / math.sqrt(3), rel=0.03)
    assert sliced_wasserstein(a, a) == 0


@pytest.mark.parametrize("distance", ALL)
def test_degenerate_sets_have_finite_distances(distance) -> None:
    real = normal(20, 6)
    same = torch.ones(20, 6)
    for a, b in [
        (real, same),
        (same, real),
        (same, same),
        (real, 1e6 * real),
        (real, real + 1e6),
        (real[:2], same[:2]),
    ]:
        assert math.isfinite(distance(a, b))
    assert distance(same, same) == pytest.approx(0, abs=1e-9)
    assert math.isfinite(distance(real[:1], real))


@pytest.mark.parametrize("distance", ALL)
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_that_are_not_finite_stay_visible(distance, bad: float) -> None:
    real = normal(20, 6)
    fake = real.clone()
    fake[3, 2] = bad
    assert not math.isfinite(distance(real, fake)) and not math.isfinite(distance(fake, real))


@pytest.mark.parametrize("distance", ALL)
def test_distances_are_plain_numbers_that_repeat_and_take_any_precision(distance) -> None:
    a, b = two_sets()
    value = distance(a.requires_grad_(), b)
    assert type(value) is float and value == distance(a, b)
    assert distance(a.double(), b.double()) == pytest.approx(value, rel=1e-6)


def by_sorting(a: np.ndarray, b: np.ndarray) -> float:
    """The squared 2-Wasserstein distance of numbers, from quantiles at all levels where one of both steps."""
    levels = np.union1d(np.arange(1, len(a) + 1) / len(a), np.arange(1, len(b) + 1) / len(b))
    widths = np.diff(levels, prepend=0)
    middles = levels - widths / 2
    a, b = np.sort(a), np.sort(b)
    gaps = a[(middles * len(a)).astype(int)] - b[(middles * len(b)).astype(int)]
    return float((widths * gaps**2).sum())


@pytest.mark.parametrize(("n", "m", "f"), [(40, 40, 5), (23, 31, 5), (1, 9, 3), (64, 48, 1)])
def test_sliced_wasserstein_is_the_mean_over_its_directions(n: int, m: int, f: int) -> None:
    a, b = normal(n, f), 1.5 * normal(m, f, seed=1) + 0.5
    axes = torch.randn(f, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).numpy()
    axes /= np.linalg.norm(axes, axis=0)
    x, y = a.double().numpy() @ axes, b.double().numpy() @ axes
    expected = math.sqrt(np.mean([by_sorting(x[:, k], y[:, k]) for k in range(64)]))
    assert sliced_wasserstein(a, b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("n", "m"), [(50, 50), (37, 80)])
def test_of_one_set_right_of_the_other_scipy_knows_the_first_power(n: int, m: int) -> None:
    """Of two points each with all the weight, or where one set is a shift of the other, all powers are one distance."""
    a = normal(n, 1)
    assert sliced_wasserstein(a, a + 3) == pytest.approx(
        wasserstein_distance(a[:, 0].double(), (a + 3)[:, 0].double()), rel=1e-6
    )
    b = 2 * normal(m, 1, seed=1) + 1
    assert sliced_wasserstein(a, b) >= wasserstein_distance(a[:, 0].double(), b[:, 0].double())
    point = torch.zeros(m, 1)
    assert sliced_wasserstein(a, point) == pytest.approx(math.sqrt(a.double().square().mean()), rel=1e-9)


def test_the_error_of_the_sliced_distance_is_near_the_deviation_over_new_samples() -> None:
    """A little above: samples that are drawn twice make the quantiles rougher."""
    found = [
        sliced_wasserstein_estimate(normal(200, 6, seed=2 * s), 1.2 * normal(250, 6, seed=2 * s + 1) + 0.5)
        for s in range(60)
    ]
    values = np.array([one.value for one in found])
    assert 0.8 < np.mean([one.error for one in found]) / values.std(ddof=1) < 1.6
    assert sum(one.low <= values.mean() <= one.high for one in found) >= 50


def test_an_estimate_of_the_sliced_distance_has_its_value_and_no_interval_for_few_samples() -> None:
    a, b = normal(120, 4), normal(150, 4, seed=1) + 1
    found = sliced_wasserstein_estimate(a, b)
    assert found.value == sliced_wasserstein(a, b) and found.low < found.value < found.high
    few = sliced_wasserstein_estimate(a[:99], b)
    assert few.value == sliced_wasserstein(a[:99], b) and math.isnan(few.low) and math.isnan(few.error)
    b[0, 0] = math.nan
    assert math.isnan(sliced_wasserstein_estimate(a, b).value)


def test_kernel_distance_of_one_subset_is_that_of_torchmetrics() -> None:
    from torchmetrics.image.kid import KernelInceptionDistance

    class Features(nn.Module):
        num_features = 12

        def forward(self, x: Tensor) -> Tensor:
            return x.flatten(1)

    a, b = normal(200, 12), 1.3 * normal(200, 12, seed=1) + 0.2
    with pytest.warns(UserWarning, match="save all extracted features"):
        theirs = KernelInceptionDistance(feature=Features(), subsets=1, subset_size=200)
    with torch.random.fork_rng():  # it shuffles
        theirs.update(a.double().view(-1, 3, 2, 2), real=True)
        theirs.update(b.double().view(-1, 3, 2, 2), real=False)
        expected = theirs.compute()[0].item()
    assert kernel_distance(b, a) == pytest.approx(expected, rel=1e-6)
