"""Every form in which an array may hold samples, and those that are refused."""

from pathlib import Path

import numpy as np
import pytest

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError
from zerosum.data import PointsCodec, open_dataset

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (6, 10, 12, 3), np.uint8)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (BYTES, BYTES),
        (BYTES[..., 0], BYTES[..., :1]),
        (BYTES.transpose(0, 3, 1, 2), BYTES),
        (BYTES.astype(np.int64), BYTES),
        (BYTES.astype(np.float32) / 255, BYTES),
        (BYTES.astype(np.float64) / 255, BYTES),
        (BYTES[..., 0] > 99, (BYTES[..., :1] > 99) * np.uint8(255)),
    ],
    ids=["NHWC", "NHW", "NCHW", "int64", "float32", "float64", "bool"],
)
def test_pictures(array, expected, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", array)
    np.savez(tmp_path / "b.npz", array)
    for source in (array, tmp_path / "a.npy", tmp_path / "b.npz"):
        dataset = open_dataset(source)
        assert dataset.rows.dtype == np.uint8 and np.array_equal(dataset.rows, expected)
        assert dataset.space.shape == (expected.shape[-1], 10, 12)


def test_npy_is_mapped(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", BYTES)
    assert isinstance(open_dataset(tmp_path / "a.npy").rows, np.memmap)


def test_points() -> None:
    points = RANDOM.normal([3, -1, 7], [1, 20, 0], (1000, 3))
    dataset = open_dataset(points)
    assert dataset.space.kind == "points" and dataset.space.shape == (3,)
    assert dataset.rows.dtype == np.float32 and isinstance(dataset.codec, PointsCodec)
    encoded = (dataset.rows - np.array(dataset.codec.center)) / np.array(dataset.codec.scale)
    assert np.allclose(encoded.mean(axis=0), 0, atol=1e-3)
    assert np.allclose(encoded.std(axis=0), [1, 1, 0], atol=1e-3)


@pytest.mark.parametrize(("rows", "labels"), [("images", "labels"), ("x", "y"), ("x_train", "y_train"), ("data", "y")])
def test_labels(tmp_path: Path, rows, labels) -> None:
    np.savez(tmp_path / "a.npz", **{rows: BYTES, labels: [10, 2, 2, 10, 2, 2]})
    dataset = open_dataset(tmp_path / "a.npz")
    assert dataset.space.classes == ("2", "10") and dataset.labels.tolist() == [1, 0, 0, 1, 0, 0]
    assert dataset.space.frequencies == (4 / 6, 2 / 6)
    assert dataset.notes == () and dataset.labels.dtype == np.int64


def test_unused_arrays_are_noted(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", test_images=BYTES, images=BYTES, labels=np.array([["b"], ["a"]] * 3))
    dataset = open_dataset(tmp_path / "a.npz")
    assert dataset.space.classes == ("a", "b")
    assert dataset.notes == ('Samples are the array "images"; not used: test_images.',)


def test_conditional(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=BYTES, labels=[1, 2, 3] * 2)
    np.savez(tmp_path / "one.npz", images=BYTES, labels=[7] * 6)
    without = open_dataset(tmp_path / "a.npz", DataOptions(conditional=False))
    assert without.labels is None and without.space.classes == ()
    one = open_dataset(tmp_path / "one.npz")
    assert one.labels is None and 'only one class, "7"' in one.notes[0]
    with pytest.raises(DataError, match='only one class, "7"'):
        open_dataset(tmp_path / "one.npz", DataOptions(conditional=True))
    with pytest.raises(DataError, match="has no classes"):
        open_dataset(BYTES, DataOptions(conditional=True))


def test_other_size_and_channels() -> None:
    dataset = open_dataset(BYTES, DataOptions(size="8x16", channels=1))
    assert dataset.rows.shape == (6, 8, 16, 1)
    flat = open_dataset(np.full((4, 9, 9), 200, np.uint8), DataOptions(channels=3, size="32"))
    assert np.all(flat.rows == 200) and flat.rows.shape == (4, 32, 32, 3)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(5), "has the shape"),
        (np.zeros((2, 8, 8, 3, 1), np.uint8), "has the shape"),
        (np.zeros((5, 784), np.uint8), "flattened picture"),
        (np.zeros((5, 0)), "without coordinates"),
        (np.zeros((5, 8, 8, 2), np.uint8), "1, 3 or 4 channels"),
        (np.full((5, 8, 8), -0.5), "values from -0.5"),
        (np.full((5, 8, 8), np.nan), "values from nan"),
        (np.full((5, 8, 8), 300), "values from 300"),
        (np.zeros((5, 8, 8), complex), "type complex"),
        (np.zeros((5, 4, 4), np.uint8), "Give a --size"),
        (np.zeros((1, 8, 8), np.uint8), "at least 2"),
        (np.zeros((0, 8, 8), np.uint8), "at least 2"),
        (np.array([[1.0], [np.nan]]), "first in row 1"),
        (np.array([[1.0], [1e300]]), "first in row 1"),
    ],
)
def test_wrong_arrays(array, message) -> None:
    with pytest.raises(DataError, match=message):
        open_dataset(array)


@pytest.mark.parametrize("labels", [[1, 2], [0.5] * 6, np.eye(6)])
def test_wrong_labels(tmp_path: Path, labels) -> None:
    np.savez(tmp_path / "a.npz", images=BYTES, labels=labels)
    with pytest.raises(DataError, match="labels of .*a.npz.* for each of the 6 samples"):
        open_dataset(tmp_path / "a.npz")


def test_objects_are_refused(tmp_path: Path) -> None:
    objects = np.array([[{}, {}]], object)
    np.save(tmp_path / "a.npy", objects)
    np.savez(tmp_path / "a.npz", images=objects)
    for name in ("a.npy", "a.npz"):
        with pytest.raises(DataError, match=f"{name} holds Python objects"):
            open_dataset(tmp_path / name)


def test_damaged_files(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", images=BYTES)
    whole = (tmp_path / "a.npz").read_bytes()
    garbled = bytearray(whole)
    garbled[200:260] = bytes(60)
    for data in (b"", whole[:300], bytes(garbled), b"hello"):
        for name in ("bad.npz", "bad.npy"):
            (tmp_path / name).write_bytes(data)
            with pytest.raises(DataError, match=name):
                open_dataset(tmp_path / name)
    np.savez(tmp_path / "flat.npz", a=[1, 2])
    with pytest.raises(DataError, match="no array with two or more dimensions, only: a"):
        open_dataset(tmp_path / "flat.npz")


def test_fingerprint_follows_content(tmp_path: Path) -> None:
    first = open_dataset(BYTES).fingerprint
    assert open_dataset(BYTES.copy()).fingerprint == first
    assert open_dataset(BYTES, DataOptions(mirror=True)).fingerprint != first
    changed = BYTES.copy()
    changed[3, 3, 3] ^= 1
    assert open_dataset(changed).fingerprint != first
