"""The toy sets have the moments that their definitions imply."""

import numpy as np
import pytest

from zerosum.config.data import DataOptions
from zerosum.core.errors import SettingError
from zerosum.data import open_dataset
from zerosum.data.toys import TOYS, default_sigma, draw_toy, modes


@pytest.mark.parametrize(("name", "count"), [("ring", 8), ("grid", 25)])
@pytest.mark.parametrize("sigma", [None, 0.1])
def test_mixtures(name, count, sigma) -> None:
    points, centers = draw_toy(name, sigma), modes(name)
    assert centers.shape == (count, 2)
    nearest = ((points[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)
    shares = np.bincount(nearest, minlength=count) / len(points)
    assert np.allclose(shares, 1 / count, rtol=0.1)
    if sigma is None:  # the wider ones overlap
        assert np.allclose((points - centers[nearest]).std(axis=0), default_sigma(name), rtol=0.02)
    assert np.allclose(points.mean(axis=0), 0, atol=0.02)
    assert np.allclose(points.var(axis=0), 0.5 + (sigma or default_sigma(name)) ** 2, rtol=0.02)


def test_the_ring_is_a_unit_circle_and_the_grid_a_square() -> None:
    assert np.allclose(np.linalg.norm(modes("ring"), axis=1), 1)
    assert sorted(set(modes("grid").ravel().tolist())) == [-1, -0.5, 0, 0.5, 1]


def test_supports() -> None:
    left_and_right, line = draw_toy("disjoint"), draw_toy("line")
    assert set(np.unique(left_and_right[:, 0])) == {-2, 2}
    assert np.all(line[:, 0] == 0) and 0 <= line[:, 1].min() and line[:, 1].max() <= 1
    gaussian = draw_toy("gaussian")
    assert gaussian.mean() == pytest.approx(1, abs=0.01) and gaussian.std() == pytest.approx(0.5, rel=0.01)
    moons = draw_toy("moons", 0.001)
    upper = np.abs(np.linalg.norm(moons, axis=1) - 1) < 0.01
    lower = np.abs(np.linalg.norm(moons - [1, 0.5], axis=1) - 1) < 0.01
    assert np.all(upper | lower) and upper.mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("name", TOYS)
def test_datasets(name) -> None:
    dataset = open_dataset(name)
    assert len(dataset) == 100_000 and dataset.rows.dtype == np.float32
    assert dataset.space.kind == "points" and dataset.space.shape == dataset.rows.shape[1:]
    assert dataset.fingerprint == open_dataset(name).fingerprint
    assert np.array_equal(dataset.rows[:10], draw_toy(name)[:10])
    encoded = (dataset.rows - dataset.codec.center) / dataset.codec.scale
    assert np.abs(encoded.mean(axis=0)).max() < 1.1 and 0.2 < encoded.std() < 1.5


def test_wrong_settings() -> None:
    with pytest.raises(SettingError, match="ring"):
        draw_toy("rong")
    with pytest.raises(SettingError, match="no separate modes"):
        modes("moons")
    with pytest.raises(SettingError, match="line is drawn without noise"):
        open_dataset("line", DataOptions(sigma=0.1))
    with pytest.raises(SettingError, match="--sigma"):
        open_dataset("digits", DataOptions(sigma=0.1))
    for wrong in ({"size": "64"}, {"fit": "pad"}, {"background": "red"}, {"channels": 3}, {"mirror": True}):
        with pytest.raises(SettingError, match=f"--{next(iter(wrong))} is for pictures"):
            open_dataset("ring", DataOptions(**wrong))
