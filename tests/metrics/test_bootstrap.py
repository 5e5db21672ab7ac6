"""Drawing groups of samples anew: against the formulas of what is drawn, and the spread of a mean."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from zerosum.metrics.bootstrap import GROUPS, draws, estimate, grouped, mean_estimate


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("n", [1, 7, 50, 73, 1000])
def test_groups_are_runs_of_nearly_equal_length(n: int) -> None:
    group = grouped(n)
    sizes = torch.bincount(group)
    assert len(group) == n and len(sizes) == min(n, GROUPS)
    assert bool((group.diff() >= 0).all()) and int(sizes.max() - sizes.min()) <= 1


def test_each_repetition_draws_as_many_groups_as_there_are_and_each_equally_often() -> None:
    drawn = draws(20, 5000, seed=3)
    assert drawn.shape == (5000, 20) and bool((drawn.sum(1) == 20).all())
    # A multinomial's counts have mean 1, variance 1 - 1 / 20 and covariance -1 / 20.
    covariance = np.cov(drawn.numpy().T)
    assert np.allclose(drawn.mean(0).numpy(), 1, atol=5 * math.sqrt(0.95 / 5000))
    assert np.allclose(np.diag(covariance), 0.95, atol=0.15)
    assert covariance[~np.eye(20, dtype=bool)].mean() == pytest.approx(-0.05, rel=0.05)


def test_draws_are_the_same_in_every_call_and_others_for_another_seed() -> None:
    assert torch.equal(draws(10, 30, seed=1), draws(10, 30, seed=1))
    assert not torch.equal(draws(10, 30, seed=1), draws(10, 30, seed=2))


def test_an_estimate_lies_about_its_value_and_not_about_the_repetitions() -> None:
    repetitions = normal(999).double() + 40
    found = estimate(2.0, repetitions)
    low, high = np.quantile(repetitions.numpy() - repetitions.mean().item(), [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((2 + low, 2 + high), rel=1e-9)
    assert found.value == 2 and found.error == pytest.approx(repetitions.numpy().std(ddof=1), rel=1e-9)
    assert found.low < 2 < found.high


@pytest.mark.parametrize("n", [400, 4321])
def test_the_error_of_a_mean_is_the_deviation_over_the_root_of_n(n: int) -> None:
    errors = [mean_estimate(normal(n, seed=s) * 3 + 7) for s in range(20)]
    assert np.mean([one.error for one in errors]) == pytest.approx(3 / math.sqrt(n), rel=0.1)
    assert errors[0].value == pytest.approx(float((normal(n) * 3 + 7).double().mean()), rel=1e-12)


def test_the_interval_of_a_mean_covers_it() -> None:
    found = [mean_estimate((normal(300, seed=s) + 1).square()) for s in range(100)]
    assert 88 <= sum(one.low <= 2 <= one.high for one in found) <= 99


def test_of_unequal_groups_each_sample_counts_once() -> None:
    numbers = torch.arange(75.0)
    assert mean_estimate(numbers).value == 37
    assert mean_estimate(torch.ones(75)).error == pytest.approx(0, abs=1e-12)


def test_a_single_sample_has_no_interval() -> None:
    found = mean_estimate(torch.tensor([3.0]))
    assert found.value == 3 and all(math.isnan(x) for x in (found.low, found.high, found.error))
    assert math.isfinite(mean_estimate(torch.tensor([3.0, 4.0])).error)
