"""Rows of tables: their latents, and what they are told of a real row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.random import RandomState
from torch import Tensor

from zerosum.core.batch import Batch
from zerosum.core.cells import Cell
from zerosum.game.priors import Normal, Prior

BLOCK = 1024
"""Rows whose latents come from one stream."""


@dataclass(frozen=True)
class Chances(Prior):
    """Independent normal numbers, then independent ones uniform on [0, 1) by which choices are drawn.

    Attributes:
        chances: How many of the latter there are.
    """

    chances: int

    stream: ClassVar[str] = f"row s % {BLOCK} of what `numpy.random.RandomState(s // {BLOCK})` draws first"

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
        """The latents of the rows with these numbers, shape (len(seeds), dimension), float32.

        Tables have many rows, so that these come by the block: number s is row s % BLOCK of what
        `numpy.random.RandomState(s // BLOCK)` draws first, uniform numbers (BLOCK, dimension), of which the first
        become quantiles of the normal distribution. A pair of numbers has a stream of its own, as for every prior.
        """
        latents, stream = np.empty((len(seeds), self.dimension), np.float32), RandomState()
        keys = np.array(seeds, np.int64)
        if keys.ndim == 2:
            for place, key in enumerate(keys.tolist()):
                stream.seed(key)
                latents[place] = stream.random_sample(self.dimension)
            return torch.from_numpy(self.shaped(latents))
        order = np.argsort(keys // BLOCK, kind="stable")
        blocks, firsts = np.unique(keys[order] // BLOCK, return_index=True)
        for block, its in zip(blocks.tolist(), np.split(order, firsts[1:]) if len(order) else [], strict=True):
            stream.seed(block)
            latents[its] = stream.random_sample((BLOCK, self.dimension))[keys[its] % BLOCK]
        return torch.from_numpy(self.shaped(latents))

    def shaped(self, uniform: np.ndarray) -> np.ndarray:
        """Latents (n, dimension), float32, of numbers on [0, 1)."""
        latents = torch.from_numpy(uniform.astype(np.float32, copy=False))
        noise = latents[:, : self.noise]
        # The quantile of the normal distribution, by a function that is computed four times as fast.
        noise.copy_(noise.clamp(2**-25, 1 - 2**-24).mul_(2).sub_(1).erfinv_().mul_(2**0.5))
        latents[:, self.noise :].clamp_(max=1 - 2**-24)  # rounding makes 1 of what is less
        return latents.numpy()

    def nearest(self, latents: Tensor) -> Tensor:
        """Noise of about the usual length, and chances cut off at 0 and 1."""
        noise, chances = latents.split([self.noise, self.chances], 1)
        return torch.cat([Normal(self.noise).nearest(noise), chances.clamp(0, 1 - 2**-24)], 1)


class OneCategory:
    """Conditions (n, width + cells) that tell the category with a number (n,), counted over all columns.

    Behind the row of what is told stands which cells are: 1 or 0 for each.

    Args:
        cells: Of the table's columns.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        width, places, start = sum(cell.width for cell in cells), [], 0
        for number, cell in enumerate(cells):
            if cell.category:
                places += [(start + choice, width + number) for choice in range(cell.number, cell.width)]
            start += cell.width
        self._width, self._places = width + len(cells), torch.tensor(places, dtype=torch.int64).view(-1, 2)

    def __call__(self, groups: Tensor) -> Tensor:
        """The conditions of categories (n,)."""
        self._places = self._places.to(groups.device)
        told = torch.zeros(len(groups), self._width, device=groups.device)
        return told.scatter_(1, self._places.index_select(0, groups), 1.0)
