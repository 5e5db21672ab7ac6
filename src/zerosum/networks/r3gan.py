"""The R3GAN generator and discriminator.

Huang, Gokaslan, Kuleshov and Tompkin, "The GAN is dead; long live the GAN! A Modern Baseline GAN", 2024
(arXiv:2501.05441), Section 4, the final configuration E. The two networks mirror each other:

    generator       z -> basis of the smallest grid -> blocks -> (upsample -> blocks)* -> 1x1 convolution -> image
    discriminator   image -> 1x1 convolution -> (blocks -> downsample)* -> blocks -> basis of the smallest grid -> logit

There is no normalization anywhere; the initial weights alone keep the signal in range (Fixup: Zhang, Dauphin and Ma
2019, arXiv:1901.09321). Shapes in comments: n samples, c channels, h x w pixels.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from zerosum.nn.binomial import Double, Halve
from zerosum.nn.convolution import Convolution
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.leaky_relu import leaky_relu_
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.statistics import STATISTICS

_SLOPE = 0.2  # of the leaky ReLUs' negative side


class R3GANGenerator(nn.Module):
    """Latents to images: (n, latent_dim) and class indices (n,) to (n, channels, height, width).

    A learned basis of the smallest grid is scaled, channel by channel, by a linear map of the latent and the class
    embedding (Section 4, configuration E). The output is that of the last convolution, not squashed to a range.

    Args:
        shape: Channels, height and width of an image. Any size: the last grid is cropped centrally to it.
        latent_dim: Width of z.
        widths: Channels of each stage, from the smallest grid to the image.
        cardinalities: Groups of each stage's 3x3 convolutions; they divide `width * expansion`.
        blocks: Residual blocks of each stage.
        expansion: Channels inside a residual block, as a multiple of the stage's width.
        classes: Number of classes, 0 for an unconditional network.
        class_embedding_dim: Width of the class embedding that is appended to z; unused without classes.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        latent_dim: int,
        widths: Sequence[int],
        cardinalities: Sequence[int],
        blocks: Sequence[int],
        expansion: int = 2,
        classes: int = 0,
        class_embedding_dim: int = 0,
    ) -> None:
        super().__init__()
        plan = _plan(widths, cardinalities, blocks, expansion)
        channels, height, width = shape
        self.pyramid = Pyramid(height, width, doublings=len(plan) - 1)
        base_height, base_width = self.pyramid.base
        self.class_embedding = _class_embedding(classes, class_embedding_dim, fan_in=classes)
        conditioned_dim = latent_dim + (class_embedding_dim if classes else 0)
        self.modulation = nn.Linear(conditioned_dim, plan[0].width, bias=False)
        # Four axes, so that `.to(memory_format=torch.channels_last)` reaches it and all that is computed from it.
        self.basis = nn.Parameter(torch.randn(1, plan[0].width, base_height, base_width))
        self.stages = nn.Sequential()
        for index, stage in enumerate(plan):
            modules: OrderedDict[str, nn.Module] = OrderedDict()
            if index:
                grid = (base_height << index, base_width << index)
                modules["upsample"] = Upsample(plan[index - 1].width, stage.width, grid)
            modules.update(_residual_blocks(stage, expansion, total=sum(blocks)))
            self.stages.append(nn.Sequential(modules))
        self.to_image = Convolution(plan[-1].width, channels, 1, bias=False)
        _init_normal(self.modulation.weight)
        _init_normal(self.to_image.weight)

    def forward(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """Images (n, channels, height, width) of latents (n, latent_dim) and int64 class indices (n,)."""
        embedding = _embed(self.class_embedding, condition)
        if embedding is not None:
            z = torch.cat((z, embedding), dim=1)
        scale = self.modulation(z)[:, :, None, None]  # (n, c, 1, 1)
        # In the dtype of the scale: under autocast a fp32 basis would otherwise promote every residual sum to fp32.
        x = self.stages(self.basis.to(scale.dtype) * scale)
        return self.pyramid.crop(self.to_image(x))


class R3GANDiscriminator(Discriminator):
    """Images to logits: (n, channels, height, width) and class indices (n,) to (n,).

    The mirror of `R3GANGenerator`, with the stages listed in the same order, from the smallest grid to the image
    (Section 4, configuration E). With classes the logit is the inner product of image features and class embedding.

    Args:
        shape: Channels, height and width of an image. Any size: it is padded centrally with zeros to the first grid.
        widths: Channels of each stage, from the smallest grid to the image.
        cardinalities: Groups of each stage's 3x3 convolutions; they divide `width * expansion`.
        blocks: Residual blocks of each stage.
        expansion: Channels inside a residual block, as a multiple of the stage's width.
        classes: Number of classes, 0 for an unconditional network.
        class_embedding_dim: Width of the class embedding and of the image features; unused without classes.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        widths: Sequence[int],
        cardinalities: Sequence[int],
        blocks: Sequence[int],
        expansion: int = 2,
        classes: int = 0,
        class_embedding_dim: int = 0,
        statistics: str = "none",
    ) -> None:
        super().__init__()
        plan = _plan(widths, cardinalities, blocks, expansion)
        channels, height, width = shape
        self.pyramid = Pyramid(height, width, doublings=len(plan) - 1)
        base_height, base_width = self.pyramid.base
        self.from_image = Convolution(channels, plan[-1].width, 1, bias=False)
        self.stages = nn.Sequential()
        for index, stage in reversed(list(enumerate(plan))):
            modules: OrderedDict[str, nn.Module] = OrderedDict(_residual_blocks(stage, expansion, total=sum(blocks)))
            if index:
                grid = (base_height << index, base_width << index)
                modules["downsample"] = Downsample(stage.width, plan[index - 1].width, grid)
            self.stages.append(nn.Sequential(modules))
        self.basis = nn.Parameter(torch.empty(1, plan[0].width, base_height, base_width))
        self.head = InnerProductHead(plan[0].width, classes, class_embedding_dim, statistics)
        _init_normal(self.from_image.weight)
        nn.init.normal_(self.basis, std=1 / math.sqrt(base_height * base_width))

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Weighted sums over the smallest grid, (n, widths[0]), float32."""
        x = self.stages(self.from_image(self.pyramid.pad(x)))
        with torch.autocast(x.device.type, enabled=False):
            return (x.to(self.basis.dtype) * self.basis).sum(dim=(2, 3))


class InnerProductHead(nn.Module):
    """Features to a logit, (n, features) to (n,): a linear map, in an inner product with the class's embedding.

    Args:
        features: Width of the features.
        classes: Number of classes, 0 for none.
        class_embedding_dim: Width of the class embedding; unused without classes.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(self, features: int, classes: int, class_embedding_dim: int, statistics: str) -> None:
        super().__init__()
        self.statistics = STATISTICS[statistics](features)
        self.linear = nn.Linear(self.statistics.size, class_embedding_dim if classes else 1, bias=False)
        # The inner product sums over the embedding too, and is to stay in the range of one of its terms.
        fan_in = classes * class_embedding_dim
        self.class_embedding = _class_embedding(classes, class_embedding_dim, fan_in)
        _init_normal(self.linear.weight)

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """Logits (n,), float32."""
        embedding = _embed(self.class_embedding, condition)
        # Outside autocast: a relativistic loss takes the difference of two logits, of which bfloat16 keeps two digits.
        with torch.autocast(features.device.type, enabled=False):
            x = self.linear(self.statistics(features.float()))
            if embedding is not None:
                x = x * embedding
            return x.sum(dim=1)


class ResidualBlock(nn.Module):
    """Inverted bottleneck (n, c, h, w) to the same shape: widen, grouped 3x3 convolution, narrow, add to the input.

    Section 4, configuration E. A fresh block is the identity: its last convolution is zero, the others are scaled by
    `total ** -0.25` (Fixup, Section 3 there, for branches of three layers). Only the leaky ReLUs have biases, held here
    by the convolution before them.

    Args:
        width: Channels in and out.
        cardinality: Groups of the 3x3 convolution.
        expansion: Inner channels as a multiple of `width`.
        total: Residual blocks in the whole network.
    """

    def __init__(self, width: int, cardinality: int, expansion: int, total: int) -> None:
        super().__init__()
        inner = width * expansion
        self.expand = Convolution(width, inner, 1)
        self.spatial = Convolution(inner, inner, 3, padding=1, groups=cardinality)
        self.contract = Convolution(inner, width, 1, bias=False)
        gain = nn.init.calculate_gain("leaky_relu", _SLOPE) * total**-0.25
        for convolution in (self.expand, self.spatial):
            _init_normal(convolution.weight, gain)
            assert convolution.bias is not None
            nn.init.zeros_(convolution.bias)
        nn.init.zeros_(self.contract.weight)

    def forward(self, x: Tensor) -> Tensor:
        """The input plus the residual branch, (n, c, h, w)."""
        # In place, because a convolution does not keep its output for the backward pass: about a tenth of the time.
        hidden = leaky_relu_(self.expand(x), _SLOPE)
        hidden = leaky_relu_(self.spatial(hidden), _SLOPE)
        return x + self.contract(hidden)


class _Resampling(nn.Module):
    """Between a grid and one of twice its size: a fixed filter, and a 1x1 convolution if the width changes.

    The filter (Section 4; `nn.binomial`) commutes with the 1x1 convolution, which therefore runs on the smaller grid.

    Args:
        in_channels: Width of the grid that comes in.
        out_channels: Width of the grid that goes out.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.change_width = None
        if in_channels != out_channels:
            self.change_width = Convolution(in_channels, out_channels, 1, bias=False)
            _init_normal(self.change_width.weight)


class Upsample(_Resampling):
    """Bilinear interpolation, (n, in_channels, h, w) to (n, out_channels, 2h, 2w); `grid` is the larger one."""

    def __init__(self, in_channels: int, out_channels: int, grid: tuple[int, int]) -> None:
        super().__init__(in_channels, out_channels)
        self.enlarge = Double(grid)

    def forward(self, x: Tensor) -> Tensor:
        """The larger grid, (n, out_channels, 2h, 2w)."""
        return self.enlarge(x if self.change_width is None else self.change_width(x))


class Downsample(_Resampling):
    """Bilinear reduction, (n, in_channels, 2h, 2w) to (n, out_channels, h, w); `grid` is the larger one."""

    def __init__(self, in_channels: int, out_channels: int, grid: tuple[int, int]) -> None:
        super().__init__(in_channels, out_channels)
        self.reduce = Halve(grid)

    def forward(self, x: Tensor) -> Tensor:
        """The smaller grid, (n, out_channels, h, w)."""
        x = self.reduce(x)
        return x if self.change_width is None else self.change_width(x)


class _Stage(NamedTuple):
    width: int
    cardinality: int
    blocks: int


def _plan(widths: Sequence[int], cardinalities: Sequence[int], blocks: Sequence[int], expansion: int) -> list[_Stage]:
    """The stages, checked, from the smallest grid to the image."""
    if not len(widths) == len(cardinalities) == len(blocks) > 0:
        raise ValueError(
            f"widths, cardinalities and blocks have {len(widths)}, {len(cardinalities)} and {len(blocks)} entries; "
            "give each one entry per stage, and at least one."
        )
    plan = [_Stage(*entries) for entries in zip(widths, cardinalities, blocks, strict=True)]
    for index, stage in enumerate(plan):
        if stage.width * expansion % stage.cardinality:
            raise ValueError(
                f"Stage {index} has cardinality {stage.cardinality}, which does not divide its "
                f"{stage.width} x {expansion} inner channels; choose a divisor."
            )
        if stage.blocks < 1:
            raise ValueError(f"Stage {index} has {stage.blocks} residual blocks; give it at least one.")
    return plan


def _residual_blocks(stage: _Stage, expansion: int, total: int) -> OrderedDict[str, nn.Module]:
    return OrderedDict(
        (f"block{index}", ResidualBlock(stage.width, stage.cardinality, expansion, total))
        for index in range(stage.blocks)
    )


def _init_normal(weight: Tensor, gain: float = 1.0) -> None:
    """Normal weights that multiply the root mean square of a layer's inputs by `gain`."""
    nn.init.normal_(weight, std=gain / math.sqrt(weight[0].numel()))


def _class_embedding(classes: int, embedding_dim: int, fan_in: int) -> nn.Embedding | None:
    if classes == 0:
        return None
    if embedding_dim < 1:
        raise ValueError(f"class_embedding_dim is {embedding_dim}; a network with {classes} classes needs at least 1.")
    embedding = nn.Embedding(classes, embedding_dim)
    # The reference maps a one-hot vector linearly and counts all its entries as inputs, hence classes in the fan-in.
    nn.init.normal_(embedding.weight, std=1 / math.sqrt(fan_in))
    return embedding


def _embed(embedding: nn.Embedding | None, condition: Tensor | None) -> Tensor | None:
    """Class embeddings (n, class_embedding_dim), or None in an unconditional network."""
    if embedding is None:
        if condition is not None:
            raise ValueError("This network has no classes, but got a condition; pass None, or build it with classes.")
        return None
    if condition is None:
        raise ValueError(
            f"This network has {embedding.num_embeddings} classes; pass their indices, int64 of shape (n,)."
        )
    return embedding(condition)
