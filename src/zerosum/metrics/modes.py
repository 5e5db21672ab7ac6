"""Points of a known mixture: which modes are found, how many samples lie on one, and how alike the densities are."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.metrics.bootstrap import GROUPS, TIMES, Estimate, draws, estimate, grouped, mean_estimate
from zerosum.metrics.pairs import distances, finite, rows

FEWEST = 20
"""Good samples among 10,000 that make a mode found."""

REPETITIONS = 200
"""Of the bootstrap of the divergence, each of which counts all points anew."""

CELLS = 50
"""Of the grid, along each axis."""


class Modes(NamedTuple):
    """How a mixture was met.

    Attributes:
        found: Modes with at least 20 good samples among 10,000.
        total: Modes that there are.
        good: Share of samples within three standard deviations of a mode (Srivastava et al. 2017, Section 4.1).
    """

    found: int
    total: int
    good: float


def found_modes(fake: Tensor, centres: Tensor, sigma: float) -> Modes:
    """The modes that points (n, d) find, of round Gaussians around centres (k, d) with a standard deviation.

    A point far from all modes is not good; one that is not finite is neither good nor bad but a sign that something is
    wrong, and counts as not good.
    """
    known = rows(fake)
    known = known[known.isfinite().all(1)]
    if not len(known):
        return Modes(0, len(centres), 0.0)
    nearest = distances(known, rows(centres)).min(1)
    good = nearest.values <= 3 * sigma
    counts = torch.bincount(nearest.indices[good], minlength=len(centres))
    enough = FEWEST * len(fake) / 10_000
    return Modes(int((counts >= max(1.0, enough)).sum()), len(centres), float(good.sum()) / len(fake))


def mode_estimates(fake: Tensor, centres: Tensor, sigma: float) -> dict[str, Estimate]:
    """`found_modes` with intervals from drawing groups of points anew: the number found, and the share of good ones."""
    nearest = distances(rows(fake).nan_to_num(1e30, 1e30, 1e30), rows(centres)).min(1)
    good = nearest.values <= 3 * sigma
    group = grouped(len(fake))
    counts = torch.zeros(int(group[-1]) + 1, len(centres), dtype=torch.float64)
    counts.index_put_((group[good], nearest.indices[good]), torch.ones(1, dtype=torch.float64), accumulate=True)
    value, weights = found_modes(fake, centres, sigma), draws(len(counts), TIMES)
    enough = max(1.0, FEWEST * len(fake) / 10_000)
    met = ((weights @ counts) >= enough).double().sum(1)
    return {"modes": estimate(float(value.found), met), "good": mean_estimate(good)}


def divergence_estimate(a: Tensor, b: Tensor) -> Estimate:
    """`grid_divergence`, with an interval from drawing groups of points of `a` anew."""
    value = grid_divergence(a, b)
    if math.isnan(value) or len(a) < 2 * GROUPS:
        return estimate(value, torch.zeros(0))
    group = grouped(len(a))
    repetitions = [
        grid_divergence(a.repeat_interleave(often.long()[group], 0), b) for often in draws(GROUPS, REPETITIONS)
    ]
    return estimate(value, torch.tensor(repetitions, dtype=torch.float64))


def grid_divergence(a: Tensor, b: Tensor) -> float:
    """Jensen-Shannon divergence of two sets of points on a grid over both, in nats (Lin 1991, Equation 3.3).

    Args:
        a: Points, shape (n, 1) or (n, 2).
        b: Points of the other side, shape (m, 1) or (m, 2); the grid of 50 cells along each axis spans these and a
            tenth to each side. What of `a` lies outside counts as one more cell.

    Returns:
        From 0 to log 2. It is biased upwards, the more so the fewer points there are: compare with reals beside reals.

    Raises:
        SettingError: Points have more than two coordinates, which a grid would be too sparse for.
    """
    if a.shape[1] > 2:
        raise SettingError(
            f"A divergence on a grid is for points of one or two coordinates; these have {a.shape[1]}. Distances, "
            "precision and recall apply to them."
        )
    if not finite(a, b):
        return math.nan
    a, b = rows(a), rows(b)
    low, high = b.min(0).values, b.max(0).values
    reach = (high - low).clamp(min=1e-12)
    first, second = (_histogram((x - low) / reach) for x in (a, b))
    middle = (first + second) / 2
    return (_relative_entropy(first, middle) + _relative_entropy(second, middle)) / 2


def _histogram(x: Tensor) -> Tensor:
    """Shares of points, in units of the grid's span, in its cells and outside."""
    place = ((x + 0.1) / 1.2 * CELLS).floor().long()
    inside = ((place >= 0) & (place < CELLS)).all(1)
    cell = place[inside, 0] if x.shape[1] == 1 else place[inside, 0] * CELLS + place[inside, 1]
    counts = torch.bincount(cell, minlength=CELLS ** x.shape[1]).double()
    return torch.cat([counts, (~inside).sum()[None].double()]) / len(x)


def _relative_entropy(p: Tensor, q: Tensor) -> float:
    """Sum of p log(p / q), where 0 log 0 is 0."""
    return float(torch.xlogy(p, p).sum() - torch.xlogy(p, q).sum())
