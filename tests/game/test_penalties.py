"""Gradient penalties against closed forms, and lazy evaluation against the schedule."""

import pytest
import torch
from torch import nn

from zerosum.config.optimizer import Adam
from zerosum.config.ramp import Ramp
from zerosum.core.batch import Batch
from zerosum.core.seeding import Noise
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Player
from zerosum.game.objectives import WASSERSTEIN
from zerosum.game.penalties import Penalty, gradient_norms_squared, gradient_penalty, r1, r2
from zerosum.game.priors import Normal
from zerosum.game.rules import Rules

WEIGHT = torch.tensor([3.0, -4.0, 12.0])  # its norm is 13


def linear(x: torch.Tensor) -> torch.Tensor:
    return x @ WEIGHT.to(x.dtype)


def quadratic(x: torch.Tensor) -> torch.Tensor:
    """Its gradient at x is x."""
    return x.square().sum(1) / 2


def test_a_linear_score_has_its_weight_as_gradient() -> None:
    x = torch.randn(5, 3)
    assert torch.allclose(gradient_norms_squared(linear, x), torch.full((5,), 169.0))


def test_r1_and_r2_are_half_the_mean_squared_norm_on_their_own_side() -> None:
    real, fake, noise = torch.randn(64, 3), 2 * torch.randn(64, 3), Noise(0)
    expected = [(x.double() ** 2).sum(1).mean().item() / 2 for x in (real, fake)]
    assert r1(quadratic, real, fake, noise).item() == pytest.approx(expected[0], rel=1e-5)
    assert r2(quadratic, real, fake, noise).item() == pytest.approx(expected[1], rel=1e-5)


def test_gradient_penalty_is_zero_at_unit_slope_and_quadratic_off_it() -> None:
    x, y, noise = torch.randn(7, 3), torch.randn(7, 3), Noise(0)
    assert gradient_penalty(lambda x: linear(x) / 13, x, y, noise).item() == pytest.approx(0, abs=1e-10)
    assert gradient_penalty(linear, x, y, noise).item() == pytest.approx(144, rel=1e-5)


def test_gradient_penalty_looks_between_real_and_fake() -> None:
    seen = []

    def score(x: torch.Tensor) -> torch.Tensor:
        seen.append(x.detach())
        return quadratic(x)

    real, fake = torch.zeros(1000, 1), torch.ones(1000, 1)
    gradient_penalty(score, real, fake, Noise(1))
    (points,) = seen
    assert 0 <= points.min() and points.max() <= 1 and points.mean().item() == pytest.approx(0.5, abs=0.05)


def test_the_penalty_is_differentiable_in_the_weights_also_where_the_slope_vanishes() -> None:
    module = nn.Linear(3, 1)
    nn.init.zeros_(module.weight)
    gradient_penalty(lambda x: module(x).squeeze(1), torch.randn(4, 3), torch.randn(4, 3), Noise(0)).backward()
    assert module.weight.grad is not None and module.weight.grad.isfinite().all()


def test_penalties_are_computed_in_fp32_under_autocast() -> None:
    module = nn.Linear(3, 1, bias=False)
    x = torch.randn(16, 3)
    with torch.autocast("cpu", torch.bfloat16):
        norms = gradient_norms_squared(lambda x: module(x).squeeze(1), x)
    assert norms.dtype == torch.float32
    assert torch.allclose(norms, module.weight.detach().square().sum().expand(16), rtol=1e-6)


class Line(nn.Module):
    """A score or a generator that is one linear map."""

    def __init__(self) -> None:
        super().__init__()
        self.map = nn.Linear(2, 2, bias=False)

    def forward(self, x: torch.Tensor, condition: torch.Tensor | None) -> torch.Tensor:
        return self.map(x)


class Score(Line):
    def forward(self, x: torch.Tensor, condition: torch.Tensor | None) -> torch.Tensor:
        return self.map(x).sum(1)


def test_lazy_penalties_come_every_few_rounds_with_as_much_more_weight() -> None:
    game = adversarial_game(
        generator=Player(Line(), Adam()),
        discriminator=Player(Score(), Adam()),
        prior=Normal(2),
        rules=Rules(
            objective=WASSERSTEIN,
            penalties=[Penalty("r1", r1, Ramp(0.5), every=4), Penalty("r2", r2, Ramp(0.5))],
        ),
    )
    batch = Batch(torch.randn(8, 2), None, Noise(0))
    values = []
    for rounds in range(8):
        game.clock.rounds = rounds
        values.append({name: term.item() for name, term in game.turns[0].loss(batch).terms.items()})
    assert ["r1" in terms for terms in values] == [True, False, False, False] * 2
    assert all("r2" in terms for terms in values)
    # The score is linear, so that both penalties measure the same gradient.
    assert values[0]["r1"] == pytest.approx(4 * values[0]["r2"], rel=1e-6)


def test_weights_follow_their_ramp() -> None:
    ramp = Ramp(2.0, 0.2, samples=100)
    assert [ramp.at(samples) for samples in (0, 50, 100, 1000)] == pytest.approx([2.0, 1.1, 0.2, 0.2])
    assert Ramp(3.0).at(10**9) == 3.0
