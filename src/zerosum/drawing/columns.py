"""Columns of a table side by side: how often each value comes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from zerosum.drawing.canvas import BLACK, BLUE, GREY, PALE, Canvas, shortened

MOST_COLUMNS = 24
"""Columns that one picture shows."""

WIDTH, HEIGHT, ACROSS = 236, 130, 4
"""Of a panel, in pixels, and how many stand side by side."""


@dataclass(frozen=True)
class Panel:
    """How often the values of one column come.

    Attributes:
        name: The column's.
        shares: Share of the rows in each bin, shape (bins,).
        real: The same of real rows, or None.
        low: What stands below the first bin.
        high: What stands below the last one.
    """

    name: str
    shares: np.ndarray
    real: np.ndarray | None
    low: str
    high: str


def column_sheet(panels: Sequence[Panel], total: int) -> Image.Image:
    """A bar chart of each column: generated rows filled, real ones as a line over them.

    Args:
        panels: Of the columns; the first ones are drawn.
        total: How many columns there are.
    """
    shown = panels[:MOST_COLUMNS]
    across = min(ACROSS, max(1, len(shown)))
    down = math.ceil(len(shown) / across)
    canvas = Canvas(across * WIDTH + 16, down * HEIGHT + 34)
    key = (
        "generated, filled; real, as a line" if any(panel.real is not None for panel in shown) else "share of the rows"
    )
    more = f"; the first {len(shown)} of {total} columns" if total > len(shown) else ""
    canvas.text((14, 20), key + more, 11, GREY)
    for number, panel in enumerate(shown):
        row, column = divmod(number, across)
        _draw(canvas, panel, 8 + column * WIDTH, 30 + row * HEIGHT)
    return canvas.image()


def _draw(canvas: Canvas, panel: Panel, left: float, top: float) -> None:
    x, width = left + 6, WIDTH - 20
    base, height = top + HEIGHT - 26, HEIGHT - 48
    canvas.text((x, top + 14), shortened(panel.name, 12, width), 12)
    highest = max(float(panel.shares.max(initial=0)), 0.0 if panel.real is None else float(panel.real.max(initial=0)))
    step = width / max(1, len(panel.shares))
    canvas.fill((x, base, x + width, base + 1), PALE)
    for bin, share in enumerate(panel.shares):
        gap = min(1.0, step / 6)
        canvas.fill(
            (x + bin * step + gap, base - height * share / max(highest, 1e-12), x + (bin + 1) * step - gap, base),
            BLUE,
            0.55,
        )
    if panel.real is not None:
        level = base - height * panel.real / max(highest, 1e-12)
        edges = x + np.repeat(np.arange(len(level) + 1) * step, 2)[1:-1]
        canvas.line(edges, np.repeat(level, 2), BLACK, 1)
    canvas.text((x, base + 13), shortened(panel.low, 10, width / 2 - 6), 10, GREY)
    canvas.text((x + width, base + 13), shortened(panel.high, 10, width / 2 - 6), 10, GREY, anchor="rs")
