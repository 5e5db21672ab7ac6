"""Plain multilayer perceptrons, for points."""

import math

from torch import Tensor, nn

from zerosum.nn.classes import ClassLatent, ProjectionHead
from zerosum.nn.discriminator import Discriminator


class PerceptronGenerator(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to samples (n, *shape), not bounded to a range.

    Hidden layers are batch normalised (Radford et al. 2016, Section 3), which on toy mixtures saves half the rounds.

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
        self.layers = hidden_layers(self.latent.size, width, depth, normalised=True)
        self.out = nn.Linear(width, math.prod(shape))

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Samples (n, *shape)."""
        return self.out(self.layers(self.latent(latent, condition))).view(-1, *self.shape)


class PerceptronDiscriminator(Discriminator):
    """Samples (n, *shape) and class indices (n,) to logits (n,).

    Args:
        shape: Shape of a sample.
        width: Hidden units per layer.
        depth: Hidden layers.
        classes: How many classes there are; 0 for none.
        magnify: Samples are multiplied by this first: modes that are narrow beside the whole need steep logits.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        width: int,
        depth: int,
        classes: int = 0,
        magnify: float = 1.0,
        statistics: str = "none",
    ) -> None:
        super().__init__()
        self.magnify = magnify
        self.sample = ClassLatent(math.prod(shape), classes, embedding_dim=8)
        self.layers = hidden_layers(self.sample.size, width, depth, normalised=False)
        self.head = ProjectionHead(width, 0, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The last hidden layer, (n, width)."""
        return self.layers(self.sample(x.flatten(1) * self.magnify, condition))


def hidden_layers(inputs: int, width: int, depth: int, normalised: bool) -> nn.Sequential:
    """`depth` linear layers of `width` units, each batch normalised or not and followed by a leaky ReLU."""
    layers: list[nn.Module] = []
    for index in range(depth):
        layers.append(nn.Linear(inputs if index == 0 else width, width, bias=not normalised))
        if normalised:
            layers.append(nn.BatchNorm1d(width))
        layers.append(nn.LeakyReLU(0.2, inplace=True))
    return nn.Sequential(*layers)
