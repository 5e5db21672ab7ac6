"""What a page must know of a model before it shows anything of it."""

import importlib.util
from typing import Any

from zerosum.core.progress import Progress
from zerosum.data.conditions import Attributes, Captions, Classes
from zerosum.data.tables.encoding.panels import label
from zerosum.data.tables.language.asked import Rows
from zerosum.evaluation.subject import IN_MEMORY
from zerosum.studio.exploring.directions import listed
from zerosum.studio.exploring.open_model import OpenModel
from zerosum.studio.exploring.tables import codec_of

EXAMPLES = 12
"""Captions and expressions that are shown as examples."""

MOST_LEVELS = 200
"""Levels of a column that a page lets one choose from; of others they are typed."""


def description(opened: OpenModel, asked: None, progress: Progress) -> dict[str, Any]:
    """All of it, as JSON; the keys are those of the studio's contract for `GET /api/models/ID`."""
    model = opened.model
    shape = list(model.space.shape)
    lesson = opened.subject.lesson
    known = lesson is not None and lesson.source not in IN_MEMORY
    return {
        "path": opened.path,
        "recipe": model.recipe.name,
        "data": model.facts.get("data"),
        "kind": opened.kind,
        "shape": [*shape[1:], shape[0]] if opened.kind == "image" else shape,
        "facts": {**model.facts, "parameters": model.parameters, "weights": opened.weights},
        "spaces": list(opened.spaces),
        "latent": model.prior.dimension,
        "spherical": opened.explorer().space.spherical,
        "layers": _layers(opened),
        "truncation": model.knows_truncation or model.has_styles,
        "told": _told(opened),
        "columns": _columns(opened) if opened.kind == "table" else None,
        "listens": model.known.tells if isinstance(model.known, Rows) else None,
        "reals": known,
        "film": {"gif": opened.kind == "image", "mp4": importlib.util.find_spec("av") is not None},
        "invert": opened.kind == "image",
        "kept": opened.kept(),
        "directions": listed(opened),
    }


def _layers(opened: OpenModel) -> dict[str, int]:
    """How many layers can be told different latents, in each space."""
    layers = {"z": opened.model.chunks}
    if opened.model.has_styles:
        layers["w"] = len(opened.explorer("w").space.center)
    return layers


def _told(opened: OpenModel) -> dict[str, Any] | None:
    """What samples can be asked to be."""
    known = opened.model.known
    if known is None:
        return None
    told: dict[str, Any] = {"kind": known.flag.removeprefix("--"), "flag": known.flag, "names": [], "examples": []}
    if isinstance(known, Classes | Attributes):
        told["names"] = list(known.names)
    if isinstance(known, Captions):
        step = max(1, len(known.texts) // EXAMPLES)
        told["examples"] = list(known.texts[::step][:EXAMPLES])
    if isinstance(known, Rows):
        told["examples"] = [known.words(index) for index in range(min(EXAMPLES, len(codec_of(opened).learned)))]
    return told


def _columns(opened: OpenModel) -> list[dict[str, Any]]:
    """The columns that can be asked for."""
    return [
        {
            "name": column.name,
            "kind": column.kind,
            "number": column.is_number,
            "levels": None if column.is_number or len(column.levels) > MOST_LEVELS else list(column.levels),
            "low": label(column, column.low) if column.is_number else None,
            "high": label(column, column.high) if column.is_number else None,
            "step": column.step if column.kind in ("integer", "decimal") else None,
            "missing": column.missing > 0,
        }
        for column in codec_of(opened).learned
    ]
