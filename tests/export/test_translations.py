"""Operations that ONNX has no words for, as graphs in double precision, beside PyTorch's own."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zerosum.export.checking import runner
from zerosum.export.generator import Stage
from zerosum.export.tracing import traced


class Applied(nn.Module):
    """A function of numbers (n, 1)."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, latent: Tensor) -> Tensor:
        return self.function(latent.double()).double()


def both(function: Any, x: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """What PyTorch and ONNX Runtime make of numbers (n,)."""
    stage = Stage("function", Applied(function), {"latent": x[:, None]}, "samples")
    return stage(stage.inputs).numpy(), runner(traced(stage))(stage.inputs).numpy()


def test_the_error_function() -> None:
    wanted, found = both(torch.erf, torch.linspace(-9, 9, 2001))
    assert np.abs(found - wanted).max() < 2e-14


def test_its_inverse() -> None:
    x = torch.cat([torch.linspace(-1, 1, 2001)[1:-1], torch.tensor([1 - 6e-8, -1 + 6e-8, 1e-20, 0.0])])
    wanted, found = both(torch.erfinv, x)
    assert np.allclose(found, wanted, rtol=1e-7, atol=0)
    back = torch.erf(torch.from_numpy(found))[:, 0]  # far out, where the function is flat, this is what can be asked
    assert (back - x.double()).abs().max() < 2e-14


def test_places_among_bounds() -> None:
    bounds = torch.tensor([-1.0, 0.0, 0.0, 0.25, 3.0], dtype=torch.float64)

    def places(x: Tensor) -> Tensor:
        return torch.searchsorted(bounds, x[:, 0].contiguous(), right=True)

    wanted, found = both(places, torch.tensor([-2.0, -1.0, 0.0, 0.2, 0.25, 3.0, 4.0]))
    assert found.tolist() == wanted.tolist() == [0, 1, 3, 3, 4, 5, 5]
