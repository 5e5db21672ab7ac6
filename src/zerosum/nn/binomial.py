"""The binomial filter [1, 3, 3, 1] along both axes, and grids doubled and halved through it, with zeros outside.

It is [1, 2, 1] spread over both pixels of a pair. Karras et al. 2019 (arXiv:1812.04948), Section 2, brought it to
generators, and Zhang 2019 (arXiv:1904.11486) to what is halved.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class _Binomial(nn.Module):
    kernel: Tensor

    def __init__(self) -> None:
        super().__init__()
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        self.register_buffer("kernel", torch.outer(taps, taps), persistent=False)


class Smooth(_Binomial):
    """The filter at every place that it fits, (n, c, h, w) to (n, c, h + 2 * padding - 3, w + 2 * padding - 3).

    Args:
        padding: Zeros around the grid, 0 to 3.
    """

    def __init__(self, padding: int) -> None:
        super().__init__()
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        """The smoothed grid."""
        return _Smooth.apply(x, self.kernel, self.padding)


class _Resampling(_Binomial):
    """Between a grid and one of twice its size.

    Args:
        grid: Height and width of the larger of the two.
    """

    border: Tensor

    def __init__(self, grid: tuple[int, int]) -> None:
        super().__init__()
        rows, columns = (torch.ones(size) for size in grid)
        rows[[0, -1]] = columns[[0, -1]] = 0.75
        self.register_buffer("border", torch.outer(rows, columns), persistent=False)  # (2h, 2w)


class Double(_Resampling):
    """Bilinear interpolation, (n, c, h, w) to (n, c, 2h, 2w)."""

    def forward(self, x: Tensor) -> Tensor:
        """The larger grid."""
        return _BilinearUp.apply(x, self.kernel, self.border)


class Halve(_Resampling):
    """Bilinear reduction, (n, c, 2h, 2w) to (n, c, h, w)."""

    def forward(self, x: Tensor) -> Tensor:
        """The smaller grid."""
        return _BilinearDown.apply(x, self.kernel, self.border)


# All three are linear; smoothing is its own transpose, the other two are each other's, up to a factor of 4. Saying so
# to autograd makes every backward pass, of any order, one of the fast forward computations. Without it, 64 x 64
# channels x 32 x 32 pixels on one CPU core (torch 2.13): the depthwise convolution's backward takes 64 ms in bfloat16
# (4 ms here), its double backward 32 ms in fp32 (20 ms here), and on CUDA the backward of interpolate is not
# deterministic. Slower as well: a transposed depthwise convolution, average pools, shifted slices, interpolate with
# antialias.


def _filter(x: Tensor, kernel: Tensor, stride: int, padding: int) -> Tensor:
    channels = x.shape[1]
    kernel = kernel.to(x.dtype).expand(channels, 1, 4, 4)
    return F.conv2d(x, kernel, stride=stride, padding=padding, groups=channels)


class _Smooth(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, kernel: Tensor, padding: int) -> Tensor:
        return _filter(x, kernel, 1, padding)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, int], output: Tensor) -> None:
        _, kernel, ctx.padding = inputs
        ctx.save_for_backward(kernel)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None, None]:
        (kernel,) = ctx.saved_tensors
        return _Smooth.apply(grad_outputs[0], kernel, 3 - ctx.padding), None, None


class _BilinearUp(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, kernel: Tensor, border: Tensor) -> Tensor:
        # interpolate repeats the outermost pixels where the filter sees zeros, so those it gives count three quarters.
        return F.interpolate(x, scale_factor=2, mode="bilinear").mul_(border.to(x.dtype))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        ctx.save_for_backward(*inputs[1:])

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None, None]:
        return _BilinearDown.apply(grad_outputs[0], *ctx.saved_tensors) * 4, None, None


class _BilinearDown(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, kernel: Tensor, border: Tensor) -> Tensor:
        return _filter(x, kernel, 2, 1)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        ctx.save_for_backward(*inputs[1:])

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None, None]:
        return _BilinearUp.apply(grad_outputs[0] / 4, *ctx.saved_tensors), None, None
