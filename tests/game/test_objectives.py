"""Objectives against the papers' definitions, computed in float64 from probabilities, densities and divergences."""

from typing import get_args

import numpy as np
import pytest
import torch

from zerosum.config.adversarial import LossName
from zerosum.core.errors import SettingError
from zerosum.game.objectives import (
    HINGE,
    JENSEN_SHANNON,
    LEAST_SQUARES,
    MINIMAX,
    NON_SATURATING,
    OBJECTIVES,
    PEARSON,
    RANDOM_HINGE,
    RELATIVISTIC,
    WASSERSTEIN,
    Objective,
    find_objective,
    smoothed,
)

REAL = np.array([1.5, -0.3, 0.2, 4.0])
FAKE = np.array([-2.0, 0.7, 0.1, -0.4])


def log_sigmoid(logits: np.ndarray) -> np.ndarray:
    return -np.log1p(np.exp(-logits))


CROSS_ENTROPY = -log_sigmoid(REAL).mean() - log_sigmoid(-FAKE).mean()
AVERAGED = (
    -log_sigmoid(REAL - FAKE.mean()).mean() - np.log(1 - np.exp(log_sigmoid(FAKE - REAL.mean()))).mean(),
    -log_sigmoid(FAKE - REAL.mean()).mean() - np.log(1 - np.exp(log_sigmoid(REAL - FAKE.mean()))).mean(),
)
EXPECTED = {
    "minimax": (CROSS_ENTROPY, log_sigmoid(-FAKE).mean()),
    "non-saturating": (CROSS_ENTROPY, -log_sigmoid(FAKE).mean()),
    "wasserstein": (FAKE.mean() - REAL.mean(), -FAKE.mean()),
    "least-squares": (((REAL - 1) ** 2).mean() / 2 + (FAKE**2).mean() / 2, ((FAKE - 1) ** 2).mean() / 2),
    "hinge": (-np.minimum(0, REAL - 1).mean() - np.minimum(0, -FAKE - 1).mean(), -FAKE.mean()),
    "relativistic": (-log_sigmoid(REAL - FAKE).mean(), -log_sigmoid(FAKE - REAL).mean()),
    "relativistic-average": AVERAGED,
}
"""From the papers, term by term."""

# Nowozin et al. 2016: the divergences by their generator functions f (Table 1), what the last layer does to a logit
# (Table 2), and the end of the range that f* is finite on.
DIVERGENCES = {
    "kl": (lambda u: u * np.log(u), lambda v: v),
    "reverse-kl": (lambda u: -np.log(u), lambda v: -np.exp(-v)),
    "pearson": (lambda u: (u - 1) ** 2, lambda v: v),
    "hellinger": (lambda u: (np.sqrt(u) - 1) ** 2, lambda v: 1 - np.exp(-v)),
    "jensen-shannon": (
        lambda u: -(u + 1) * np.log((1 + u) / 2) + u * np.log(u),
        lambda v: np.log(2) - np.log(1 + np.exp(-v)),
    ),
}
RATIOS = np.exp(np.linspace(-16, 16, 400_001))


def conjugate(name: str, t: np.ndarray) -> np.ndarray:
    """f*(t) = sup_u (u t - f(u)), by search."""
    values = DIVERGENCES[name][0](RATIOS)
    return np.array([(RATIOS * each - values).max() for each in t])


def test_every_objective_has_a_case_here_and_a_name_in_the_settings() -> None:
    assert set(OBJECTIVES) == {*EXPECTED, *DIVERGENCES, "random-hinge"} == set(get_args(LossName))
    for name in OBJECTIVES:
        assert find_objective(name).name == name
    with pytest.raises(SettingError, match='no loss "hing".*Did you mean "hinge"'):
        find_objective("hing")


@pytest.mark.parametrize("name", EXPECTED)
def test_equals_the_formula(name: str) -> None:
    real, fake = torch.tensor(REAL), torch.tensor(FAKE)
    discriminator, generator = EXPECTED[name]
    assert OBJECTIVES[name].discriminator(real, fake).item() == pytest.approx(discriminator, rel=1e-12)
    assert OBJECTIVES[name].generator(real, fake).item() == pytest.approx(generator, rel=1e-12)


@pytest.mark.parametrize("name", DIVERGENCES)
def test_equals_the_variational_bound(name: str) -> None:
    """-F = -E g(v(x)) + E f*(g(v(G(z)))) (Equation 6), and the generator's -E g(v(G(z))) (Section 3.2)."""
    activation = DIVERGENCES[name][1]
    bound = -activation(REAL).mean() + conjugate(name, activation(FAKE)).mean()
    real, fake = torch.tensor(REAL), torch.tensor(FAKE)
    assert OBJECTIVES[name].discriminator(real, fake).item() == pytest.approx(bound, abs=1e-7)
    assert OBJECTIVES[name].generator(real, fake).item() == pytest.approx(-activation(FAKE).mean(), rel=1e-12)


def test_random_margins_are_between_four_fifths_and_one() -> None:
    """Beyond the margin nothing is wanted; short of it, the mean margin is 0.9; and each logit has its own."""
    zeros, ones = torch.zeros(100_000), torch.ones(100_000)
    torch.manual_seed(0)
    assert RANDOM_HINGE.discriminator(ones, -ones).item() == 0
    assert RANDOM_HINGE.discriminator(zeros, zeros).item() == pytest.approx(2 * 0.9, abs=2e-3)
    assert RANDOM_HINGE.discriminator(0.8 * ones, -0.8 * ones).item() == pytest.approx(2 * 0.1, abs=2e-3)
    real = (0.9 * ones).requires_grad_()
    (slope,) = torch.autograd.grad(RANDOM_HINGE.discriminator(real, -ones), real)
    assert (slope < 0).float().mean().item() == pytest.approx(0.5, abs=0.01)
    torch.manual_seed(1)
    first = RANDOM_HINGE.discriminator(zeros, zeros).item()
    torch.manual_seed(1)
    assert RANDOM_HINGE.discriminator(zeros, zeros).item() == first
    assert RANDOM_HINGE.generator(ones, torch.tensor(FAKE)).item() == pytest.approx(
        HINGE.generator(ones, torch.tensor(FAKE))
    )


@pytest.mark.parametrize("name", sorted(EXPECTED | DIVERGENCES))
def test_several_judges_play_for_the_same(name: str) -> None:
    """Logits (n, opinions) cost the mean of what each opinion's logits (n,) cost."""
    real, fake = (torch.from_numpy(np.stack([logits, logits[::-1] / 3, logits - 1], 1)) for logits in (REAL, FAKE))
    for side in (OBJECTIVES[name].discriminator, OBJECTIVES[name].generator):
        each = [side(real[:, judge], fake[:, judge]).item() for judge in range(3)]
        assert side(real, fake).item() == pytest.approx(np.mean(each), rel=1e-12)


def best_logits(objective: Objective, real: np.ndarray, fake: np.ndarray) -> np.ndarray:
    """The logits v that minimise p loss(real at v) + q loss(fake at v), for densities p and q, by bisection.

    Every loss is convex in v, so the slope's sign says on which side the minimum lies. A term of its own is found by
    holding the other side at a constant, whose part in the loss has no slope.
    """
    low, high = np.full(real.shape, -200.0), np.full(real.shape, 200.0)
    for _ in range(60):
        logits = torch.tensor((low + high) / 2, requires_grad=True)
        constant = torch.zeros_like(logits.detach())
        (on_real,) = torch.autograd.grad(objective.discriminator(logits, constant), logits)
        (on_fake,) = torch.autograd.grad(objective.discriminator(constant, logits), logits)
        slope = real * on_real.numpy() + fake * on_fake.numpy()
        low, high = (
            np.where(slope < 0, logits.detach().numpy(), low),
            np.where(slope < 0, high, logits.detach().numpy()),
        )
    return (low + high) / 2


REAL_DENSITY = np.array([0.01, 0.2, 0.5, 0.7, 0.9, 2.0])
FAKE_DENSITY = np.array([0.4, 0.7, 0.5, 0.2, 0.9, 0.03])


@pytest.mark.parametrize("name", [name for name, objective in OBJECTIVES.items() if objective.probability])
def test_the_best_discriminator_says_how_likely_real_is(name: str) -> None:
    """p / (p + q) is read off the logits that minimise the loss (Goodfellow et al. 2014, Proposition 1)."""
    found = OBJECTIVES[name].probability(torch.tensor(best_logits(OBJECTIVES[name], REAL_DENSITY, FAKE_DENSITY)))
    np.testing.assert_allclose(found.numpy(), REAL_DENSITY / (REAL_DENSITY + FAKE_DENSITY), atol=1e-9)
    far = OBJECTIVES[name].probability(torch.tensor([-50.0, 50.0]))
    assert 0 <= far[0] < 0.01 and 0.9 < far[1] <= 1


@pytest.mark.parametrize("name", [name for name, objective in OBJECTIVES.items() if objective.even is not None])
def test_where_both_are_as_likely_the_best_logit_is_even(name: str) -> None:
    objective = OBJECTIVES[name]
    if objective not in (HINGE, RANDOM_HINGE):
        best = best_logits(objective, np.array([0.3, 1.0]), np.array([0.3, 1.0]))
        np.testing.assert_allclose(best, objective.even, atol=1e-9)
    real, fake = torch.tensor(REAL), torch.tensor(FAKE)
    assert objective.middle(real, fake) == objective.even
    if objective.probability:
        assert objective.probability(torch.tensor(float(objective.even))).item() == pytest.approx(0.5)


def test_the_best_hinge_logit_is_a_sign_only() -> None:
    """It is anything in [-1, 1] at even densities, and 1 or -1 elsewhere (Lim and Ye 2017): no probability to read."""
    assert HINGE.probability is None and HINGE.even == 0
    best = best_logits(HINGE, np.array([0.6, 0.4, 0.9]), np.array([0.4, 0.6, 0.1]))
    np.testing.assert_allclose(best, [1, -1, 1], atol=1e-9)
    for logit in (-1.0, 0.0, 1.0):
        same = torch.full((3,), logit, dtype=torch.float64)
        assert HINGE.discriminator(same, same).item() == pytest.approx(2)


@pytest.mark.parametrize("name", [name for name, objective in OBJECTIVES.items() if objective.even is None])
def test_where_only_differences_count_an_offset_changes_nothing(name: str) -> None:
    """And the middle, halfway between the means, moves along with the logits."""
    real, fake, objective = torch.tensor(REAL), torch.tensor(FAKE), OBJECTIVES[name]
    moved = objective.discriminator(real + 7, fake + 7)
    assert moved.item() == pytest.approx(objective.discriminator(real, fake).item(), rel=1e-12)
    assert objective.middle(real + 7, fake + 7).item() == pytest.approx((REAL.mean() + FAKE.mean()) / 2 + 7)
    assert objective.probability is None


# The exponentials of kl, reverse-kl and hellinger are their papers' losses; they grow without bound by definition.
BOUNDED_GROWTH = [name for name in OBJECTIVES if name not in ("kl", "reverse-kl", "hellinger")]


@pytest.mark.parametrize("name", BOUNDED_GROWTH)
def test_large_logits_stay_finite(name: str) -> None:
    real = torch.tensor([1e4, -1e4], requires_grad=True)
    fake = torch.tensor([-1e4, 1e4], requires_grad=True)
    for loss in (OBJECTIVES[name].discriminator, OBJECTIVES[name].generator):
        value = loss(real, fake)
        gradients = torch.autograd.grad(value, (real, fake), allow_unused=True)
        assert value.isfinite() and all(g is None or g.isfinite().all() for g in gradients)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_generator_and_discriminator_pull_fake_logits_apart(name: str) -> None:
    objective = OBJECTIVES[name]
    start = objective.even or 0.0
    fake = torch.full((5,), start, requires_grad=True)
    real = torch.full((5,), start)
    (up,) = torch.autograd.grad(objective.discriminator(real, fake), fake)
    (down,) = torch.autograd.grad(objective.generator(real, fake), fake)
    assert (up > 0).all() and (down < 0).all()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objectives_say_whether_the_generator_looks_at_real_samples(name: str) -> None:
    objective, fake = OBJECTIVES[name], torch.tensor(FAKE)
    values = {objective.generator(torch.tensor(REAL) + offset, fake).item() for offset in (0.0, 1.0)}
    assert (len(values) == 2) == objective.compares


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


@pytest.mark.parametrize("name", DIVERGENCES)
def test_the_best_discriminators_loss_is_minus_the_divergence(name: str) -> None:
    """E_q f(p / q) over a few outcomes, and 0 between equals (Nowozin et al. 2016, Equations 2 to 4)."""
    p, q = REAL_DENSITY / REAL_DENSITY.sum(), FAKE_DENSITY / FAKE_DENSITY.sum()
    objective = OBJECTIVES[name]
    for real, fake in ((p, q), (p, p)):
        logits = torch.tensor(best_logits(objective, real, fake))
        # The loss of each outcome alone, weighted: what the two sides share is counted once.
        total = 0.0
        zero = torch.full((1,), objective.even, dtype=torch.float64)
        at_even = objective.discriminator(zero, zero).item()
        assert at_even == pytest.approx(0, abs=1e-12)
        for logit, of_real, of_fake in zip(logits[:, None], real, fake, strict=True):
            total += of_real * (objective.discriminator(logit, zero).item() - at_even)
            total += of_fake * (objective.discriminator(zero, logit).item() - at_even)
        assert -total == pytest.approx((fake * DIVERGENCES[name][0](real / fake)).sum(), abs=1e-9)


def test_the_jensen_shannon_loss_is_goodfellows_moved_by_log_4() -> None:
    """Goodfellow et al. 2014, Theorem 1: C(G) = -log 4 + 2 JSD."""
    real, fake = torch.tensor(REAL), torch.tensor(FAKE)
    apart = MINIMAX.discriminator(real, fake) - JENSEN_SHANNON.discriminator(real, fake)
    assert apart.item() == pytest.approx(np.log(4))


@pytest.mark.parametrize(("real", "fake"), [(0.1, 0.0), (0.0, 0.2), (0.3, 0.1)])
def test_smoothed_labels_are_what_cross_entropy_and_squares_aim_at(real: float, fake: float) -> None:
    """Salimans et al. 2016, Section 3.4: the best D is ((1 - a) p + b q) / (p + q)."""
    on_real, on_fake = torch.tensor(REAL), torch.tensor(FAKE)
    log_real, log_fake = log_sigmoid(REAL), log_sigmoid(FAKE)
    entropy = -((1 - real) * log_real + real * log_sigmoid(-REAL)).mean()
    entropy -= (fake * log_fake + (1 - fake) * log_sigmoid(-FAKE)).mean()
    squares = ((REAL - 1 + real) ** 2).mean() / 2 + ((FAKE - fake) ** 2).mean() / 2
    target = ((1 - real) * REAL_DENSITY + fake * FAKE_DENSITY) / (REAL_DENSITY + FAKE_DENSITY)
    for objective, expected in ((MINIMAX, entropy), (NON_SATURATING, entropy), (LEAST_SQUARES, squares)):
        changed = smoothed(objective, real, fake)
        assert changed.discriminator(on_real, on_fake).item() == pytest.approx(expected, rel=1e-12)
        assert changed.generator is objective.generator, "only the discriminator's labels change"
        best = best_logits(changed, REAL_DENSITY, FAKE_DENSITY)
        found = best if objective is LEAST_SQUARES else 1 / (1 + np.exp(-best))
        np.testing.assert_allclose(found, target, atol=1e-9)
        assert changed.discriminator(torch.tensor([1e4]), torch.tensor([-1e4])).isfinite()


def test_smoothing_is_refused_where_it_means_nothing() -> None:
    for objective in OBJECTIVES.values():
        assert objective.labelled == (objective in (MINIMAX, NON_SATURATING, LEAST_SQUARES))
        if not objective.labelled:
            with pytest.raises(SettingError, match="no labels that could be smoothed.*least-squares"):
                smoothed(objective)
    with pytest.raises(SettingError, match="must sum to less than 1"):
        smoothed(MINIMAX, 0.6, 0.4)


def test_pearson_is_at_worst_sure_of_fakes() -> None:
    """Its best logit is 2 (p / q - 1), never below -2: what lies below says no more than that."""
    probability = PEARSON.probability(torch.tensor([-2.0, -5.0, 0.0, 2.0]))
    torch.testing.assert_close(probability, torch.tensor([0.0, 0.0, 0.5, 2 / 3]))
