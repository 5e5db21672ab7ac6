"""What the tests of data share: a cache of their own, and functions that write pictures."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SavePictures = Callable[..., Path]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder for each test, so that no test sees what another one decoded."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("ZEROSUM_CACHE", str(folder))
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> SavePictures:
    """A function that fills a folder with random PNG pictures and returns it."""

    def save(count: int = 6, size: int = 16, folder: str = "pictures", prefix: str = "") -> Path:
        random = np.random.default_rng(count)
        (tmp_path / folder / prefix).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            pixels = random.integers(0, 256, (size, size, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / folder / prefix / f"{number:03d}.png")
        return tmp_path / folder

    return save
