"""The residual pair of Gulrajani et al. 2017 (arXiv:1704.00028), Appendix F: the CIFAR-10 networks, for any size."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.classes import ClassLatent, ProjectionHead
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.pyramid import Pyramid


class ResidualGenerator(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to pictures (n, channels, height, width) in [-1, 1].

    Args:
        shape: (channels, height, width) of a picture.
        latent_dim: Width of a latent.
        width: Channels of every hidden grid.
        classes: How many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, ...], latent_dim: int, width: int, classes: int = 0) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid.of(height, width_of_picture)
        rows, columns = self.pyramid.base
        self.latent = ClassLatent(latent_dim, classes, embedding_dim=32)
        self.project = nn.Linear(self.latent.size, width * rows * columns)
        self.blocks = nn.Sequential(*(GeneratorBlock(width) for _ in range(self.pyramid.doublings)))
        self.normalise = nn.BatchNorm2d(width)
        self.to_picture = nn.Conv2d(width, channels, 3, padding=1)
        self.apply(initialise)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Pictures (n, channels, height, width)."""
        x = self.project(self.latent(latent, condition))
        x = x.view(len(x), *self.pyramid.base, -1).permute(0, 3, 1, 2)
        x = self.to_picture(F.relu(self.normalise(self.blocks(x)), inplace=True))
        return self.pyramid.crop(x).tanh()


class ResidualCritic(Discriminator):
    """Pictures (n, channels, height, width) and class indices (n,) to logits (n,).

    There is no batch normalisation: the gradient penalty is about each sample by itself (Section 4).

    Args:
        shape: (channels, height, width) of a picture.
        width: Channels of every hidden grid.
        classes: How many classes there are; 0 for none.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(self, shape: tuple[int, ...], width: int, classes: int = 0, statistics: str = "none") -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        # One grid more than the generator's base: 8x8 for 32x32 pictures, then two blocks that keep the size.
        self.pyramid = Pyramid.of(height, width_of_picture, shortest=8)
        halvings = max(self.pyramid.doublings, 1)
        first = [CriticBlock(channels, width, halve=True, first=True)]
        self.blocks = nn.Sequential(
            *first,
            *(CriticBlock(width, width, halve=True) for _ in range(halvings - 1)),
            *(CriticBlock(width, width, halve=False) for _ in range(2)),
        )
        self.apply(initialise)
        self.head = ProjectionHead(width, classes, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Means over the last grid, (n, width)."""
        return F.relu(self.blocks(self.pyramid.pad(x))).mean((2, 3))


class GeneratorBlock(nn.Module):
    """Doubles a grid, (n, c, h, w) to (n, c, 2h, 2w): two 3x3 convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.normalise = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(2))
        self.convolve = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        self.shortcut = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, c, 2h, 2w)."""
        y = self.convolve[0](double(F.relu(self.normalise[0](x), inplace=True)))
        y = self.convolve[1](F.relu(self.normalise[1](y), inplace=True))
        # A 1x1 convolution gives the same on the smaller grid, at a quarter of the cost.
        return y + double(self.shortcut(x))


class CriticBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut, (n, in, h, w) to (n, out, h, w) or half of that.

    Args:
        inputs: Channels in.
        outputs: Channels out.
        halve: Average neighbouring pixels at the end.
        first: The block reads a picture, to which no ReLU is applied.
    """

    def __init__(self, inputs: int, outputs: int, halve: bool, first: bool = False) -> None:
        super().__init__()
        self.halve, self.first = halve, first
        self.convolve = nn.ModuleList(
            [nn.Conv2d(inputs, outputs, 3, padding=1), nn.Conv2d(outputs, outputs, 3, padding=1)]
        )
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if first or inputs != outputs else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, out, h, w), or (n, out, h / 2, w / 2)."""
        y = self.convolve[0](x if self.first else F.relu(x))
        y = self.convolve[1](F.relu(y))
        if self.halve:
            return F.avg_pool2d(y, 2) + self.shortcut(F.avg_pool2d(x, 2))
        return y + self.shortcut(x)


def double(x: Tensor) -> Tensor:
    """Every pixel four times, (n, c, h, w) to (n, c, 2h, 2w)."""
    return F.interpolate(x, scale_factor=2, mode="nearest")


def initialise(module: nn.Module) -> None:
    """Weights that keep the variance of a ReLU layer's input (He et al. 2015); biases zero."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        with torch.no_grad():
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
