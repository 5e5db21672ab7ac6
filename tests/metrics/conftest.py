"""Real digits, which the measures have to mean something on, and every test leaves torch's random state alone."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from zerosum.data import open_dataset


@pytest.fixture(scope="session")
def digits() -> Tensor:
    """2,000 digits in random order, shape (2000, 1, 28, 28)."""
    data = open_dataset("digits")
    rows = data.rows[np.random.RandomState(0).permutation(len(data.rows))[:2000]]
    return data.codec.encode(torch.from_numpy(rows))


@pytest.fixture(scope="session")
def ring() -> Tensor:
    """2,000 points of a ring of 8 modes."""
    data = open_dataset("ring")
    return data.codec.encode(torch.from_numpy(np.ascontiguousarray(data.rows[:2000])))


@pytest.fixture(autouse=True)
def same_random_state() -> Iterator[None]:
    """Tests draw from generators of their own, so whatever moves torch's state is a measure."""
    before = torch.get_rng_state()
    yield
    assert torch.equal(before, torch.get_rng_state())
