"""Long series and their axes: what of a million numbers a picture can show, and which round numbers to write."""

import math

import numpy as np

HUGE = 1e100  # larger numbers are drawn as this one, so that no difference of two overflows


def thinned(columns: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The samples that a picture needs: of each pixel column the first, the last, the lowest and the highest.

    The line through them covers the same pixels as the line through all, so no spike is lost, however short.

    Args:
        columns: Shape (n,), the pixel column of each sample, integers, never decreasing.
        y: Shape (n,). Of values that are not finite, one in each column stays, and breaks the line.

    Returns:
        Shape (k,), increasing indices of samples; all of them where columns hold few samples.
    """
    if not len(y):
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(np.diff(columns, prepend=columns[0] - 1))
    ends = np.append(starts[1:], len(y)) - 1
    finite = np.isfinite(y)
    lowest = np.lexsort((np.where(finite, y, np.inf), columns))[starts]
    highest = np.lexsort((np.where(finite, y, -np.inf), columns))[ends]
    broken = np.lexsort((finite, columns))[starts]
    return np.unique(np.concatenate((starts, ends, lowest, highest, broken[~finite[broken]])))


def ticks(low: float, high: float, count: int) -> list[float]:
    """At most `count` round numbers in a range: multiples of 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10((high - low) / count))
    # A little slack, so that rounding does not lose a tick at either end.
    slack = 1e-9 * (high - low)
    for factor in (1, 2, 2.5, 5, 10, 20, 25):
        step = factor * power
        first, last = math.ceil((low - slack) / step), math.floor((high + slack) / step)
        if last - first < count:
            return [number * step for number in range(first, last + 1)]
    raise AssertionError("one of the steps is wide enough")


def powers(low: float, high: float, count: int) -> list[float]:
    """At most `count` ticks of a logarithmic axis: powers of ten, or round numbers where there are none to compare."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first < 1:
        return [tick for tick in ticks(low, high, count) if tick > 0]
    step = math.ceil((last - first + 1) / count)
    return [10.0**number for number in range(first, last + 1, step)]


def short(number: float) -> str:
    """A tick's number in few letters: 0, 0.05, 50k, 1.2M, 1e-07."""
    size = abs(number)
    for unit, name in ((1e12, ""), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if size >= unit * (1 - 1e-9):
            return f"{number:.3g}".replace("e+", "e") if not name else f"{number / unit:.6g}{name}"
    return f"{number:.6g}"
