"""Networks that are told a noise level: a U-Net for pictures, a residual perceptron for points.

The U-Net is that of Karras et al. 2022 (arXiv:2206.00364, Appendix F) made light: four pixels are folded into one cell
of the first grid, since 3x3 convolutions at the picture's own size cost four times as much on a processor; and each
cell is normalised on its own (layer normalisation), which there is cheaper than groups of channels are.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.noise_level import NoiseLevel
from zerosum.nn.pyramid import Pyramid


class UNet(nn.Module):
    """Noisy pictures (n, channels, height, width), noise levels (n,) and class indices (n,) to as many numbers.

    Args:
        shape: (channels, height, width) of a picture.
        width: Channels of the grid at half the picture's size; they double from grid to smaller grid.
        largest: No grid has more channels than this.
        blocks: Residual blocks of each grid, on the way down and on the way up.
        classes: How many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, ...], width: int, largest: int, blocks: int, classes: int) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid.of(height, width_of_picture)
        widths = self.pyramid.widths(width, largest)
        steps, told = list(zip(widths, widths[1:], strict=False)), 4 * width
        self.level = NoiseLevel(told, classes)
        self.enter = nn.Conv2d(4 * channels, widths[0], 3, padding=1)
        self.down = nn.ModuleList(Stage(one, one, told, blocks) for one in widths)
        self.shrink = nn.ModuleList(nn.Conv2d(before, after, 2, stride=2) for before, after in steps)
        self.middle = Attention(widths[-1])
        self.up = nn.ModuleList(Stage(2 * one, one, told, blocks) for one in reversed(widths))
        self.enlarge = nn.ModuleList(
            nn.ConvTranspose2d(after, before, 2, stride=2) for before, after in reversed(steps)
        )
        self.normalise = CellNorm(widths[0])
        self.leave = nn.Conv2d(widths[0], 4 * channels, 3, padding=1)
        nn.init.zeros_(self.leave.weight)

    def forward(self, x: Tensor, level: Tensor, condition: Tensor | None) -> Tensor:
        """As many numbers as the pictures have."""
        told = self.level(level, condition)
        x = self.down[0](self.enter(F.pixel_unshuffle(self.pyramid.pad(x), 2)), told)
        seen = [x]
        for shrink, stage in zip(self.shrink, self.down[1:], strict=True):
            x = stage(shrink(x), told)
            seen.append(x)
        x = self.up[0](torch.cat([self.middle(x), seen.pop()], 1), told)
        for enlarge, stage in zip(self.enlarge, self.up[1:], strict=True):
            x = stage(torch.cat([enlarge(x), seen.pop()], 1), told)
        return self.pyramid.crop(F.pixel_shuffle(self.leave(F.silu(self.normalise(x))), 2))


class PerceptronDenoiser(nn.Module):
    """Noisy samples (n, *shape), noise levels (n,) and class indices (n,) to as many numbers.

    Args:
        shape: Shape of a sample.
        width: Hidden units per layer.
        blocks: Residual blocks.
        classes: How many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, ...], width: int, blocks: int, classes: int) -> None:
        super().__init__()
        self.level = NoiseLevel(width, classes)
        self.enter = nn.Linear(math.prod(shape), width)
        self.blocks = nn.ModuleList(ResidualLayer(width) for _ in range(blocks))
        self.leave = nn.Linear(width, math.prod(shape))
        nn.init.zeros_(self.leave.weight)

    def forward(self, x: Tensor, level: Tensor, condition: Tensor | None) -> Tensor:
        """As many numbers as the samples have."""
        told = self.level(level, condition)
        hidden = self.enter(x.flatten(1))
        for block in self.blocks:
            hidden = block(hidden, told)
        return self.leave(F.silu(hidden)).view(x.shape)


class CellNorm(nn.Module):
    """Layer normalisation of each cell of a grid over its channels, (n, c, h, w) to the same (Ba et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        """The grid, normalised."""
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Stage(nn.Module):
    """Residual blocks one after the other, (n, before, h, w) to (n, after, h, w); `told` is the width of the level."""

    def __init__(self, before: int, after: int, told: int, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResidualBlock(after if index else before, after, told) for index in range(blocks))

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """The grid, changed."""
        for block in self.blocks:
            x = block(x, told)
        return x


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut; the noise level scales and shifts what is between them.

    Dhariwal and Nichol 2021 (arXiv:2105.05233), Section 3, with the second convolution at zero at first.

    Args:
        before: Channels that come in.
        after: Channels that go out.
        told: Width of the noise level's features.
    """

    def __init__(self, before: int, after: int, told: int) -> None:
        super().__init__()
        self.first_norm, self.second_norm = CellNorm(before), CellNorm(after)
        self.first = nn.Conv2d(before, after, 3, padding=1)
        self.second = nn.Conv2d(after, after, 3, padding=1)
        self.told = nn.Linear(told, 2 * after)
        self.shortcut = nn.Identity() if before == after else nn.Conv2d(before, after, 1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """The grid, changed; halved in variance, so that sums over shortcuts do not grow."""
        scale, shift = self.told(told)[:, :, None, None].chunk(2, 1)
        hidden = self.second_norm(self.first(F.silu(self.first_norm(x))))
        hidden = self.second(F.silu(hidden * (1 + scale) + shift))
        return (self.shortcut(x) + hidden) * 0.5**0.5


class Attention(nn.Module):
    """Cells of a grid attend to each other, (n, c, h, w) to the same (Ho et al. 2020, arXiv:2006.11239, Appendix B)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.query_key_value = nn.Linear(channels, 3 * channels, bias=False)
        self.answer = nn.Linear(channels, channels)
        nn.init.zeros_(self.answer.weight)

    def forward(self, x: Tensor) -> Tensor:
        """The grid, changed."""
        cells = x.permute(0, 2, 3, 1).flatten(1, 2)  # (n, h * w, c)
        query, key, value = self.query_key_value(self.norm(cells)).chunk(3, 2)
        seen = F.scaled_dot_product_attention(query, key, value)
        cells = (cells + self.answer(seen)) * 0.5**0.5
        return cells.unflatten(1, x.shape[2:]).permute(0, 3, 1, 2)


class ResidualLayer(nn.Module):
    """Two linear layers beside a shortcut; the noise level scales and shifts what goes in, (n, width) to the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.told = nn.Linear(width, 2 * width)
        self.first = nn.Linear(width, width)
        self.second = nn.Linear(width, width)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """The features, changed."""
        scale, shift = self.told(told).chunk(2, 1)
        return x + self.second(F.silu(self.first(F.silu(self.norm(x) * (1 + scale) + shift))))
