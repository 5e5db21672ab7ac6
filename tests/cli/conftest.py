"""What the tests of the command line share: a way to call it, and small data."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from zerosum.__main__ import main

SHORT = ("--samples", "256", "--batch", "32")
TINY = ("--generator-width", "8", "--discriminator-width", "8", "--samples", "16", "--batch", "8")


class Answer(NamedTuple):
    """What one command came to."""

    code: int
    out: str
    error: str


CLI = Callable[..., Answer]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> CLI:
    """A function that gives the command line in this process some arguments."""

    def call(*arguments: object) -> Answer:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
        out, error = capsys.readouterr()
        assert "Traceback" not in error
        return Answer(code, out, error)

    return call


@pytest.fixture
def refused(cli: CLI) -> Callable[..., str]:
    """A function that expects a command to be refused with one sentence, and returns the sentence."""

    def call(code: int, *arguments: object) -> str:
        answer = cli(*arguments)
        assert answer.code == code, answer
        (line,) = answer.error.splitlines()
        assert line.startswith("zerosum: ") and line.endswith((".", "?"))
        return line

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two sub-folders, red and blue, of sixteen random pictures of 8 x 8 each."""
    path = tmp_path / "colours"
    save_pictures(path / "red", 16)
    save_pictures(path / "blue", 16)
    return path


def save_pictures(path: Path, count: int) -> Path:
    generator = np.random.default_rng(count)
    path.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        pixels = generator.integers(0, 256, (8, 8, 3), np.uint8)
        Image.fromarray(pixels).save(path / f"{number:03d}.png")
    return path
