"""Whatever a file holds, a person gets a picture or a sentence."""

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError
from zerosum.data import open_dataset
from zerosum.data.arrays import read_npy, read_npz
from zerosum.data.images import Form, read_header, read_picture

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
FORM = Form(16, 16, 3, "crop", (255, 255, 255, 255))
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)


def sample(format: str, mode: str = "RGB") -> bytes:
    file = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = np.random.default_rng(0).integers(0, 256, (20, 24, 3), np.uint8)
    Image.fromarray(pixels).convert(mode).save(
        file, format, **({} if format in ("BMP", "PPM", "GIF") else {"exif": exif})
    )
    return file.getvalue()


SAMPLES = [sample(format) for format in FORMATS] + [sample("PNG", "P"), sample("TIFF", "CMYK")]


@st.composite
def damaged(draw: st.DrawFn, whole: list[bytes]) -> bytes:
    """A file with its end cut off or some of its bytes changed."""
    data = bytearray(draw(st.sampled_from(whole)))
    if draw(st.booleans()):
        del data[draw(st.integers(0, len(data) - 1)) :]
    head = min(len(data), draw(st.sampled_from([64, 10_000])))  # headers are where most can go wrong
    for place, value in draw(st.lists(st.tuples(st.integers(0, max(0, head - 1)), st.integers(0, 255)), max_size=8)):
        if place < len(data):
            data[place] = value
    return bytes(data)


@settings(UNHURRIED, max_examples=600)
@given(damaged(SAMPLES))
def test_pictures(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        for read in (read_header, lambda data: read_picture(data, FORM)[0].shape == (16, 16, 3)):
            try:
                assert read(data)
            except DataError as error:
                assert str(error)


@settings(UNHURRIED, max_examples=25)
@given(damage=st.lists(damaged(SAMPLES), min_size=1, max_size=4), size=st.sampled_from([None, "16"]))
def test_skip_bad_always_gets_through(tmp_path: Path, damage: list[bytes], size: str | None) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir(exist_ok=True)
    for number in range(4):
        (folder / f"bad{number}.png").unlink(missing_ok=True)
    for number in range(2):
        (folder / f"good{number}.png").write_bytes(SAMPLES[0])
    for number, data in enumerate(damage):
        (folder / f"bad{number}.png").write_bytes(data)
    assert 2 <= len(open_dataset(folder, DataOptions(skip_bad=True, size=size))) <= 2 + len(damage)


def arrays() -> list[bytes]:
    images = np.zeros((3, 8, 8), np.uint8)
    files = BytesIO(), BytesIO(), BytesIO()
    np.savez(files[0], images=images, labels=[1, 2, 3])
    np.savez_compressed(files[1], images=images)
    np.save(files[2], images)
    return [file.getvalue() for file in files]


@pytest.mark.parametrize(("read", "suffix"), [(read_npz, "npz"), (read_npy, "npy")])
@settings(UNHURRIED, max_examples=200)
@given(data=damaged(arrays()))
def test_arrays(tmp_path: Path, read, suffix, data: bytes) -> None:
    path = tmp_path / f"a.{suffix}"
    path.unlink(missing_ok=True)  # a mapped file must not change under the map
    path.write_bytes(data)
    try:
        read(path, DataOptions())
    except DataError as error:
        assert path.name in str(error)
