"""The pair of Jin et al. 2017 (arXiv:1708.05509), Figures 4 and 5: residual blocks on one small grid, then enlargement.

The generator is that of Ledig et al. 2017 for super-resolution, with a grid made of numbers in place of a small
picture: all of its depth is where grids are small, which is why it is cheap. The discriminator has no normalisation, as
penalties on the slopes of single samples ask.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.classes import ProjectionHead
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.folding import Folding, Unfolding
from zerosum.nn.pyramid import Pyramid


class SRResNetGenerator(nn.Module):
    """Latents (n, latent_dim) and descriptions (n, d) to pictures (n, channels, height, width) in [-1, 1].

    Args:
        shape: (channels, height, width) of a picture.
        latent_dim: Width of a latent.
        width: Channels of every hidden grid.
        blocks: Residual blocks on the smallest grid.
        doublings: From the smallest grid to the picture; fewer where it would have less than 4 cells a side.
        description: Width of a sample's description.
        folded: Draw four pixels from each cell of a grid of half the picture's size, instead of one from each of a grid
            of its own size, on which convolutions take longest.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        latent_dim: int,
        width: int,
        blocks: int,
        doublings: int,
        description: int,
        folded: bool = False,
    ) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        most = Pyramid.of(height, width_of_picture).doublings
        self.pyramid = Pyramid(height, width_of_picture, min(doublings, most))
        rows, columns = self.pyramid.base
        # The description as it is, behind the latent: nothing is to be learned of it first.
        self.project = nn.Linear(latent_dim + description, width * rows * columns, bias=False)
        self.first = nn.BatchNorm2d(width)
        self.blocks = nn.Sequential(*(NormalisedBlock(width) for _ in range(blocks)))
        self.last = nn.BatchNorm2d(width)
        self.enlarge = nn.Sequential(*(Enlargement(width) for _ in range(self.pyramid.doublings - folded)))
        self.to_picture = Unfolding(width, channels) if folded else nn.Conv2d(width, channels, 9, padding=4)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Pictures (n, channels, height, width)."""
        assert condition is not None, "the generator is told what to make"
        x = self.project(torch.cat([latent, condition], 1))
        x = x.unflatten(1, (*self.pyramid.base, -1)).permute(0, 3, 1, 2)
        x = F.relu(self.first(x), inplace=True)
        x = x + F.relu(self.last(self.blocks(x)), inplace=True)
        return self.pyramid.crop(self.to_picture(self.enlarge(x))).tanh()


class NormalisedBlock(nn.Module):
    """Two batch normalised 3x3 convolutions beside their input, (n, width, h, w) to the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, width, h, w)."""
        return x + self.layers(x)


class Enlargement(nn.Module):
    """A batch normalised sub-pixel convolution, (n, width, h, w) to (n, width, 2h, 2w)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.convolve = Unfolding(width, width, bias=False)
        self.normalise = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, width, 2h, 2w)."""
        return F.relu(self.normalise(self.convolve(x)), inplace=True)


class SRResNetDiscriminator(Discriminator):
    """Pictures (n, channels, height, width) to logits (n,): strided convolutions, each with residual blocks behind it.

    Args:
        shape: (channels, height, width) of a picture.
        width: Channels of the grid at half the picture's size; they double towards the base.
        largest: No grid has more channels than this.
        blocks: Residual blocks on each grid.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
        folded: Read four pixels as one cell of a grid of half the picture's size from the start.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        width: int,
        largest: int,
        blocks: int,
        statistics: str = "none",
        folded: bool = False,
    ) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid.of(height, width_of_picture)
        widths = self.pyramid.widths(width, largest)
        first = Folding(channels, widths[0]) if folded else halving(channels, widths[0])
        halvings = [first, *(halving(before, after) for before, after in zip(widths, widths[1:], strict=False))]
        layers: list[nn.Module] = []
        for halve, after in zip(halvings, widths, strict=True):
            layers += [halve, nn.LeakyReLU(0.2, inplace=True), *(PlainBlock(after) for _ in range(blocks))]
        rows, columns = self.pyramid.base
        self.layers = nn.Sequential(*layers)
        self.head = ProjectionHead(widths[-1] * rows * columns, 0, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The last grid, (n, f)."""
        return self.layers(self.pyramid.pad(x)).permute(0, 2, 3, 1).flatten(1)


def halving(before: int, after: int) -> nn.Module:
    """A 4x4 convolution to a grid of half the size."""
    return nn.Conv2d(before, after, 4, stride=2, padding=1)


class PlainBlock(nn.Module):
    """Two 3x3 convolutions beside their input, (n, width, h, w) to the same, without normalisation.

    They begin by adding nothing, so that depth does not make features larger (Zhang et al. 2019, arXiv:1901.09321).
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.convolve = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        nn.init.zeros_(self.convolve[1].weight)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, width, h, w)."""
        y = self.convolve[1](F.leaky_relu(self.convolve[0](x), 0.2, inplace=True))
        return F.leaky_relu(x + y, 0.2, inplace=True)
