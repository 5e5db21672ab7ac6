"""A fresh classifier between reals and fakes: what a discriminator's accuracy should be checked against."""

import math

import torch
from torch import Tensor

from zerosum.metrics.pairs import finite, rows

_FEW = 32  # below so many features, a linear boundary cannot enclose a mode
_WAVES = 200
_OCTAVES = 5  # of wavelengths: from the whole set to the width of one of a toy's modes
_FARTHEST = 10.0  # standard deviations
_RIDGE = 0.1  # of the mean variance; anything from 0.03 to 1 tells apart much the same


def two_sample_accuracy(real: Tensor, fake: Tensor) -> float:
    """Held-out accuracy of a new classifier of reals and fakes (Lopez-Paz and Oquab 2017, Equation 2).

    The classifier is Fisher's linear discriminant with a ridge, in closed form. Fewer than 32 features are first
    expanded to random waves of several lengths (Rahimi and Recht 2007, Algorithm 1). A random half of each side trains,
    the other tests; then they change places.

    Args:
        real: Features, shape (n, f), at least 2 samples.
        fake: Features, shape (m, f), at least 2 samples.

    Returns:
        Mean of the accuracies on reals and on fakes: about 0.5 where nothing tells them apart, 1 where all does. It
        scatters a quarter more than `separation.binomial_band(n + m)` says, because the two halves share their
        classifiers' samples. A single sample on a side gives 0.5.
    """
    if not finite(real, fake):
        return math.nan
    real, fake = rows(real), rows(fake)
    if min(len(real), len(fake)) < 2:
        return 0.5
    (real, new_real), (fake, new_fake) = (_halves(x) for x in _expanded(standardised(real, fake)))
    return (_accuracy(real, fake, new_real, new_fake) + _accuracy(new_real, new_fake, real, fake)) / 2


def _halves(x: Tensor) -> tuple[Tensor, Tensor]:
    """Samples (n, f) in two random halves, the same in every call; a period in their order must not part them."""
    x = x[torch.randperm(len(x), generator=torch.Generator().manual_seed(0))]
    return x[::2], x[1::2]


def _accuracy(real: Tensor, fake: Tensor, new_real: Tensor, new_fake: Tensor) -> float:
    """Train on the first pair of (n, f) and test on the second."""
    middle, step = (real.mean(0) + fake.mean(0)) / 2, real.mean(0) - fake.mean(0)
    within = (_covariance(real) + _covariance(fake)) / 2
    within.diagonal().add_(_RIDGE * within.diagonal().mean() + 1e-6)
    direction = torch.cholesky_solve(step[:, None], torch.linalg.cholesky(within))[:, 0]
    on_real, on_fake = (((x - middle) @ direction).sign().mean().item() for x in (new_real, new_fake))
    # The mean of signs counts a draw as half right.
    return 0.5 + (on_real - on_fake) / 4


def standardised(real: Tensor, *others: Tensor) -> list[Tensor]:
    """All in units of the reals' spread; a feature that never changes among reals is measured from it as it is."""
    center, spread = real.mean(0), real.std(0)
    spread = torch.where(spread > 1e-6 * (1 + center.abs()), spread, 1.0)
    # Cut off, because a few samples that ran away would make all the others look alike.
    return [((x - center) / spread).clamp(-_FARTHEST, _FARTHEST) for x in (real, *others)]


def _expanded(samples: list[Tensor]) -> list[Tensor]:
    features = samples[0].shape[1]
    if features >= _FEW:
        return samples
    generator = torch.Generator().manual_seed(0)  # the same waves in every call
    octaves = 2 ** (torch.arange(_WAVES) % _OCTAVES).double()
    waves = torch.randn(features, _WAVES, dtype=torch.float64, generator=generator) * octaves / math.sqrt(features)
    phases = 2 * math.pi * torch.rand(_WAVES, dtype=torch.float64, generator=generator)
    return [torch.cat([(x @ waves + phases).cos(), x], 1) for x in samples]


def _covariance(x: Tensor) -> Tensor:
    centred = x - x.mean(0)
    return centred.T @ centred / max(1, len(x) - 1)
