"""Pictures of places: one as fast as it can be made, or exactly, and many as tiles of one picture."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import numpy as np
from PIL import Image

from zerosum.core.errors import SettingError
from zerosum.core.progress import Progress
from zerosum.drawing.sheets import picture as drawn
from zerosum.exploration.places import Place
from zerosum.studio.exploring.open_model import Answer, OpenModel
from zerosum.studio.pictures import jpeg, png

QUALITY = 92
"""Of JPEGs that are looked at while something is dragged."""

SMALL = 2**17
"""Pixels up to which a PNG takes no longer than it may; JPEG shows its blocks where pixels are enlarged."""

MOST_PLACES = 400
"""Tiles of one picture, at most."""


@dataclass(frozen=True, kw_only=True)
class PictureAsked:
    """One picture.

    Attributes:
        place: What to show.
        size: Its longest side in pixels, at most; None for the model's.
        lossless: Whether every pixel is to be that of `Model.sample`.
    """

    place: dict
    size: int | None = None
    lossless: bool = False


@dataclass(frozen=True, kw_only=True)
class SheetAsked:
    """Many pictures as tiles of one.

    Attributes:
        places: What to show.
        columns: Tiles in a row.
        lossless: Whether every pixel is to be that of `Model.sample`.
        view: Who wants to see it, and nothing older any more.
    """

    places: list
    columns: int
    lossless: bool = False
    view: str = "sheet"


def picture(opened: OpenModel, asked: PictureAsked, progress: Progress) -> Answer:
    """One picture; header X-Told says in words what its sample was told to be.

    Without `lossless` it is made alone, which is fast, and may differ from the sample in the last bit of a level.
    """
    opened.needs("image", "pictures are shown of models of images")
    places = opened.explorer_for(asked.place).places
    image = drawn(places.rows([asked.place])[0] if asked.lossless else places.glimpse(asked.place))
    if asked.size is not None and max(image.size) > asked.size > 0:
        factor = asked.size / max(image.size)
        sides = max(1, round(image.width * factor)), max(1, round(image.height * factor))
        image = image.resize(sides, Image.Resampling.BOX)
    told = places.told(asked.place)
    return written(image, asked.lossless, {} if told is None else {"X-Told": quote(told)})


def sheet(opened: OpenModel, asked: SheetAsked, progress: Progress) -> Answer:
    """Tiles of the model's size, row by row without gaps; header X-Told lists what each sample was told to be."""
    opened.needs("image", "pictures are shown of models of images")
    places = place_list(asked.places)
    if not 1 <= asked.columns <= MOST_PLACES:
        raise SettingError(f"{asked.columns} columns were asked for; 1 to {MOST_PLACES} are allowed.")
    image = drawn(tiled(opened.explorer_for(places[0]).places.rows(places), asked.columns))
    told = [opened.explorer_for(place).places.told(place) for place in places]
    return written(image, asked.lossless, {"X-Told": quote(json.dumps(told))} if any(told) else {})


def tiled(rows: np.ndarray, columns: int) -> np.ndarray:
    """Pictures (n, height, width, channels) side by side and below each other, (tall, wide, channels)."""
    count, height, width, channels = rows.shape
    columns = min(columns, count)
    lines = math.ceil(count / columns)
    cells = np.full((lines * columns, height, width, channels), 255, rows.dtype)
    cells[:count] = rows
    grid = cells.reshape(lines, columns, height, width, channels).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(lines * height, columns * width, channels))


def written(image: Image.Image, exactly: bool, headers: dict[str, str]) -> Answer:
    """A picture as PNG, or as JPEG where it is large and need not be exact."""
    if exactly or image.width * image.height <= SMALL or image.mode == "RGBA":
        return Answer(png(image), "image/png", headers)
    return Answer(jpeg(image, QUALITY), "image/jpeg", headers)


def place_list(places: Sequence[Any]) -> list[Place]:
    """Places as they were asked for.

    Raises:
        SettingError: There are none, or too many.
    """
    if not 1 <= len(places) <= MOST_PLACES:
        raise SettingError(f"{len(places)} places were asked for; 1 to {MOST_PLACES} are allowed.")
    return list(places)
