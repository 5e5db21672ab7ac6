"""`zerosum sample RUN_OR_MODEL`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import tyro

from zerosum.api import load
from zerosum.core.errors import SettingError
from zerosum.core.files import replacing
from zerosum.data.conditions import Classes, Request
from zerosum.train.model import Model

LARGEST_SHEET = 256
"""Samples that one contact sheet shows at most."""

MOST_SAMPLES = 1_000_000
"""Samples that one command makes at most: all of them are held in memory."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Write numbered samples of a trained model. A number is the same sample every time, here and in Python."""

    model: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RUN_OR_MODEL")]
    """Folder of a run or of a model."""
    seeds: str = "0-63"
    """Numbers of the samples: single ones and ranges, as in 0-63,100,200-210."""
    out: Path = Path("samples")
    """The folder to write to, or with --format npz a file or folder."""
    class_: Annotated[str | None, tyro.conf.arg(name="class")] = None
    """Name or index of the class to make; by default each sample has its own, as often as in the data."""
    attributes: str | None = None
    """What samples are to have and what not, as in "glasses, hair=red, beard=no"; the rest is as in the data."""
    prompt: str | None = None
    """What to make, in words, of a model that is told in words: "red heart"."""
    truncation: float | None = None
    """The smaller, the more typical and the less varied are the samples, for systems that know truncation, such as
    stylegan2 (0.7) and biggan (0.5)."""
    format: Literal["png", "npz"] = "png"
    """One picture a sample and a contact sheet, or one array file with all of them."""


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Sample, prog="zerosum sample", args=arguments)
    seeds = parse_seeds(command.seeds)
    model = load(command.model)
    condition = request_of(command, model)
    rows = model.sample(seeds=seeds, condition=condition, truncation=command.truncation)
    if command.format == "npz":
        classes = model.conditions(seeds, condition) if model.space.classes else None
        path = command.out if command.out.suffix == ".npz" else command.out / "samples.npz"
        write_arrays(path, model, rows, seeds, None if classes is None else classes.numpy())
        print(f"{len(seeds):,} samples: {path}")
        return
    for seed, row in zip(seeds, rows, strict=True):
        model.codec.write(row, command.out / f"seed{seed:05d}")
    sheet = command.out.with_name(f"{command.out.name}-sheet.png")  # beside the samples, which others may read
    with replacing(sheet) as temporary:
        model.codec.sheet(rows[:LARGEST_SHEET]).save(temporary, format="png")
    print(f"{len(seeds):,} samples: {command.out}\nContact sheet: {sheet}")


def parse_seeds(text: str) -> list[int]:
    """The numbers that a text like "0-63,100" stands for, in its order."""
    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d{1,10})(?:-(\d{1,10}))?", part.strip(), re.ASCII)
        if match is None:
            raise SettingError(f'--seeds is "{text}"; write numbers and ranges, as in 0-63,100,200-210.')
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise SettingError(f'--seeds has the range "{part.strip()}", which ends before it begins.')
        if len(seeds) + last - first >= MOST_SAMPLES:
            raise SettingError(f'--seeds is "{text}": {MOST_SAMPLES:,} samples at most in one go.')
        seeds += range(first, last + 1)
    return seeds


def request_of(command: Sample, model: Model) -> Request | None:
    """What the samples are to be, by whichever flag suits the model; a class may be given by its index.

    Raises:
        SettingError: A flag for another kind of model is given.
    """
    given = {"--class": command.class_, "--attributes": command.attributes, "--prompt": command.prompt}
    known = model.known
    for flag, text in given.items():
        if text is not None and (known is None or flag != known.flag):
            able = "it was told nothing of its samples" if known is None else f"it takes {known.flag}"
            raise SettingError(f"{flag} means nothing to this model of the recipe {model.recipe.name}: {able}.")
    text = None if known is None else given[known.flag]
    if isinstance(known, Classes) and text not in (None, *known.names) and re.fullmatch(r"\d{1,10}", text, re.ASCII):
        return int(text)
    return text


def write_arrays(path: Path, model: Model, rows: np.ndarray, seeds: list[int], classes: np.ndarray | None) -> None:
    """All samples in one .npz: `images` or `points`, their `seeds` and, where there are classes, their `labels`."""
    if rows.ndim == 4 and rows.shape[3] == 1:
        rows = rows[..., 0]  # grey pictures as (n, height, width), the way data sets are given
    name = "images" if model.space.kind == "image" else model.space.kind
    arrays = {name: rows, "seeds": np.asarray(seeds)} | ({} if classes is None else {"labels": classes})
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
