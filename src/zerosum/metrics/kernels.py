"""Squared maximum mean discrepancy of two sets of samples, for any kernel, in blocks of pairs.

MMD^2 = E k(X, X') + E k(Y, Y') - 2 E k(X, Y) (Gretton et al. 2012, Equation 3, as a U-statistic): the kernel distance,
the energy distance and CMMD are this with three kernels.
"""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from zerosum.metrics.bootstrap import GROUPS, TIMES, Estimate, draws, estimate, grouped
from zerosum.metrics.pairs import blocks, distances, finite, quick

Kernel = Callable[[Tensor, Tensor], Tensor]
"""Two sets of rows (n, f) and (m, f) to one number per pair (n, m)."""


def cubic(a: Tensor, b: Tensor) -> Tensor:
    """(x.y / f + 1)^3, the kernel of KID (Binkowski et al. 2018, Section 4)."""
    base = torch.addmm(a.new_ones(1), a, b.T, alpha=1 / a.shape[1])
    return (base * base).mul_(base)  # the general power is many times slower


def negative_distance(a: Tensor, b: Tensor) -> Tensor:
    """-|x - y|, with which the discrepancy is the energy distance (Sejdinovic et al. 2013, Theorem 22)."""
    return -distances(a, b)


def gaussian(a: Tensor, b: Tensor, width: float = 10.0) -> Tensor:
    """exp(-|x - y|^2 / (2 width^2)), the kernel of CMMD (Jayasumana et al. 2024, Section 4), whose width is 10."""
    return (distances(a, b).square_() / (-2 * width**2)).exp_()


def discrepancy(a: Tensor, b: Tensor, kernel: Kernel) -> float:
    """The unbiased squared discrepancy of samples (n, f) and (m, f); NaN where a number is not finite."""
    if not finite(a, b):
        return math.nan
    return _value(*_sums(a, b, kernel))


def discrepancy_estimate(a: Tensor, b: Tensor, kernel: Kernel) -> Estimate:
    """The unbiased squared discrepancy of samples (n, f) and (m, f), with its standard error and interval.

    Pairs of a sample with itself stay out of the repetitions too, so these are as unbiased as the value.
    """
    if not finite(a, b):
        return Estimate(*[math.nan] * 4)
    within_a, within_b, between, sizes = _sums(a, b, kernel)
    value = _value(within_a, within_b, between, sizes)
    if min(len(a), len(b)) < 2 * GROUPS:
        return estimate(value, torch.zeros(0))
    weights = [draws(len(within), TIMES, seed) for seed, within in enumerate((within_a, within_b))]
    return estimate(value, _statistic(within_a, within_b, between, sizes, *weights))


def _sums(a: Tensor, b: Tensor, kernel: Kernel) -> tuple[Tensor, Tensor, Tensor, tuple[Tensor, Tensor]]:
    """The kernel summed over pairs of groups: within a, within b, between; and how many samples each group has."""
    a, b = quick(a, b)
    group_a, group_b = (grouped(len(x)) for x in (a, b))
    summed = partial(_grouped_sums, kernel=kernel)
    sizes = torch.bincount(group_a).double(), torch.bincount(group_b).double()
    return (
        summed(a, a, group_a, group_a, within=True),
        summed(b, b, group_b, group_b, within=True),
        summed(a, b, group_a, group_b, within=False),
        sizes,
    )


def _grouped_sums(a: Tensor, b: Tensor, group_a: Tensor, group_b: Tensor, kernel: Kernel, within: bool) -> Tensor:
    """Sums over pairs of groups, shape (groups of a, groups of b), without pairs of a sample with itself."""
    member = torch.zeros(len(b), int(group_b[-1]) + 1, dtype=b.dtype)
    member[torch.arange(len(b)), group_b] = 1
    sums = torch.zeros(int(group_a[-1]) + 1, member.shape[1], dtype=torch.float64)
    for start, part in blocks(a, len(b)):
        end = start + len(part)
        if within:
            values = kernel(part, part)
            values.diagonal().zero_()
            sums.index_add_(0, group_a[start:end], (values @ member[start:end]).double())
        # Of pairs within one set the half that comes later is enough: kernels are symmetric.
        first = end if within else 0
        later = (kernel(part, b[first:]) @ member[first:]).double()
        sums.index_add_(0, group_a[start:end], later)
        if within:
            mirrored = torch.zeros_like(sums).index_add_(0, group_a[start:end], later)
            sums += mirrored.T
    return sums


def _value(within_a: Tensor, within_b: Tensor, between: Tensor, sizes: tuple[Tensor, Tensor]) -> float:
    """The statistic where each group counts once."""
    everyone = [torch.ones(1, len(within), dtype=torch.float64) for within in (within_a, within_b)]
    return float(_statistic(within_a, within_b, between, sizes, *everyone))


def _statistic(
    within_a: Tensor,
    within_b: Tensor,
    between: Tensor,
    sizes: tuple[Tensor, Tensor],
    weights_a: Tensor,
    weights_b: Tensor,
) -> Tensor:
    """The statistic where groups count as often as the weights (times, groups) say, shape (times,)."""
    counted_a, counted_b = weights_a @ sizes[0], weights_b @ sizes[1]
    crossed = ((weights_a @ between) * weights_b).sum(1) / (counted_a * counted_b)
    return _mean_of_pairs(within_a, sizes[0], weights_a) + _mean_of_pairs(within_b, sizes[1], weights_b) - 2 * crossed


def _mean_of_pairs(within: Tensor, sizes: Tensor, weights: Tensor) -> Tensor:
    """Mean over pairs of two different samples; 0 where there is only one sample."""
    # Copies of one group are pairs with itself, so a group meets itself as often as it is drawn, and not squared.
    own = within.diagonal()
    total = ((weights @ within) * weights).sum(1) - (weights.square() @ own) + weights @ own
    pairs = (weights @ sizes).square() - weights.square() @ sizes.square() + weights @ (sizes * (sizes - 1))
    return total / pairs.clamp(min=1)
