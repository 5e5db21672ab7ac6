"""`zerosum import`: a checkpoint becomes a model that samples, explores and trains on; anything else is a sentence."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import zerosum


@pytest.fixture
def files(work: Path) -> tuple[str, str]:
    """A generator and a discriminator as PyTorch's DCGAN example saves them."""
    torch.manual_seed(0)
    up = [nn.ConvTranspose2d(6, 16, 4, 1, 0, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    up += [nn.ConvTranspose2d(16, 8, 4, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU()]
    generator = nn.Sequential(*up, nn.ConvTranspose2d(8, 3, 4, 2, 1, bias=False), nn.Tanh())
    down = [nn.Conv2d(3, 8, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    down += [nn.Conv2d(8, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.LeakyReLU(0.2)]
    discriminator = nn.Sequential(*down, nn.Conv2d(16, 1, 4, 1, 0, bias=False))
    torch.save(nn.ModuleDict({"main": generator}).state_dict(), "netG.pth")
    torch.save(nn.ModuleDict({"main": discriminator}).state_dict(), "netD.pth")
    return "netG.pth", "netD.pth"


def test_a_checkpoint_samples_and_trains_on(cli: Callable[..., Any], files: tuple[str, str]) -> None:
    generator, discriminator = files
    answer = cli("import", generator, "--discriminator", discriminator, "--out", "model")
    assert answer.code == 0 and "dcgan, 3 x 16 x 16" in answer.out
    assert {path.name for path in Path("model").iterdir()} == {
        "README.md",
        "config.json",
        "model.safetensors",
        "opponents.safetensors",
        "samples.png",
    }
    assert cli("sample", "model", "--seeds", "0-3", "--format", "npz", "--out", "rows.npz").code == 0
    with np.load("rows.npz") as rows:
        assert np.array_equal(rows["images"], zerosum.load("model").sample(4))
    np.save("own.npy", np.random.default_rng(0).integers(0, 256, (40, 20, 24, 3), np.uint8))
    command = ("train", "own.npy", "--from", "model", "--frozen-grids", "1", "--samples", "32", "--batch", "8")
    answer = cli(*command, "--name", "on")
    assert answer.code == 0 and "Recipe dcgan, which model is of." in answer.out
    assert zerosum.load("runs/on").space.shape == (3, 16, 16)


def test_without_a_discriminator_that_is_said(cli: Callable[..., Any], files: tuple[str, str]) -> None:
    assert cli("import", files[0], "--out", "model").code == 0
    np.save("own.npy", np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), np.uint8))
    answer = cli("train", "own.npy", "--from", "model", "--samples", "16", "--batch", "8")
    assert answer.code == 0 and "model has no discriminator, which begins anew." in answer.out


class Shell:
    def __reduce__(self) -> Any:
        return os.system, ("touch touched",)


@pytest.mark.parametrize("form", ["pickle", "legacy", "archive"])
def test_a_hostile_file_is_refused(form: str, cli: Callable[..., Any]) -> None:
    if form == "pickle":
        Path("bad.pkl").write_bytes(pickle.dumps({"G_ema": Shell()}))
    else:
        torch.save({"G_ema": Shell()}, "bad.pkl", _use_new_zipfile_serialization=form == "archive")
    answer = cli("import", "bad.pkl", "--out", "model")
    assert answer.code == 4 and "system, which is not among what a checkpoint may contain" in answer.error
    assert not Path("touched").exists() and not Path("model").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nothing.pkl", None, "There is no file nothing.pkl"),
        ("text.pkl", b"Dear reader", "damaged, or no pickle"),
        ("numbers.pkl", pickle.dumps({"loss": [1.0, 2.0]}), "a dictionary of loss and no generator"),
        ("list.pkl", pickle.dumps([1, 2]), "it holds a list and no generator"),
        ("old.pkl", b"(cdnnlib.tflib.network\nNetwork\n(tRcdnnlib.tflib.network\nNetwork\n(tRt.", "of TensorFlow"),
    ],
)
def test_other_files_are_sentences(name: str, content: bytes | None, said: str, cli: Callable[..., Any]) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    answer = cli("import", name, "--out", "model")
    assert answer.code == 4 and said in answer.error and answer.error.count("\n") == 1
    assert not Path("model").exists()


def test_a_folder_of_other_things_is_left_alone(cli: Callable[..., Any], files: tuple[str, str]) -> None:
    Path("mine").mkdir()
    Path("mine/diary.txt").write_text("dear diary")
    answer = cli("import", files[0], "--out", "mine")
    assert answer.code == 4 and "not empty and is not a model" in answer.error


def test_from_needs_a_model(cli: Callable[..., Any]) -> None:
    answer = cli("train", "digits", "--from", "nowhere")
    assert answer.code == 4 and "There is no model at nowhere" in answer.error
