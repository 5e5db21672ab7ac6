"""Where in the order of its column each number of a row stands.

A number that is told by a choice among pieces and a place in one says nothing of which pieces are neighbours. Its rank
does, and is a linear function of both, so that networks need not find out the order of each column by themselves.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from zerosum.core.cells import Cell


class Ranks(nn.Module):
    """Rows, or packs of them, with the ranks of their numbers behind: (n, pack * width) to (n, self.size).

    Pieces are equally far apart, and from -1 to 1; the place in a piece counts as much as there is between two.

    Args:
        cells: Of the table's columns, whose choices are in the numbers' order.
        pack: Rows that come together.
        scale: What ranks are multiplied by; 0 for none.

    Attributes:
        size: How many numbers come out.
    """

    def __init__(self, cells: Sequence[Cell], pack: int, scale: float) -> None:
        super().__init__()
        width = sum(cell.width for cell in cells)
        numbers = [cell for cell in cells if not cell.category]
        ranks = torch.zeros(width, len(numbers) if scale else 0)
        start = number = 0
        for cell in cells:
            if not cell.category and scale:
                choices = max(1, cell.choices)
                places = (torch.arange(choices) + 0.5) / choices * 2 - 1
                ranks[start + cell.number : start + cell.width, number] = scale * places[: cell.choices]
                ranks[start : start + cell.number, number] = scale / choices
                number += 1
            start += cell.width
        self.ranks: Tensor
        self.register_buffer("ranks", ranks, persistent=False)
        self.size = pack * (width + ranks.shape[1])

    def forward(self, x: Tensor) -> Tensor:
        """Rows and ranks."""
        if not self.ranks.numel():
            return x
        return torch.cat([x, (x.reshape(-1, len(self.ranks)) @ self.ranks).view(len(x), -1)], 1)
