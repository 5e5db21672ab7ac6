"""What it takes to draw one sample: passes through networks, multiplications, and numbers that are read."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from zerosum.train.model import Model


@dataclass(frozen=True)
class Cost:
    """What one sample takes.

    Attributes:
        passes: Through the networks.
        multiplications: Each with an addition.
        weights: Numbers that the networks have and that the sample depends on.
    """

    passes: int
    multiplications: int
    weights: int


class _Reading(TorchDispatchMode):
    """Notes which memory operations read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[int] = set()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        for value in _pytree.tree_leaves((args, kwargs)):
            if isinstance(value, torch.Tensor):
                self.read.add(value.untyped_storage().data_ptr())
        return func(*args, **(kwargs or {}))


@torch.no_grad()
def cost(model: Model) -> Cost:
    """What it takes to draw sample number 0, by drawing it."""
    passes: Counter[str] = Counter()
    handles = [
        network.register_forward_hook(lambda *_, name=name: passes.update([name]))
        for name, network in model.modules.items()
    ]
    reading = _Reading()
    try:
        with FlopCounterMode(display=False) as counted, reading:
            model.generate(model.latents([0]), model.conditions([0]))
    finally:
        for handle in handles:
            handle.remove()
    weights = {
        tensor.untyped_storage().data_ptr(): tensor.numel()
        for network in model.modules.values()
        for tensor in (*network.parameters(), *network.buffers())
    }
    read = sum(numel for place, numel in weights.items() if place in reading.read)
    return Cost(max(passes.values(), default=1), counted.get_total_flops() // 2, read)
