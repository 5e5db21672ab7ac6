"""Distances between two sets of samples, from their features; each is 0 or scatters about 0 for equal distributions."""

import math

import torch
from torch import Tensor

from zerosum.metrics.pairs import distances, distances_within, finite, rows


def energy_distance(a: Tensor, b: Tensor) -> float:
    """Unbiased 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely and Rizzo 2013, Section 2, as a U-statistic).

    Args:
        a: Features, shape (n, f).
        b: Features of the other side, shape (m, f).

    Returns:
        About 0 for equal distributions, where it may be below 0.
    """
    if not finite(a, b):
        return math.nan
    a, b = rows(a), rows(b)
    within = _mean_of_pairs(distances_within(a)) + _mean_of_pairs(distances_within(b))
    return (2 * distances(a, b).mean() - within).item()


def kernel_distance(a: Tensor, b: Tensor) -> float:
    """Unbiased squared MMD with the kernel (x.y / f + 1)^3, called KID (Binkowski et al. 2018, Equation 4).

    Args:
        a: Features, shape (n, f).
        b: Features of the other side, shape (m, f).

    Returns:
        About 0 for equal distributions, where it may be below 0.
    """
    if not finite(a, b):
        return math.nan
    a, b = rows(a), rows(b)
    within = _mean_of_pairs(_cubic_kernel(a, a)) + _mean_of_pairs(_cubic_kernel(b, b))
    return (within - 2 * _cubic_kernel(a, b).mean()).item()


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """|mean_a - mean_b|^2 + tr(A + B - 2 (A B)^1/2) of two Gaussian fits (Heusel et al. 2017, Equation 6).

    It is biased upwards, the more so the fewer samples there are: compare only values of equal n and m.

    Args:
        a: Features, shape (n, f); n may be smaller than f.
        b: Features of the other side, shape (m, f).

    Returns:
        At least 0.
    """
    if not finite(a, b):
        return math.nan
    a, b = rows(a), rows(b)
    shift = (a.mean(0) - b.mean(0)).square().sum()
    a, b = _root_of_covariance(a), _root_of_covariance(b)
    # With A = a'a and B = b'b, the eigenvalues of A B are those of (a b')(a b')', which is symmetric.
    product = a @ b.T
    overlap = torch.linalg.eigvalsh(product @ product.T).clamp(min=0).sqrt().sum()
    return max(0.0, (shift + a.square().sum() + b.square().sum() - 2 * overlap).item())


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


def _mean_of_pairs(within: Tensor) -> Tensor:
    """Mean over pairs of two different samples; 0 where there is only one sample."""
    n = len(within)
    return (within.sum() - within.diagonal().sum()) / max(1, n * (n - 1))


def _cubic_kernel(a: Tensor, b: Tensor) -> Tensor:
    # Multiplied out: the general power is many times slower.
    base = a @ b.T / a.shape[1] + 1
    return base * base * base


def _root_of_covariance(x: Tensor) -> Tensor:
    """A matrix r of at most f rows with r'r the covariance of `x` (n, f)."""
    centred = (x - x.mean(0)) / math.sqrt(max(1, len(x) - 1))
    return torch.linalg.qr(centred, mode="r").R if len(x) > x.shape[1] else centred
