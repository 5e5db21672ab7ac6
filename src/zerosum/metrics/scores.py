"""Scores that a classifier gives: how sure and how varied it finds generated samples."""

import math

import torch
from torch import Tensor

from zerosum.metrics.bootstrap import GROUPS, TIMES, Estimate, draws, estimate, grouped
from zerosum.metrics.pairs import finite


def inception_score(logits: Tensor) -> Estimate:
    """Exp E KL(p(y | x) || p(y)) of a classifier's logits (n, classes) for fakes (Salimans et al. 2016, Section 4).

    Returns:
        From 1 to the number of classes. It knows nothing of the reals and rewards a generator of one good sample a
        class; Barratt and Sharma 2018 say what else it misses.
    """
    if not finite(logits):
        return Estimate(*[math.nan] * 4)
    log_given = logits.detach().to("cpu", torch.float64).log_softmax(1)
    given = log_given.exp()
    group = grouped(len(given))
    groups = int(group[-1]) + 1
    negative_entropy = (given * log_given).sum(1)
    # E KL(p(y|x) || p(y)) = H(y) - E H(y|x), and both come from sums over groups.
    sums = torch.zeros(groups, given.shape[1], dtype=torch.float64).index_add_(0, group, given)
    entropies = torch.zeros(groups, dtype=torch.float64).index_add_(0, group, negative_entropy)
    sizes = torch.bincount(group, minlength=groups).double()

    def score(weights: Tensor) -> Tensor:
        counted = weights @ sizes
        marginal = (weights @ sums) / counted[:, None]
        return ((weights @ entropies) / counted - torch.xlogy(marginal, marginal).sum(1)).exp()

    value = float(score(torch.ones(1, groups, dtype=torch.float64)))
    return estimate(value, score(draws(groups, TIMES)) if groups == GROUPS else torch.zeros(0))
