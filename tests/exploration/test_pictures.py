"""Sheets, animations and films, read again."""

import sys

import av
import numpy as np
import pytest
from PIL import Image

from zerosum.core.errors import SettingError
from zerosum.exploration import Explorer


def test_a_sheet_has_a_row_for_each_leg(light, tmp_path):
    pictures = Explorer(light).interpolate(range(3), steps=4, closed=True)
    with Image.open(pictures.write(tmp_path / "sheet.png")) as sheet:
        side = 16 * 3 + 2
        assert sheet.size == (4 * side - 2, 3 * side - 2)
        first = np.asarray(sheet)[:48:3, :48:3]
    assert np.array_equal(first, pictures.rows[0, ..., 0])


def test_an_animation_has_all_frames_and_runs_for_ever(light, tmp_path):
    pictures = Explorer(light).walk(range(2), steps=5)
    with Image.open(pictures.write(tmp_path / "walk.gif", rate=10)) as animation:
        assert animation.n_frames == 10 and animation.info["loop"] == 0 and animation.info["duration"] == 100
        assert animation.size == (256, 256)
        seen = np.asarray(animation.convert("L")).astype(int)[::16, ::16]
    assert np.abs(seen - pictures.rows[0, ..., 0]).max() <= 1


def test_a_film_has_all_frames_at_the_rate(light, tmp_path):
    pictures = Explorer(light).walk(range(2), steps=6)
    path = pictures.write(tmp_path / "walk.mp4", rate=12)
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        frames = [frame.to_ndarray(format="gray") for frame in film.decode(stream)]
        assert len(frames) == 12 and stream.average_rate == 12
    blocks = frames[0].reshape(16, 16, 16, 16).mean((1, 3))
    assert np.abs(blocks - pictures.rows[0, ..., 0]).mean() < 8, "but for compression"


def test_a_film_without_the_package_is_refused(light, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(SettingError, match=r"zerosum\[video\]"):
        Explorer(light).walk(range(2), steps=2).write(tmp_path / "walk.mp4")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "rate"), [("a.jpg", 24), ("a", 24), ("a.gif", 0), ("a.gif", float("nan"))])
def test_files_that_are_not_written(light, tmp_path, name, rate):
    with pytest.raises(SettingError):
        Explorer(light).interpolate([0, 1], steps=2).write(tmp_path / name, rate)
