"""The best discriminator is known: p_data / (p_data + p_g) (Goodfellow et al. 2014, Proposition 1)."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from zerosum.config.optimizer import Adam
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Player
from zerosum.game.objectives import OBJECTIVES
from zerosum.game.priors import Normal
from zerosum.game.rules import Rules
from zerosum.networks.perceptron import PerceptronDiscriminator
from zerosum.train.engine import Engine

ROUNDS, BATCH = 700, 512


class Latents(nn.Module):
    """A generator that hands normal latents on: its density is known, and it does not learn."""

    def __init__(self) -> None:
        super().__init__()
        self.nothing = nn.Parameter(torch.zeros(()))

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        return latent


def density(x: np.ndarray, mean: float, deviation: float) -> np.ndarray:
    return np.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * np.sqrt(2 * np.pi))


def mean_error(name: str, mean: float, deviation: float) -> float:
    """Train on N(mean, deviation^2) against N(0, 1); the mean absolute error of what the discriminator then says."""
    torch.manual_seed(0)
    discriminator = PerceptronDiscriminator((1,), 32, 2)
    optimizer = Adam(rate=5e-3, betas=(0.9, 0.99), final_rate=1e-4, decay_samples=ROUNDS * BATCH)
    game = adversarial_game(
        generator=Player(Latents(), optimizer),
        discriminator=Player(discriminator, optimizer),
        prior=Normal(1),
        rules=Rules(objective=OBJECTIVES[name]),
    )
    engine = Engine(game, Run(device="cpu", log_rounds=10**9), Space(kind="points", shape=(1,)))
    for round_ in range(ROUNDS):
        real = torch.randn(BATCH, 1) * deviation + mean
        engine.take(game.turns[0], Batch(real, None, Noise(round_)))
        engine.advance(BATCH)
    x = np.linspace(-4, 4, 801)
    p, q = density(x, mean, deviation), density(x, 0, 1)
    with torch.no_grad():
        logits = game.judge.logits(torch.tensor(x[:, None], dtype=torch.float32), None)
    found = game.judge.probability(logits).double().numpy()
    weight = (p + q) / (p + q).sum()
    return float((weight * np.abs(found - p / (p + q))).sum())


@pytest.mark.parametrize("name", ["non-saturating", "jensen-shannon", "least-squares", "pearson", "hellinger", "kl"])
def test_the_discriminator_comes_to_the_share_of_real_samples(name: str) -> None:
    assert mean_error(name, 1.0, 0.5) < 0.015


def test_between_equals_the_discriminator_is_undecided() -> None:
    assert mean_error("non-saturating", 0.0, 1.0) < 0.01
