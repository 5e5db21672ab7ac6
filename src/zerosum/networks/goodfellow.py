"""The networks of the first adversarial nets, Goodfellow et al. 2014 (arXiv:1406.2661), Section 5.

The generator is a perceptron of ReLU layers with a sigmoid at its end; the discriminator has maxout layers
(Goodfellow et al. 2013, arXiv:1302.4389) and dropout. The sizes are those of the authors' published MNIST settings.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.classes import ProjectionHead
from zerosum.nn.discriminator import Discriminator


class GoodfellowGenerator(nn.Module):
    """Latents (n, latent_dim) to samples (n, *shape).

    Args:
        shape: Shape of a sample.
        latent_dim: Width of a latent.
        width: ReLU units in each of the two hidden layers.
        bounded: End with a sigmoid, stretched to [-1, 1]; otherwise the output is linear.
    """

    def __init__(self, shape: tuple[int, ...], latent_dim: int, width: int, bounded: bool) -> None:
        super().__init__()
        self.shape, self.bounded = shape, bounded
        self.hidden = nn.ModuleList([nn.Linear(latent_dim, width), nn.Linear(width, width)])
        self.out = nn.Linear(width, math.prod(shape))
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.uniform_(layer.weight, -0.05, 0.05)
                nn.init.zeros_(layer.bias)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Samples (n, *shape); these networks know no classes."""
        x = latent
        for layer in self.hidden:
            x = F.relu(layer(x))
        x = self.out(x).view(-1, *self.shape)
        return 2 * x.sigmoid() - 1 if self.bounded else x


class GoodfellowDiscriminator(Discriminator):
    """Samples (n, *shape) to logits (n,), through dropout and two maxout layers.

    Args:
        shape: Shape of a sample.
        units: Units in each of the two maxout layers.
        pieces: Linear pieces per unit.
        input_dropout: Share of a sample's numbers that are dropped in training.
        hidden_dropout: Share of a layer's units that are dropped in training.
        bounded: Samples lie in [-1, 1] and are moved to the [0, 1] that the published weights' scale is for.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        units: int,
        pieces: int,
        input_dropout: float,
        hidden_dropout: float,
        bounded: bool,
        statistics: str = "none",
    ) -> None:
        super().__init__()
        self.pieces, self.bounded = pieces, bounded
        self.input_dropout, self.hidden_dropout = input_dropout, hidden_dropout
        size = math.prod(shape)
        self.hidden = nn.ModuleList([nn.Linear(size, units * pieces), nn.Linear(units, units * pieces)])
        self.head = ProjectionHead(units, 0, statistics)
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                # For numbers in [0, 1] the published range; standardised points are fewer and need more.
                bound = 0.005 if bounded else layer.in_features**-0.5
                nn.init.uniform_(layer.weight, -bound, bound)
                nn.init.zeros_(layer.bias)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The second maxout layer, (n, units); these networks know no classes."""
        x = x.flatten(1)
        x = F.dropout((x + 1) / 2 if self.bounded else x, self.input_dropout, self.training)
        for layer in self.hidden:
            # (n, units * pieces) -> (n, units): the largest of each unit's pieces; amax would look for ties.
            x = layer(x).unflatten(1, (-1, self.pieces)).max(2).values
            x = F.dropout(x, self.hidden_dropout, self.training)
        return x


@torch.no_grad()
def limit_weight_norms(module: nn.Module, largest: float) -> None:
    """Scale down the weights into every unit whose norm exceeds `largest` (Srivastava et al. 2014, Section 5.1)."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            layer.weight.renorm_(2, 0, largest)
