"""A person's own feature network, by where its code is."""

import hashlib
import inspect
import secrets
from pathlib import Path

import torch
from torch import Tensor, nn

from zerosum.core.by_path import code_by_path
from zerosum.core.errors import DataError, SettingError
from zerosum.metrics.features.network import FeatureNetwork


class OwnNetwork(FeatureNetwork):
    """Any module from pictures (n, c, h, w) on [-1, 1] to features (n, f).

    Args:
        module: The network; it gets the pictures as they are, and is put into evaluation mode.
        name: What its features are called; None for the name of its class.
    """

    resize = "left to the network"
    together = 16

    def __init__(self, module: nn.Module, name: str | None = None) -> None:
        super().__init__()
        self.module = module
        self.name = name or type(module).__name__
        self.freeze()

    def features(self, x: Tensor) -> Tensor:
        """Pictures (n, c, h, w) on [-1, 1] to features (n, f)."""
        found = self.module(x)
        if not isinstance(found, Tensor) or found.dim() != 2 or len(found) != len(x) or not found.is_floating_point():
            what = f"shape {tuple(found.shape)}, {found.dtype}" if isinstance(found, Tensor) else type(found).__name__
            raise DataError(
                f"The feature network {self.name} made {what} from {len(x)} pictures; it must return one vector of "
                f"floating-point numbers for each, shape ({len(x)}, features)."
            )
        return found

    def _further_identity(self) -> list[str]:
        return sorted({_code_of(type(part)) for part in self.module.modules()})


def network_by_path(name: str) -> OwnNetwork:
    """The network that `package.module:attribute` or `file.py:attribute` names: a module, or a function that makes one.

    Args:
        name: Where it is; it is also what the features are called.

    Raises:
        SettingError: What is named is no code, or no module.
        DataError: The code cannot be imported, or fails.
    """
    found = code_by_path(name, "a torch.nn.Module, or a function without arguments that makes one")
    if callable(found) and not isinstance(found, nn.Module):
        try:
            found = found()
        except Exception as error:
            raise DataError(f"{name} cannot make a network: {type(error).__name__}: {error}.") from error
    if not isinstance(found, nn.Module):
        raise SettingError(
            f"{name} is of type {type(found).__name__}; it must be a torch.nn.Module, or a function without arguments "
            "that makes one."
        )
    return OwnNetwork(found, name)


def _code_of(kind: type) -> str:
    """A hash of the file that a class is written in; PyTorch's own classes go by its version."""
    if kind.__module__.split(".")[0] == "torch":
        return f"torch {torch.__version__}"
    try:
        return hashlib.sha256(Path(inspect.getfile(kind)).read_bytes()).hexdigest()
    except (OSError, TypeError):
        return secrets.token_hex(16)  # code that was typed in cannot be compared with anything later
