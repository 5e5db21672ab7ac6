"""Whether samples have what they were asked to have, as classifiers trained on real samples see it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from zerosum.metrics.bootstrap import Estimate, mean_estimate
from zerosum.metrics.classifier import standardised
from zerosum.metrics.pairs import rows


class Hits(NamedTuple):
    """How often properties are as asked: the mean over samples and properties, and the share of each property.

    Attributes:
        fake: Of generated samples, with an interval over samples.
        real: Of other real samples, which says how well the classifiers see.
        by_property: For each property, the shares of generated and of real samples.
    """

    fake: Estimate
    real: Estimate
    by_property: dict[str, tuple[float, float]]


def properties_of(names: Sequence[str]) -> dict[str, list[int]]:
    """Columns of each property: one of a plain attribute, several of "hair=red", "hair=black"."""
    found: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        found.setdefault(name.partition("=")[0], []).append(column)
    return found


def attribute_hits(
    names: Sequence[str], real: tuple[Tensor, Tensor], fake: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]
) -> Hits:
    """Train a classifier for each property on real samples, and ask it about generated ones and about other real ones.

    A property with several values is right where the value is, so that one that is rare counts no less. The classifiers
    are ridge regressions on the features.

    Args:
        names: Of the attributes.
        real: Features (n, f) and attributes (n, attributes), 0 or 1, of the samples that are learned from.
        fake: The same of generated samples, with what they were asked to have.
        other: The same of other real samples.
    """
    from sklearn.linear_model import RidgeClassifier

    learned, *asked = (x.numpy() for x in standardised(*(rows(side[0]) for side in (real, fake, other))))
    rights: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    by_property = {}
    for name, columns in properties_of(names).items():
        taught, *wanted = (_values(side[1][:, columns]) for side in (real, fake, other))
        if len(np.unique(taught)) < 2:
            continue
        classifier = RidgeClassifier(alpha=0.1 * len(learned)).fit(learned, taught)
        for found, features, truth in zip(rights, asked, wanted, strict=True):
            found.append(classifier.predict(features) == truth)
        by_property[name] = (float(rights[0][-1].mean()), float(rights[1][-1].mean()))
    fakes, reals = (mean_estimate(torch.from_numpy(np.stack(found).mean(0))) for found in rights)
    return Hits(fakes, reals, by_property)


def _values(columns: Tensor) -> np.ndarray:
    """Which value a property has, (n,), from columns (n, k) of 0 and 1: 0 where it has none, else 1 to k."""
    there = columns > 0.5
    return torch.where(there.any(1), there.int().argmax(1) + 1, 0).numpy()
