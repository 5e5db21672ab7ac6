"""Penalties on the discriminator's gradient with respect to its input, always computed in fp32."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from zerosum.config.ramp import Ramp
from zerosum.core.seeding import Noise

Score = Callable[[Tensor], Tensor]
"""The discriminator with its condition filled in: samples (n, ...) -> logits (n,)."""


@dataclass(frozen=True)
class Penalty:
    """A penalty that is added to the discriminator's loss.

    Attributes:
        name: Its name among the loss terms.
        value: (score, real, fake, noise) -> a scalar.
        weight: What the value is multiplied by, as training goes on.
        every: Rounds from one evaluation to the next; the weight is multiplied by it, so that the mean pressure stays
            the same (lazy regularisation, Karras et al. 2020, Section 3.1).
    """

    name: str
    value: Callable[[Score, Tensor, Tensor, Noise], Tensor]
    weight: Ramp
    every: int = 1


def gradient_norms_squared(score: Score, x: Tensor) -> Tensor:
    """||d D(x) / dx||^2 of each sample, shape (n,), float32, differentiable once more."""
    x = x.detach().float().requires_grad_()
    with torch.autocast(x.device.type, enabled=False):
        (gradient,) = torch.autograd.grad(score(x).sum(), x, create_graph=True)
    return gradient.square().flatten(1).sum(1)


def r1(score: Score, real: Tensor, fake: Tensor, noise: Noise) -> Tensor:
    """1/2 E ||grad D(x)||^2 on real samples (Mescheder et al. 2018, Equation 9)."""
    return gradient_norms_squared(score, real).mean() / 2


def r2(score: Score, real: Tensor, fake: Tensor, noise: Noise) -> Tensor:
    """1/2 E ||grad D(G(z))||^2 on generated samples (Mescheder et al. 2018, Equation 10)."""
    return gradient_norms_squared(score, fake).mean() / 2


def gradient_penalty(score: Score, real: Tensor, fake: Tensor, noise: Noise) -> Tensor:
    """E (||grad D(y)|| - 1)^2 at points y between real and fake ones (Gulrajani et al. 2017, Equation 3)."""
    share = noise.uniform(len(real)).view(-1, *[1] * (real.dim() - 1))
    between = fake.detach().float().lerp(real.float(), share)
    # The tiny constant keeps the root's slope finite where the gradient vanishes.
    return ((gradient_norms_squared(score, between) + 1e-12).sqrt() - 1).square().mean()
