"""Bringing pictures to a network's input, against Pillow."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.metrics.features.resize import in_colour, resized


def noise(*shape: int) -> np.ndarray:
    return np.random.RandomState(0).randint(0, 256, shape, dtype=np.uint8)


def encoded(rows: np.ndarray) -> Tensor:
    return torch.from_numpy(rows).permute(0, 3, 1, 2).float() / 127.5 - 1


def decoded(x: Tensor) -> np.ndarray:
    return x.add(1).mul(127.5).round().permute(0, 2, 3, 1).numpy().astype(int)


@pytest.mark.parametrize(("height", "width"), [(128, 128), (8, 8), (20, 50), (33, 31)])
def test_resizing_is_that_of_pillow_to_rounding(height: int, width: int) -> None:
    row = noise(32, 40, 3)
    channels = [Image.fromarray(row[..., channel].astype(np.float32)) for channel in range(3)]
    # As floating-point numbers, because Pillow rounds bytes, and cuts them off, between the two directions.
    expected = np.stack([np.array(x.resize((width, height), Image.Resampling.BICUBIC)) for x in channels], 2)
    found = resized(encoded(row[None]), height, width)
    assert found.shape == (1, 3, height, width) and found.abs().max() <= 1
    assert np.abs(decoded(found)[0] - np.rint(expected.clip(0, 255))).max() <= 1
    assert np.abs((found[0].permute(1, 2, 0).numpy() + 1) * 127.5 - expected.clip(0, 255)).max() < 0.01


def test_resizing_does_not_depend_on_the_memory_format() -> None:
    x = encoded(noise(2, 16, 16, 3))
    assert torch.equal(resized(x, 40, 40), resized(x.contiguous(memory_format=torch.channels_last), 40, 40))


def test_transparency_is_laid_over_white_as_pillow_does_it() -> None:
    rows = noise(2, 8, 8, 4)
    white = Image.new("RGBA", (8, 8), "white")
    expected = np.stack([np.array(Image.alpha_composite(white, Image.fromarray(row)).convert("RGB")) for row in rows])
    assert np.abs(decoded(in_colour(encoded(rows))) - expected.astype(int)).max() <= 1


def test_grey_is_repeated_and_colour_is_left_alone() -> None:
    x = encoded(noise(2, 8, 8, 3))
    assert torch.equal(in_colour(x), x)
    assert torch.equal(in_colour(x[:, :1]), x[:, [0, 0, 0]])


@pytest.mark.parametrize("shape", [(2, 2, 8, 8), (2, 5, 8, 8), (2, 3)])
def test_other_samples_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="1, 3 or 4 channels"):
        in_colour(torch.zeros(shape))
