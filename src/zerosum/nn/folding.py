"""Convolutions between a grid and one of twice its size, four pixels of which are folded into one cell.

Pixels that are neighbours are nearly alike. With weights of their own for each of the four a generator draws a grid of
dots, and a discriminator is slow to see it. Both kinds of convolution have the weights of Haar wavelets instead: one of
the mean of a cell, three of differences between its pixels.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

DRAWN = 0.25
"""Of a unit of weight, how much goes to the differences that are drawn: a generator learns them late."""

SEEN = 2.0
"""How much larger the differences are made that are seen: a discriminator learns them early."""


def haar(difference: float) -> Tensor:
    """The four wavelets as columns, (4 pixels, 4): their mean, and three differences of this size."""
    signs = torch.tensor([[1.0, 1, 1], [-1, 1, -1], [1, -1, -1], [-1, -1, 1]])
    return torch.cat([torch.ones(4, 1), difference * signs], 1)


class Unfolding(nn.Module):
    """Sub-pixel convolution (Shi et al. 2016, arXiv:1609.05158): (n, before, h, w) to (n, after, 2h, 2w).

    It begins as an enlargement by nearest neighbours (as in Aitken et al. 2017, arXiv:1707.02937).

    Args:
        before: Channels that come.
        after: Channels that go.
        bias: Whether there is something to add to each of them.
    """

    def __init__(self, before: int, after: int, bias: bool = True) -> None:
        super().__init__()
        like = nn.Conv2d(before, after, 3, padding=1, bias=bias)
        differences = torch.zeros(after, 3, before, 3, 3)
        self.weight = nn.Parameter(torch.cat([like.weight.detach()[:, None], differences], 1).flatten(0, 1))
        self.bias = nn.Parameter(like.bias.detach().clone()) if like.bias is not None else None
        self.register_buffer("haar", haar(DRAWN), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, after, 2h, 2w)."""
        weight = torch.einsum("pk,ak...->ap...", self.haar, self.weight.unflatten(0, (-1, 4))).flatten(0, 1)
        bias = None if self.bias is None else self.bias.repeat_interleave(4)
        return F.pixel_shuffle(F.conv2d(x, weight, bias, padding=1), 2)


class Folding(nn.Conv2d):
    """A 3x3 convolution of cells of four pixels: (n, before, 2h, 2w) to (n, after, h, w).

    Args:
        before: Channels that come.
        after: Channels that go.
    """

    def __init__(self, before: int, after: int) -> None:
        super().__init__(4 * before, after, 3, padding=1)
        self.register_buffer("haar", haar(SEEN) / 2, persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        """Features (n, after, h, w)."""
        weight = torch.einsum("pk,ack...->acp...", self.haar, self.weight.unflatten(1, (-1, 4))).flatten(1, 2)
        return F.conv2d(F.pixel_unshuffle(input, 2), weight, self.bias, padding=1)
