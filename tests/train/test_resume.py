"""A run that is stopped, killed or fails: what is lost, what is kept, and what it goes on as."""

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import zerosum
from zerosum.__main__ import main
from zerosum.config.data import DataOptions
from zerosum.core.events import read_events
from zerosum.data import Loader, open_dataset
from zerosum.train.checkpoint import checkpoints

TIMING = {"seconds", "samples_per_second"}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Ninety-six random grey pictures of 16 x 16 in three classes."""
    generator = np.random.default_rng(0)
    path = tmp_path / "pictures.npz"
    images = generator.integers(0, 256, (96, 16, 16), dtype=np.uint8)
    np.savez(path, images=images, labels=np.arange(96) % 3)
    return path


def command(data: Path, out: Path, samples: int, *more: str) -> list[str]:
    fast = ["--batch", "8", "--device", "cpu", "--precision", "fp32", "--log-rounds", "4"]
    small = ["--generator-width", "8", "--discriminator-width", "8"]
    return ["train", str(data), "--out", str(out), "--samples", str(samples), *fast, *small, *more]


def final_state(out: Path) -> dict[str, torch.Tensor]:
    (run,) = out.iterdir()
    return load_file(checkpoints(run / "checkpoints")[-1] / "state.safetensors")


def logged(out: Path) -> list[dict[str, Any]]:
    (run,) = out.iterdir()
    events = [event for event in read_events(run / "events.jsonl") if event["event"] == "progress"]
    return [{name: value for name, value in event.items() if name not in TIMING} for event in events]


def assert_same_run(one: Path, other: Path) -> None:
    first, second = final_state(one), final_state(other)
    assert first.keys() == second.keys()
    assert [name for name in first if not torch.equal(first[name], second[name])] == []
    assert logged(one) == logged(other)
    sheets = [sorted(next(out.iterdir()).glob("samples/*.png"))[-1] for out in (one, other)]
    assert sheets[0].name == sheets[1].name and sheets[0].read_bytes() == sheets[1].read_bytes()


def start(arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "zerosum", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(run: subprocess.Popen[str], out: Path, samples: int) -> None:
    """Wait until a run has recorded that many samples."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and run.poll() is None:
        if any(event["samples"] >= samples for path in out.glob("*/events.jsonl") for event in read_events(path)):
            return
        time.sleep(0.02)
    raise AssertionError(f"the run did not get to {samples} samples: {run.communicate()}")


@pytest.mark.parametrize("recipe", ["light", "dcgan", "wgan-gp"])
def test_a_longer_command_goes_on_bit_for_bit(recipe: str, pictures: Path, tmp_path: Path) -> None:
    size = [] if recipe == "wgan-gp" else ["--generator-width", "8", "--discriminator-width", "8"]
    width = ["--width", "8"] if recipe == "wgan-gp" else size
    base = ["train", str(pictures), "--recipe", recipe, "--batch", "8", "--precision", "fp32", "--log-rounds", "4"]
    assert main([*base, *width, "--out", str(tmp_path / "whole"), "--samples", "320"]) == 0
    for samples in ("104", "200", "320"):  # the first stop is between two records
        assert main([*base, *width, "--out", str(tmp_path / "parts"), "--samples", samples]) == 0
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_the_same_command_goes_on(number: int, code: int, pictures: Path, tmp_path: Path) -> None:
    assert main(command(pictures, tmp_path / "whole", 4000)) == 0
    run = start(command(pictures, tmp_path / "parts", 4000))
    wait_for(run, tmp_path / "parts", 400)
    run.send_signal(number)
    _, complaint = run.communicate(timeout=60)
    assert run.returncode == code
    assert "goes on" in complaint and "Traceback" not in complaint
    assert main(command(pictures, tmp_path / "parts", 4000)) == 0
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


@pytest.mark.slow
def test_killed_at_random_moments_it_is_the_same_run(pictures: Path, tmp_path: Path) -> None:
    assert main(command(pictures, tmp_path / "whole", 6000)) == 0
    arguments = command(pictures, tmp_path / "parts", 6000, "--checkpoint-seconds", "0.05")
    moments = random.Random(0)
    for kill in itertools.count():
        run = start(arguments)
        if kill < 6:
            records = [event for path in tmp_path.glob("parts/*/events.jsonl") for event in read_events(path)]
            before = max((event["samples"] for event in records), default=0)
            wait_for(run, tmp_path / "parts", min(before + 8, 5900))
            time.sleep(moments.uniform(0, 0.4))
            run.kill()
        _, complaint = run.communicate(timeout=120)
        assert "Traceback" not in complaint
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_changed_settings_are_refused_by_name(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "runs"
    assert main(command(pictures, out, 80, "--name", "mine")) == 0
    assert main(command(pictures, out, 160, "--name", "mine", "--penalty-every", "2")) == 2
    assert "penalty_every: 16 -> 2" in capsys.readouterr().err
    assert main(command(pictures, out, 160, "--name", "mine", "--optimizer.rate", "0.1")) == 2
    assert "optimizer.rate: 0.002 -> 0.1" in capsys.readouterr().err
    assert main(command(pictures, out, 160, "--name", "mine", "--checkpoint-seconds", "5")) == 0


def test_changed_data_is_refused(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "runs"
    assert main(command(pictures, out, 80, "--name", "mine")) == 0
    np.savez(pictures, images=np.zeros((96, 16, 16), np.uint8), labels=np.arange(96) % 3)
    assert main(command(pictures, out, 160, "--name", "mine")) == 2
    assert "data: its files or options are not the same" in capsys.readouterr().err


def test_numbered_runs_are_never_overwritten(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    main(command(pictures, out, 80))
    main(command(pictures, out, 80))  # done already: a new run
    main(command(pictures, out, 80, "--seed", "1"))  # another seed is another run
    main(command(pictures, out, 80, "--penalty-every", "2"))  # the finished one had other settings: a new run
    main(command(pictures, out, 160, "--penalty-every", "2"))  # goes on
    assert sorted(path.name for path in out.iterdir()) == [f"{i:05d}-pictures-light" for i in range(4)]
    assert checkpoints(out / "00003-pictures-light" / "checkpoints")[-1].name == f"{160:012d}"


def test_an_interrupted_run_with_other_settings_is_not_silently_left(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "runs"
    main(command(pictures, out, 80))
    (run,) = out.iterdir()
    config = json.loads((run / "config.json").read_text())
    config["run"]["samples"] = 8000  # as if it had been stopped early
    (run / "config.json").write_text(json.dumps(config))
    assert main(command(pictures, out, 8000, "--penalty-every", "2")) == 2
    assert "--new" in capsys.readouterr().err
    assert main(command(pictures, out, 80, "--penalty-every", "2", "--new")) == 0


@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_a_loss_that_is_not_finite_stops_with_the_batch_kept(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "runs"
    assert main(command(pictures, out, 80, "--name", "mine")) == 0
    good = checkpoints(out / "mine" / "checkpoints")
    explosive = [*command(pictures, out, 4000, "--name", "bad"), "--optimizer.rate", "1e30"]
    assert main(explosive) == 3
    complaint = capsys.readouterr().err
    assert "not finite" in complaint and "failed-batch" in complaint
    (batch,) = (out / "bad").glob("failed-batch-*.npz")
    with np.load(batch) as kept:
        assert kept["rows"].shape == (8, 16, 16, 1) and kept["labels"].shape == (8,)
    assert checkpoints(out / "mine" / "checkpoints") == good
    for path in checkpoints(out / "bad" / "checkpoints"):
        assert all(tensor.isfinite().all() for tensor in load_file(path / "state.safetensors").values())


def test_a_run_in_use_is_left_alone(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fcntl = pytest.importorskip("fcntl")
    out = tmp_path / "runs"
    assert main(command(pictures, out, 80, "--name", "mine")) == 0
    with (out / "mine" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert main(command(pictures, out, 160, "--name", "mine")) == 4
    assert "Another process is training" in capsys.readouterr().err


def test_a_damaged_checkpoint_is_a_sentence(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "runs"
    assert main(command(pictures, out, 80, "--name", "mine")) == 0
    weights = checkpoints(out / "mine" / "checkpoints")[-1] / "state.safetensors"
    os.truncate(weights, weights.stat().st_size // 2)
    assert main(command(pictures, out, 160, "--name", "mine")) == 4
    complaint = capsys.readouterr().err
    assert str(weights.parent) in complaint and "Traceback" not in complaint


def test_the_batch_that_is_kept_is_the_one_that_failed(pictures: Path, tmp_path: Path) -> None:
    """A critic that moves three times a round reads three batches; the first of them is the one that fails."""
    base = ["train", str(pictures), "--recipe", "wgan-gp", "--width", "8", "--batch", "8", "--precision", "fp32"]
    out = ["--out", str(tmp_path), "--name", "bad", "--samples", "400", "--log-rounds", "1"]
    assert main([*base, *out, "--discriminator-steps", "3", "--optimizer.rate", "1e30"]) == 3
    (batch,) = (tmp_path / "bad").glob("failed-batch-*.npz")
    position = int(batch.stem.rsplit("-", 1)[1])
    assert position % 8 == 0
    rows, labels = Loader(open_dataset(str(pictures), DataOptions()), 0, 8).rows(position)
    with np.load(batch) as kept:
        np.testing.assert_array_equal(kept["rows"], rows.numpy())
        np.testing.assert_array_equal(kept["labels"], labels.numpy() if labels is not None else None)


def test_a_run_keeps_the_batch_it_was_started_with(pictures: Path, tmp_path: Path) -> None:
    arguments = command(pictures, tmp_path, 96, "--name", "mine")
    where = arguments.index("--batch")
    del arguments[where : where + 2]
    assert main([*arguments, "--batch", "16"]) == 0
    arguments[arguments.index("96")] = "192"
    assert main(arguments) == 0
    config = json.loads((tmp_path / "mine" / "config.json").read_text())
    assert config["run"]["batch"] == 16


def test_of_several_interrupted_runs_the_one_that_is_asked_for_goes_on(pictures: Path, tmp_path: Path) -> None:
    main(command(pictures, tmp_path, 80))
    main(command(pictures, tmp_path, 80, "--penalty-every", "2"))
    main(command(pictures, tmp_path, 160))
    assert checkpoints(tmp_path / "00000-pictures-light" / "checkpoints")[-1].name == f"{160:012d}"
    assert checkpoints(tmp_path / "00001-pictures-light" / "checkpoints")[-1].name == f"{80:012d}"


def test_leftovers_of_a_killed_writer_are_removed_when_the_run_goes_on(pictures: Path, tmp_path: Path) -> None:
    assert main(command(pictures, tmp_path, 80, "--name", "mine")) == 0
    leftover = tmp_path / "mine" / "checkpoints" / ".000000000090.0a1b2c3d.part"
    leftover.mkdir()
    (leftover / "state.safetensors").write_bytes(b"half")
    assert main(command(pictures, tmp_path, 160, "--name", "mine")) == 0
    assert not leftover.exists()


def test_a_model_is_not_saved_over_a_run(pictures: Path, tmp_path: Path) -> None:
    assert main(command(pictures, tmp_path, 80, "--name", "mine")) == 0
    before = (tmp_path / "mine" / "config.json").read_bytes()
    with pytest.raises(zerosum.ZerosumError, match="is not a model"):
        zerosum.load(tmp_path / "mine").save(tmp_path / "mine")
    assert (tmp_path / "mine" / "config.json").read_bytes() == before
