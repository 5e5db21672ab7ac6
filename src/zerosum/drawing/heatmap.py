"""Square tables of numbers from -1 to 1 as colours, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageColor

from zerosum.drawing.canvas import BLACK, BLUE, GREY, SCALE, VERMILLION, Canvas, shortened

SIDE = 300
"""Pixels of a map's side, about."""

NAMES, GAP, TOP, BOTTOM = 130, 24, 54, 40
"""Pixels for the names at the left, between maps, above and below them."""

LEGIBLE = 11
"""Pixels of a cell from which each row has its name, and each column its number."""

UNKNOWN = (225, 225, 225)


@dataclass(frozen=True)
class HeatMap:
    """One table.

    Attributes:
        title: What stands above it.
        values: Shape (k, k), -1 to 1; NaN where there is nothing to say.
    """

    title: str
    values: np.ndarray


def heat_maps(maps: Sequence[HeatMap], names: Sequence[str]) -> Image.Image:
    """Tables side by side: orange below zero, white at zero, blue above.

    Args:
        maps: Tables of one size.
        names: Of the rows, which are those of the columns too; columns have the rows' numbers.
    """
    count = len(names)
    cell = max(4, min(36, SIDE // max(1, count)))
    side = cell * count
    canvas = Canvas(NAMES + len(maps) * (side + GAP), TOP + side + BOTTOM)
    every = 1 if cell >= LEGIBLE else -(-LEGIBLE // cell)
    for number in range(0, count, every):
        middle = TOP + (number + 0.5) * cell
        name = shortened(names[number], 10, NAMES - 34)
        canvas.text((NAMES - 8, middle), f"{name}  {number + 1}", 10, BLACK, "rm")
    for place, shown in enumerate(maps):
        left = NAMES + place * (side + GAP)
        canvas.text((left, 20), shown.title, 13)
        for number in range(0, count, every):
            canvas.text((left + (number + 0.5) * cell, TOP - 8), f"{number + 1}", 9, GREY, "mm")
        cells = shades(shown.values).repeat(cell * SCALE, 0).repeat(cell * SCALE, 1)
        canvas.picture((left, TOP, left + side, TOP + side), Image.fromarray(cells))
        canvas.frame((left, TOP, left + side, TOP + side))
    _scale(canvas, TOP + side + 22)
    return canvas.image()


def shades(values: np.ndarray) -> np.ndarray:
    """Colours of numbers from -1 to 1, uint8: shape (...) to (..., 3)."""
    known = np.isfinite(values)
    shown = np.where(known, values, 0.0)
    below, above = (ImageColor.getrgb(colour)[:3] for colour in (VERMILLION, BLUE))
    levels = zip(below, (255, 255, 255), above, strict=True)
    colours = np.stack([np.interp(shown, (-1, 0, 1), level) for level in levels], axis=-1)
    return np.where(known[..., None], colours, UNKNOWN).round().astype(np.uint8)


def _scale(canvas: Canvas, height: float) -> None:
    """Which colour stands for which number."""
    bar = Image.fromarray(shades(np.linspace(-1, 1, 120))[None])
    canvas.picture((NAMES + 24, height - 5, NAMES + 144, height + 5), bar)
    canvas.text((NAMES + 16, height), "-1", 11, GREY, "rm")
    canvas.text((NAMES + 152, height), "1", 11, GREY, "lm")
