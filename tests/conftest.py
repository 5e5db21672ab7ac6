"""What all tests share: one thread per process, and a cache of their own."""

import os
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # tests run in parallel processes; also for the processes that they start

import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep packed pictures out of the person's own cache."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("ZEROSUM_CACHE", str(cache))
    return cache
