"""The convolutional pair of Radford, Metz and Chintala 2016 (arXiv:1511.06434), Section 3 and Figure 1.

Strided 4x4 convolutions instead of pooling, batch normalisation, ReLU in the generator, leaky ReLU in the
discriminator. Here for pictures of any size and with classes.
"""

from torch import Tensor, nn

from zerosum.nn.classes import ProjectionHead
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.trunk import UpsamplingTrunk


class DCGANGenerator(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to pictures (n, channels, height, width) in [-1, 1].

    Args:
        shape: (channels, height, width) of a picture.
        latent_dim: Width of a latent.
        width: Channels of the last hidden grid, at half the picture's size; they double from grid to smaller grid.
        largest: No grid has more channels than this.
        classes: How many classes there are; 0 for none.
        units: Of a fully connected hidden layer before the first grid; None for none.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        latent_dim: int,
        width: int,
        largest: int = 1024,
        classes: int = 0,
        units: int | None = None,
    ) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid.of(height, width_of_picture)
        widths = self.pyramid.widths(width, largest)
        self.trunk = UpsamplingTrunk(latent_dim, self.pyramid, widths, classes, units=units)
        self.to_picture = nn.ConvTranspose2d(widths[0], channels, 4, stride=2, padding=1)
        self.apply(initialise)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Pictures (n, channels, height, width)."""
        return self.pyramid.crop(self.to_picture(self.trunk(latent, condition))).tanh()


class DCGANDiscriminator(Discriminator):
    """Pictures (n, channels, height, width) and class indices (n,) to logits (n,).

    Args:
        shape: (channels, height, width) of a picture.
        width: Channels of the first hidden grid, at half the picture's size; they double from grid to smaller grid.
        largest: No grid has more channels than this.
        classes: How many classes there are; 0 for none.
        normalised: Batch normalisation on every hidden grid but the first. Gradient penalties, which are about single
            samples, ask for none.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
        units: Of a fully connected hidden layer behind the last grid; None for none.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        width: int,
        largest: int = 1024,
        classes: int = 0,
        normalised: bool = True,
        statistics: str = "none",
        units: int | None = None,
    ) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid.of(height, width_of_picture)
        widths = self.pyramid.widths(width, largest)
        layers: list[nn.Module] = []
        for index, (before, after) in enumerate(zip([channels, *widths], widths, strict=False)):
            batch_normalised = normalised and index > 0
            layers.append(nn.Conv2d(before, after, 4, stride=2, padding=1, bias=not batch_normalised))
            if batch_normalised:
                layers.append(nn.BatchNorm2d(after))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
        rows, columns = self.pyramid.base
        self.layers = nn.Sequential(*layers)
        grid = widths[-1] * rows * columns
        self.hidden = nn.Sequential()
        if units is not None:
            norm = [nn.BatchNorm1d(units)] if normalised else []
            self.hidden.extend([nn.Linear(grid, units, bias=not normalised), *norm, nn.LeakyReLU(0.2, inplace=True)])
        self.apply(initialise)
        self.head = ProjectionHead(units or grid, classes, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The last grid, or what the hidden layer makes of it, (n, f)."""
        return self.hidden(self.layers(self.pyramid.pad(x)).permute(0, 2, 3, 1).flatten(1))


def initialise(module: nn.Module) -> None:
    """Weights with standard deviation 0.02 (Section 4); normalisation begins as it is."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
        nn.init.normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
