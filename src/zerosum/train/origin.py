"""Where a run's first weights come from, if not from chance: a trained model that it goes on from, on other data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from zerosum.core.errors import DataError, SettingError
from zerosum.core.registry import Recipe
from zerosum.core.space import Space
from zerosum.game.game import Game
from zerosum.train.folder import RunFolder
from zerosum.train.model import OPPONENTS, Model

LEAST = 0.5
"""Share of the generator's numbers that must fit, or the model is another one."""


@dataclass(frozen=True)
class Origin:
    """A model's weights, to begin with.

    Attributes:
        path: Of the model or the run, as it was given.
        recipe: The system.
        settings: That it was made with.
        space: What its samples are.
        weights: By player and name; of the opponents only where they were kept.
    """

    path: str
    recipe: Recipe
    settings: Any
    space: Space
    weights: dict[str, dict[str, Tensor]]

    def plant(self, game: Game) -> tuple[str, ...]:
        """Give the players of a new game these weights, as far as they fit; returns sentences about what began anew.

        Raises:
            SettingError: Less than half of the generator fits.
        """
        notes = []
        for name, player in game.players.items():
            if name not in self.weights:
                notes.append(f"{self.path} has no {name}, which begins anew.")
                continue
            anew = planted(player.module, self.weights[name])
            numbers = sum(tensor.numel() for tensor in player.module.state_dict().values())
            new = sum(tensor.numel() for tensor in anew.values())
            if name == "generator" and new > (1 - LEAST) * numbers:
                raise SettingError(
                    f"{self.path} is a {self.recipe.name} of another form: {len(anew)} tensors of the generator do not "
                    f"fit, first {next(iter(anew))}. It was made with {len(self.space.classes)} classes; give data "
                    "with as many, its own --size and settings, or leave --from out."
                )
            if anew:
                notes.append(f"Of the {name}, {len(anew)} tensors begin anew, first {next(iter(anew))}.")
        return tuple(notes)


@torch.no_grad()
def planted(module: nn.Module, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copy what fits by name and shape into a network; returns the tensors that nothing fits."""
    own = module.state_dict()
    anew = {name: tensor for name, tensor in own.items() if name not in weights or weights[name].shape != tensor.shape}
    for name, tensor in own.items():
        if name not in anew:
            tensor.copy_(weights[name])
    return anew


def origin_of(path: Path | str) -> Origin:
    """The weights of a run's best checkpoint, or of a model's folder.

    Raises:
        DataError: There is none, or it is damaged.
    """
    model = Model.load(path)
    folder = RunFolder(Path(path))
    best = folder.best()
    checkpoint = None if best is None or best.checkpoint is None else folder.checkpoints / f"{best.checkpoint:012d}"
    if checkpoint is not None and (checkpoint / "clock.json").exists():
        weights = by_player(checkpoint / "state.safetensors")
    else:
        where = folder.model if folder.model.exists() else folder.path
        weights = by_name(read(where / "model.safetensors"))
        if (where / OPPONENTS).exists():
            weights |= by_name(read(where / OPPONENTS))
    return Origin(str(path), model.recipe, model.settings, model.space, weights)


def by_player(path: Path) -> dict[str, dict[str, Tensor]]:
    """Of a checkpoint, each player's average where it has one, and else its weights."""
    found: dict[str, dict[str, Tensor]] = {}
    tensors = read(path)
    for part in ("module", "average"):  # the second takes the first one's place
        for key, tensor in tensors.items():
            player, kind, *name = key.split("/", 2)
            if kind == part and name:
                found.setdefault(player, {})[name[0]] = tensor
    return found


def by_name(tensors: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Of a model, each player's weights: "generator.first.weight" is the generator's."""
    found: dict[str, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        player, _, name = key.partition(".")
        if name:
            found.setdefault(player, {})[name] = tensor
    return found


def read(path: Path) -> dict[str, Tensor]:
    """A file of tensors.

    Raises:
        DataError: It cannot be read.
    """
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
