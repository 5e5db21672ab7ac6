"""`zerosum sample RUN_OR_MODEL`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import tyro

from zerosum.api import load
from zerosum.cli.asked import Asked
from zerosum.core.files import replacing
from zerosum.core.seeding import parse_seeds
from zerosum.train.model import Model

LARGEST_SHEET = 256
"""Samples that one contact sheet shows at most."""


@dataclass(frozen=True, kw_only=True)
class Sample(Asked):
    """Write numbered samples of a trained model. A number is the same sample every time, here and in Python."""

    model: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RUN_OR_MODEL")]
    """Folder of a run or of a model."""
    seeds: str = "0-63"
    """Numbers of the samples: single ones and ranges, as in 0-63,100,200-210."""
    out: Path = Path("samples")
    """The folder to write to, or with --format npz a file or folder."""
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
    condition = command.request(model)
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


def write_arrays(path: Path, model: Model, rows: np.ndarray, seeds: list[int], classes: np.ndarray | None) -> None:
    """All samples in one .npz: `images` or `points`, their `seeds` and, where there are classes, their `labels`."""
    if rows.ndim == 4 and rows.shape[3] == 1:
        rows = rows[..., 0]  # grey pictures as (n, height, width), the way data sets are given
    name = "images" if model.space.kind == "image" else model.space.kind
    arrays = {name: rows, "seeds": np.asarray(seeds)} | ({} if classes is None else {"labels": classes})
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
