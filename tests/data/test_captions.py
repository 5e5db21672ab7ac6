"""Captions as vectors: near in meaning is near, what is wrong is said, and known texts are not encoded again."""

import numpy as np
import pytest

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError
from zerosum.data import captions, open_dataset
from zerosum.data.captions import PACKAGED, encode, encode_kept


def test_near_in_meaning_is_near() -> None:
    vectors = encode(["red heart", "a heart in scarlet", "flag of japan"], PACKAGED)
    assert vectors.shape == (3, 384) and np.square(vectors).mean(1) == pytest.approx(1, rel=1e-5)
    near = vectors @ vectors.T / 384
    assert near[0, 1] > 0.5 > 0.3 > near[0, 2]


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(SettingError, match=r"602 word pieces.*256.*57%"):
        encode(["red heart " * 300], PACKAGED)


def test_encoders_that_are_not_there(tmp_path) -> None:
    with pytest.raises(SettingError, match="OWNER/NAME"):
        encode(["a"], "minilm")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="cannot be opened"):
        encode(["a"], str(tmp_path / "empty"))


def test_known_texts_are_not_encoded_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("ZEROSUM_CACHE", str(tmp_path))
    first = encode_kept(["one", "two"], PACKAGED)
    monkeypatch.setattr(captions, "encode", lambda texts, encoder: pytest.fail("they are in the cache"))
    assert np.array_equal(encode_kept(["one", "two"], PACKAGED), first)


def test_samples_without_captions(tmp_path) -> None:
    pictures = np.zeros((3, 8, 8), np.uint8)
    np.savez(tmp_path / "some.npz", images=pictures, texts=np.array(["a", "", "b"]))
    np.savez(tmp_path / "none.npz", images=pictures)
    with pytest.raises(DataError, match="no caption for 1 of 3 samples, first for number 1"):
        open_dataset(tmp_path / "some.npz", DataOptions(), told="captions")
    with pytest.raises(DataError, match="no captions.*metadata.csv"):
        open_dataset(tmp_path / "none.npz", DataOptions(), told="captions")
