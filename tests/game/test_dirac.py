"""Dirac-GAN: the smallest game that shows what a penalty is for.

Mescheder, Geiger and Nowozin 2018 (arXiv:1801.04406), Section 2: the data are the point 0, the generator is the point
theta, the discriminator is psi * x, and the one equilibrium is theta = psi = 0. Sections 3 and 4 say which games come
to it. Alternating gradient steps of finite size, as ours are, circle where simultaneous ones spiral out (Lemma 2.4).
"""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from zerosum.config.optimizer import MomentumSGD
from zerosum.config.ramp import Ramp
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.catalogue import PENALTIES
from zerosum.game.game import Clock, Player
from zerosum.game.inputs import InstanceNoise
from zerosum.game.objectives import HINGE, MINIMAX, NON_SATURATING, RELATIVISTIC, WASSERSTEIN, Objective
from zerosum.game.penalties import Penalty
from zerosum.game.priors import Normal
from zerosum.game.rules import Rules
from zerosum.train.engine import Engine

SPACE = Space(kind="points", shape=(1,))
ROUNDS = 600


class Point(nn.Module):
    """A generator that makes one point, whatever the latent."""

    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(1.0))

    def forward(self, latent: torch.Tensor, condition: torch.Tensor | None) -> torch.Tensor:
        return self.theta.expand(len(latent), 1)


class Slope(nn.Module):
    """A discriminator that is a line through the origin."""

    def __init__(self) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.tensor(1.0))

    def forward(self, x: torch.Tensor, condition: torch.Tensor | None) -> torch.Tensor:
        return self.psi * x.squeeze(1)


def path(objective: Objective, penalty: str = "", weight: float = 1.0, batch: int = 4, **rules: Any) -> np.ndarray:
    """(theta, psi) after each round of plain gradient steps, (rounds, 2)."""
    plain = MomentumSGD(rate=0.1, momentum=0.0, final_momentum=0.0, rate_half_life=10**12)
    point, slope = Point(), Slope()
    penalties = [Penalty(penalty, PENALTIES[penalty].make(), Ramp(weight))] if penalty else []
    game = adversarial_game(
        generator=Player(point, plain),
        discriminator=Player(slope, plain),
        prior=Normal(1),
        rules=Rules(objective=objective, penalties=penalties, **rules),
    )
    engine = Engine(game, Run(device="cpu", log_rounds=10**9), SPACE)
    torch.manual_seed(0)
    found = []
    for _ in range(ROUNDS):
        for turn in game.turns:
            for _ in range(turn.repeat):
                engine.take(turn, Batch(torch.zeros(batch, 1), None, Noise(0)))
        engine.advance(batch)
        found.append((point.theta.item(), slope.psi.item()))
    return np.array(found)


def distances(*arguments: Any, **rules: Any) -> np.ndarray:
    """Distance from the equilibrium after each round."""
    return np.linalg.norm(path(*arguments, **rules), axis=1)


@pytest.mark.parametrize("objective", [WASSERSTEIN, MINIMAX, HINGE], ids=lambda objective: objective.name)
def test_without_a_penalty_the_players_circle(objective: Objective) -> None:
    """Section 2: the eigenvalues at the equilibrium are imaginary."""
    found = path(objective)
    away = np.linalg.norm(found, axis=1)
    assert away[-100:].min() > 1.3 and away.max() < 1.5
    assert np.sum(np.diff(np.sign(found[:, 0])) != 0) >= 8, "round and round"


@pytest.mark.parametrize("objective", [NON_SATURATING, RELATIVISTIC], ids=lambda objective: objective.name)
def test_the_non_saturating_game_spirals_in_ever_more_slowly(objective: Objective) -> None:
    """Its eigenvalues are imaginary too: what shrinks the circle vanishes with the circle (Section 3, Figure 3)."""
    found = distances(objective)
    assert found[-100:].min() > 0.3
    # Linear convergence would shrink the distance by the same share in each third.
    thirds = found[[0, ROUNDS // 3, 2 * ROUNDS // 3, -1]]
    shares = thirds[1:] / thirds[:-1]
    assert (np.diff(shares) > 0.05).all()


@pytest.mark.parametrize("penalty", ["r1", "r2"])
@pytest.mark.parametrize(
    "objective", [WASSERSTEIN, NON_SATURATING, HINGE, RELATIVISTIC], ids=lambda objective: objective.name
)
def test_under_r1_or_r2_the_players_meet_at_the_equilibrium(objective: Objective, penalty: str) -> None:
    """Lemma 4.1: for suitable weights, with a linear rate."""
    found = distances(objective, penalty)
    assert found[-1] < 1e-5
    assert found[200] < 0.1 * found[100] < 0.01 * found[0]


def test_under_roths_regulariser_the_players_meet() -> None:
    """Section 3: near the equilibrium it is R1 and R2 with a quarter of the weight each."""
    assert distances(NON_SATURATING, "roth", 2.0)[-1] < 1e-5
    assert distances(MINIMAX, "roth", 2.0)[-1] < 1e-5


def test_with_instance_noise_the_players_meet_as_closely_as_noise_lets_them() -> None:
    """Section 3: where the loss is curved, noise of a fixed size converges; a Wasserstein loss averages it away."""
    last = {}
    for batch in (64, 4096):
        clock = Clock()
        noise = InstanceNoise(Ramp(1.0), clock)
        last[batch] = distances(NON_SATURATING, batch=batch, inputs=[noise], clock=clock)[-100:].max()
    assert last[4096] < 0.02 and last[4096] < last[64]
    clock = Clock()
    noise = InstanceNoise(Ramp(1.0), clock)
    assert distances(WASSERSTEIN, batch=64, inputs=[noise], clock=clock)[-100:].min() > 1


@pytest.mark.parametrize("steps", [1, 5])
def test_a_gradient_penalty_does_not_bring_wasserstein_players_to_rest(steps: int) -> None:
    """Section 3: with finitely many critic steps, WGAN-GP's critic is held at slope 1, and the point is overshot."""
    found = path(WASSERSTEIN, "gradient-penalty", discriminator_steps=steps)
    assert np.linalg.norm(found[-200:], axis=1).min() > 0.5
    assert np.abs(found[-200:, 1]).max() > 1 and np.ptp(found[-200:, 0]) > 0.3


def test_clipped_weights_do_not_bring_wasserstein_players_to_rest() -> None:
    """Section 3: the critic jumps between its bounds, and the point is pushed from side to side."""
    found = path(WASSERSTEIN, weight_limit=0.3)
    assert np.abs(found[:, 1]).max() == pytest.approx(0.3)
    assert np.linalg.norm(found[-100:], axis=1).min() > 0.25
    assert np.ptp(found[-100:, 0]) > 0.5


@pytest.mark.parametrize("penalty", ["gradient-penalty", "dragan"])
def test_a_slope_held_at_one_drives_non_saturating_players_away(penalty: str) -> None:
    """DRAGAN and WGAN-GP's penalty ask for |psi| = 1, and the equilibrium has psi = 0."""
    assert distances(NON_SATURATING, penalty)[-100:].min() > 1
