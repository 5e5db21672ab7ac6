"""Files of PyTorch and of the StyleGAN tools: the same tensors as PyTorch reads, and sentences for damaged ones."""

import io
import pickle
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.imports.files import read_checkpoint

STATE = {
    "weight": torch.arange(12.0).view(3, 4),
    "turned": torch.arange(12.0).view(3, 4).T,
    "part": torch.arange(10)[3:7],
    "half": torch.randn(5).half(),
    "bfloat": torch.randn(2, 2).bfloat16(),
    "flags": torch.tensor([True, False]),
    "one": torch.tensor(7),
    "none": torch.empty(0, 3),
    "nested": {"parameter": torch.nn.Parameter(torch.ones(2)), "list": [1, "two", None, 3.5]},
}


def assert_same(found: Any, expected: Any) -> None:
    if isinstance(expected, Tensor):
        assert found.dtype == expected.dtype and torch.equal(found, expected.detach())
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for name in expected:
            assert_same(found[name], expected[name])
    else:
        assert found == expected


def written(path: Path, form: str) -> Path:
    """A file with the state, in one of the forms that checkpoints have."""
    if form == "pickle":
        with path.open("wb") as file:
            pickle.dump(STATE, file)
    else:
        torch.save(STATE, path, _use_new_zipfile_serialization=form == "archive")
    return path


@pytest.mark.filterwarnings("ignore:TypedStorage")
@pytest.mark.parametrize("form", ["pickle", "legacy", "archive"])
def test_tensors_are_those_that_were_saved(form: str, tmp_path: Path) -> None:
    assert_same(read_checkpoint(written(tmp_path / "state.pth", form)), STATE)


def test_safetensors(tmp_path: Path) -> None:
    state = {"a": torch.randn(3), "b": torch.arange(4)}
    save_file(state, tmp_path / "state.safetensors")
    found = read_checkpoint(tmp_path / "state.safetensors")
    assert found.keys() == state.keys() and all(torch.equal(found[name], state[name]) for name in state)


def test_views_of_one_storage_share_it(tmp_path: Path) -> None:
    whole = torch.zeros(1000)
    torch.save([whole[:500], whole[500:], whole], tmp_path / "views.pth")
    first, second, all_of_it = read_checkpoint(tmp_path / "views.pth")
    all_of_it[:] = 1
    assert first.min() == 1 and second.min() == 1


@pytest.mark.filterwarnings("ignore:TypedStorage")
@pytest.mark.parametrize("form", ["pickle", "legacy", "archive"])
def test_damaged_files_are_sentences(form: str, tmp_path: Path) -> None:
    """Cut off, or with bytes that are others: something is read, or a sentence says that it cannot be."""
    whole = written(tmp_path / "whole.pth", form).read_bytes()
    chance, path = random.Random(0), tmp_path / "damaged.pth"
    for trial in range(400):
        data = bytearray(whole)
        if trial % 4 == 0:
            del data[chance.randrange(len(data)) :]
        else:
            for _ in range(chance.choice([1, 1, 4, 30])):
                data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            read_checkpoint(path)
        except DataError as error:
            assert str(path) in str(error)


def test_a_tensor_larger_than_its_numbers_is_refused(tmp_path: Path) -> None:
    huge = torch.zeros(1).expand(2**40)
    torch.save({"huge": huge}, tmp_path / "huge.pth")
    with pytest.raises(DataError, match="1,099,511,627,776 numbers where 1 are stored"):
        read_checkpoint(tmp_path / "huge.pth")


def test_a_compressed_archive_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}))
        archive.writestr("archive/data/0", bytes(50_000_000))
    assert (tmp_path / "bomb.pth").stat().st_size < 100_000
    with pytest.raises(DataError, match="claims to hold more"):
        read_checkpoint(tmp_path / "bomb.pth")


def test_files_within_files_go_one_deep(tmp_path: Path) -> None:
    """Numbers may be a file within the file, but that has none within it: no depth exhausts the stack."""

    class Within:
        def __init__(self, data: bytes) -> None:
            self.data = data

        def __reduce__(self) -> Any:
            return torch.storage._load_from_bytes, (self.data,)

    inner = io.BytesIO()
    torch.save(torch.zeros(3), inner, _use_new_zipfile_serialization=False)
    data = inner.getvalue()
    for _ in range(3):
        data = pickle.dumps(Within(data))
    (tmp_path / "deep.pkl").write_bytes(data)
    with pytest.raises(DataError, match="_load_from_bytes"):
        read_checkpoint(tmp_path / "deep.pkl")


@pytest.mark.parametrize("content", [b"", b"no pickle at all", b"\x89PNG\r\n", b"PK\x03\x04 no archive"])
def test_other_files_are_sentences(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(DataError, match="other"):
        read_checkpoint(tmp_path / "other")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read_checkpoint(tmp_path / "nothing.pkl")


def test_names_in_a_file_do_not_reach_the_screen_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "loud.pkl").write_bytes(b"c\x1b[2J" + b"x" * 5000 + b"\nboom\n.")
    with pytest.raises(DataError) as caught:
        read_checkpoint(tmp_path / "loud.pkl")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 1000
