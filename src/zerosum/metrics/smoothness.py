"""How smoothly samples change with their latents."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from zerosum.metrics.bootstrap import Estimate, mean_estimate
from zerosum.metrics.pairs import finite, rows

STEP = 1e-2
"""Of the way from one latent to another. Karras et al. take 1e-4, at which features in float32 are mostly rounding."""

TRIMMED = 0.01
"""Share of the paths that is left out at either end, as published."""


def path_length(
    describe: Callable[[Tensor], Tensor],
    first: Tensor,
    second: Tensor,
    places: Tensor,
    spherical: bool,
    step: float = STEP,
) -> Estimate:
    """Perceptual path length: E |f(g(z_t)) - f(g(z_(t + step)))|^2 / step^2 (Karras et al. 2019, Section 4.1).

    Args:
        describe: Latents (n, dimension) to features (n, f) of their samples, before these are rounded to bytes.
        first: Latents that paths begin at, shape (n, dimension).
        second: Latents that they lead to.
        places: Where on its path each is looked at, on [0, 1), shape (n, 1).
        spherical: Whether paths follow the sphere, as normal latents do, or straight lines.
        step: Share of the path between the two samples that are compared.

    Returns:
        At least 0; smaller is smoother. Only comparable for equal features and steps.
    """
    between = slerp if spherical else torch.lerp
    before, after = (rows(describe(between(first, second, place))) for place in (places, places + step))
    if not finite(before, after):
        return Estimate(*[math.nan] * 4)
    lengths = (after - before).square().sum(1) / step**2
    low, high = torch.quantile(lengths, torch.tensor([TRIMMED, 1 - TRIMMED], dtype=torch.float64))
    return mean_estimate(lengths[(lengths >= low) & (lengths <= high)])


def slerp(first: Tensor, second: Tensor, place: Tensor) -> Tensor:
    """Points (n, d) on the great circles from one set of directions to another, both brought to length sqrt(d).

    Shoemake 1985, Equation 2, on the sphere that normal latents of many dimensions lie close to.
    """
    radius = math.sqrt(first.shape[1])
    a, b = (x / x.norm(dim=1, keepdim=True).clamp(min=1e-12) for x in (first, second))
    cosine = (a * b).sum(1, keepdim=True).clamp(-1, 1)
    across = b - cosine * a
    across = across / across.norm(dim=1, keepdim=True).clamp(min=1e-12)
    angle = place * cosine.acos()
    return radius * (angle.cos() * a + angle.sin() * across)
