"""A logit for every place of a grid: many small judgements of a picture instead of one."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from zerosum.nn.classes import ProjectionHead


class PlaceHeads(nn.Module):
    """Grids of features, one behind the other, to a logit for each of their places: (n, f) to (n, places).

    Every grid has a `ProjectionHead` of its own, which all its places share; what that learns of the batch as a whole,
    it learns from the same place of the other pictures.

    Args:
        widths: Features of a place, for each grid. All grids have as many places.
        classes: How many classes there are; 0 for none.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(self, widths: Sequence[int], classes: int, statistics: str = "none") -> None:
        super().__init__()
        self.widths = list(widths)
        self.heads = nn.ModuleList(ProjectionHead(width, classes, statistics) for width in widths)

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """Logits (n, places of all grids), float32."""
        places = features.shape[1] // sum(self.widths)
        grids = features.split([places * width for width in self.widths], 1)
        logits = [
            torch.vmap(head, in_dims=(1, None), out_dims=1)(grid.unflatten(1, (places, -1)), condition)
            for head, grid in zip(self.heads, grids, strict=True)
        ]
        return torch.cat(logits, 1)


def by_place(grid: Tensor) -> Tensor:
    """A grid (n, c, h, w) as features (n, h * w * c), place after place: the order that it has in memory."""
    return grid.permute(0, 2, 3, 1).flatten(1)


def as_grid(features: Tensor, rows: int, columns: int) -> Tensor:
    """The inverse of `by_place`: features (n, rows * columns * c) to a grid (n, c, rows, columns)."""
    return features.unflatten(1, (rows, columns, -1)).permute(0, 3, 1, 2)
