"""Settings that are refused at once, and that survive JSON."""

import pytest

from zerosum.config.base import from_json, to_json
from zerosum.config.data import DataOptions
from zerosum.core.errors import SettingError


@pytest.mark.parametrize(
    ("size", "sides"), [(None, None), ("64", (64, 64)), ("64x96", (64, 96)), ("8X1024", (8, 1024))]
)
def test_size(size, sides) -> None:
    assert DataOptions(size=size).sides == sides


@pytest.mark.parametrize("size", ["", "x", "64x", "64x64x3", "-64", "7", "1025", "64x4", "6.4", "９９"])
def test_wrong_size(size) -> None:
    with pytest.raises(SettingError, match="--size"):
        DataOptions(size=size)


@pytest.mark.parametrize("wrong", [{"channels": 2}, {"sigma": 0.0}, {"sigma": float("nan")}, {"sigma": float("inf")}])
def test_other_wrong_settings(wrong) -> None:
    with pytest.raises(SettingError, match=f"--{next(iter(wrong))}"):
        DataOptions(**wrong)


def test_json_round_trip() -> None:
    options = DataOptions(size="32x64", fit="pad", channels=1, conditional=False, sigma=0.1)
    assert from_json(DataOptions, to_json(options)) == options
