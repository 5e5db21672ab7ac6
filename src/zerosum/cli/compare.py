"""`zerosum compare RUN...`, or `zerosum compare --recipes A,B --data DATA --minutes M`."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from zerosum.cli.display import make_display
from zerosum.cli.progress import Waiting
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.errors import SettingError
from zerosum.core.progress import Progress
from zerosum.evaluation import SAMPLES
from zerosum.rivals import Standing, as_json, compare, train_rivals, write
from zerosum.rivals.files import show, summary
from zerosum.train.devices import orderly_end
from zerosum.train.plan import Plan
from zerosum.train.recorder import Listener


@dataclass(frozen=True, kw_only=True)
class Compare:
    """Measure trained runs side by side, or train recipes under the same budget first: one table and one report."""

    runs: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="RUN")] = ()
    """Folders of runs or models; or samples."""
    recipes: str | None = None
    """Recipes to train first, separated by commas, as in gan,dcgan,r3gan,vae,diffusion."""
    data: str | None = None
    """Real samples, a path or a built-in name; for runs, by default what the first was trained on."""
    evaluated: int = SAMPLES
    """Samples on each side of every measure, at most."""
    features: str = "auto"
    """What distances are measured in, as for zerosum evaluate."""
    weights: Path | None = None
    """File of the feature network's weights, where it needs one."""
    out: Path | None = None
    """The folder to write report.html, table.md, comparison.json and pictures to; by default comparison/."""
    runs_out: Path = Path("runs")
    """The folder that the runs of recipes are made in."""
    json: bool = False
    """Print one JSON object instead of a table."""
    reading: tyro.conf.OmitArgPrefixes[DataOptions] = field(default_factory=DataOptions)
    run: tyro.conf.OmitArgPrefixes[Run] = field(default_factory=Run)


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Compare, prog="zerosum compare", args=arguments, config=(tyro.conf.FlagCreatePairsOff,))
    check(command)
    main_process = os.environ.get("RANK", "0") == "0"
    with orderly_end():
        runs = [*command.runs, *_trained(command, main_process)]
        standing = _measured(command, runs, main_process)
        if main_process:
            files = write(standing, command.out or Path("comparison"))
            if command.json:
                print(json.dumps(as_json(standing), allow_nan=False))
            else:
                table(standing, Console(highlight=False))
                print(f"\nReport: {files['report']}")


def check(command: Compare) -> None:
    """Refuse what cannot be compared before anything is trained."""
    if command.recipes and command.data is None:
        raise SettingError("--recipes are trained on --data, and none is given: name a path or a built-in set.")
    count = len(command.runs) + len(_recipes(command))
    if count < 2:
        raise SettingError(
            f"There is {'one system' if count else 'nothing'} to compare, and it takes two. Give two runs or more, or "
            "recipes to train first: zerosum compare --recipes gan,dcgan --data digits --minutes 5."
        )


def _recipes(command: Compare) -> list[str]:
    """The recipes that were asked for, by name."""
    return [name.strip() for name in (command.recipes or "").split(",") if name.strip()]


def _trained(command: Compare, main_process: bool) -> list[Path]:
    """The runs of the recipes that were asked for, trained one after the other."""
    names = _recipes(command)
    if not names or command.data is None:
        return []

    @contextmanager
    def watched(plan: Plan) -> Iterator[Listener]:
        with make_display(plan, (), command.json, quiet=command.json or not main_process) as display:
            yield display.listen

    return train_rivals(
        names,
        command.data,
        command.run,
        command.reading,
        command.runs_out,
        watched,
        features=command.features,
        weights=command.weights,
    )


def _measured(command: Compare, runs: Sequence[Path], main_process: bool) -> Standing:
    with Waiting(main_process) as waiting:

        def progress(name: str) -> Progress:
            return lambda what, done, total: waiting.say(f"{name}: {what}", done, total)

        return compare(
            runs,
            command.data,
            features=command.features,
            weights=command.weights,
            count=command.evaluated,
            seed=command.run.seed,
            device=command.run.device,
            progress=progress,
        )


def table(standing: Standing, console: Console) -> None:
    """Print the table for a person, a column for each system."""
    console.print(Text(summary(standing), style="bold"))
    heading, *rows = show(standing)
    grid = Grid(box=None, pad_edge=False, padding=(1, 2, 0, 0))
    for number, name in enumerate(heading):
        grid.add_column(Text(name), overflow="fold", justify="left" if number == 0 else "right")
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console.print(grid)
