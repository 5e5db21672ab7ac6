"""Mode-specific normalisation: a number is told by a mode of a Gaussian mixture, and by its place in that mode.

Xu et al. 2019 (arXiv:1907.00503), Section 4.2.
"""

from dataclasses import dataclass

import numpy as np
import torch

MOST_MODES = 10
"""Components that a variational mixture begins with; those that explain too little are left out."""

LEAST_SHARE = 0.005
"""Of the samples, for a mode to be kept."""

CONCENTRATION = 1e-3
"""Of the prior over weights: small, so that components that are not needed are given up."""

MOST_LEVELS = 4096
"""Different values that the mixture is fitted to; more are counted in so many bins."""

STEPS, ENOUGH = 200, 1e-4


@dataclass(frozen=True)
class Modes:
    """A mixture of normal distributions for one column.

    Attributes:
        shares: Weight of each component, shape (k,).
        means: Their means.
        deviations: Their standard deviations, above 0.
    """

    shares: tuple[float, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.shares)


def find_modes(values: np.ndarray) -> Modes:
    """A mixture for known values (n,), fitted by variational Bayes (Bishop 2006, Section 10.2).

    Values are counted first, so that it takes as long for a million as for a thousand.
    """
    levels, counts = _counted(values)
    center, scale = np.average(levels, weights=counts), 0.0
    scale = float(np.sqrt(np.average((levels - center) ** 2, weights=counts)))
    if scale == 0:
        return Modes((1.0,), (float(center),), (1.0,))
    shares, means, variances = _fit((levels - center) / scale, counts)
    kept = shares >= LEAST_SHARE
    shares = shares[kept] / shares[kept].sum()
    return Modes(
        tuple(shares.tolist()),
        tuple((means[kept] * scale + center).tolist()),
        tuple((np.sqrt(variances[kept]) * scale).tolist()),
    )


def digamma(x: np.ndarray | float) -> np.ndarray:
    """The digamma function."""
    return torch.special.digamma(torch.as_tensor(x, dtype=torch.float64)).numpy()


def _counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    levels, counts = np.unique(values, return_counts=True)
    if len(levels) <= MOST_LEVELS:
        return levels, counts.astype(float)
    # Bins of about as many values each, so that far values do not make them coarse.
    bins = np.array_split(np.sort(values), MOST_LEVELS)
    return np.array([part.mean() for part in bins]), np.array([float(len(part)) for part in bins])


def _fit(x: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, means and variances of the components, each (k,), for standardised values (m,) with counts."""
    k, total = min(MOST_MODES, len(x)), counts.sum()
    # Components begin side by side, each on as many samples.
    responsible = np.zeros((len(x), k))
    order = np.cumsum(counts) - counts / 2
    responsible[np.arange(len(x)), np.minimum((order / total * k).astype(int), k - 1)] = 1
    bound, center, scale, degrees = -np.inf, np.zeros(k), np.ones(k), np.ones(k)
    for _ in range(STEPS):
        weighted = responsible * counts[:, None]
        n = weighted.sum(0) + 1e-10
        mean = (weighted * x[:, None]).sum(0) / n
        spread = (weighted * (x[:, None] - mean) ** 2).sum(0) / n
        # Priors: mean 0 with the strength of one sample, precision about 1 with one degree of freedom.
        strength, degrees = 1 + n, 1 + n
        center = n * mean / strength
        scale = 1 + n * spread + n / strength * mean**2  # of the Wishart's inverse
        concentration = CONCENTRATION + n
        log_share = digamma(concentration) - digamma(concentration.sum())
        log_precision = digamma(degrees / 2) + np.log(2 / scale)
        distance = 1 / strength + degrees / scale * (x[:, None] - center) ** 2
        log_joint = log_share + (log_precision - np.log(2 * np.pi) - distance) / 2
        peak = log_joint.max(1, keepdims=True)
        evidence = peak[:, 0] + np.log(np.exp(log_joint - peak).sum(1))
        responsible = np.exp(log_joint - evidence[:, None])
        reached = float((evidence * counts).sum() / total)
        if abs(reached - bound) < ENOUGH:
            break
        bound = reached
    shares = (responsible * counts[:, None]).sum(0) / total
    return shares, center, scale / degrees
