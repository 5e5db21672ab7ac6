"""The Frechet distance of two Gaussian fits, and how far it scatters."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from zerosum.metrics.bootstrap import Estimate, draws, estimate, grouped
from zerosum.metrics.pairs import finite, rows

GROUPS = 20
TIMES = 20
"""Of the bootstrap: fewer than elsewhere, since each repetition takes a decomposition."""

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

    count: float
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
    """`frechet_distance`, with its standard error and interval from drawing groups of samples anew on both sides."""
    value = frechet_distance(a, b)
    few, features = min(len(a), len(b)), a.shape[1]
    if math.isnan(value) or few < 2 * GROUPS or min(max(len(a), len(b)), features) > LARGEST:
        return estimate(value, torch.zeros(0))
    # Both around one centre, so that sums of products lose no digits to it; the distance does not change by that.
    centre = rows(b).mean(0)
    sides = [rows(x) - centre for x in (a, b)]
    weights = [draws(GROUPS, TIMES, seed) for seed in range(2)]
    repeat = _by_moments if few > features else _by_rows
    return estimate(value, torch.tensor(repeat(sides, list(zip(*weights, strict=True))), dtype=torch.float64))


def _by_rows(sides: list[Tensor], weights: list[tuple[Tensor, Tensor]]) -> list[float]:
    """Distances of samples in which groups come as often as the weights say; for fewer samples than features."""
    found = []
    for pair in weights:
        drawn = [
            x.repeat_interleave(often.long()[grouped(len(x), GROUPS)], 0) for x, often in zip(sides, pair, strict=True)
        ]
        shift = (drawn[0].mean(0) - drawn[1].mean(0)).square().sum()
        found.append(_apart(shift, *((x - x.mean(0)).T / math.sqrt(len(x) - 1) for x in drawn)))
    return found


def _by_moments(sides: list[Tensor], weights: list[tuple[Tensor, Tensor]]) -> list[float]:
    """The same from sums over groups, which are made once; for more samples than features."""
    groups = [_grouped_moments(side) for side in sides]
    found = []
    for pair in weights:
        a, b = (_weighted(side, often) for side, often in zip(groups, pair, strict=True))
        found.append(_apart((a.mean - b.mean).square().sum(), _factor(a.covariance), _factor(b.covariance)))
    return found


def _apart(shift: Tensor, a: Tensor, b: Tensor) -> float:
    """The distance of Gaussians with the covariances a a' and b b'; by eigenvalues, which are quick and less exact."""
    product = a.T @ b
    if product.shape[0] > product.shape[1]:
        product = product.T
    overlap = torch.linalg.eigvalsh(product @ product.T).clamp(min=0).sqrt().sum()
    return (shift + a.square().sum() + b.square().sum() - 2 * overlap).item()


def _grouped_moments(x: Tensor) -> list[Moments]:
    group = grouped(len(x), GROUPS)
    parts = [x[group == number] for number in range(GROUPS)]
    return [Moments(len(part), part.sum(0), part.T @ part) for part in parts]


def _weighted(groups: list[Moments], weights: Tensor) -> Moments:
    """The moments of samples in which each group comes as often as the weights (groups,) say."""
    drawn = [(one, weight) for one, weight in zip(groups, weights.tolist(), strict=True) if weight]
    count = sum(weight * one.count for one, weight in drawn)
    total = torch.stack([weight * one.total for one, weight in drawn]).sum(0)
    products = torch.zeros_like(groups[0].products)
    for one, weight in drawn:
        products.add_(one.products, alpha=weight)
    return Moments(count, total, products)


def _factor(covariance: Tensor) -> Tensor:
    """A lower triangular l with l l' the covariance, and a trace on its diagonal that makes it definite."""
    rounded = covariance.float()  # twice as fast; rounding shifts all repetitions alike
    rounded.diagonal().add_(1e-6 * rounded.diagonal().sum() + 1e-30)
    return torch.linalg.cholesky(rounded)


def _root_of_covariance(x: Tensor) -> Tensor:
    """A matrix r of at most f rows with r'r the covariance of `x` (n, f)."""
    centred = (x - x.mean(0)) / math.sqrt(max(1, len(x) - 1))
    return torch.linalg.qr(centred, mode="r").R if len(x) > x.shape[1] else centred
