"""What a checkpoint becomes: a recipe, its settings, and weights under our names."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from zerosum.core.errors import DataError

Weights = dict[str, Tensor]
"""Tensors by name, as in a state dict."""


GENERATOR, DISCRIMINATOR = "generator", "discriminator"
"""The two players, and which of them a state dict is of."""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A checkpoint in our terms.

    Attributes:
        recipe: Name of the system.
        settings: Of the recipe, those that differ from its defaults.
        shape: (channels, height, width) of a picture.
        classes: How many there are; 0 for none.
        generator: Its weights.
        discriminator: Its weights, if the checkpoint has one that fits the recipe.
    """

    recipe: str
    settings: dict[str, Any]
    shape: tuple[int, int, int]
    classes: int
    generator: Weights
    discriminator: Weights | None = None


class Reading:
    """Weights that are read one after another: a name or a shape that is missing is a sentence.

    Args:
        weights: By the checkpoint's names.
        what: Which network they are of, in words.
    """

    def __init__(self, weights: Weights, what: str) -> None:
        self.weights, self.what = weights, what

    def shape(self, name: str, dimensions: int) -> tuple[int, ...]:
        """The shape of a tensor.

        Raises:
            DataError: There is none, or it has another number of dimensions, or nothing in it.
        """
        if name not in self.weights:
            raise DataError(f"its {self.what} has no {name}")
        shape = tuple(self.weights[name].shape)
        if len(shape) != dimensions or 0 in shape:
            raise DataError(f"its {self.what} has {name} of shape {shape}; {dimensions} sides were expected")
        return shape

    def count(self, pattern: str) -> int:
        """How many of the names made by putting 0, 1, 2 ... into a pattern there are, up to the first gap."""
        number = 0
        while pattern.format(number) in self.weights:
            number += 1
        return number
