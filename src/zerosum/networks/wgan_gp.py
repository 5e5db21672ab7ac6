"""The residual pair of Gulrajani et al. 2017 (arXiv:1704.00028), Appendix F: the CIFAR-10 networks, for any size."""

from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.classes import ClassLatent, ProjectionHead
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.residual import DownBlock, UpBlock, initialise


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
        self.blocks = nn.Sequential(*(UpBlock(width, width) for _ in range(self.pyramid.doublings)))
        self.normalise = nn.BatchNorm2d(width)
        self.to_picture = nn.Conv2d(width, channels, 3, padding=1)
        self.apply(initialise)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Pictures (n, channels, height, width)."""
        x = self.project(self.latent(latent, condition))
        x = x.unflatten(1, (*self.pyramid.base, -1)).permute(0, 3, 1, 2)
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
        first = [DownBlock(channels, width, halve=True, first=True)]
        self.blocks = nn.Sequential(
            *first,
            *(DownBlock(width, width, halve=True) for _ in range(halvings - 1)),
            *(DownBlock(width, width, halve=False) for _ in range(2)),
        )
        self.apply(initialise)
        self.head = ProjectionHead(width, classes, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Means over the last grid, (n, width)."""
        return F.relu(self.blocks(self.pyramid.pad(x))).mean((2, 3))
