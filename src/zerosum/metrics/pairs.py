"""Distances between all pairs of samples, in float64, which every measure of neighbours is made of."""

import torch
import torch.nn.functional as F
from torch import Tensor


def rows(x: Tensor) -> Tensor:
    """Samples as vectors: (n, ...) to (n, f), float64, on the processor, cut off from any graph.

    Float64 because samples that ran away to 1e6 leave float32 no digits for differences, and the processor because not
    every accelerator has float64.
    """
    return x.detach().to("cpu", torch.float64).flatten(1)


def finite(*tensors: Tensor) -> bool:
    """Whether there are only finite numbers; comparisons would quietly turn the others into a plausible measure."""
    # A sum is finite only if all parts are, and is several times faster than a look at each number.
    return all(bool(tensor.sum(dtype=torch.float64).isfinite()) for tensor in tensors)


def pooled(x: Tensor) -> Tensor:
    """Pictures (n, c, h, w) averaged to at most 8 x 8 and flattened, (n, f); samples of other kinds just flattened."""
    if x.dim() == 4:
        x = F.adaptive_avg_pool2d(x.detach().float().contiguous(), (min(8, x.shape[2]), min(8, x.shape[3])))
    return rows(x)


def distances(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distance of each row of `a` (n, f) from each row of `b` (m, f), shape (n, m), float64.

    Rows that agree to about six digits have distance 0: the matrix product that makes this fast cannot tell them apart,
    and exact zeros are what finds duplicates.
    """
    centre = b.mean(0)
    a, b = a - centre, b - centre
    squares = a.square().sum(1)[:, None] + b.square().sum(1)
    between = torch.addmm(squares, a, b.T, alpha=-2)
    return torch.where(between > 1e-12 * squares, between, 0).sqrt()


def distances_within(x: Tensor) -> Tensor:
    """Distance of each row of `x` (n, f) from each other one, shape (n, n), with exact zeros on the diagonal."""
    return distances(x, x).fill_diagonal_(0)


def nearest_others(within: Tensor, nearest: int = 1) -> Tensor:
    """Distance of each sample from its k-th nearest other one, from `distances_within`, shape (n,).

    Where there are fewer others than `nearest`, it is the farthest of them; 0 where there is none.
    """
    if len(within) == 1:
        return within.new_zeros(1)
    others = within.clone().fill_diagonal_(torch.inf)
    return others.topk(min(nearest, len(within) - 1), dim=1, largest=False).values[:, -1]
