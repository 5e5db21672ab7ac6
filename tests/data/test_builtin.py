"""What is shipped is what is promised."""

from pathlib import Path

import numpy as np
import pytest

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError
from zerosum.data import open_dataset


def test_digits() -> None:
    dataset = open_dataset("digits")
    assert dataset.rows.shape == (10_000, 28, 28, 1) and dataset.space.shape == (1, 28, 28)
    assert dataset.space.classes == tuple("0123456789") and min(dataset.space.frequencies) > 0.08
    assert dataset.name == dataset.source == "digits" and dataset.notes == ()
    assert 30 < dataset.rows.mean() < 36 and np.all(dataset.rows[:, 0, 0] == 0)


def test_emoji() -> None:
    dataset = open_dataset("emoji")
    assert dataset.rows.shape == (1911, 64, 64, 3) and len(dataset.space.classes) == 10
    assert "grinning face" in dataset.texts and all(dataset.texts)
    assert open_dataset("emoji", DataOptions(channels=4, conditional=False)).space.shape == (4, 64, 64)


def test_unknown_names(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='"digit" is neither.*folder of pictures.*Did you mean "digits"'):
        open_dataset("digit")
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(DataError, match='suffix ".txt".*npz'):
        open_dataset(tmp_path / "notes.txt")


def test_a_built_in_name_wins_over_a_folder_and_a_path_does_not(
    pictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures(folder="digits")
    monkeypatch.chdir(tmp_path)
    assert len(open_dataset("digits")) == 10_000
    assert len(open_dataset("./digits")) == len(open_dataset(Path("digits"))) == 6
