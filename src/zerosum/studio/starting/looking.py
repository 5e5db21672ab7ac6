"""Data looked at, and plans tried out: what the processes do that are started for it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from zerosum.api import DEFAULT_MINUTES, make_plan, open_for
from zerosum.config.base import from_json, to_json
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.progress import Progress
from zerosum.core.space import Space
from zerosum.data import Dataset
from zerosum.data.tables.columns.column import KINDS, Column
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.data.tables.encoding.wording import done
from zerosum.drawing.sheets import picture_grid
from zerosum.health.data import inspect_data
from zerosum.studio.pictures import jpeg
from zerosum.train.engine import Engine
from zerosum.train.trial import measured_speed

THUMBS = 24
"""Pictures that show what data are."""

ACROSS = 8
"""That stand in a row."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """Which data to look at.

    Attributes:
        source: As `open_dataset` takes them.
        usual: How they are read where nothing is said: as a run read them, or by default.
        options: How they are read.
        recipe: What they are read for, or "auto".
    """

    source: str
    usual: DataOptions
    options: DataOptions
    recipe: str = "auto"


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was seen.

    Attributes:
        look: What was looked at.
        recipe: The recipe that was asked for or chosen.
        why: Why it was.
        space: What one sample is.
        told: All that a page is told of the data.
        thumbs: Some samples, as JPEG.
    """

    look: Look
    recipe: str
    why: str
    space: Space
    told: dict[str, Any]
    thumbs: bytes


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What would be trained.

    Attributes:
        look: On which data.
        recipe: By which recipe.
        settings: The recipe's, as JSON.
        run: Batch, device and the like.
    """

    look: Look
    recipe: str
    settings: dict[str, Any]
    run: Run


def look(held: None, asked: Look, progress: Progress) -> Looked:
    """Open data and say what they are.

    Raises:
        ZerosumError: They cannot be read, or not for this recipe.
    """

    def decoding(finished: int, total: int) -> None:
        progress("Decoding pictures", finished, total)

    dataset, recipe, why = open_for(asked.source, asked.options, asked.recipe, progress=decoding)
    rows = shown(dataset)
    told = {
        "name": dataset.name,
        "kind": dataset.space.kind,
        "count": len(dataset),
        "shape": list(dataset.rows.shape[1:]),
        "classes": classes(dataset.space),
        "notes": list(dataset.notes),
        "findings": [to_json(one) for one in found_in(dataset)],
        "columns": columns(dataset.codec) if isinstance(dataset.codec, TableCodec) else None,
        "kinds": list(KINDS) if isinstance(dataset.codec, TableCodec) else None,
        "thumbs": len(rows) if dataset.space.kind == "image" else 1,
        "recipe": {"name": recipe.name, "why": why.partition(": ")[2] or why},
        "minutes": DEFAULT_MINUTES[dataset.space.kind],
    }
    return Looked(look=asked, recipe=recipe.name, why=why, space=dataset.space, told=told, thumbs=thumbs(dataset, rows))


def try_out(held: None, asked: Trial, progress: Progress) -> float:
    """How many samples a second a plan would train on here.

    Raises:
        ZerosumError: It cannot be carried out.
    """
    dataset, recipe, _ = open_for(asked.look.source, asked.look.options, asked.recipe, asked.run.device)
    settings = from_json(recipe.config, asked.settings, recipe.name)
    plan = make_plan(dataset, asked.look.options, recipe, settings, asked.run)
    return measured_speed(plan, Engine(plan.build(), plan.run, dataset.space))


def thumb(name: str) -> bytes:
    """A small picture of a built-in set, as JPEG. It takes 0.1 s at most, so that the server makes it itself."""
    dataset = open_for(name, DataOptions(), "auto")[0]
    if dataset.space.kind == "image":
        return jpeg(picture_grid(shown(dataset)[:9], 3))
    sheet = dataset.codec.sheet(np.asarray(dataset.rows[:2000]))
    return jpeg(sheet.resize((sheet.width // 3, sheet.height // 3)))


def shown(dataset: Dataset) -> np.ndarray:
    """Samples from all over the data, that show what they are."""
    most = THUMBS if dataset.space.kind == "image" else dataset.codec.sheet_samples
    numbers = np.linspace(0, len(dataset.rows) - 1, min(most, len(dataset.rows))).astype(np.int64)
    return np.asarray(dataset.rows)[numbers]


def thumbs(dataset: Dataset, rows: np.ndarray) -> bytes:
    """Samples in one picture, as JPEG."""
    image = picture_grid(rows, min(ACROSS, len(rows))) if dataset.space.kind == "image" else dataset.codec.sheet(rows)
    return jpeg(image)


def classes(space: Space) -> list[dict[str, Any]] | None:
    """Classes and their shares."""
    named = zip(space.classes, space.frequencies, strict=True)
    return [{"name": name, "share": share} for name, share in named] or None


def found_in(dataset: Dataset) -> list[Any]:
    """What is odd about the data."""
    space = dataset.space
    return inspect_data(space.kind, dataset.rows, dataset.labels, space.classes)


def columns(codec: TableCodec) -> list[dict[str, Any]]:
    """What the columns of a table are, and what is done with them."""
    cells = dict(zip((column.name for column in codec.learned), codec.cells, strict=True))

    def told(column: Column) -> dict[str, Any]:
        choices = cells[column.name].choices if column.name in cells else 0
        known = {name: getattr(column, name) for name in ("name", "kind", "why", "missing", "distinct")}
        return known | {"done": done(column, choices)}

    return [told(column) for column in codec.columns]
