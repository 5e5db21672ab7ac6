"""Columns of many numbers as columns of a few that look the same when they are drawn."""

from collections.abc import Mapping

import numpy as np

MOST_POINTS = 2000
"""Points of a column that a page gets."""


def thinned(columns: Mapping[str, np.ndarray], axes: tuple[str, ...], most: int = MOST_POINTS) -> dict[str, np.ndarray]:
    """Columns (n,) with at most `most` values each.

    The first and the last row stay. What is between is parted into stretches of equal length. Of each stretch a column
    keeps its smallest and its largest value, in the order in which they came; what the columns are drawn over, such as
    the samples seen, keeps the stretch's ends. So no peak is lost, all columns stay beside each other, and no value is
    farther from its place than the width of a stretch.

    Args:
        columns: All of one length, float64; NaN where there is no value.
        axes: Names of the columns that others are drawn over.
        most: An even number, at least 4.
    """
    count = len(next(iter(columns.values()), ()))
    if count <= most:
        return dict(columns)
    stretches = (most - 2) // 2
    bounds = np.linspace(1, count - 1, stretches + 1).astype(np.int64)  # rows between the first and the last
    begins, ends = bounds[:-1], bounds[1:] - 1
    return {
        name: _with_ends(values, values[np.stack([begins, ends], 1)] if name in axes else _extremes(values, bounds))
        for name, values in columns.items()
    }


def _with_ends(values: np.ndarray, between: np.ndarray) -> np.ndarray:
    """The first value, pairs (stretches, 2) one after the other, and the last value."""
    return np.concatenate([values[:1], between.reshape(-1), values[-1:]])


def _extremes(values: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Smallest and largest value of each stretch, (stretches, 2), in their order; NaN where there is no value."""
    width = int(np.diff(bounds).max())
    # Stretches differ by a row at most; shorter ones have their last row twice.
    rows = np.minimum(bounds[:-1, None] + np.arange(width), bounds[1:, None] - 1)
    stretch = values[rows]
    missing = np.isnan(stretch)
    lowest = np.where(missing, np.inf, stretch).argmin(1)
    highest = np.where(missing, -np.inf, stretch).argmax(1)
    order = np.sort(np.stack([lowest, highest], 1), 1)
    empty = missing.all(axis=1, keepdims=True)
    return np.where(empty, np.nan, np.take_along_axis(stretch, order, 1))
