"""The training pictures that are nearest to what is shown."""

import json
from dataclasses import dataclass, field

import numpy as np

from zerosum.core.errors import DataError, SettingError
from zerosum.core.progress import Progress
from zerosum.drawing.sheets import picture
from zerosum.studio.exploring.open_model import Answer, OpenModel
from zerosum.studio.exploring.pictures import place_list, tiled, written

MOST = 8
"""Neighbours of one sample, at most."""

PART = 2048
"""Training pictures that are compared at a time."""


@dataclass(frozen=True, kw_only=True)
class NearestAsked:
    """Whose neighbours.

    Attributes:
        places: Some places.
        seeds: Or the numbers of samples.
        count: Neighbours of each.
    """

    places: list = field(default_factory=list)
    seeds: list = field(default_factory=list)
    count: int = 3


def nearest(opened: OpenModel, asked: NearestAsked, progress: Progress) -> Answer:
    """Tiles, a row a place: what is there, then the nearest training pictures; X-Distances says how far these are.

    Distances are root mean squares over pixels, of 255 levels. Where training mirrored its pictures, the nearer way
    round counts, and the picture is shown as the data have it.

    Raises:
        SettingError: The model makes no pictures, or so many neighbours are not allowed.
        DataError: What it was trained on is not there any more.
    """
    opened.needs("image", "only pictures are compared with those that were trained on")
    places = place_list(asked.places or [{"latent": {"seed": seed}} for seed in asked.seeds])
    if not 1 <= asked.count <= MOST:
        raise SettingError(f"{asked.count} neighbours were asked for; 1 to {MOST} are allowed.")
    lesson, trained = opened.lesson, opened.trained
    if lesson is None or trained is None:
        raise DataError("What this model was trained on is not known here, or not there any more.")
    rows = opened.explorer_for(places[0]).places.rows(places)
    apart = distances(rows, trained)
    if lesson.mirror:
        apart = np.minimum(apart, distances(rows[:, :, ::-1], trained))
    numbers = np.argsort(apart, axis=1, kind="stable")[:, : asked.count]
    lines = np.concatenate([rows[:, None], trained[numbers]], 1)
    image = picture(tiled(lines.reshape(-1, *rows.shape[1:]), lines.shape[1]))
    far = np.take_along_axis(apart, numbers, 1).astype(float).round(2).tolist()
    return written(image, exactly=False, headers={"X-Distances": json.dumps(far)})


def distances(rows: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """Root mean squares of the differences between pictures (m, ...) and (n, ...), uint8, of their levels: (m, n)."""
    flat = rows.reshape(len(rows), -1).astype(np.float32)
    own = np.square(flat).sum(1)
    found = np.empty((len(rows), len(trained)), np.float32)
    for start in range(0, len(trained), PART):
        part = trained[start : start + PART].reshape(-1, flat.shape[1]).astype(np.float32)
        squares = own[:, None] - 2 * flat @ part.T + np.square(part).sum(1)
        found[:, start : start + len(part)] = np.sqrt(np.maximum(squares, 0) / flat.shape[1])
    return found
