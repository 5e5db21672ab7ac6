"""Files made of models, each in a process of its own, and kept as long as the studio runs."""

import secrets
import shutil
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from zerosum.core.errors import SettingError
from zerosum.core.progress import Progress
from zerosum.core.seeding import parse_seeds
from zerosum.drawing.sheets import picture_grid
from zerosum.evaluation.subject import find_subject
from zerosum.exploration import Explorer
from zerosum.export import write_onnx, write_page
from zerosum.studio.answers import unknown
from zerosum.studio.exporting.offers import Film, Options, Rows, Sheet, read_options
from zerosum.studio.pictures import jpeg, png
from zerosum.studio.workers import once

MOST_ROWS = 100_000
MOST_FRAMES = 1000
MOST_SAMPLES = 1024
"""Of one file that a page may ask for; a terminal makes more."""

KEPT = 32
"""Files that can be fetched, the latest ones."""


@dataclass(frozen=True)
class Making:
    """What is to be made.

    Attributes:
        folder: Of the model or its run.
        to: One of `OPTIONS`.
        options: Of it.
        out: The folder for the file.
    """

    folder: Path
    to: str
    options: Options
    out: Path


@dataclass(frozen=True)
class Made:
    """A file.

    Attributes:
        path: Where it is.
        name: What it is called where it is saved.
        checks: What was checked, in sentences.
    """

    path: Path
    name: str
    checks: tuple[str, ...] = ()


class Exports:
    """Files that were made for pages, in a folder that goes with the studio."""

    def __init__(self) -> None:
        self._folder = Path(mkdtemp(prefix="zerosum-studio-"))
        self._made: OrderedDict[str, Made] = OrderedDict()

    async def make(self, folder: Path, asked: Any) -> tuple[str, Made]:
        """Make a file; returns the id that it is fetched by.

        Args:
            folder: Of the model or its run.
            asked: The JSON of a request: `to`, and options of it.

        Raises:
            SettingError: There is no such thing, or no such option of it.
            ZerosumError: It cannot be made of this model.
        """
        to, options = read_options(asked)
        file = secrets.token_urlsafe(12)
        out = self._folder / file
        out.mkdir()
        try:
            made = await once(make, Making(folder, to, options, out))
        except BaseException:
            shutil.rmtree(out, ignore_errors=True)
            raise
        self._made[file] = made
        while len(self._made) > KEPT:
            shutil.rmtree(self._folder / self._made.popitem(last=False)[0], ignore_errors=True)
        return file, made

    def find(self, file: str) -> Made:
        """The file of an id.

        Raises:
            Refusal: There is none, or none any more.
        """
        if file not in self._made:
            raise unknown("file", file)
        return self._made[file]

    def close(self) -> None:
        """Remove all files."""
        shutil.rmtree(self._folder, ignore_errors=True)


def make(held: None, asked: Making, progress: Progress) -> Made:
    """Make a file.

    Raises:
        ZerosumError: It cannot be made of this model.
    """
    model, name, out = find_subject(asked.folder).model, asked.folder.name, asked.out
    assert model is not None, "a folder with a model"
    options = asked.options
    if isinstance(options, Sheet):
        return _sheet(model, options, name, out)
    if isinstance(options, Film):
        seeds = _numbers(options.seeds, MOST_FRAMES // max(1, options.frames))
        explorer = Explorer(model, None, truncation=options.truncation)
        path = explorer.walk(seeds, steps=options.frames).write(out / f"walk.{options.format}")
        return Made(path, f"{name}.{options.format}")
    if isinstance(options, Rows):
        return _rows(model, options, name, out)
    if asked.to == "card":
        return Made(model.save(out / "model") / "README.md", f"{name}.md")
    write, suffix = (write_page, "html") if asked.to == "html" else (write_onnx, "onnx")
    written = write(model, out / f"model.{suffix}", progress=progress)
    check = f"ONNX Runtime draws the same samples with it as PyTorch, to within {written.difference:.2g}."
    return Made(written.path, f"{name}.{suffix}", (check,))


def _sheet(model: Any, options: Sheet, name: str, out: Path) -> Made:
    rows = model.numbered(_numbers(options.seeds, MOST_SAMPLES), None, options.truncation)
    if options.columns is not None and not 1 <= options.columns <= MOST_SAMPLES:
        raise SettingError(f"--columns is {options.columns}; 1 to {MOST_SAMPLES} are allowed.")
    image = picture_grid(rows, options.columns) if np.ndim(rows) == 4 else model.codec.sheet(rows)
    path = out / f"sheet.{options.format}"
    path.write_bytes(png(image) if options.format == "png" else jpeg(image))
    return Made(path, f"{name}-sheet.{options.format}")


def _rows(model: Any, options: Rows, name: str, out: Path) -> Made:
    if model.space.kind != "table":
        raise SettingError(f"This model makes {model.space.kind}, and no rows of a table.")
    if not 1 <= options.count <= MOST_ROWS:
        raise SettingError(f"--count is {options.count:,}; 1 to {MOST_ROWS:,} rows are made here.")
    from zerosum.data.tables.restoring import write_rows  # here, since pandas is needed for tables alone

    numbers = range(options.count)
    path = out / f"rows.{options.format}"
    write_rows(model.codec, model.numbered(numbers), numbers, path)
    return Made(path, f"{name}-{options.count}-rows.{options.format}")


def _numbers(text: str, most: int) -> Sequence[int]:
    numbers = parse_seeds(text)
    if len(numbers) > most:
        raise SettingError(f'--seeds is "{text}", which is {len(numbers):,} samples; {most:,} at most are drawn here.')
    return numbers
