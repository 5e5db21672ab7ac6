"""What pages do, as commands for a terminal: the studio itself starts trainings by them."""

import dataclasses
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zerosum.config.data import DataOptions
from zerosum.config.run import Run


def train_arguments(
    source: str,
    recipe: str,
    preset: str | None,
    settings: Any,
    usual: Any,
    run: Run,
    options: DataOptions,
    out: Path | None = None,
    name: str | None = None,
) -> list[str]:
    """The arguments of `zerosum` that train so; defaults are left out.

    Args:
        source: The data, as a person names them.
        recipe: The system.
        preset: The named settings that others are changed from.
        settings: The recipe's settings.
        usual: Those that it has for such data, or by the preset, where nothing is said.
        run: Length, seed, device and the like.
        options: How the data are read.
        out: The folder that the run's folder is in, where it is said.
        name: The run folder's name, where it is said.
    """
    arguments = ["train", source, "--recipe", recipe]
    if preset is not None:
        arguments += ["--preset", preset]
    arguments += [*flags(run, Run()), *flags(options, DataOptions()), *flags(settings, usual)]
    if out is not None:
        arguments += ["--out", str(out)]
    return arguments if name is None else [*arguments, "--name", name]


def flags(config: Any, usual: Any, prefix: str = "") -> list[str]:
    """The flags that make settings of the usual ones, as `tyro` reads them."""
    found = []
    for field in dataclasses.fields(config):
        value, before = getattr(config, field.name), getattr(usual, field.name)
        name = f"{prefix}{field.name.replace('_', '-')}"
        if dataclasses.is_dataclass(value):
            found += flags(value, before, f"{name}.")
        elif value != before:
            found += _flag(name, value, before)
    return found


def spelled(arguments: Sequence[str]) -> str:
    """The whole command, as one line for a shell."""
    return shlex.join(["zerosum", *arguments])


def _flag(name: str, value: Any, before: Any) -> list[str]:
    if isinstance(value, bool) and before in (True, False, None):
        parent, dot, own = name.rpartition(".")
        return [f"--{name}" if value else f"--{parent}{dot}no-{own}"]
    if isinstance(value, tuple):
        return [f"--{name}", *map(_word, value)]
    return [f"--{name}", _word(value)]


def _word(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)
