"""Residual perceptrons for rows of tables, and a generator that can be told any part of a row."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from zerosum.core.cells import Cell
from zerosum.nn.cells import Cells
from zerosum.nn.classes import ProjectionHead
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.dropout import Dropout
from zerosum.nn.leaky_relu import leaky_relu_
from zerosum.nn.ranks import Ranks

SLOPE = 0.2
"""Of leaky ReLUs below zero."""


class TabularGenerator(nn.Module):
    """Latents and conditions to rows (n, width).

    A latent is normal noise, then a chance for each cell with choices. A condition is a row in which only what is told
    is filled in, and behind it 1 or 0 for each cell: whether it is told. What is told is in the row that comes out.

    Args:
        cells: Of the table's columns.
        noise_dim: Normal numbers of a latent.
        width: Units of each hidden layer.
        blocks: Residual blocks of two layers.
        noise: What the Gumbel noise is multiplied by that choices are drawn with.
    """

    def __init__(self, cells: Sequence[Cell], noise_dim: int, width: int, blocks: int, noise: float) -> None:
        super().__init__()
        self.cells, self.noise_dim, self.noise = Cells(cells), noise_dim, noise
        self.told_width = self.cells.width + len(cells)
        self.first = nn.Linear(noise_dim + self.told_width, width)
        self.blocks = nn.Sequential(*(ResidualBlock(width, normalised=True) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, self.cells.width)
        owners = [number for number, cell in enumerate(cells) for _ in range(cell.width)]
        self.owners: Tensor
        self.register_buffer("owners", torch.tensor(owners), persistent=False)
        # Before anything is learned, each choice is drawn as often as the data have it.
        with torch.no_grad():
            self.out.bias.copy_(torch.tensor(shares_as_answers(cells)) * max(noise, 0.1))

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Rows (n, width): one-hot with the softmax's gradient in training, and drawn by chances otherwise."""
        noise, chances = latent.split([self.noise_dim, self.cells.count], 1)
        told = noise.new_zeros(len(noise), self.told_width) if condition is None else condition
        hidden = self.blocks(self.first(torch.cat([noise, told], 1)))
        answers = self.out(leaky_relu_(self.norm(hidden), SLOPE)).float()
        if self.training:
            rows = self.cells.relaxed(answers, 1.0, self.noise, hard=True)
        else:
            rows = self.cells.drawn(answers, chances, self.noise)
        if condition is None:
            return rows
        row, which = condition.split([self.cells.width, len(condition[0]) - self.cells.width], 1)
        return torch.where(which.index_select(1, self.owners) > 0, row, rows)


class TabularDiscriminator(Discriminator):
    """Rows (n, width), or packs of them, to logits (n,); what they were told is in them.

    Args:
        cells: Of the table's columns.
        inputs: Numbers of a row, or of a pack of rows.
        rank_scale: What the ranks of numbers are multiplied by that are seen beside them.
        width: Units of each hidden layer.
        blocks: Residual blocks of two layers.
        dropout: Share of the hidden units that are dropped.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        inputs: int,
        rank_scale: float,
        width: int,
        blocks: int,
        dropout: float,
        statistics: str,
    ) -> None:
        super().__init__()
        self.ranks = Ranks(cells, inputs // sum(cell.width for cell in cells), rank_scale)
        self.first = nn.Linear(self.ranks.size, width)
        self.blocks = nn.Sequential(*(ResidualBlock(width, normalised=False, dropout=dropout) for _ in range(blocks)))
        self.head = ProjectionHead(width, 0, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The last hidden layer, (n, width)."""
        return leaky_relu_(self.blocks(self.first(self.ranks(x))), SLOPE)


class ResidualBlock(nn.Module):
    """x + two layers of x, (n, width) to (n, width); at first the second layer gives nothing (Zhang et al. 2019).

    Args:
        width: Units.
        normalised: Whether layer normalisation comes first (Ba et al. 2016).
        dropout: Share of the hidden units that are dropped.
    """

    def __init__(self, width: int, normalised: bool, dropout: float = 0.0) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width) if normalised else nn.Identity()
        self.first, self.second = nn.Linear(width, width), nn.Linear(width, width)
        self.dropout = Dropout(dropout)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Of the same shape."""
        return x + self.second(self.dropout(leaky_relu_(self.first(self.norm(x)), SLOPE)))


def shares_as_answers(cells: Sequence[Cell]) -> list[float]:
    """The logarithm of each choice's share in the data, and 0 for numbers: one answer for each number of a row."""
    answers: list[float] = []
    for cell in cells:
        total = sum(cell.counts) + cell.choices
        answers += [0.0] * cell.number + [math.log((count + 1) / total) for count in cell.counts]
    return answers
