"""Plain multilayer perceptrons, for points."""

import math

from torch import Tensor, nn

from zerosum.nn.classes import ClassLatent


class PerceptronGenerator(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to samples (n, *shape), not bounded to a range.

    Args:
        shape: Shape of a sample.
        latent_dim: Width of a latent.
        width: Hidden units per layer.
        depth: Hidden layers.
        classes: How many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, ...], latent_dim: int, width: int, depth: int, classes: int = 0) -> None:
        super().__init__()
        self.shape = shape
        self.latent = ClassLatent(latent_dim, classes, embedding_dim=8)
        self.layers = hidden_layers(self.latent.size, width, depth)
        self.out = nn.Linear(width, math.prod(shape))

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Samples (n, *shape)."""
        return self.out(self.layers(self.latent(latent, condition))).view(-1, *self.shape)


class PerceptronDiscriminator(nn.Module):
    """Samples (n, *shape) and class indices (n,) to logits (n,).

    Args:
        shape: Shape of a sample.
        width: Hidden units per layer.
        depth: Hidden layers.
        classes: How many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, ...], width: int, depth: int, classes: int = 0) -> None:
        super().__init__()
        self.sample = ClassLatent(math.prod(shape), classes, embedding_dim=8)
        self.layers = hidden_layers(self.sample.size, width, depth)
        self.out = nn.Linear(width, 1)

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Logits (n,)."""
        return self.out(self.layers(self.sample(x.flatten(1), condition))).squeeze(1)


def hidden_layers(inputs: int, width: int, depth: int) -> nn.Sequential:
    """`depth` linear layers of `width` units, each followed by a leaky ReLU."""
    layers: list[nn.Module] = []
    for index in range(depth):
        layers += [nn.Linear(inputs if index == 0 else width, width), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers)
