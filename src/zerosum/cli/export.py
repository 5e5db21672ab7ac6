"""`zerosum export MODEL`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from zerosum.api import Model, load, write_onnx, write_page
from zerosum.cli.progress import Waiting
from zerosum.core.errors import SettingError
from zerosum.exploration.axes import Method
from zerosum.export.estimating import Estimate, estimate
from zerosum.export.onnx_file import Written
from zerosum.export.page_file import DIRECTIONS
from zerosum.export.tracing import need_packages

PLAYGROUND = "playground"
"""What stands in a model's place for the page that needs none."""

FORMATS = ("html", "onnx")

LEVELS = 127.5
"""Of a picture's bytes, to a difference of 1 in a model's range."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """Write a generator as one file for others: a page that opens in a browser without a network, or an ONNX graph."""

    model: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="MODEL")]
    """Folder of a run or of a model; or `playground`, for the studio's playground as a page."""
    to: Literal["html", "onnx"] | None = None
    """What to write. By default what the name of --out ends in, or else html."""
    out: Annotated[Path | None, tyro.conf.arg(aliases=["-o"])] = None
    """The file to write, or a folder for it; by default the run's name with the format's ending, here. An earlier file
    is replaced."""
    directions: int = DIRECTIONS
    """Sliders for directions that a page of pictures has, at most."""
    axes: Method = "pca"
    """Which directions these are: pca, along which samples vary most, or sefa, which the generator's first layers
    stretch most."""


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Export, prog="zerosum export", args=arguments)
    to = format_of(command)
    if command.model == PLAYGROUND and not Path(PLAYGROUND).exists():
        playground(command, to)
        return
    model, out = load(command.model), place(command, name_of(Path(command.model)), to)
    expected = estimate(model)
    refusal = expected.why_no_page if to == "html" else expected.why_no_onnx
    if refusal is not None:
        raise SettingError(refusal)
    need_packages()
    print(forecast(expected, model, to), flush=True)
    with Waiting() as waiting:
        if to == "html":
            written = write_page(model, out, command.directions, command.axes, waiting.say)
        else:
            written = write_onnx(model, out, waiting.say)
    print(f"{written.path}: {megabytes(written.size)}. {compared(written, model)}")


def format_of(command: Export) -> str:
    """What to write.

    Raises:
        SettingError: The file's name says something else than --to.
    """
    said = None if command.out is None else command.out.suffix.removeprefix(".").lower()
    if command.to is None:
        return said if said in FORMATS else "html"
    if said in FORMATS and said != command.to:
        raise SettingError(f"--to is {command.to}, and --out ends in .{said}; leave one of them out.")
    return command.to


def place(command: Export, name: str, to: str) -> Path:
    """The file to write."""
    if command.out is None:
        return Path(f"{name}.{to}")
    return command.out / f"{name}.{to}" if command.out.is_dir() else command.out


def name_of(folder: Path) -> str:
    """What the file of a model is called: as its run, or its folder."""
    path = folder.resolve()
    return path.parent.name if path.name == "model" else path.name


def forecast(expected: Estimate, model: Model, to: str) -> str:
    """What the file will be like, before it is written."""
    if to == "onnx":
        return f"An ONNX file of about {megabytes(expected.onnx_bytes)}."
    what = "picture" if model.space.kind == "image" else "sample"
    size, milliseconds = megabytes(expected.page_bytes), max(1, round(expected.milliseconds))
    return f"A page of about {size}, which takes about {milliseconds:,} ms for a {what} on one core."


def compared(written: Written, model: Model) -> str:
    """How near samples of the file come to those of PyTorch."""
    unit, difference = "", written.difference
    if model.space.kind == "image":
        unit, difference = " of 255 levels", written.difference * LEVELS
    return f"ONNX Runtime draws the same samples with it as PyTorch, to within {difference:.2g}{unit}."


def playground(command: Export, to: str) -> None:
    """Write the playground, which is always a page."""
    if to != "html":
        raise SettingError("The playground is a page, and no ONNX file: take --to html.")
    from zerosum.export.playground_page import write_playground

    out = place(command, PLAYGROUND, to)
    write_playground(out)
    print(f"{out}: {megabytes(out.stat().st_size)}.")


def megabytes(size: int) -> str:
    """Bytes for a person."""
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"
