"""The discriminator of Sauer et al. 2021 (arXiv:2111.01007), Section 3: small judges of a frozen network's features.

A trained classifier describes the pictures on several grids; fixed random weights mix its channels and grids, so that
no judge can look at a few of them alone; and each mixed grid has a small discriminator of its own.
"""

from collections.abc import Callable, Sequence
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.discriminator import Discriminator
from zerosum.nn.places import PlaceHeads, by_place
from zerosum.nn.pyramid import Pyramid

Describe = Callable[[Tensor], Sequence[Tensor]]
"""Pictures (n, channels, h, w) on [-1, 1] to a frozen network's grids, from the finest on, each half the one before."""


class Mixing(nn.Module):
    """Grids to as many grids that each depend on all coarser ones, by weights that nobody learns (Section 3.2).

    Cross-channel mixing is a 1x1 convolution of every grid. Cross-scale mixing goes from the coarsest to the finest: a
    3x3 convolution of the mixed grid, doubled bilinearly, is added to the next. The weights keep the variance of what
    they read (He et al. 2015, with no rectifier); they are buffers, drawn once and saved.

    Args:
        inputs: Channels of the grids, from the finest on.
        outputs: Channels of the mixed ones.
    """

    def __init__(self, inputs: Sequence[int], outputs: Sequence[int]) -> None:
        super().__init__()
        for index, (before, after) in enumerate(zip(inputs, outputs, strict=True)):
            self.register_buffer(f"channels{index}", torch.randn(after, before, 1, 1) / before**0.5)
        for index, (finer, coarser) in enumerate(zip(outputs, outputs[1:], strict=False)):
            self.register_buffer(f"scales{index}", torch.randn(finer, coarser, 3, 3) / (9 * coarser) ** 0.5)

    def forward(self, grids: Sequence[Tensor]) -> list[Tensor]:
        """Mixed grids, from the finest on, of the sizes of the given ones."""
        mixed = [F.conv2d(grid, self.get_buffer(f"channels{index}")) for index, grid in enumerate(grids)]
        for index in range(len(mixed) - 2, -1, -1):
            coarser = F.conv2d(mixed[index + 1], self.get_buffer(f"scales{index}"), padding=1)
            coarser = F.interpolate(coarser, mixed[index].shape[2:], mode="bilinear", align_corners=False)
            mixed[index] = mixed[index] + coarser
        return mixed


class ProjectedDiscriminator(Discriminator):
    """Pictures (n, channels, height, width) and class indices (n,) to logits (n, places of all judges).

    The frozen network is opened when the first picture comes, and is no submodule: it is not trained, averaged or
    saved, and nobody needs it to sample from the generator.

    Args:
        open_network: Opens the frozen network.
        inputs: Channels of its grids, from the finest on.
        stride: Pixels from one place of its coarsest grid to the next; pictures are resized to multiples of it.
        shape: (channels, height, width) of a picture.
        side: Shorter side of what the frozen network is shown, in pixels; None for the picture's own.
        width: Channels of the finest mixed grid; they double from grid to coarser grid, and in each of the judges.
        classes: How many classes there are; 0 for none.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(
        self,
        open_network: Callable[[], Describe],
        inputs: Sequence[int],
        stride: int,
        shape: tuple[int, ...],
        side: int | None,
        width: int,
        classes: int = 0,
        statistics: str = "none",
    ) -> None:
        super().__init__()
        self._open = open_network
        shorter = min(shape[1:])
        self.size = [max(1, round(length * (side or shorter) / shorter / stride)) * stride for length in shape[1:]]
        widths = [width << index for index in range(len(inputs))]
        self.mixing = Mixing(inputs, widths)
        # All judges speak of the same places (Section 3.1): those of the coarsest grid, or fewer where it is large.
        further = Pyramid.of(*(length // stride for length in self.size)).doublings
        halvings = [further + index for index in reversed(range(len(inputs)))]
        self.judges = nn.ModuleList(
            judge(before, times, widths[-1]) for before, times in zip(widths, halvings, strict=True)
        )
        self.head = PlaceHeads([widths[-1]] * len(widths), classes, statistics)

    @cached_property
    def describe(self) -> Describe:
        """The frozen network."""
        return self._open()

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """What the judges see, place by place, one judge behind the other, (n, f)."""
        x = x.float()  # what comes out of a generator may be shorter
        if list(x.shape[2:]) != self.size:
            x = F.interpolate(x, self.size, mode="bilinear", antialias=True, align_corners=False)
        grids = self.mixing(self.describe(x))
        return torch.cat([by_place(judge(grid)) for judge, grid in zip(self.judges, grids, strict=True)], 1)


def judge(inputs: int, halvings: int, largest: int) -> nn.Sequential:
    """Grids (n, inputs, h, w) to (n, largest, h / 2^halvings, w / 2^halvings): strided convolutions, and a 3x3 one."""
    widths = [min(inputs << index, largest) for index in range(halvings + 1)]
    layers: list[nn.Module] = []
    for before, after in zip(widths, widths[1:], strict=False):
        layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], largest, 3, padding=1), nn.LeakyReLU(0.2, inplace=True))
