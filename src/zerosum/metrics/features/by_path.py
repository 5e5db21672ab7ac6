"""A person's own feature network, by where its code is.

Naming code is asking for it to be run. A file of weights or a pickle, which looks like data, is never run.
"""

import hashlib
import importlib
import importlib.util
import inspect
import secrets
import sys
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor, nn

from zerosum.core.errors import DataError, SettingError
from zerosum.metrics.features.network import FeatureNetwork

_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib", ".npy", ".npz", ".safetensors", ".onnx")


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
    place, _, attribute = name.rpartition(":")
    refuse_weights(place or attribute)
    if not place or not attribute.isidentifier():
        raise SettingError(
            f'"{name}" names no network; write "package.module:attribute" or "file.py:attribute", where the attribute '
            "is a torch.nn.Module or a function without arguments that makes one."
        )
    try:
        code = _file_as_module(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except Exception as error:  # the code is the person's own, and so is what may go wrong in it
        raise DataError(f"{place} cannot be imported: {type(error).__name__}: {error}.") from error
    if attribute not in vars(code):
        raise SettingError(f'{place} has no "{attribute}"; name a torch.nn.Module in it, or a function that makes one.')
    found = vars(code)[attribute]
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


def refuse_weights(place: str) -> None:
    """A `SettingError` where a file of weights is named instead of code."""
    if place.lower().endswith(_PICKLES):
        raise SettingError(
            f"{place} is a file of weights or a pickle, not code. It does not say what the network is, and a pickle "
            "can run anything when it is opened, so it is not. Write a Python file that makes the network and loads "
            'its weights, and name it as "file.py:function".'
        )


def _file_as_module(path: Path) -> ModuleType:
    if not path.is_file():
        raise FileNotFoundError("there is no such file")
    name = f"zerosum_own_{path.stem}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses, for one, look up the module that they are in
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _code_of(kind: type) -> str:
    """A hash of the file that a class is written in; PyTorch's own classes go by its version."""
    if kind.__module__.split(".")[0] == "torch":
        return f"torch {torch.__version__}"
    try:
        return hashlib.sha256(Path(inspect.getfile(kind)).read_bytes()).hexdigest()
    except (OSError, TypeError):
        return secrets.token_hex(16)  # code that was typed in cannot be compared with anything later
