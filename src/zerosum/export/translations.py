"""Operations that PyTorch's exporter has no words for, in those of ONNX."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

LARGEST = 6.0
"""From here on the error function is 1 in double precision."""

PLACES = 48
"""Where a bell curve is looked at to know what lies under it: enough for 15 digits up to `LARGEST`."""

WINITZKI = 0.147
"""The constant of Winitzki's (2008) elementary approximation of the inverse error function, good to 0.2 %."""

STEPS = 3
"""Steps of Halley's method from there, each of which takes the number of right digits times three."""


def translations() -> dict[Callable[..., Any], Callable[..., Any]]:
    """By PyTorch's operation, what writes it in ONNX: in double precision, in which ONNX Runtime has no erf."""
    import onnx_ir as ir
    from onnxscript import opset20

    op: Any = opset20  # whose types know no numbers that are computed

    def constant(value: Any) -> Any:
        return op.Constant(value=ir.tensor(np.asarray(value, np.float64)))

    def searchsorted(bounds: Any, x: Any, **right: Any) -> Any:
        """How many of the sorted bounds (k,) are at most x (n,): its place among them, from the right."""
        assert right.get("right") or right.get("side") == "right", "places are only asked for from the right"
        reached = op.LessOrEqual(bounds, op.Unsqueeze(x, op.Constant(value_ints=[-1])))
        return op.ReduceSum(op.Cast(reached, to=ir.DataType.INT64), op.Constant(value_ints=[-1]), keepdims=0)

    def erf(x: Any) -> Any:
        """2 / sqrt(pi) x, times the mean of exp(-(x s)^2) for s on [0, 1], by Gauss and Legendre's quadrature."""
        places, weights = np.polynomial.legendre.leggauss(PLACES)
        near = op.Clip(x, constant(-LARGEST), constant(LARGEST))
        squares = op.Unsqueeze(op.Mul(near, near), op.Constant(value_ints=[-1]))
        bell = op.Exp(op.Mul(squares, constant(-(((places + 1) / 2) ** 2))))
        mean = op.Squeeze(op.MatMul(bell, constant(weights[:, None] / 2)), op.Constant(value_ints=[-1]))
        return op.Mul(op.Mul(near, mean), constant(2 / math.sqrt(math.pi)))

    def erfinv(y: Any) -> Any:
        """The x with erf(x) = y: an approximation, then steps x - e / (1 + x e) with e = (erf(x) - y) / erf'(x)."""
        inside = op.Clip(y, constant(-1 + 1e-16), constant(1 - 1e-16))
        logarithm = op.Log(op.Sub(constant(1), op.Mul(inside, inside)))
        half = op.Add(op.Mul(logarithm, constant(0.5)), constant(2 / (math.pi * WINITZKI)))
        root = op.Sqrt(op.Sub(op.Mul(half, half), op.Mul(logarithm, constant(1 / WINITZKI))))
        x = op.Mul(op.Sign(y), op.Sqrt(op.Sub(root, half)))
        for _ in range(STEPS):
            slope = op.Mul(op.Exp(op.Neg(op.Mul(x, x))), constant(2 / math.sqrt(math.pi)))
            error = op.Div(op.Sub(erf(x), y), slope)
            x = op.Sub(x, op.Div(error, op.Add(op.Mul(x, error), constant(1))))
        return x

    aten = torch.ops.aten
    return {
        aten.searchsorted.Tensor: searchsorted,
        aten.erf.default: erf,
        aten.erfinv.default: erfinv,
    }
