"""Whether a graph computes what PyTorch computes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.export.generator import Stage
from zerosum.export.tracing import name_of_input

if TYPE_CHECKING:
    import onnx

COMPARED = "Graphs compared with PyTorch"
"""What is done here, for who waits."""

CHECKED = range(16)
"""Numbers of the samples that both programs draw."""

ROUNDING = 1e-4
"""Of the largest number that comes out, and at least of 1: more between PyTorch and ONNX Runtime is no rounding."""

FATAL = 4
"""The level of ONNX Runtime's messages from which on they are shown: what fails is raised besides."""


def checked(proto: "onnx.ModelProto", stage: Stage) -> float:
    """The largest difference between what PyTorch and ONNX Runtime make of a stage's examples, together and alone.

    Raises:
        SettingError: There is more than rounding between the two.
    """
    run = runner(proto)
    first = {name: example[:1] if example.dim() else example for name, example in stage.inputs.items()}
    wanted = torch.cat([stage(stage.inputs), stage(first)])
    found = torch.cat([run(stage.inputs), run(first)])
    difference, size = (found - wanted).abs().max().item(), wanted.abs().max().item()
    rounding = ROUNDING * max(size, 1.0)  # what comes to nearly nothing was a difference of larger numbers
    if not difference <= rounding:  # also where one of them is not a number
        raise SettingError(
            f"ONNX Runtime makes other {stage.output} of this model's graph than PyTorch: they differ by up to "
            f"{difference:.2g}, where the largest number is {size:.2g} and rounding makes {rounding:.2g} at most. "
            "Nothing was written; `zerosum sample` draws samples with PyTorch."
        )
    return difference


def runner(proto: "onnx.ModelProto") -> Callable[[dict[str, Tensor]], Tensor]:
    """What ONNX Runtime computes with a graph, on the processor, of inputs by a stage's names."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = FATAL
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, ["CPUExecutionProvider"])

    def run(inputs: dict[str, Tensor]) -> Tensor:
        feeds = {name_of_input(name, value): value.numpy() for name, value in inputs.items()}
        (output,) = session.run(None, feeds)
        return torch.from_numpy(np.asarray(output))

    return run
