"""Whether a generator copies: the three-sample test, authenticity, and a gallery to look at."""

import math
import time

import numpy as np

from zerosum.drawing.gallery import Pane, neighbour_gallery
from zerosum.evaluation.comparison import Comparison, Metric, without_learners
from zerosum.evaluation.measure import Figure, Found, Measure, Verdict
from zerosum.metrics.bootstrap import mean_estimate
from zerosum.metrics.copying import Copies, Placed, Suspects, ThreeSamples

SHOWN = 8
"""Samples of each sort in the gallery."""

COPIED = -3.0
"""C_T below which training samples are copied (Meehan et al. 2020, Section 5)."""

ALL = -4.0
"""The same for the z over all samples as one cell, which sees a quarter of copies earlier and a local one later."""

NEAR = 0.02
"""Share of near copies beyond that of held-out reals."""

LOCAL = -4.0
"""The lowest z of a part of the data: of ten healthy ones the lowest is often below -2, and hardly ever below this."""

BLIND_TO_FEW = "Not seen: a few copies among many honest samples."

BLIND = (
    "Not seen: copies that are shifted, recoloured or only parts of a picture, and a few copies among many honest "
    "samples; look at the gallery for those."
)
"""The same for pictures."""


def _copying(comparison: Comparison) -> Found:
    suspects, sides = comparison.suspects, comparison.sides
    assert suspects is not None and sides.held_out is not None, "the metric refuses without them"
    begin = time.perf_counter()
    tested, copies = suspects.three_samples(), suspects.copies()
    authentic, usually = suspects.authentic()
    seconds = time.perf_counter() - begin
    common = {"within": comparison.plain.name, "n": comparison.n}
    # A mean of as many standard normal numbers as there are cells.
    spread = 1.96 / math.sqrt(max(1, tested.cells))
    held = len(sides.held_out)
    blind = BLIND if comparison.space.kind == "image" else BLIND_TO_FEW
    measures = [
        Measure(
            metric="c_t",
            title=f"three-sample test of copying, z over {tested.cells} cells",
            settings=f"held out={held}",
            value=tested.statistic,
            low=tested.statistic - spread,
            high=tested.statistic + spread,
            floor=0.0,
            better="floor",
            seconds=seconds,
            **common,
        ),
        Measure.of(
            mean_estimate(authentic),
            metric="authenticity",
            title="share of samples not nearer to a training sample than that is to its neighbours",
            floor=float(usually.mean()),
            better="floor",
            **common,
        ),
    ]
    return Found(measures, [_verdict(tested, copies, blind)], _gallery(comparison, suspects))


def _verdict(tested: ThreeSamples, copies: Copies, blind: str) -> Verdict:
    """What the tests say of copying, and what they cannot say."""
    if math.isnan(tested.statistic):
        return Verdict(
            "copying", "note", "Whether it copies cannot be said: too few held-out samples, or none near them.", blind
        )
    numbers = (
        f"C_T {tested.statistic:+.1f}, lowest of {tested.cells} cells {tested.worst:+.1f}, all as one cell "
        f"{copies.z:+.1f}, near copies {max(0.0, copies.share):.1%}"
    )
    if tested.statistic < COPIED or copies.z < ALL or copies.share > NEAR:
        return Verdict("copying", "bad", f"It copies training samples ({numbers}).", blind)
    if tested.worst < LOCAL and tested.cells > 1:
        return Verdict("copying", "note", f"In part of the data it stays close to training samples ({numbers}).", blind)
    return Verdict("copying", "good", f"No sign of copying ({numbers}).", blind)


def _gallery(comparison: Comparison, suspects: Suspects) -> list[Figure]:
    """Samples of each sort that are nearest to training samples, and some drawn at random, with their neighbours."""
    sides = comparison.sides
    if comparison.space.kind != "image" or sides.trained is None or sides.held_out is None:
        return []
    panes = [
        _pane(title, rows, sides.trained.rows, placed)
        for title, rows, placed in (
            ("Generated", comparison.fake.rows, suspects.placed),
            ("Held-out reals", sides.held_out.rows, suspects.originals.held_out),
        )
    ]
    caption = (
        f"Each row is a sample, left, and its three nearest training samples with their distances in "
        f"{comparison.plain.name}. The upper half are the nearest of all, the lower half drawn at random. Generated "
        "samples that are nearer than held-out reals ever come deserve a look."
    )
    return [Figure("neighbours", "Nearest training samples", caption, neighbour_gallery(panes))]


def _pane(title: str, rows: np.ndarray, trained: np.ndarray, placed: Placed) -> Pane:
    nearest = placed.first.argsort()[: SHOWN // 2].tolist()
    others = [number for number in range(len(rows)) if number not in nearest][: SHOWN - len(nearest)]
    chosen = nearest + others
    return Pane(title, rows[chosen], trained[placed.numbers[chosen].numpy()], placed.distances[chosen].numpy())


def _needs_training_samples(comparison: Comparison) -> str | None:
    if comparison.subject.model is None:
        return "it needs a model whose training samples are known"
    if comparison.sides.trained is None:
        return "it is not known what the model was trained on"
    if comparison.sides.held_out is None:
        return "no samples were held out of training"
    return without_learners(comparison)


METRICS = (
    Metric(
        "copying",
        "three-sample test, authenticity and nearest neighbours",
        _needs_training_samples,
        _copying,
        gives=("c_t", "authenticity"),
    ),
)
