"""Trainings that go wrong on purpose, and trainings that do not: what the doctor is examined on.

Each case says what it trains, how it is spoilt, and which failure must be named. All are small: points, or pictures of
28 and 32 pixels, some 15 seconds on one core. The doctor's thresholds were chosen on the half "tuning" of the cases;
the half "examination", `EXAMINED` in `cases.py`, was written down after those, on data that none of them uses. A case
whose outcome has changed a threshold belongs to the tuning half from then on: that is where the earlier examinations
went.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from zerosum import recipes as _recipes  # noqa: F401  registers the recipes
from zerosum.config.base import to_json
from zerosum.config.data import DataOptions
from zerosum.config.optimizer import Adam
from zerosum.config.run import Run
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data import Dataset, open_dataset
from zerosum.game.game import Game
from zerosum.train.plan import Plan

PICTURES = {"generator_width": 24, "discriminator_width": 16}
"""Networks small enough for the suite."""

LENGTH = {"image": 44_800, "points": 384_000, "table": 200_000}
"""Samples of one training: 700 rounds of 64 pictures, 3,000 rounds of 128 points, 1,000 of 200 rows."""

BATCH = {"image": 64, "points": 128, "table": 200}
"""Samples of a round."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One training.

    Attributes:
        name: What it is called.
        expected: The failures of which one must be named; none for a healthy training.
        data: A built-in set, or a function that makes a dataset.
        recipe: The recipe, by name.
        build: A function (settings, space) -> game in place of the recipe's own.
        settings: What is not as the recipe's defaults have it.
        options: What is not as the defaults of `DataOptions` have it.
        length: Samples; by default as `LENGTH` says.
        curable: Whether a change of settings can save it.
        healthy: Name of the case that it would be without the sabotage.
        half: "tuning" or "examination".
    """

    name: str
    expected: tuple[str, ...] = ()
    data: str | Callable[[int], Dataset] = "digits"
    recipe: str = "light"
    build: Callable[[Any, Space], Game] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    length: int | None = None
    curable: bool = False
    healthy: str = ""
    half: str = "tuning"

    def plan(self, seed: int, out: Any, on_alarm: str = "warn") -> Plan:
        """The plan of this training with a seed."""
        options = DataOptions(**self.options)
        recipe = find_recipe(self.recipe)
        if callable(self.data):
            dataset = self.data(seed)
        else:
            dataset = open_dataset(self.data, options, told=recipe.condition)
        kind = dataset.space.kind
        base = recipe.settings(dataset.space)
        small = {name: value for name, value in PICTURES.items() if kind == "image" and name in to_json(base)}
        settings = dataclasses.replace(base, **(small | self.settings))
        if self.build is not None:
            recipe = dataclasses.replace(recipe, build=self.build)
        length = self.length or LENGTH[kind]
        batch = min(settings.usual_batch, BATCH[kind])
        run = Run(
            seed=seed,
            batch=min(batch, len(dataset.training)),
            samples=length,
            device="cpu",
            log_rounds=16 if kind == "points" else 8,
            probe_rounds=100 if kind == "points" else 25,
            snapshot_seconds=1e9,
            checkpoint_seconds=1.5,
            on_alarm=on_alarm,  # type: ignore[arg-type]
        )
        return Plan(dataset, options, recipe, settings, run, out, f"{self.name}-{seed}", asked_batch=run.batch)


def fast(rate: float, **more: Any) -> Adam:
    return Adam(rate=rate, betas=(0.5, 0.99), **more)


PLAIN_GAME = {"penalties": "none", "loss": "non-saturating"}
"""The game with nothing to hold the discriminator."""

NO_CLASSES = {"conditional": False}
