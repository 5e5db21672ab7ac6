"""Data that cannot be trained on: exit code 4 and one sentence that says what to do."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

SMALL = ("--generator-width", "8", "--discriminator-width", "8", "--samples", "16", "--precision", "fp32")
TINY = (*SMALL, "--batch", "8")


def test_missing_path(refused):
    sentence = refused(4, "train", "no/such/folder")
    assert "no/such/folder" in sentence and "digits" in sentence


def test_nearest_built_in_name(refused):
    assert 'Did you mean "digits"?' in refused(4, "train", "digts")


def test_empty_folder(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "empty" in refused(4, "train", tmp_path / "empty")


def test_folder_of_other_files(refused, tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "notes.txt").write_text("no picture")
    assert ".txt" in refused(4, "train", tmp_path / "texts")


def test_corrupt_picture(cli, refused, folder):
    whole = (folder / "red/000.png").read_bytes()
    (folder / "red/broken.png").write_bytes(whole[: len(whole) // 2])
    sentence = refused(4, "train", folder, *TINY)
    assert "red/broken.png" in sentence and "--skip-bad" in sentence
    answer = cli("train", folder, *TINY, "--skip-bad")
    assert (answer.code, answer.error) == (0, "")
    assert "broken.png" in answer.out or "1 " in answer.out.splitlines()[0]


def test_fewer_pictures_than_an_explicit_batch(refused, folder):
    sentence = refused(4, "train", folder, *SMALL, "--batch", "33")
    assert "32 samples" in sentence and "--batch 32" in sentence
    assert refused(4, "train", folder, *SMALL, "--batch", "33", "--dry-run") == sentence


def test_the_usual_batch_shrinks_to_the_data(cli, folder):
    assert cli("train", folder, *SMALL).code == 0


def test_one_picture(refused, folder):
    for path in sorted((folder / "red").iterdir())[1:]:
        path.unlink()
    assert "too few" in refused(4, "train", folder / "red")


def test_one_class(cli, refused, folder, tmp_path):
    (tmp_path / "one").mkdir()
    (folder / "red").rename(tmp_path / "one/red")
    sentence = refused(4, "train", tmp_path / "one", *TINY, "--conditional")
    assert 'only one class, "red"' in sentence and "--conditional" in sentence
    answer = cli("train", tmp_path / "one", *TINY)
    assert answer.code == 0 and "only one class" in answer.out


def test_gigantic_picture(cli, refused, folder):
    (folder / "red/huge.png").write_bytes(gigantic_png())
    sentence = refused(4, "train", folder, *TINY)
    assert "red/huge.png" in sentence and "100,000,000" in sentence
    assert cli("train", folder, *TINY, "--skip-bad").code == 0


def gigantic_png(side: int = 100_000) -> bytes:
    """A PNG of a few bytes whose header claims ten thousand million pixels."""
    pixels = zlib.compress(bytes(1000))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04"])
@pytest.mark.parametrize("suffix", ["zip", "npz", "npy"])
def test_damaged_containers(refused, tmp_path, suffix, content):
    path = tmp_path / f"data.{suffix}"
    path.write_bytes(content)
    assert f"data.{suffix}" in refused(4, "train", path)


def test_pickled_arrays_are_not_unpickled(refused, tmp_path):
    path = tmp_path / "objects.npy"
    np.save(path, np.array([{"a": 1}, {"b": 2}], object), allow_pickle=True)
    assert "objects.npy" in refused(4, "train", path)


def test_a_single_picture_and_a_strange_suffix(refused, folder, tmp_path):
    assert str(folder / "red") in refused(4, "train", folder / "red/000.png")
    (tmp_path / "table.xyz").touch()
    assert ".xyz" in refused(4, "train", tmp_path / "table.xyz")


@pytest.mark.parametrize("name", ["a" * 5000, "~nobody-of-this-name/pictures"])
def test_paths_that_the_system_refuses(cli, name):
    answer = cli("train", name)
    assert answer.code in (1, 4) and answer.error.startswith("zerosum: ")
    assert not Path("runs").exists()
