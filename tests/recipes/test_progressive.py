"""Progressive growing as a game: levels by the clock, what is shown and saved, and going on in the middle of a fade."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

import zerosum
from zerosum.__main__ import main
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.events import read_events
from zerosum.core.registry import find_recipe
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.data import Loader, open_dataset
from zerosum.game.game import Game, as_they_are
from zerosum.game.penalties import slopes
from zerosum.nn.pyramid import Pyramid
from zerosum.recipes.progressive import Progressive, progressive
from zerosum.train import trial
from zerosum.train.checkpoint import checkpoints, state
from zerosum.train.engine import Engine
from zerosum.train.feed import Feed

SPACE = Space(kind="image", shape=(2, 16, 16))
TINY: dict[str, Any] = {
    "latent_dim": 6,
    "channel_base": 64,
    "largest_width": 8,
    "stable_samples": 40,
    "fade_samples": 80,
}
FLAGS = [word for name, value in TINY.items() for word in (f"--{name.replace('_', '-')}", str(value))]
RECORDED = {"seconds", "samples_per_second"}


def game_of(space: Space = SPACE, **settings: Any) -> Game:
    torch.manual_seed(0)
    return progressive(Progressive(**(TINY | settings)), space)


def batch_of(game: Game, count: int = 8) -> Batch:
    """What the feed gives of random pictures."""
    pictures = torch.rand(count, *SPACE.shape, generator=torch.Generator().manual_seed(0)) * 2 - 1
    return Batch(game.shown(pictures), None, Noise(0))


def engine_of(game: Game) -> Engine:
    return Engine(game, Run(device="cpu", precision="fp32", log_rounds=1), SPACE)


def play(engine: Engine, samples: int) -> Engine:
    """Rounds of eight samples each, until so many were seen."""
    game = engine.game
    while game.clock.samples < samples:
        for turn in game.turns:
            engine.take(turn, batch_of(game))
        engine.advance(8)
    return engine


def level_of(game: Game, player: str) -> float:
    return game.players[player].module.get_buffer("level.reached").item()


@pytest.mark.parametrize(
    ("samples", "level"), [(0, 0), (32, 0), (40, 0), (80, 0.5), (120, 1), (152, 1), (180, 1.25), (999, 2)]
)
def test_the_clock_says_how_far_the_networks_have_grown(samples: int, level: float) -> None:
    """Appendix A.1: 4x4 pixels for a while, then fades and rests in turn, to the full size of 16x16."""
    game = game_of()
    game.clock.samples = samples
    for turn in game.turns:
        turn.loss(batch_of(game))
        assert level_of(game, turn.player) == pytest.approx(level)


def test_real_pictures_are_shown_as_the_generators_are() -> None:
    """Section 2: real pictures between two grids are mixed as generated ones are; the clock says how."""
    game, x = game_of(), torch.randn(3, 2, 16, 16)
    pixels = x.double().numpy()

    def averaged(cell: int) -> np.ndarray:
        means = pixels.reshape(3, 2, 16 // cell, cell, 16 // cell, cell).mean((3, 5))
        return means.repeat(cell, 2).repeat(cell, 3)

    for samples, expected in {
        8: averaged(4),
        60: 0.75 * averaged(4) + 0.25 * averaged(2),
        128: averaged(2),
        220: 0.25 * averaged(2) + 0.75 * pixels,
        400: pixels,
    }.items():
        game.clock.samples = samples
        np.testing.assert_allclose(game.shown(x), expected, atol=1e-5)


def test_the_feed_gives_pictures_as_they_are_shown(pictures: Path) -> None:
    game, dataset = game_of(Space(kind="image", shape=(1, 16, 16))), open_dataset(str(pictures), DataOptions())
    feed = Feed(game, Loader(dataset, 0, 8))
    plain = Feed(replace(game, shown=as_they_are), Loader(dataset, 0, 8))
    for samples in (0, 80, 400):
        game.clock.samples = samples
        whole, x = plain.batch(0, 0).x, feed.batch(0, 0).x
        assert torch.equal(x, game.shown(whole)) and torch.equal(x, feed.batch(1, 0).x)
        assert torch.equal(x, whole) == (samples == 400)


def test_an_estimate_is_of_networks_that_are_grown(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[Game] = []

    def noted(game: Game, *others: Any) -> None:
        played.append(game)
        return loop(game, *others)

    loop = trial.play
    monkeypatch.setattr(trial, "play", noted)
    assert main([*command(pictures, tmp_path / "runs", 10**6), "--dry-run"]) == 0
    assert level_of(played[0], "generator") == level_of(played[0], "discriminator") == 2.0


@pytest.mark.parametrize(("samples", "side"), [(0, 4), (60, 8), (128, 8), (200, 16), (400, 16)])
def test_slopes_are_measured_on_the_grid_in_use(samples: int, side: int) -> None:
    """The gradient penalty sees pictures of that size, as if there were no larger ones."""
    game = game_of(penalties="gradient-penalty=10")
    game.clock.samples = samples
    batch = batch_of(game)
    move = game.turns[0].loss(replace(batch, noise=Noise(3)))
    generator, critic = (game.players[name].module for name in ("generator", "discriminator"))
    noise, pyramid = Noise(3), Pyramid.of(16, 16)
    with torch.no_grad():
        fake = generator(noise.normal(8, 6), None)
    grid = {4: 0, 8: 1, 16: 2}[side]
    real, fake = pyramid.reduce(batch.x, grid), pyramid.reduce(fake, grid)
    assert real.shape[2:] == (side, side)
    between = fake.lerp(real, noise.uniform(8).view(-1, 1, 1, 1))
    lengths = slopes(critic, between)[1].sqrt()
    assert move.terms["gradient-penalty"].item() == pytest.approx(10 * (lengths - 1).square().mean().item(), rel=1e-4)


def test_layers_begin_to_learn_when_they_are_used() -> None:
    """Until then they have neither moved nor any state in the optimizer; then its state begins with them."""
    game = game_of()
    engine = engine_of(game)
    before = {name: {k: w.detach().clone() for k, w in p.module.named_parameters()} for name, p in game.players.items()}

    def moved() -> set[str]:
        return {
            f"{name}.{key}"
            for name, player in game.players.items()
            for key, weight in player.module.named_parameters()
            if not torch.equal(weight, before[name][key]) and weight.numel() > 1
        }

    def stepping(engine: Engine) -> dict[str, float]:
        tensors = state(engine)
        return {
            name.split("/")[2]: t.item()
            for name, t in tensors.items()
            if name.startswith("generator/optimizer") and name.endswith("/step")
        }

    play(engine, 40)
    assert not any(
        ".blocks." in name or name.startswith(("generator.to_picture.1", "generator.to_picture.2")) for name in moved()
    )
    assert set(stepping(engine).values()) == {5.0} and "to_picture.0.weight" in stepping(engine)
    assert not any(name.startswith("blocks") for name in stepping(engine))
    play(engine, 80)  # a round at the very beginning of the fade, and four in it
    steps = stepping(engine)
    assert (steps["first.convolve.weight"], steps["blocks.0.convolve.weight"]) == (10.0, 4.0)
    assert not any(name.startswith("blocks.1") for name in steps)
    play(engine, 400)
    assert stepping(engine)["to_picture.0.weight"] == 15.0, "what has faded out rests"
    every = {
        f"{name}.{key}" for name, p in game.players.items() for key, w in p.module.named_parameters() if w.numel() > 1
    }
    assert moved() == every


def test_averages_are_at_the_level_of_their_network() -> None:
    engine = play(engine_of(game_of()), 88)
    average = engine.averages["generator"]
    assert average.get_buffer("level.reached").item() == pytest.approx(0.5) == level_of(engine.game, "generator")
    whole = engine.game.generate(engine.modules(), torch.randn(4, 6), None)
    assert whole.shape == (4, 2, 16, 16)
    assert (whole[:, :, ::2, ::2] == whole[:, :, 1::2, 1::2]).all(), "pixels of 8x8, on full-size pictures"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Ninety-six random grey pictures of 16 x 16 in three classes."""
    generator = np.random.default_rng(0)
    path = tmp_path / "pictures.npz"
    np.savez(path, images=generator.integers(0, 256, (96, 16, 16), dtype=np.uint8), labels=np.arange(96) % 3)
    return path


def command(data: Path, out: Path, samples: int) -> list[str]:
    fast = ["--batch", "8", "--device", "cpu", "--precision", "fp32", "--log-rounds", "4", "--probe-rounds", "5"]
    return ["train", str(data), "--recipe", "progressive", *FLAGS, *fast, "--out", str(out), "--samples", str(samples)]


def final_state(out: Path) -> dict[str, Tensor]:
    (run,) = out.iterdir()
    return load_file(checkpoints(run / "checkpoints")[-1] / "state.safetensors")


def logged(out: Path) -> list[dict[str, Any]]:
    (run,) = out.iterdir()
    events = [event for event in read_events(run / "events.jsonl") if event["event"] == "progress"]
    return [{name: value for name, value in event.items() if name not in RECORDED} for event in events]


def test_a_run_that_stops_in_a_fade_goes_on_bit_for_bit(pictures: Path, tmp_path: Path) -> None:
    """Stops in the first fade, when the second grid has been used for four rounds, and in the second."""
    assert main(command(pictures, tmp_path / "whole", 320)) == 0
    for samples, level in ((72, 0.3), (184, 1.2), (320, 2.0)):
        assert main(command(pictures, tmp_path / "parts", samples)) == 0
        found = final_state(tmp_path / "parts")
        for kept in ("generator/module", "generator/average", "discriminator/module"):
            assert found[f"{kept}/level.reached"].item() == pytest.approx(level)
    first, second = final_state(tmp_path / "whole"), final_state(tmp_path / "parts")
    assert first.keys() == second.keys()
    assert [name for name in first if not torch.equal(first[name], second[name])] == []
    assert logged(tmp_path / "whole") == logged(tmp_path / "parts")
    sheets = [sorted(next(out.iterdir()).glob("samples/*.png"))[-1] for out in (tmp_path / "whole", tmp_path / "parts")]
    assert sheets[0].name == sheets[1].name and sheets[0].read_bytes() == sheets[1].read_bytes()


def test_a_model_of_half_way_makes_whole_pictures_at_its_level(pictures: Path, tmp_path: Path) -> None:
    assert main(command(pictures, tmp_path / "early", 40)) == 0
    assert main(command(pictures, tmp_path / "later", 88)) == 0
    (run,) = (tmp_path / "early").iterdir()
    coarse = zerosum.load(run).sample(4)
    assert coarse.shape == (4, 16, 16, 1)
    corners = coarse[:, ::4, ::4].repeat(4, 1).repeat(4, 2)
    assert np.array_equal(coarse, corners), "4x4 pixels, enlarged"
    (run,) = (tmp_path / "later").iterdir()
    model = zerosum.load(run)
    (weights,) = (run / "model").glob("*.safetensors")
    assert load_file(weights)["generator.level.reached"].item() == pytest.approx(0.5)
    mixed = model.sample(4)
    assert np.array_equal(mixed, mixed[:, ::2, ::2].repeat(2, 1).repeat(2, 2)), "8x8 pixels"
    assert not np.array_equal(mixed, mixed[:, ::4, ::4].repeat(4, 1).repeat(4, 2))
    with Image.open(sorted(run.glob("samples/*.png"))[-1]) as sheet:
        assert min(sheet.size) > 4 * 16


@pytest.mark.parametrize(
    "settings",
    [
        {
            "augment": "ada",
            "ada_target": 0.0,
            "loss": "relativistic",
            "penalties": "r1=1,r2=1,lecam,balanced-consistency",
        },
        {"augment": "diffaugment", "spectral_norm": True, "batch_statistics": "discrimination", "instance_noise": 0.1},
        {"pack": 2, "feature_matching": 0.1, "penalties": "drift,path-length,mode-seeking,generator-orthogonal"},
        {
            "focus": 2.0,
            "discriminator_steps": 2,
            "top_share": 0.5,
            "gradient_clip": 1.0,
            "penalty_every": 2,
            "penalty_steps": "own",
        },
    ],
    ids=lambda settings: "-".join(settings),
)
def test_other_parts_go_with_it_at_every_level(settings: dict[str, Any]) -> None:
    game = game_of(**settings)
    engine = engine_of(game)
    for samples in (0, 72, 136, 200, 400):
        game.clock.samples = samples
        for turn in game.turns:
            batch = replace(batch_of(game), group=torch.zeros(8, dtype=torch.int64))
            record = engine.take(turn, batch)
            assert all(value.isfinite() for value in record.values())
        engine.advance(8)


@pytest.mark.parametrize(
    ("side", "preset"), [(28, "small"), (48, "small"), (64, "large"), (128, "large"), (256, "paper")]
)
def test_presets_by_size(side: int, preset: str) -> None:
    found = find_recipe("progressive")
    assert found.settings(Space(kind="image", shape=(3, side, side))) == found.presets[preset]


def test_defaults_are_the_papers() -> None:
    """Appendix A.1: nothing between the two players' moves, Adam at 1e-3, and a mean of weights of 0.999 a round."""
    game = progressive(Progressive(), Space(kind="image", shape=(3, 8, 8)))
    assert [(turn.player, turn.repeat, turn.every) for turn in game.turns] == [
        ("discriminator", 1, 1),
        ("generator", 1, 1),
    ]
    assert all(player.optimizer.at(10**9)["lr"] == 1e-3 for player in game.players.values())
    average = game.players["generator"].average
    assert average is not None and average.decay(10**9, 16) == pytest.approx(0.999, abs=1e-5)
    game.clock.samples = 1_200_000
    assert game.shown(torch.ones(1, 3, 8, 8)).shape == (1, 3, 8, 8)
