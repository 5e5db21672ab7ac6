"""How smoothly samples change with their latents."""

import time

import torch
from torch import Tensor

from zerosum.evaluation.comparison import Comparison, Metric, seeded
from zerosum.evaluation.measure import Found, Measure
from zerosum.game.priors import Normal
from zerosum.metrics.smoothness import STEP, path_length

PATHS = 1024
"""Pairs of latents that smoothness is measured on."""


def _smoothness(comparison: Comparison) -> Found:
    model = comparison.subject.model
    assert model is not None, "the metric refuses samples without a model"
    begin = time.perf_counter()
    numbers = range(2 * PATHS)
    latents = model.prior.latents(numbers)
    classes = model.conditions(numbers[:PATHS])
    places = torch.rand(PATHS, 1, generator=seeded(comparison.seed)) * (1 - STEP)

    def describe(z: Tensor) -> Tensor:
        parts = zip(z.split(64), [None] * PATHS if classes is None else classes.split(64), strict=False)
        return torch.cat([comparison.network(model.generate(part, labels)).cpu() for part, labels in parts])

    spherical = isinstance(model.prior, Normal)
    found = path_length(describe, latents[:PATHS], latents[PATHS:], places, spherical)
    measure = Measure.of(
        found,
        metric="ppl",
        title="perceptual path length",
        within=comparison.network.name,
        n=PATHS,
        settings=f"step={STEP:g}, {'spherical' if spherical else 'straight'}",
        seconds=time.perf_counter() - begin,
    )
    return Found([measure])


def _needs_model(comparison: Comparison) -> str | None:
    if comparison.space.kind == "table":
        return "rows of a table change in steps"
    return None if comparison.subject.model is not None else "it needs a model, whose latents can be walked"


METRICS = (Metric("smoothness", "perceptual path length", _needs_model, _smoothness, gives=("ppl",), usual=("image",)),)
