"""How far networks have grown that begin small and get further layers while they train."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


class Level(nn.Module):
    """Which grids are in use: so many doublings of the smallest, and a share of the next one, which fades in.

    In training that is what the game says, and is kept; in evaluation it is what was kept. So a network that is saved,
    or averaged, between two grids is used between them, and nothing has to be read off a device in training.

    Args:
        now: How far training has come: whole grids, with the share behind the point.

    Attributes:
        reached: The level at the last pass in training, shape ().
    """

    reached: Tensor

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self.now = now
        self.register_buffer("reached", torch.zeros(()))

    def forward(self) -> tuple[int, float]:
        """The largest grid that is wholly in use, as doublings of the smallest, and the share of the next, below 1."""
        if self.training:
            level = self.now()
            self.reached.fill_(level)
        else:
            level = self.reached.item()
        return int(level), level % 1
