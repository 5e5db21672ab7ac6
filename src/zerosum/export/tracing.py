"""A stage of a generator as an ONNX graph."""

import importlib
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from zerosum.core.errors import SettingError
from zerosum.export.generator import Stage
from zerosum.export.translations import translations

if TYPE_CHECKING:
    import onnx

PACKAGES = ("onnx", "onnxscript", "onnxruntime")

TRACED = "Networks written as graphs"
"""What is done here, for who waits."""

MOST_SAMPLES = 2**20
"""Samples that a graph takes at a time, at most."""


def need_packages() -> None:
    """Make sure that what exporting needs is installed.

    Raises:
        SettingError: It is not; the message says how to install it.
    """
    try:
        for name in PACKAGES:
            importlib.import_module(name)
    except ImportError:
        raise SettingError(f"Exporting needs {', '.join(PACKAGES)}: pip install 'zerosum[export]'.") from None


def traced(stage: Stage) -> "onnx.ModelProto":
    """The graph of a stage, for any number of samples at a time.

    Its inputs have the stage's names, but that class indices are called `class`.
    """
    batch = torch.export.Dim("samples", min=1, max=MOST_SAMPLES)
    shapes = {name: {0: batch} if example.dim() else {} for name, example in stage.inputs.items()}
    names = [name_of_input(name, example) for name, example in stage.inputs.items()]
    with torch.no_grad(), _quietly():
        program = torch.export.export(stage.module, (), stage.inputs, dynamic_shapes=shapes)
        exported = torch.onnx.export(
            program,
            input_names=names,
            output_names=[stage.output],
            external_data=False,
            verbose=False,
            custom_translation_table=translations(),
        )
    assert exported is not None
    proto = exported.model_proto
    _tidy(proto.graph)
    return proto


def name_of_input(name: str, example: torch.Tensor) -> str:
    """What an input is called in a graph: conditions that are indices are a class."""
    return "class" if name == "condition" and not example.is_floating_point() else name


def _tidy(graph: "onnx.GraphProto") -> None:
    """Call the number of samples `samples`, and leave out which line of whose Python file a node is from."""
    values = (*graph.value_info, *graph.input, *graph.output)
    for part in (*graph.node, *graph.initializer, *values):
        del part.metadata_props[:]
    (symbol,) = {value.type.tensor_type.shape.dim[0].dim_param for value in graph.output}
    for value in values:
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.dim_param:
                dimension.dim_param = re.sub(rf"\b{symbol}\b", "samples", dimension.dim_param)


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep to itself what the exporter says of packages that nothing here needs, and of its own future."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
