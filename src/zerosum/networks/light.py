"""A pair of few, cheap layers: as many samples a second as a processor without a graphics card can be made to see.

The shape is that of Radford et al. 2016 (strided 4x4 convolutions that halve or double a grid), with three changes that
measurements on two processor cores asked for:

- The picture itself is touched by a 3x3 convolution on a grid of half its size, four pixels folded into one cell
  (sub-pixel convolution, Shi et al. 2016, arXiv:1609.05158). A 4x4 convolution with one to three channels on one side
  cannot use a processor's matrix units and took longer than all the others together.
- The generator keeps batch normalisation; the discriminator has none, as gradient penalties ask.
- The discriminator's logit reads the last grid cell by cell; averaging over the cells tripled the Frechet distance.
"""

from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.classes import ProjectionHead
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.folding import Folding, Unfolding
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.trunk import UpsamplingTrunk


class LightGenerator(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to pictures (n, channels, height, width) in [-1, 1].

    Args:
        shape: (channels, height, width) of a picture.
        latent_dim: Width of a latent.
        width: Channels of the grid at half the picture's size; they double from grid to smaller grid.
        largest: No grid has more channels than this.
        classes: How many classes there are; 0 for none.
        description: Width of a sample's description; 0 for none.
    """

    def __init__(
        self, shape: tuple[int, ...], latent_dim: int, width: int, largest: int, classes: int, description: int = 0
    ) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid.of(height, width_of_picture)
        widths = self.pyramid.widths(width, largest)
        self.trunk = UpsamplingTrunk(latent_dim, self.pyramid, widths, classes, description)
        self.to_picture = Unfolding(widths[0], channels)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Pictures (n, channels, height, width)."""
        return self.pyramid.crop(self.to_picture(self.trunk(latent, condition))).tanh()


class LightDiscriminator(Discriminator):
    """Pictures (n, channels, height, width) and class indices (n,) to logits (n,).

    Args:
        shape: (channels, height, width) of a picture.
        width: Channels of the grid at half the picture's size; they double from grid to smaller grid.
        largest: No grid has more channels than this.
        classes: How many classes there are; 0 for none.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
        description: Width of a sample's description; 0 for none.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        width: int,
        largest: int,
        classes: int,
        statistics: str = "none",
        description: int = 0,
    ) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid.of(height, width_of_picture)
        widths = self.pyramid.widths(width, largest)
        rows, columns = self.pyramid.base
        self.from_picture = Folding(channels, widths[0])
        self.downsample = nn.ModuleList(
            nn.Conv2d(before, after, 4, stride=2, padding=1) for before, after in zip(widths, widths[1:], strict=False)
        )
        self.head = ProjectionHead(widths[-1] * rows * columns, classes, statistics, description)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The last grid, (n, f)."""
        x = F.leaky_relu(self.from_picture(self.pyramid.pad(x)), 0.2, inplace=True)
        for downsample in self.downsample:
            x = F.leaky_relu(downsample(x), 0.2, inplace=True)
        return x.permute(0, 2, 3, 1).flatten(1)
