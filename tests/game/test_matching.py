"""The matching-aware term of Reed et al. 2016: real samples beside another's condition count as fakes."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.config.optimizer import MomentumSGD
from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.objectives import NON_SATURATING
from zerosum.game.priors import Normal
from zerosum.game.rules import Rules, rules_of
from zerosum.nn.discriminator import Discriminator
from zerosum.recipes.dcgan import DCGAN

PLAIN = MomentumSGD(rate=0.1, momentum=0.0, final_momentum=0.0, rate_half_life=10**12)


class Told(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(2))

    def forward(self, latents: Tensor, condition: Tensor | None) -> Tensor:
        return latents + self.shift


class Agreement(nn.Module):
    """<features, condition> where conditions are vectors; the feature with the condition's number where classes."""

    def forward(self, features: Tensor, condition: Tensor) -> Tensor:
        return (features * condition).sum(1) if condition.ndim == 2 else features.gather(1, condition[:, None])[:, 0]


class Matcher(Discriminator):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.head = Agreement()

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        return x * self.weight


def game_of(matching: float) -> Game:
    return adversarial_game(
        generator=Player(Told(), PLAIN),
        discriminator=Player(Matcher(), PLAIN),
        prior=Normal(2),
        rules=Rules(objective=NON_SATURATING, matching=matching),
    )


def terms_of(condition: Tensor, x: Tensor, matching: float = 0.5) -> dict[str, Tensor]:
    return game_of(matching).turns[0].loss(Batch(x, condition, Noise(0))).terms


X = torch.tensor([[2.0, -1.0], [0.5, 3.0], [-1.0, 0.25]])


def test_it_is_the_loss_of_real_samples_beside_their_neighbours_conditions() -> None:
    told = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    right, wrong = (X * told).sum(1), (X * told[[2, 0, 1]]).sum(1)
    expected = F.softplus(-right).mean() + F.softplus(wrong).mean()
    assert terms_of(told, X)["mismatched"].item() == pytest.approx(0.5 * expected.item(), rel=1e-6)


def test_samples_whose_neighbour_has_their_own_class_are_left_out() -> None:
    classes = torch.tensor([0, 1, 1])
    right, wrong = X[[0, 1], [0, 1]], X[[0, 1], [1, 0]]  # the third has the second's class
    expected = F.softplus(-right).mean() + F.softplus(wrong).mean()
    assert terms_of(classes, X)["mismatched"].item() == pytest.approx(0.5 * expected.item(), rel=1e-6)


def test_a_batch_of_one_class_has_nothing_that_fails_to_match() -> None:
    assert terms_of(torch.zeros(3, dtype=torch.long), X)["mismatched"].item() == 0


def test_it_teaches_the_discriminator_to_read_conditions() -> None:
    """Alone, the game is even where real and generated samples are alike; the term still has a slope."""
    told = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    game = game_of(1.0)
    weight = game.players["discriminator"].module.weight
    (slope,) = torch.autograd.grad(game.turns[0].loss(Batch(X.abs(), told, Noise(0))).terms["mismatched"], weight)
    assert slope.abs().max() > 0.01


def test_it_is_refused_where_nothing_is_told() -> None:
    with pytest.raises(SettingError, match="--matching is 1.0, and nothing is told"):
        rules_of(DCGAN(matching=1.0), Space(kind="image", shape=(1, 8, 8)))
