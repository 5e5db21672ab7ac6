"""Codecs are exact inverses, keep the promised layout, and write files that can be read again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from zerosum.core.errors import DataError, SettingError
from zerosum.data import ImageCodec, PointsCodec, codec_from_json


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_bytes_survive_encoding(channels) -> None:
    rows = np.arange(256, dtype=np.uint8).repeat(2 * channels).reshape(2, 16, 16, channels)
    x = ImageCodec().encode(torch.from_numpy(rows))
    assert x.shape == (2, channels, 16, 16) and x.dtype == torch.float32
    assert x.min() == -1 and x.max() == 1
    assert x.is_contiguous(memory_format=torch.channels_last)
    assert np.array_equal(ImageCodec().decode(x), rows)


def test_decode_rounds_and_clamps() -> None:
    x = torch.tensor([-3.0, -1 + 0.4 / 127.5, -1 + 0.6 / 127.5, 0.999, 7.0]).reshape(1, 1, 1, 5)
    assert ImageCodec().decode(x.requires_grad_()).ravel().tolist() == [0, 0, 1, 255, 255]
    assert ImageCodec().decode(x.to(torch.bfloat16)).dtype == np.uint8


def test_points_survive_encoding() -> None:
    codec = PointsCodec((1.0, -2.0), (0.5, 4.0))
    rows = np.array([[1.0, -2.0], [1.5, 2.0]], np.float32)
    x = codec.encode(torch.from_numpy(rows))
    assert x.tolist() == [[0, 0], [1, 1]]
    assert np.array_equal(codec.decode(x), rows) and codec.decode(x).dtype == np.float32


@pytest.mark.parametrize("codec", [ImageCodec(), PointsCodec((0.0, 1.0), (1.0, 2.0))])
def test_json_round_trip(codec) -> None:
    assert codec_from_json(json.loads(json.dumps(codec.to_json()))) == codec


def test_wrong_json() -> None:
    with pytest.raises(DataError, match='"imago".*Did you mean "image"'):
        codec_from_json({"kind": "imago"})
    with pytest.raises(SettingError, match="the points codec"):
        codec_from_json({"kind": "points", "center": "here", "scale": [1.0]})


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")])
def test_picture_file(tmp_path: Path, channels, mode) -> None:
    row = np.random.default_rng(0).integers(0, 256, (8, 12, channels), np.uint8)
    path = ImageCodec().write(row, tmp_path / "sample.17")
    assert path == tmp_path / "sample.17.png"
    with Image.open(path) as image:
        assert image.mode == mode and np.array_equal(np.asarray(image).reshape(row.shape), row)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_point_file(tmp_path: Path) -> None:
    path = PointsCodec((0.0, 0.0), (1.0, 1.0)).write(np.array([0.1, -2], np.float32), tmp_path / "7")
    assert path.name == "7.csv" and path.read_text() == "x1,x2\n0.1,-2.0\n"


def test_sheet_of_pictures() -> None:
    rows = np.zeros((5, 28, 28, 1), np.uint8)
    rows[4] = 100
    sheet = np.asarray(ImageCodec().sheet(rows))
    assert sheet.shape == (2 * 56 + 2, 3 * 56 + 4)  # two lines of three, twice enlarged, gaps of 2
    assert np.all(sheet[:56, :56] == 0) and np.all(sheet[58:, 58:114] == 100)
    assert np.all(sheet[56:58] == 255) and np.all(sheet[58:, 116:] == 255)
    assert ImageCodec().sheet(np.zeros((1, 64, 64, 4), np.uint8)).mode == "RGBA"


def test_sheets_of_points() -> None:
    codec = PointsCodec((10.0, 0.0), (2.0, 2.0))
    sheet = np.asarray(codec.sheet(np.full((50, 2), [14.0, 2.0], np.float32))).astype(int)
    row, column = np.unravel_index(sheet.sum(axis=2).argmin(), sheet.shape[:2])
    assert column == pytest.approx((2 + 3) / 6 * 480, abs=1.5)  # 14 is two scales right of the center
    assert row == pytest.approx((3 - 1) / 6 * 480, abs=1.5)  # upwards is up
    line = PointsCodec((0.0,), (1.0,)).sheet(np.zeros((9, 1), np.float32))
    assert line.size == (480, 480) and line.getpixel((244, 470)) != (255, 255, 255)
    assert PointsCodec((0.0,) * 5, (1.0,) * 5).sheet(np.zeros((9, 5), np.float32)).size == (480, 480)
