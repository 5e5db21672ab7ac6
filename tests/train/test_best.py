"""Which generator is shipped: that of the best checkpoint, which stays on disk beside the newest two."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import zerosum
from zerosum.api import make_plan, open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.events import read_events
from zerosum.train.checkpoint import checkpoints
from zerosum.train.folder import RunFolder
from zerosum.train.model import Model
from zerosum.train.probe import Probe
from zerosum.train.session import train

BATCH = 8
CHANCE = 0.5
"""Between real samples and real ones, in these tests."""
BEST = {"samples": 24, "lowest": 20, "coverage": 0.0, "set_aside": False}


@pytest.fixture
def qualities(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the closer look finds after each round, first that of the first round: a distance, or it and a coverage."""
    found: list[Any] = []

    def measure(probe: Probe) -> dict[str, float]:
        probe.floor = CHANCE
        value = found[probe._engine.game.clock.rounds - 1]
        quality, *coverage = value if isinstance(value, tuple) else (value,)
        return {"quality": quality} | ({"coverage": coverage[0]} if coverage else {})

    monkeypatch.setattr(Probe, "_measure", measure)
    return found


def run(out: Path, rounds: int, **more: Any) -> tuple[Model, RunFolder]:
    """Train in `out/mine` until so many rounds were played, with a checkpoint after each."""
    dataset, recipe, _ = open_for("ring", DataOptions(), "r3gan", "cpu")
    settings = recipe.settings(dataset.space)
    fields = {"width": 8, "blocks": 1}
    asked = Run(samples=BATCH * rounds, batch=BATCH, device="cpu", checkpoint_seconds=1e-9, **more)
    changed = type(settings)(**(vars(settings) | fields))
    return train(make_plan(dataset, DataOptions(), recipe, changed, asked, out, "mine"))


def shipped(folder: RunFolder) -> int:
    """The samples seen at the one checkpoint whose averaged generator is in model/."""
    model = load_file(folder.model / "model.safetensors")
    found = []
    for path in checkpoints(folder.checkpoints):
        state = load_file(path / "state.safetensors")
        if all(
            torch.equal(state[f"generator/average/{name.removeprefix('generator.')}"], model[name]) for name in model
        ):
            found.append(int(path.name))
    (one,) = found
    return one


def kept(folder: RunFolder) -> list[int]:
    return [int(path.name) // BATCH for path in checkpoints(folder.checkpoints)]


def facts(folder: RunFolder) -> dict[str, Any]:
    return json.loads((folder.model / "config.json").read_text())["facts"]


def test_the_best_is_shipped_and_not_the_newest(qualities: list[float], tmp_path: Path) -> None:
    qualities += [100, 50, 20, 80, 90, 70]
    model, folder = run(tmp_path, 6)
    assert shipped(folder) == 3 * BATCH
    assert json.loads(folder.best_file.read_text()) == pytest.approx(BEST | {"quality": 20})
    assert kept(folder) == [3, 5, 6], "the newest two, and the best"
    assert facts(folder)["samples_seen"] == 24 and "20 (smaller" in facts(folder)["chosen"]
    assert "best checkpoint" in (folder.model / "README.md").read_text()
    saved = [event for event in read_events(folder.events) if event["event"] == "checkpoint"]
    assert [(event["quality"], event["best"]) for event in saved[:6]] == list(
        zip(qualities, [True, True, True, False, False, False], strict=True)
    )
    # What is returned is what is on disk.
    assert model.facts == zerosum.load(folder.path).facts
    np.testing.assert_array_equal(model.sample(9), zerosum.load(folder.path).sample(9))


def test_the_newest_is_shipped_while_it_is_not_worse_by_more_than_chance(
    qualities: list[float], tmp_path: Path
) -> None:
    """5 % and the floor: 20, then up to 21.5, measured from the lowest, so that it cannot creep up."""
    qualities += [20, 21.4, 21.4]
    model, folder = run(tmp_path, 3)
    assert shipped(folder) == 24 and kept(folder) == [2, 3]
    assert json.loads(folder.best_file.read_text()) == pytest.approx(BEST | {"quality": 21.4})
    np.testing.assert_array_equal(model.sample(9), zerosum.load(folder.path).sample(9))
    qualities += [21.6, 22.0]
    _, folder = run(tmp_path, 5)
    assert shipped(folder) == 24 and kept(folder) == [3, 4, 5]
    qualities += [5.0]
    _, folder = run(tmp_path, 6)
    assert shipped(folder) == 48 and kept(folder) == [5, 6]


def test_a_larger_distance_is_no_worse_where_more_is_covered(qualities: list[Any], tmp_path: Path) -> None:
    """As a residual network's first digits were: near in the mean, and like none in particular."""
    qualities += [(20, 0.7), (40, 0.74), (40, 0.9)]
    _, folder = run(tmp_path, 2)
    assert shipped(folder) == 8, "four points of coverage are chance"
    _, folder = run(tmp_path, 3)
    assert shipped(folder) == 24
    qualities += [(60, 0.93), (90, 0.2)]
    _, folder = run(tmp_path, 5)
    assert shipped(folder) == 24, "a collapse is farther and covers less"


def test_going_on_keeps_the_best_of_earlier_sessions(qualities: list[float], tmp_path: Path) -> None:
    qualities += [50, 20, 90]
    _, folder = run(tmp_path, 3)
    before = {path.name: path.read_bytes() for path in folder.model.iterdir()}
    qualities += [80, 80, 80]
    model, _ = run(tmp_path, 6)
    assert {path.name: path.read_bytes() for path in folder.model.iterdir()} == before
    assert kept(folder) == [2, 5, 6]
    np.testing.assert_array_equal(model.sample(9), zerosum.load(folder.path).sample(9))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_samples_that_cannot_be_measured_are_never_the_best(qualities: list[float], tmp_path: Path, bad: float) -> None:
    qualities += [bad, bad, 40, bad]
    _, folder = run(tmp_path, 2)
    assert shipped(folder) == 16, "while nothing could be measured, the newest is all there is"
    _, folder = run(tmp_path, 4)
    assert shipped(folder) == 24


def test_a_distance_below_zero(qualities: list[float], tmp_path: Path) -> None:
    """An unbiased estimate of a distance of 0 is negative half of the time."""
    qualities += [3, -0.1, 0.3, 9]
    _, folder = run(tmp_path, 4)
    assert shipped(folder) == 24, "-0.1 and 0.3 differ by less than chance"
