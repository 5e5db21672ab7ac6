"""Several processes that share a batch do what one process does, and stop and go on together."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from zerosum.core.events import read_events
from zerosum.train.checkpoint import checkpoints
from zerosum.train.folder import RunFolder
from zerosum.train.probe import FEWEST_ROUNDS
from zerosum.train.remote import request
from zerosum.train.status import status

R3GAN = ["--recipe", "r3gan", "--width", "16", "--group-width", "8", "--blocks", "1"]
R3GAN += ["--latent-dim", "8", "--class-embedding-dim", "8"]
GROWING = ["--recipe", "progressive", "--latent-dim", "8", "--channel-base", "64", "--largest-width", "8"]
GROWING += ["--stable-samples", "80", "--fade-samples", "80", "--batch-statistics", "none"]
GROWING += ["--loss", "non-saturating"]  # under a critic's loss the last biases have no gradient but rounding
ALONE = [sys.executable]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone"]
ACCELERATE = [
    *[sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2", "--num_machines", "1"],
    *["--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"],
]


def training(folder: Path, samples: int, name: str, recipe: list[str] = R3GAN) -> list[str]:
    """By default R3GAN with R1 and R2 on every round; in fp32, on random pictures in four classes; a batch of 16."""
    data = folder / "data.npz"
    if not data.exists():
        images = np.random.default_rng(0).integers(0, 256, (64, 16, 16, 3), dtype=np.uint8)
        np.savez(data, images=images, labels=np.arange(64) % 4)
    length = ["--samples", str(samples), "--batch", "16", "--precision", "fp32", "--log-rounds", "4"]
    train = ["-m", "zerosum", "train", str(data), *recipe, *length]
    return [*train, "--out", str(folder), "--name", name]


def run(launcher: list[str], arguments: list[str]) -> str:
    done = subprocess.run([*launcher, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def final_state(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(checkpoints(folder / "checkpoints")[-1] / "state.safetensors")


@pytest.mark.slow
@pytest.mark.parametrize("launcher", [TORCHRUN, ACCELERATE], ids=["torchrun", "accelerate"])
def test_two_processes_equal_one(launcher: list[str], tmp_path: Path) -> None:
    """After 20 rounds: the same weights, averages and optimizers, and one process speaks."""
    run(ALONE, training(tmp_path, 320, "one"))
    said = run(launcher, training(tmp_path, 320, "two"))
    one, two = final_state(tmp_path / "one"), final_state(tmp_path / "two")
    assert one.keys() == two.keys()
    torch.testing.assert_close(two, one, atol=1e-5, rtol=0)
    assert said.count("Contact sheet") == 1


@pytest.mark.slow
def test_networks_that_grow_in_two_processes_equal_those_in_one(tmp_path: Path) -> None:
    """Layers that are not used yet have no gradients to average."""
    run(ALONE, training(tmp_path, 320, "one", GROWING))
    run(TORCHRUN, training(tmp_path, 320, "two", GROWING))
    one, two = final_state(tmp_path / "one"), final_state(tmp_path / "two")
    assert one["generator/module/level.reached"].item() == pytest.approx(1.8)
    torch.testing.assert_close(two, one, atol=1e-5, rtol=1e-6)


@pytest.mark.slow
def test_two_processes_stop_together_and_go_on(tmp_path: Path) -> None:
    run(TORCHRUN, training(tmp_path, 3200, "whole"))
    started = subprocess.Popen(
        [*TORCHRUN, *training(tmp_path, 3200, "parts")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while not any(event["samples"] >= 160 for event in read_events(tmp_path / "parts" / "events.jsonl")):
        assert started.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    started.send_signal(signal.SIGTERM)
    _, complaint = started.communicate(timeout=60)
    assert "The same command goes on" in complaint
    stopped = checkpoints(tmp_path / "parts" / "checkpoints")[-1]
    assert 160 <= int(stopped.name) < 3200
    run(TORCHRUN, training(tmp_path, 3200, "parts"))
    whole, parts = final_state(tmp_path / "whole"), final_state(tmp_path / "parts")
    assert [name for name in whole if not torch.equal(whole[name], parts[name])] == []


@pytest.mark.slow
def test_two_processes_wait_and_go_on_together(tmp_path: Path) -> None:
    """A pause, a snapshot in it and going on are agreed on, and change nothing."""
    run(TORCHRUN, training(tmp_path, 640, "whole"))
    folder = RunFolder(tmp_path / "parts")
    started = subprocess.Popen(
        [*TORCHRUN, *training(tmp_path, 640, "parts")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )

    def wait_until(what: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 120
        while not what():
            assert started.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)

    def happened(kind: str) -> bool:
        return any(event["event"] == kind for event in read_events(folder.events))

    wait_until(lambda: happened("progress"))
    request(folder, "pause")
    wait_until(lambda: status(folder) == "paused")
    request(folder, "snapshot")
    wait_until(lambda: happened("checkpoint"))
    assert status(folder) == "paused"
    request(folder, "resume")
    _, complaint = started.communicate(timeout=120)
    assert started.returncode == 0, complaint
    paused = next(event for event in read_events(folder.events) if event["event"] == "paused")
    assert 0 < paused["samples"] < 640 and happened("resumed")
    whole, parts = final_state(tmp_path / "whole"), final_state(tmp_path / "parts")
    assert [name for name in whole if not torch.equal(whole[name], parts[name])] == []


@pytest.mark.slow
@pytest.mark.parametrize("paused", [False, True], ids=["playing", "paused"])
def test_two_processes_stop_when_they_are_asked(paused: bool, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "mine")
    started = subprocess.Popen(
        [*TORCHRUN, *training(tmp_path, 160000, "mine")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while not any(event["event"] == "progress" for event in read_events(folder.events)):
        assert started.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    if paused:
        request(folder, "pause")
    request(folder, "stop")
    _, complaint = started.communicate(timeout=60)
    assert started.returncode != 0 and complaint.count("The same command goes on") == 2, "both say so"
    assert status(folder) == "stopped" and folder.newest_checkpoint()


@pytest.mark.slow
def test_a_refusal_ends_all_processes(tmp_path: Path) -> None:
    run(ALONE, training(tmp_path, 32, "mine"))
    refused = subprocess.run(
        [*TORCHRUN, *training(tmp_path, 64, "mine"), "--penalties", "r1=1,r2=1"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert refused.returncode != 0
    assert refused.stderr.count("penalties: r1=2,r2=2 -> r1=1,r2=1") == 2, "each process says why"


@pytest.mark.slow
def test_a_dry_run_of_two_processes_ends(tmp_path: Path) -> None:
    said = run(TORCHRUN, [*training(tmp_path, 64, "dry"), "--dry-run"])
    assert "2 process(es)" in said and said.count("Speed:") == 1


@pytest.mark.slow
def test_parts_with_state_are_agreed_on(tmp_path: Path) -> None:
    """Which turns are due, and how much is augmented, is decided by what all processes saw: otherwise they hang."""
    parts = ["--pretrain-samples", "160", "--pretrain-accuracy", "0.6", "--augment", "ada", "--ada-samples", "400"]
    parts += ["--focus", "2", "--penalties", "r1=1,lecam", "--ada-target", "0", "--batch-statistics"]
    run(TORCHRUN, [*training(tmp_path, 480, "parts"), *parts, "standard-deviation", "--probe-rounds", "7"])
    state = final_state(tmp_path / "parts")
    assert state["game/ada/probability"] > 0
    assert state["game/pretraining/accuracy"] != 0.5 and state["game/focus/difficulty"].abs().sum() > 0
    moved = [name for name in state if name.startswith("generator/optimizer") and name.endswith("/step")]
    assert moved and all(0 < state[name] < 30 for name in moved), "the generator waited, and then played"


@pytest.mark.slow
def test_one_process_says_when_to_look(tmp_path: Path) -> None:
    """Looks that come as often as time allows come no more often with two processes than with one."""
    run(TORCHRUN, training(tmp_path, 16 * 48, "looks"))
    looks = [event for event in read_events(tmp_path / "looks" / "events.jsonl") if event["event"] == "probe"]
    assert 1 <= len(looks) <= 48 / FEWEST_ROUNDS + 1, "and one for the last checkpoint"


@pytest.mark.slow
@pytest.mark.parametrize("on_alarm", ["stop", "autopilot"])
def test_an_alarm_reaches_all_processes(on_alarm: str, tmp_path: Path) -> None:
    hopeless = ["--optimizer.rate", "1e-9", "--optimizer.final-rate", "1e-9", "--probe-rounds", "4"]
    arguments = [*training(tmp_path, 640, "hopeless"), *hopeless, "--on-alarm", on_alarm]
    ended = subprocess.run([*TORCHRUN, *arguments], capture_output=True, text=True, timeout=300)
    assert "src/zerosum" not in ended.stderr, "no traceback of ours; the launcher has one of its own"
    events = read_events(tmp_path / "hopeless" / "events.jsonl")
    found = [event["failure"] for event in events if event["event"] == "finding" and event["level"] == "alarm"]
    assert "no-progress" in found
    if on_alarm == "stop":
        assert ended.returncode != 0 and ended.stderr.count("zerosum: no-progress") == 2
        assert [event["event"] for event in events].count("stopped") == 1
    else:
        assert [event["event"] for event in events].count("treated") >= 1
