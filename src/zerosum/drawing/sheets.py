"""Pictures for people: grids of pictures, scatter plots and histograms, drawn with Pillow alone."""

import math

import numpy as np
from PIL import Image, ImageDraw

GAP = 2  # pixels between the pictures of a grid
LEGIBLE = 48  # pictures with shorter sides are enlarged
PLOT = 480  # side of a plot, pixels
REACH = 3.0  # a plot shows -REACH to REACH
OPACITY = 0.35  # of one dot, when there are at most CROWD of them
CROWD = 2000
AXIS = (205, 205, 205)
INK = (31, 41, 85)


def picture(row: np.ndarray) -> Image.Image:
    """One stored picture, shape (height, width, channels), uint8, as a Pillow image: L, RGB or RGBA."""
    return Image.fromarray(row[..., 0] if row.shape[-1] == 1 else row)


def picture_grid(rows: np.ndarray, columns: int | None = None) -> Image.Image:
    """Pictures in a grid, row by row.

    Args:
        rows: Shape (n, height, width, channels), uint8. Small pictures are enlarged by a whole factor.
        columns: How many pictures stand in a row; None for a nearly square grid.
    """
    count, height, width, channels = rows.shape
    assert count > 0, "a sheet of nothing"
    factor = max(1, math.ceil(LEGIBLE / max(height, width)))
    columns = columns or math.ceil(math.sqrt(count))
    lines = math.ceil(count / columns)
    tall, wide = height * factor + GAP, width * factor + GAP
    # White, and transparent where pictures know transparency.
    cells = np.full((lines * columns, tall, wide, channels), 255, np.uint8)
    if channels == 4:
        cells[..., 3] = 0
    cells[:count, : tall - GAP, : wide - GAP] = rows.repeat(factor, axis=1).repeat(factor, axis=2)
    grid = cells.reshape(lines, columns, tall, wide, channels).swapaxes(1, 2)
    grid = grid.reshape(lines * tall, columns * wide, channels)
    return picture(np.ascontiguousarray(grid[:-GAP, :-GAP]))


def scatter(points: np.ndarray) -> Image.Image:
    """Translucent dark dots over white; where many points fall, the paper is darker.

    Args:
        points: Shape (n, 2), in a frame of -3 to 3 on both axes. Points outside are not shown.
    """
    # Dots are counted per pixel instead of drawn one by one, so a sheet of 100,000 points takes milliseconds.
    edges = np.linspace(-REACH, REACH, PLOT + 1)
    centers = np.histogram2d(-points[:, 1], points[:, 0], bins=(edges, edges))[0]
    dots = centers.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            dots += np.roll(centers, step, axis)
    opacity = OPACITY * min(1, math.sqrt(CROWD / max(1, len(points))))
    shade = (1 - (1 - opacity) ** dots)[..., None]
    paper = np.asarray(_axes(), np.float64)
    return Image.fromarray((paper * (1 - shade) + np.array(INK) * shade).round().astype(np.uint8))


def histogram(values: np.ndarray) -> Image.Image:
    """Bars of the share of values in each of 60 intervals between -3 and 3; shape of `values`: (n,)."""
    image = _axes()
    draw = ImageDraw.Draw(image)
    counts, edges = np.histogram(values, bins=60, range=(-REACH, REACH))
    heights = counts / max(1, counts.max()) * (PLOT * 0.9)
    places = (edges + REACH) / (2 * REACH) * PLOT
    for height, left, right in zip(heights, places[:-1], places[1:], strict=True):
        if height > 0:
            draw.rectangle((left, PLOT - 1 - height, right - 1, PLOT - 1), fill=INK)
    return image


def _axes() -> Image.Image:
    """White paper with thin lines through the center, ticks at whole numbers, and a frame."""
    image = Image.new("RGB", (PLOT, PLOT), "white")
    draw = ImageDraw.Draw(image)
    middle = PLOT // 2
    draw.line((0, middle, PLOT, middle), fill=AXIS)
    draw.line((middle, 0, middle, PLOT), fill=AXIS)
    for number in range(-int(REACH) + 1, int(REACH)):
        place = middle + round(number / REACH * middle)
        draw.line((place, middle - 3, place, middle + 3), fill=AXIS)
        draw.line((middle - 3, place, middle + 3, place), fill=AXIS)
    draw.rectangle((0, 0, PLOT - 1, PLOT - 1), outline=AXIS)
    return image
