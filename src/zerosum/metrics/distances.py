"""Distances between two sets of samples, from their features; each is 0 or scatters about 0 for equal distributions."""

import math

import torch
from torch import Tensor

from zerosum.metrics.bootstrap import GROUPS, Estimate, draws, estimate, grouped
from zerosum.metrics.kernels import cubic, discrepancy, negative_distance
from zerosum.metrics.pairs import finite, rows

REPETITIONS = 30
"""Of the bootstrap of the sliced distance: fewer than elsewhere, since each sorts all samples anew."""


def energy_distance(a: Tensor, b: Tensor) -> float:
    """Unbiased 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely and Rizzo 2013, Section 2, as a U-statistic).

    Args:
        a: Features, shape (n, f).
        b: Features of the other side, shape (m, f).

    Returns:
        About 0 for equal distributions, where it may be below 0.
    """
    return discrepancy(a, b, negative_distance)


def kernel_distance(a: Tensor, b: Tensor) -> float:
    """Unbiased squared MMD with the kernel (x.y / f + 1)^3, called KID (Binkowski et al. 2018, Equation 4).

    Args:
        a: Features, shape (n, f).
        b: Features of the other side, shape (m, f).

    Returns:
        About 0 for equal distributions, where it may be below 0.
    """
    return discrepancy(a, b, cubic)


def sliced_wasserstein(a: Tensor, b: Tensor, directions: int = 64) -> float:
    """Root of the mean squared 2-Wasserstein distance along random directions (Bonneel et al. 2015, Section 3).

    Args:
        a: Features, shape (n, f).
        b: Features of the other side, shape (m, f); the numbers of samples may differ.
        directions: How many directions; they are the same in every call.

    Returns:
        At least 0.
    """
    if not finite(a, b):
        return math.nan
    a, b = rows(a), rows(b)
    axes = torch.randn(a.shape[1], directions, dtype=a.dtype, generator=torch.Generator().manual_seed(0))
    axes /= axes.norm(dim=0)
    a, b = (a @ axes).sort(0).values, (b @ axes).sort(0).values
    # The two quantile functions are steps. In units of 1 / (n m), where steps end is a whole number.
    n, m = len(a), len(b)
    ends = torch.cat([torch.arange(1, n + 1) * m, torch.arange(1, m + 1) * n]).sort().values
    widths = ends.diff(prepend=ends.new_zeros(1)).double() / (n * m)
    gaps = a[(ends - 1) // m] - b[(ends - 1) // n]
    return (gaps.square().mean(1) * widths).sum().sqrt().item()


def sliced_wasserstein_estimate(a: Tensor, b: Tensor) -> Estimate:
    """`sliced_wasserstein`, with its standard error and interval from drawing groups of samples anew on both sides."""
    value = sliced_wasserstein(a, b)
    if math.isnan(value) or min(len(a), len(b)) < 2 * GROUPS:
        return estimate(value, torch.zeros(0))
    groups = [grouped(len(x)) for x in (a, b)]
    weights = [draws(GROUPS, REPETITIONS, seed).long() for seed in range(2)]
    repetitions = []
    for of_a, of_b in zip(*weights, strict=True):
        drawn_a = a.repeat_interleave(of_a[groups[0]], 0)
        repetitions.append(sliced_wasserstein(drawn_a, b.repeat_interleave(of_b[groups[1]], 0)))
    return estimate(value, torch.tensor(repetitions, dtype=torch.float64))
