"""A generator measured: numbers with their names, floors and intervals, and sentences that say what they mean."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from accelerate import Accelerator
from PIL import Image
from torch import nn

from zerosum.config.base import from_json
from zerosum.config.run import Run
from zerosum.core.errors import SettingError, nearest_name
from zerosum.core.progress import Progress
from zerosum.data.samples import digest_of
from zerosum.drawing.page import Table
from zerosum.evaluation import classes, codes, copying, distances, latents, likelihood, points, spectra, tables, told
from zerosum.evaluation.comparison import Comparison, Metric
from zerosum.evaluation.describe import Workers
from zerosum.evaluation.measure import Figure, Found, Measure, Verdict
from zerosum.evaluation.sides import Side, Sides, choose_sides, shuffled
from zerosum.evaluation.subject import Subject, find_subject, open_reals
from zerosum.evaluation.tables.overall import OVERALL, overall
from zerosum.metrics.features import default_network, feature_network, open_network
from zerosum.train.devices import on_main, start, suitable_threads

METRICS: tuple[Metric, ...] = tuple(
    metric
    for module in (tables, distances, points, classes, told, copying, likelihood, latents, codes, spectra)
    for metric in module.METRICS
)
"""Everything that can be found out, in the order in which it is shown."""

SAMPLES = 10_000
"""On a side, where nobody asks for another number."""


@dataclass(frozen=True)
class Evaluation:
    """What was found out.

    Attributes:
        name: What was evaluated.
        facts: What was compared, and how: (name, value).
        measures: The numbers.
        verdicts: What they mean.
        figures: Pictures: samples, real ones, neighbours, spectra.
        tables: Further tables.
        left_out: Metrics that do not apply, with the reasons.
        notes: What the person should know of the choice of samples.
        reals: Hash of the real samples: numbers beside other ones do not compare.
        spent: Seconds of generating, describing and measuring.
    """

    name: str
    facts: list[tuple[str, str]]
    measures: list[Measure]
    verdicts: list[Verdict]
    figures: list[Figure]
    tables: list[Table]
    left_out: dict[str, str]
    notes: tuple[str, ...]
    reals: str
    spent: dict[str, float]

    def __getitem__(self, metric: str) -> Measure:
        """The measure with a short name, such as "fd"."""
        found = {measure.metric: measure for measure in self.measures}
        if metric not in found:
            raise SettingError(f'There is no measure "{metric}" here. {nearest_name(metric, found)}.')
        return found[metric]

    @property
    def verdict(self) -> str:
        """The first thing to know."""
        for verdict in self.verdicts:
            if verdict.about == OVERALL:
                return verdict.text
        worst = [
            verdict.text for level in ("bad", "note", "good") for verdict in self.verdicts if verdict.level == level
        ]
        return " ".join(worst[:2]) or "Measured; see the numbers."


def evaluate(
    model: Any,
    data: Any = None,
    *,
    metrics: str | Sequence[str] = (),
    where_applicable: bool = False,
    features: str | nn.Module = "auto",
    weights: Path | None = None,
    count: int = SAMPLES,
    validation: Any = None,
    target: str | None = None,
    seed: int = 0,
    same_reals: bool = False,
    device: str = "auto",
    progress: Progress = lambda what, done, total: None,
) -> Evaluation:
    """Measure a generator's samples beside real ones.

    Args:
        model: A model, the folder of a run or of a model, or samples: a folder of pictures, an .npz, an array, a table
            as a file or a frame.
        data: The real samples, a path, an array, a frame or a database's URL; by default what the model was trained on.
        metrics: What to find out, names or one text with commas between them; by default all that applies.
        where_applicable: Whether to leave out those that do not apply, rather than to refuse them.
        features: The network that distances are measured in: a name, `module:attribute`, or a module.
        weights: The file of the network's weights, where it needs one.
        count: Samples on each side, at most; fewer where there are not twice as many real ones.
        validation: Real samples that the likelihood's width is chosen on; by default other real samples.
        target: The column that models which learn from rows of a table are to predict; by default a likely one.
        seed: Of the choice of real samples. Generated ones are always numbers 0, 1, 2 and so on.
        same_reals: Whether the choice must not depend on what the model was trained on, to compare several.
        device: "auto", "cpu", "cuda" or "mps".
        progress: Hears of what is being done.

    Raises:
        ZerosumError: Something that the caller can put right; the message says what.
    """
    if count < 1:
        raise SettingError(f"The number of samples is {count}; it must be at least 1.")
    subject = find_subject(model, data)
    if target is not None and subject.space.kind != "table":
        raise SettingError(
            f"--target names a column of a table, and these are samples of kind {subject.space.kind}; leave it out."
        )
    accelerator = start(from_json(Run, {"device": device}, "evaluate"))
    if accelerator.num_processes > 1:  # so that pictures are decoded once, before everyone maps them
        on_main(accelerator, lambda: open_reals(data, subject).fingerprint)
    dataset = open_reals(data, subject)
    chosen = default_network(subject.space) if features == "auto" else features
    network = open_network(chosen, subject.space, weights).to(accelerator.device)
    plain = network if network.name == "random-conv" else feature_network(subject.space).to(accelerator.device)
    sides = choose_sides(subject, dataset, count, seed, same_reals)
    asked = _asked(metrics, subject)
    validated = None if validation is None else open_reals(validation, subject)
    workers = Workers(accelerator, progress if accelerator.is_main_process else lambda what, done, total: None)
    with suitable_threads(subject.space):
        watch = _Watch()
        fake = _generated(subject, sides, workers, seed)
        watch.lap("generating")
        comparison = Comparison(subject, dataset, sides, fake, network, plain, workers, validated, seed, target)
        refused = {metric.name: reason for metric in asked if (reason := metric.refuses(comparison)) is not None}
        if metrics and refused and not where_applicable:
            raise SettingError(_refusal(refused, comparison))
        comparison.describe(copying="copying" in {metric.name for metric in asked} - refused.keys())
        watch.lap("describing")
        found = on_main(accelerator, lambda: _all_found(asked, refused, comparison, progress))
        watch.lap("measuring")
    return Evaluation(
        name=subject.name,
        facts=_facts(comparison, watch.spent, accelerator),
        measures=[measure for one in found for measure in one.measures],
        verdicts=[*overall(found, refused), *(verdict for one in found for verdict in one.verdicts)],
        figures=[*_sheets(comparison), *(figure for one in found for figure in one.figures)],
        tables=[table for one in found for table in one.tables],
        left_out=refused,
        notes=(*(dataset.notes if dataset.space.kind == "table" else ()), *sides.notes),
        reals=digest_of(sides.real.rows)[:16],
        spent=watch.spent,
    )


class _Watch:
    """Seconds of what is done one after the other."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._begin = time.perf_counter()

    def lap(self, name: str) -> None:
        """What has just been done has this name."""
        now = time.perf_counter()
        self.spent[name], self._begin = now - self._begin, now


def _asked(names: str | Sequence[str], subject: Subject) -> list[Metric]:
    """The metrics with these names, or those that are usual for the kind of sample."""
    if not names:
        return [metric for metric in METRICS if subject.space.kind in metric.usual]
    known = {name: metric for metric in METRICS for name in (metric.name, *metric.gives)}
    wanted = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    for name in wanted:
        if name not in known:
            raise SettingError(f'There is no metric "{name}". {nearest_name(name, known)}.')
    return [metric for metric in METRICS if metric in [known[name] for name in wanted]]


def _refusal(refused: dict[str, str], comparison: Comparison) -> str:
    """Why metrics that were asked for do not apply, and which do."""
    reasons = "; ".join(f"{name} does not apply: {reason}" for name, reason in refused.items())
    able = ", ".join(metric.name for metric in METRICS if metric.refuses(comparison) is None)
    return f"{reasons[0].upper()}{reasons[1:]}. Metrics that do apply: {able}."


def _generated(subject: Subject, sides: Sides, workers: Workers, seed: int) -> Side:
    """As many samples as there are reals on a side: numbers 0, 1, 2 and so on, or some of those in the files."""
    if subject.samples is not None:
        numbers = shuffled(np.arange(len(subject.samples)), seed)[: sides.fakes]  # files may be sorted by class
        labels = subject.samples.labels
        return Side(np.asarray(subject.samples.rows)[numbers], None if labels is None else labels[numbers])
    assert subject.model is not None, "a subject is a model or samples"
    model = subject.model.to(workers.device)
    numbers = range(sides.fakes)
    told, rows = model.conditions(numbers), workers.samples(model, numbers)
    if told is None or not model.space.classes:
        return Side(rows, described=told)
    return Side(rows, told.numpy())


def _all_found(
    asked: Sequence[Metric], refused: dict[str, str], comparison: Comparison, progress: Progress
) -> list[Found]:
    """What each metric finds, one after the other."""
    wanted = [metric for metric in asked if metric.name not in refused]
    found = []
    for number, metric in enumerate(wanted):
        progress("Measuring", number, len(wanted))
        found.append(metric.find(comparison))
    progress("Measuring", len(wanted), len(wanted))
    return found


def _facts(comparison: Comparison, spent: dict[str, float], accelerator: Accelerator) -> list[tuple[str, str]]:
    """What was compared, in what, and how long it took."""
    subject, sides, network = comparison.subject, comparison.sides, comparison.network
    n = comparison.n
    facts = [
        ("samples", f"{n:,} generated" if subject.model else f"{n:,} from {subject.name}"),
        ("real", f"{n:,} of {comparison.dataset.name}"),
        ("floor", f"between these and {sides.other_kind}"),
        ("features", network.name),
    ]
    if network.resize != "none":
        facts.append(("resized", network.resize))
    if comparison.space.kind == "image":
        height, width = comparison.space.shape[1:]
        facts.append(("pictures of other sizes", f"brought to {height} x {width}, antialiased"))
    if subject.model is not None:
        facts += [
            ("recipe", subject.model.recipe.name),
            ("parameters", f"{subject.model.parameters:,}"),
            ("seconds per 1,000 samples", f"{spent['generating'] / n * 1000:.2f}"),
        ]
    took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in spent.items())
    facts.append(("took", f"{took} on {accelerator.num_processes} process(es)"))
    return facts


def _sheets(comparison: Comparison) -> list[Figure]:
    """Generated samples and real ones, to look at first; those of tables are looked at column by column."""
    if comparison.space.kind == "table":
        return []
    codec = comparison.subject.codec
    most = codec.sheet_samples
    generated: Image.Image = codec.sheet(comparison.fake.rows[:most])
    real = codec.sheet(comparison.sides.real.rows[:most])
    return [
        Figure("samples", "Generated", "The first ones; none were chosen.", generated),
        Figure("reals", "Real", "As many real samples.", real),
    ]
