"""A leaky ReLU without zeros: what its slope adds to second derivatives is nothing, and nothing is what autograd gets.

PyTorch's leaky ReLU hands zeros, as large as the activations, back through the whole forward pass when a gradient is
differentiated. A quarter of a penalty's time goes into convolving them.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


def leaky_relu_(x: Tensor, slope: float) -> Tensor:
    """max(x, slope * x) in place, for a slope of 0 to 1, of any shape; differentiable any number of times."""
    return _LeakyReLU.apply(x, slope)


class _LeakyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: float) -> Tensor:
        y = F.leaky_relu(x, slope, inplace=True)
        ctx.mark_dirty(y)
        ctx.save_for_backward(y)
        ctx.slope = slope
        return y

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None]:
        (y,) = ctx.saved_tensors
        return _Sloped.apply(*grad_outputs, y.detach(), ctx.slope), None


class _Sloped(torch.autograd.Function):
    """dy where y is positive, and slope * dy elsewhere: linear in dy, and its own transpose."""

    @staticmethod
    def forward(ctx: Any, dy: Tensor, y: Tensor, slope: float) -> Tensor:
        ctx.save_for_backward(y)
        ctx.slope = slope
        return torch.ops.aten.leaky_relu_backward(dy, y, slope, True)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None, None]:
        return _Sloped.apply(*grad_outputs, *ctx.saved_tensors, ctx.slope), None, None
