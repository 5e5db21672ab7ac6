"""Pictures to measure, and weights that do not need to be downloaded."""

import pytest
import torch
from torch import Tensor

from zerosum.core.space import Space


@pytest.fixture
def colour() -> Space:
    return Space(kind="image", shape=(3, 32, 32))


@pytest.fixture
def pictures() -> Tensor:
    """Five smooth pictures, shape (5, 3, 32, 32), on [-1, 1]."""
    coarse = torch.rand(5, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.interpolate(coarse, (32, 32), mode="bilinear") * 2 - 1
