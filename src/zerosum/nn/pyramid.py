"""The grids between a picture and its smallest feature map, for pictures of any size."""

import math
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Pyramid:
    """Grids that double in size from the base up to the picture, whose size need not be a multiple of anything.

    The top grid is the picture's size rounded up; a generator crops its centre, a discriminator pads the picture with
    zeros to fill it.

    Attributes:
        height: Of the picture, in pixels.
        width: Of the picture, in pixels.
        doublings: From the base grid to the top grid.
    """

    height: int
    width: int
    doublings: int

    @classmethod
    def of(cls, height: int, width: int, shortest: int = 4) -> "Pyramid":
        """The pyramid whose base has a shorter side of `shortest` to `2 * shortest - 1` cells, or is the picture."""
        pyramid = cls(height, width, 0)
        while min(pyramid.base) >= 2 * shortest:
            pyramid = cls(height, width, pyramid.doublings + 1)
        return pyramid

    @property
    def base(self) -> tuple[int, int]:
        """Height and width of the smallest grid."""
        return math.ceil(self.height / 2**self.doublings), math.ceil(self.width / 2**self.doublings)

    def widths(self, width: int, largest: int) -> list[int]:
        """Channels of the hidden grids, from half the picture's size to the base: doubled each time, up to a limit."""
        return [min(width * 2**index, largest) for index in range(self.doublings)]

    def level(self, side: int) -> int:
        """Doublings from the base to the largest grid whose shorter side is at most `side`, below the picture's own."""
        return max((level for level in range(self.doublings) if min(self.base) << level <= side), default=0)

    def crop(self, x: Tensor) -> Tensor:
        """The picture (n, c, height, width) in the middle of the top grid."""
        left, _, top, _ = self._margins
        return x[:, :, top : top + self.height, left : left + self.width]

    def pad(self, x: Tensor) -> Tensor:
        """The picture (n, c, height, width) surrounded by zeros on the top grid."""
        return F.pad(x, self._margins) if any(self._margins) else x

    def reduce(self, x: Tensor, level: int) -> Tensor:
        """Means over the cells of the grid `level` doublings above the base, (n, c, rows, columns).

        Args:
            x: Pictures (n, c, height, width), or any of the larger grids, or that grid itself, which is left alone.
            level: Doublings from the base to the grid, 0 to `doublings`.
        """
        x = self.pad(x) if x.shape[2:] == (self.height, self.width) else x
        cell = x.shape[2] // (self.base[0] << level)
        return F.avg_pool2d(x, cell) if cell > 1 else x

    def enlarge(self, x: Tensor) -> Tensor:
        """Pictures (n, c, height, width) in which every cell of one of the grids is a square of pixels."""
        side = (self.base[0] << self.doublings) // x.shape[2]
        return self.crop(F.interpolate(x, scale_factor=side, mode="nearest") if side > 1 else x)

    def show(self, x: Tensor, level: float) -> Tensor:
        """Pictures (n, c, height, width) with no more detail than grids have.

        Args:
            x: The pictures.
            level: Doublings from the base to the finest grid; between two whole numbers lie mixtures of two grids.
        """
        whole, share = int(level), level % 1
        coarse = self.enlarge(self.reduce(x, whole))
        return coarse.lerp(self.enlarge(self.reduce(x, whole + 1)), share) if share else coarse

    @property
    def _margins(self) -> tuple[int, int, int, int]:
        """How far the top grid reaches beyond the picture on the left, right, top and bottom."""
        rows = (self.base[0] << self.doublings) - self.height
        columns = (self.base[1] << self.doublings) - self.width
        return columns // 2, columns - columns // 2, rows // 2, rows - rows // 2


class Grids:
    """The grids of a picture, from the smallest to the largest, and how many channels each has.

    Args:
        height: Of the picture, in pixels.
        width: Of the picture, in pixels.
        channel_base: Channels of a grid times the power of two next to its shorter side.
        largest: No grid has more channels than this.

    Attributes:
        pyramid: Crops and pads.
        sides: Of each grid, the power of two next to its shorter side.
        sizes: Of each grid, height and width.
        widths: Of each grid, channels.
    """

    def __init__(self, height: int, width: int, channel_base: int, largest: int) -> None:
        doublings = max(1, Pyramid.of(height, width).doublings)
        self.pyramid = Pyramid(height, width, doublings)
        rows, columns = self.pyramid.base
        side = 2 ** max(2, round(math.log2(min(rows, columns))))
        self.sides = [side << index for index in range(doublings + 1)]
        self.sizes = [(rows << index, columns << index) for index in range(doublings + 1)]
        self.widths = [max(1, min(channel_base // side, largest)) for side in self.sides]
