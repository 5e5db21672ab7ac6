"""Rows of tables: their latents, and what they are told of a real row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import RandomState
from torch import Tensor

from zerosum.core.batch import Batch
from zerosum.core.cells import Cell
from zerosum.game.priors import Normal, Prior


@dataclass(frozen=True)
class Chances(Prior):
    """Independent normal numbers, then independent ones uniform on [0, 1) by which choices are drawn.

    Attributes:
        chances: How many of the latter there are.
    """

    chances: int

    @classmethod
    def beside(cls, noise: int, chances: int) -> "Chances":
        """So many chances beside so many normal numbers."""
        return cls(noise + chances, chances)

    @property
    def noise(self) -> int:
        """How many normal numbers there are."""
        return self.dimension - self.chances

    def draw(self, batch: Batch) -> Tensor:
        """Fresh noise and chances."""
        return torch.cat([batch.noise.normal(len(batch), self.noise), batch.noise.uniform(len(batch), self.chances)], 1)

    def numbered(self, stream: RandomState) -> np.ndarray:
        """`stream.random_sample(dimension)`; of the first ones the quantiles of the normal distribution."""
        return self.shaped(stream.random_sample(self.dimension)[None])[0]

    def latents(self, seeds: Sequence[int] | Sequence[tuple[int, int]]) -> Tensor:
        """As for every prior; numbers become quantiles all at once, since tables have many rows."""
        uniform, stream = np.empty((len(seeds), self.dimension)), RandomState()
        for row, seed in zip(uniform, seeds, strict=True):
            stream.seed(seed)
            row[:] = stream.random_sample(self.dimension)
        return torch.from_numpy(self.shaped(uniform).astype(np.float32))

    def shaped(self, uniform: np.ndarray) -> np.ndarray:
        """Latents (n, dimension) of numbers on [0, 1)."""
        noise = torch.from_numpy(uniform[:, : self.noise].copy()).clamp_(2**-54)
        uniform[:, : self.noise] = torch.special.ndtri(noise).numpy()
        return uniform

    def nearest(self, latents: Tensor) -> Tensor:
        """Noise of about the usual length, and chances cut off at 0 and 1."""
        noise, chances = latents.split([self.noise, self.chances], 1)
        return torch.cat([Normal(self.noise).nearest(noise), chances.clamp(0, 1 - 2**-24)], 1)


def one_category(cells: Sequence[Cell], groups: Tensor) -> Tensor:
    """A condition (n, width + cells) that tells the category with a number (n,), counted over all columns.

    Behind the row of what is told stands which cells are: 1 or 0 for each.
    """
    width, places, owners, start = sum(cell.width for cell in cells), [], [], 0
    for number, cell in enumerate(cells):
        if cell.category:
            places += range(start + cell.number, start + cell.width)
            owners += [width + number] * cell.choices
        start += cell.width
    told = torch.zeros(len(groups), width + len(cells), device=groups.device)
    for index in (places, owners):
        told.scatter_(1, torch.tensor(index, device=groups.device)[groups][:, None], 1.0)
    return told
