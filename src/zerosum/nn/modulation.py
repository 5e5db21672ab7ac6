"""Convolutions whose input channels are scaled by a style, for each sample on its own.

Karras et al. 2020 (arXiv:1912.04958), Section 2.2. The paper scales the kernels, which takes one kernel per sample and
a grouped convolution. Here the style scales what goes into one ordinary convolution, and demodulation what comes out:
the same numbers, since both are constant over a sample's grid, but many times as fast on a processor, and exportable.
"""

import math

import torch
from torch import Tensor, nn

from zerosum.nn.binomial import Smooth
from zerosum.nn.convolution import conv2d, conv_transpose2d
from zerosum.nn.equalised import KEEPING, SLOPE, EqualisedLinear, limited
from zerosum.nn.leaky_relu import leaky_relu_


def demodulation(weight: Tensor, style: Tensor) -> Tensor:
    """What gives outputs unit variance where independent inputs have it, (n, outputs) (Equation 3).

    Args:
        weight: Kernels, (outputs, inputs, height, width).
        style: Scales of the inputs, (n, inputs).
    """
    energy = weight.square().sum((2, 3))  # (outputs, inputs)
    return (style.square() @ energy.T + 1e-8).rsqrt()


class ModulatedConvolution(nn.Module):
    """Modulated 3x3 convolution, noise, bias, leaky ReLU: (n, inputs, h, w) to (n, outputs, *grid).

    Names and shapes of parameters and buffers are those of the published networks.

    Args:
        inputs: Channels in.
        outputs: Channels out.
        style_dim: Width of w, from which the style is made.
        grid: Height and width of what comes out.
        up: Whether that is twice of what comes in.
        gain: What the outputs are multiplied by.
        limit: The outputs before that gain are cut off at this size; None for no limit.
    """

    noise_const: Tensor

    def __init__(
        self,
        inputs: int,
        outputs: int,
        style_dim: int,
        grid: tuple[int, int],
        *,
        up: bool = False,
        gain: float = 1.0,
        limit: float | None = None,
    ) -> None:
        super().__init__()
        self.gain = gain * KEEPING
        self.limit = None if limit is None else limit * gain
        self.affine = EqualisedLinear(style_dim, inputs, bias=1.0)
        # Unscaled, since demodulation takes every scale out of it.
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros(()))
        self.register_buffer("noise_const", torch.randn(grid))
        # The filter may stand before or behind the convolution: behind it, three quarters of what is convolved are
        # zeros, which a transposed convolution skips.
        self.smooth = Smooth(padding=1) if up else None

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """The larger or equal grid of features, for w (n, style_dim).

        Noise is drawn anew in training, and otherwise the same for all samples (Karras et al. 2019, Section 3.2).
        """
        with torch.autocast(x.device.type, enabled=False):
            style = self.affine(w)
            scale = self.gain * demodulation(self.weight, style)
        x = x * style[:, :, None, None].to(x.dtype)
        if self.smooth is None:
            x = conv2d(x, self.weight, padding=1)
        else:
            x = self.smooth(conv_transpose2d(x, self.weight.transpose(0, 1), stride=2))
            scale = 4 * scale  # three of four pixels were zeros
        noise = self.noise_const
        if self.training:
            noise = torch.randn(len(x), 1, *noise.shape, device=noise.device)
        x = x * scale[:, :, None, None].to(x.dtype)
        x = x.add_((self.gain * self.bias)[:, None, None].to(x.dtype))
        x = x.add_((self.gain * self.noise_strength * noise).to(x.dtype))
        return limited(leaky_relu_(x, SLOPE), self.limit)


class ToPicture(nn.Module):
    """Modulated 1x1 convolution without demodulation: features (n, inputs, h, w) to (n, channels, h, w), float32.

    Args:
        inputs: Channels of the features.
        channels: Channels of a picture.
        style_dim: Width of w, from which the style is made.
        limit: What is added is cut off at this size; None for no limit.
    """

    def __init__(self, inputs: int, channels: int, style_dim: int, limit: float | None = None) -> None:
        super().__init__()
        self.limit = limit
        self.scale = 1 / math.sqrt(inputs)
        self.affine = EqualisedLinear(style_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(channels, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """What the features add to the picture, for w (n, style_dim)."""
        with torch.autocast(x.device.type, enabled=False):
            style = self.scale * self.affine(w)
        x = conv2d(x * style[:, :, None, None].to(x.dtype), self.weight)
        return limited(x.to(self.bias.dtype) + self.bias[:, None, None], self.limit)
