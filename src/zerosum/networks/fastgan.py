"""The pair of Liu et al. 2021 (arXiv:2101.04775), Section 3: light networks for few pictures.

The generator has one convolution a grid, and small grids open and close the channels of large ones. The discriminator
has to keep enough in its features to draw the pictures again. Here for pictures of any size and with classes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.networks.dcgan import initialise
from zerosum.nn.classes import ClassLatent
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.places import PlaceHeads, as_grid, by_place
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.residual import DoublingConv2d

MULTIPLES = (16, 8, 4, 2, 2, 1, 0.5, 0.25, 0.125)
"""Channels of the generator's grids from the base on, in units of those after five doublings, which are 128 x 128."""


class Gate(nn.Module):
    """Batch normalisation and a gated linear unit (Dauphin et al. 2017): (n, 2 c, h, w) to (n, c, h, w)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.normalise = nn.BatchNorm2d(2 * channels)

    def forward(self, x: Tensor) -> Tensor:
        """The first half of the channels, each let through as far as one of the other half says."""
        x = self.normalise(x).permute(0, 2, 3, 1)  # along the numbers of a place, which lie together in memory
        return F.glu(x, 3).permute(0, 3, 1, 2)


class GatedDoubling(nn.Sequential):
    """Doubles a grid, (n, inputs, h, w) to (n, outputs, 2h, 2w): nearest neighbours, a 3x3 convolution, a gate."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(DoublingConv2d(inputs, 2 * outputs, 3, bias=False), Gate(outputs))


class SkipExcitation(nn.Module):
    """A large grid whose channels a small one scales, y = F(x_low) * x_high (Section 3.1, Equation 1).

    F averages the small grid to 4x4, makes one place of that by a 4x4 convolution, and a factor between 0 and 1 for
    every channel by a leaky ReLU, a 1x1 convolution and a sigmoid.

    Args:
        low: Channels of the small grid.
        high: Channels of the large one.
    """

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(low, high, 4)
        self.excite = nn.Conv2d(high, high, 1)

    def forward(self, low: Tensor, high: Tensor) -> Tensor:
        """The large grid (n, high, h, w), scaled by a small one (n, low, h', w')."""
        squeezed = F.leaky_relu(self.squeeze(F.adaptive_avg_pool2d(low, 4)), 0.1)
        return high * self.excite(squeezed).sigmoid()


class FastGANGenerator(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to pictures (n, channels, height, width) in [-1, 1].

    Args:
        shape: (channels, height, width) of a picture.
        latent_dim: Width of a latent.
        width: Channels of the grid after five doublings; `MULTIPLES` has those of the others.
        skip: Doublings from a grid to the one whose channels it scales; grids that have none so far above scale none.
        classes: How many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, ...], latent_dim: int, width: int, skip: int, classes: int = 0) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid, self.skip = Pyramid.of(height, width_of_picture), skip
        rows, columns = self.pyramid.base
        widths = [max(1, round(width * multiple)) for multiple in MULTIPLES[: self.pyramid.doublings + 1]]
        self.latent = ClassLatent(latent_dim, classes, embedding_dim=32)
        self.project = nn.Linear(self.latent.size, 2 * widths[0] * rows * columns, bias=False)
        self.first = Gate(widths[0])
        self.doublings = nn.ModuleList(
            GatedDoubling(before, after) for before, after in zip(widths, widths[1:], strict=False)
        )
        self.excite = nn.ModuleList(SkipExcitation(low, high) for low, high in zip(widths, widths[skip:], strict=False))
        self.to_picture = nn.Conv2d(widths[-1], channels, 3, padding=1)
        self.apply(initialise)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Pictures (n, channels, height, width)."""
        x = self.project(self.latent(latent, condition))
        # Channels last from the start, so that no convolution has to reorder memory.
        grids = [self.first(x.unflatten(1, (*self.pyramid.base, -1)).permute(0, 3, 1, 2))]
        for level, double in enumerate(self.doublings, start=1):
            x = double(grids[-1])
            if level >= self.skip:
                x = self.excite[level - self.skip](grids[level - self.skip], x)
            grids.append(x)
        return self.pyramid.crop(self.to_picture(grids[-1])).tanh()


class Halving(nn.Module):
    """The mean of two ways to halve a grid, (n, inputs, 2h, 2w) to (n, outputs, h, w) (Section 3.2, Figure 4).

    One is a strided 4x4 convolution and a 3x3 one, the other a mean over 2x2 pixels and a 1x1 convolution.

    Args:
        inputs: Channels in.
        outputs: Channels out.
        normalised: Batch normalisation after every convolution.
    """

    def __init__(self, inputs: int, outputs: int, normalised: bool) -> None:
        super().__init__()
        self.far = nn.Sequential(
            *convolution(inputs, outputs, 4, normalised, stride=2),
            *convolution(outputs, outputs, 3, normalised),
        )
        self.near = nn.Sequential(nn.AvgPool2d(2), *convolution(inputs, outputs, 1, normalised))

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, outputs, h, w)."""
        return (self.far(x) + self.near(x)) / 2


class FastGANDiscriminator(Discriminator):
    """Pictures (n, channels, height, width) and class indices (n,) to logits (n, places).

    The features are two grids (f2 and f1 in Section 3.2): a coarse one with a shorter side of 8 to 15 places, of which
    every window of 4x4 is judged, and behind it the fine one that it was made from, with twice that side. Of pictures
    with a side of less than 16 pixels both are half as large.

    Args:
        shape: (channels, height, width) of a picture.
        width: Channels of the grid four doublings above the coarse one; every halving doubles them.
        classes: How many classes there are; 0 for none.
        normalised: Batch normalisation on every hidden grid but the first. Gradient penalties, which are about single
            samples, ask for none.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(
        self, shape: tuple[int, ...], width: int, classes: int = 0, normalised: bool = True, statistics: str = "none"
    ) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid.of(height, width_of_picture, shortest=8 if min(height, width_of_picture) >= 16 else 4)
        halvings = self.pyramid.doublings
        widths = [max(1, width * 2**4 >> level) for level in range(halvings + 1)]  # from the coarse grid on
        # Four pixels are folded into one place, unless the fine grid is the picture's size: a strided convolution of so
        # few channels cannot use a processor's matrix units.
        self.fold = 2 if halvings > 1 else 1
        seen = widths[: halvings if self.fold == 2 else halvings + 1][::-1]
        self.first = nn.Sequential(*convolution(channels * self.fold**2, seen[0], 3, False))
        halved = [Halving(before, after, normalised) for before, after in zip(seen, seen[1:], strict=False)]
        self.to_fine, self.to_coarse = nn.Sequential(*halved[:-1]), halved[-1]
        rows, columns = self.pyramid.base
        self.grids = TwoGrids(widths[0], widths[1], rows, columns)
        self.apply(initialise)
        self.head = WindowHead(self.grids, classes, normalised, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Both grids, place by place, (n, f)."""
        fine = self.to_fine(self.first(F.pixel_unshuffle(self.pyramid.pad(x), self.fold)))
        return self.grids.join(self.to_coarse(fine), fine)


@dataclass(frozen=True)
class TwoGrids:
    """What the discriminator's features consist of.

    Attributes:
        coarse: Channels of the coarse grid.
        fine: Channels of the fine one.
        rows: Height of the coarse grid; the fine one has twice as many.
        columns: Its width, likewise.
    """

    coarse: int
    fine: int
    rows: int
    columns: int

    def join(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """Grids (n, coarse, rows, columns) and (n, fine, 2 * rows, 2 * columns) as features (n, f)."""
        return torch.cat([by_place(coarse), by_place(fine)], 1)

    def split(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """The two grids that features (n, f) consist of."""
        places = self.rows * self.columns
        coarse, fine = features.split([places * self.coarse, 4 * places * self.fine], 1)
        return as_grid(coarse, self.rows, self.columns), as_grid(fine, 2 * self.rows, 2 * self.columns)


class WindowHead(nn.Module):
    """Features (n, f) and class indices (n,) to a logit for each window of 4x4 places of the coarse grid.

    Args:
        grids: What the features consist of.
        classes: How many classes there are; 0 for none.
        normalised: Batch normalisation of what is seen in a window.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(self, grids: TwoGrids, classes: int, normalised: bool, statistics: str) -> None:
        super().__init__()
        self.grids = grids
        width = max(1, grids.coarse // 2)
        self.window = nn.Sequential(*convolution(grids.coarse, width, 4, normalised, padding=0)).apply(initialise)
        self.places = PlaceHeads([width], classes, statistics)

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """Logits (n, (rows - 3) * (columns - 3)), float32."""
        coarse, _ = self.grids.split(features)
        return self.places(by_place(self.window(coarse)), condition)


class Redrawing(nn.Module):
    """The discriminator's features drawn as pictures again: small decoders of both grids (Section 3.2).

    The coarse grid is to become the whole picture, and a random part of the fine one, with half its sides, that part of
    the picture. What is drawn is half as large as the picture, which is the size of a part, but no larger than the
    coarse grid doubled four times: 128 x 128 for 256 x 256 and more.

    Args:
        discriminator: Whose features they are.
        channels: Of the pictures.
        width: Channels of the decoders' last hidden grids; they double towards the features.
    """

    def __init__(self, discriminator: FastGANDiscriminator, channels: int, width: int) -> None:
        super().__init__()
        self.grids, self.pyramid = discriminator.grids, discriminator.pyramid
        doublings = min(4, self.pyramid.doublings - 1)
        self.whole = decoder(self.grids.coarse, channels, width, doublings)
        self.part = decoder(self.grids.fine, channels, width, doublings)

    def forward(self, features: Tensor, x: Tensor) -> list[tuple[Tensor, Tensor]]:
        """What is drawn, and what should have been, for the whole picture and for a part of it.

        Args:
            features: Of the pictures, (n, f).
            x: The pictures, (n, channels, height, width).
        """
        coarse, fine = self.grids.split(features)
        rows, columns = self.grids.rows, self.grids.columns
        top, left = (int(torch.randint(side + 1, ())) for side in (rows, columns))  # one part for the batch
        picture = self.pyramid.pad(x)
        pixels = picture.shape[2] // (2 * rows)  # along the side of a place
        part = picture[:, :, top * pixels : (top + rows) * pixels, left * pixels : (left + columns) * pixels]
        drawn = self.whole(coarse), self.part(fine[:, :, top : top + rows, left : left + columns])
        return [
            (ours, F.adaptive_avg_pool2d(theirs, ours.shape[2:]))
            for ours, theirs in zip(drawn, (picture, part), strict=True)
        ]


def decoder(inputs: int, channels: int, width: int, doublings: int) -> nn.Sequential:
    """Grids (n, inputs, h, w) to pictures (n, channels, h * 2^doublings, w * 2^doublings) in [-1, 1]."""
    widths = [inputs, *[width << level for level in reversed(range(doublings))]]
    layers = [GatedDoubling(before, after) for before, after in zip(widths, widths[1:], strict=False)]
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], channels, 3, padding=1), nn.Tanh()).apply(initialise)


def convolution(
    inputs: int, outputs: int, kernel: int, normalised: bool, stride: int = 1, padding: int | None = None
) -> list[nn.Module]:
    """A convolution, batch normalisation if asked for, and a leaky ReLU; padded to keep, or halve, the grid's size."""
    around = (kernel - 1) // 2 if padding is None else padding
    layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, kernel, stride, around, bias=not normalised)]
    if normalised:
        layers.append(nn.BatchNorm2d(outputs))
    return [*layers, nn.LeakyReLU(0.2, inplace=True)]
