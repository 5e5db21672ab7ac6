"""Models to export: made on the spot with random weights, and woken up by a few batches so that samples differ."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import zerosum.api  # noqa: F401  registers the recipes
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data.codec import ImageCodec, PointsCodec
from zerosum.data.conditions import Attributes, Classes
from zerosum.train.model import Model

TINY: dict[str, Any] = {
    "generator_width": 8,
    "discriminator_width": 8,
    "latent_dim": 6,
    "style_dim": 8,
    "mapping_depth": 2,
    "channel_base": 64,
    "largest_width": 16,
    "chunk_dim": 4,
    "class_embedding_dim": 4,
    "width": 16,
    "group_width": 8,
    "blocks": 1,
}
"""Values that make networks tiny; each recipe takes those that it has."""

ANIMALS = ("cat", "dog", "</script><script>alert(1)</script>")
"""Names of classes, one of which was given by somebody with bad intentions."""

Make = Callable[..., Model]


def woken(model: Model) -> Model:
    """A model whose running statistics, and mean style, are those of its own latents."""
    for module in model.modules.values():
        module.requires_grad_(False).train()
    for first in range(1000, 1960, 64):
        seeds = range(first, first + 64)
        model.game.generate(model.modules, model.latents(seeds), model.conditions(seeds))
    for module in model.modules.values():
        module.eval()
    return model


@pytest.fixture(scope="session")
def make() -> Make:
    """Makes a tiny model of a recipe, of pictures or of points, told of classes, of attributes or of nothing."""

    def build(
        recipe: str,
        told: str | None = None,
        shape: tuple[int, ...] = (1, 16, 16),
        names: tuple[str, ...] = ANIMALS,
        **settings: Any,
    ) -> Model:
        torch.manual_seed(0)
        found = find_recipe(recipe)
        kind = "image" if len(shape) == 3 else "points"
        known, space = None, Space(kind=kind, shape=shape)
        if told == "classes":
            shares = np.array([0.5, 0.3, 0.2][: len(names)]) if len(names) <= 3 else np.full(len(names), 1 / len(names))
            known = Classes(shares, names)
            space = replace(space, classes=names, frequencies=tuple(shares))
        if told == "attributes":
            table = np.array([[g, 1 - r, r] for g in (0, 1) for r in (0, 1)], np.uint8)
            known = Attributes(np.array([0.4, 0.3, 0.2, 0.1]), ("glasses", "hair=black", "hair=red"), table)
            space = replace(space, condition_width=3)
        usual = found.settings(space)
        tiny = {name: value for name, value in TINY.items() if name in {field.name for field in fields(usual)}}
        values = replace(usual, **(tiny | settings))
        codec = ImageCodec() if kind == "image" else PointsCodec((1.0, -2.0)[: shape[0]], (2.0, 0.5)[: shape[0]])
        facts = {"data": "animals", "samples_seen": 1234}
        return woken(Model(found, values, space, codec, known, found.build(values, space), facts=facts))

    return build


@pytest.fixture(scope="session")
def node() -> Callable[[str, Any], Any]:
    """(name of a script beside this file, what it reads) -> what it writes, both JSON; skips where there is no node."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("needs node")
    page = Path(zerosum.__file__).parent / "export" / "page"

    def run(script: str, given: Any) -> Any:
        command = [program, str(Path(__file__).with_name(script)), page.as_uri()]
        answer = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return run
