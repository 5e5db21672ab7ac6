"""Networks as their checkpoints describe them: what they are called, what they were made with, and their tensors."""

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.imports.machine import Record

PERSISTENT = "torch_utils.persistence._reconstruct_persistent_obj"
"""What the StyleGAN tools name for an object that carries its own source text."""

LAYERS = frozenset(
    [PERSISTENT]
    + [
        f"torch.nn.modules.{name}"
        for name in (
            "container.ModuleList",
            "container.ModuleDict",
            "container.Sequential",
            "conv.Conv2d",
            "linear.Linear",
            "linear.Identity",
        )
    ]
)
"""Names that networks are made of whichever system they belong to."""

MOST = 100_000
"""Modules of a network at most: a module may be a part of many, and theirs of many more."""


@dataclass(frozen=True)
class Network:
    """A network of a checkpoint.

    Attributes:
        name: Of its class.
        settings: What it was made with, by name.
        tensors: Parameters and saved buffers, by the names that a state dict has for them.
    """

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)


def network_of(value: Any) -> Network:
    """The network that a record describes.

    Raises:
        DataError: It describes none.
    """
    name, state = _described(value)
    settings = state.get("_init_kwargs", {})
    return Network(name, settings if isinstance(settings, dict) else {}, _tensors(value))


def _described(value: Any) -> tuple[str, dict[str, Any]]:
    """Name of the class and attributes of a recorded module."""
    if not isinstance(value, Record):
        raise DataError(f"it has a {type(value).__name__} where a network belongs")
    if value.name != PERSISTENT:
        return value.name.rsplit(".", 1)[-1], value.state
    match value.arguments:
        case ({"class_name": str(name), "state": dict(state)},):
            return name, state
    raise DataError("it has a network without a class or a state")


def _tensors(value: Any) -> dict[str, Tensor]:
    """The tensors of a module and of those within it, by the modules' names and their own."""
    tensors: dict[str, Tensor] = {}
    waiting: list[tuple[str, Any]] = [("", value)]
    for _ in range(MOST):
        if not waiting:
            return tensors
        prefix, module = waiting.pop()
        _, state = _described(module)
        parts = [state.get(name) or {} for name in ("_parameters", "_buffers", "_modules")]
        if not all(isinstance(part, dict) for part in parts):
            raise DataError("it has a network whose parameters have no names")
        parameters, buffers, modules = parts
        passing = state.get("_non_persistent_buffers_set") or ()
        kept = {name: buffer for name, buffer in buffers.items() if name not in passing}
        own = {f"{prefix}{name}": tensor for name, tensor in {**parameters, **kept}.items()}
        tensors |= {name: tensor for name, tensor in own.items() if isinstance(tensor, Tensor)}
        waiting += [(f"{prefix}{name}.", inner) for name, inner in modules.items() if inner is not None]
    raise DataError(f"it has a network of more than {MOST:,} modules")
