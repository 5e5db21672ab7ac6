"""The residual pair of Miyato et al. 2018 (arXiv:1802.05957), Table 4, with places for attention.

With classes: tables of gains and shifts in the generator's batch normalisation, and the projection discriminator of
Miyato and Koyama 2018 (arXiv:1802.05637). With attention and widths that change from grid to grid, these are the
networks of Zhang et al. 2019 (arXiv:1805.08318), and the discriminator is that of Brock et al. 2019 (arXiv:1809.11096).
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.attention import SelfAttention
from zerosum.nn.classes import ProjectionHead
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.residual import DownBlock, ResidualSynthesis, initialise


class SNGANGenerator(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to pictures (n, channels, height, width) in [-1, 1].

    Args:
        shape: (channels, height, width) of a picture.
        latent_dim: Width of a latent.
        widths: Channels of each grid, from the base of the picture's pyramid to the picture.
        classes: How many classes there are; 0 for none.
        attention: Shorter side of the grid whose cells attend to each other, see `Pyramid.level`; None for none.
        pooled: What they attend to, see `SelfAttention`.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        latent_dim: int,
        widths: Sequence[int],
        classes: int = 0,
        attention: int | None = None,
        pooled: bool = False,
    ) -> None:
        super().__init__()
        told = partial(nn.Embedding, classes) if classes else None
        self.synthesis = ResidualSynthesis(latent_dim, shape, widths, told, attention, pooled)
        self.apply(initialise)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Pictures (n, channels, height, width)."""
        return self.synthesis(latent, [condition] * len(self.synthesis.blocks))


class SNGANDiscriminator(Discriminator):
    """Pictures (n, channels, height, width) and class indices (n,) to logits (n,).

    Args:
        shape: (channels, height, width) of a picture.
        widths: Channels that each block gives.
        halvings: How many of the blocks, the first ones, halve the grid.
        classes: How many classes there are; 0 for none.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
        attention: Shorter side of the grid whose cells attend to each other, see `Pyramid.level`; None for none.
        pooled: What they attend to, see `SelfAttention`.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        widths: Sequence[int],
        halvings: int,
        classes: int = 0,
        statistics: str = "none",
        attention: int | None = None,
        pooled: bool = False,
    ) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid(height, width_of_picture, halvings)
        attending = None if attention is None else self.pyramid.level(attention)
        blocks: list[nn.Module] = []
        for index, (before, after) in enumerate(zip([channels, *widths], widths, strict=False)):
            blocks.append(DownBlock(before, after, halve=index < halvings, first=index == 0))
            if halvings - 1 - index == attending:
                blocks.append(SelfAttention(after, pooled))
        self.blocks = nn.Sequential(*blocks)
        self.apply(initialise)
        self.head = ProjectionHead(widths[-1], classes, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Sums over the last grid, (n, widths[-1])."""
        return F.relu(self.blocks(self.pyramid.pad(x))).sum((2, 3), dtype=torch.float32)
