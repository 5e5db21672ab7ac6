"""`zerosum train DATA`."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from zerosum.api import first_settings, make_plan, open_for
from zerosum.cli.display import show_training
from zerosum.cli.dry_run import describe
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.registry import find_recipe, recipes
from zerosum.train.devices import orderly_end
from zerosum.train.origin import origin_of
from zerosum.train.plan import Plan

EPILOGUE = "Each recipe has further flags: zerosum train --recipe NAME --help. Recipes: {names}."


@dataclass(frozen=True, kw_only=True)
class Train:
    """Train a generator on DATA. The same command again goes on where it stopped."""

    data: Annotated[str, tyro.conf.Positional]
    """A folder of pictures (sub-folders are classes), a .zip of one, an .npz or .npy file, or a built-in set: digits,
    emoji, ring, grid, moons, disjoint, line, gaussian."""
    recipe: str = "auto"
    """The system to train; auto chooses one for the data and the device, and says why."""
    preset: str | None = None
    """Named settings of the recipe to start from."""
    from_: Annotated[str | None, tyro.conf.arg(name="from", metavar="RUN_OR_MODEL")] = None
    """A model to train on instead of beginning with random weights: the folder of a run or of a model, own or imported.
    Its recipe, settings and size are taken over; --frozen-grids keeps the first layers of its discriminator."""
    out: Path = Path("runs")
    """The folder that run folders are made in."""
    name: str | None = None
    """Name of the run's folder; by default it is numbered."""
    new: bool = False
    """Start afresh where an earlier run could go on."""
    dry_run: bool = False
    """Say what would be trained on what, how large it is and how long it takes; train nothing."""
    json: bool = False
    """Print every event as one JSON object a line."""
    reading: tyro.conf.OmitArgPrefixes[DataOptions] = field(default_factory=DataOptions)
    run: tyro.conf.OmitArgPrefixes[Run] = field(default_factory=Run)


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    if {"-h", "--help"} & set(arguments):
        show_help(arguments)
        return
    plan, command = make(arguments)
    if command.dry_run:
        with orderly_end():
            describe(plan)
        return
    show_training(plan, ["train", *arguments], command.json)


def make(arguments: Sequence[str]) -> tuple[Plan, Train]:
    """The plan that the arguments ask for: first those of every run, then those of the recipe they lead to."""
    command, rest = tyro.cli(
        Train, prog="zerosum train", args=spell_out(arguments), return_unknown_args=True, config=(FLAGS,)
    )
    origin = None if command.from_ is None else origin_of(command.from_)
    dataset, recipe, why = open_for(
        command.data, command.reading, command.recipe, command.run.device, command.run.minutes, decoding, origin
    )
    settings = tyro.cli(
        recipe.config,
        prog=f"zerosum train {command.data} --recipe {recipe.name}",
        args=rest,
        default=first_settings(recipe, dataset.space, command.preset, origin),
        config=(FLAGS,),
    )
    plan = make_plan(
        dataset, command.reading, recipe, settings, command.run, command.out, command.name, command.new, origin
    )
    if not command.json and os.environ.get("RANK", "0") == "0":
        for note in (*dataset.notes, why[0].upper() + why[1:] + ".", *plan.planted()):
            print(note)
    return plan, command


def decoding(done: int, total: int) -> None:
    """Say how far the decoding of pictures is, on the line where it was said before."""
    if total >= 1000 and (done == total or done % 1000 == 0):
        print(f"\rDecoding pictures: {done:,} of {total:,}", end="\n" if done == total else "", file=sys.stderr)


FLAGS = tyro.conf.FlagCreatePairsOff


def spell_out(arguments: Sequence[str]) -> list[str]:
    """Give switches the value that the parser wants: --conditional, --no-conditional, and --autopilot."""
    spelled = []
    for index, argument in enumerate(arguments):
        following = arguments[index + 1] if index + 1 < len(arguments) else ""
        if argument == "--autopilot":
            spelled += ["--on-alarm", "autopilot"]
        elif argument == "--no-conditional":
            spelled += ["--conditional", "False"]
        elif argument == "--conditional" and following not in ("True", "False", "None"):
            spelled += ["--conditional", "True"]
        else:
            spelled.append(argument)
    return spelled


def show_help(arguments: Sequence[str]) -> None:
    """Print the flags of every run and, if a recipe is named, its own."""
    words = [word for argument in arguments for word in argument.split("=", 1)]
    named = [following for flag, following in zip(words, words[1:], strict=False) if flag == "--recipe"]
    try:
        tyro.cli(Train, prog="zerosum train", args=["--help"], config=(FLAGS,))
    except SystemExit:
        if not named or named[0] == "auto":
            print(EPILOGUE.format(names=", ".join(recipe.name for recipe in recipes())))
            return
    recipe = find_recipe(named[0])
    try:
        tyro.cli(recipe.config, prog=f"zerosum train DATA --recipe {recipe.name}", args=["--help"], config=(FLAGS,))
    except SystemExit:
        sys.stdout.flush()
