"""Metrics of distance and of neighbourhoods, in the features of the chosen network."""

import math
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from zerosum.evaluation.comparison import Comparison, Distance, Floor, Metric, always
from zerosum.evaluation.measure import Found, Measure, Verdict
from zerosum.metrics.bootstrap import Estimate
from zerosum.metrics.classifier import two_sample_accuracy
from zerosum.metrics.distances import energy_distance, kernel_distance, sliced_wasserstein, sliced_wasserstein_estimate
from zerosum.metrics.frechet import frechet_distance, frechet_estimate
from zerosum.metrics.kernels import cubic, discrepancy, discrepancy_estimate, gaussian, negative_distance
from zerosum.metrics.manifold import manifold, manifold_estimates
from zerosum.metrics.scores import inception_score
from zerosum.metrics.separation import binomial_band

SCALE = 1000.0
"""CMMD is printed a thousand times larger than the discrepancy (Jayasumana et al. 2024, Section 4)."""

CLEARLY = 0.05
"""By how much precision or recall must be below the floor to speak of it."""

SIGMAS = 2.5
"""Half the width of what chance gives a fresh classifier: two deviations, each a quarter larger than the binomial."""

TITLES = {
    "precision": "precision: generated samples that lie among the real ones",
    "recall": "recall: real samples that lie among the generated ones",
    "density": "density: real neighbourhoods that a generated sample lies in",
    "coverage": "coverage: real samples with a generated one in their neighbourhood",
}


def _frechet(comparison: Comparison) -> Found:
    found = comparison.measure("fd", "Frechet distance", frechet_estimate, frechet_distance)
    if found.excess is None:
        return Found([found])
    times = f"{found.excess:,.{0 if found.excess >= 100 else 1}f} times"
    near = found.excess < 1.5
    text = f"The Frechet distance is {times} that between real samples" + (
        ", which is about as near as it gets." if near else "."
    )
    return Found([found], [Verdict("distance", "good" if near else "note", text)])


def _only(metric: str, title: str, distance: Distance, floor: Floor) -> Callable[[Comparison], Found]:
    """A metric of one number and without a verdict of its own."""
    return lambda comparison: Found([comparison.measure(metric, title, distance, floor)])


_kernel = _only("kid", "kernel distance (KID)", partial(discrepancy_estimate, kernel=cubic), kernel_distance)
_energy = _only("energy", "energy distance", partial(discrepancy_estimate, kernel=negative_distance), energy_distance)
_sliced = _only("swd", "sliced Wasserstein distance", sliced_wasserstein_estimate, sliced_wasserstein)


def _contrastive(comparison: Comparison) -> Found:
    def distance(a: Tensor, b: Tensor) -> Estimate:
        found = discrepancy_estimate(normalize(a), normalize(b), gaussian)
        return Estimate(*(SCALE * part for part in (found.value, found.low, found.high, found.error)))

    def floor(a: Tensor, b: Tensor) -> float:
        return SCALE * discrepancy(normalize(a), normalize(b), gaussian)

    return Found([comparison.measure("cmmd", "CLIP maximum mean discrepancy", distance, floor, settings="sigma=10")])


def _needs_contrastive(comparison: Comparison) -> str | None:
    return None if comparison.network.contrastive else "it is defined on CLIP's features, so give --features clip"


def _manifold(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    found = manifold_estimates(comparison.reals, comparison.fakes)
    seconds = time.perf_counter() - begin
    floor = manifold(comparison.reals, comparison.others)._asdict()
    measures = [
        Measure.of(
            estimate,
            metric=name,
            title=TITLES[name],
            within=comparison.network.name,
            n=comparison.n,
            settings="k=3" if name in ("precision", "recall") else "k=5",
            floor=floor[name],
            better="higher" if name != "density" else "floor",
            seconds=seconds / len(found),
        )
        for name, estimate in found.items()
    ]
    return Found(measures, [_fidelity_and_diversity(measures[0], measures[1])])


def _fidelity_and_diversity(precision: Measure, recall: Measure) -> Verdict:
    """Sharp but narrow, broad but blurry, both or neither."""
    narrow, blurry = ((m.floor or 0) - m.value > CLEARLY for m in (recall, precision))
    figures = (
        f"(precision {precision.value:.2f} of {precision.floor or 0:.2f}, recall {recall.value:.2f} of "
        f"{recall.floor or 0:.2f} that real samples reach)"
    )
    if narrow and blurry:
        return Verdict("fidelity and diversity", "bad", f"Samples are off the data and miss part of it {figures}.")
    if narrow:
        return Verdict("fidelity and diversity", "note", f"Sharp but narrow: part of the data is missing {figures}.")
    if blurry:
        return Verdict("fidelity and diversity", "note", f"Broad but off: samples lie beside the data {figures}.")
    return Verdict("fidelity and diversity", "good", f"As true and as varied as real samples {figures}.")


def _two_samples(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    value = two_sample_accuracy(comparison.reals, comparison.fakes)
    seconds = time.perf_counter() - begin
    # Wider than the band, because the two halves of the samples share their classifiers.
    low, high = binomial_band(2 * comparison.n, SIGMAS)
    found = Measure(
        metric="two-sample",
        title="accuracy of a fresh classifier on samples that it did not see",
        within=comparison.network.name,
        n=comparison.n,
        value=value,
        low=max(0.0, value - (high - 0.5)),
        high=min(1.0, value + (high - 0.5)),
        floor=two_sample_accuracy(comparison.reals, comparison.others),
        better="floor",
        seconds=seconds,
    )
    if math.isnan(value):
        return Found([found])
    told = value > high
    text = (
        f"A fresh classifier tells generated from real samples with {value:.0%} accuracy, where chance gives "
        f"{low:.0%} to {high:.0%}"
        + ("." if told else ": it cannot tell them apart, in these features. That is no proof of quality.")
    )
    return Found([found], [Verdict("two-sample test", "note" if told else "good", text)])


def _inception(comparison: Comparison) -> Found:
    head = comparison.network.head
    assert head is not None, "the metric refuses networks that are no classifiers"
    begin = time.perf_counter()
    score = inception_score(_logits(head, comparison.fakes))
    seconds = time.perf_counter() - begin
    found = Measure.of(
        score,
        metric="is",
        title="Inception Score" if comparison.network.name == "inception" else "score after Inception's",
        within=comparison.network.name,
        n=comparison.n,
        floor=inception_score(_logits(head, comparison.others)).value,
        better="higher",
        seconds=seconds,
    )
    return Found([found])


def _logits(head: nn.Module, features: Tensor) -> Tensor:
    """What a classifier's last layer makes of features, wherever that layer is."""
    device = next(head.parameters()).device
    with torch.no_grad():
        return head(features.to(device)).cpu()


def _needs_classifier(comparison: Comparison) -> str | None:
    return None if comparison.network.head is not None else "the feature network is no classifier"


METRICS = (
    Metric("fd", "Frechet distance between Gaussian fits", always, _frechet),
    Metric("kid", "unbiased kernel distance", always, _kernel, usual=("image",)),
    Metric("energy", "unbiased energy distance", always, _energy, usual=("points",)),
    Metric("swd", "sliced Wasserstein distance", always, _sliced),
    Metric("cmmd", "kernel distance of CLIP features", _needs_contrastive, _contrastive),
    Metric(
        "manifold",
        "precision, recall, density and coverage",
        always,
        _manifold,
        gives=("precision", "recall", "density", "coverage"),
        usual=("image", "points", "table"),
    ),
    Metric("two-sample", "accuracy of a fresh classifier", always, _two_samples),
    Metric("is", "Inception Score", _needs_classifier, _inception, usual=()),
)
