"""Encoders, and encoder and decoder as one network; the decoders are generators that exist already."""

import math

from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.networks.light import LightGenerator
from zerosum.networks.perceptron import PerceptronGenerator, hidden_layers
from zerosum.nn.classes import ClassLatent
from zerosum.nn.codes import NormalCodes
from zerosum.nn.pyramid import Pyramid

HIDDEN = 256
"""Units that an encoder of pictures has between its last grid and what it says."""


class Autoencoder(nn.Module):
    """An encoder from samples to numbers, and a decoder from latents to samples; it has no forward of its own.

    Attributes:
        encoder: (samples (n, *shape), classes) -> what is said of their latents (n, outputs).
        decoder: (latents (n, latent_dim), classes) -> samples (n, *shape).
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder


class FittedAutoencoder(Autoencoder):
    """An autoencoder that knows how its codes are distributed.

    Attributes:
        codes: Sees the codes on their way from encoder to decoder, and makes others like them.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, codes: NormalCodes) -> None:
        super().__init__(encoder, decoder)
        self.codes = codes


class ConvolutionalEncoder(nn.Module):
    """Pictures (n, channels, height, width) and class indices (n,) to numbers (n, outputs).

    The generator of `networks.light` the other way round: four pixels in a cell, then strided 4x4 convolutions.

    Args:
        shape: (channels, height, width) of a picture.
        outputs: Numbers that are said of a picture.
        width: Channels of the grid at half the picture's size; they double from grid to smaller grid.
        largest: No grid has more channels than this.
        classes: How many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, ...], outputs: int, width: int, largest: int, classes: int) -> None:
        super().__init__()
        channels, height, width_of_picture = shape
        self.pyramid = Pyramid.of(height, width_of_picture)
        widths = self.pyramid.widths(width, largest)
        rows, columns = self.pyramid.base
        self.from_picture = nn.Conv2d(4 * channels, widths[0], 3, padding=1)
        self.downsample = nn.ModuleList(
            nn.Conv2d(before, after, 4, stride=2, padding=1, bias=False)
            for before, after in zip(widths, widths[1:], strict=False)
        )
        self.normalise = nn.ModuleList(nn.BatchNorm2d(one) for one in widths[1:])
        self.features = ClassLatent(widths[-1] * rows * columns, classes, embedding_dim=32)
        self.hidden = nn.Linear(self.features.size, HIDDEN)
        self.out = nn.Linear(HIDDEN, outputs)

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Numbers (n, outputs)."""
        x = F.leaky_relu(self.from_picture(F.pixel_unshuffle(self.pyramid.pad(x), 2)), 0.2, inplace=True)
        for downsample, normalise in zip(self.downsample, self.normalise, strict=True):
            x = F.leaky_relu(normalise(downsample(x)), 0.2, inplace=True)
        features = self.features(x.permute(0, 2, 3, 1).flatten(1), condition)
        return self.out(F.leaky_relu(self.hidden(features), 0.2, inplace=True))


class PerceptronEncoder(nn.Module):
    """Samples (n, *shape) and class indices (n,) to numbers (n, outputs).

    Args:
        shape: Shape of a sample.
        outputs: Numbers that are said of a sample.
        width: Hidden units per layer.
        depth: Hidden layers.
        classes: How many classes there are; 0 for none.
    """

    def __init__(self, shape: tuple[int, ...], outputs: int, width: int, depth: int, classes: int) -> None:
        super().__init__()
        self.sample = ClassLatent(math.prod(shape), classes, embedding_dim=8)
        self.layers = hidden_layers(self.sample.size, width, depth, normalised=False)
        self.out = nn.Linear(width, outputs)

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Numbers (n, outputs)."""
        return self.out(self.layers(self.sample(x.flatten(1), condition)))


def encoder_and_decoder(
    shape: tuple[int, ...], outputs: int, latent_dim: int, width: int, largest: int, depth: int, classes: int
) -> tuple[nn.Module, nn.Module]:
    """Convolutions for pictures, perceptrons for other samples.

    Args:
        shape: Shape of a sample; three sides are a picture's.
        outputs: Numbers that the encoder says of a sample.
        latent_dim: Width of what the decoder is given.
        width: Channels of the grid at half the picture's size; units per layer.
        largest: No grid has more channels than this.
        depth: Hidden layers of perceptrons.
        classes: How many classes there are; 0 for none.
    """
    if len(shape) == 3:
        encoder = ConvolutionalEncoder(shape, outputs, width, largest, classes)
        return encoder, LightGenerator(shape, latent_dim, width, largest, classes)
    encoder = PerceptronEncoder(shape, outputs, width, depth, classes)
    return encoder, PerceptronGenerator(shape, latent_dim, width, depth, classes)
