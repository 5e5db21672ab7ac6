"""What an exported model takes, said before anything is written."""

from dataclasses import dataclass

from zerosum.export.passes import Cost, cost
from zerosum.export.refusals import why_no_onnx, why_no_page
from zerosum.export.shell import shell_size
from zerosum.train.model import Model

GRAPH = 20_000
"""Bytes of a graph without its weights, about."""

PACKED = 0.92
"""What gzip leaves of trained weights in half precision."""

SPEED = 11e9
"""Multiplications, each with an addition, that WebAssembly does in a second on one thread."""

FIXED = 1.0
"""Milliseconds that a picture takes however small its network is."""


@dataclass(frozen=True)
class Estimate:
    """What an exported model takes.

    Attributes:
        onnx_bytes: Size of the ONNX file.
        page_bytes: Size of the page.
        milliseconds: For one sample, on one thread of a browser on a processor like the one that this was measured on.
        multiplications: For one sample, each with an addition.
        why_no_onnx: Why there can be no ONNX file, in a sentence; None where there can.
        why_no_page: Why there can be no page.
    """

    onnx_bytes: int
    page_bytes: int
    milliseconds: float
    multiplications: int
    why_no_onnx: str | None
    why_no_page: str | None


def estimate(model: Model) -> Estimate:
    """What exporting a model takes; draws one sample, and writes nothing."""
    return estimated(model, cost(model))


def estimated(model: Model, cost: Cost) -> Estimate:
    """The same for a known cost."""
    onnx_bytes = GRAPH + 4 * cost.weights
    each = 4 if model.space.kind == "points" else 2 * PACKED  # points keep their weights as they are
    page_bytes = shell_size() + round(4 / 3 * (GRAPH / 4 + each * cost.weights))
    return Estimate(
        onnx_bytes,
        page_bytes,
        FIXED + 1000 * cost.multiplications / SPEED,
        cost.multiplications,
        why_no_onnx(model, cost, onnx_bytes),
        why_no_page(model, cost, page_bytes),
    )
