"""What one move of the discriminator says of both players, for those who watch and adapt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from zerosum.core.batch import Batch
from zerosum.game.game import Clock
from zerosum.game.objectives import Objective

SATURATED = 8.0
"""A logit of this size says more than 0.9996: its cross-entropy has next to no slope."""


@dataclass(frozen=True)
class Judgement:
    """The logits of one move of the discriminator, detached, in float32, and what they were given for.

    Attributes:
        objective: What is played for.
        batch: The batch of the move.
        fake: The generated samples, before any augmentation, shape (n, ...).
        on_real: Logits of the real samples, one each; with packing there are fewer logits than samples.
        on_fake: Logits of the generated ones.
        clock: How far the game has come.
        move: Which of the discriminator's moves in this round it is, from 0.
    """

    objective: Objective
    batch: Batch
    fake: Tensor
    on_real: Tensor
    on_fake: Tensor
    clock: Clock
    move: int = 0

    @property
    def middle(self) -> Tensor:
        """The logit that parts real from fake, shape ()."""
        return self.objective.middle(self.on_real, self.on_fake)

    def signals(self) -> dict[str, Tensor]:
        """How the game stands, as scalars.

        - accuracy_real, accuracy_fake: shares judged right; for critics by the point halfway between their means;
        - auc: chance that a real sample's logit is above a fake one's;
        - gap: between the mean logits, and spread: their standard deviation, which is the gap's unit;
        - saturation: share of logits beyond +-8, where cross-entropy is flat;
        - slope: how much of its usual push the generator's loss gives a sample, mean |d loss / d logit|;
        - diversity: mean distance between generated samples over that between real ones, pictures at 8 x 8.
        """
        middle, both = self.middle, torch.cat([self.on_real, self.on_fake])
        return {
            "accuracy_real": (self.on_real > middle).float().mean(),
            "accuracy_fake": (self.on_fake < middle).float().mean(),
            "auc": area_under_curve(self.on_real, self.on_fake),
            "gap": self.on_real.mean() - self.on_fake.mean(),
            "spread": both.std(correction=0),
            "saturation": (both.abs() > SATURATED).float().mean(),
            "slope": generator_slope(self.objective, self.on_real, self.on_fake),
            "diversity": mean_distance(self.fake) / mean_distance(self.batch.x).clamp(min=1e-12),
        }


class Observer(Protocol):
    """Hears of every move of the discriminator, and keeps what it makes of them as state of the game."""

    @property
    def state(self) -> Mapping[str, Tensor]:
        """What it keeps, by name."""
        ...

    def observe(self, judgement: Judgement) -> None:
        """Take note of a move; changes nothing but the state, in place and without reading numbers off the device."""
        ...


def verdict(logits: Tensor) -> Tensor:
    """One logit a sample, (n,), of logits (n,) or (n, opinions): the mean of what several judges say of it."""
    return logits.flatten(1).mean(1) if logits.dim() > 1 else logits


def area_under_curve(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """Chance that one of the logits (n,) is above one of the others (m,), where ties count half, shape ()."""
    ranks = on_fake.sort().values
    below = torch.searchsorted(ranks, on_real) + torch.searchsorted(ranks, on_real, right=True)
    return below.float().mean() / (2 * len(on_fake))


def generator_slope(objective: Objective, on_real: Tensor, on_fake: Tensor) -> Tensor:
    """Mean over fakes of |d generator's loss / d logit| as a loss that is a mean over samples has it, shape ()."""
    with torch.enable_grad():
        logits = on_fake.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(objective.generator(on_real, logits), logits)
    return gradient.abs().sum()


def mean_distance(x: Tensor) -> Tensor:
    """Mean Euclidean distance between two of at most 64 samples (n, ...), pictures averaged to 8 x 8, shape ()."""
    x = x[:64].float()
    if x.dim() == 4:
        x = F.adaptive_avg_pool2d(x, 8)
    return F.pdist(x.flatten(1)).mean()
