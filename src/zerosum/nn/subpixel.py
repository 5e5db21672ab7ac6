"""Convolutions that end on a grid of twice the size."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

DETAIL = 0.25
"""Of a unit of weight, how much goes to the differences between the four pixels of a cell: they are learned late."""


class SubPixel(nn.Module):
    """Sub-pixel convolution (Shi et al. 2016, arXiv:1609.05158): (n, before, h, w) to (n, after, 2h, 2w).

    The weights are those of Haar wavelets: the mean of the four pixels of a cell, and three differences, which begin at
    nothing. It begins so as an enlargement by nearest neighbours (as in Aitken et al. 2017, arXiv:1707.02937), and
    learns coarse before fine. Four independent sets of weights draw a grid of dots that training takes long to undo.

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
        signs = torch.tensor([[1.0, 1, 1], [-1, 1, -1], [1, -1, -1], [-1, -1, 1]])
        self.register_buffer("haar", torch.cat([torch.ones(4, 1), DETAIL * signs], 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, after, 2h, 2w)."""
        weight = torch.einsum("pk,ak...->ap...", self.haar, self.weight.unflatten(0, (-1, 4))).flatten(0, 1)
        bias = None if self.bias is None else self.bias.repeat_interleave(4)
        return F.pixel_shuffle(F.conv2d(x, weight, bias, padding=1), 2)
