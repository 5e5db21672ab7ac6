"""Whether fakes are copies of training samples, judged beside reals that training never saw."""

import math
from typing import NamedTuple

from torch import Tensor

from zerosum.metrics.pairs import distances, finite, rows
from zerosum.metrics.separation import area_under_curve

_RATIO = 1 / 3


class Copies(NamedTuple):
    """What speaks for copying.

    Attributes:
        share: Share of fakes with d1 / d2 < 1/3 less that of held-out reals: about 0 for healthy fakes, near 1 where
            all are copies.
        z: Standard normal where fakes are as far from the training set as held-out reals; below -3 they are copies,
            and above 3 they miss the data.
    """

    share: float
    z: float


class Originals:
    """Training samples that may have been copied, and reals that cannot have been: known once, asked about many fakes.

    Args:
        held_out: Features of reals that are not trained on, shape (n, f).
        train: Features of training samples, shape (t, f).
    """

    def __init__(self, held_out: Tensor, train: Tensor) -> None:
        self._finite = finite(held_out, train)
        self._train = rows(train)
        self._first, self._close = self._nearest(held_out)

    def copies(self, fake: Tensor) -> Copies:
        """What speaks for copying by fakes of features (m, f).

        The share is the ratio test of Yoon et al. 2023, "Diffusion probabilistic models generalize when they fail to
        memorize", where d1 and d2 are the distances from the nearest and the second nearest training sample. Held-out
        reals are our addition: some data lie so close together that they look like copies of each other. A sample whose
        d2 is 0 lies on duplicates in the training data, which says nothing about copying, so it does not count.
        z is the Mann-Whitney statistic of the distances d1 (Meehan et al. 2020, arXiv:2004.05675).
        """
        if not (self._finite and finite(fake)):
            return Copies(math.nan, math.nan)
        first, close = self._nearest(fake)
        m, n = len(first), len(self._first)
        z = (area_under_curve(first, self._first) - 0.5) * math.sqrt(12 * m * n / (m + n + 1))
        return Copies(close - self._close, z)

    def _nearest(self, x: Tensor) -> tuple[Tensor, float]:
        """Distance of each sample from the nearest training sample, and the share with a small d1 / d2."""
        between = distances(rows(x), self._train)
        if len(self._train) < 2:
            return between.min(1).values, 0.0
        first, second = between.topk(2, dim=1, largest=False).values.unbind(1)
        return first, (first < _RATIO * second).double().mean().item()
