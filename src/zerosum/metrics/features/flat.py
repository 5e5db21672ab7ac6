"""The numbers that a sample consists of, as its features."""

import torch
from torch import Tensor

from zerosum.metrics.features.network import FeatureNetwork

WIDEST = 1024
"""Features that distances are measured in, at most: covariances of more take gigabytes and minutes."""


class Coordinates(FeatureNetwork):
    """The coordinates of a point, or the numbers of an encoded row of a table.

    More than `WIDEST` are added up in so many places, each number with a sign and in a place that chance gave it, which
    keeps products and distances of samples on average (Weinberger et al. 2009, "Feature hashing", Section 2).

    Args:
        size: How many numbers a sample has.
    """

    name = "coordinates"
    signs: Tensor
    places: Tensor

    def __init__(self, size: int = 1) -> None:
        super().__init__()
        self.hashed = size > WIDEST
        if self.hashed:
            generator = torch.Generator().manual_seed(0)
            self.register_buffer("signs", 2.0 * torch.randint(2, (size,), generator=generator) - 1)
            self.register_buffer("places", torch.randint(WIDEST, (size,), generator=generator))
            self.resize = f"{size:,} numbers hashed to {WIDEST:,}"
        self.freeze()

    def features(self, x: Tensor) -> Tensor:
        """Samples (n, ...) as vectors (n, f)."""
        x = x.flatten(1)
        if not self.hashed:
            return x
        return x.new_zeros(len(x), WIDEST).index_add_(1, self.places, x * self.signs)


class Pixels(Coordinates):
    """The pixels of a picture: two pictures are near only where they agree pixel by pixel."""

    name = "pixels"
