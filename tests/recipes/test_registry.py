"""Being registered means being tested: every recipe, on every kind of data it claims, with conditions and without."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import zerosum
from zerosum.api import make_plan, open_for
from zerosum.config.base import from_json, to_json
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.registry import Recipe, recipes
from zerosum.core.space import Space
from zerosum.data.loader import Loader
from zerosum.train.checkpoint import state
from zerosum.train.engine import Engine
from zerosum.train.feed import Feed
from zerosum.train.loop import play
from zerosum.train.session import train

SMALL: dict[str, Any] = {
    "width": 16,
    "generator_width": 16,
    "discriminator_width": 16,
    "discriminator_units": 16,
    "latent_dim": 8,
    "group_width": 4,
    "blocks": 1,
    "class_embedding_dim": 8,
    "style_dim": 8,
    "largest_width": 16,
    "stable_samples": 8,
    "fade_samples": 16,
    "usual_batch": 8,
    "noise_dim": 8,
}
"""Values that make networks tiny; each recipe takes those that it has."""

TYPES = {"image": np.uint8, "points": np.float32, "table": np.float64}
"""Of stored samples, by their kind."""

CASES = [
    pytest.param(recipe, kind, told, id=f"{recipe.name}-{kind}-{'told' if told else 'plain'}")
    for recipe in recipes()
    for kind in recipe.kinds
    for told in (False, True)
    if (recipe.condition if told else not recipe.needs_condition)
]


def data_of(kind: str, told: bool, folder: Path) -> Path:
    """Forty random samples of a kind; the pictures are neither square nor a multiple of anything."""
    generator = np.random.default_rng(0)
    index = np.arange(40) % 3
    words = {"texts": np.array(["a red one", "a blue one", "another"])[index]}
    table = {"attributes": np.stack([index == 0, index == 1], 1), "attribute_names": np.array(["red", "blue"])}
    said = {"labels": index} | words | table if told else {}
    if kind == "table":
        return table_of(generator, folder / "table.csv")
    if kind == "image":
        samples = {"images": generator.integers(0, 256, (40, 13, 18, 3), dtype=np.uint8)}
    else:
        samples = {"x": generator.normal(size=(40, 2)).astype(np.float32)}
    path = folder / f"{kind}.npz"
    np.savez(path, **samples, **said)
    return path


def table_of(generator: np.random.Generator, path: Path) -> Path:
    """Numbers with and without a step, a category, and entries that are missing."""
    lines = ["size,weight,colour"]
    for number in range(40):
        weight = "" if number % 7 == 3 else f"{generator.normal():.3f}"
        lines.append(f"{generator.integers(0, 90)},{weight},{('red', 'blue', 'green')[number % 3]}")
    path.write_text("\n".join(lines))
    return path


def tiny(recipe: Recipe, space: Space) -> Any:
    settings = recipe.settings(space)
    names = {field.name for field in dataclasses.fields(settings)}
    if getattr(settings, "pack", 1) > 1:
        settings = dataclasses.replace(settings, pack=4)  # which the small batches are full packs of
    return dataclasses.replace(settings, **{name: value for name, value in SMALL.items() if name in names})


def plan_of(recipe: Recipe, kind: str, told: bool, folder: Path, rounds: int, name: str) -> Any:
    options = DataOptions()
    dataset, chosen, _ = open_for(data_of(kind, told, folder), options, recipe.name, "cpu")
    run = Run(samples=8 * rounds, device="cpu", precision="fp32", log_rounds=1)
    return make_plan(dataset, options, chosen, tiny(recipe, dataset.space), run, folder / "runs", name)


@pytest.mark.parametrize(("recipe", "kind", "told"), CASES)
def test_recipe(recipe: Recipe, kind: str, told: bool, tmp_path: Path) -> None:
    """Train, save, load, sample, and go on bit for bit."""
    events: list[dict[str, Any]] = []
    whole, folder = train(plan_of(recipe, kind, told, tmp_path, 4, "whole"), events.append)
    progress = [event for event in events if event["event"] == "progress"]
    losses = [value for event in progress for name, value in event.items() if "/" in name]
    assert len(progress) == 4 and len(losses) >= 8 and np.isfinite(losses).all()

    shape = {"image": (13, 18, 3), "points": (2,), "table": (3,)}[kind]
    drawn = whole.numbered(range(3, 8))
    assert drawn.shape == (5, *shape) and drawn.dtype == TYPES[kind]
    assert len(np.unique(drawn.reshape(5, -1), axis=0)) == 5, "different numbers are different samples"
    np.testing.assert_array_equal(zerosum.load(folder.path).numbered(range(3, 8)), drawn)
    assert len(whole.sample(5, seed=3)) == 5
    if told:
        conditions = whole.conditions(range(200))
        assert len(torch.unique(conditions, dim=0)) == 3, "each sample is told to be something, as in the data"
        if recipe.condition == "classes":
            assert set(conditions.tolist()) == {0, 1, 2}

    train(plan_of(recipe, kind, told, tmp_path, 2, "parts"))
    _, parts = train(plan_of(recipe, kind, told, tmp_path, 4, "parts"))
    first, second = (read_state(path.checkpoints) for path in (folder, parts))
    assert first.keys() == second.keys()
    different = [name for name in first if not torch.equal(first[name], second[name])]
    assert not different


def read_state(checkpoints: Path) -> dict[str, torch.Tensor]:
    return load_file(sorted(checkpoints.iterdir())[-1] / "state.safetensors")


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_every_player_learns_and_is_saved(recipe: Recipe, tmp_path: Path) -> None:
    """One round moves every weight of every player, and the checkpoint's names cover all of them."""
    plan = plan_of(recipe, recipe.kinds[0], recipe.needs_condition, tmp_path, 1, "run")
    game = plan.build()
    before = {name: {k: v.clone() for k, v in p.module.named_parameters()} for name, p in game.players.items()}
    engine = Engine(game, plan.run, plan.dataset.space)
    feed = Feed(game, Loader(plan.dataset, 0, 8))
    play(game, engine, feed, (), lambda: game.clock.rounds >= 4)
    saved = state(engine)
    for name, player in game.players.items():
        for key, weight in player.module.named_parameters():
            assert f"{name}/module/{key}" in saved
            if weight.numel() == 1:
                continue  # an offset of all logits, which cancels where a critic is read by differences
            assert not torch.equal(weight, before[name][key]), f"{recipe.name}: {name}.{key} does not learn"


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_settings_survive_json(recipe: Recipe) -> None:
    for settings in (recipe.config(), *recipe.presets.values()):
        assert from_json(recipe.config, to_json(settings)) == settings


def test_every_recipe_says_what_it_is() -> None:
    assert {recipe.name for recipe in recipes()} >= {
        *("gan", "dcgan", "wgan-gp", "sngan", "sagan", "biggan", "progressive", "stylegan2", "r3gan", "light"),
        *("infogan", "acgan", "attributes", "text", "fastgan", "projected", "ctgan", "tabular", "tvae"),
        *("vae", "autoencoder", "diffusion"),
    }
    for recipe in recipes():
        assert recipe.summary.endswith(".") and recipe.paper
        documented = recipe.config.__doc__
        assert documented and not documented.startswith(recipe.config.__name__ + "("), "the config has a docstring"
