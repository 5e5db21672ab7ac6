"""Whether a generator gives different samples: the first thing that mode collapse takes."""

import math

import torch
from torch import Tensor

from zerosum.metrics.pairs import distances_within, finite, nearest_distances, pooled, rows


def mean_pairwise_distance(x: Tensor) -> float:
    """E|X - X'| over pairs of different samples (n, ...), as they are; 0 for a single sample."""
    if not finite(x):
        return math.nan
    n = len(x)
    return distances_within(rows(x)).sum().item() / max(1, n * (n - 1))


def diversity_ratio(fake: Tensor, real: Tensor) -> float:
    """The fakes' mean pairwise distance over that of the reals, as AC-GAN compares MS-SSIM (Odena 2017, Section 4.2).

    Args:
        fake: Pictures (m, c, h, w), compared after averaging to 8 x 8, or points (m, coordinates).
        real: The same kind of samples, (n, ...).

    Returns:
        About 1 for healthy fakes, near 0 after mode collapse. It is 1 where the reals are all the same: they have no
        diversity that could be lost.
    """
    of_fakes, of_reals = mean_pairwise_distance(pooled(fake)), mean_pairwise_distance(pooled(real))
    return 1.0 if of_reals == 0 and math.isfinite(of_fakes) else of_fakes / (of_reals or 1.0)


def near_duplicates(fake: Tensor, real: Tensor) -> float:
    """Share of fakes that are closer to another fake than reals hardly ever are (as Arora and Zhang 2018 ask).

    "Hardly ever" is the 1 % quantile of the reals' distances from their nearest other real. Exact duplicates among the
    reals are left out of it, because they would make it 0, which no fakes could fall below. Where all reals are the
    same, so may the fakes be, and the share is 0. As neighbours come closer when there are more samples, the first
    min(n, m) of each side are compared.

    Args:
        fake: Pictures (m, c, h, w), compared after averaging to 8 x 8, or points (m, coordinates).
        real: The same kind of samples, (n, ...).

    Returns:
        About 0.01 for healthy fakes, 1 after total collapse.
    """
    count = min(len(fake), len(real))
    fake, real = pooled(fake[:count]), pooled(real[:count])
    if not finite(fake, real):
        return math.nan
    of_reals = nearest_distances(real, real, 1, within=True)[:, 0]
    of_reals = of_reals[of_reals > 0]
    if not len(of_reals):
        return 0.0
    of_fakes = nearest_distances(fake, fake, 1, within=True)[:, 0]
    return (of_fakes < torch.quantile(of_reals, 0.01)).double().mean().item()
