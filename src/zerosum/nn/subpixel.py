"""Convolutions that end on a grid of twice the size."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SubPixel(nn.Module):
    """Sub-pixel convolution (Shi et al. 2016, arXiv:1609.05158): (n, before, h, w) to (n, after, 2h, 2w).

    It begins as an enlargement by nearest neighbours, since four independent sets of weights draw a grid of dots that
    training takes long to undo (Aitken et al. 2017, arXiv:1707.02937).

    Args:
        before: Channels that come.
        after: Channels that go.
        bias: Whether there is something to add to each of them.
    """

    def __init__(self, before: int, after: int, bias: bool = True) -> None:
        super().__init__()
        self.convolve = nn.Conv2d(before, 4 * after, 3, padding=1, bias=bias)
        with torch.no_grad():
            for weight in self.convolve.parameters():
                weight.copy_(weight[::4].repeat_interleave(4, 0))

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, after, 2h, 2w)."""
        return F.pixel_shuffle(self.convolve(x), 2)
