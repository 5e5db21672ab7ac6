"""Whether each class is met, and not only all of them together."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from zerosum.metrics.bootstrap import Estimate, mean_estimate
from zerosum.metrics.classifier import standardised
from zerosum.metrics.frechet import frechet_distance
from zerosum.metrics.pairs import finite, rows

FEWEST = 10
"""Samples of a class, on each side, below which nothing is said of it."""


class ClassScores(NamedTuple):
    """What a classifier learns from one side and knows of the other, each with an interval over what it was asked.

    Attributes:
        on_real: Accuracy on reals of one that was trained on fakes: low where fakes lack what classes look like.
        on_fake: Accuracy on fakes of one that was trained on reals: low where fakes are not of their class.
        ceiling: Accuracy on reals of one that was trained on other reals.
    """

    on_real: Estimate
    on_fake: Estimate
    ceiling: Estimate


def distance_within_classes(
    real: Tensor, real_labels: Tensor, fake: Tensor, fake_labels: Tensor, sizes: Mapping[int, int]
) -> dict[int, float]:
    """The Frechet distance of each class, by its index (intra-FID: Miyato and Koyama 2018, Section 4.1).

    The distance depends on how many samples there are, so that it is said of how many; classes with fewer than 10 are
    left out.

    Args:
        real: Features, shape (n, f).
        real_labels: Classes of the reals, shape (n,).
        fake: Features, shape (m, f).
        fake_labels: Classes of the fakes, shape (m,).
        sizes: How many samples of each class to compare, the first ones; at most as many as each side has.
    """
    found = {}
    for label, size in sizes.items():
        if size >= FEWEST:
            found[label] = frechet_distance(fake[fake_labels == label][:size], real[real_labels == label][:size])
    return found


def class_scores(real: tuple[Tensor, Tensor], fake: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> ClassScores:
    """Classification accuracy scores (Ravuri and Vinyals 2019, Section 3), both ways.

    The classifier is ridge regression on the features, which takes a second where a network would take hours.

    Args:
        real: Features (n, f) and classes (n,) of reals.
        fake: The same of fakes.
        other: The same of other reals, which say what could be reached.
    """
    if not finite(real[0], fake[0], other[0]):
        return ClassScores(*[Estimate(*[math.nan] * 4)] * 3)
    features = standardised(*(rows(side[0]) for side in (real, fake, other)))
    sides = (real, fake, other)
    reals, fakes, others = ((x.numpy(), side[1].cpu().numpy()) for x, side in zip(features, sides, strict=True))
    return ClassScores(_accuracy(fakes, reals), _accuracy(reals, fakes), _accuracy(others, reals))


def _accuracy(train: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray]) -> Estimate:
    """Accuracy on one set of a classifier that was trained on the other."""
    from sklearn.linear_model import RidgeClassifier

    labels = np.unique(train[1])
    if len(labels) == 1:
        answers = np.full(len(test[1]), labels[0])
    else:
        answers = RidgeClassifier(alpha=0.1 * len(train[0])).fit(*train).predict(test[0])
    return mean_estimate(torch.from_numpy(answers == test[1]))
