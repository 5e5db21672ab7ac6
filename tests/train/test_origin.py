"""Training on from a model: its weights, averages and opponents come along, and frozen layers stay as they are."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import zerosum
from zerosum.api import find_recipe
from zerosum.core.errors import SettingError
from zerosum.core.space import Space
from zerosum.game.freezing import first_grids
from zerosum.nn.spectral import bounded
from zerosum.train.folder import RunFolder
from zerosum.train.origin import origin_of

TINY: dict[str, Any] = {"samples": 32, "batch": 8, "precision": "fp32"}
SIZES: dict[str, Any] = {"generator_width": 4, "discriminator_width": 4}


def pictures(seed: int, count: int = 48, side: int = 16, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, channels), np.uint8)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a short run."""
    out = tmp_path_factory.mktemp("first")
    zerosum.fit(pictures(0), recipe="dcgan", out=out, name="run", **TINY, **SIZES)
    return out / "run"


def test_a_run_begins_with_the_averages_and_the_opponent(first: Path, tmp_path: Path) -> None:
    origin = origin_of(first)
    assert set(origin.weights) == {"generator", "discriminator"}
    shipped = zerosum.load(first).modules["generator"].state_dict()
    assert all(torch.equal(origin.weights["generator"][name], tensor) for name, tensor in shipped.items())
    game = origin.recipe.build(origin.settings, origin.space)
    assert origin.plant(game) == ()
    for name, player in game.players.items():
        for key, tensor in player.module.state_dict().items():
            assert torch.equal(tensor, origin.weights[name][key])


def test_fit_takes_over_recipe_settings_and_size(first: Path, tmp_path: Path) -> None:
    model = zerosum.fit(pictures(1, side=20, channels=1), origin=first, out=tmp_path, **TINY)
    assert (model.recipe.name, model.space.shape) == ("dcgan", (3, 16, 16))
    assert model.settings.generator_width == 4


def test_samples_after_no_time_are_those_of_the_origin(first: Path, tmp_path: Path) -> None:
    """Weights that hardly moved give nearly the same pictures; random ones do not."""
    before = zerosum.load(first).sample(8).astype(int)
    short = TINY | {"samples": 8}
    on = zerosum.fit(pictures(1), origin=first, out=tmp_path, **short).sample(8).astype(int)
    new = zerosum.fit(pictures(1), recipe="dcgan", out=tmp_path, seed=1, **short, **SIZES).sample(8).astype(int)
    assert abs(on - before).mean() < 0.5 * abs(new - before).mean()


def test_going_on_gives_what_was_never_interrupted(first: Path, tmp_path: Path) -> None:
    whole = zerosum.fit(pictures(1), origin=first, out=tmp_path, name="whole", **TINY)
    zerosum.fit(pictures(1), origin=first, out=tmp_path, name="parts", **TINY | {"samples": 16})
    parts = zerosum.fit(pictures(1), origin=first, out=tmp_path, name="parts", **TINY)
    assert np.array_equal(whole.sample(4), parts.sample(4))
    with pytest.raises(SettingError, match="from: "):
        zerosum.fit(pictures(1), recipe="dcgan", out=tmp_path, name="parts", **TINY | {"samples": 64}, **SIZES)


def test_frozen_layers_stay(first: Path, tmp_path: Path) -> None:
    zerosum.fit(pictures(1), origin=first, out=tmp_path, name="run", frozen_grids=1, **TINY)
    before, after = (origin_of(path).weights["discriminator"] for path in (first, tmp_path / "run"))
    checkpoint = RunFolder(tmp_path / "run").newest_checkpoint()
    assert checkpoint is not None
    assert torch.equal(before["layers.0.weight"], after["layers.0.weight"])
    assert torch.equal(before["layers.0.bias"], after["layers.0.bias"])
    assert not torch.equal(before["layers.2.weight"], after["layers.2.weight"])
    assert not torch.equal(before["head.linear.weight"], after["head.linear.weight"])


@pytest.mark.parametrize(
    ("recipe", "settings", "frozen", "learning"),
    [
        ("dcgan", {}, ["layers.0.weight"], ["layers.2.weight", "head.linear.weight"]),
        (
            "stylegan2",
            {"channel_base": 64, "largest_width": 8},
            ["blocks.b16.fromrgb.weight", "blocks.b16.conv0.bias", "blocks.b16.conv1.weight"],
            ["blocks.b8.conv0.weight", "head.conv.weight"],
        ),
        (
            "r3gan",
            {"width": 16, "blocks": 1},
            ["from_image.weight", "stages.0.block0.spatial.weight"],
            ["stages.1.block0.spatial.weight", "head.linear.weight", "basis"],
        ),
    ],
)
def test_the_first_grid(recipe: str, settings: dict, frozen: list[str], learning: list[str]) -> None:
    space = Space(kind="image", shape=(3, 16, 16))
    chosen = find_recipe(recipe)
    discriminator = chosen.build(chosen.config(**settings), space).players["discriminator"].module
    names = first_grids(1, space.shape, space, discriminator)
    assert set(frozen) <= names and not names & set(learning)
    assert names <= {name for name, _ in discriminator.named_parameters()}


def test_normalised_weights_are_frozen_too() -> None:
    space = Space(kind="image", shape=(3, 16, 16), classes=("a", "b"), frequencies=(0.5, 0.5))
    chosen = find_recipe("sngan")
    discriminator = (
        chosen.build(chosen.config(discriminator_width=4, spectral_norm=False), space).players["discriminator"].module
    )
    plain = first_grids(1, space.shape, space, discriminator)
    normal = first_grids(1, space.shape, space, bounded(discriminator, True))
    assert "blocks.0.convolve.0.parametrizations.weight.original" in normal
    assert len(plain) == len(normal)


def test_all_grids_cannot_be_frozen(first: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="--frozen-grids is 7"):
        zerosum.fit(pictures(1), origin=first, out=tmp_path, frozen_grids=7, **TINY)


def test_what_does_not_go_together(first: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="is of the recipe dcgan, and --recipe is r3gan"):
        zerosum.fit(pictures(1), origin=first, recipe="r3gan", out=tmp_path, **TINY)
    with pytest.raises(SettingError, match="leave --preset out"):
        zerosum.fit(pictures(1), origin=first, preset="points", out=tmp_path, **TINY)
    with pytest.raises(SettingError, match="of another form"):
        zerosum.fit(pictures(1), origin=first, out=tmp_path, generator_width=32, **TINY)
    assert not any(tmp_path.iterdir()), "a refusal leaves no run behind"


def test_a_model_without_its_opponent(first: Path, tmp_path: Path) -> None:
    folder = zerosum.load(first).save(tmp_path / "model")
    origin = origin_of(folder)
    assert set(origin.weights) == {"generator"}
    notes = origin.plant(origin.recipe.build(origin.settings, origin.space))
    assert notes == (f"{folder} has no discriminator, which begins anew.",)
