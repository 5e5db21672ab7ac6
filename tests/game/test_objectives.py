"""Objectives against the papers' formulas, computed in float64 from probabilities."""

import numpy as np
import pytest
import torch

from zerosum.game.objectives import MINIMAX, NON_SATURATING, RELATIVISTIC, WASSERSTEIN

REAL = np.array([1.5, -0.3, 0.2, 4.0])
FAKE = np.array([-2.0, 0.7, 0.1, -0.4])


def log_sigmoid(logits: np.ndarray) -> np.ndarray:
    return -np.log1p(np.exp(-logits))


CROSS_ENTROPY = -log_sigmoid(REAL).mean() - log_sigmoid(-FAKE).mean()
EXPECTED = {
    "minimax": (CROSS_ENTROPY, log_sigmoid(-FAKE).mean()),
    "non-saturating": (CROSS_ENTROPY, -log_sigmoid(FAKE).mean()),
    "wasserstein": (FAKE.mean() - REAL.mean(), -FAKE.mean()),
    "relativistic": (-log_sigmoid(REAL - FAKE).mean(), -log_sigmoid(FAKE - REAL).mean()),
}


@pytest.mark.parametrize("objective", [MINIMAX, NON_SATURATING, WASSERSTEIN, RELATIVISTIC], ids=lambda o: o.name)
def test_equals_the_formula(objective) -> None:
    real, fake = torch.tensor(REAL), torch.tensor(FAKE)
    discriminator, generator = EXPECTED[objective.name]
    assert objective.discriminator(real, fake).item() == pytest.approx(discriminator, rel=1e-12)
    assert objective.generator(real, fake).item() == pytest.approx(generator, rel=1e-12)


@pytest.mark.parametrize("objective", [MINIMAX, NON_SATURATING, WASSERSTEIN, RELATIVISTIC], ids=lambda o: o.name)
def test_large_logits_stay_finite(objective) -> None:
    real, fake = torch.tensor([1e4, -1e4]), torch.tensor([-1e4, 1e4])
    assert objective.discriminator(real, fake).isfinite()
    assert objective.generator(real, fake).isfinite()


def test_generator_and_discriminator_pull_fake_logits_apart() -> None:
    for objective in (MINIMAX, NON_SATURATING, WASSERSTEIN, RELATIVISTIC):
        fake = torch.zeros(5, requires_grad=True)
        (up,) = torch.autograd.grad(objective.discriminator(torch.zeros(5), fake), fake)
        (down,) = torch.autograd.grad(objective.generator(torch.zeros(5), fake), fake)
        assert (up > 0).all() and (down < 0).all(), objective.name


def test_a_winning_discriminator_starves_the_saturating_generator_only() -> None:
    """Goodfellow et al. 2014, Section 3: why the generator should maximise log D(G(z))."""
    slopes = {}
    for objective in (MINIMAX, NON_SATURATING):
        fake = torch.full((1,), -12.0, requires_grad=True)
        (slopes[objective.name],) = torch.autograd.grad(objective.generator(torch.zeros(1), fake), fake)
    assert slopes["minimax"].abs() < 1e-4 < 0.9 < slopes["non-saturating"].abs()


def test_two_equal_distributions_cost_what_theory_says() -> None:
    """At equilibrium D = 1/2 everywhere: the cross-entropy is log 4, the relativistic loss log 2, the gap 0."""
    same = torch.zeros(8, dtype=torch.float64)
    assert MINIMAX.discriminator(same, same).item() == pytest.approx(np.log(4))
    assert RELATIVISTIC.discriminator(same, same).item() == pytest.approx(np.log(2))
    assert WASSERSTEIN.discriminator(same, same).item() == 0
