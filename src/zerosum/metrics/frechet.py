"""The Frechet distance of two Gaussian fits, and how far it scatters."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import NamedTuple

import torch
from torch import Tensor

from zerosum.metrics.bootstrap import Estimate, grouped
from zerosum.metrics.pairs import finite, rows

GROUPS = 10
"""Of samples, of which each is left out once on either side: few, since each time takes a decomposition."""

FEWEST = 40
"""Samples on a side below which there is no interval."""

REACH = 1.96
"""Standard errors to either end of a 95 % interval."""

LARGEST = 4096
"""Side of the matrices up to which they are decomposed so often."""


@dataclass(frozen=True)
class Moments:
    """Sums from which a mean and a covariance come; those of two sets of samples add up.

    Attributes:
        count: How many samples.
        total: Sum of the samples, shape (f,).
        products: Sum of their outer products, shape (f, f).
    """

    count: int
    total: Tensor
    products: Tensor

    @property
    def mean(self) -> Tensor:
        """Shape (f,)."""
        return self.total / self.count

    @property
    def covariance(self) -> Tensor:
        """Divided by one less than there are samples, shape (f, f)."""
        spread = self.products - torch.outer(self.total, self.mean)
        return spread / max(1, self.count - 1)

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.count + other.count, self.total + other.total, self.products + other.products)


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
    # With A = a'a and B = b'b, the trace of (A B)^1/2 is the sum of the singular values of a b'.
    overlap = torch.linalg.svdvals(a @ b.T).sum()
    return max(0.0, (shift + a.square().sum() + b.square().sum() - 2 * overlap).item())


def frechet_estimate(a: Tensor, b: Tensor) -> Estimate:
    """`frechet_distance`, with its standard error and interval from leaving out a tenth of one side at a time.

    This is the jackknife over groups (Shao and Wu 1989) and not the bootstrap, because samples that are drawn twice
    take rank from a covariance: unless there are many samples a feature, the distances of such draws scatter two to
    three times as far as those of new samples. Samples must be in random order, since a group is a run of them.
    """
    value = frechet_distance(a, b)
    few, features = min(len(a), len(b)), a.shape[1]
    if math.isnan(value) or few < FEWEST or min(max(len(a), len(b)), features) > LARGEST:
        return Estimate(value, *[math.nan] * 3)
    # Both around one centre, so that sums of products lose no digits to it; the distance does not change by that.
    centre = rows(b).mean(0)
    sides = [rows(x) - centre for x in (a, b)]
    # And in units of the largest number, because squares of runaway ones leave float32.
    unit = max(1e-300, *(float(side.abs().amax()) for side in sides))
    fits = [_fits(side / unit, by_sums=few > features) for side in sides]
    everyone = [fit(None) for fit in fits]
    variance = sum(
        _variance([_apart(fit(group), other) for group in range(GROUPS)])
        for fit, other in zip(fits, everyone[::-1], strict=True)
    )
    error = unit**2 * math.sqrt(variance)
    return Estimate(value, max(0.0, value - REACH * error), value + REACH * error, error)


class _Fit(NamedTuple):
    """A Gaussian: its mean (f,), and a factor l (f, r) with l l' its covariance."""

    mean: Tensor
    factor: Tensor


def _fits(x: Tensor, by_sums: bool) -> Callable[[int | None], _Fit]:
    """From the number of a group to the fit of all other samples; from None to that of all.

    Sums over groups are made once, which is quicker where there are more samples than features.
    """
    group = grouped(len(x), GROUPS)
    if not by_sums:
        return lambda without: _fit_of_rows(x if without is None else x[group != without])
    parts = [_moments(x[group == number]) for number in range(GROUPS)]
    return lambda without: _fit_of_sums([part for number, part in enumerate(parts) if number != without])


def _fit_of_rows(x: Tensor) -> _Fit:
    mean = x.mean(0)
    return _Fit(mean, (x - mean).T / math.sqrt(len(x) - 1))


def _fit_of_sums(parts: list[Moments]) -> _Fit:
    moments = reduce(add, parts)
    rounded = moments.covariance.float()  # twice as fast; rounding shifts all fits alike
    # A trace on the diagonal makes it definite. Where all samples are the same, away from the centre, the covariance is
    # only what rounding leaves of their squares.
    square = float(moments.products.diagonal().sum()) / moments.count
    rounded.diagonal().add_(1e-6 * float(rounded.diagonal().sum()) + 1e-12 * square + 1e-30)
    return _Fit(moments.mean, torch.linalg.cholesky(rounded))


def _moments(x: Tensor) -> Moments:
    return Moments(len(x), x.sum(0), x.T @ x)


def _apart(a: _Fit, b: _Fit) -> float:
    """The distance of two Gaussians; by eigenvalues, which are quick and less exact."""
    product = a.factor.T @ b.factor
    if product.shape[0] > product.shape[1]:
        product = product.T
    overlap = torch.linalg.eigvalsh(product @ product.T).clamp(min=0).sqrt().sum()
    shift = (a.mean - b.mean).square().sum()
    return (shift + a.factor.square().sum() + b.factor.square().sum() - 2 * overlap).item()


def _variance(left_out: list[float]) -> float:
    """The jackknife's variance, from what comes without each group."""
    return (GROUPS - 1) ** 2 / GROUPS * float(torch.tensor(left_out, dtype=torch.float64).var())


def _root_of_covariance(x: Tensor) -> Tensor:
    """A matrix r of at most f rows with r'r the covariance of `x` (n, f)."""
    centred = (x - x.mean(0)) / math.sqrt(max(1, len(x) - 1))
    return torch.linalg.qr(centred, mode="r").R if len(x) > x.shape[1] else centred
