"""Convolutions that can be differentiated any number of times at the speed of convolutions.

Penalties on a network's slope differentiate its gradient. PyTorch's double backward of a convolution goes through the
groups one by one, and convolves images with kernels as large as images. But a convolution is linear in its input and
in its weight, so that three maps are closed under differentiation:

    (x, w) -> y        the convolution
    (dy, w) -> dx      its gradient for the input
    (dy, x) -> dw      its gradient for the weight

Since <dy, y(x, w)> = <dx(dy, w), x> = <dw(dy, x), w>, the derivatives of each map are the other two.
Shapes: x (n, c, h, w), w (k, c / groups, height, width), y (n, k, h', w').
"""

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Gradients = tuple[Tensor | None, ...]


class Convolution(nn.Conv2d):
    """`nn.Conv2d`, with the same parameters and values, whose derivatives of every order are convolutions.

    Padding is with zeros, and given in numbers.
    """

    def forward(self, input: Tensor) -> Tensor:  # the name that nn.Conv2d gives it
        """The convolution of (n, in_channels, h, w), (n, out_channels, h', w'); in autocast's dtype where that is on."""
        x, weight, bias = input, self.weight, self.bias
        if torch.is_autocast_enabled(x.device.type):
            dtype = torch.get_autocast_dtype(x.device.type)
            x, weight, bias = x.to(dtype), weight.to(dtype), None if bias is None else bias.to(dtype)
        geometry = _Geometry(self.stride, self.padding, self.dilation, self.groups)  # type: ignore[arg-type]
        return _convolve(x, weight, bias, geometry)


class _Geometry(NamedTuple):
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int

    def forward(self, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        return F.conv2d(x, weight, bias, *self)

    def backward(self, dy: Tensor, x: Tensor, weight: Tensor, *wanted: bool) -> list[Tensor]:
        """PyTorch's gradients for input and weight; of one that is not wanted, only the shape is read."""
        return torch.ops.aten.convolution_backward(
            dy, x, weight, None, self.stride, self.padding, self.dilation, False, [0, 0], self.groups, [*wanted, False]
        )

    def shape(self, x: Tensor, weight: Tensor) -> list[int]:
        """Of the convolution's output."""
        lengths = zip(x.shape[2:], weight.shape[2:], self.stride, self.padding, self.dilation, strict=True)
        sides = [(side + 2 * pad - gap * (kernel - 1) - 1) // step + 1 for side, kernel, step, pad, gap in lengths]
        return [len(x), len(weight), *sides]


def _convolve(x: Tensor, weight: Tensor, bias: Tensor | None, geometry: _Geometry) -> Tensor:
    way = _WayToWeight.apply(weight, bias, (x,), geometry)
    return _Convolution.apply(x, way, (weight, bias), geometry)


# A penalty asks for the slope alone, and a gradient for the weights would be computed and thrown away; but autograd
# tells a function which of its inputs have gradients, not which are wanted now. It does leave out nodes that lead to
# nothing wanted. So the way back to the weight and the bias is a node of its own, whose output has the convolution's
# shape and no memory. What a node is only to remember is given in a tuple, where autograd makes no way back of it.


class _WayToWeight(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weight: Tensor, bias: Tensor | None, seen: tuple[Tensor], geometry: _Geometry) -> Tensor:
        ctx.save_for_backward(weight, *seen)
        ctx.geometry = geometry
        return weight.new_empty(()).expand(geometry.shape(*seen, weight))

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> Gradients:
        weight, x = ctx.saved_tensors
        dw = _WeightGradient.apply(dy, x, weight.detach(), ctx.geometry) if ctx.needs_input_grad[0] else None
        return dw, dy.sum((0, 2, 3)) if ctx.needs_input_grad[1] else None, None, None


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, way: Tensor, parameters: tuple[Tensor, Tensor | None], geometry: _Geometry
    ) -> Tensor:
        weight, bias = parameters
        ctx.save_for_backward(x, weight)
        ctx.geometry = geometry
        return geometry.forward(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> Gradients:
        x, weight = ctx.saved_tensors
        dx = _InputGradient.apply(dy, weight, x.detach(), ctx.geometry) if ctx.needs_input_grad[0] else None
        return dx, dy, None, None


class _InputGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, dy: Tensor, weight: Tensor, like: Tensor, geometry: _Geometry) -> Tensor:
        ctx.save_for_backward(dy, weight)
        ctx.geometry = geometry
        return geometry.backward(dy, like, weight, True, False)[0]

    @staticmethod
    def backward(ctx: Any, x: Tensor) -> Gradients:
        dy, weight = ctx.saved_tensors
        for_dy = _convolve(x, weight, None, ctx.geometry) if ctx.needs_input_grad[0] else None
        for_weight = _WeightGradient.apply(dy, x, weight.detach(), ctx.geometry) if ctx.needs_input_grad[1] else None
        return for_dy, for_weight, None, None


class _WeightGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, dy: Tensor, x: Tensor, like: Tensor, geometry: _Geometry) -> Tensor:
        ctx.save_for_backward(dy, x)
        ctx.geometry = geometry
        return geometry.backward(dy, x, like, False, True)[1]

    @staticmethod
    def backward(ctx: Any, weight: Tensor) -> Gradients:
        dy, x = ctx.saved_tensors
        for_dy = _convolve(x, weight, None, ctx.geometry) if ctx.needs_input_grad[0] else None
        for_x = _InputGradient.apply(dy, weight, x.detach(), ctx.geometry) if ctx.needs_input_grad[1] else None
        return for_dy, for_x, None, None
