"""Checkpoints of the published networks with small random weights, and what those networks make of recorded inputs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from zerosum.imports import r3gan
from zerosum.imports.files import read_checkpoint
from zerosum.imports.network import LAYERS, network_of

PARITY = Path(__file__).resolve().parents[3] / "shared" / "parity"


@pytest.fixture(scope="session")
def published() -> Callable[[str], tuple[dict[str, dict[str, Tensor]], dict[str, Tensor]]]:
    """Reads by name: tensors by network ("G_ema", "D") and name, and recorded inputs and outputs."""

    def read(name: str) -> tuple[dict[str, dict[str, Tensor]], dict[str, Tensor]]:
        if not (PARITY / f"{name}.pkl").exists():
            pytest.skip(f"no reference vectors in {PARITY}")
        checkpoint = read_checkpoint(PARITY / f"{name}.pkl", LAYERS | r3gan.RECORDED)
        with np.load(PARITY / f"{name}.npz") as file:
            arrays = {key: torch.from_numpy(file[key]) for key in file.files}
        return {network: network_of(checkpoint[network]).tensors for network in ("G_ema", "D")}, arrays

    return read
