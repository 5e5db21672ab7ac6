"""The likelihood of real samples under a Parzen window on generated ones: the figure that the 2014 paper reports."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.metrics.pairs import blocks, distances, finite, rows

SIGMAS = tuple(10 ** (-1 + number / 9) for number in range(10))
"""Ten widths from 0.1 to 1 in equal factors, as published."""

VALIDATED = 1000
"""Samples that the width is chosen on, as published."""


@dataclass(frozen=True)
class Likelihood:
    """What a Parzen window says.

    Attributes:
        mean: Mean log-likelihood of a test sample, in nats.
        error: Its standard error over the test samples.
        sigma: The width that suits the validation samples best.
        curve: Mean log-likelihood of the validation samples at each of `sigmas`.
        sigmas: The widths that were tried.
        fakes: How many generated samples the window lies on.
        tested: How many real samples it was asked about.
    """

    mean: float
    error: float
    sigma: float
    curve: tuple[float, ...]
    sigmas: tuple[float, ...]
    fakes: int
    tested: int


def parzen_likelihood(fake: Tensor, validation: Tensor, test: Tensor, sigmas: Sequence[float] = SIGMAS) -> Likelihood:
    """Fit a Gaussian Parzen window to fakes and report the likelihood of reals (Goodfellow et al. 2014, Section 5).

    The width is the one of `sigmas` that makes the first 1,000 validation samples likeliest. Numbers are taken as they
    are: the paper's pictures lie in [0, 1]. Its variance is high and it says little of quality in many dimensions
    (Theis et al. 2016, Section 3.2), so it is reported beside the paper's and not chosen by.

    Args:
        fake: Generated samples, shape (m, d).
        validation: Reals, shape (v, d).
        test: Other reals, shape (n, d).
        sigmas: Widths to try.

    Raises:
        SettingError: A number is not finite.
    """
    if not finite(fake, validation, test):
        raise SettingError("A likelihood needs finite numbers, and some samples have others. Leave those samples out.")
    fake, validation, test = rows(fake), rows(validation)[:VALIDATED], rows(test)
    curve = log_densities(fake, validation, sigmas).mean(1)
    best = int(curve.argmax())
    tested = log_densities(fake, test, [sigmas[best]])[0]
    return Likelihood(
        mean=float(tested.mean()),
        error=float(tested.std(correction=0)) / math.sqrt(len(tested)),
        sigma=sigmas[best],
        curve=tuple(curve.tolist()),
        sigmas=tuple(sigmas),
        fakes=len(fake),
        tested=len(test),
    )


def log_densities(centres: Tensor, x: Tensor, sigmas: Sequence[float]) -> Tensor:
    """Log of the mean of N(x; centre, sigma^2) over all centres (m, d), for rows x (n, d), shape (sigmas, n)."""
    dimensions = centres.shape[1]
    found = torch.empty(len(sigmas), len(x), dtype=torch.float64)
    for start, part in blocks(x, len(centres)):
        squares = distances(part, centres).square_()
        for row, sigma in zip(found, sigmas, strict=True):
            row[start : start + len(part)] = (squares / (-2 * sigma**2)).logsumexp(1)
    volume = [dimensions * math.log(sigma * math.sqrt(2 * math.pi)) for sigma in sigmas]
    return found - torch.tensor(volume, dtype=torch.float64)[:, None] - math.log(len(centres))
