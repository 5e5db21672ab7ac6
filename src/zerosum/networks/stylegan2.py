"""The StyleGAN2 generator and discriminator.

Karras, Laine, Aittala, Hellsten, Lehtinen and Aila, "Analyzing and Improving the Image Quality of StyleGAN", 2020
(arXiv:1912.04958); classes as in Karras et al. 2020 (arXiv:2006.06676). Parameters and buffers have the names and
shapes of the published networks, whose tensors therefore fit:

- the generator's as they are, but for `*.resample_filter`, which is no part of ours;
- the discriminator's with `bN.` (N > 4) as `blocks.bN.`, `b4.fromrgb.` as `fromrgb.`, `b4.` otherwise as `head.`, and
  `mapping.` as `head.mapping.`.

Shapes in comments: n samples, c channels, h x w pixels.
"""

import math
from typing import Literal

import torch
from torch import Tensor, nn

from zerosum.nn.binomial import Double, Halve, Smooth
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.equalised import EqualisedConv2d, EqualisedLinear
from zerosum.nn.modulation import ModulatedConvolution, ToPicture
from zerosum.nn.pixel_norm import normalised
from zerosum.nn.pyramid import Grids
from zerosum.nn.statistics import STATISTICS, StandardDeviation

Architecture = Literal["plain", "skip", "residual"]
"""How a picture reaches or leaves the grids (Figure 7): only at the largest, at each of them, or with shortcuts."""

MAPPING_RATE = 0.01
"""Share of the optimizer's rate that mapping networks learn at (Karras et al. 2019, Appendix C)."""


class Mapping(nn.Module):
    """Latents and classes to styles: (n, latent_dim) and class indices (n,) to (n, style_dim).

    Karras et al. 2019, Section 2. Latents and the class's embedding are each scaled to a mean square of 1.

    Args:
        latent_dim: Width of a latent; 0 for a mapping of classes alone.
        classes: How many classes there are; 0 for none.
        style_dim: Width of every layer.
        depth: Layers.
    """

    def __init__(self, latent_dim: int, classes: int, style_dim: int, depth: int) -> None:
        super().__init__()
        self.embed = EqualisedLinear(classes, style_dim) if classes else None
        inputs = latent_dim + (style_dim if classes else 0)
        self.layers = [f"fc{index}" for index in range(depth)]
        for index, name in enumerate(self.layers):
            width = style_dim if index else inputs
            self.add_module(name, EqualisedLinear(width, style_dim, activate=True, multiplier=MAPPING_RATE))

    def forward(self, latent: Tensor | None, condition: Tensor | None) -> Tensor:
        """Styles (n, style_dim), float32."""
        parts = [] if latent is None else [normalised(latent)]
        if self.embed is not None:
            assert condition is not None, "a network with classes needs their indices"
            classes = nn.functional.one_hot(condition, self.embed.in_features).to(self.embed.weight.dtype)
            with torch.autocast(condition.device.type, enabled=False):
                parts.append(normalised(self.embed(classes)))
        x = torch.cat(parts, 1)
        with torch.autocast(x.device.type, enabled=False):
            for name in self.layers:
                x = self.get_submodule(name)(x)
        return x


class StyleMapping(Mapping):
    """A mapping of latents that follows the mean of the styles w it gives in training, in `w_avg`, (style_dim,)."""

    w_avg: Tensor

    def __init__(self, latent_dim: int, classes: int, style_dim: int, depth: int) -> None:
        super().__init__(latent_dim, classes, style_dim, depth)
        self.register_buffer("w_avg", torch.zeros(style_dim))

    def forward(self, latent: Tensor | None, condition: Tensor | None) -> Tensor:
        """Styles (n, style_dim), float32."""
        w = super().forward(latent, condition)
        if self.training:
            self.w_avg.lerp_(w.detach().mean(0), 0.005)
        return w


class StyleGAN2Generator(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to pictures (n, channels, height, width), not squashed to a range.

    In training some pictures have two latents: one for the styles of the coarser layers, another for those of the
    finer ones (Karras et al. 2019, Section 3.1). These, and the noise in each layer, are drawn by torch's generator.

    Args:
        shape: (channels, height, width) of a picture.
        latent_dim: Width of a latent.
        style_dim: Width of a style.
        mapping_depth: Layers from latent to style.
        channel_base: Channels of a grid times its side.
        largest: No grid has more channels than this.
        classes: How many classes there are; 0 for none.
        architecture: How the picture leaves the grids.
        mixing: Share of pictures that have two latents in training.
        limit: Activations are cut off at this size; None for no limit.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        latent_dim: int,
        style_dim: int,
        mapping_depth: int,
        channel_base: int,
        largest: int,
        classes: int = 0,
        architecture: Architecture = "skip",
        mixing: float = 0.9,
        limit: float | None = None,
    ) -> None:
        super().__init__()
        channels, height, width = shape
        grids = Grids(height, width, channel_base, largest)
        self.pyramid, self.mixing = grids.pyramid, mixing
        self.mapping = StyleMapping(latent_dim, classes, style_dim, mapping_depth)
        self.synthesis = nn.ModuleDict()
        before = 0
        for side, size, width in zip(grids.sides, grids.sizes, grids.widths, strict=True):
            shown = channels if architecture == "skip" or side == grids.sides[-1] else 0
            residual = architecture == "residual"
            block = SynthesisBlock(before, width, style_dim, size, shown, limit, residual=residual)
            self.synthesis[f"b{side}"] = block
            before = width
        # Each convolution has a style of its own; a grid's picture has that of the next grid's first one.
        self.layers = 2 * len(self.synthesis)

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Pictures (n, channels, height, width), float32."""
        return self.synthesise(self.styles(latent, condition))

    def styles(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """A style w for each layer, (n, layers, style_dim), float32; in training those of two latents are mixed."""
        if not (self.training and self.mixing):
            return self.mapping(latent, condition)[:, None].expand(-1, self.layers, -1)
        count, device = len(latent), latent.device
        both = torch.cat([latent, torch.randn_like(latent)])
        w, other = self.mapping(both, None if condition is None else condition.repeat(2)).chunk(2)
        crossing = torch.randint(1, self.layers, (count,), device=device)
        crossing = torch.where(torch.rand(count, device=device) < self.mixing, crossing, self.layers)
        coarse = torch.arange(self.layers, device=device) < crossing[:, None]  # (n, layers)
        return torch.where(coarse[:, :, None], w[:, None], other[:, None])

    def synthesise(self, styles: Tensor) -> Tensor:
        """Pictures (n, channels, height, width), float32, of styles (n, layers, style_dim)."""
        x = picture = None
        layers = styles.unbind(1)
        for index, block in enumerate(self.synthesis.values()):
            x, picture = block(x, picture, layers[max(0, 2 * index - 1) : 2 * index + 2])
        assert picture is not None
        return self.pyramid.crop(picture)


class SynthesisBlock(nn.Module):
    """One grid of the generator: two convolutions, or a learned constant and one, and what they add to the picture.

    Args:
        inputs: Channels of the smaller grid; 0 where there is none.
        outputs: Channels of this grid.
        style_dim: Width of a style.
        size: Height and width of this grid.
        shown: Channels of the picture; 0 where nothing is added to it here.
        limit: Activations are cut off at this size; None for no limit.
        residual: Whether there is a shortcut past the convolutions.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        style_dim: int,
        size: tuple[int, int],
        shown: int,
        limit: float | None,
        *,
        residual: bool,
    ) -> None:
        super().__init__()
        residual = residual and inputs > 0
        gain = math.sqrt(0.5) if residual else 1.0  # a sum of two then has the variance of one
        self.const = self.conv0 = self.skip = self.torgb = None
        if inputs:
            self.conv0 = ModulatedConvolution(inputs, outputs, style_dim, size, up=True, limit=limit)
        else:
            self.const = nn.Parameter(torch.randn(outputs, *size))
        self.conv1 = ModulatedConvolution(outputs, outputs, style_dim, size, gain=gain, limit=limit)
        if residual:
            self.skip = EqualisedConv2d(inputs, outputs, 1, activate=False, gain=gain)
        if shown:
            self.torgb = ToPicture(outputs, shown, style_dim, limit)
        self.enlarge = Double(size)

    def forward(
        self, x: Tensor | None, picture: Tensor | None, styles: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor | None]:
        """This grid's features (n, c, h, w) and the picture (n, channels, h, w) so far, from those of the smaller one.

        The styles are those of the convolutions and of the picture, each (n, style_dim).
        """
        *convolutions, last = styles
        if self.conv0 is None:
            assert self.const is not None
            y = self.const.expand(last.shape[0], -1, -1, -1).contiguous(memory_format=torch.channels_last)
            y = self.conv1(y, convolutions[0])
        else:
            y = self.conv1(self.conv0(x, convolutions[0]), convolutions[1])
        if self.skip is not None:
            # Filter and 1x1 convolution commute; this way round the convolution sees the smaller grid.
            y = y + self.enlarge(self.skip(x))
        if self.torgb is not None:
            added = self.torgb(y, last)
            picture = added if picture is None else self.enlarge(picture) + added
        return y, picture


class StyleGAN2Discriminator(Discriminator):
    """Pictures (n, channels, height, width) and class indices (n,) to logits (n,).

    Args:
        shape: (channels, height, width) of a picture.
        channel_base: Channels of a grid times its side.
        largest: No grid has more channels than this.
        classes: How many classes there are; 0 for none.
        architecture: How the picture reaches the grids.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
        group: Samples whose standard deviation is taken together.
        limit: Activations are cut off at this size; None for no limit.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        channel_base: int,
        largest: int,
        classes: int = 0,
        architecture: Architecture = "residual",
        statistics: str = "standard-deviation",
        group: int = 4,
        limit: float | None = None,
    ) -> None:
        super().__init__()
        channels, height, width = shape
        grids = Grids(height, width, channel_base, largest)
        self.pyramid = grids.pyramid
        self.blocks = nn.ModuleDict()
        for index in range(len(grids.sides) - 1, 0, -1):
            seen = channels if architecture == "skip" or index == len(grids.sides) - 1 else 0
            block = DiscriminatorBlock(
                seen, grids.widths[index], grids.widths[index - 1], grids.sizes[index], architecture, limit
            )
            self.blocks[f"b{grids.sides[index]}"] = block
        seen = channels if architecture == "skip" else 0
        self.fromrgb = EqualisedConv2d(seen, grids.widths[0], 1, limit=limit) if seen else None
        self.head = StyleGAN2Head(grids.widths[0], grids.sizes[0], classes, statistics, group, limit)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The smallest grid, (n, f)."""
        picture, y = self.pyramid.pad(x), None
        for block in self.blocks.values():
            picture, y = block(picture, y)
        assert y is not None
        if self.fromrgb is not None:
            y = y + self.fromrgb(picture)
        return y.flatten(1)


class DiscriminatorBlock(nn.Module):
    """One grid of the discriminator: two convolutions, the second of which halves it.

    Args:
        seen: Channels of the picture; 0 where it is not looked at here.
        inputs: Channels of this grid.
        outputs: Channels of the smaller grid.
        size: Height and width of this grid.
        architecture: How the picture reaches the grids.
        limit: Activations are cut off at this size; None for no limit.
    """

    def __init__(
        self,
        seen: int,
        inputs: int,
        outputs: int,
        size: tuple[int, int],
        architecture: Architecture,
        limit: float | None,
    ) -> None:
        super().__init__()
        residual = architecture == "residual"
        gain = math.sqrt(0.5) if residual else 1.0  # a sum of two then has the variance of one
        self.goes_on = architecture == "skip"
        self.fromrgb = EqualisedConv2d(seen, inputs, 1, limit=limit) if seen else None
        self.conv0 = EqualisedConv2d(inputs, inputs, 3, limit=limit)
        self.smooth = Smooth(padding=2)
        self.conv1 = EqualisedConv2d(inputs, outputs, 3, stride=2, padding=0, gain=gain, limit=limit)
        self.reduce = Halve(size)
        self.skip = EqualisedConv2d(inputs, outputs, 1, activate=False, gain=gain) if residual else None

    def forward(self, picture: Tensor, x: Tensor | None) -> tuple[Tensor, Tensor]:
        """The picture and the features (n, outputs, h, w) on the smaller grid, from those on this one."""
        if self.fromrgb is not None:
            seen = self.fromrgb(picture)
            x = seen if x is None else x + seen
        y = self.conv1(self.smooth(self.conv0(x)))
        if self.skip is not None:
            y = y + self.skip(self.reduce(x))
        return self.reduce(picture) if self.goes_on else picture, y


class StyleGAN2Head(nn.Module):
    """Features of the smallest grid to a logit, (n, width * h * w) to (n,), with an eye on the whole batch.

    With classes, the logit is the inner product with what a mapping network makes of the class.

    Args:
        width: Channels of the grid.
        size: Height and width of the grid.
        classes: How many classes there are; 0 for none.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
        group: Samples whose standard deviation is taken together.
        limit: Activations are cut off at this size; None for no limit.
    """

    def __init__(
        self,
        width: int,
        size: tuple[int, int],
        classes: int,
        statistics: str,
        group: int = 4,
        limit: float | None = None,
    ) -> None:
        super().__init__()
        self.grid = (width, *size)
        features = math.prod(self.grid)
        grouped = statistics == "standard-deviation"
        self.statistics = StandardDeviation(features, group) if grouped else STATISTICS[statistics](features)
        self.conv = EqualisedConv2d(width + self.statistics.size - features, width, 3, limit=limit)
        self.fc = EqualisedLinear(features, width, activate=True)
        self.out = EqualisedLinear(width, width if classes else 1)
        self.mapping = Mapping(0, classes, width, depth=8) if classes else None

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """Logits (n,), float32."""
        x = features.unflatten(1, self.grid)
        with torch.autocast(features.device.type, enabled=False):
            found = self.statistics(features.to(self.out.weight.dtype))[:, features.shape[1] :]  # (n, k)
        x = self.conv(torch.cat([x, found[:, :, None, None].expand(-1, -1, *self.grid[1:])], 1))
        with torch.autocast(features.device.type, enabled=False):
            x = self.out(self.fc(x.flatten(1).to(self.out.weight.dtype)))
            if self.mapping is not None:
                x = x * self.mapping(None, condition) / math.sqrt(x.shape[1])
            return x.sum(1)
