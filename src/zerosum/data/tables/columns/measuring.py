"""What is known of columns once all rows are stored: their ranges and steps, what is odd about them, copies of rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from pandas.util import hash_pandas_object

from zerosum.data.tables.columns.column import Column

MOST_DECIMALS = 6
"""Digits behind the point that all values must have in common for a column of a typed table to have a step."""

AT_ONCE = 2**28
"""Bytes of columns that are read from the rows at a time, which lie side by side."""

OFTEN = 0.05
"""Share of the values that are the smallest, or the largest, from which on it is said."""

FEW = 24
"""Different values up to which nothing is said of how they are spread."""

FAR = 6.0
"""How many times as far from the median as all but 1 % of the values the farthest one lies in a heavy tail."""

COPIES = 0.01
"""Share of the rows that are copies of others from which on it is said."""

HASHED = 2**16
"""Rows that are hashed at a time."""


def columns_of(rows: np.ndarray) -> Iterator[np.ndarray]:
    """The columns (n,) of rows (n, columns), several read at a time."""
    several = max(1, AT_ONCE // (8 * max(1, len(rows))))
    for start in range(0, rows.shape[1], several):
        yield from np.ascontiguousarray(rows[:, start : start + several].T)


def measured(column: Column, values: np.ndarray) -> Column:
    """A number column with its range and step and what is odd about it, of its stored entries (n,)."""
    if not column.is_number:
        return column
    known = values[np.isfinite(values)]
    different = np.unique(known)
    low, high = (float(different[0]), float(different[-1])) if len(different) else (0.0, 0.0)
    why = "; ".join([column.why, *_oddities(known, different)])
    return replace(column, why=why, low=low, high=high, step=_step(column, different))


def note_of_copies(rows: np.ndarray) -> list[str]:
    """A sentence about rows that are copies of others, where there are many."""
    parts = [np.asarray(rows[start : start + HASHED]) for start in range(0, len(rows), HASHED)]
    hashed: Any = hash_pandas_object
    hashes = [hashed(pd.DataFrame(part), index=False).to_numpy() for part in parts]
    share = 1 - len(np.unique(np.concatenate(hashes))) / len(rows)
    if share < COPIES:
        return []
    return [f"{share:.1%} of the rows are copies of another row, in all columns that are learned."]


def _oddities(known: np.ndarray, different: np.ndarray) -> list[str]:
    """Whether values lie at a bound often, or very far from most others."""
    if len(different) <= FEW:
        return []
    bounds = {"least": different[0], "most": different[-1]}
    shares = {name: float((known == bound).mean()) for name, bound in bounds.items()}
    said = [f"{share:.0%} at its {name}" for name, share in shares.items() if share > OFTEN]
    low, middle, high = np.quantile(known, [0.01, 0.5, 0.99])
    if max(middle - different[0], different[-1] - middle) > FAR * max(middle - low, high - middle):
        said.append("heavy-tailed")
    return said


def _step(column: Column, known: np.ndarray) -> float | None:
    """What different values, ascending, are a multiple of apart: the largest number with no more decimals than they."""
    digits: Sequence[int] = range(MOST_DECIMALS + 1) if column.decimals is None else (column.decimals,)
    for decimals in digits:
        if decimals > 15 or np.abs(known).max(initial=0) * 10.0**decimals > 2**53:
            return None
        scaled = np.round(known * 10.0**decimals)
        if all(np.allclose(scaled[:many] / 10.0**decimals, known[:many], rtol=1e-12, atol=0) for many in (100, None)):
            apart = int(np.gcd.reduce(np.diff(scaled).astype(np.int64))) if len(known) > 1 else 1
            return apart / 10.0**decimals
    return None
