"""Samples in rows: behind a name, and beside what they may be copies of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from zerosum.drawing.canvas import BLACK, GREY, Canvas, text_width
from zerosum.drawing.sheets import picture

SIDE, GAP, MARGIN = 72, 6, 16
HEADING, LABEL = 44, 18
SMALL = 56


@dataclass(frozen=True)
class Pane:
    """Samples of one sort with their neighbours.

    Attributes:
        title: What they are.
        rows: Stored samples, shape (n, height, width, channels).
        neighbours: Stored training samples, shape (n, k, height, width, channels).
        distances: How far these are, shape (n, k).
    """

    title: str
    rows: np.ndarray
    neighbours: np.ndarray
    distances: np.ndarray


def neighbour_gallery(panes: Sequence[Pane]) -> Image.Image:
    """The panes side by side, a row for each sample, its neighbours to the right of it."""
    columns = 1 + max(pane.neighbours.shape[1] for pane in panes)
    wide = columns * (SIDE + GAP) + 12
    tall = HEADING + max(len(pane.rows) for pane in panes) * (SIDE + LABEL)
    canvas = Canvas(MARGIN + len(panes) * (wide + MARGIN), tall + MARGIN)
    for number, pane in enumerate(panes):
        left = MARGIN + number * (wide + MARGIN)
        canvas.text((left, 20), pane.title, 15, BLACK)
        canvas.text((left + text_width(pane.title, 15) + 10, 20), "and the nearest in training", 13, GREY)
        for index, row in enumerate(pane.rows):
            top = HEADING - 14 + index * (SIDE + LABEL)
            place_picture(canvas, left, top, row)
            for place, (neighbour, distance) in enumerate(
                zip(pane.neighbours[index], pane.distances[index], strict=True)
            ):
                start = left + 12 + (place + 1) * (SIDE + GAP)
                place_picture(canvas, start, top, neighbour)
                canvas.text((start + SIDE / 2, top + SIDE + 12), f"{distance:.2f}", 12, GREY, "ms")
    return canvas.image()


def labelled_rows(rows: Sequence[tuple[str, np.ndarray]]) -> Image.Image:
    """Rows of stored samples (n, height, width, channels), each behind what it is called."""
    label = max(text_width(name, 14) for name, _ in rows) + 12
    columns = max(len(samples) for _, samples in rows)
    canvas = Canvas(round(2 * MARGIN + label + columns * (SMALL + GAP)), 2 * MARGIN + len(rows) * (SMALL + GAP))
    for number, (name, samples) in enumerate(rows):
        top = MARGIN + number * (SMALL + GAP)
        canvas.text((MARGIN, top + SMALL / 2), name, 14, BLACK, "lm")
        for column, sample in enumerate(samples):
            place_picture(canvas, MARGIN + label + column * (SMALL + GAP), top, sample, SMALL)
    return canvas.image()


def place_picture(canvas: Canvas, left: float, top: float, row: np.ndarray, side: float = SIDE) -> None:
    """One stored picture, whole, in a square of this side."""
    image = picture(row).convert("RGBA")
    factor = side / max(image.size)
    wide, tall = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    # Enlarged by whole pixels, so that what one sees is what is there.
    sharp = image.resize((wide * 3, tall * 3), Image.Resampling.NEAREST)
    paper = Image.new("RGBA", sharp.size, "white")
    paper.alpha_composite(sharp)
    x, y = left + (side - wide) / 2, top + (side - tall) / 2
    canvas.picture((x, y, x + wide, y + tall), paper.convert("RGB"))
