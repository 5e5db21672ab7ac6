"""Whether fakes are copies of training samples, judged beside reals that training never saw."""

import math

from torch import Tensor

from zerosum.metrics.pairs import distances, finite, rows
from zerosum.metrics.separation import area_under_curve

_RATIO = 1 / 3


def copy_share(fake: Tensor, held_out: Tensor, train: Tensor) -> float:
    """Share of fakes with d1 / d2 < 1/3 less that of held-out reals (the ratio of Yoon et al. 2023).

    d1 and d2 are the distances from the nearest and the second nearest training sample. Held-out reals are our addition
    to "Diffusion probabilistic models generalize when they fail to memorize": some data lie so close together that they
    look like copies of each other. A sample whose d2 is 0 lies on duplicates in the training data, which says
    nothing about copying, so it does not count.

    Args:
        fake: Features, shape (m, f).
        held_out: Features of reals that are not trained on, shape (n, f).
        train: Features of training samples, shape (t, f).

    Returns:
        About 0 for healthy fakes, near 1 where all are copies.
    """
    if not finite(fake, held_out, train):
        return math.nan
    if len(train) < 2:
        return 0.0
    train = rows(train)
    return _share(rows(fake), train) - _share(rows(held_out), train)


def copying_z(fake: Tensor, held_out: Tensor, train: Tensor) -> float:
    """Mann-Whitney z of the distances from the training set (Meehan et al. 2020, arXiv:2004.05675).

    Args:
        fake: Features, shape (m, f).
        held_out: Features of reals that are not trained on, shape (n, f).
        train: Features of training samples, shape (t, f).

    Returns:
        Standard normal where fakes are as far from the training set as held-out reals; below -3 they are copies, and
        above 3 they miss the data.
    """
    if not finite(fake, held_out, train):
        return math.nan
    train = rows(train)
    of_fakes, of_reals = (distances(rows(x), train).min(1).values for x in (fake, held_out))
    m, n = len(of_fakes), len(of_reals)
    return (area_under_curve(of_fakes, of_reals) - 0.5) * math.sqrt(12 * m * n / (m + n + 1))


def _share(x: Tensor, train: Tensor) -> float:
    first, second = distances(x, train).topk(2, dim=1, largest=False).values.unbind(1)
    return (first < _RATIO * second).double().mean().item()
