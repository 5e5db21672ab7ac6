"""What was asked for beside what came, for people to look at."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from zerosum.data.conditions import Attributes
from zerosum.drawing.canvas import BLACK, GREY, Canvas, shortened
from zerosum.drawing.gallery import labelled_rows, place_picture
from zerosum.train.model import Model

COLUMNS = 10
"""Samples in a row."""

PAIRS, ACROSS = 32, 4
"""Captions on a sheet, and beside each other."""

SIDE, GAP, MARGIN, LABEL = 80, 4, 16, 20


def attribute_sheet(model: Model, known: Attributes) -> Image.Image:
    """A row for each attribute: samples 0 to 9, asked to have it and otherwise as in the data.

    An attribute that is no value of a property has a second row, of samples that are asked not to have it.
    """
    asked = [text for name in known.names for text in ((name,) if "=" in name else (name, f"{name}=no"))]
    return labelled_rows([(text, model.numbered(range(COLUMNS), text)) for text in asked])


def caption_sheet(captions: Sequence[str], reals: np.ndarray, fakes: np.ndarray) -> Image.Image:
    """Real pictures (n, height, width, channels), to the right of each the generated one, and their caption below."""
    wide, tall = 2 * SIDE + GAP + MARGIN, SIDE + LABEL + GAP
    shown = min(PAIRS, len(captions))
    canvas = Canvas(MARGIN + min(ACROSS, shown) * wide, 2 * MARGIN + -(-shown // ACROSS) * tall)
    for number in range(shown):
        left, top = MARGIN + number % ACROSS * wide, MARGIN + number // ACROSS * tall
        place_picture(canvas, left, top, reals[number], SIDE)
        place_picture(canvas, left + SIDE + GAP, top, fakes[number], SIDE)
        canvas.frame((left, top, left + SIDE, top + SIDE), GREY)
        text = shortened(captions[number], 12, wide - MARGIN)
        canvas.text((left, top + SIDE + LABEL / 2), text, 12, BLACK, "lm")
    return canvas.image()
