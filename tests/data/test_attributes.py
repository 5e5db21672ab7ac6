"""Which columns of a table say what samples have."""

import numpy as np
import pytest

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError
from zerosum.data import open_dataset
from zerosum.data.attributes import attributes_of


def test_yes_and_no_and_properties() -> None:
    table = attributes_of(
        {
            "glasses": ["yes", "No", "", None],
            "tie": ["1", "-1", "1", "-1"],
            "hair": ["red", "black", "red", ""],
            "same": ["x"] * 4,
            "name": ["a", "b", "c", "d"],
        },
        "here",
    )
    assert table.names == ("glasses", "tie", "hair=black", "hair=red", "name=a", "name=b", "name=c", "name=d")
    assert table.values[:, 0].tolist() == [1, 0, 0, 0] and table.values[:, 1].tolist() == [1, 0, 1, 0]
    assert table.values[:, 2].tolist() == [0, 1, 0, 0] and table.values[:, 3].tolist() == [1, 0, 1, 0]
    assert len(table.notes) == 1 and '"same"' in table.notes[0]


def test_columns_that_say_nothing_are_named() -> None:
    with pytest.raises(DataError, match='"id".* 40 different values.*yes and no'):
        attributes_of({"id": list(range(40)), "same": [1] * 40}, "here")
    with pytest.raises(DataError, match="no columns"):
        attributes_of({}, "here")


def write_npz(path, **arrays):
    np.savez(path, images=np.zeros((6, 8, 8), np.uint8), **arrays)
    return path


def test_arrays_of_attributes(tmp_path) -> None:
    values = np.array([[1, 0], [0, 1], [1, 1]] * 2)
    names = np.array(["a", "b"])
    path = write_npz(tmp_path / "a.npz", attributes=values, attribute_names=names, labels=["x", "y"] * 3)
    dataset = open_dataset(path, DataOptions(), told="attributes")
    assert dataset.space.condition_width == 4 and dataset.space.classes == () and dataset.labels is None
    told = dataset.condition(np.arange(6)).numpy()
    assert np.array_equal(told[:, :2], values) and told[:, 2].tolist() == [1, 0] * 3, "a class is a property too"
    plain = open_dataset(path, DataOptions())
    assert plain.space.classes == ("x", "y") and plain.fingerprint != dataset.fingerprint


@pytest.mark.parametrize(
    "wrong",
    [
        {"attributes": np.zeros((5, 2)), "attribute_names": np.array(["a", "b"])},
        {"attributes": np.zeros((6, 2)), "attribute_names": np.array(["a"])},
        {"attributes": np.zeros((6, 2))},
        {"texts": np.array(["a"] * 5)},
        {"texts": np.arange(6)},
    ],
)
def test_arrays_that_do_not_fit(tmp_path, wrong) -> None:
    with pytest.raises(DataError, match='"attributes"|"texts"'):
        open_dataset(write_npz(tmp_path / "a.npz", **wrong))
