"""What one sample is, seen from the networks."""

import math
from dataclasses import dataclass

from zerosum.core.cells import Cell
from zerosum.core.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Space:
    """The space that a generator's samples live in.

    Attributes:
        kind: What a sample is: "image", "points" or "table".
        shape: Shape of one encoded sample: (channels, height, width) of an image, (coordinates,) of a point, (width,)
            of a row of a table.
        classes: Names of the classes that samples are labelled with; empty when there are none.
        frequencies: Share of each class in the data, in the order of `classes`; they sum to 1.
        condition_width: How many numbers describe each sample where it is of no class: one for each attribute, or the
            coordinates of its encoded caption. 0 where samples are not described.
        cells: What the numbers of an encoded row of a table are, one behind the other; empty for other samples.
    """

    kind: str
    shape: tuple[int, ...]
    classes: tuple[str, ...] = ()
    frequencies: tuple[float, ...] = ()
    condition_width: int = 0
    cells: tuple[Cell, ...] = ()

    def __post_init__(self) -> None:
        # A space is also read from a model's folder, which anyone may have edited.
        if len(self.classes) != len(self.frequencies):
            raise DataError(f"{len(self.classes)} classes have {len(self.frequencies)} frequencies; each needs one.")
        if self.classes and not math.isclose(sum(self.frequencies), 1.0, abs_tol=1e-6):
            raise DataError(f"The classes' frequencies sum to {sum(self.frequencies)}; they must sum to 1.")
        if not self.shape or min(self.shape) < 1:
            raise DataError(f"The shape of a sample is {self.shape}; every side must be at least 1.")
        if self.cells and sum(cell.width for cell in self.cells) != self.size:
            raise DataError(f"The cells of a row have {sum(cell.width for cell in self.cells)} numbers of {self.size}.")
        if self.condition_width < 0 or (self.classes and self.condition_width):
            raise DataError(f"Samples are described by {self.condition_width} numbers; classes need none, nor fewer.")

    @property
    def size(self) -> int:
        """How many numbers one sample consists of."""
        return math.prod(self.shape)
