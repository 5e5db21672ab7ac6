"""Priors and networks that trainings are spoilt with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.random import RandomState
from torch import Tensor, nn

from zerosum.core.batch import Batch
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data import Dataset
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.networks.light import LightDiscriminator, LightGenerator
from zerosum.networks.perceptron import PerceptronDiscriminator, PerceptronGenerator


@dataclass(frozen=True)
class Still(Normal):
    """Latents without variance."""

    def draw(self, batch: Batch) -> Tensor:
        return super().draw(batch) * 0

    def numbered(self, stream: RandomState) -> np.ndarray:
        return super().numbered(stream) * 0


@dataclass(frozen=True)
class Handful(Normal):
    """Latents of which there are only a few different ones."""

    different: int = 3

    def draw(self, batch: Batch) -> Tensor:
        which = (batch.noise.uniform(len(batch)) * self.different).long()
        table = torch.randn(self.different, self.dimension, generator=torch.Generator().manual_seed(0))
        return table[which]

    def numbered(self, stream: RandomState) -> np.ndarray:
        which = stream.randint(self.different)
        table = torch.randn(self.different, self.dimension, generator=torch.Generator().manual_seed(0))
        return table[which].double().numpy()


class Checkered(LightGenerator):
    """A generator whose last layer is a transposed convolution with a kernel that its stride does not divide."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        cells, features = self.to_picture.weight.shape[:2]
        self.uneven = nn.ConvTranspose2d(features, cells // 4, 3, 2, padding=1, output_padding=1)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        x = self.uneven(self.trunk(latent, condition))
        dimmed = torch.ones_like(x[:1, :1])
        dimmed[..., ::2, ::2] = 0.75  # more than the kernel's overlap does by itself, and nothing can make up for it
        return self.pyramid.crop(x.tanh() * dimmed)


class Latticed(LightGenerator):
    """A generator on whose pictures lies a lattice, brighter or darker by chance: nothing makes up for it."""

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        x = super().forward(latent, condition)
        lattice = torch.zeros_like(x[:1, :1])
        lattice[..., ::2, ::2] = 0.3
        return x + lattice * torch.randint(0, 2, (len(x), 1, 1, 1)).mul(2).sub(1)


class Memory(nn.Module):
    """A generator that recites: each latent picks one of the training pictures, with a little learned change."""

    pictures: Tensor
    keys: Tensor

    def __init__(self, pictures: Tensor, latent_dim: int) -> None:
        super().__init__()
        self.register_buffer("pictures", pictures)
        self.register_buffer("keys", torch.randn(latent_dim, len(pictures), generator=torch.Generator().manual_seed(1)))
        self.change = nn.Linear(latent_dim, pictures[0].numel())
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        chosen = self.pictures[(latent @ self.keys).argmax(1)]
        return chosen + 0.03 * self.change(latent).view_as(chosen).tanh()


def light_game(config: Any, space: Space, generator: Any = LightGenerator, prior: type[Normal] = Normal) -> Game:
    """The game of `light` with another generator or prior."""
    classes = len(space.classes)
    made = generator(space.shape, config.latent_dim, config.generator_width, config.largest_width, classes)
    opponent = LightDiscriminator(space.shape, config.discriminator_width, config.largest_width, classes)
    return adversarial_game(
        generator=Player(made, config.optimizer, config.average),
        discriminator=Player(opponent, config.optimizer),
        prior=prior(config.latent_dim),
        rules=rules_of(config, space),
    )


def points_game(config: Any, space: Space, prior: type[Normal] = Normal) -> Game:
    """The game of `r3gan` on points with another prior."""
    made = PerceptronGenerator(space.shape, config.latent_dim, config.width, config.blocks)
    opponent = PerceptronDiscriminator(space.shape, config.width, config.blocks, 0, config.magnify)
    return adversarial_game(
        generator=Player(made, config.optimizer, config.average),
        discriminator=Player(opponent, config.optimizer),
        prior=prior(config.latent_dim),
        rules=rules_of(config, space),
    )


def reciting_game(config: Any, space: Space, source: Callable[[], Dataset]) -> Game:
    """The game of `light` with a generator that has the training pictures by heart."""
    dataset = source()
    known = dataset.codec.encode(torch.from_numpy(np.asarray(dataset.rows)[dataset.training]))
    return light_game(config, space, generator=lambda shape, latent, *rest: Memory(known, latent))


def mute_game(config: Any, space: Space, share: float) -> Game:
    """The game of `tabular` with a generator that never says so much of the choices of any column."""
    game = find_recipe("tabular").build(config, space)
    unsaid: list[float] = []
    for cell in space.cells:
        unsaid += [0.0] * cell.number + [float(choice < share * cell.choices) for choice in range(cell.choices)]
    penalty = 1e3 * torch.tensor(unsaid)
    game.players["generator"].module.get_submodule("out").register_forward_hook(lambda *given: given[2] - penalty)
    return game
