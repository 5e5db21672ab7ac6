"""A person's own network: code that is named is run, and nothing else is."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from zerosum.core.errors import DataError, SettingError
from zerosum.core.space import Space
from zerosum.metrics.features import open_network

CODE = """
import torch
from torch import nn


class Means(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


ready = Means()
wrong_shape = nn.Identity()
number = 3


def broken():
    raise ValueError("no luck")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.py"
    path.write_text(CODE)
    return path


@pytest.mark.parametrize("attribute", ["Means", "ready"])
def test_a_file_is_run(file: Path, colour: Space, pictures: Tensor, attribute: str) -> None:
    network = open_network(f"{file}:{attribute}", colour)
    assert torch.equal(network(pictures), pictures.mean((2, 3)))
    assert network.name == f"{file}:{attribute}" and network.resize == "left to the network"


def test_a_package_is_imported(colour: Space, pictures: Tensor) -> None:
    assert torch.equal(open_network("torch.nn:Flatten", colour)(pictures), pictures.flatten(1))


def test_a_module_is_taken_and_put_into_evaluation_mode(colour: Space, pictures: Tensor) -> None:
    network = open_network(nn.Sequential(nn.Flatten(), nn.Dropout(0.5)), colour)
    assert network.name == "Sequential" and torch.equal(network(pictures), pictures.flatten(1))


def test_another_version_of_the_code_is_another_identity(file: Path, colour: Space) -> None:
    before = open_network(f"{file}:ready", colour).identity
    assert open_network(f"{file}:ready", colour).identity == before
    file.write_text(CODE.replace("x.mean", "x.std"))
    assert open_network(f"{file}:ready", colour).identity != before


@pytest.mark.parametrize(
    ("name", "error", "sentence"),
    [
        ("{file}:nothing", SettingError, 'has no "nothing"'),
        ("{file}:number", SettingError, "is of type int"),
        ("{file}:broken", DataError, "no luck"),
        ("{file}:wrong_shape", DataError, "one vector"),
        ("{file}:", SettingError, "names no code"),
        ("{file}.absent.py:ready", DataError, "no such file"),
        ("no_such_package:ready", DataError, "cannot be imported"),
        ("weights.pt:state", SettingError, "weights or a pickle"),
        ("{file}/weights.PKL", SettingError, "weights or a pickle"),
    ],
)
def test_what_cannot_be_a_network_is_refused(
    file: Path, colour: Space, name: str, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        open_network(name.format(file=file), colour)
