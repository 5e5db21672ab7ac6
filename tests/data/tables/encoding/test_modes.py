"""Mixtures of one column: known ones are found again, as likely as scikit-learn's, and numbers come back."""

import numpy as np
import pytest
import torch
from scipy.special import digamma as known_digamma
from scipy.stats import norm
from sklearn.mixture import BayesianGaussianMixture

from zerosum.data.tables.encoding.modes import MOST_MODES, Modes, digamma, find_modes
from zerosum.data.tables.encoding.stack import StackedModes

CPU = torch.device("cpu")


def mixture(shares, means, deviations, count: int = 20000, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    modes = generator.choice(len(shares), count, p=shares)
    return generator.normal(np.array(means)[modes], np.array(deviations)[modes])


def likelihood(modes: Modes, values: np.ndarray) -> float:
    """Mean log-density."""
    densities = norm.pdf(values[:, None], np.array(modes.means), np.array(modes.deviations)) @ np.array(modes.shares)
    return float(np.log(densities).mean())


def test_a_known_mixture_is_found_again():
    values = mixture([0.2, 0.5, 0.3], [-100, 0, 40], [5, 3, 2])
    modes = find_modes(values)
    shares, means, deviations = (np.array(part) for part in (modes.shares, modes.means, modes.deviations))
    for share, mean, deviation in ((0.2, -100, 5), (0.5, 0, 3), (0.3, 40, 2)):
        near = np.abs(means - mean) < 20  # several may stand for one
        weights = shares[near] / shares[near].sum()
        middle = weights @ means[near]
        assert shares[near].sum() == pytest.approx(share, abs=0.01) and middle == pytest.approx(mean, abs=0.2)
        spread = weights @ (deviations[near] ** 2 + (means[near] - middle) ** 2)
        assert spread**0.5 == pytest.approx(deviation, rel=0.3)
    truth = Modes((0.2, 0.5, 0.3), (-100, 0, 40), (5, 3, 2))
    assert likelihood(modes, values) > likelihood(truth, values) - 0.02


@pytest.mark.parametrize("kind", ["normal", "exponential", "two", "lognormal"])
def test_as_likely_as_scikit_learns(kind):
    generator = np.random.default_rng(1)
    values = {
        "normal": generator.normal(5, 2, 3000),
        "exponential": generator.exponential(3, 3000),
        "two": mixture([0.9, 0.1], [0, 6], [1, 0.5], 3000),
        "lognormal": np.exp(generator.normal(0, 0.5, 3000)),
    }[kind]
    theirs = BayesianGaussianMixture(
        n_components=MOST_MODES,
        weight_concentration_prior_type="dirichlet_process",
        weight_concentration_prior=0.001,
        n_init=1,
        max_iter=2000,
        tol=1e-2,
        random_state=0,
    ).fit(values[:, None])
    ours = find_modes(values)
    assert likelihood(ours, values) > theirs.score(values[:, None]) - 0.03
    assert sum(ours.shares) == pytest.approx(1) and min(ours.deviations) > 0 and len(ours) <= MOST_MODES


def test_units_do_not_matter():
    values = mixture([0.5, 0.5], [0, 8], [1, 1], 2000)
    plain, scaled = find_modes(values), find_modes(values * 1e6 + 1e8)
    assert np.allclose(np.array(plain.means) * 1e6 + 1e8, scaled.means, rtol=1e-4)
    assert np.allclose(plain.shares, scaled.shares, atol=1e-3)


def test_one_and_two_values():
    assert find_modes(np.array([7.0, 7.0])) == Modes((1.0,), (7.0,), (1.0,))
    two = find_modes(np.array([0.0, 1.0] * 50))
    assert sum(two.shares) == pytest.approx(1) and all(np.isfinite(two.means))


def test_digamma():
    x = np.linspace(0.01, 50, 99)
    assert np.allclose(digamma(x), known_digamma(x))


def test_modes_are_drawn_as_probable_as_they_are_and_numbers_come_back():
    modes = Modes((0.25, 0.75), (0.0, 3.0), (1.0, 2.0))
    stack = StackedModes([modes], [0.0], [-9.0], CPU)
    values = torch.full((20000, 1), 1.0, dtype=torch.float64)
    chance = torch.rand(20000, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    choices, places = stack.told(values, chance)
    first = 0.25 * norm.pdf(1, 0, 1) / (0.25 * norm.pdf(1, 0, 1) + 0.75 * norm.pdf(1, 3, 2))
    assert float((choices == 0).double().mean()) == pytest.approx(first, abs=0.02)
    assert torch.allclose(stack.meant(choices, places), values, atol=1e-6)
    assert torch.equal(choices, stack.chosen(values, lambda: chance))


def test_numbers_with_a_step_are_rounded_from_the_lowest_on():
    generator = np.random.default_rng(2)
    odd = generator.integers(0, 50, 500) * 2.0 + 1
    tenths = np.round(generator.integers(0, 50, 500) * 0.1, 1)
    stack = StackedModes([find_modes(odd), find_modes(tenths)], [2.0, 0.1], [1.0, 0.0], CPU)
    values = torch.from_numpy(np.stack([odd, tenths], 1))
    choices, places = stack.told(values, torch.rand(500, 2, dtype=torch.float64))
    assert torch.equal(stack.meant(choices, places), values)


def test_far_numbers_have_the_farthest_place():
    stack = StackedModes([Modes((0.5, 0.5), (0.0, 1.0), (1.0, 1.0))], [0.0], [-9.0], CPU)
    choices, places = stack.told(torch.tensor([[1e9], [-1e9]], dtype=torch.float64), torch.full((2, 1), 0.5))
    assert choices.tolist() == [[1], [0]] and places.tolist() == [[1.0], [-1.0]]
