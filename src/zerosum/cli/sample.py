"""`zerosum sample RUN_OR_MODEL`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import tyro

from zerosum.api import load
from zerosum.cli.asked import Asked
from zerosum.core.errors import SettingError
from zerosum.core.files import replacing
from zerosum.core.seeding import parse_seeds
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.train.model import Model

USUAL_SEEDS, USUAL_ROWS = "0-63", 1000
"""What is made where nothing is asked for: samples by their numbers, or so many rows of a table."""

MOST_ROWS = 10_000_000
"""Rows of a table that one command makes at most: all of them are held in memory."""

LARGEST_SHEET = 256
"""Samples that one contact sheet shows at most."""


@dataclass(frozen=True, kw_only=True)
class Sample(Asked):
    """Write numbered samples of a trained model. A number is the same sample every time, here and in Python."""

    model: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RUN_OR_MODEL")]
    """Folder of a run or of a model."""
    seeds: str | None = None
    """Numbers of the samples: single ones and ranges, as in 0-63,100,200-210. By default 0-63, and of rows of a table
    0-999."""
    count: Annotated[int | None, tyro.conf.arg(aliases=["-n"])] = None
    """How many samples to make, from number 0 on, instead of --seeds."""
    out: Annotated[str, tyro.conf.arg(aliases=["-o"])] = "samples"
    """The folder to write to, or with --format npz a file or folder. Rows of a table are written to a file such as
    rows.csv, rows.parquet or rows.xlsx, or to a new table of a database, as in "shop.db#orders"."""
    truncation: float | None = None
    """The smaller, the more typical and the less varied are the samples, for systems that know truncation, such as
    stylegan2 (0.7) and biggan (0.5)."""
    format: Literal["png", "npz"] = "png"
    """One picture a sample and a contact sheet, or one array file with all of them."""


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Sample, prog="zerosum sample", args=arguments)
    model = load(command.model)
    seeds = numbers_of(command, model)
    condition = command.request(model)
    rows = model.numbered(seeds, condition, command.truncation)
    if isinstance(model.codec, TableCodec):
        write_table(command, model, model.codec, rows, seeds)
        return
    folder = Path(command.out)
    if command.format == "npz":
        classes = model.conditions(seeds, condition) if model.space.classes else None
        path = folder if folder.suffix == ".npz" else folder / "samples.npz"
        write_arrays(path, model, rows, seeds, None if classes is None else classes.numpy())
        print(f"{len(seeds):,} samples: {path}")
        return
    for seed, row in zip(seeds, rows, strict=True):
        model.codec.write(row, folder / f"seed{seed:05d}")
    sheet = folder.with_name(f"{folder.name}-sheet.png")  # beside the samples, which others may read
    with replacing(sheet) as temporary:
        model.codec.sheet(rows[:LARGEST_SHEET]).save(temporary, format="png")
    print(f"{len(seeds):,} samples: {folder}\nContact sheet: {sheet}")


def numbers_of(command: Sample, model: Model) -> Sequence[int]:
    """The numbers of the samples that are asked for.

    Raises:
        SettingError: They are asked for twice, or there are too many or none.
    """
    rows = isinstance(model.codec, TableCodec)
    if command.count is None:
        usual = f"0-{USUAL_ROWS - 1}" if rows else USUAL_SEEDS
        return parse_seeds(usual if command.seeds is None else command.seeds)
    if command.seeds is not None:
        raise SettingError("--count and --seeds both say which samples to make; leave one of them out.")
    if not 1 <= command.count <= MOST_ROWS:
        raise SettingError(f"--count is {command.count:,}; 1 to {MOST_ROWS:,} are allowed.")
    return range(command.count)


def write_table(command: Sample, model: Model, codec: TableCodec, rows: np.ndarray, seeds: Sequence[int]) -> None:
    """Write rows of a table, and say how many were made for those that are as asked."""
    from zerosum.data.tables.restoring import write_rows

    target = command.out
    if target == "samples":
        target = "samples.csv"
    where = write_rows(codec, rows, seeds, target)
    print(f"{len(rows):,} rows: {where}")
    if model.tries > len(rows):
        left_out = 1 - len(rows) / model.tries
        print(
            f"{left_out:.1%} of the {model.tries:,} rows that were made are left out: not as asked, or against a rule."
        )


def write_arrays(path: Path, model: Model, rows: np.ndarray, seeds: Sequence[int], classes: np.ndarray | None) -> None:
    """All samples in one .npz: `images` or `points`, their `seeds` and, where there are classes, their `labels`."""
    if rows.ndim == 4 and rows.shape[3] == 1:
        rows = rows[..., 0]  # grey pictures as (n, height, width), the way data sets are given
    name = "images" if model.space.kind == "image" else model.space.kind
    arrays = {name: rows, "seeds": np.asarray(seeds)} | ({} if classes is None else {"labels": classes})
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
