"""`zerosum evaluate MODEL DATA`."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from zerosum.api import Evaluation, evaluate
from zerosum.cli.progress import Waiting
from zerosum.evaluation import METRICS, SAMPLES, as_json, write
from zerosum.evaluation.files import noted, row
from zerosum.train.devices import orderly_end

STYLES = {"good": "bold green", "note": "bold yellow", "bad": "bold red"}

EPILOGUE = "Metrics:\n" + "\n".join(f"  {metric.name:<12} {metric.summary}" for metric in METRICS)


@dataclass(frozen=True, kw_only=True)
class Evaluate:
    """Say how good a generator is: distances to real samples with floors and intervals, copying, and what it means."""

    model: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="MODEL")]
    """Folder of a run or a model; or samples: a folder of pictures, a .zip, an .npz or .npy file, or a table, as
    synthetic.csv of any other tool."""
    data: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="DATA")] = None
    """Real samples to compare with, a path, a built-in name or a database's URL; by default what the model was trained
    on."""
    samples: int = SAMPLES
    """Samples on each side, at most; fewer where there are not twice as many real ones."""
    metrics: str | None = None
    """What to find out, separated by commas; by default all that applies. The names stand below."""
    features: str = "auto"
    """What distances are measured in: efficientnet-lite0, inception, dinov2, clip, random-conv, pixels, or a module of
    your own as package.module:attribute. By default efficientnet-lite0 for pictures where it is installed."""
    weights: Path | None = None
    """File of the feature network's weights, where it needs one."""
    validation: str | None = None
    """Real samples that the likelihood's width is chosen on; by default others of the real ones."""
    target: str | None = None
    """The column of a table that models which learn from generated rows are to predict; by default one that is called
    target, label, class, income, y or outcome, or else the last choice of few levels."""
    seed: int = 0
    """Seed of the choice of real samples. Generated ones are numbers 0, 1, 2 and so on."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where to compute."""
    out: Path | None = None
    """The folder to write report.html, evaluation.json and pictures to; by default evaluation/ in the run's folder."""
    json: bool = False
    """Print one JSON object instead of a table."""


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    if "-h" in arguments or "--help" in arguments:
        show_help()
        return
    command = tyro.cli(Evaluate, prog="zerosum evaluate", args=arguments)
    main_process = os.environ.get("RANK", "0") == "0"
    with orderly_end():
        with Waiting(main_process) as waiting:
            evaluation = evaluate(
                command.model,
                command.data,
                metrics=command.metrics or (),
                features=command.features,
                weights=command.weights,
                count=command.samples,
                validation=command.validation,
                target=command.target,
                seed=command.seed,
                device=command.device,
                progress=waiting.say,
            )
        if main_process:
            files = write(evaluation, command.out or place(command.model))
            if command.json:
                print(json.dumps(as_json(evaluation), allow_nan=False))
            else:
                show(evaluation, Console(highlight=False))
                print(f"\nReport: {files['report']}")


def place(model: Path) -> Path:
    """Where the files go by default: into the run's or the model's folder, or beside samples."""
    return model / "evaluation" if (model / "config.json").exists() else Path(f"evaluation-{model.stem}")


def show(evaluation: Evaluation, console: Console) -> None:
    """Print the evaluation for a person, the verdicts first."""
    for verdict in evaluation.verdicts:
        console.print(Text.assemble((f"{verdict.about}: ", STYLES[verdict.level]), verdict.text))
        if verdict.blind:
            console.print(Padding(Text(verdict.blind, style="dim"), (0, 0, 0, 3)))
    facts = "; ".join(f"{name}: {value}" for name, value in noted(evaluation))
    console.print(Text(f"\n{facts}\n", style="dim"))
    grid = Grid(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    grid.add_column("measure", overflow="fold")
    for heading in ("value", "95 % interval", "among reals", "s"):
        grid.add_column(heading, justify="right", no_wrap=True)
    for measure in evaluation.measures:
        label, value, between, floor, _, seconds = row(measure)
        grid.add_row(*(Text(cell) for cell in (label, value, between, floor, seconds)))
    console.print(grid)
    for name, reason in evaluation.left_out.items():
        console.print(Text(f"left out: {name}, because {reason}", style="dim"))


def show_help() -> None:
    """Print the flags and the metrics' names."""
    try:
        tyro.cli(Evaluate, prog="zerosum evaluate", args=["--help"])
    except SystemExit:
        print(EPILOGUE)
