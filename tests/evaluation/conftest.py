"""Models to evaluate, trained for a moment, and real samples."""

from pathlib import Path

import numpy as np
import pytest

import zerosum
from zerosum.data import open_dataset

TINY = {"generator_width": 8, "discriminator_width": 8, "precision": "fp32"}


@pytest.fixture(scope="session")
def digits_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a few rounds on digits, with classes."""
    out = tmp_path_factory.mktemp("evaluated")
    zerosum.fit("digits", recipe="light", out=out, name="digits", samples=640, batch=32, **TINY)
    return out / "digits"


@pytest.fixture(scope="session")
def ring_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a few rounds on the ring."""
    out = tmp_path_factory.mktemp("evaluated")
    settings = {"width": 8, "group_width": 8, "blocks": 1, "precision": "fp32"}
    zerosum.fit("ring", recipe="r3gan", out=out, name="ring", samples=640, batch=32, **settings)
    return out / "ring"


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """All built-in digits in random order, (n, 28, 28) bytes, and their classes."""
    data = open_dataset("digits")
    order = np.random.RandomState(0).permutation(len(data))
    assert data.labels is not None
    return data.rows[order][..., 0], data.labels[order]
