"""Which of several generators is better, at what, and at what price."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from os.path import commonprefix
from pathlib import Path

import numpy as np
from torch import nn

from zerosum.api import make_plan, open_for, train
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.errors import DataError, SettingError, TrainingError
from zerosum.core.events import Event, read_events
from zerosum.core.progress import Progress
from zerosum.core.registry import find_recipe
from zerosum.evaluation import SAMPLES, Evaluation, Measure, evaluate
from zerosum.evaluation.subject import find_subject, source_of
from zerosum.metrics.features import open_network
from zerosum.train.folder import RunFolder
from zerosum.train.plan import Plan
from zerosum.train.recorder import Listener

METRICS = {
    "image": ("fd", "kid", "manifold", "two-sample", "artefacts", "copying"),
    "points": ("fd", "energy", "manifold", "two-sample", "copying", "toy"),
    "table": ("quality", "utility", "detection", "privacy", "columns", "manifold"),
}
"""What rivals are measured by, where it applies."""


@dataclass(frozen=True)
class Rival:
    """One of the systems.

    Attributes:
        name: The run's name, or where two have the same one, its path.
        path: Its run or model.
        evaluation: What was measured.
        events: What happened in its training; empty where it is no run.
    """

    name: str
    path: Path
    evaluation: Evaluation
    events: Sequence[Event]

    def measure(self, metric: str) -> Measure | None:
        """The measure with a short name, if it applied."""
        return next((one for one in self.evaluation.measures if one.metric == metric), None)

    @property
    def samples_seen(self) -> int | None:
        """Real samples trained on, as far as the record goes."""
        return self.events[-1]["samples"] if self.events else None

    @property
    def failure(self) -> str | None:
        """Why its training ended before its time, if it did; what is measured is the model that it shipped before."""
        ends = [event for event in self.events if event["event"] in ("failed", "finished", "stopped")]
        return ends[-1]["reason"] if ends and ends[-1]["event"] == "failed" else None

    @property
    def seconds(self) -> float | None:
        """Training time, as far as the record goes."""
        return self.events[-1]["seconds"] if self.events else None


@dataclass(frozen=True)
class Standing:
    """Rivals and how they stand.

    Attributes:
        data: What they were measured on.
        rivals: In the order in which they were named.
    """

    data: str
    rivals: Sequence[Rival]

    def best(self, metric: str) -> Rival | None:
        """The rival with the best value of a measure; None where none has it, or several have the same.

        Raises:
            SettingError: The rivals' measures have different names and cannot be compared.
        """
        measured = [(rival, one) for rival in self.rivals if (one := rival.measure(metric)) is not None]
        if not measured:
            return None
        best, value = measured[0]
        for rival, other in measured[1:]:
            if other.better_than(value):
                best, value = rival, other
        tied = [rival for rival, other in measured if not value.better_than(other)]
        return best if len(tied) == 1 else None


def compare(
    runs: Sequence[Path | str],
    data: Path | str | np.ndarray | None = None,
    *,
    features: str | nn.Module = "auto",
    weights: Path | None = None,
    count: int = SAMPLES,
    seed: int = 0,
    device: str = "auto",
    progress: Callable[[str], Progress] = lambda name: lambda what, done, total: None,
) -> Standing:
    """Measure several runs or models beside the same real samples.

    Args:
        runs: Folders of runs or models, or samples: what `evaluate` takes.
        data: The real samples; by default what the first was trained on.
        features: The network that distances are measured in.
        weights: The file of the network's weights, where it needs one.
        count: Samples on each side, at most.
        seed: Of the choice of real samples.
        device: Where to compute.
        progress: Gives for each run's name what hears of its evaluation.

    Raises:
        ZerosumError: Something that the caller can put right; the message says what.
    """
    paths = [Path(run) for run in runs]
    if len(paths) < 2:
        raise SettingError(
            f"A comparison takes at least two runs; there is {len(paths)}. Use evaluate for a single one."
        )
    if len(set(paths)) < len(paths):
        raise SettingError("A run is named twice. Name each once.")
    subjects = [find_subject(path, data) for path in paths]
    if data is None:
        data = source_of(subjects[0])
    count = min([count, *(subject.available for subject in subjects if subject.available is not None)])
    rivals = []
    for path, name in zip(paths, names(paths), strict=True):
        found = evaluate(
            path,
            data,
            metrics=METRICS[subjects[0].space.kind],
            where_applicable=True,
            features=features,
            weights=weights,
            count=count,
            seed=seed,
            same_reals=True,
            device=device,
            progress=progress(name),
        )
        rivals.append(Rival(name, path, found, read_events(RunFolder(path).events)))
    if len({rival.evaluation.reals for rival in rivals}) > 1:
        raise DataError(
            "These cannot be compared: they were measured beside different real samples, because they were trained on "
            "pictures of other sizes or channels, or read with other options. Compare runs of one size and --fit."
        )
    return Standing(dict(rivals[0].evaluation.facts)["real"], rivals)


def names(paths: Sequence[Path]) -> list[str]:
    """What runs are called: the shortest ends of their paths that tell them apart, without the words that all share."""
    for parts in range(1, max(len(path.parts) for path in paths) + 1):
        short = ["/".join(path.resolve().parts[-parts:]) for path in paths]
        if len(set(short)) == len(short):
            return _distinct(short)
    return [str(path) for path in paths]


def _distinct(whole: list[str]) -> list[str]:
    """Names without the words that all begin or end with, unless that leaves one nothing but a number."""
    words = [name.split("-") for name in whole]
    shared = len(commonprefix(words))
    words = [part[shared:] for part in words]
    shared = len(commonprefix([part[::-1] for part in words]))
    short = ["-".join(part[: len(part) - shared]) for part in words]
    return whole if any(not name or name.isdecimal() for name in short) else short


def train_rivals(
    recipes: Sequence[str],
    data: Path | str | np.ndarray,
    run: Run,
    options: DataOptions | None = None,
    out: Path = Path("runs"),
    watched: Callable[[Plan], AbstractContextManager[Listener]] = lambda plan: nullcontext(lambda event: None),
    features: str | nn.Module = "auto",
    weights: Path | None = None,
) -> list[Path]:
    """Train each recipe on the same data with the same seed for the same time; returns their runs' folders.

    A recipe that was trained so before is not trained again, and one that was interrupted goes on. One whose training
    fails, but that has shipped a model by then, takes part with that.

    Args:
        recipes: Their names.
        data: What to train on.
        run: How long, with which seed and on what device.
        options: How the data is read.
        out: The folder that run folders are made in.
        watched: Gives for each plan, while it is carried out, what hears of its training.
        features: The network that they will be measured in, which is refused before anything is trained.
        weights: The file of the network's weights, where it needs one.

    Raises:
        SettingError: A recipe is unknown, named twice, or does not learn this kind of data.
        TrainingError: A recipe's training fails before there is a model.
    """
    if len(set(recipes)) < len(recipes):
        raise SettingError(f"A recipe is named twice in {', '.join(recipes)}. Name each once.")
    for name in recipes:
        find_recipe(name)
    plans = [_plan(name, data, run, options or DataOptions(), out) for name in recipes]
    if features != "auto":
        open_network(features, plans[0].dataset.space, weights)
    folders = []
    for plan in plans:
        with watched(plan) as listener:
            folders.append(_train(plan, listener))
    return folders


def _train(plan: Plan, listener: Listener) -> Path:
    try:
        return train(plan, listener)[1].path
    except TrainingError as error:
        assert plan.name is not None, "rivals have names"
        folder = plan.out / plan.name
        if not (folder / "model" / "config.json").exists():
            raise TrainingError(f"{plan.name}: {error} It has no model yet; leave it out of --recipes.") from error
        return folder


def _plan(name: str, data: Path | str | np.ndarray, run: Run, options: DataOptions, out: Path) -> Plan:
    dataset, recipe, _ = open_for(data, options, name, run.device, run.minutes)
    settings = recipe.settings(dataset.space)
    plan = make_plan(dataset, options, recipe, settings, run, out)
    length = f"{plan.run.minutes:g}min" if plan.run.minutes is not None else f"{plan.run.samples}samples"
    return replace(plan, name=f"{dataset.name}-{recipe.name}-{length}-seed{run.seed}")
