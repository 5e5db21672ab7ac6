"""Layers with an equalised learning rate: weights of variance 1, scaled as they are used.

Karras et al. 2018 (arXiv:1710.10196), Section 4.1: He et al.'s scale is no part of the weight, so that an optimizer
that takes steps of one size for all weights changes every layer at the same speed.
"""

import math

from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.convolution import Convolution, conv_transpose2d
from zerosum.nn.leaky_relu import leaky_relu_
from zerosum.nn.residual import means_of_four

SLOPE = 0.2
"""Of the leaky ReLUs' negative side."""

KEEPING = math.sqrt(2)
"""What outputs of a leaky ReLU are multiplied by, so that their variance stays about that of its inputs."""


def limited(x: Tensor, limit: float | None) -> Tensor:
    """Features cut off at +-limit, if there is one.

    So that the sums of 16-bit networks do not overflow: Karras et al. 2020 (arXiv:2006.06676), Appendix D.
    """
    return x if limit is None else x.clamp(-limit, limit)


class EqualisedLinear(nn.Linear):
    """A linear map, (n, inputs) to (n, outputs), that keeps the variance, and a leaky ReLU if asked.

    Args:
        inputs: Width of what comes in.
        outputs: Width of what comes out.
        activate: Whether a leaky ReLU follows.
        multiplier: The layer learns at this share of the optimizer's rate.
        bias: Where the bias begins.

    Attributes:
        scale: What the weight is multiplied by as it is used.
    """

    def __init__(
        self, inputs: int, outputs: int, *, activate: bool = False, multiplier: float = 1.0, bias: float = 0.0
    ) -> None:
        super().__init__(inputs, outputs)
        self.activate, self.multiplier = activate, multiplier
        self.scale = multiplier / math.sqrt(inputs)
        nn.init.normal_(self.weight, std=1 / multiplier)
        nn.init.constant_(self.bias, bias / multiplier)

    def forward(self, input: Tensor) -> Tensor:
        """The mapped features."""
        if not self.activate:
            return F.linear(input, self.weight * self.scale, self.bias * self.multiplier)
        # A leaky ReLU lets a positive factor through, and that on the weight costs less than on the features.
        x = F.linear(input, self.weight * (self.scale * KEEPING), self.bias * (self.multiplier * KEEPING))
        return leaky_relu_(x, SLOPE)


class EqualisedConv2d(Convolution):
    """A convolution, (n, inputs, h, w) to (n, outputs, h', w'), that keeps the variance, and a leaky ReLU if asked.

    Penalties can differentiate it twice at the speed of convolutions, see `nn.convolution`.

    Args:
        inputs: Channels in.
        outputs: Channels out.
        kernel: Height and width of the kernel.
        stride: Of the convolution.
        padding: Zeros around the grid; None keeps its size.
        activate: Whether there is a bias, and a leaky ReLU after it.
        bias: Whether there is a bias where there is no leaky ReLU.
        gain: What the outputs are multiplied by.
        limit: The outputs before that gain are cut off at this size; None for no limit.

    Attributes:
        scale: What the weight is multiplied by as it is used, besides the gain.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: int | None = None,
        activate: bool = True,
        bias: bool = False,
        gain: float = 1.0,
        limit: float | None = None,
    ) -> None:
        padding = kernel // 2 if padding is None else padding
        super().__init__(inputs, outputs, kernel, stride, padding, bias=activate or bias)
        self.activate = activate
        self.limit = None if limit is None else limit * gain
        self.gain = gain * KEEPING if activate else gain
        self.scale = 1 / math.sqrt(inputs * kernel**2)
        nn.init.normal_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """The convolved grid."""
        # A leaky ReLU lets the positive gain through.
        bias = None if self.bias is None else self.bias * self.gain
        weight = self.weight * (self.scale * self.gain)
        x = self._conv_forward(input, weight, bias)
        return limited(leaky_relu_(x, SLOPE) if self.activate else x, self.limit)


class EqualisedDoublingConv2d(EqualisedConv2d):
    """The 3x3 convolution of `double(x)`, (n, inputs, h, w) to (n, outputs, 2h, 2w), without doubling first.

    As `nn.residual` does it; a leaky ReLU follows.

    Args:
        inputs: Channels in.
        outputs: Channels out.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 3)

    def forward(self, input: Tensor) -> Tensor:
        """The convolved larger grid."""
        assert self.bias is not None
        kernel = means_of_four(self.weight * (4 * self.scale * self.gain))
        x = conv_transpose2d(input, kernel.flip(2, 3).transpose(0, 1), self.bias * self.gain, stride=2, padding=1)
        return leaky_relu_(x, SLOPE)
