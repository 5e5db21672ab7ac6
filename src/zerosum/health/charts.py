"""The charts of a run: what its timeline holds, with the heights that mean trouble and the moments of the findings."""

from collections.abc import Mapping, Sequence

import numpy as np

from zerosum.drawing.canvas import BLUE, GREEN, VERMILLION
from zerosum.drawing.charts import Band, Chart, Line, Mark
from zerosum.health.checks.discriminators import OVERFITTED
from zerosum.health.checks.gradients import EXPLODING
from zerosum.health.checks.samples import COLLAPSED_DIVERSITY, COPIED
from zerosum.health.finding import Finding, Level, worst_first
from zerosum.health.timeline import Series, Timeline

COLOURS: dict[Level, str] = {"note": "#3b6ea5", "warn": "#b7791f", "alarm": "#b3261e"}
"""What levels look like, always together with their word."""

SMOOTHED, SPIKE = 100, 8.0
"""A running median takes one part in so many; what is so many median deviations from it is drawn as it is."""

READING = {
    "Distance to real samples": "Smaller is better, and it is the number that the best checkpoint is chosen by.",
    "Diversity": "1 is as diverse as the data. Near 0 the generator draws one sample whatever the latents: collapse.",
    "Precision, recall, coverage": "Precision is how believable the samples are; recall and coverage are how much "
    "of the data they reach. High precision with low recall means that kinds of samples are missing.",
    "A fresh classifier's accuracy": "A linear classifier that never trained against this generator. At 50 % it "
    "cannot tell real from generated; at 100 % it always can.",
    "Discriminator: judged right": "50 % is not victory: it may be a perfect generator, or a discriminator that is too "
    "weak to see anything. Look at the distance to real samples to tell them apart.",
    "Discriminator: AUC": "The chance that a real sample is scored above a generated one. At 1 for long, the "
    "generator learns little from it.",
    "Gap between the scores": "How far real and generated scores are apart, in units of their spread. 2 is the most "
    "there is: two heaps that do not overlap. For critics, whose accuracy says little, this is the number to watch.",
    "Losses": "Loss is not quality: each player's loss depends on how good the other one is, and neither has to fall.",
    "Gradient norms": "Steady is good, whatever the height; growth without end is not, nor is a generator's that "
    "vanishes. Rounds with a penalty may stand out.",
    "The generator's push": "Slope is how strongly its loss pushes it; saturated is the share of logits so extreme "
    "that cross-entropy is flat. Saturated near 1 with a slope near 0 means that it learns nothing.",
    "Overfitting": "0 means that the discriminator treats samples it has trained on like new ones; 1 means that it "
    "takes new ones for generated. ADA's probability rises to prevent that; above 0.8 its changes may leak. "
    "Where the discriminator hardly tells real from generated, this is mostly noise.",
    "Copies": "Share of generated samples that sit on one training sample, less the share of held-out real ones that "
    "do. 0 is right.",
    "Near-duplicates": "Share of generated samples that nearly equal another generated one. Simple data have some of "
    "their own.",
    "Lattice": "How far the spectrum of generated pictures stands out at the frequencies of a checkerboard, beside "
    "that of real ones. 1 is as in the data.",
    "Drift": "How far the same latents' samples move from look to look, in units of the distance between two real "
    "samples. A run that settles comes to rest; one that circles does not.",
}
"""What each chart means, by its title."""


def run_charts(timeline: Timeline, found: Mapping[int, Finding] | None = None) -> list[Chart]:
    """The charts that there is data for, what tells most of a run first.

    Args:
        timeline: The run; of a run that was treated, the game since then.
        found: What was found in that game, by the numbers that the report gives it, which stand at the marks.
    """
    records, probes, marks = timeline.records, timeline.probes, finding_marks(found or {})
    batch = timeline.start.get("batch") or 64
    charts = (
        *_of_samples(records, probes, marks, timeline.looked_at),
        *_of_players(records, probes, marks, batch),
        *_of_flaws(probes, marks),
    )
    return [chart for chart in charts if chart is not None]


def _of_samples(records: Series, probes: Series, marks: Sequence[Mark], looked_at: int) -> list[Chart | None]:
    """How like the data the samples are; each look was at so many of each sort."""
    return [
        _quality(probes, marks),
        _chart(
            "Diversity",
            [_line("in a batch", records, "discriminator/diversity"), _line("closer look", probes, "variety")],
            marks,
            caption="As a part of the data's. 1 is right.",
            bands=[Band(-np.inf, COLLAPSED_DIVERSITY, "collapse", COLOURS["alarm"])],
            most=2.0,
        ),
        _chart(
            "Precision, recall, coverage",
            [_line(name, probes, name) for name in ("precision", "recall", "coverage")],
            marks,
            caption="Higher is better, but precision alone proves nothing.",
            most=1.0,
        ),
        _chart(
            "A fresh classifier's accuracy",
            [_line("accuracy", probes, "fresh_accuracy")],
            marks,
            caption="It tells real from generated. Lower is better, down to chance (grey).",
            bands=[_chance(2 * looked_at)] if looked_at else [],
            most=1.0,
        ),
    ]


def _of_players(records: Series, probes: Series, marks: Sequence[Mark], batch: int) -> list[Chart | None]:
    """How the two players stand to each other."""
    players = [("discriminator", BLUE), ("generator", VERMILLION)]
    return [
        _chart(
            "Discriminator: judged right",
            [
                _line("real", records, "discriminator/accuracy_real"),
                _line("fake", records, "discriminator/accuracy_fake"),
                _line("held out", probes, "judged_held_out"),
            ],
            marks,
            caption="50 % is not victory: a weak discriminator guesses (grey) too.",
            bands=[_chance(batch)],
            most=1.0,
        ),
        _chart(
            "Discriminator: AUC",
            [_line("AUC", records, "discriminator/auc")],
            marks,
            caption="Chance that a real sample is scored above a generated one. Grey: guessing.",
            # Under the null the variance is (2n + 1) / 12n^2, of Mann and Whitney's statistic.
            bands=[_chance(batch * 6 * batch / (2 * (2 * batch + 1)))],
            most=1.0,
        ),
        _gap(records, marks),
        _losses(records, players, marks),
        _chart(
            "Gradient norms",
            [_line(name, records, f"{name}/gradient_norm", True, colour) for name, colour in players],
            marks,
            caption="Steady is good; growth without end is not.",
            bands=[Band(EXPLODING, np.inf, "suspicious", COLOURS["warn"])],
            logarithmic=True,
        ),
        _chart(
            "The generator's push",
            [
                _line("slope of its loss", records, "discriminator/slope"),
                _line("saturated", records, "discriminator/saturation"),
            ],
            marks,
            caption="No slope, no learning.",
            most=1.0,
        ),
    ]


def _of_flaws(probes: Series, marks: Sequence[Mark]) -> list[Chart | None]:
    """What can be wrong with samples and discriminator besides."""
    return [
        _chart(
            "Overfitting",
            [_line("discriminator", probes, "overfitting"), _line("ADA's probability", probes, "ada/probability")],
            marks,
            caption="0: new samples look like known ones. 1: like generated ones. Red: too much.",
            bands=[Band(OVERFITTED, np.inf, "", COLOURS["alarm"])],
            most=1.0,
            least=-0.5,
        ),
        _chart(
            "Copies",
            [_line("share", probes, "copies")],
            marks,
            caption="Generated samples that sit on a training sample.",
            bands=[Band(COPIED, np.inf, "copying", COLOURS["alarm"])],
            most=1.0,
            least=-0.1,
            tight=0.15,
        ),
        _chart(
            "Near-duplicates",
            [_line("share", probes, "duplicates")],
            marks,
            caption="Generated samples that nearly equal another generated one.",
            most=1.0,
            tight=0.1,
        ),
        _chart("Lattice", [_line("peaks", probes, "lattice")], marks, caption="Checkerboards. 1 is as in the data."),
        _drift(probes, marks),
    ]


def numbered(findings: Sequence[Finding]) -> dict[int, Finding]:
    """The findings by the numbers that reports and charts give them: their places from 1."""
    return dict(enumerate(findings, 1))


def finding_marks(found: Mapping[int, Finding]) -> list[Mark]:
    """Where findings were first made, by their numbers; findings of the same moment share one mark."""
    moments: dict[int, list[tuple[int, Finding]]] = {}
    for number, finding in found.items():
        if finding.samples > 0:
            moments.setdefault(finding.samples, []).append((number, finding))
    return [
        Mark(
            samples,
            ",".join(str(number) for number, _ in made),
            COLOURS[worst_first(finding for _, finding in made)[0].level],
        )
        for samples, made in moments.items()
    ]


def calm(x: np.ndarray, y: np.ndarray, logarithmic: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """A long series as its running median, together with the values that are far from it.

    Args:
        x: Shape (n,), in increasing order.
        y: Shape (n,); values that are not finite are left out, unless the series is short.
        logarithmic: Whether distances are factors.

    Returns:
        The x and the y to draw, shape (k,) each; of short series all.
    """
    wide = len(y) // (2 * SMOOTHED) * 2  # even, so that a series that alternates gets the middle
    if not wide:
        return x, y
    known = np.isfinite(y) & ((y > 0) | (not logarithmic))
    x, y = x[known], y[known]
    if len(y) <= wide:
        return x, y
    z = np.log10(y) if logarithmic else y
    padded = np.pad(z, (wide // 2, wide // 2 - 1), mode="reflect" if len(z) > wide else "edge")
    centres = np.unique(np.append(np.arange(0, len(z), max(1, wide // 4)), len(z) - 1))
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, wide)[centres], axis=1)
    smooth = np.interp(np.arange(len(z)), centres, middle)
    away = np.abs(z - smooth)
    spikes = np.flatnonzero(away > SPIKE * max(float(np.median(away)), 1e-9))
    feet = np.concatenate((spikes - 1, spikes, spikes + 1)).clip(0, len(z) - 1)
    kept = np.unique(np.concatenate((centres, feet)))
    smooth[spikes] = z[spikes]
    return x[kept], 10.0 ** smooth[kept] if logarithmic else smooth[kept]


def _line(name: str, series: Series, key: str, logarithmic: bool = False, colour: str | None = None) -> Line | None:
    return _drawn(name, series, series.of(key), logarithmic, colour)


def _drawn(
    name: str, series: Series, values: np.ndarray, logarithmic: bool = False, colour: str | None = None
) -> Line | None:
    """A line, or nothing where nothing is finite."""
    if not np.isfinite(values).any():
        return None
    return Line(name, *calm(series.samples, values, logarithmic), colour)


def _chart(
    title: str,
    lines: Sequence[Line | None],
    marks: Sequence[Mark],
    caption: str = "",
    bands: Sequence[Band] = (),
    logarithmic: bool = False,
    least: float | None = None,
    most: float | None = None,
    tight: float | None = None,
) -> Chart | None:
    """A chart, or nothing without lines.

    Values beyond `least` and `most` are cut off: some ratios are absurd where what they divide by is next to nothing.
    With `most` the axis begins at 0 or `least`, and reaches to 1 at least, or to `tight`, where all is below.
    """
    drawn = [line for line in lines if line is not None]
    if not drawn:
        return None
    values = np.concatenate([np.asarray(line.y, np.float64) for line in drawn])
    values = values[np.isfinite(values)]
    y_range = None
    if most is not None or least is not None:
        cap = np.inf if most is None else most
        usual = min(1.0, cap) if tight is None else tight
        high = min(cap, max(usual if most is not None else 1e-9, float(values.max())))
        low = min(0.0, max(least or 0.0, float(values.min())))
        y_range = (low - 0.02 * (high - low), high + 0.04 * (high - low))
    return Chart(title, drawn, bands, marks, y_range, logarithmic, caption)


def _chance(count: float) -> Band:
    """Where shares of `count` lie when a coin decides: two standard deviations around one half."""
    width = min(0.5, 1 / np.sqrt(count))
    return Band(0.5 - width, 0.5 + width, "")


def _quality(probes: Series, marks: Sequence[Mark]) -> Chart | None:
    values = probes.of("quality")
    finite = np.isfinite(values)
    logarithmic = bool((values[finite] > 0).any())
    caption = "Smaller is better."
    if logarithmic and (values[finite] <= 0).any():
        caption = "Smaller is better. At the lower edge: no distance found."
        values = np.where(finite, np.maximum(values, 0), np.nan)
    if finite.sum() > 1:
        best = int(np.nanargmin(np.where(finite, probes.of("quality"), np.nan)))
        marks = [*marks, Mark(float(probes.samples[best]), "best", GREEN)]
    line = _drawn("distance", probes, values, logarithmic and bool((values[finite] > 0).all()))
    return _chart("Distance to real samples", [line], marks, caption, logarithmic=logarithmic)


def _gap(records: Series, marks: Sequence[Mark]) -> Chart | None:
    spread = records.of("discriminator/spread")
    with np.errstate(all="ignore"):  # what comes of absurd numbers is not drawn
        ratio = records.of("discriminator/gap") / np.where(spread > 0, spread, np.nan)
    return _chart(
        "Gap between the scores",
        [_drawn("gap over spread", records, ratio)],
        marks,
        caption="In units of their spread. 2 is the most: real and generated wholly apart.",
        most=2.0,
        least=-2.0,
    )


def _losses(records: Series, players: Sequence[tuple[str, str]], marks: Sequence[Mark]) -> Chart | None:
    """The view is five times as tall as what four fifths of the losses span, so that one leap does not flatten all."""
    values = np.concatenate([records.of(f"{name}/adversarial") for name, _ in players])
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = np.quantile(values, (0.1, 0.9))
    least, most = max(values.min(), 3 * low - 2 * high), min(values.max(), 3 * high - 2 * low)
    room = 0.05 * (most - least)
    lines = [_line(name, records, f"{name}/adversarial", colour=colour) for name, colour in players]
    caption = "Loss is not quality: it depends on the other player."
    view = (float(least - room), float(most + room))
    return Chart("Losses", [line for line in lines if line is not None], (), marks, view, caption=caption)


def _drift(probes: Series, marks: Sequence[Mark]) -> Chart | None:
    values = probes.of("drift")
    values[:1] = np.nan  # there is nothing before the first look to compare with
    return _chart("Drift", [_drawn("drift", probes, values)], marks, "The same latents, from look to look.", least=0)
