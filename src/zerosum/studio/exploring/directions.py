"""Directions of a model, found once for its weights and kept beside them."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from zerosum.core.errors import DataError
from zerosum.core.progress import Progress
from zerosum.exploration import Axes
from zerosum.exploration.places import axes_at
from zerosum.studio.exploring.open_model import OpenModel

MOST = 10
"""Directions that are looked for."""

_OURS = re.compile(r"(pca|sefa)-([zw])-(\d{1,2})-([0-9a-f]{6})")


@dataclass(frozen=True, kw_only=True)
class DirectionsAsked:
    """Which directions.

    Attributes:
        method: As for `Explorer.directions`.
        space: The space to look in; None for the one that the model is explored in first.
        count: How many; fewer where latents have fewer dimensions.
    """

    method: Literal["pca", "sefa"]
    space: Literal["z", "w"] | None = None
    count: int = MOST


def directions(opened: OpenModel, asked: DirectionsAsked, progress: Progress) -> dict[str, Any]:
    """The directions of a method: those that are kept for these weights, or else new ones, which are kept."""
    explorer = opened.explorer(asked.space)
    count = max(1, min(asked.count, MOST, explorer.space.center.shape[-1]))
    name = f"{asked.method}-{explorer.space.name}-{count}-{opened.weights}"
    path = axes_at(name, opened.folder)
    if not path.is_file():
        explorer.directions(asked.method, count).save(path)
    return _said(name, Axes.load(path))


def listed(opened: OpenModel) -> list[dict[str, Any]]:
    """The kept directions that go with the model as it is now."""
    known = []
    for path in sorted((opened.folder / "directions").glob("*.safetensors")):
        ours = _OURS.fullmatch(path.stem)
        if ours and ours[4] != opened.weights:
            continue  # of weights that are gone
        try:
            axes = Axes.load(path)
        except DataError:
            continue
        width = axes.directions.vectors.shape[1]
        if axes.space in opened.spaces and width == opened.explorer(axes.space).space.center.shape[-1]:
            known.append(_said(path.stem, axes))
    return known


def _said(name: str, axes: Axes) -> dict[str, Any]:
    ours = _OURS.fullmatch(name)
    shares = axes.directions.shares
    return {
        "name": name,
        "space": axes.space,
        "method": ours[1] if ours else None,
        "count": len(axes.directions.vectors),
        "shares": None if shares is None else shares.tolist(),
    }
