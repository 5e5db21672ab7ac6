"""A closer look changes nothing, and can be taken at any data."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from zerosum.api import make_plan, open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.events import Event
from zerosum.train.checkpoint import checkpoints
from zerosum.train.engine import Engine
from zerosum.train.probe import Probe
from zerosum.train.session import train

SMALL = {"generator_width": 8, "discriminator_width": 8, "width": 8, "latent_dim": 8, "blocks": 1}


def play(data: Any, recipe: str, out: Path, rounds: int = 12, every: int = 5, **more: Any) -> tuple[Path, list[Event]]:
    """Train for some rounds; returns the run's folder and the events."""
    events: list[Event] = []
    dataset, chosen, _ = open_for(data, DataOptions(), recipe, "cpu")
    settings = chosen.settings(dataset.space)
    small = {name: value for name, value in SMALL.items() if hasattr(settings, name)}
    settings = dataclasses.replace(settings, **(small | more))
    run = Run(samples=8 * rounds, batch=8, device="cpu", precision="fp32", probe_rounds=every)
    _, folder = train(make_plan(dataset, DataOptions(), chosen, settings, run, out, "mine"), events.append)
    return folder.path, events


def probes(events: list[Event]) -> list[Event]:
    return [event for event in events if event["event"] == "probe"]


def pictures(path: Path, count: int, classes: int = 0, constant: bool = False) -> Path:
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (count, 8, 8), dtype=np.uint8)
    labels = {"labels": np.arange(count) % classes} if classes else {}
    np.savez(path, images=np.full_like(images, 77) if constant else images, **labels)
    return path


@pytest.mark.parametrize(
    ("recipe", "more"),
    [
        ("light", {}),
        ("dcgan", {}),  # batch normalisation in both players
        ("light", {"augment": "ada", "ada_samples": 1000}),
        ("r3gan", {}),
        ("gan", {"discriminator_units": 8}),  # dropout
    ],
)
def test_looking_changes_nothing(recipe: str, more: dict[str, Any], tmp_path: Path) -> None:
    data = "ring" if recipe == "r3gan" else pictures(tmp_path / "data.npz", 96, 0 if recipe == "gan" else 3)
    states, looks = [], []
    for every in (1, 5, 1_000_000):
        folder, events = play(data, recipe, tmp_path / str(every), every=every, **more)
        states.append(load_file(checkpoints(folder / "checkpoints")[-1] / "state.safetensors"))
        looks.append(len(probes(events)))
    assert looks == [12, 3, 1], "the last is that of the checkpoint"
    for other in states[1:]:
        assert states[0].keys() == other.keys()
        assert [name for name in other if not torch.equal(states[0][name], other[name])] == []


def test_looks_at_the_same_moment_see_the_same(tmp_path: Path) -> None:
    """The numbered samples and the real ones are the same each time; only the drift is from the look before."""
    data = pictures(tmp_path / "data.npz", 96)
    often, seldom = (probes(play(data, "light", tmp_path / str(every), every=every)[1]) for every in (3, 12))
    seen = [{k: v for k, v in look[-1].items() if k not in ("seconds", "took", "drift")} for look in (often, seldom)]
    assert seen[0] == seen[1]
    assert "drift" not in often[0] | seldom[0] and all(event["drift"] > 0 for event in often[1:])


HISTOGRAMS = {"logit_middle", "logit_reach", "logits_trained", "logits_fake"}
COMMON = {"quality", "fresh_accuracy", "precision", "recall", "density", "coverage", "variety", "duplicates"}
JUDGED = {"judged_real", "judged_fake", "input_slope"}
HELD_OUT = {"copies", "copying", "judged_held_out", "overfitting"}


@pytest.mark.parametrize(
    ("count", "classes", "constant", "held_out"),
    [(64, 0, False, True), (200, 2, False, True), (80, 0, True, True), (20, 0, False, False), (8, 0, False, False)],
    ids=["sixty-four", "two-classes", "constant", "twenty", "eight"],
)
def test_odd_pictures(count: int, classes: int, constant: bool, held_out: bool, tmp_path: Path) -> None:
    _, events = play(pictures(tmp_path / "data.npz", count, classes, constant), "light", tmp_path, rounds=6, every=2)
    looks = probes(events)
    assert len(looks) == 3
    for look in looks:
        assert look.keys() >= HISTOGRAMS and ("logits_held_out" in look) == held_out
        values = {name: value for name, value in look.items() if name not in ("event", "samples", "seconds", "took")}
        values = {name: value for name, value in values.items() if not name.startswith("logit")}
        later = set() if look is looks[0] else {"drift"}
        assert values.keys() == COMMON | JUDGED | {"lattice"} | (HELD_OUT if held_out else set()) | later
        assert [name for name, value in values.items() if not np.isfinite(value)] == []
        assert [
            n for n in ("fresh_accuracy", "precision", "recall", "coverage", "judged_real") if not 0 <= look[n] <= 1
        ] == []
    (start,) = [event for event in events if event["event"] == "start"]
    assert np.isfinite(start["floor"]) and start["floor"] >= 0 and start["metric"]


def test_the_discriminator_is_asked_about_samples_as_the_game_shows_them(tmp_path: Path) -> None:
    """Real ones are changed, generated ones are as they come."""
    dataset, recipe, _ = open_for(pictures(tmp_path / "data.npz", 96), DataOptions(), "light", "cpu")
    settings = dataclasses.replace(recipe.settings(dataset.space), generator_width=8, discriminator_width=8)
    game = recipe.build(settings, dataset.space)
    asked: list[torch.Tensor] = []

    def logits(x: torch.Tensor, condition: torch.Tensor | None) -> torch.Tensor:
        asked.append(x.detach())
        return game.judge.logits(x, condition)

    shown = dataclasses.replace(game, judge=dataclasses.replace(game.judge, logits=logits), shown=lambda x: x + 5)
    engine = Engine(shown, Run(device="cpu", precision="fp32"), dataset.space)
    probe = Probe(engine, dataset, SimpleNamespace(main=True, event=lambda *event, **values: None))  # type: ignore[arg-type]
    probe.look()
    trained, fake, held, again = asked
    assert trained.mean() > 4 and held.mean() > 4 and again.mean() > 4 and fake.mean() < 2
    assert trained.std() > 0.1, "they are the real ones"


@pytest.mark.parametrize("pack", [3, 100])
def test_packs_are_judged_whole(pack: int, tmp_path: Path) -> None:
    """Also where one holds more samples than a slope is measured on."""
    dataset, recipe, _ = open_for("ring", DataOptions(), "r3gan", "cpu")
    settings = dataclasses.replace(recipe.settings(dataset.space), width=8, blocks=1, pack=pack)
    run = Run(samples=400, batch=100, device="cpu", probe_rounds=2)
    events: list[Event] = []
    train(make_plan(dataset, DataOptions(), recipe, settings, run, tmp_path, "mine"), events.append)
    for look in probes(events):
        assert np.isfinite([look[name] for name in JUDGED]).all()


@pytest.mark.parametrize("points", [np.zeros((70, 2)), np.eye(9, 3), np.linspace(-1, 1, 300)[:, None]])
def test_odd_points(points: np.ndarray, tmp_path: Path) -> None:
    _, events = play(points.astype(np.float32), "r3gan", tmp_path, rounds=6, every=2)
    for look in probes(events):
        assert [name for name, value in look.items() if name != "event" and not np.isfinite(value).all()] == []


def test_critics_and_packs_are_looked_at(tmp_path: Path) -> None:
    for number, more in enumerate(({"loss": "wasserstein", "penalties": "none"}, {"pack": 2})):
        _, events = play("ring", "r3gan", tmp_path / str(number), rounds=4, every=2, **more)
        for look in probes(events):
            assert look.keys() >= COMMON | JUDGED | HELD_OUT
            assert np.isfinite([look[name] for name in COMMON | JUDGED | HELD_OUT]).all()
