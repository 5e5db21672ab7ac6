"""How much of the reals the fakes reach, and how many fakes lie among the reals, from nearest neighbours."""

import math
from typing import NamedTuple

from torch import Tensor

from zerosum.metrics.pairs import distances, distances_within, finite, nearest_others, rows


class Manifold(NamedTuple):
    """Fidelity and diversity, each 1 at best.

    Attributes:
        precision: Share of fakes that lie among the reals.
        recall: Share of reals that lie among the fakes.
        density: How many reals' neighbourhoods a fake lies in, over how many are expected; it may exceed 1.
        coverage: Share of reals that have a fake in their neighbourhood.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def manifold(real: Tensor, fake: Tensor, nearest: int = 3, nearest_for_density: int = 5) -> Manifold:
    """Precision and recall (Kynkaanniemi et al. 2019, Equation 2), density and coverage (Naeem et al. 2020, Section 3).

    Samples of equal distributions do not reach 1, and how near they come depends on n, m and f: compare with the values
    of reals beside reals.

    Args:
        real: Features, shape (n, f).
        fake: Features, shape (m, f).
        nearest: Which nearest neighbour bounds a neighbourhood for precision and recall.
        nearest_for_density: The same for density and coverage.

    Returns:
        The four shares.
    """
    if not finite(real, fake):
        return Manifold(*[math.nan] * 4)
    real, fake = rows(real), rows(fake)
    between = distances(real, fake)
    among_reals = distances_within(real)
    radius = nearest_others(among_reals, nearest)[:, None]
    fake_radius = nearest_others(distances_within(fake), nearest)
    wide = between <= nearest_others(among_reals, nearest_for_density)[:, None]
    return Manifold(
        precision=(between <= radius).any(0).double().mean().item(),
        recall=(between <= fake_radius).any(1).double().mean().item(),
        density=wide.double().sum(0).mean().item() / max(1, min(nearest_for_density, len(real) - 1)),
        coverage=wide.any(1).double().mean().item(),
    )
