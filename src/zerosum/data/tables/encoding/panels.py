"""What a picture shows of each column of stored rows."""

import numpy as np

from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.columns.spelling import Digits
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
        edges, low, high = _edges(column, known[np.isfinite(known)])
        bins = len(edges) + 1
        sides = [_shares(np.searchsorted(edges, side, "right"), side, bins, column) for side in (values, known)]
        bounds = label(column, low), label(column, high)
        return Panel(column.name, sides[0], None if real is None else sides[1], *bounds)
    order = np.argsort(-np.bincount(known[np.isfinite(known)].astype(int), minlength=len(column.levels)), kind="stable")
    place = np.empty(len(column.levels), int)
    place[order] = np.minimum(np.arange(len(order)), BINS - 1)
    bins = min(BINS, len(column.levels))
    sides = []
    for side in (values, known):
        codes = np.where(np.isfinite(side), side, 0).astype(int)
        sides.append(_shares(place[codes], side, bins, column))
    return Panel(column.name, sides[0], None if real is None else sides[1], column.levels[order[0]], "")


def label(column: Column, value: float) -> str:
    """A stored number as a person reads it."""
    from zerosum.data.tables.columns.dates import (
        write_dates,  # these stand on pandas, which is imported when it is needed
    )
    from zerosum.data.tables.columns.durations import write_durations

    if column.kind == "date":
        return write_dates(np.array([value]), "%Y-%m-%d", Digits(0, 0), column.offset)[0]
    if column.kind == "duration":
        return write_durations(np.array([value]), "%H:%M:%S", Digits(0, 0))[0]
    return f"{value:.0f}" if column.kind == "integer" else f"{value:.6g}"


def _edges(column: Column, known: np.ndarray) -> tuple[np.ndarray, float, float]:
    """What parts the bins of numbers, and from where to where they reach.

    Bins of a column with a step hold the same number of its values each, or else some bars were higher by this alone.
    """
    low, high = np.quantile(known, [0.01, 0.99]) if len(known) else (column.low, column.high)
    low, high = (column.low, column.high) if low == high else (float(low), float(high))
    if not column.step:
        return np.linspace(low, max(high, low + 1e-9), BINS + 1)[1:-1], low, high
    first = column.low + round((low - column.low) / column.step) * column.step
    count = round((high - first) / column.step) + 1
    each = -(-count // BINS)
    bins = -(-count // each)
    edges = first + column.step * (each * np.arange(1, bins) - 0.5)
    return edges, first, min(column.high, first + column.step * (each * bins - 1))


def _shares(bins: np.ndarray, values: np.ndarray, count: int, column: Column) -> np.ndarray:
    bins = np.where(np.isfinite(values), bins, count)
    return np.bincount(bins, minlength=count + (column.missing > 0))[: count + (column.missing > 0)] / max(1, len(bins))
