"""Trained generators as files that others can use: ONNX graphs, and pages that open in a browser without a network."""

from zerosum.export.estimating import Estimate, estimate
from zerosum.export.onnx_file import Written, write_onnx
from zerosum.export.page_file import write_page

__all__ = ["Estimate", "Written", "estimate", "write_onnx", "write_page"]
