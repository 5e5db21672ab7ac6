"""How well one number per sample, such as a discriminator's logit, tells reals from fakes."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from zerosum.metrics.bootstrap import Estimate, estimate
from zerosum.metrics.pairs import finite

REPETITIONS = 200
"""Of the bootstrap of an area: each sorts all numbers anew."""


def area_under_curve(on_real: Tensor, on_fake: Tensor) -> float:
    """P(real > fake) + P(real = fake) / 2, the area under the ROC curve (Hanley and McNeil 1982, Section II).

    Args:
        on_real: Logits of reals, shape (n,).
        on_fake: Logits of fakes, shape (m,).

    Returns:
        1 where every real has the larger logit, 0.5 where the logits tell nothing.
    """
    if not finite(on_real, on_fake):
        return math.nan
    on_real, ordered = (x.detach().to("cpu", torch.float64).contiguous() for x in (on_real, on_fake))
    ordered = ordered.sort().values
    below = torch.searchsorted(ordered, on_real)
    below_or_equal = torch.searchsorted(ordered, on_real, right=True)
    return (below + below_or_equal).double().mean().item() / (2 * len(ordered))


def area_estimate(folds: Sequence[tuple[Tensor, Tensor]], seed: int = 0) -> Estimate:
    """The mean of `area_under_curve` over folds, with its interval from drawing both sides of each anew.

    Args:
        folds: Numbers of reals (n,) and of fakes (m,), those of each fold from a classifier of its own, so that they
            cannot be thrown together.
        seed: Of the draws.
    """
    generator = torch.Generator().manual_seed(seed)

    def drawn(x: Tensor) -> Tensor:
        return x[torch.randint(len(x), (len(x),), generator=generator)]

    value = sum(area_under_curve(*fold) for fold in folds) / len(folds)
    repetitions = [
        sum(area_under_curve(drawn(on_real), drawn(on_fake)) for on_real, on_fake in folds) / len(folds)
        for _ in range(REPETITIONS if math.isfinite(value) else 0)
    ]
    return estimate(value, torch.tensor(repetitions, dtype=torch.float64))


def binomial_band(n: int, sigmas: float = 2.0) -> tuple[float, float]:
    """0.5 -+ sigmas / (2 sqrt(n)): accuracies that chance gives (Lopez-Paz and Oquab 2017, Section 3).

    Args:
        n: On how many samples, of both sides together, the accuracy is measured.
        sigmas: Half the width, in standard deviations.

    Returns:
        The lower and the upper end, within 0 and 1.
    """
    half = min(0.5, sigmas / (2 * math.sqrt(max(1, n))))
    return 0.5 - half, 0.5 + half
