"""Dirac-GAN: the smallest game that shows what a penalty is for.

Mescheder, Geiger and Nowozin 2018 (arXiv:1801.04406), Section 2: the data are the point 0, the generator is the point
theta, the discriminator is psi * x. Without regularisation alternating gradient steps circle the equilibrium for ever;
under R1 they spiral into it (Section 4).
"""

import torch
from torch import nn

from zerosum.config.optimizer import MomentumSGD
from zerosum.config.ramp import Ramp
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Player
from zerosum.game.objectives import WASSERSTEIN
from zerosum.game.penalties import Penalty, r1
from zerosum.game.priors import Normal
from zerosum.game.rules import Rules
from zerosum.train.engine import Engine

SPACE = Space(kind="points", shape=(1,))


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


def distances_from_equilibrium(penalties: list[Penalty], rounds: int = 600) -> list[float]:
    """Norm of (theta, psi) after each round of plain gradient steps."""
    plain = MomentumSGD(rate=0.1, momentum=0.0, final_momentum=0.0, rate_half_life=10**12)
    point, slope = Point(), Slope()
    game = adversarial_game(
        generator=Player(point, plain),
        discriminator=Player(slope, plain),
        prior=Normal(1),
        rules=Rules(objective=WASSERSTEIN, penalties=penalties),
    )
    engine = Engine(game, Run(device="cpu"), SPACE)
    found = []
    for _ in range(rounds):
        for turn in game.turns:
            engine.take(turn, Batch(torch.zeros(4, 1), None, Noise(0)))
        engine.advance(4)
        found.append(torch.stack([point.theta, slope.psi]).norm().item())
    return found


def test_without_a_penalty_the_players_circle() -> None:
    distances = distances_from_equilibrium([])
    assert min(distances[-100:]) > 1.0 and max(distances) < 2.0


def test_under_r1_the_players_meet_at_the_equilibrium() -> None:
    distances = distances_from_equilibrium([Penalty("r1", r1, Ramp(1.0))])
    assert distances[-1] < 1e-3
