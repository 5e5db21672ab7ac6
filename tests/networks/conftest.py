"""Checkpoints of the published networks with small random weights, and what those networks make of recorded inputs."""

import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

PARITY = Path(__file__).resolve().parents[3] / "shared" / "parity"


class Stub:
    """Stands for any class or function of the reference: called, it keeps what it is given and runs nothing."""

    def __init__(self, *arguments: Any) -> None:
        if arguments and isinstance(arguments[0], dict):  # a module, as its class, its source text and its state
            self.__setstate__(arguments[0]["state"])

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, dict):
            vars(self).update(state)


class StubUnpickler(pickle.Unpickler):
    """Rebuilds tensors and containers; every other global becomes a `Stub`, so that nothing from the file is run."""

    ALLOWED = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch._utils", "_rebuild_parameter"): torch._utils._rebuild_parameter,
        ("torch._utils", "_rebuild_tensor_v2"): torch._utils._rebuild_tensor_v2,
        ("torch.storage", "_load_from_bytes"): lambda data: torch.load(io.BytesIO(data), weights_only=True),
    }

    def find_class(self, module_name: str, global_name: str) -> Any:
        return self.ALLOWED.get((module_name, global_name)) or type(global_name, (Stub,), {})


def tensors_of(module: Stub, prefix: str = "") -> dict[str, Tensor]:
    """Names and values of the parameters and saved buffers of a pickled module and its submodules."""
    state = vars(module)
    left_out = state["_non_persistent_buffers_set"]
    own = state["_parameters"] | {name: v for name, v in state["_buffers"].items() if name not in left_out}
    found = {prefix + name: value.detach() for name, value in own.items() if value is not None}
    for name, submodule in state["_modules"].items():
        found |= tensors_of(submodule, f"{prefix}{name}.")
    return found


@pytest.fixture(scope="session")
def published() -> Callable[[str], tuple[dict[str, dict[str, Tensor]], dict[str, Tensor]]]:
    """Reads by name: tensors by network ("G_ema", "D") and name, and recorded inputs and outputs."""

    def read(name: str) -> tuple[dict[str, dict[str, Tensor]], dict[str, Tensor]]:
        if not (PARITY / f"{name}.pkl").exists():
            pytest.skip(f"no reference vectors in {PARITY}")
        with (PARITY / f"{name}.pkl").open("rb") as file:
            checkpoint = StubUnpickler(file).load()
        with np.load(PARITY / f"{name}.npz") as file:
            arrays = {key: torch.from_numpy(file[key]) for key in file.files}
        return {network: tensors_of(checkpoint[network]) for network in ("G_ema", "D")}, arrays

    return read
