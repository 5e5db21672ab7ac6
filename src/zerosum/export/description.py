"""What an exported file says of its model, so that another program can use it."""

import inspect
from typing import Any

from zerosum.config.base import to_json
from zerosum.core.version import __version__
from zerosum.export.generator import Stage
from zerosum.export.tracing import name_of_input
from zerosum.train.model import Model

RANGES = {
    "image": "numbers from -1 to 1, channels first; round (x + 1) * 127.5, cut off at 0 and 255, for bytes",
    "points": "coordinates around 0 with a spread near 1; times the codec's scale plus its center in their own units",
    "table": "rows as networks see them; zerosum's codec makes entries of them, as `zerosum sample` does",
}
"""What the numbers of a sample are, by kind."""


def described(model: Model, stage: Stage) -> dict[str, Any]:
    """A model in JSON: recipe, samples, latents, what it can be told, what its inputs mean."""
    neutral = stage.inputs.get("truncation")
    return {
        "zerosum": __version__,
        "recipe": model.recipe.name,
        "paper": model.recipe.paper,
        "facts": model.facts,
        "kind": model.space.kind,
        "shape": list(model.space.shape),
        "range": RANGES[model.space.kind],
        "codec": model.codec.to_json(),
        "inputs": {name_of_input(name, example): _meaning(model, name) for name, example in stage.inputs.items()},
        "latent": {
            "size": model.prior.dimension,
            "distribution": _first_line(type(model.prior)),
            "sample number s": f"{model.prior.stream}: {_first_line(type(model.prior).numbered)}",
            **{name: value for name, value in to_json(model.prior).items() if name != "dimension"},
        },
        "told": model.known.to_json() if model.known is not None else None,
        "truncation": None if neutral is None else {"none": float(neutral)},
    }


def _meaning(model: Model, name: str) -> str:
    """What an input is, in words."""
    if name == "latent":
        return f"float32 (samples, {model.prior.dimension})"
    if name == "truncation":
        return "float32 (): the smaller, the more typical and the less varied are the samples"
    if model.space.classes:
        return "int64 (samples): index of each one's class"
    if model.space.cells:
        return (
            f"float32 (samples, {model.space.size + len(model.space.cells)}): an encoded row in which what is told is "
            "filled in, then 1 for each cell that is told and 0 for others; all zeros tell nothing"
        )
    return f"float32 (samples, {model.space.condition_width}): what each one is told to be"


def _first_line(documented: Any) -> str:
    """The first line of what is written at a class or a function."""
    return (inspect.getdoc(documented) or "").split("\n", 1)[0]
