"""`zerosum resume RUN`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from zerosum.api import plan_of
from zerosum.cli.display import show_training
from zerosum.cli.train import decoding
from zerosum.core.errors import SettingError
from zerosum.train.folder import RunFolder
from zerosum.train.resume import reached


@dataclass(frozen=True, kw_only=True)
class Resume:
    """Go on with a run where it stopped, from its folder alone; its folder remembers the command that it began with."""

    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """Folder of a run."""
    minutes: float | None = None
    """Train until this many minutes are over, earlier sessions counted in; takes the place of the length that the run
    was to have."""
    samples: int | None = None
    """Train until this many real samples were seen; with --minutes, whatever is reached first."""
    json: bool = False
    """Print every event as one JSON object a line."""


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Resume, prog="zerosum resume", args=arguments, config=(tyro.conf.FlagCreatePairsOff,))
    plan = plan_of(command.run, minutes=command.minutes, samples=command.samples, progress=decoding)
    if reached(plan.run, RunFolder(command.run)):
        limits = [f"{plan.run.minutes:g} minutes"] if plan.run.minutes else []
        limits += [f"{plan.run.samples:,} samples"] if plan.run.samples else []
        raise SettingError(
            f"{command.run} has trained for as long as that: {' or '.join(limits)}. Give more --minutes or --samples."
        )
    show_training(plan, ["resume", *arguments], command.json)
