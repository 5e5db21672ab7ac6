"""Whether samples are what the words say: is their own caption among the best matches of many?"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import normalize

from zerosum.metrics.bootstrap import Estimate, mean_estimate
from zerosum.metrics.classifier import standardised
from zerosum.metrics.pairs import rows

CAPTIONS, FIRST = 100, 10
"""A sample's own caption is to be among the first 10 of 100."""

REPEATS = 10
"""Draws of the 99 other captions for each sample."""


class Pairs(NamedTuple):
    """Features of samples (n, f) and the encodings of their captions (n, d)."""

    features: Tensor
    captions: Tensor


def retrieval(learned: Pairs, asked: Pairs, others: Tensor) -> Estimate:
    """The share of samples whose own caption is among the first 10 of 100, as a matcher of real pairs ranks them.

    The matcher is a ridge regression from features to encodings; what it says of a sample is compared with each caption
    by the cosine, both measured from the mean caption. By chance 10 % of captions come so far. The protocol is that of
    R-precision in Xu et al. 2018 (arXiv:1711.10485), Section 4, with ten chances in place of one.

    Args:
        learned: Real pairs.
        asked: Samples, and the captions that they should match.
        others: Encodings of other captions (m, d) to draw 99 of, each time; the same caption counts no second time.
    """
    known, given = standardised(*(rows(pairs.features) for pairs in (learned, asked)))
    middle = learned.captions.double().mean(0)
    weights = _ridge(known, learned.captions.double() - middle)
    said = normalize(given @ weights, dim=1)
    own, pool = (normalize(captions.double() - middle, dim=1) for captions in (asked.captions, others))
    near, among = (said * own).sum(1), said @ pool.T
    among[own @ pool.T > 1 - 1e-6] = -torch.inf
    generator, hits = torch.Generator().manual_seed(0), []
    for _ in range(REPEATS):
        drawn = torch.rand(among.shape, generator=generator).argsort(1)[:, : CAPTIONS - 1]
        hits.append((among.gather(1, drawn) >= near[:, None]).sum(1) < FIRST)
    return mean_estimate(torch.stack(hits).double().mean(0))


def _ridge(features: Tensor, targets: Tensor) -> Tensor:
    """Weights (f, d) of the regression of centred targets (n, d) on standardised features (n, f), with penalty n."""
    n, f = features.shape
    if f <= n:
        return torch.linalg.solve(features.T @ features + n * torch.eye(f), features.T @ targets)
    return features.T @ torch.linalg.solve(features @ features.T + n * torch.eye(n), targets)
