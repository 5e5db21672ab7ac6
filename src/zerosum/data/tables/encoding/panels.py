"""What a picture shows of each column of stored rows."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.columns.spelling import Digits
from zerosum.drawing.columns import Panel

BINS = 32
"""Bins of numbers, and levels that are shown, the most frequent ones first; all others share the last bin."""


@dataclass(frozen=True)
class Bins:
    """Parts that a column's entries fall into.

    Attributes:
        labels: What a person calls each of them.
        shares: (stored entries (n,)) -> the share of them in each, shape (parts,).
        low: What stands below the first one.
        high: What stands below the last one.
    """

    labels: tuple[str, ...]
    shares: Callable[[np.ndarray], np.ndarray]
    low: str
    high: str


def panel(column: Column, values: np.ndarray, real: np.ndarray | None) -> Panel:
    """One column's panel: of its stored entries (n,), and of real ones (m,)."""
    bins = bins_of(column, values if real is None else real)
    shares = None if real is None else bins.shares(real)
    return Panel(column.name, bins.shares(values), shares, bins.low, bins.high)


def bins_of(column: Column, known: np.ndarray) -> Bins:
    """The parts that a column's stored entries, such as the known ones (n,), are best shown in.

    Numbers reach from one per cent of the known ones, or else of the column's range, to ninety-nine; what lies beyond
    is in the first and the last part. Missing entries have the last part, where there are any.
    """
    there = known[np.isfinite(known)]
    missing = ("missing",) if column.missing > 0 else ()
    if column.is_number:
        edges, low, high = _edges(column, there)
        bounds = label(column, low), label(column, high)
        labels = _spans(column, [low, *edges.tolist(), high])
        return Bins(
            labels + missing,
            lambda values: _shares(np.searchsorted(edges, values, "right"), values, len(labels), column),
            *bounds,
        )
    order = np.argsort(-np.bincount(there.astype(int), minlength=len(column.levels)), kind="stable")
    place = np.empty(len(column.levels), int)
    place[order] = np.minimum(np.arange(len(order)), BINS - 1)
    count = min(BINS, len(column.levels))
    labels = tuple(column.levels[level] for level in order[:count])
    if len(column.levels) > BINS:
        labels = (*labels[:-1], f"{len(column.levels) - BINS + 1:,} others")

    def shares(values: np.ndarray) -> np.ndarray:
        return _shares(place[np.where(np.isfinite(values), values, 0).astype(int)], values, count, column)

    return Bins(labels + missing, shares, column.levels[order[0]], "")


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


def _spans(column: Column, bounds: list[float]) -> tuple[str, ...]:
    """What the parts between bounds are called: by their values, where there are steps, or from where to where."""
    ends = [(first, last) for first, last in zip(bounds, bounds[1:], strict=False)]
    if column.step:  # edges lie half a step from the values
        places = [((end - column.low) / column.step for end in pair) for pair in ends]
        steps = [(math.ceil(first - 0.25), math.floor(last + 0.25)) for first, last in places]
        ends = [(column.low + column.step * first, column.low + column.step * last) for first, last in steps]
    words = [(label(column, first), label(column, last)) for first, last in ends]
    return tuple(first if first == last else f"{first} to {last}" for first, last in words)


def _shares(bins: np.ndarray, values: np.ndarray, count: int, column: Column) -> np.ndarray:
    bins = np.where(np.isfinite(values), bins, count)
    return np.bincount(bins, minlength=count + (column.missing > 0))[: count + (column.missing > 0)] / max(1, len(bins))
