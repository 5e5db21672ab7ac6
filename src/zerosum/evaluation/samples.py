"""Metrics that read samples themselves: likelihood, toys, smoothness of the latents, spectra, and classes."""

import math
import time

import numpy as np
import torch
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.data.toys import TOYS, default_sigma, modes
from zerosum.drawing.charts import Chart, Line, draw_charts
from zerosum.drawing.page import Table
from zerosum.evaluation.comparison import Comparison, Metric, seeded, without_learners
from zerosum.evaluation.measure import Figure, Found, Measure, Verdict, measured
from zerosum.evaluation.sides import Side, tensor
from zerosum.game.priors import Normal
from zerosum.metrics.bootstrap import mean_estimate
from zerosum.metrics.classes import class_scores, distance_within_classes
from zerosum.metrics.likelihood import VALIDATED, parzen_likelihood
from zerosum.metrics.modes import found_modes, grid_divergence
from zerosum.metrics.sharpness import sharpness
from zerosum.metrics.smoothness import STEP, path_length
from zerosum.metrics.spectrum import lattice_peaks, radial_spectrum

MOST_NUMBERS = 4096
"""Numbers of a sample up to which a Parzen window is asked: it means less and less, and takes longer and longer."""

PATHS = 1024
"""Pairs of latents that smoothness is measured on."""

SPECTRA = 2048
"""Pictures that spectra are measured on, at most."""

CHECKERBOARD = 3.0
"""Rise of the power at lattice frequencies above which a checkerboard can be seen."""


def _likelihood(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    if comparison.validation is not None:
        validation = tensor(np.asarray(comparison.validation.rows[:VALIDATED]))
    else:
        validation = tensor(comparison.sides.other.rows[:VALIDATED])
    fake, valid, test, other = (
        _unit(comparison, x)
        for x in (
            tensor(comparison.fake.rows),
            validation,
            tensor(comparison.sides.real.rows),
            tensor(comparison.sides.other.rows),
        )
    )
    found = parzen_likelihood(fake, valid, test)
    seconds = time.perf_counter() - begin
    # Widths are chosen on the first of the other reals, so the floor leaves these out.
    rest = other if comparison.validation is not None else other[len(valid) :]
    floor = parzen_likelihood(rest, valid, test).mean if len(rest) > VALIDATED else None
    measure = Measure(
        metric="parzen",
        title="log-likelihood of real samples in a Parzen window on generated ones, nats",
        n=found.fakes,
        settings=f"tested={found.tested}, sigma={found.sigma:.3f}",
        value=found.mean,
        low=found.mean - 1.96 * found.error,
        high=found.mean + 1.96 * found.error,
        error=found.error,
        floor=floor,
        better="higher",
        seconds=seconds,
    )
    return Found([measure])


def _unit(comparison: Comparison, rows: Tensor) -> Tensor:
    """Samples as vectors: pictures in [0, 1], as the 2014 paper takes them, others as networks see them."""
    x = comparison.subject.codec.encode(rows).flatten(1)
    return (x + 1) / 2 if comparison.space.kind == "image" else x


def _few_numbers(comparison: Comparison) -> str | None:
    size = comparison.space.size
    return (
        None if size <= MOST_NUMBERS else f"a sample has {size:,} numbers, and beyond {MOST_NUMBERS:,} it means nothing"
    )


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


def _smoothness(comparison: Comparison) -> Found:
    model = comparison.subject.model
    assert model is not None, "the metric refuses samples without a model"
    begin = time.perf_counter()
    numbers = range(2 * PATHS)
    latents = model.prior.latents(numbers)
    classes = model.classes(numbers[:PATHS])
    places = torch.rand(PATHS, 1, generator=seeded(comparison.seed)) * (1 - STEP)

    def describe(z: Tensor) -> Tensor:
        parts = zip(z.split(64), [None] * PATHS if classes is None else classes.split(64), strict=False)
        return torch.cat([comparison.network(model.generate(part, labels)).cpu() for part, labels in parts])

    spherical = isinstance(model.prior, Normal)
    found = path_length(describe, latents[:PATHS], latents[PATHS:], places, spherical)
    measure = Measure(
        metric="ppl",
        title="perceptual path length",
        within=comparison.network.name,
        n=PATHS,
        settings=f"step={STEP:g}, {'spherical' if spherical else 'straight'}",
        seconds=time.perf_counter() - begin,
        **measured(found),  # pyright: ignore[reportArgumentType]
    )
    return Found([measure])


def _needs_model(comparison: Comparison) -> str | None:
    return None if comparison.subject.model is not None else "it needs a model, whose latents can be walked"


def _artefacts(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    real, other, fake = (
        comparison.encoded(side, SPECTRA) for side in (comparison.sides.real, comparison.sides.other, comparison.fake)
    )
    peaks = lattice_peaks(fake, real)
    spectra = [radial_spectrum(x) for x in (real, other, fake)]
    gap, floor = (
        float((spectra[which].clamp(min=1e-12) / spectra[0].clamp(min=1e-12)).log()[1:].abs().mean())
        for which in (2, 1)
    )
    seconds = time.perf_counter() - begin
    measures = [
        Measure(
            metric="spectrum",
            title="mean difference of the log power spectra",
            n=len(fake),
            value=gap,
            floor=floor,
            seconds=seconds,
        ),
        Measure(
            metric="lattice",
            title="rise at checkerboard frequencies",
            n=len(fake),
            value=peaks,
            floor=lattice_peaks(other, real),
        ),
    ]
    edges = [sharpness(x) for x in (real, fake)]
    measures.append(
        Measure(
            metric="sharpness",
            title="variance of the Laplacian",
            n=len(fake),
            floor=float(edges[0].mean()),
            better="floor",
            **measured(mean_estimate(edges[1])),  # pyright: ignore[reportArgumentType]
        )
    )
    verdicts = []
    if peaks > CHECKERBOARD:
        text = f"A checkerboard: the power at lattice frequencies is {peaks:.1f} times what is around it."
        verdicts.append(Verdict("artefacts", "note", text))
    names = ("real", "other real", "generated")
    lines = [
        Line(name, np.arange(1, len(s)), s[1:].clamp(min=1e-12).numpy(), colour)
        for name, s, colour in zip(names, spectra, ("#222222", "#8f959b", "#009e73"), strict=True)
    ]
    chart = Chart(
        "Power at each spatial frequency",
        lines,
        logarithmic=True,
        caption="waves per picture; lattices rise at the right",
    )
    image = draw_charts([chart], across="waves per picture")
    caption = "Where the green line leaves the black one, generated pictures are blurred (below) or noisy (above)."
    return Found(measures, verdicts, [Figure("spectrum", "Power spectrum", caption, image)])


def _pictures(comparison: Comparison) -> str | None:
    return None if comparison.space.kind == "image" else "it is for pictures"


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
    rows = [
        (
            names[c],
            f"{min(int((real_labels == c).sum()), int((fake_labels == c).sum())):,}",
            f"{d:.1f}",
            f"{floors.get(c, math.nan):.1f}",
        )
        for c, d in sorted(apart.items(), key=lambda item: -item[1])
    ]
    table = Table(
        "Classes",
        f"The Frechet distance within each class in {comparison.network.name}, the worst first. It depends on the "
        "number of samples: compare with its floor, and not with the other classes.",
        ("class", "samples", "distance", "floor"),
        rows,
    )
    return Found(measures, (), (), [table])


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
    Metric("likelihood", "Parzen-window log-likelihood", _few_numbers, _likelihood, usual=("image",)),
    Metric("toy", "modes found and divergence on a grid", _few_coordinates, _toy),
    Metric("smoothness", "perceptual path length", _needs_model, _smoothness, usual=("image",)),
    Metric("artefacts", "power spectrum and checkerboards", _pictures, _artefacts),
)
