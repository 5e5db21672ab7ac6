"""Whether fresh classifiers tell generated rows from real ones."""

import time

import numpy as np
import torch
from torch import Tensor

from zerosum.evaluation.comparison import Comparison, Metric, without_learners
from zerosum.evaluation.measure import Found, Measure, Verdict
from zerosum.evaluation.tables.learning import classifiers, inputs, quietly
from zerosum.evaluation.tables.rows import KINDS, columns_of, no_table
from zerosum.metrics.separation import area_estimate

FOLDS = 3

MODELS = {"boosted trees": "detection", "logistic regression": "detection-linear"}
"""Which models look, and what their measures are called."""

UNSEEN, TOLD = 0.55, 0.8
"""Areas up to which rows are called hardly to be told from real ones, and not easily."""


def _detection(comparison: Comparison) -> Found:
    measures = []
    with quietly():
        for model, metric in MODELS.items():
            begin = time.perf_counter()
            found = area_estimate(folds(comparison, model, comparison.fake.rows))
            seconds = time.perf_counter() - begin
            measures.append(
                Measure.of(
                    found,
                    metric=metric,
                    title=f"area under the curve of a fresh classifier, {model}, on rows that it did not see",
                    n=comparison.n,
                    settings=f"{FOLDS} folds",
                    floor=area_estimate(folds(comparison, model, comparison.sides.other.rows)).value,
                    better="floor",
                    seconds=seconds,
                )
            )
    return Found(measures, [_verdict(max(measures, key=lambda measure: measure.value))])


def folds(comparison: Comparison, model: str, suspects: np.ndarray) -> list[tuple[Tensor, Tensor]]:
    """How much a classifier takes suspect rows for suspect, and real ones, of each fold of both."""
    columns = columns_of(comparison)
    sides = [inputs(columns, rows) for rows in (comparison.sides.real.rows, suspects)]
    found = []
    for fold in range(FOLDS):
        seen, new = ([side[(np.arange(len(side)) % FOLDS == fold) == held] for side in sides] for held in (False, True))
        labels = np.repeat([0, 1], [len(side) for side in seen])
        trained = classifiers(columns)[model].fit(np.concatenate(seen), labels)
        of_real, of_suspects = (torch.from_numpy(trained.predict_proba(side)[:, 1]) for side in new)
        found.append((of_suspects, of_real))
    return found


def _verdict(measure: Measure) -> Verdict:
    numbers = f"(area under the curve {measure.value:.2f}, where 0.5 is chance and 1 is certainty)"
    if measure.value <= max(UNSEEN, (measure.floor or 0.5) + UNSEEN - 0.5):
        return Verdict("detection", "good", f"A fresh classifier hardly tells generated rows from real ones {numbers}.")
    if measure.value <= TOLD:
        return Verdict("detection", "note", f"A fresh classifier often tells generated rows from real ones {numbers}.")
    return Verdict("detection", "bad", f"A fresh classifier tells generated rows from real ones {numbers}.")


def _refused(comparison: Comparison) -> str | None:
    return no_table(comparison) or without_learners(comparison)


METRICS = (
    Metric(
        "detection",
        "whether fresh classifiers tell generated rows from real ones",
        _refused,
        _detection,
        gives=tuple(MODELS.values()),
        usual=KINDS,
    ),
)
