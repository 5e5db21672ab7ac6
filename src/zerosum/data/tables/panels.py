"""What a picture shows of each column of stored rows."""

import numpy as np

from zerosum.data.tables.columns import Column
from zerosum.drawing.columns import Panel

BINS = 32
"""Bins of numbers, and levels that are shown, the most frequent ones first; all others share the last bin."""


def panel(column: Column, values: np.ndarray, real: np.ndarray | None) -> Panel:
    """One column's panel: of its stored entries (n,), and of real ones (m,).

    Numbers reach from one per cent of the real ones, or else of the column's range, to ninety-nine; what lies beyond is
    in the first and the last bin. Missing entries have the last bin, where there are any.
    """
    known = values if real is None else real
    if column.is_number:
        finite = known[np.isfinite(known)]
        low, high = np.quantile(finite, [0.01, 0.99]) if len(finite) else (column.low, column.high)
        low, high = (column.low, column.high) if low == high else (low, high)
        edges = np.linspace(low, max(high, low + 1e-9), BINS + 1)[1:-1]
        sides = [_shares(np.searchsorted(edges, side, "right"), side, BINS, column) for side in _both(values, real)]
        return Panel(column.name, sides[0], sides[1] if len(sides) > 1 else None, f"{low:.6g}", f"{high:.6g}")
    order = np.argsort(-np.bincount(known[np.isfinite(known)].astype(int), minlength=len(column.levels)), kind="stable")
    place = np.empty(len(column.levels), int)
    place[order] = np.minimum(np.arange(len(order)), BINS - 1)
    bins = min(BINS, len(column.levels))
    sides = []
    for side in _both(values, real):
        codes = np.where(np.isfinite(side), side, 0).astype(int)
        sides.append(_shares(place[codes], side, bins, column))
    return Panel(column.name, sides[0], sides[1] if len(sides) > 1 else None, column.levels[order[0]], "")


def _both(values: np.ndarray, real: np.ndarray | None) -> list[np.ndarray]:
    return [values] if real is None else [values, real]


def _shares(bins: np.ndarray, values: np.ndarray, count: int, column: Column) -> np.ndarray:
    bins = np.where(np.isfinite(values), bins, count)
    return np.bincount(bins, minlength=count + (column.missing > 0))[: count + (column.missing > 0)] / max(1, len(bins))
