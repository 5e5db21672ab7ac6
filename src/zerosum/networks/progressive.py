"""A pair that grows from a few pixels to the picture while it trains.

Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability, and Variation", 2018
(arXiv:1710.10196): Section 2, Figure 2 and Table 2. The layers of all grids are there from the start; those of grids
that are not in use yet are not computed.

A class is embedded behind the latent, and judged as in `networks.stylegan2`, whose head is this paper's where there are
no classes.
"""

from collections.abc import Callable
from itertools import pairwise

from torch import Tensor, nn

from zerosum.networks.stylegan2 import StyleGAN2Head
from zerosum.nn.classes import ClassLatent
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.doubling import double, halve
from zerosum.nn.equalised import EqualisedConv2d, EqualisedDoublingConv2d, EqualisedLinear
from zerosum.nn.level import Level
from zerosum.nn.pixel_norm import normalised
from zerosum.nn.pyramid import Grids


class ProgressiveGenerator(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to pictures (n, channels, height, width), not squashed to a range.

    Pictures have the full size at every level; on a smaller grid each of its cells is a square of equal pixels.

    Args:
        shape: (channels, height, width) of a picture.
        latent_dim: Width of a latent, of which only the direction is read.
        channel_base: Channels of a grid times its side.
        largest: No grid has more channels than this.
        level: How far training has come, see `Level`.
        classes: How many classes there are; 0 for none.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        latent_dim: int,
        channel_base: int,
        largest: int,
        level: Callable[[], float],
        classes: int = 0,
    ) -> None:
        super().__init__()
        channels, height, width = shape
        grids = Grids(height, width, channel_base, largest)
        self.pyramid, self.level = grids.pyramid, Level(level)
        self.latent = ClassLatent(latent_dim, classes, embedding_dim=32)
        self.first = FirstGrid(self.latent.size, grids.widths[0], grids.sizes[0])
        self.blocks = nn.ModuleList(GrowingBlock(before, after) for before, after in pairwise(grids.widths))
        self.to_picture = nn.ModuleList(
            EqualisedConv2d(width, channels, 1, activate=False, bias=True) for width in grids.widths
        )

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Pictures (n, channels, height, width), float32."""
        grid, share = self.level()
        x = self.first(self.latent(normalised(latent), condition))
        for block in self.blocks[:grid]:
            x = block(x)
        picture = self.to_picture[grid](x).float()
        if share:
            finer = self.to_picture[grid + 1](self.blocks[grid](x)).float()
            picture = double(picture).lerp(finer, share)
        return self.pyramid.enlarge(picture)


class FirstGrid(nn.Module):
    """Latents (n, inputs) to the smallest grid, (n, outputs, h, w).

    Args:
        inputs: Width of a latent.
        outputs: Channels of the grid.
        size: Height and width of the grid.
    """

    def __init__(self, inputs: int, outputs: int, size: tuple[int, int]) -> None:
        super().__init__()
        self.size = size
        self.project = EqualisedLinear(inputs, outputs * size[0] * size[1], activate=True)
        self.convolve = EqualisedConv2d(outputs, outputs, 3)

    def forward(self, latent: Tensor) -> Tensor:
        """The grid, (n, outputs, h, w)."""
        # Channels last from the start, so that no convolution has to reorder memory.
        x = self.project(latent).unflatten(1, (*self.size, -1)).permute(0, 3, 1, 2)
        return normalised(self.convolve(normalised(x)))


class GrowingBlock(nn.Module):
    """One more grid of the generator, (n, inputs, h, w) to (n, outputs, 2h, 2w)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.enlarge = EqualisedDoublingConv2d(inputs, outputs)
        self.convolve = EqualisedConv2d(outputs, outputs, 3)

    def forward(self, x: Tensor) -> Tensor:
        """The larger grid."""
        return normalised(self.convolve(normalised(self.enlarge(x))))


class ProgressiveDiscriminator(Discriminator):
    """Pictures (n, channels, height, width), reduced to the grid in use or not yet, and class indices (n,) to logits.

    Args:
        shape: (channels, height, width) of a picture.
        channel_base: Channels of a grid times its side.
        largest: No grid has more channels than this.
        level: How far training has come, see `Level`.
        classes: How many classes there are; 0 for none.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        channel_base: int,
        largest: int,
        level: Callable[[], float],
        classes: int = 0,
        statistics: str = "standard-deviation",
    ) -> None:
        super().__init__()
        channels, height, width = shape
        grids = Grids(height, width, channel_base, largest)
        self.pyramid, self.level = grids.pyramid, Level(level)
        self.from_picture = nn.ModuleList(EqualisedConv2d(channels, width, 1) for width in grids.widths)
        self.blocks = nn.ModuleList(ShrinkingBlock(after, before) for before, after in pairwise(grids.widths))
        self.head = StyleGAN2Head(grids.widths[0], grids.sizes[0], classes, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The smallest grid, (n, f)."""
        grid, share = self.level()
        if share:
            x = self.pyramid.reduce(x, grid + 1)
            finer = self.blocks[grid](self.from_picture[grid + 1](x))
            y = self.from_picture[grid](halve(x)).lerp(finer, share)
        else:
            y = self.from_picture[grid](self.pyramid.reduce(x, grid))
        for block in reversed(self.blocks[:grid]):
            y = block(y)
        return y.flatten(1)


class ShrinkingBlock(nn.Module):
    """One grid of the discriminator, (n, inputs, 2h, 2w) to (n, outputs, h, w)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(EqualisedConv2d(inputs, inputs, 3), EqualisedConv2d(inputs, outputs, 3))

    def forward(self, x: Tensor) -> Tensor:
        """The smaller grid."""
        return halve(self.layers(x))
