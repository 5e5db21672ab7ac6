"""How far a measure would scatter with other samples: the bootstrap (Efron 1979), over groups of samples.

Groups and not single samples, because sums over a group are made once and then only weighted anew: a thousand
repetitions cost less than the measure itself. Samples must be in random order, since a group is a run of them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

GROUPS = 50
TIMES = 1000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value and how far chance may have moved it.

    Attributes:
        value: What was measured.
        low: Lower end of the bootstrap's 95 % interval; NaN where there are too few samples for one.
        high: Its upper end.
        error: Standard error: the standard deviation of the bootstrap's repetitions.
    """

    value: float
    low: float
    high: float
    error: float


def grouped(n: int, groups: int = GROUPS) -> Tensor:
    """The group of each of `n` samples, shape (n,): runs of nearly equal length, as many as there are samples for."""
    return torch.arange(n) * min(groups, n) // n


def draws(groups: int, times: int, seed: int = 0) -> Tensor:
    """How often each group is drawn in each repetition, shape (times, groups), float64; the same in every call."""
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randint(groups, (times, groups), generator=generator)
    return torch.zeros(times, groups, dtype=torch.float64).scatter_add_(
        1, chosen, torch.ones_like(chosen, dtype=torch.float64)
    )


def estimate(value: float, repetitions: Tensor) -> Estimate:
    """A value with the spread of its repetitions (times,).

    The interval lies about the value as the repetitions lie about their mean: drawing with replacement makes some
    measures, such as the Frechet distance, larger on average, which says nothing about the value.
    """
    if len(repetitions) < 2:
        return Estimate(value, *[float("nan")] * 3)
    around = repetitions.double() - repetitions.double().mean()
    tail = (1 - CONFIDENCE) / 2
    low, high = torch.quantile(around, torch.tensor([tail, 1 - tail], dtype=torch.float64)).tolist()
    return Estimate(value, value + low, value + high, float(around.std()))


def mean_estimate(contributions: Tensor, seed: int = 0) -> Estimate:
    """The mean of one number per sample (n,), with its spread over groups."""
    numbers = contributions.double()
    group = grouped(len(numbers))
    groups = int(group[-1]) + 1
    sums = torch.zeros(groups, dtype=torch.float64).index_add_(0, group, numbers)
    sizes = torch.bincount(group, minlength=groups).double()
    value = float(numbers.mean())
    if groups < 2:
        return estimate(value, numbers[:0])
    weights = draws(groups, TIMES, seed)
    return estimate(value, (weights @ sums) / (weights @ sizes))
