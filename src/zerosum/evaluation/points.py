"""Metrics of toys, whose distribution is known: the modes that are found, and densities on a grid."""

import time

import torch

from zerosum.data.toys import TOYS, default_sigma, has_modes, modes
from zerosum.evaluation.comparison import Comparison, Metric
from zerosum.evaluation.measure import Found, Measure, Verdict
from zerosum.evaluation.sides import tensor
from zerosum.metrics.modes import divergence_estimate, found_modes, grid_divergence, mode_estimates


def _toy(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    real, other, fake = (tensor(side.rows) for side in comparison.parts)
    divergence = divergence_estimate(fake, real)
    measures = [
        Measure.of(
            divergence,
            metric="jsd",
            title="Jensen-Shannon divergence on a grid, nats",
            n=comparison.n,
            settings="50 cells an axis",
            floor=grid_divergence(other, real),
            seconds=time.perf_counter() - begin,
        )
    ]
    source = comparison.dataset.source
    if source not in TOYS or not has_modes(source):
        return Found(measures)
    centres, sigma = torch.from_numpy(modes(source)), _sigma(comparison)
    found, floor = mode_estimates(fake, centres, sigma), found_modes(other, centres, sigma)
    common = {"n": comparison.n, "better": "higher", "settings": f"sigma={sigma:g}"}
    title = f"modes found of {floor.total}"
    measures = [
        Measure.of(found["modes"], metric="modes", title=title, floor=floor.found, **common),
        Measure.of(found["good"], metric="good", title="samples within 3 sigma of a mode", floor=floor.good, **common),
        *measures,
    ]
    met, good = int(found["modes"].value), found["good"].value
    text = f"{met} of {floor.total} modes are found, and {good:.0%} of the samples lie on one."
    return Found(measures, [Verdict("modes", "good" if met == floor.total else "bad", text)])


def _sigma(comparison: Comparison) -> float:
    """The noise of the toy, as it was drawn: the one asked for in training, if these are the samples trained on."""
    lesson, source = comparison.subject.lesson, comparison.dataset.source
    asked = lesson.options.sigma if lesson is not None and lesson.source == source else None
    return asked or default_sigma(source)


def _few_coordinates(comparison: Comparison) -> str | None:
    fits = comparison.space.kind == "points" and comparison.space.shape[0] <= 2
    return None if fits else "it is for points of one or two coordinates"


METRICS = (
    Metric("toy", "modes found and divergence on a grid", _few_coordinates, _toy, gives=("modes", "good", "jsd")),
)
