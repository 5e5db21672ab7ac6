"""How a noise level, and a class with it, reaches a denoiser."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FREQUENCIES = 16
"""Waves that describe a noise level."""


class NoiseLevel(nn.Module):
    """Noise levels (n,) and class indices (n,) to features (n, width).

    Waves of the level (Tancik et al. 2020, arXiv:2006.10739, with frequencies that grow evenly in their logarithm),
    then two layers; the class's embedding is added to what the first layer sees, as in Karras et al. 2022
    (arXiv:2206.00364), Appendix F.

    Args:
        width: Width of the features.
        classes: How many classes there are; 0 for none.
    """

    frequencies: Tensor

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        # A level is ln(sigma) / 4, on about [-1.6, 1.1]: the slowest wave has half a period there, the fastest 20.
        self.register_buffer("frequencies", math.pi / 2.7 * 40 ** torch.linspace(0, 1, FREQUENCIES), persistent=False)
        self.first = nn.Linear(2 * FREQUENCIES, width)
        self.embedding = nn.Embedding(classes, width) if classes else None
        self.second = nn.Linear(width, width)

    def forward(self, level: Tensor, condition: Tensor | None) -> Tensor:
        """Features (n, width)."""
        angles = level[:, None] * self.frequencies
        x = self.first(torch.cat([angles.cos(), angles.sin()], 1))
        if self.embedding is not None:
            assert condition is not None, "a network with classes needs their indices"
            x = x + self.embedding(condition)
        return F.silu(self.second(F.silu(x)))
