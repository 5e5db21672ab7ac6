"""The Frechet distance of two Gaussian fits, and how far it scatters."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from zerosum.metrics.bootstrap import Estimate
from zerosum.metrics.pairs import finite, rows

FEWEST = 40
"""Samples on a side below which there is no interval."""

REACH = 1.96
"""Standard errors to either end of a 95 % interval."""


class _Fit(NamedTuple):
    """A Gaussian with the samples that it was fitted to.

    Attributes:
        mean: Shape (f,).
        centred: The samples less their mean, shape (n, f).
        root: At most f rows (r, f) with root' root the covariance.
    """

    mean: Tensor
    centred: Tensor
    root: Tensor


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
    p, q = _fit(rows(a)), _fit(rows(b))
    return _distance(p, q, torch.linalg.svdvals(p.root @ q.root.T))


def frechet_estimate(a: Tensor, b: Tensor) -> Estimate:
    """`frechet_distance`, with its standard error and interval from how much each sample moves it.

    That is the infinitesimal jackknife (Jaeckel 1972) and not the bootstrap, because samples that are drawn twice take
    rank from a covariance: unless there are many samples a feature, the distances of such draws scatter two to three
    times as far as those of new samples.
    """
    if min(len(a), len(b)) < FEWEST or not finite(a, b):
        return Estimate(frechet_distance(a, b), *[math.nan] * 3)
    p, q = _fit(rows(a)), _fit(rows(b))
    left, values, right = torch.linalg.svd(p.root @ q.root.T, full_matrices=False)
    value, shift = _distance(p, q, values), p.mean - q.mean
    variance = _variance(p, shift, left * values.sqrt()) + _variance(q, -shift, right.T * values.sqrt())
    error = math.sqrt(variance)
    return Estimate(value, max(0.0, value - REACH * error), value + REACH * error, error)


def _fit(x: Tensor) -> _Fit:
    mean = x.mean(0)
    centred = x - mean
    scaled = centred / math.sqrt(max(1, len(x) - 1))
    return _Fit(mean, centred, torch.linalg.qr(scaled, mode="r").R if len(x) > x.shape[1] else scaled)


def _distance(p: _Fit, q: _Fit, values: Tensor) -> float:
    """The distance, given the singular values of the product of the roots: their sum is the trace of (A B)^1/2."""
    squares = (p.mean - q.mean).square().sum() + p.root.square().sum() + q.root.square().sum()
    return max(0.0, (squares - 2 * values.sum()).item())


def _variance(fit: _Fit, shift: Tensor, vectors: Tensor) -> float:
    """What the samples of one side add to the variance of the distance.

    Args:
        fit: That side.
        shift: Its mean less the other's, shape (f,).
        vectors: Its singular vectors of the product of the roots, each times the root of its value, shape (r, k).
    """
    n = len(fit.centred)
    if len(fit.root) == n:  # the root is the samples themselves
        overlap = (n - 1) * vectors.square().sum(1)
    else:
        covariance = fit.root.T @ fit.root
        # A trace on the diagonal, because there may be features that are constant or copies of others.
        covariance.diagonal().add_(1e-10 * covariance.diagonal().amax() + 1e-300)
        whitened = torch.cholesky_solve(fit.root.T @ vectors, torch.linalg.cholesky(covariance))
        overlap = (fit.centred @ whitened).square().sum(1)
    # The derivative of the distance by the weight of each sample.
    influence = 2 * fit.centred @ shift + (fit.centred.square().sum(1) - overlap) * n / (n - 1)
    return float(influence.var()) / n
