"""Optimizer settings. Each builds its optimizer and says what its rates are after a number of samples."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import nn
from torch.optim import SGD
from torch.optim import Adam as TorchAdam

from zerosum.config.ramp import Ramp
from zerosum.core.errors import SettingError


class Optimizer(Protocol):
    """Settings that a player's optimizer is made from."""

    def build(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """A fresh optimizer over `parameters`."""
        ...

    def at(self, samples: int) -> dict[str, float]:
        """The values that every parameter group takes when training has seen `samples` real samples."""
        ...

    def scaled(self, factor: float) -> "Optimizer":
        """The same with `factor` times the learning rate."""
        ...

    def lazy(self, every: float) -> "Optimizer":
        """The same for a player that takes one further step after `every` of its own, and is to go as far.

        Karras et al. 2020 (arXiv:1912.04958), Appendix B: with c = every / (every + 1), the rate times c and each decay
        to the power of c.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Adam:
    """Adam (Kingma and Ba 2015), one fused step for all weights."""

    rate: float = 2e-4
    """Learning rate at the start."""
    betas: tuple[float, float] = (0.5, 0.999)
    """Decay of the running mean of the gradient and of its square, per step."""
    epsilon: float = 1e-8
    """Added to the root of the running square."""
    final_rate: float | None = None
    """Learning rate after `decay_samples`, reached along half a cosine; None keeps it constant."""
    decay_samples: int = 1_000_000
    """Samples over which the rate falls to `final_rate`."""
    weight_decay: float = 0.0
    """Weight of half the squared norm of all weights, which is added to the loss."""

    def __post_init__(self) -> None:
        if not all(0 <= beta < 1 for beta in self.betas):
            raise SettingError(f"Adam's betas are {self.betas}; each must be at least 0 and less than 1.")

    def build(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """A fresh fused Adam over `parameters`."""
        return TorchAdam(
            parameters, self.rate, self.betas, eps=self.epsilon, weight_decay=self.weight_decay, fused=True
        )

    def at(self, samples: int) -> dict[str, float]:
        """The learning rate after `samples` samples."""
        return {"lr": Ramp(self.rate, self.final_rate, self.decay_samples).at(samples)}

    def scaled(self, factor: float) -> "Adam":
        """The same with `factor` times the learning rate, at the start and at the end."""
        final = None if self.final_rate is None else self.final_rate * factor
        return replace(self, rate=self.rate * factor, final_rate=final)

    def lazy(self, every: float) -> "Adam":
        """The rate times c = every / (every + 1), the betas to the power of c."""
        share = every / (every + 1)
        return replace(self.scaled(share), betas=(self.betas[0] ** share, self.betas[1] ** share))


@dataclass(frozen=True, kw_only=True)
class MomentumSGD:
    """Stochastic gradient descent with a growing momentum and a shrinking rate, as in Goodfellow et al. 2014."""

    rate: float = 0.1
    """Learning rate at the start."""
    rate_half_life: int = 17_300_000
    """Samples after which the rate has halved: a division by 1.000004 after each batch of 100."""
    final_rate: float = 1e-6
    """The rate never falls below this."""
    momentum: float = 0.5
    """Momentum at the start."""
    final_momentum: float = 0.7
    """Momentum after `momentum_samples`."""
    momentum_samples: int = 12_500_000
    """Samples over which the momentum grows linearly: 250 epochs of 50,000 digits."""

    def build(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """A fresh fused optimizer over `parameters`."""
        return SGD(parameters, lr=self.rate, momentum=self.momentum, fused=True)

    def at(self, samples: int) -> dict[str, float]:
        """Learning rate and momentum after `samples` samples."""
        grown = min(1.0, samples / self.momentum_samples)
        return {
            "lr": max(self.final_rate, self.rate * 0.5 ** (samples / self.rate_half_life)),
            "momentum": self.momentum + grown * (self.final_momentum - self.momentum),
        }

    def scaled(self, factor: float) -> "MomentumSGD":
        """The same with `factor` times the learning rate."""
        return replace(self, rate=self.rate * factor, final_rate=self.final_rate * factor)

    def lazy(self, every: float) -> "MomentumSGD":
        """The rate times c = every / (every + 1), the momentum to the power of c."""
        share = every / (every + 1)
        return replace(self.scaled(share), momentum=self.momentum**share, final_momentum=self.final_momentum**share)
