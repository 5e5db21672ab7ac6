"""How much of the reals the fakes reach, and how many fakes lie among the reals, from nearest neighbours."""

import math
from dataclasses import astuple, dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.metrics.bootstrap import Estimate, mean_estimate
from zerosum.metrics.pairs import Others, blocks, finite, nearest_distances, quick

NEAREST = 3
"""Which neighbour bounds a neighbourhood for precision and recall (Kynkaanniemi et al. 2019, Section 3)."""

NEAREST_FOR_DENSITY = 5
"""The same for density and coverage (Naeem et al. 2020, Section 3.2)."""


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


@dataclass(frozen=True)
class Membership:
    """Of each sample, what counts towards the four shares.

    Attributes:
        precise: Whether each fake lies among the reals, shape (m,).
        recalled: Whether each real lies among the fakes, shape (n,).
        dense: How many reals' neighbourhoods each fake lies in, over how many are expected, shape (m,).
        covered: Whether each real has a fake in its neighbourhood, shape (n,).
    """

    precise: Tensor
    recalled: Tensor
    dense: Tensor
    covered: Tensor


def manifold(
    real: Tensor, fake: Tensor, nearest: int = NEAREST, nearest_for_density: int = NEAREST_FOR_DENSITY
) -> Manifold:
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
    return Manifold(*(part.double().mean().item() for part in _parts(real, fake, nearest, nearest_for_density)))


def manifold_estimates(real: Tensor, fake: Tensor) -> dict[str, Estimate]:
    """The four shares by name, with intervals: precision and density over fakes, recall and coverage over reals.

    They are NaN where a number is not finite.

    Raises:
        SettingError: There are too few samples for a fifth nearest neighbour.
    """
    few = min(len(real), len(fake))
    if few <= NEAREST_FOR_DENSITY:
        raise SettingError(
            f"Precision and recall look at the {NEAREST} and density and coverage at the {NEAREST_FOR_DENSITY} nearest "
            f"neighbours of a sample, and there are {few} samples on a side; give at least {NEAREST_FOR_DENSITY + 1}."
        )
    if not finite(real, fake):
        return {name: Estimate(*[math.nan] * 4) for name in Manifold._fields}
    parts = _parts(real, fake, NEAREST, NEAREST_FOR_DENSITY)
    return {name: mean_estimate(part) for name, part in zip(Manifold._fields, parts, strict=True)}


def _parts(real: Tensor, fake: Tensor, nearest: int, nearest_for_density: int) -> tuple[Tensor, ...]:
    reals, fakes = quick(real, fake)
    return astuple(membership(reals, fakes, nearest, nearest_for_density))


def membership(real: Tensor, fake: Tensor, nearest: int, nearest_for_density: int) -> Membership:
    """Who lies among whom, of rows of reals (n, f) and fakes (m, f), in blocks of pairs."""
    deepest = max(nearest, nearest_for_density)
    among_reals = nearest_distances(real, real, deepest, within=True)
    among_fakes = nearest_distances(fake, fake, nearest, within=True)
    radius, wide_radius = (among_reals[:, min(k, among_reals.shape[1]) - 1] for k in (nearest, nearest_for_density))
    fake_radius = among_fakes[:, -1]
    precise = torch.zeros(len(fake), dtype=torch.bool)
    dense = torch.zeros(len(fake), dtype=torch.float64)
    recalled, covered = (torch.zeros(len(real), dtype=torch.bool) for _ in range(2))
    fakes = Others(fake)
    for start, part in blocks(real, len(fake)):
        own = slice(start, start + len(part))
        between = fakes.distances(part)
        wide = between <= wide_radius[own, None]
        precise |= (between <= radius[own, None]).any(0)
        recalled[own] = (between <= fake_radius).any(1)
        dense += wide.sum(0)
        covered[own] = wide.any(1)
    expected = max(1, min(nearest_for_density, len(real) - 1))
    return Membership(precise, recalled, dense / expected, covered)
