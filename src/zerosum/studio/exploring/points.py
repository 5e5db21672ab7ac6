"""Points as a page draws them: many generated ones over real ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from zerosum.core.errors import SettingError
from zerosum.core.progress import Progress
from zerosum.studio.exploring.open_model import OpenModel

MOST = 5000
"""Points of each sort, at most."""


@dataclass(frozen=True, kw_only=True)
class PointsAsked:
    """Which points.

    Attributes:
        condition: What they are to be.
        count: How many generated ones, and real ones at most.
        seed: Number of the first generated one.
        place: One to single out.
        view: Who wants to see them, and no others any more.
    """

    condition: str | None = None
    count: int = 1000
    seed: int = 0
    place: dict | None = None
    view: str = "points"


def points(opened: OpenModel, asked: PointsAsked, progress: Progress) -> dict[str, Any]:
    """Generated points, real ones, the point of a place, and from where to where coordinates reach.

    Raises:
        SettingError: Too many are asked for.
    """
    opened.needs("points", "only points are drawn as dots")
    count, place = asked.count, asked.place
    if not 1 <= count <= MOST:
        raise SettingError(f"{count:,} points were asked for; 1 to {MOST:,} are allowed.")
    known = opened.model.known
    told = asked.condition if asked.condition is None or known is None else known.read(asked.condition)
    fake = opened.model.numbered(range(asked.seed, asked.seed + count), told)
    real = opened.trained
    if real is not None and len(real) > count:
        real = real[np.linspace(0, len(real) - 1, count).astype(int)]
    low, high = np.quantile(fake if real is None else real, [0.005, 0.995], axis=0)
    room = np.maximum(high - low, 1e-6) * 0.25
    shown = None if place is None else opened.explorer_for(place).places.rows([place])[0]
    return {
        "fake": _short(fake),
        "real": None if real is None else _short(real),
        "place": None if shown is None else _short(shown),
        "bounds": np.stack([low - room, high + room], 1).tolist(),
    }


def _short(values: np.ndarray) -> list[Any]:
    """Numbers that are no longer in text than a drawing needs."""
    return np.round(values.astype(float), 4).tolist()
