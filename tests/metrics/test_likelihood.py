"""Parzen windows: against scipy's formula, known values, and the published figure of real digits."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import logsumexp
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.metrics import pairs
from zerosum.metrics.likelihood import SIGMAS, log_densities, parzen_likelihood

MNIST = Path("/work/shared/data/mnist.npz")


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def written_out(centres: Tensor, x: Tensor, sigma: float) -> np.ndarray:
    p, q = centres.double().numpy(), x.double().numpy()
    squares = ((q[:, None] - p[None]) ** 2).sum(2)
    dimensions = p.shape[1]
    return logsumexp(-squares / (2 * sigma**2), axis=1) - np.log(
        len(p) * (sigma * np.sqrt(2 * np.pi)) ** np.float64(dimensions)
    )


@pytest.mark.parametrize("sigma", [0.1, 0.46, 3.0])
@pytest.mark.parametrize("at_once", [2**22, 50])
def test_densities_are_scipys(sigma: float, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "AT_ONCE", at_once)
    centres, x = normal(30, 7), normal(25, 7, seed=1)
    found = log_densities(centres.double(), x.double(), [sigma, 1.0])
    assert found.shape == (2, 25)
    assert np.allclose(found[0].numpy(), written_out(centres, x, sigma), rtol=1e-9, atol=0)


def test_a_density_of_one_coordinate_integrates_to_one() -> None:
    grid = torch.linspace(-12, 12, 4001, dtype=torch.float64)[:, None]
    density = log_densities(normal(20, 1).double(), grid, [0.3])[0].exp()
    assert float(torch.trapezoid(density, grid[:, 0])) == pytest.approx(1, rel=1e-9)


def test_the_published_widths_are_ten_from_a_tenth_to_one() -> None:
    assert np.allclose(SIGMAS, np.logspace(-1, 0, 10), rtol=1e-12)


def test_mean_error_and_width_are_the_papers() -> None:
    fake, validation, test = 0.5 * normal(60, 5), 0.6 * normal(40, 5, seed=1), 0.6 * normal(50, 5, seed=2) + 0.1
    found = parzen_likelihood(fake, validation, test)
    curve = [written_out(fake, validation, sigma).mean() for sigma in SIGMAS]
    values = written_out(fake, test, SIGMAS[int(np.argmax(curve))])
    assert found.sigma == SIGMAS[int(np.argmax(curve))] and found.curve == pytest.approx(curve, rel=1e-9)
    assert found.mean == pytest.approx(values.mean(), rel=1e-9)
    assert found.error == pytest.approx(values.std() / math.sqrt(50), rel=1e-9)
    assert (found.fakes, found.tested, found.sigmas) == (60, 50, SIGMAS)


def test_the_width_suits_the_validation_samples_and_not_the_tested_ones() -> None:
    fake, near, far = torch.zeros(10, 4), 0.2 * normal(100, 4), 0.9 * normal(100, 4, seed=1)
    assert parzen_likelihood(fake, near, far).sigma < 0.3 < 0.7 < parzen_likelihood(fake, far, near).sigma
    assert parzen_likelihood(fake, near, far).sigma == parzen_likelihood(fake, near, near).sigma
    assert parzen_likelihood(fake, near, far, sigmas=[0.5]).sigma == 0.5


def test_only_the_first_thousand_validation_samples_count() -> None:
    fake, near, far = torch.zeros(10, 4), 0.2 * normal(1000, 4), 0.9 * normal(3000, 4, seed=1)
    both = parzen_likelihood(fake, torch.cat([near, far]), near)
    assert both == parzen_likelihood(fake, near, near)


def test_fakes_that_are_one_point_make_one_gaussian() -> None:
    x = normal(200, 3, seed=1)
    found = parzen_likelihood(torch.zeros(40, 3), x, x, sigmas=[1.0])
    expected = -1.5 * math.log(2 * math.pi) - 0.5 * float(x.double().square().sum(1).mean())
    assert found.mean == pytest.approx(expected, rel=1e-9)


def test_more_and_better_fakes_make_reals_likelier() -> None:
    reals = 0.5 * normal(2200, 2, seed=1)
    validation, test = reals[:200], reals[200:400]
    many, few = reals[400:2200], reals[400:420]
    values = [parzen_likelihood(fake, validation, test).mean for fake in (many, few, 3 * few, few + 5)]
    assert values == sorted(values, reverse=True) and values[-1] < values[0] - 10
    # The truth is the entropy of the Gaussian, which a window on many samples comes near to from below.
    assert -math.log(2 * math.pi * math.e * 0.25) - 0.15 < values[0] < -math.log(2 * math.pi * math.e * 0.25) + 0.15


def test_far_samples_have_a_finite_likelihood() -> None:
    found = parzen_likelihood(normal(20, 784), 100 + normal(20, 784, seed=1), 1e4 + normal(20, 784, seed=2))
    assert math.isfinite(found.mean) and found.mean < -1e6


@pytest.mark.parametrize("side", [0, 1, 2])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_that_are_not_finite_are_a_sentence(side: int, bad: float) -> None:
    sides = [normal(10, 3, seed=s) for s in range(3)]
    sides[side][4, 1] = bad
    with pytest.raises(SettingError, match="finite numbers"):
        parzen_likelihood(sides[0], sides[1], sides[2])


@pytest.mark.slow
@pytest.mark.skipif(not MNIST.exists(), reason="the real MNIST is not here")
def test_real_digits_as_fakes_have_the_published_likelihood() -> None:
    """243 +- 2 nats for 10,000 training digits (Theis et al. 2016, Table 1, "true")."""
    stored = np.load(MNIST)
    order = np.random.RandomState(0).permutation(60_000)
    train = torch.from_numpy(stored["train_images"][order[:11_000]]).flatten(1).float() / 255
    test = torch.from_numpy(stored["test_images"]).flatten(1).float() / 255
    found = parzen_likelihood(train[:10_000], train[10_000:], test)
    assert found.mean == pytest.approx(243, abs=4) and found.error == pytest.approx(2, abs=0.5)
