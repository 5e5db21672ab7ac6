"""What a page knows of its model: `Description` in `page/types.js`."""

import base64
from pathlib import Path
from typing import Any

from torch import Tensor

from zerosum.core.progress import Progress
from zerosum.data.codec import PointsCodec
from zerosum.data.conditions import Attributes, Classes, Conditions
from zerosum.exploration.axes import Method, find_axes
from zerosum.exploration.spaces import LatentSpace
from zerosum.export.generator import Stage
from zerosum.export.passes import Cost
from zerosum.export.priors import prior_for_page
from zerosum.export.tracing import name_of_input
from zerosum.latent.directions import Directions
from zerosum.train.model import Model

FOUND = "Samples that directions are found among"
"""What is done here, for who waits."""

LOOKED_AT = (300, 2000)
"""Samples that directions are found among, at least and at most."""

PATIENCE = 2e11
"""Multiplications that drawing these may take."""

WIDEST = 3.0
"""The bound from which on next to nothing is cut off normal latents: the end of the page's slider."""


def page_data(space: LatentSpace, stages: list[Stage], directions: Directions, method: Method) -> dict[str, Any]:
    """What the page is told of its model, for JSON.

    Args:
        space: The model's, that the page moves in.
        stages: The networks' stages.
        directions: Those that it has sliders for.
        method: How they were found.
    """
    model, codec = space.model, space.model.codec
    return {
        "title": title(model),
        "kind": model.space.kind,
        "shape": list(model.space.shape),
        "networks": [
            {"name": stage.name, "inputs": [name_of_input(name, value) for name, value in stage.inputs.items()]}
            for stage in stages
        ],
        "prior": prior_for_page(model.prior),
        "known": None if model.known is None else _known(model.known),
        "space": _space(space),
        "directions": {
            "method": method,
            "vectors": _numbers(directions.vectors),
            "spread": directions.spread.tolist(),
            "shares": [] if directions.shares is None else directions.shares.tolist(),
        },
        "truncation": _truncation(space, stages[-1]),
        "center": list(codec.center) if isinstance(codec, PointsCodec) else [],
        "scale": list(codec.scale) if isinstance(codec, PointsCodec) else [],
    }


def title(model: Model) -> str:
    """What a person calls the model: the name of its data, without the folders they lie in."""
    return Path(str(model.facts.get("data", model.recipe.name))).stem


def directions_of(space: LatentSpace, cost: Cost, count: int, method: Method, progress: Progress) -> Directions:
    """Directions, as many as there are and are wanted; points, which can be seen all at once, have none.

    Args:
        space: Where to look for them.
        cost: What a sample takes.
        count: How many are wanted.
        method: How to find them, as for `find_axes`.
        progress: Hears of the samples that are looked at.
    """
    dimension = space.center.shape[-1]
    if space.model.space.kind != "image" or count == 0:
        return Directions(space.center.new_zeros(0, dimension), space.center.new_zeros(0))
    least, most = LOOKED_AT
    drawn = method == "pca" and space.name == "z"
    looked_at = min(most, max(least, round(PATIENCE / cost.multiplications))) if drawn else most
    progress(FOUND, 0, looked_at)
    found = find_axes(space, method, min(count, dimension), range(looked_at))
    progress(FOUND, looked_at, looked_at)
    return found.directions


def _known(known: Conditions) -> dict[str, Any]:
    assert isinstance(known, Classes | Attributes), "captions are refused"
    flags = known.combinations.tobytes() if isinstance(known, Attributes) else b""
    return {
        "kind": "attributes" if isinstance(known, Attributes) else "classes",
        "names": list(known.names),
        "frequencies": known.frequencies.tolist(),
        "combinations": base64.b64encode(flags).decode("ascii"),
    }


def _space(space: LatentSpace) -> dict[str, Any]:
    styled = space.name == "w"
    layers, width = tuple(space.center.shape) if styled else (1, len(space.center))
    return {
        "name": space.name,
        "spherical": space.spherical,
        "layers": layers,
        "width": width,
        "center": _numbers(space.center) if styled else None,
    }


def _truncation(space: LatentSpace, stage: Stage) -> dict[str, float] | None:
    """How the page's slider for truncation goes; in w it brings styles nearer to their mean, or takes them further."""
    if space.name == "w":
        return {"neutral": 1.0, "largest": 1.5} if space.model.knows_truncation else None
    if "truncation" not in stage.inputs:
        return None
    neutral = float(stage.inputs["truncation"])
    return {"neutral": neutral, "largest": min(WIDEST, 1.5 * neutral)}


def _numbers(tensor: Tensor) -> str:
    """Float32 numbers, lowest byte first, in base64."""
    return base64.b64encode(tensor.float().contiguous().numpy().astype("<f4").tobytes()).decode("ascii")
