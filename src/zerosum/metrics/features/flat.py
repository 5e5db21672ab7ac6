"""The numbers that a sample consists of, as its features."""

from torch import Tensor

from zerosum.metrics.features.network import FeatureNetwork


class Coordinates(FeatureNetwork):
    """The coordinates of a point."""

    name = "coordinates"

    def __init__(self) -> None:
        super().__init__()
        self.freeze()

    def features(self, x: Tensor) -> Tensor:
        """Samples (n, ...) as vectors (n, f)."""
        return x.flatten(1)


class Pixels(Coordinates):
    """The pixels of a picture: two pictures are near only where they agree pixel by pixel."""

    name = "pixels"
