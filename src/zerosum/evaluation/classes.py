"""Classes: the distance within each, and what a classifier learns from generated samples and knows of them."""

import math
import time

import numpy as np
import torch
from torch import Tensor

from zerosum.drawing.page import Table
from zerosum.evaluation.comparison import Comparison, Metric, without_learners
from zerosum.evaluation.measure import Found, Measure, Verdict
from zerosum.evaluation.sides import Side
from zerosum.metrics.classes import FEWEST, class_scores, distance_within_classes


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
    sides = [(real, real_labels), (fake, fake_labels), (other, other_labels)]
    sizes = {c: min(int((labels == c).sum()) for _, labels in sides) for c in range(len(names))}
    apart = distance_within_classes(real, real_labels, fake, fake_labels, sizes)
    floors = distance_within_classes(real, real_labels, other, other_labels, sizes)
    scores = class_scores(sides[0], sides[1], sides[2])
    seconds = time.perf_counter() - begin
    common = {"within": comparison.network.name, "n": comparison.n, "better": "higher", "floor": scores.ceiling.value}
    measures = [
        Measure.of(
            scores.on_real,
            metric="train-on-fake",
            title="accuracy on real samples of a classifier trained on generated ones",
            seconds=seconds,
            **common,
        ),
        Measure.of(
            scores.on_fake,
            metric="train-on-real",
            title="accuracy on generated samples of a classifier trained on real ones",
            **common,
        ),
    ]
    if apart:
        measures.append(
            Measure(
                metric="intra-fd",
                title=f"mean Frechet distance within {len(apart)} classes",
                within=comparison.network.name,
                n=comparison.n,
                settings=f"{min(sizes[c] for c in apart)} to {max(sizes[c] for c in apart)} a class",
                value=sum(apart.values()) / len(apart),
                floor=sum(floors.values()) / len(floors),
            )
        )
    missing = [names[c] for c, size in sizes.items() if size < FEWEST <= int((real_labels == c).sum())]
    text = f"Hardly any generated samples of {len(missing)} of {len(names)} classes: {', '.join(missing[:10])}."
    verdicts = [Verdict("classes", "bad", text)] if missing else []
    return Found(measures, verdicts, (), [_table(comparison, apart, floors, sizes)])


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
    if any(side.labels is None for side in comparison.parts):
        return "the samples have no classes"
    if comparison.dataset.space.classes != comparison.space.classes:
        return "the real samples have other classes than the model"
    return without_learners(comparison)


METRICS = (
    Metric(
        "classes",
        "distance within classes, and what a classifier learns from samples",
        _needs_classes,
        _classes,
        gives=("train-on-fake", "train-on-real", "intra-fd"),
    ),
)
