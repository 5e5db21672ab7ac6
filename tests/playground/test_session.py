"""Games of the playground: the same settings give the same game, however it is watched, linked or saved."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Node = Callable[[str, Any], Any]
Points = NDArray[np.float64]

GAMES: dict[str, dict[str, Any]] = {
    "usual": {},
    "other everything": {
        "data": "moons",
        "seed": 4294967295,
        "loss": "least-squares",
        "penalties": {"lecam": 0.3, "r1": 0.1, "path-length": 0.01},
        "smooth": 0.1,
        "batch": 33,
        "discriminatorSteps": 2,
        "generatorRate": 0.003,
        "optimizer": "descent",
        "average": 0.9,
        "noise": 0.2,
        "noiseRounds": 20,
        "pack": 2,
        "limit": 0.5,
        "spectral": True,
        "latentSize": 3,
        "latentKind": "uniform",
        "generatorDepth": 1,
        "generatorActivation": "relu",
    },
    "one dimension": {"data": "pair1", "latentSize": 1, "loss": "wasserstein", "penalties": {"gradient-penalty": 1}},
    "own points": {"data": "points2", "points": [0.5, -1.25, 1.99, 0.01, -2.2, 2.2], "penalties": {}},
}
ROUNDS = 30


@pytest.fixture(scope="module")
def games(node: Node) -> dict[str, dict[str, Any]]:
    """What became of each."""
    asked = [{"settings": settings, "rounds": ROUNDS} for settings in GAMES.values()]
    return dict(zip(GAMES, node("session.mjs", asked), strict=True))


@pytest.mark.parametrize("name", GAMES)
def test_the_same_game(name: str, games: dict[str, dict[str, Any]]) -> None:
    """Exactly the same weights when it is watched in every round, opened from a link, or saved and opened half-way."""
    game = games[name]
    assert np.isfinite(game["weights"]).all()
    assert game["watched"] == game["weights"]
    assert game["linked"] == game["settings"]
    assert game["linkedWeights"] == game["weights"]
    assert game["restored"] == game["weights"]


def test_other_seeds_are_other_games(node: Node) -> None:
    """And so are other settings."""
    asked = [{"settings": settings, "rounds": 3} for settings in ({"seed": 1}, {"seed": 2}, {"seed": 1, "beta2": 0.99})]
    weights = [game["weights"] for game in node("session.mjs", asked)]
    assert weights[0] != weights[1]
    assert weights[0] != weights[2]


def mean_distance(a: Points, b: Points) -> float:
    return float(np.linalg.norm(a[:, None] - b[None], axis=-1).mean())


@pytest.mark.parametrize("name", GAMES)
def test_measures(name: str, games: dict[str, dict[str, Any]]) -> None:
    """Energy distance, spread, accuracy, gap, modes and good points, as numpy has them."""
    game = games[name]
    measures = game["measures"]
    dimensions = 1 if name == "one dimension" else 2
    fake, real = (np.array(game[side]).reshape(-1, dimensions) for side in ("fake", "real"))
    first, others = fake[:400], real[:400]
    # Of one set, between different points: without the zeros on the diagonal.
    apart = {side: mean_distance(points, points) * 400 / 399 for side, points in (("fake", first), ("real", others))}
    energy = 2 * mean_distance(first, others) - apart["fake"] - apart["real"]
    assert measures["distance"] == pytest.approx(energy, abs=1e-9)
    assert measures["diversity"] == pytest.approx(apart["fake"] / apart["real"], rel=1e-9)
    on_real, on_fake = np.array(game["onReal"]), np.array(game["onFake"])
    assert measures["gap"] == pytest.approx(on_real.mean() - on_fake.mean(), rel=1e-9)
    # With labels of 0.9, squares part at 0.45; critics part halfway between the means.
    middle = {"least-squares": 0.45, "wasserstein": (on_real.mean() + on_fake.mean()) / 2}
    line = middle.get(game["settings"]["loss"], 0)
    assert measures["accuracyReal"] == pytest.approx((on_real > line).mean())
    assert measures["accuracyFake"] == pytest.approx((on_fake < line).mean())
    if game["modes"] is None:
        assert measures["modes"] is None
        return
    modes = np.array(game["modes"]).reshape(-1, dimensions)
    near = np.linalg.norm(fake[:, None] - modes[None], axis=-1) <= 3 * game["sigma"]
    assert measures["good"] == pytest.approx(near.any(1).mean())
    assert measures["modes"] == (near.sum(0) >= 2).sum()
    assert measures["allModes"] == len(modes)


def test_records(games: dict[str, dict[str, Any]]) -> None:
    """One a round at first, each with the losses of that round."""
    entries = games["usual"]["entries"]
    assert [entry["round"] for entry in entries[: ROUNDS + 1]] == list(range(ROUNDS + 1))
    assert entries[0]["lossD"] is None
    assert entries[1]["lossD"] == pytest.approx(2 * np.log(2), rel=0.1), "at first D knows nothing"
    assert all(entry["normG"] > 0 for entry in entries[1 : ROUNDS + 1])
