"""The spaces that a model can be explored in: its prior's latents z, and styles w where the generator has them."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.data.conditions import Request
from zerosum.game.priors import Normal
from zerosum.latent import paths
from zerosum.latent.concepts import lengthened
from zerosum.train.model import Model

SpaceName = Literal["auto", "z", "w"]

KNOWN_STYLES = 1000
"""Samples whose styles say how far styles scatter."""


@dataclass(frozen=True)
class Latents:
    """What samples are made of.

    Attributes:
        values: z, shape (n, dimension), or w, shape (n, layers, width).
        conditions: What the samples are to be, as networks are told; None where nothing is told, and in w, which has it
            in it.
    """

    values: Tensor
    conditions: Tensor | None = None

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: Tensor | slice | list[int]) -> "Latents":
        """Some of them."""
        return Latents(self.values[index], None if self.conditions is None else self.conditions[index])

    @staticmethod
    def joined(parts: Sequence["Latents"]) -> "Latents":
        """Several, one behind the other."""
        told = [part.conditions for part in parts if part.conditions is not None]
        return Latents(torch.cat([part.values for part in parts]), torch.cat(told) if told else None)


class LatentSpace(ABC):
    """A space of latents of one model.

    Attributes:
        name: What a person calls it.
        spherical: Whether latents lie close to a sphere around zero, so that paths follow it.
        center: The mean latent, of the shape of one.
        spread: Standard deviation of a coordinate.
    """

    name: ClassVar[Literal["z", "w"]]

    def __init__(self, model: Model, center: Tensor, spread: float, spherical: bool) -> None:
        self.model, self.center, self.spread, self.spherical = model, center, spread, spherical

    @abstractmethod
    def at(self, seeds: Sequence[int], condition: Request | Sequence[Request] | None = None) -> Latents:
        """The latents of numbered samples."""

    @abstractmethod
    def rows(self, latents: Latents, truncation: float | None = None) -> np.ndarray:
        """Stored samples: of latents of numbered samples those of `Model.sample`."""

    @abstractmethod
    def make(self, latents: Latents, truncation: float | None = None) -> Tensor:
        """Samples in the model's range, with gradients where the latents ask for some."""

    @abstractmethod
    def layered(self, values: Tensor) -> Tensor:
        """Values (n, ...) as vectors for layers, coarsest first: (n, layers, width)."""

    def usual(self, value: Tensor) -> Tensor:
        """A sum of averages made a latent as others are, of the same shape."""
        return value

    def within(self, values: Tensor) -> Tensor:
        """Latents (n, ...) brought back to where the generator knows them."""
        return values

    def between(self, way: Literal["auto", "linear", "spherical"] = "auto") -> paths.Between:
        """How to go from one latent to another."""
        if way == "linear" or (way == "auto" and not self.spherical):
            return paths.linear

        def around(first: Tensor, second: Tensor, place: Tensor) -> Tensor:
            if self.spherical:
                return paths.spherical(first, second, place)
            return self.center + paths.spherical(first - self.center, second - self.center, place)

        return around


class InputSpace(LatentSpace):
    """The prior's latents z."""

    name = "z"

    def __init__(self, model: Model) -> None:
        prior = model.prior
        spherical = isinstance(prior, Normal) and prior.dimension > 1
        super().__init__(model, torch.zeros(prior.dimension), 1.0, spherical)

    def at(self, seeds: Sequence[int], condition: Request | Sequence[Request] | None = None) -> Latents:
        """Latents as the numbers have them."""
        return Latents(self.model.latents(seeds), self.model.conditions(seeds, condition))

    def rows(self, latents: Latents, truncation: float | None = None) -> np.ndarray:
        """The bytes of `Model.sample`."""
        return self.model.rows(latents.values, latents.conditions, truncation)

    def make(self, latents: Latents, truncation: float | None = None) -> Tensor:
        """What the generator makes of z."""
        return self.model.generate(latents.values, latents.conditions, truncation)

    def layered(self, values: Tensor) -> Tensor:
        """One chunk for each layer where latents have chunks; else one layer."""
        return values.unflatten(1, (self.model.chunks, -1))

    def usual(self, value: Tensor) -> Tensor:
        """The nearest latent that the prior may well draw.

        Means of k normal latents are shorter by sqrt(k), and the generator has hardly seen any of that length (White
        2016, arXiv:1609.04468, Section 2). They are made no longer than they have to be, because concepts share few
        directions, and at the mean length all of it would lie in these.
        """
        nearest = self.within(value[None])[0]
        return lengthened(value, nearest.norm()) if self.spherical else nearest

    def within(self, values: Tensor) -> Tensor:
        """The nearest latents that the prior may well draw."""
        return self.model.prior.nearest(values)


class StyleSpace(LatentSpace):
    """Styles w, one for each layer of the generator."""

    name = "w"

    def __init__(self, model: Model) -> None:
        # Styles scatter around their mean as those of numbered samples do.
        known = model.styles(model.latents(range(KNOWN_STYLES)), model.conditions(range(KNOWN_STYLES))).cpu()
        center = model.mean_style.cpu().expand(known.shape[1], -1)
        super().__init__(model, center, float((known - center).square().mean().sqrt()), spherical=False)

    def at(self, seeds: Sequence[int], condition: Request | Sequence[Request] | None = None) -> Latents:
        """The styles that the mapping network makes of them."""
        return Latents(self.model.styles(self.model.latents(seeds), self.model.conditions(seeds, condition)).cpu())

    def rows(self, latents: Latents, truncation: float | None = None) -> np.ndarray:
        """Styles, truncated towards their mean, as pictures."""
        return self.model.styled_rows(self._truncated(latents.values, truncation))

    def make(self, latents: Latents, truncation: float | None = None) -> Tensor:
        """What the synthesis network makes of w."""
        return self.model.synthesise(self._truncated(latents.values, truncation))

    def layered(self, values: Tensor) -> Tensor:
        """As they are."""
        return values

    def _truncated(self, values: Tensor, truncation: float | None) -> Tensor:
        if truncation is None:
            return values
        if not 0 <= truncation < math.inf:
            raise SettingError(f"The truncation is {truncation}; it must be a number from 0 on.")
        return self.center.lerp(values, truncation)


def open_space(model: Model, name: str) -> LatentSpace:
    """The space of a name; "auto" is w where the generator has styles.

    Raises:
        SettingError: There is no such space, or the generator has no styles.
    """
    if name not in ("auto", "z", "w"):
        raise SettingError(f'There is no space "{name}"; take z, w or auto.')
    if name == "w" and not model.has_styles:
        raise SettingError(
            f"A model of the recipe {model.recipe.name} has no styles w, as those of stylegan2 have; take --space z."
        )
    return StyleSpace(model) if name == "w" or (name == "auto" and model.has_styles) else InputSpace(model)
