"""What one sample is, seen from the networks."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Space:
    """The space that a generator's samples live in.

    Attributes:
        kind: What a sample is: "image" or "points".
        shape: Shape of one encoded sample: (channels, height, width) of an image, (coordinates,) of a point.
        classes: Names of the classes that samples are labelled with; empty when there are none.
        frequencies: Share of each class in the data, in the order of `classes`; they sum to 1.
    """

    kind: str
    shape: tuple[int, ...]
    classes: tuple[str, ...] = ()
    frequencies: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.classes) == len(self.frequencies), "every class has a frequency"
        assert not self.classes or math.isclose(sum(self.frequencies), 1.0, abs_tol=1e-6), "frequencies sum to 1"
        assert all(side > 0 for side in self.shape), f"an empty sample: {self.shape}"

    @property
    def size(self) -> int:
        """How many numbers one sample consists of."""
        return math.prod(self.shape)
