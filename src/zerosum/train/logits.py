"""What the discriminator answers, as histograms that can be laid beside each other: a look's own few numbers."""

import math

import torch
from torch import Tensor

BINS = 40
"""Of each histogram; an even number, so that the logit that parts real from fake is an edge."""

COVERED = 0.99
"""Share of the logits that lie between the outermost edges."""


def logit_histograms(middle: float, **logits: Tensor) -> dict[str, float | list[int]]:
    """Histograms of sets of logits, all with the same `BINS` bins.

    Bin i begins at middle + reach * (2 i / BINS - 1), where the one before ends; the first and the last also count what
    lies beyond. Answers that are not finite are not counted.

    Args:
        middle: The logit that parts real from fake.
        logits: Sets of logits, each of shape (n,), by name.

    Returns:
        "logit_middle" and "logit_reach", and "logits_NAME" with the counts of each set.
    """
    apart = {name: values.double().cpu() - middle for name, values in logits.items()}
    apart = {name: values[values.isfinite()] for name, values in apart.items()}
    reach = round_up(_most(torch.cat(list(apart.values())).abs()))
    counts = {f"logits_{name}": _counts(values / reach) for name, values in apart.items()}
    return {"logit_middle": middle, "logit_reach": reach, **counts}


def round_up(value: float) -> float:
    """The next of 1, 2 and 5 times a power of ten, so that a scale seldom changes from look to look; 1 for 0."""
    if value <= 0:
        return 1.0
    exponent = math.floor(math.log10(value))
    return next(number for factor in (1, 2, 5, 10) if (number := float(f"{factor}e{exponent}")) >= value)


def _most(distances: Tensor) -> float:
    """A distance that `COVERED` of them are below; 0 of none."""
    ordered = distances.sort().values
    return float(ordered[math.ceil(COVERED * len(ordered)) - 1]) if len(ordered) else 0.0


def _counts(places: Tensor) -> list[int]:
    """How many of some places between -1 and 1 lie in each bin."""
    bins = ((places + 1) * (BINS // 2)).floor().clamp(0, BINS - 1).long()
    return torch.bincount(bins, minlength=BINS).tolist()
