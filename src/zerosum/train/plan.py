"""A plan: everything that a run needs to know before it starts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from zerosum.config.base import to_json
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.errors import SettingError
from zerosum.core.registry import Recipe
from zerosum.core.seeding import seed_from
from zerosum.core.version import __version__
from zerosum.data.dataset import Dataset
from zerosum.game.game import Game
from zerosum.train.asked import Asked, AskedData
from zerosum.train.origin import Origin


@dataclass(frozen=True)
class Plan:
    """What is trained, on what, for how long and where.

    Attributes:
        dataset: What is learned.
        options: How the data was asked for.
        recipe: The system.
        settings: The recipe's config.
        run: Seed, length, device and the like.
        out: The folder that run folders are made in.
        name: The run folder's name; None numbers it.
        new: Start afresh even where an earlier run could go on.
        asked_batch: The batch that was asked for; None lets a run that goes on keep its own.
        origin: The model whose weights it begins with; None begins with random ones.
    """

    dataset: Dataset
    options: DataOptions
    recipe: Recipe
    settings: Any
    run: Run
    out: Path = Path("runs")
    name: str | None = None
    new: bool = False
    asked_batch: int | None = None
    origin: Origin | None = None

    def build(self) -> Game:
        """The game with its first weights, which depend on the seed and the origin alone."""
        torch.manual_seed(seed_from(self.run.seed, "first weights"))
        try:
            game = self.recipe.build(self.settings, self.dataset.space)
        except (ValueError, RuntimeError) as error:
            raise SettingError(f"These settings of {self.recipe.name} make no network: {error}.") from error
        if self.origin is not None:
            self.origin.plant(game)
        return game

    def planted(self) -> tuple[str, ...]:
        """Sentences about what of the origin's weights does not fit, and begins anew."""
        if self.origin is None:
            return ()
        return self.origin.plant(self.recipe.build(self.settings, self.dataset.space))

    def asked(self, run: Run, precision: str) -> Asked:
        """What the run's folder remembers: the plan, its final run settings and the precision computed in."""
        data = self.dataset
        return Asked(
            zerosum=__version__,
            recipe=self.recipe.name,
            settings=to_json(self.settings),
            data=AskedData(name=data.name, source=data.source, fingerprint=data.fingerprint, options=self.options),
            run=run,
            precision=precision,
            space=data.space,
            codec=data.codec.to_json(),
            origin=self.origin and self.origin.path,
        )
