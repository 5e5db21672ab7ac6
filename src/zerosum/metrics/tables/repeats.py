"""Rows that occur again: copies, and combinations that only one row had."""

from collections import Counter
from collections.abc import Iterator

import numpy as np


def found_among(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether each row (n, k) is, entry by entry, one of the others (m, k); shape (n,). Missing equals missing."""
    known = set(_bytes(others))
    return np.array([row in known for row in _bytes(rows)], bool)


def found_once(rows: np.ndarray, trained: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Whether each row (n, k) is one that occurs exactly once in training (t, k) and not among known ones (m, k).

    Such a row is somebody's own; who draws it anew from the population does so as often as other new rows are like it.

    Returns:
        Shape (n,), bool.
    """
    single = {row for row, count in Counter(_bytes(trained)).items() if count == 1} - set(_bytes(known))
    return np.array([row in single for row in _bytes(rows)], bool)


def _bytes(rows: np.ndarray) -> Iterator[bytes]:
    """Each row as bytes that are the same where its entries are: one sort of NaN, and one zero."""
    alike = np.ascontiguousarray(np.where(np.isnan(rows), np.nan, rows) + 0.0)
    return (row.tobytes() for row in alike)
