"""Whether fakes are copies of training samples, judged beside reals that training never saw."""

import math
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from zerosum.metrics.pairs import finite, nearest_neighbours, rows
from zerosum.metrics.separation import area_under_curve

_RATIO = 1 / 3

NEIGHBOURS = 3
"""Training samples that are shown beside a sample."""

CELL = 60
"""Held-out samples that a cell of the three-sample test has on average, at least."""

MOST_CELLS = 10

OCCUPIED = 20
"""Samples of each sort that a cell needs to count: the ranks of fewer are far from normal."""


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


class ThreeSamples(NamedTuple):
    """The three-sample test of Meehan et al. 2020.

    Attributes:
        statistic: C_T: about 0 where nothing is copied, with a deviation of about one over the root of `cells`, because
            it is a mean of so many z; far below 0 where training samples are copied.
        cells: Parts of the space that counted.
        worst: The lowest z of a part: copying may be local.
    """

    statistic: float
    cells: int
    worst: float


class Originals:
    """Training samples that may have been copied, and reals that cannot have been: known once, asked about many fakes.

    Args:
        held_out: Features of reals that are not trained on, shape (n, f).
        train: Features of training samples, shape (t, f).
        mirrored: Features of the held-out reals mirrored, shape (n, f), where training mirrored its samples.
    """

    def __init__(self, held_out: Tensor, train: Tensor, mirrored: Tensor | None = None) -> None:
        self.train = rows(train)
        self.held_out = Placed(held_out, self.train, mirrored)

    def suspects(self, fake: Tensor, mirrored: Tensor | None = None) -> "Suspects":
        """Fakes of features (m, f), and those of the same fakes mirrored, to be asked about."""
        return Suspects(Placed(fake, self.train, mirrored), self)

    @cached_property
    def centres(self) -> Tensor:
        """Centres of the parts that the three-sample test looks at one by one, shape (cells, f)."""
        return cells(self.train, max(1, min(MOST_CELLS, len(self.held_out.x) // CELL)))


class Placed:
    """Samples and the training samples nearest to them; mirrored ones count the way round that is nearer to any.

    Attributes:
        x: Features of the samples, shape (n, f).
        distances: From the nearest training samples, ascending, shape (n, 3); fewer columns where there are fewer.
        numbers: Which training samples these are, shape (n, 3).
        finite: Whether all features are.
    """

    def __init__(self, x: Tensor, train: Tensor, mirrored: Tensor | None = None) -> None:
        self.x = rows(x)
        self.distances, self.numbers = nearest_neighbours(self.x, train, NEIGHBOURS)
        self.finite = finite(x, train)
        if mirrored is not None:
            turned = rows(mirrored)
            distances, numbers = nearest_neighbours(turned, train, NEIGHBOURS)
            nearer = distances[:, :1] < self.distances[:, :1]
            self.x = torch.where(nearer, turned, self.x)
            self.distances = torch.where(nearer, distances, self.distances)
            self.numbers = torch.where(nearer, numbers, self.numbers)

    @property
    def first(self) -> Tensor:
        """Distance from the nearest training sample, shape (n,)."""
        return self.distances[:, 0]

    @property
    def close(self) -> float:
        """Share with a d1 that is small beside d2, the distances from the nearest and the second nearest."""
        if self.distances.shape[1] < 2:
            return 0.0
        return (self.first < _RATIO * self.distances[:, 1]).double().mean().item()


@dataclass(frozen=True)
class Suspects:
    """Fakes that may be copies.

    Attributes:
        placed: Where they are beside the training samples.
        originals: What they may be copies of.
    """

    placed: Placed
    originals: Originals

    def copies(self) -> Copies:
        """What speaks for copying.

        The share is the ratio test of Yoon et al. 2023, "Diffusion probabilistic models generalize when they fail to
        memorize", where d1 and d2 are the distances from the nearest and the second nearest training sample. Held-out
        reals are our addition: some data lie so close together that they look like copies of each other. A sample whose
        d2 is 0 lies on duplicates in the training data, which says nothing about copying, so it does not count.
        z is the Mann-Whitney statistic of the distances d1 (Meehan et al. 2020, arXiv:2004.05675).
        """
        held_out = self.originals.held_out
        if not (self.placed.finite and held_out.finite):
            return Copies(math.nan, math.nan)
        return Copies(self.placed.close - held_out.close, mann_whitney(self.placed.first, held_out.first))

    def three_samples(self) -> ThreeSamples:
        """C_T: the Mann-Whitney statistic in each cell of the space, weighted by held-out reals (Meehan et al. 2020).

        Their Section 4. The cells come from k-means on the training samples; a cell counts if there are at least 20
        fakes and 20 held-out reals in it. NaN where no cell does.
        """
        held_out = self.originals.held_out
        if not (self.placed.finite and held_out.finite):
            return ThreeSamples(math.nan, 0, math.nan)
        centres = self.originals.centres
        of_fakes, of_held = (nearest_neighbours(side.x, centres, 1)[1][:, 0] for side in (self.placed, held_out))
        found: list[tuple[int, float]] = []
        for cell in range(len(centres)):
            here, held = of_fakes == cell, of_held == cell
            if min(int(here.sum()), int(held.sum())) >= OCCUPIED:
                found.append((int(held.sum()), mann_whitney(self.placed.first[here], held_out.first[held])))
        if not found:
            return ThreeSamples(math.nan, 0, math.nan)
        statistic = sum(size * z for size, z in found) / sum(size for size, _ in found)
        return ThreeSamples(statistic, len(found), min(z for _, z in found))

    def authentic(self) -> tuple[Tensor, Tensor]:
        """Whether each fake, and each held-out real, is authentic (Alaa et al. 2022, Section 3.3); shapes (m,), (n,).

        A sample is not authentic if it is nearer to its nearest training sample than that one is to any other training
        sample. Held-out reals show what the share is without copying.
        """
        train, held_out = self.originals.train, self.originals.held_out
        if not (self.placed.finite and held_out.finite) or len(train) < 2:
            return torch.full((1,), math.nan), torch.full((1,), math.nan)
        found = []
        for side in (self.placed, held_out):
            asked, which = side.numbers[:, 0].unique(return_inverse=True)
            # The nearest is the sample itself, or a twin of it at the same distance.
            apart = nearest_neighbours(train[asked], train, 2)[0][:, 1]
            found.append((side.first > apart[which]).double())
        return found[0], found[1]


def mann_whitney(first: Tensor, second: Tensor) -> float:
    """The Mann-Whitney U of two sets of numbers as a z, below 0 where the first are smaller (Mann and Whitney 1947)."""
    m, n = len(first), len(second)
    return (area_under_curve(first, second) - 0.5) * math.sqrt(12 * m * n / (m + n + 1))


def cells(x: Tensor, count: int) -> Tensor:
    """Centres of `count` parts of samples (n, f), by k-means, the same in every call, shape (count, f).

    There are fewer where there are fewer samples, and some that no sample is nearest to where many are the same.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    count = min(count, len(x))
    if count == 1:
        return x.mean(0, keepdim=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # that there are duplicates
        found = KMeans(count, random_state=0, max_iter=50).fit(x.numpy())
    return torch.from_numpy(found.cluster_centers_).double()
