"""Classes: the distance within each, and what a classifier learns from generated samples and knows of them."""

import math
import time

import numpy as np
import torch
from torch import Tensor

from zerosum.drawing.page import Table
from zerosum.evaluation.comparison import Comparison, Metric, without_learners
from zerosum.evaluation.measure import Found, Measure
from zerosum.evaluation.sides import Side
from zerosum.metrics.classes import class_scores, distance_within_classes


def _classes(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    (real, real_labels), (fake, fake_labels), (other, other_labels) = (
        (features, _labels(side))
        for features, side in (
            (comparison.reals, comparison.sides.real),
            (comparison.fakes, comparison.fake),
            (comparison.others, comparison.sides.other),
        )
    )
    names = comparison.space.classes
    apart = distance_within_classes(real, real_labels, fake, fake_labels, len(names))
    floors = distance_within_classes(real, real_labels, other, other_labels, len(names))
    scores = class_scores((real, real_labels), (fake, fake_labels), (other, other_labels))
    seconds = time.perf_counter() - begin
    common = {"within": comparison.network.name, "n": comparison.n}
    measures = [
        Measure(
            metric="train-on-fake",
            title="accuracy on real samples of a classifier trained on generated ones",
            value=scores.on_real,
            floor=scores.ceiling,
            better="higher",
            seconds=seconds,
            **common,
        ),
        Measure(
            metric="train-on-real",
            title="accuracy on generated samples of a classifier trained on real ones",
            value=scores.on_fake,
            floor=scores.ceiling,
            better="higher",
            **common,
        ),
    ]
    if apart:
        measures.append(
            Measure(
                metric="intra-fd",
                title=f"mean Frechet distance within {len(apart)} classes",
                value=sum(apart.values()) / len(apart),
                floor=sum(floors[c] for c in apart if c in floors) / max(1, len(apart.keys() & floors.keys())),
                **common,
            )
        )
    counts = {c: min(int((real_labels == c).sum()), int((fake_labels == c).sum())) for c in apart}
    return Found(measures, (), (), [_table(comparison, apart, floors, counts)])


def _table(comparison: Comparison, apart: dict[int, float], floors: dict[int, float], counts: dict[int, int]) -> Table:
    """The distance within each class, the worst first."""
    names = comparison.space.classes
    rows = [
        (names[c], f"{counts[c]:,}", f"{distance:.1f}", f"{floors.get(c, math.nan):.1f}")
        for c, distance in sorted(apart.items(), key=lambda item: -item[1])
    ]
    text = (
        f"The Frechet distance within each class in {comparison.network.name}, the worst first. It depends on the "
        "number of samples: compare with its floor, and not with the other classes."
    )
    return Table("Classes", text, ("class", "samples", "distance", "floor"), rows)


def _labels(side: Side) -> Tensor:
    assert side.labels is not None, "the metric refuses samples without classes"
    return torch.from_numpy(np.asarray(side.labels))


def _needs_classes(comparison: Comparison) -> str | None:
    sides = (comparison.sides.real, comparison.sides.other, comparison.fake)
    if any(side.labels is None for side in sides):
        return "the samples have no classes"
    if comparison.dataset.space.classes != comparison.space.classes:
        return "the real samples have other classes than the model"
    return without_learners(comparison)


METRICS = (
    Metric("classes", "distance within classes, and what a classifier learns from samples", _needs_classes, _classes),
)
