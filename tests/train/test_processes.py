"""Several processes that share a batch do what one process does."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from zerosum.train.checkpoint import checkpoints

SMALL = ["--width", "16", "--group-width", "8", "--blocks", "1", "--latent-dim", "8", "--class-embedding-dim", "8"]


@pytest.mark.slow
@pytest.mark.parametrize("launcher", ["torchrun", "accelerate"])
def test_two_processes_equal_one(launcher: str, tmp_path: Path) -> None:
    """R3GAN with R1 and R2 on every round, 20 rounds, fp32: the same weights, averages and optimizers."""
    images = np.random.default_rng(0).integers(0, 256, (64, 16, 16, 3), dtype=np.uint8)
    np.savez(tmp_path / "data.npz", images=images, labels=np.arange(64) % 4)
    train = ["train", str(tmp_path / "data.npz"), "--recipe", "r3gan", "--samples", "320", "--batch", "16", *SMALL]
    train += ["--precision", "fp32", "--device", "cpu", "--out", str(tmp_path)]
    one = [sys.executable, "-m", "zerosum"]
    two = {
        "torchrun": [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone"],
        "accelerate": [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2"]
        + ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"],
    }[launcher]
    for name, launch in (("one", one), ("two", [*two, "-m", "zerosum"])):
        done = subprocess.run([*launch, *train, "--name", name], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
    one_state, two_state = (
        load_file(checkpoints(tmp_path / name / "checkpoints")[-1] / "state.safetensors") for name in ("one", "two")
    )
    assert one_state.keys() == two_state.keys()
    torch.testing.assert_close(two_state, one_state, atol=1e-5, rtol=0)
    assert done.stdout.count("Contact sheet") == 1, "one process speaks"
