"""The networks of a page: graphs whose weights are as small as samples allow."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from zerosum.core.progress import Progress
from zerosum.export.checking import CHECKED, COMPARED, checked, runner
from zerosum.export.generator import Stage, by_styles, whole
from zerosum.export.half import halved
from zerosum.export.tracing import TRACED, traced
from zerosum.train.model import Model

if TYPE_CHECKING:
    import onnx

LEVEL = 2 / 255
"""From one byte of a picture to the next, in the model's range."""


def networks(model: Model, progress: Progress) -> tuple[list[Stage], list["onnx.ModelProto"]]:
    """The stages from latents to samples, and their graphs.

    Weights of pictures are in half precision where no number of the pictures that are looked at is then off by more
    than one level of 255, and in single precision elsewhere.

    Raises:
        SettingError: A graph does not compute what PyTorch computes.
    """
    stages = list(by_styles(model, CHECKED)) if model.has_styles else [whole(model, CHECKED)]
    graphs = []
    for stage in stages:
        progress(TRACED, len(graphs), len(stages))
        graphs.append(traced(stage))
    progress(TRACED, len(stages), len(stages))
    for index, (graph, stage) in enumerate(zip(graphs, stages, strict=True)):
        progress(COMPARED, index, len(stages))
        checked(graph, stage)
    progress(COMPARED, len(stages), len(stages))
    if model.space.kind != "image":
        return stages, graphs
    smaller = [halved(graph) for graph in graphs]
    wanted = stages[-1](stages[-1].inputs).clamp(-1, 1)
    found = drawn(stages, smaller).clamp(-1, 1)
    return stages, smaller if (found - wanted).abs().max() <= LEVEL else graphs


def drawn(stages: list[Stage], graphs: list["onnx.ModelProto"]) -> Tensor:
    """What graphs make of the first stage's examples, one after the other."""
    inputs = stages[0].inputs
    output = torch.empty(0)
    for index, graph in enumerate(graphs):
        output = runner(graph)(inputs)
        if index + 1 < len(stages):
            inputs = {next(iter(stages[index + 1].inputs)): output}
    return output
