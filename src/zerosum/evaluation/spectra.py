"""Artefacts: what spectra and edges of generated pictures have that real ones have not."""

import time
from collections.abc import Sequence

import numpy as np
from torch import Tensor

from zerosum.drawing.charts import Chart, Line, draw_charts
from zerosum.evaluation.comparison import Comparison, Metric
from zerosum.evaluation.measure import Figure, Found, Measure, Verdict
from zerosum.metrics.bootstrap import mean_estimate
from zerosum.metrics.sharpness import sharpness
from zerosum.metrics.spectrum import lattice_peaks, radial_spectrum, spectral_gap

SPECTRA = 2048
"""Pictures that spectra are measured on, at most."""

CHECKERBOARD = 3.0
"""Rise of the power at lattice frequencies above which a checkerboard can be seen."""


def _artefacts(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    real, other, fake = (comparison.encoded(side, SPECTRA) for side in comparison.parts)
    peaks = lattice_peaks(fake, real)
    edges, n = [sharpness(x) for x in (real, fake)], len(fake)
    gap = spectral_gap(fake, real)
    measures = [
        Measure.of(
            gap,
            metric="spectrum",
            title="mean difference of the log power spectra",
            n=n,
            floor=spectral_gap(other, real).value,
            seconds=time.perf_counter() - begin,
        ),
        Measure(
            metric="lattice",
            title="rise at checkerboard frequencies",
            n=n,
            value=peaks,
            floor=lattice_peaks(other, real),
        ),
        Measure.of(
            mean_estimate(edges[1]),
            metric="sharpness",
            title="variance of the Laplacian",
            n=n,
            floor=float(edges[0].mean()),
            better="floor",
        ),
    ]
    text = f"A checkerboard: the power at lattice frequencies is {peaks:.1f} times what is around it."
    verdicts = [Verdict("artefacts", "note", text)] if peaks > CHECKERBOARD else []
    return Found(measures, verdicts, [_curves([radial_spectrum(x) for x in (real, other, fake)])])


def _curves(spectra: Sequence[Tensor]) -> Figure:
    """The power of real, other real and generated pictures at each frequency."""
    names, colours = ("real", "other real", "generated"), ("#222222", "#8f959b", "#009e73")
    lines = [
        Line(name, np.arange(1, len(power)), power[1:].clamp(min=1e-12).numpy(), colour)
        for name, power, colour in zip(names, spectra, colours, strict=True)
    ]
    across = "waves per picture"
    chart = Chart("Power at each spatial frequency", lines, logarithmic=True, caption="fine detail is at the right")
    caption = "Where the green line leaves the black one, generated pictures are blurred (below) or noisy (above)."
    return Figure("spectrum", "Power spectrum", caption, draw_charts([chart], across=across))


def _pictures(comparison: Comparison) -> str | None:
    return None if comparison.space.kind == "image" else "it is for pictures"


METRICS = (
    Metric(
        "artefacts",
        "power spectrum, checkerboards and sharpness",
        _pictures,
        _artefacts,
        gives=("spectrum", "lattice", "sharpness"),
    ),
)
