"""What is read off one move of the discriminator, against numpy and by hand."""

import numpy as np
import pytest
import torch

from zerosum.core.batch import Batch
from zerosum.core.seeding import Noise, Share
from zerosum.game.game import Clock
from zerosum.game.judgement import Judgement, generator_slope, mean_distance
from zerosum.game.objectives import HINGE, LEAST_SQUARES, MINIMAX, NON_SATURATING, OBJECTIVES, WASSERSTEIN, Objective

NAMES = {"accuracy_real", "accuracy_fake", "auc", "gap", "spread", "saturation", "slope", "diversity"}


def judgement(
    objective: Objective,
    on_real: np.ndarray,
    on_fake: np.ndarray,
    real: np.ndarray | None = None,
    fake: np.ndarray | None = None,
) -> Judgement:
    generator = np.random.default_rng(1)
    real = generator.normal(size=(len(on_real), 2)) if real is None else real
    fake = generator.normal(size=(len(on_fake), 2)) if fake is None else fake
    x, y, a, b = (torch.from_numpy(np.array(part, np.float32)) for part in (real, fake, on_real, on_fake))
    return Judgement(objective, Batch(x, None, Noise(0, Share(), torch.device("cpu"))), y, a, b, Clock())


def signals(*arguments) -> dict[str, float]:
    found = {name: float(value) for name, value in judgement(*arguments).signals().items()}
    assert found.keys() == NAMES
    return found


def ranked(on_real: np.ndarray, on_fake: np.ndarray) -> float:
    """The area under the curve from the ranks of all logits (Mann and Whitney 1947), ties sharing their mean rank."""
    both = np.concatenate([on_real, on_fake])
    ranks = np.array([(both < value).sum() + ((both == value).sum() + 1) / 2 for value in both])
    n, m = len(on_real), len(on_fake)
    return (ranks[:n].sum() - n * (n + 1) / 2) / (n * m)


def pairwise(x: np.ndarray) -> float:
    return float(np.mean([np.linalg.norm(a - b) for i, a in enumerate(x) for b in x[:i]]))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=lambda objective: objective.name)
def test_signals_against_numpy(objective: Objective, seed: int) -> None:
    generator = np.random.default_rng(seed)
    # Rounded, so that there are ties, also across the two sides; wide, so that some are beyond 8.
    on_real = np.round(generator.normal(1.0, 1 + 3 * seed, 40)) / 2
    on_fake = np.round(generator.normal(-1.0, 1 + 3 * seed, 40)) / 2
    real, fake = generator.normal(size=(40, 2)), generator.normal(0, 0.5, size=(40, 2))
    found = signals(objective, on_real, on_fake, real, fake)
    both = np.concatenate([on_real, on_fake])
    middle = (on_real.mean() + on_fake.mean()) / 2 if objective.even is None else objective.even
    assert found["auc"] == pytest.approx(ranked(on_real, on_fake), abs=1e-6)
    assert found["gap"] == pytest.approx(on_real.mean() - on_fake.mean(), abs=1e-5)
    assert found["spread"] == pytest.approx(both.std(), rel=1e-5)
    assert found["saturation"] == pytest.approx((abs(both) > 8).mean(), abs=1e-6)
    assert found["accuracy_real"] == pytest.approx((on_real > middle).mean(), abs=1e-6)
    assert found["accuracy_fake"] == pytest.approx((on_fake < middle).mean(), abs=1e-6)
    assert found["diversity"] == pytest.approx(pairwise(fake) / pairwise(real), rel=1e-4)


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=lambda objective: objective.name)
def test_slope_by_finite_differences(objective: Objective) -> None:
    generator = np.random.default_rng(0)
    real, fake = (torch.from_numpy(generator.normal(mean, 1.5, 12)) for mean in (0.7, -0.7))
    total = 0.0
    for index in range(len(fake)):
        step = torch.zeros(len(fake), dtype=torch.float64)
        step[index] = 1e-5
        total += abs(float(objective.generator(real, fake + step) - objective.generator(real, fake - step)) / 2e-5)
    with torch.no_grad():  # as it is called where nothing is differentiated
        assert float(generator_slope(objective, real, fake)) == pytest.approx(total, rel=1e-6)
    assert not fake.requires_grad and real.grad is None


@pytest.mark.parametrize(
    ("objective", "slope"),
    [
        # sigmoid(-12) and sigmoid(12); the distance from the label 1; 1 wherever one stands.
        (MINIMAX, 6.1441746e-06),
        (NON_SATURATING, 1 - 6.1441746e-06),
        (LEAST_SQUARES, 13.0),
        (WASSERSTEIN, 1.0),
        (HINGE, 1.0),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_only_the_minimax_loss_is_flat_where_the_discriminator_is_sure(objective: Objective, slope: float) -> None:
    found = signals(objective, np.full(32, 12.0), np.full(32, -12.0))
    assert found["slope"] == pytest.approx(slope, rel=1e-4)
    assert (found["auc"], found["accuracy_real"], found["accuracy_fake"], found["saturation"]) == (1, 1, 1, 1)
    assert (found["gap"], found["spread"]) == (24, 12)


def test_nothing_is_told_apart() -> None:
    found = signals(NON_SATURATING, np.zeros(16), np.zeros(16))
    assert (found["auc"], found["gap"], found["spread"], found["saturation"]) == (0.5, 0, 0, 0)
    assert found["slope"] == pytest.approx(0.5)
    assert (found["accuracy_real"], found["accuracy_fake"]) == (0, 0), "a logit in the middle says neither"


def test_the_middle_of_a_critic_moves_with_its_logits() -> None:
    """Where only differences mean anything, a constant on all logits changes no signal but the saturation."""
    generator = np.random.default_rng(0)
    on_real, on_fake = generator.normal(0.5, 1, 30), generator.normal(-0.5, 1, 30)
    for objective in OBJECTIVES.values():
        here, there = (judgement(objective, on_real + shift, on_fake + shift) for shift in (0.0, 100.0))
        if objective.even is None:
            assert float(there.middle) == pytest.approx(100 + (on_real.mean() + on_fake.mean()) / 2, abs=1e-4)
            same = ("accuracy_real", "accuracy_fake", "auc")
            assert all(float(here.signals()[name]) == float(there.signals()[name]) for name in same)
        else:
            assert float(here.middle) == float(there.middle) == objective.even
            assert float(there.signals()["accuracy_fake"]) == 0


def test_diversity() -> None:
    generator = np.random.default_rng(0)
    logits = np.zeros(20)
    pictures = generator.normal(size=(20, 3, 16, 16))
    one = np.repeat(pictures[:1], 20, 0)
    assert signals(MINIMAX, logits, logits, pictures, one)["diversity"] == 0
    assert signals(MINIMAX, logits, logits, pictures, pictures)["diversity"] == 1
    assert signals(MINIMAX, logits, logits, pictures, pictures / 4)["diversity"] == pytest.approx(0.25)
    # Pictures are compared by what is left at 8 x 8: fine noise is no diversity.
    coarse = pictures.reshape(20, 3, 8, 2, 8, 2).mean((3, 5))
    assert float(mean_distance(torch.from_numpy(pictures))) == pytest.approx(pairwise(coarse.reshape(20, -1)), rel=1e-5)
    lattice = np.indices((16, 16)).sum(0) % 2 * 2.0 - 1
    noisy = lattice * np.arange(20)[:, None, None, None]
    assert signals(MINIMAX, logits, logits, pictures, noisy)["diversity"] == pytest.approx(0, abs=1e-6)


def test_real_samples_that_are_all_the_same_make_no_infinity() -> None:
    found = signals(MINIMAX, np.zeros(8), np.zeros(8), np.ones((8, 2)), np.ones((8, 2)))
    assert found["diversity"] == 0
    assert all(np.isfinite(value) for value in found.values())


def test_packs_have_fewer_logits_than_samples() -> None:
    found = signals(NON_SATURATING, np.ones(8), -np.ones(8), np.eye(16, 2), 2 * np.eye(16, 2))
    assert found["auc"] == 1 and found["diversity"] == pytest.approx(2)
