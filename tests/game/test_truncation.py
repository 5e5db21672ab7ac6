"""Truncated normal latents against scipy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, truncnorm

from zerosum.game.priors import truncated_normal

BOUNDS = [1e-12, 1e-3, 0.02, 0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("bound", BOUNDS)
def test_numbers_go_to_the_same_quantile(bound: float) -> None:
    z = torch.linspace(-6, 6, 4001, dtype=torch.float64)
    expected = truncnorm.ppf(norm.cdf(z.numpy()), -bound, bound)
    # scipy's quantiles lie beside 1/2 where the bound is tiny, and its own rounding is then larger than they are.
    np.testing.assert_allclose(truncated_normal(z, bound).numpy(), expected, rtol=1e-6, atol=max(1e-15, 1e-7 * bound))


@pytest.mark.parametrize("bound", [0.3, 1.0, 2.5])
def test_normal_numbers_become_truncated_normal_ones(bound: float) -> None:
    z = torch.randn(20_000, generator=torch.Generator().manual_seed(0))
    y = truncated_normal(z, bound).numpy()
    assert y.dtype == np.float32 and np.abs(y).max() <= bound
    assert y.std() == pytest.approx(truncnorm.std(-bound, bound), rel=0.02)
    grid = np.sort(y)
    distance = np.abs(truncnorm.cdf(grid, -bound, bound) - (np.arange(len(grid)) + 0.5) / len(grid)).max()
    assert distance < 1.95 / len(grid) ** 0.5, "Kolmogorov and Smirnov's test, one in a thousand"


@pytest.mark.parametrize("bound", [0.0, *BOUNDS, 10.0, 1e6, float("inf")])
def test_it_is_monotone_odd_and_within_bounds(bound: float) -> None:
    sizes = torch.cat([torch.linspace(0, 12, 20_001, dtype=torch.float64), torch.tensor([40.0, 1e30, float("inf")])])
    y = truncated_normal(sizes, bound)
    assert not y.isnan().any() and (y.diff() >= 0).all() and (y <= bound).all() and (y <= sizes).all()
    assert torch.equal(truncated_normal(-sizes, bound), -y)
    inside = y[: 20_001 // 2]  # up to 6
    assert bound == 0 or (inside.diff() > 0).all()


def test_no_bound_leaves_every_number_and_a_bound_of_zero_none() -> None:
    z = torch.randn(10_000, generator=torch.Generator().manual_seed(0))
    assert torch.equal(truncated_normal(z, 0.0), torch.zeros_like(z))
    for bound in (20.0, 1e300, float("inf")):
        torch.testing.assert_close(truncated_normal(z, bound), z, rtol=1e-6, atol=0)
    far = torch.tensor([7.0, 8.0, 9.0, 30.0], dtype=torch.float64)
    torch.testing.assert_close(truncated_normal(far, 50.0), far, rtol=5e-3, atol=0)


@given(st.floats(-8, 8), st.floats(0, 10), st.floats(0, 10))
def test_a_smaller_bound_makes_numbers_smaller(z: float, one: float, other: float) -> None:
    small, large = sorted((one, other))
    number = torch.tensor([z], dtype=torch.float64)
    assert truncated_normal(number, small).abs() <= truncated_normal(number, large).abs() + 1e-12
