"""Going on with a run from its folder alone."""

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

import zerosum
from zerosum.__main__ import main
from zerosum.api import plan_of, train
from zerosum.core.errors import DataError, SettingError
from zerosum.core.events import read_events
from zerosum.train.asked import asked_of
from zerosum.train.folder import RunFolder
from zerosum.train.resume import reached

TINY = ("--generator-width", "8", "--discriminator-width", "8", "--batch", "8", "--precision", "fp32")
FLAT = ("--recipe", "gan", "--generator-width", "8", "--discriminator-units", "8", "--batch", "8")


def pictures(path: Path, count: int = 24, seed: int = 0) -> Path:
    """A folder with two sub-folders of random pictures of 12 x 8."""
    generator = np.random.default_rng(seed)
    for number in range(count):
        place = path / ("red" if number % 2 else "blue")
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(generator.integers(0, 256, (12, 8, 3), np.uint8)).save(place / f"{number:02d}.png")
    return path


def state(folder: Path) -> dict[str, torch.Tensor]:
    newest = RunFolder(folder).newest_checkpoint()
    assert newest
    return load_file(newest / "state.safetensors")


def begun(tmp_path: Path, *command: str) -> tuple[Path, Path]:
    """Two folders of the same run: of 48 samples, and of 96 by the same command again."""
    folders = []
    for name, lengths in (("part", ["48"]), ("whole", ["48", "96"])):
        for samples in lengths:
            asked = ["train", *command, "--samples", samples, "--out", str(tmp_path / name), "--name", "mine"]
            assert main([*asked, "--log-rounds", "1"]) == 0
        folders.append(tmp_path / name / "mine")
    return folders[0], folders[1]


@pytest.mark.parametrize("kind", ["toy", "folder", "options", "table"])
def test_the_same_run_goes_on(kind: str, tmp_path: Path) -> None:
    """As the command that it began with would, with the data's options and all settings as they were."""
    command: list[str] = []
    if kind == "toy":
        command = ["ring", "--sigma", "0.07", *FLAT, "--seed", "3"]
    elif kind == "table":
        rows = {"age": np.arange(80) % 37, "city": ["Bern", "Rome", "Oslo", "Lima"] * 20}
        pd.DataFrame(rows).to_csv(tmp_path / "people.csv", index=False)
        command = [str(tmp_path / "people.csv"), "--batch", "16", "--column", "age=decimal", "--recipe", "ctgan"]
    else:
        options = ["--size", "8", "--fit", "pad", "--mirror", "--no-conditional", "--channels", "1"]
        command = [str(pictures(tmp_path / "colours")), *TINY, *(options if kind == "options" else [])]
    part, whole = begun(tmp_path, *command)
    plan = plan_of(part, samples=96)
    assert (plan.out / plan.name, plan.run.samples, plan.run.seed) == (part, 96, 3 if kind == "toy" else 0)
    train(plan)
    first, second = state(whole), state(part)
    assert [name for name in first if not torch.equal(first[name], second[name])] == []
    configs = [json.loads((folder / "config.json").read_text()) for folder in (whole, part)]
    assert configs[0] == configs[1]
    losses = [
        [event.get("generator/adversarial") for event in read_events(folder / "events.jsonl") if "rounds" in event]
        for folder in (whole, part)
    ]
    assert losses[0] == losses[1] and len(losses[0]) == 96 // (plan.run.batch or 1)


def test_a_run_that_began_with_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its origin is needed again, and a sentence says so where it is gone."""
    monkeypatch.chdir(tmp_path)
    assert main(["train", "ring", *FLAT, "--samples", "16", "--out", "runs", "--name", "first"]) == 0
    begin = ["train", "moons", "--from", "runs/first", "--batch", "8", "--out", "runs", "--name", "second"]
    assert main([*begin, "--samples", "16"]) == 0
    plan = plan_of("runs/second", samples=32)
    assert plan.origin is not None and plan.origin.path == "runs/first"
    train(plan)
    Path("runs/first").rename("runs/away")
    with pytest.raises(DataError, match=r"runs.second began with the weights of runs.first, which cannot be read"):
        plan_of("runs/second")


def test_lengths(tmp_path: Path) -> None:
    assert main(["train", "ring", *FLAT, "--samples", "16", "--out", str(tmp_path), "--name", "mine"]) == 0
    folder = RunFolder(tmp_path / "mine")
    asked = asked_of(folder).run
    assert plan_of(folder.path).run == asked and reached(asked, folder)
    longer = plan_of(folder.path, minutes=2).run
    assert (longer.minutes, longer.samples) == (2, None) and not reached(longer, folder)
    assert longer == dataclasses.replace(asked, minutes=2, samples=None)
    assert plan_of(folder.path, minutes=2, samples=99).run.samples == 99
    with pytest.raises(SettingError, match="--minutes is 0"):
        plan_of(folder.path, minutes=0)


@pytest.mark.parametrize("given", [".", "", "../mine", "../mine/"])
def test_however_the_folder_is_given(given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["train", "ring", *FLAT, "--samples", "16", "--out", str(tmp_path), "--name", "mine"]) == 0
    monkeypatch.chdir(tmp_path / "mine")
    train(plan_of(given, samples=32))
    assert RunFolder(tmp_path / "mine").newest_checkpoint() == tmp_path / "mine/checkpoints/000000000032"
    assert {path.name for path in tmp_path.iterdir()} <= {"mine", "cache"}


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_data_that_are_not_what_they_were(change: str, tmp_path: Path) -> None:
    data, out = pictures(tmp_path / "colours"), tmp_path / "runs"
    assert main(["train", str(data), *TINY, "--samples", "16", "--out", str(out), "--name", "mine"]) == 0
    shutil.rmtree(data)
    if change == "changed":
        pictures(data, seed=1)
    words = {
        "gone": rf"The data of .*mine cannot be opened as they were: .*{data}",
        "changed": rf"The data in {data} are not what they were when .*mine began\. .* --from .*mine\.",
    }
    with pytest.raises(DataError, match=words[change]):
        plan_of(out / "mine")


def test_data_that_a_program_passed(tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(size=(80, 2)).astype(np.float32)
    frame = pd.DataFrame(points, columns=["x", "y"])
    for name, data in {"array": points, "frame": frame}.items():
        settings: dict[str, Any] = {"recipe": "ctgan"} if name == "frame" else {"recipe": "gan"}
        zerosum.fit(data, samples=16, batch=16, out=tmp_path, name=name, device="cpu", **settings)
        with pytest.raises(DataError, match=rf'an array or a frame of .*out="{tmp_path}", name="{name}"'):
            plan_of(tmp_path / name)


def test_what_is_no_run(tmp_path: Path) -> None:
    assert main(["train", "ring", *FLAT, "--samples", "16", "--out", str(tmp_path), "--name", "mine"]) == 0
    with pytest.raises(DataError, match="There is no folder .*none"):
        plan_of(tmp_path / "none")
    for path in (tmp_path, tmp_path / "mine" / "model"):
        with pytest.raises(DataError, match=rf"{path} is not a run"):
            plan_of(path)
    config = tmp_path / "mine" / "config.json"
    values = json.loads(config.read_text())
    for wrong, words in (
        (values | {"recipe": "gun"}, '"gun". Did you mean "gan"'),
        (values | {"seed": 3}, 'has no setting "seed"'),
        (values | {"run": values["run"] | {"batch": "many"}}, "run.batch is 'many'"),
        ({name: value for name, value in values.items() if name != "data"}, "is incomplete"),
    ):
        config.write_text(json.dumps(wrong))
        with pytest.raises(zerosum.ZerosumError) as refused:
            plan_of(tmp_path / "mine")
        assert words in str(refused.value)
    config.write_text("{")
    with pytest.raises(DataError, match=r"config\.json cannot be read as JSON"):
        plan_of(tmp_path / "mine")
