"""A generator as one page of HTML that opens from the disk."""

import json
from html import escape
from pathlib import Path
from typing import Any

from zerosum.core.errors import SettingError
from zerosum.core.files import replacing
from zerosum.core.progress import Progress
from zerosum.core.version import __version__
from zerosum.exploration.axes import Method
from zerosum.exploration.spaces import open_space
from zerosum.export.checking import CHECKED
from zerosum.export.estimating import estimated
from zerosum.export.networks import drawn, networks
from zerosum.export.onnx_file import Written
from zerosum.export.page_data import directions_of, page_data, title
from zerosum.export.passes import cost
from zerosum.export.shell import packed, page_of
from zerosum.export.tracing import need_packages
from zerosum.train.model import Model

DIRECTIONS = 8
"""Sliders that a page has where nobody asks for fewer."""


def write_page(
    model: Model,
    path: Path | str,
    directions: int = DIRECTIONS,
    axes: Method = "pca",
    progress: Progress = lambda what, done, total: None,
) -> Written:
    """Write a model's generator as one page of HTML that opens from the disk, with no network, in today's browsers.

    The page draws numbered samples, as `Model.sample` does to within 2 levels of 255, and what lies between and around
    them. It holds the generator, its weights in half precision where that is fine enough, and ONNX Runtime Web.

    Args:
        model: The model, of pictures or points.
        path: The file to write; an earlier one is replaced.
        directions: How many sliders for directions a page of pictures has, at most.
        axes: Which directions: "pca", along which samples vary most, or "sefa", which the generator's first layers
            stretch most.
        progress: Hears how far it is.

    Raises:
        SettingError: Packages are missing, or the model cannot be a page; the message says why.
    """
    need_packages()
    if directions < 0:
        raise SettingError(f"A page cannot have {directions} directions; none is 0.")
    taken = cost(model)
    refusal = estimated(model, taken).why_no_page
    if refusal is not None:
        raise SettingError(refusal)
    space = open_space(model, "auto")
    found = directions_of(space, taken, directions, axes, progress)
    stages, graphs = networks(model, progress)
    made = drawn(stages, graphs)
    wanted = model.generate(model.latents(CHECKED), model.conditions(CHECKED)).cpu()
    parts = zip(stages, graphs, strict=True)
    page = page_of(
        {
            "title": escape(title(model)),
            "summary": escape(_summary(model)),
            "about": _about(model),
            "model": _as_data(page_data(space, stages, found, axes)),
            "networks": "\n".join(
                f'<script type="text/plain" id="network-{stage.name}">{packed(graph.SerializeToString())}</script>'
                for stage, graph in parts
            ),
        }
    )
    path = Path(path)
    with replacing(path) as temporary:
        temporary.write_bytes(page)
    return Written(path, len(page), float((made - wanted).abs().max()))


def _as_data(value: Any) -> str:
    """JSON that nothing in it can end the element of."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _summary(model: Model) -> str:
    """One sentence for who opens the page."""
    kinds = {1: "grey ", 2: "grey, transparent ", 4: "transparent "}
    if model.space.kind == "image":
        channels, height, width = model.space.shape
        what = f"Pictures of {width} x {height} {kinds.get(channels, '')}pixels"
    else:
        dimensions = model.space.size
        what = f"Points with {dimensions} coordinate{'s' if dimensions > 1 else ''}"
    seen = model.facts.get("samples_seen")
    after = f" that has seen {seen:,} samples of {title(model)}" if isinstance(seen, int) else ""
    return f"{what}, drawn by a generator ({model.recipe.name}){after}."


def _about(model: Model) -> str:
    """What else is known, as a list in HTML."""
    facts = {
        "recipe": f"{model.recipe.name}: {model.recipe.summary}",
        "paper": model.recipe.paper,
        "weights": f"{model.parameters:,}",
        "a sample's number": f"sample s is made from {model.prior.stream}, as by `zerosum sample MODEL --seeds s`",
        "made by": f"zerosum {__version__} (Apache-2.0), with ONNX Runtime Web 1.30.0 (MIT), whose licence follows",
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(what)}</dd>" for name, what in facts.items())
    return f"<dl>{rows}</dl>"
