"""Distances between all pairs of samples, in float64, which every measure of neighbours is made of."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

AT_ONCE = 2**22
"""Pairs that are held in memory at once: 32 MiB of float64, which a processor's cache may still hold."""

MANY = 2**22
"""Pairs from which on products are taken in float32, twice as fast."""

MODERATE = 1e3
"""Largest number that products are taken of in float32."""


def rows(x: Tensor) -> Tensor:
    """Samples as vectors: (n, ...) to (n, f), float64, on the processor, cut off from any graph.

    Float64 because samples that ran away to 1e6 leave float32 no digits for differences, and the processor because not
    every accelerator has float64.
    """
    return x.detach().to("cpu", torch.float64).flatten(1)


def quick(*sides: Tensor) -> list[Tensor]:
    """`rows` of all sides, in float32 where that makes no difference that matters.

    It does not where there are very many pairs, whose rounding errors cancel in every mean, of moderate numbers that
    were float32 before: distances and kernels are then right to six digits, and means of them to more.
    """
    moderate = all(x.dtype == torch.float32 and float(x.detach().abs().amax()) < MODERATE for x in sides)
    if moderate and len(sides[0]) * len(sides[-1]) >= MANY:
        return [x.detach().cpu().flatten(1) for x in sides]
    return [rows(x) for x in sides]


def finite(*tensors: Tensor) -> bool:
    """Whether there are only finite numbers; comparisons would quietly turn the others into a plausible measure."""
    # A sum is finite only if all parts are, and is several times faster than a look at each number.
    return all(bool(tensor.sum(dtype=torch.float64).isfinite()) for tensor in tensors)


def pooled(x: Tensor) -> Tensor:
    """Pictures (n, c, h, w) averaged to at most 8 x 8 and flattened, (n, f); samples of other kinds just flattened."""
    if x.dim() == 4:
        x = F.adaptive_avg_pool2d(x.detach().float().contiguous(), (min(8, x.shape[2]), min(8, x.shape[3])))
    return rows(x)


class Others:
    """Rows (m, f) that the distances of many blocks of rows are taken from; what all of them need is made once."""

    def __init__(self, others: Tensor) -> None:
        self._centre = others.mean(0)  # far from the origin no digits would be left for differences
        self._rows = others - self._centre
        self._squares = self._rows.square().sum(1)

    def distances(self, a: Tensor) -> Tensor:
        """Euclidean distance of each row of `a` (n, f) from each of these rows, shape (n, m), of their type.

        Rows that agree to about six digits, or three of float32, have distance 0: the matrix product that makes this
        fast cannot tell them apart, and exact zeros are what finds duplicates.
        """
        a = a - self._centre
        squares = a.square().sum(1)[:, None] + self._squares
        between = torch.addmm(squares, a, self._rows.T, alpha=-2)
        same = 1e-12 if a.dtype == torch.float64 else 1e-6
        return between.mul_(between > squares.mul_(same)).sqrt_()


def distances(a: Tensor, b: Tensor) -> Tensor:
    """Distance of each row of `a` (n, f) from each row of `b` (m, f), shape (n, m), as `Others` takes them."""
    return Others(b).distances(a)


def blocks(a: Tensor, width: int) -> Iterator[tuple[int, Tensor]]:
    """Runs of the rows of `a` (n, f), each with the number of its first, few enough to be paired with `width` others.

    All pairs of 50,000 samples on a side would be 20 GB.
    """
    size = max(1, AT_ONCE // max(1, width))
    for start in range(0, len(a), size):
        yield start, a[start : start + size]


def distances_within(x: Tensor) -> Tensor:
    """Distance of each row of `x` (n, f) from each other one, shape (n, n), with exact zeros on the diagonal."""
    return distances(x, x).fill_diagonal_(0)


def nearest_distances(a: Tensor, b: Tensor, nearest: int, within: bool = False) -> Tensor:
    """Distances of each row of `a` (n, f) from its nearest rows of `b` (m, f), ascending, shape (n, nearest).

    There are fewer columns where there are fewer others; one of zeros where there are none.

    Args:
        a: Rows.
        b: Rows to look among.
        nearest: How many.
        within: Whether both are the same rows, so that a row is not its own neighbour.
    """
    return nearest_neighbours(a, b, nearest, within)[0]


def nearest_neighbours(a: Tensor, b: Tensor, nearest: int, within: bool = False) -> tuple[Tensor, Tensor]:
    """`nearest_distances`, and which rows of `b` they are, both of shape (n, nearest)."""
    kept = min(nearest, len(b) - within)
    if kept < 1:
        return a.new_zeros(len(a), 1), torch.zeros(len(a), 1, dtype=torch.int64)
    # Made beforehand: small results that were kept of each block would lie between the large blocks in memory, which
    # could then not be used again, and all pairs would be held after all.
    values, indices = a.new_empty(len(a), kept), torch.empty(len(a), kept, dtype=torch.int64)
    others = Others(b)
    for start, part in blocks(a, len(b)):
        between = others.distances(part)
        if within:
            between.diagonal(start).fill_(torch.inf)
        own = slice(start, start + len(part))
        values[own], indices[own] = between.topk(kept, dim=1, largest=False)
    return values, indices
