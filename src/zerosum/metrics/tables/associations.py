"""How strongly the columns of a table go together, whatever they are."""

import numpy as np


def associations(rows: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """The association of each pair of columns, shape (k, k), with ones on the diagonal.

    Pearson's r between two numbers, -1 to 1; Cramer's V between two choices and the correlation ratio between a number
    and a choice, 0 to 1. Rows in which either entry is missing do not count; a column that does not vary goes together
    with nothing.

    Args:
        rows: Stored rows, shape (n, k), NaN where an entry is missing.
        numbers: Which columns are numbers and no choices, shape (k,), bool.
    """
    columns = rows.shape[1]
    found = np.eye(columns)
    for one in range(columns):
        for other in range(one):
            found[one, other] = found[other, one] = _association(rows, numbers, one, other)
    return found


def _association(rows: np.ndarray, numbers: np.ndarray, one: int, other: int) -> float:
    a, b = rows[:, one], rows[:, other]
    known = ~(np.isnan(a) | np.isnan(b))
    a, b = a[known], b[known]
    if numbers[one] and numbers[other]:
        return pearson(a, b)
    if numbers[one] or numbers[other]:
        return correlation_ratio(a, b) if numbers[one] else correlation_ratio(b, a)
    return cramers_v(a, b)


def pearson(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's r of two numbers, shapes (n,); 0 where one of them does not vary."""
    if not (_varies(a) and _varies(b)):
        return 0.0
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip((a @ b) / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))


def cramers_v(a: np.ndarray, b: np.ndarray) -> float:
    """Cramer's V of two choices, shapes (n,) (Cramer 1946, Section 21.9), without a correction for few rows.

    Only cells of the table of both that are occupied are held in memory.
    """
    (first, size_a), (second, size_b) = _numbered(a), _numbered(b)
    if min(size_a, size_b) < 2:
        return 0.0
    cells, counts = np.unique(first * size_b + second, return_counts=True)
    in_a, in_b = np.bincount(first), np.bincount(second)
    expected = in_a[cells // size_b].astype(np.float64) * in_b[cells % size_b]
    chi_squared = max(0.0, float((counts.astype(np.float64) ** 2 / expected).sum()) - 1)  # over n
    return float(min(1.0, np.sqrt(chi_squared / (min(size_a, size_b) - 1))))


def correlation_ratio(number: np.ndarray, choice: np.ndarray) -> float:
    """The root of the share of a number's variance that lies between choices (Fisher 1925, Section 45); shapes (n,)."""
    if not _varies(number):
        return 0.0
    codes, size = _numbered(choice)
    centred = number - number.mean()
    counts, sums = np.bincount(codes, minlength=size), np.bincount(codes, centred, minlength=size)
    return float(min(1.0, np.sqrt((sums**2 / counts).sum() / (centred @ centred))))


def _varies(number: np.ndarray) -> bool:
    return len(number) > 1 and bool(number.max() > number.min())


def _numbered(choice: np.ndarray) -> tuple[np.ndarray, int]:
    """The choices that occur as 0, 1, 2 and so on, (n,), and how many there are."""
    different, codes = np.unique(choice, return_inverse=True)
    return codes.astype(np.int64), len(different)
