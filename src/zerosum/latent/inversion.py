"""The latent of a picture: what a generator has to be given to make it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Apart = Callable[[Tensor], Tensor]
"""Samples (n, ...) -> how far each of them is from the picture, (n,), at least 0."""


@dataclass(frozen=True)
class Descent:
    """How latents are searched (Karras et al. 2020, arXiv:1912.04958, Section 5 and Appendix D).

    Attributes:
        steps: Of Adam.
        rate: Its largest rate, in units of the latents' spread.
        noise: Standard deviation of the noise that latents are shaken with at first, in units of the latents' spread.
        shaken: Share of the steps in which they are; the noise falls to nothing as the square of what is left of it.
        rising: Share of the steps in which the rate rises to its largest.
        falling: Share of the steps, the last ones, in which it falls to nothing along a cosine.
    """

    steps: int = 300
    rate: float = 0.1
    noise: float = 0.05
    shaken: float = 0.75
    rising: float = 0.05
    falling: float = 0.25

    def rate_at(self, place: float) -> float:
        """The rate at a share of the steps."""
        rising = min(1.0, place / self.rising) if self.rising else 1.0
        left = min(1.0, (1 - place) / self.falling) if self.falling else 1.0
        return self.rate * rising * (0.5 - 0.5 * math.cos(math.pi * left))

    def noise_at(self, place: float) -> float:
        """The standard deviation of the noise at a share of the steps."""
        return self.noise * max(0.0, 1 - place / self.shaken) ** 2 if self.shaken else 0.0


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Attributes:
        latents: The nearest latent that each start led to, shape of the starts.
        apart: How far its sample is from the picture, shape (starts,).
    """

    latents: Tensor
    apart: Tensor


def search(
    make: Callable[[Tensor], Tensor],
    apart: Apart,
    starts: Tensor,
    spread: float,
    descent: Descent,
    generator: torch.Generator,
    within: Callable[[Tensor], Tensor] = lambda latents: latents,
    heard: Callable[[int], None] = lambda step: None,
) -> Found:
    """Go downhill from every start, and keep the nearest latent that was seen on the way.

    Args:
        make: Latents to samples (n, ...), with gradients.
        apart: What is to become small.
        starts: Where to begin, shape (starts, ...).
        spread: Standard deviation of latents.
        descent: How to go.
        generator: Draws the noise.
        within: Brings latents back to where the generator knows them, after each step.
        heard: Told how many steps are done.
    """
    latents = starts.detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([latents], betas=(0.9, 0.999))
    best, nearest = starts.clone(), torch.full((len(starts),), math.inf)

    def keep_the_nearest(distances: Tensor) -> None:
        better = (distances.detach().cpu() < nearest).view(-1, *[1] * (starts.dim() - 1))
        best.copy_(torch.where(better, latents.detach(), best))
        nearest.copy_(torch.minimum(nearest, distances.detach().cpu()))

    for step in range(descent.steps):
        place = step / descent.steps
        noise = spread * descent.noise_at(place)
        shaken = latents + noise * torch.randn(latents.shape, generator=generator) if noise else latents
        distances = apart(make(shaken))
        if not noise:
            keep_the_nearest(distances)
        (slope,) = torch.autograd.grad(distances.sum(), [latents])
        # The spread of a feature over a picture of one colour has no slope: it is 0 there, and its root is not smooth.
        latents.grad = slope.nan_to_num(0.0, 0.0, 0.0)
        optimizer.param_groups[0]["lr"] = spread * descent.rate_at(place)
        optimizer.step()
        with torch.no_grad():
            latents.copy_(within(latents))
        heard(step + 1)
    with torch.no_grad():
        keep_the_nearest(apart(make(latents)))
    return Found(best, nearest)
