"""Metrics of toys, whose distribution is known: the modes that are found, and densities on a grid."""

import time

import torch

from zerosum.core.errors import SettingError
from zerosum.data.toys import TOYS, default_sigma, modes
from zerosum.evaluation.comparison import Comparison, Metric
from zerosum.evaluation.measure import Found, Measure, Verdict
from zerosum.evaluation.sides import tensor
from zerosum.metrics.modes import found_modes, grid_divergence


def _toy(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    real, other, fake = (tensor(side.rows) for side in (comparison.sides.real, comparison.sides.other, comparison.fake))
    measures, verdicts = [], []
    name = comparison.dataset.name
    if name in TOYS and _has_modes(name):
        centres, sigma = torch.from_numpy(modes(name)), default_sigma(name)
        found, floor = found_modes(fake, centres, sigma), found_modes(other, centres, sigma)
        common = {"n": comparison.n, "better": "higher"}
        measures += [
            Measure(
                metric="modes", title=f"modes found of {found.total}", value=found.found, floor=floor.found, **common
            ),
            Measure(
                metric="good", title="samples within 3 sigma of a mode", value=found.good, floor=floor.good, **common
            ),
        ]
        level = "good" if found.found == found.total else "bad"
        text = f"{found.found} of {found.total} modes are found, and {found.good:.0%} of the samples lie on one."
        verdicts.append(Verdict("modes", level, text))
    seconds = time.perf_counter() - begin
    measures.append(
        Measure(
            metric="jsd",
            title="Jensen-Shannon divergence on a grid, nats",
            n=comparison.n,
            settings="50 cells an axis",
            value=grid_divergence(fake, real),
            floor=grid_divergence(other, real),
            seconds=seconds,
        )
    )
    return Found(measures, verdicts)


def _has_modes(name: str) -> bool:
    try:
        modes(name)
    except SettingError:
        return False
    return True


def _few_coordinates(comparison: Comparison) -> str | None:
    fits = comparison.space.kind == "points" and comparison.space.shape[0] <= 2
    return None if fits else "it is for points of one or two coordinates"


METRICS = (Metric("toy", "modes found and divergence on a grid", _few_coordinates, _toy),)
