"""Weights kept in half precision: a file of half the size, and within a rounding of the same samples."""

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import onnx

LEAST = 256
"""Numbers of a tensor from which on it is worth while."""


def halved(proto: "onnx.ModelProto") -> "onnx.ModelProto":
    """A copy of a graph whose large tensors are float16, each with a cast to float32 behind it.

    ONNX Runtime casts them once, when it opens the graph, and computes in float32 as before.
    """
    import onnx

    copy = onnx.ModelProto()
    copy.CopyFrom(proto)
    casts = []
    for tensor in copy.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or math.prod(tensor.dims) < LEAST:
            continue
        name = tensor.name
        with np.errstate(over="ignore"):  # what is infinite then shows in the samples
            half = onnx.numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(onnx.numpy_helper.from_array(half, f"{name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *copy.graph.node]
    del copy.graph.node[:]
    copy.graph.node.extend(nodes)
    return copy
