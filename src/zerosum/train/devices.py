"""Which device to train on, and in which precision."""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import torch
from accelerate import Accelerator
from accelerate.utils import ProjectConfiguration, broadcast_object_list
from torch import nn

from zerosum.config.run import Run
from zerosum.core.errors import SettingError, nearest_name
from zerosum.core.space import Space

T = TypeVar("T")

TRACKERS = ("tensorboard", "wandb")


def start(run: Run) -> Accelerator:
    """Join the processes of this run, if it has several, and take the device that was asked for."""
    available = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "auto": True,
    }
    if not available[run.device]:
        usable = ", ".join(name for name, here in available.items() if here)
        raise SettingError(f"This machine's PyTorch has no {run.device} device. Usable here: {usable}.")
    if run.device == "mps" and available["cuda"]:
        raise SettingError("This machine trains on its CUDA card; leave --device at auto.")
    for tracker in run.log:
        if tracker not in TRACKERS:
            raise SettingError(f'There is no tracker "{tracker}" for --log. {nearest_name(tracker, TRACKERS)}.')
        if importlib.util.find_spec(tracker) is None:
            raise SettingError(f"The package {tracker} is not installed, so --log cannot use it: pip install {tracker}")
    # The place of the trackers' files is set once the run has its folder.
    place = ProjectConfiguration(project_dir=".", logging_dir=".")
    # Said outright, also where there is nothing but the processor: several processes only find each other then.
    processor = run.device == "cpu" or not (available["cuda"] or available["mps"])
    accelerator = Accelerator(cpu=processor, log_with=list(run.log) or None, project_config=place)
    if run.device not in ("auto", accelerator.device.type):
        raise SettingError(
            f"This process already trains on {accelerator.device.type}, and a process keeps its device. Start another "
            f"one to train on {run.device}."
        )
    return accelerator


def arrange(module: nn.Module, space: Space) -> nn.Module:
    """Lay a network's weights out in memory as its samples are: channels last for pictures.

    Pictures are stored so; convolutions then need no reordering. The values do not change.
    """
    if space.kind == "image":
        module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return module


def on_main(accelerator: Accelerator, action: Callable[[], T]) -> T:
    """Do something on process 0 alone and give all processes the result, or the error that it ended in."""
    if accelerator.num_processes == 1:
        return action()
    outcome: list[Any] = [None, None]
    if accelerator.is_main_process:
        try:
            outcome[0] = action()
        except Exception as error:  # of any kind: the others are waiting, and raise it too
            outcome[1] = error
    broadcast_object_list(outcome)
    if outcome[1] is not None:
        raise outcome[1]
    return outcome[0]


@contextmanager
def orderly_end() -> Iterator[None]:
    """Leave the other processes in good order, after all are done; a process that just ends may abort.

    On an error nobody is waited for, since the others may not come.
    """
    try:
        yield
        if torch.distributed.is_initialized():
            torch.distributed.barrier()
    finally:
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


@contextmanager
def suitable_threads(space: Space) -> Iterator[None]:
    """Compute on one thread where samples are so small that a second one would mostly wait for the first."""
    before = torch.get_num_threads()
    if space.kind == "points":
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def choose_precision(asked: str, device: torch.device, space: Space) -> Literal["fp32", "bf16"]:
    """The precision to compute in: the one that was asked for, or the best for this device and these samples.

    The choice depends on what the processor is, never on how fast it turns out to be, so that a seed means the same
    run. Points stay in fp32: 8 bits of mantissa are coarser than the data. Rows of tables are choices and numbers that
    are fine only within one.
    """
    if asked == "auto":
        return "bf16" if space.kind != "points" and computes_bf16(device) else "fp32"
    assert asked in ("fp32", "bf16")
    return asked


def computes_bf16(device: torch.device) -> bool:
    """Whether a device multiplies bf16 matrices natively."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16") or capabilities.get("bf16"))
    return False
