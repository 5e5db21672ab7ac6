"""Games of one player go through everything that was built for two: loop, probe, doctor, autopilot, card, displays."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

import zerosum
from zerosum import recipes as _recipes  # noqa: F401  registers the recipes
from zerosum.__main__ import main
from zerosum.cli.display import readings
from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.events import Event, read_events
from zerosum.core.registry import find_recipe
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.data.toys import modes
from zerosum.diagnosis import diagnose
from zerosum.health.summary import standing
from zerosum.train.folder import RunFolder
from zerosum.train.treatment import treatments

NAMES = ("vae", "autoencoder", "diffusion")
TERMS = {
    "vae": ["reconstruction", "kl", "deviation", "kl nats", "gradient norm"],
    "autoencoder": ["reconstruction", "gradient norm"],
    "diffusion": ["denoising", "gradient norm"],
}


def trained(out: Path, recipe: str, samples: int, *more: str, data: str = "ring") -> Path:
    """A run of small networks."""
    small = ["--width", "16", "--batch", "32", "--device", "cpu", "--log-rounds", "4"]
    command = ["train", data, "--recipe", recipe, "--out", str(out), "--name", "mine", "--samples", str(samples)]
    assert main([*command, *small, *more]) == 0
    return out / "mine"


def events(run: Path, kind: str) -> list[Event]:
    return [event for event in read_events(run / "events.jsonl") if event["event"] == kind]


@pytest.mark.parametrize("recipe", NAMES)
def test_a_run_says_what_one_player_does(recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = trained(tmp_path, recipe, 32 * 240, "--probe-rounds", "20")
    out = capsys.readouterr().out
    assert "D loss" not in out and "G gradient" not in out and TERMS[recipe][0] in out
    assert [name for name, _ in readings(events(run, "progress")[-1])] == TERMS[recipe]
    assert len(events(run, "probe")) >= 12 and not [e for e in events(run, "finding") if e["level"] == "alarm"]
    assert "judged_real" not in events(run, "probe")[-1]
    diagnosis = diagnose(run)
    assert diagnosis.timeline.alone
    assert "gradient, generator" in [reading.name for reading in standing(diagnosis.timeline)]
    assert main(["diagnose", str(run)]) == 0 and (run / "report.html").exists()
    front = (run / "model" / "README.md").read_text().split("---\n")[1]
    assert yaml.safe_load(front)["tags"] == ["zerosum", recipe]


@pytest.mark.parametrize("recipe", NAMES)
def test_dry_run(recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "moons", "--recipe", recipe, "--width", "8", "--dry-run", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("Player:") == 1 and not list(tmp_path.iterdir())


@pytest.mark.filterwarnings("ignore:invalid value encountered")
@pytest.mark.parametrize("recipe", NAMES)
def test_a_player_that_runs_away_is_slowed(recipe: str, tmp_path: Path) -> None:
    run = trained(tmp_path, recipe, 32 * 40, "--optimizer.rate", "1e30", "--autopilot")
    (done, *_) = treatments(RunFolder(run))
    assert done.failure == "not-finite" and all(change.startswith("optimizer") for change in done.changes)
    assert events(run, "finished")


def batch_of(shape: tuple[int, ...], count: int = 8) -> Batch:
    x = torch.randn(count, *shape, generator=torch.Generator().manual_seed(0)) * 0.5
    return Batch(x, None, Noise(1))


@pytest.mark.parametrize("shape", [(1, 12, 9), (2,)], ids=str)
def test_a_new_diffusion_s_loss_is_its_target_s_variance(shape: tuple[int, ...]) -> None:
    """Inputs and targets have unit variance, and a new network says nearly nothing."""
    recipe, space = find_recipe("diffusion"), Space(kind="image" if len(shape) == 3 else "points", shape=shape)
    config = dataclasses.replace(recipe.settings(space), width=8, data_deviation=0.5)
    torch.manual_seed(0)
    (turn,) = recipe.build(config, space).turns
    assert turn.loss(batch_of(shape, 512)).terms["denoising"].item() == pytest.approx(1.0, abs=0.15)


def test_beta_weighs_the_divergence_alone() -> None:
    recipe, space = find_recipe("vae"), Space(kind="image", shape=(1, 12, 9))
    found = []
    for beta in (1.0, 4.0):
        torch.manual_seed(0)
        config = dataclasses.replace(recipe.settings(space), width=8, beta=beta)
        (turn,) = recipe.build(config, space).turns
        found.append(turn.loss(batch_of(space.shape)).terms)
    assert found[1]["kl"].item() == pytest.approx(4 * found[0]["kl"].item(), rel=1e-5)
    assert found[1]["reconstruction"].item() == pytest.approx(found[0]["reconstruction"].item(), rel=1e-5)


def test_an_autoencoder_s_samples_are_as_its_codes_are() -> None:
    """After training with codes far from the prior, latents lead to where the codes are."""
    recipe, space = find_recipe("autoencoder"), Space(kind="points", shape=(2,))
    game = recipe.build(dataclasses.replace(recipe.settings(space), width=8), space)
    network = game.players["generator"].module
    network.codes(torch.randn(4096, 2) * 0.1 + 7.0, None)
    codes = network.codes.like(game.prior.latents(range(500)), None)
    assert codes.mean(0).tolist() == pytest.approx([7.0, 7.0], abs=0.05)
    assert codes.std(0).tolist() == pytest.approx([0.1, 0.1], rel=0.2)


@pytest.mark.parametrize(
    ("recipe", "settings", "said"),
    [
        ("diffusion", {"usual_noise": 0.0}, "--usual-noise"),
        ("diffusion", {"least_noise": 80.0}, "--least-noise"),
        ("vae", {"least_deviation": 0.0}, "--least-deviation"),
    ],
)
def test_settings_that_mean_nothing_are_refused(recipe: str, settings: dict[str, float], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        find_recipe(recipe).config(**settings)


@pytest.mark.parametrize(("beta", "collapses"), [(0.01, False), (100.0, True)])
def test_a_vae_whose_latents_say_nothing_is_found(beta: float, collapses: bool, tmp_path: Path) -> None:
    more = ("--beta", str(beta), "--warm-up", "3000", "--probe-rounds", "40")
    run = trained(tmp_path, "vae", 32 * 1000, *more)
    found = {event["failure"] for event in events(run, "finding") if event["level"] == "alarm"}
    assert found == ({"mode-collapse"} if collapses else set())


@pytest.mark.slow
def test_diffusion_finds_every_mode_of_the_ring(tmp_path: Path) -> None:
    model = zerosum.fit("ring", recipe="diffusion", samples=150_000, device="cpu", out=tmp_path, **{"width": 64})
    drawn = torch.from_numpy(model.sample(1000))
    distance, mode = torch.cdist(drawn, torch.from_numpy(modes("ring")).float()).min(1)
    assert (distance < 0.2).float().mean() > 0.85
    assert np.bincount(mode, minlength=8).min() > 60
