"""Models to explore: made on the spot with random weights, and woken up by a few batches so that pictures differ."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

import zerosum.api  # noqa: F401  registers the recipes
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data.codec import Codec, ImageCodec, PointsCodec
from zerosum.data.conditions import Attributes, Classes, Conditions
from zerosum.train.model import Model

TINY: dict[str, dict[str, Any]] = {
    "stylegan2": {"latent_dim": 6, "style_dim": 8, "mapping_depth": 2, "channel_base": 64, "largest_width": 16},
    "light": {"generator_width": 8, "discriminator_width": 8, "latent_dim": 6},
    "biggan": {"chunk_dim": 4, "generator_width": 8, "discriminator_width": 8, "class_embedding_dim": 4},
    "attributes": {"generator_width": 8, "discriminator_width": 8, "latent_dim": 6},
    "r3gan": {"width": 16, "group_width": 8, "blocks": 1},
    "infogan": {},
}


def made(recipe: str, space: Space, codec: Codec, known: Conditions | None) -> Model:
    """A model of random weights whose samples are far from each other."""
    torch.manual_seed(0)
    found = find_recipe(recipe)
    settings = replace(found.settings(space), **TINY[recipe])
    model = Model(found, settings, space, codec, known, found.build(settings, space))
    for module in model.modules.values():
        for parameter in module.parameters():
            parameter.requires_grad_(False)
        module.train()
        for number in range(30):  # running statistics, and the mean style
            seeds = range(1000 + 64 * number, 1064 + 64 * number)
            told = model.conditions(seeds)
            module(model.latents(seeds), told)
        module.eval()
    return model


def classes(*names: str) -> dict[str, Any]:
    shares = np.full(len(names), 1 / len(names))
    return {"classes": names, "frequencies": tuple(shares)}


PICTURES = (1, 16, 16)
CATS = Classes(np.array([0.5, 0.5]), ("cat", "dog"))


@pytest.fixture(scope="session")
def make_model() -> Callable[..., Model]:
    """Makes a tiny model of pictures of a recipe, with classes cat and dog or without."""

    def make(recipe: str, told: bool = True) -> Model:
        space = Space(kind="image", shape=PICTURES, **(classes("cat", "dog") if told else {}))
        return made(recipe, space, ImageCodec(), CATS if told else None)

    return make


@pytest.fixture(scope="session")
def styled(make_model: Callable[..., Model]) -> Model:
    """A model with styles and classes."""
    return make_model("stylegan2")


@pytest.fixture(scope="session")
def light(make_model: Callable[..., Model]) -> Model:
    """A model with classes and without styles."""
    return make_model("light")


@pytest.fixture(scope="session")
def attributed() -> Model:
    """A model that is told of glasses and of hair, black or red."""
    table = np.array([[g, 1 - r, r] for g in (0, 1) for r in (0, 1)], np.uint8)
    known = Attributes(np.full(4, 0.25), ("glasses", "hair=black", "hair=red"), table)
    space = Space(kind="image", shape=(1, 16, 16), condition_width=3)
    return made("attributes", space, ImageCodec(), known)


@pytest.fixture(scope="session")
def points() -> Model:
    """A model of points."""
    return made("r3gan", Space(kind="points", shape=(2,)), PointsCodec((0.0, 0.0), (1.0, 1.0)), None)


@pytest.fixture(params=["styled", "light"])
def model(request: pytest.FixtureRequest) -> Model:
    """Each of the two."""
    return request.getfixturevalue(request.param)
