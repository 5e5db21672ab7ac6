"""Checkpoints as other tools write them, made here: networks with random weights in their tools' own form."""

import pickle
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor, nn

Writer = Callable[[Path, dict[str, Any]], Path]


class Persistent:
    """A module that pickles itself as the StyleGAN tools do: class, source text and state, by a function of theirs."""

    def __init__(self, name: str, tensors: dict[str, Tensor], settings: dict[str, Any]) -> None:
        self.name, self.settings = name, settings
        self.tensors = {name: tensor for name, tensor in tensors.items() if "." not in name}
        inner: dict[str, dict[str, Tensor]] = {}
        for path, tensor in tensors.items():
            if "." in path:
                head, rest = path.split(".", 1)
                inner.setdefault(head, {})[rest] = tensor
        self.modules = {head: Persistent("Part", part, {}) for head, part in inner.items()}

    def __reduce__(self) -> Any:
        state = {
            "training": False,
            "_parameters": {name: nn.Parameter(t) for name, t in self.tensors.items() if t.is_floating_point()},
            "_buffers": {"_nothing": None, "scratch": next(iter(self.tensors.values()), None)},
            "_non_persistent_buffers_set": {"scratch"},
            "_modules": self.modules,
            "_init_args": (),
            "_init_kwargs": self.settings,
        }
        meta = {"type": "class", "version": 6, "module_src": "", "class_name": self.name, "state": state}
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (meta,)


def _reconstruct_persistent_obj(meta: Any) -> Any:
    raise AssertionError("something from the file was run")


_reconstruct_persistent_obj.__module__ = "torch_utils.persistence"


@pytest.fixture
def snapshot(monkeypatch: pytest.MonkeyPatch) -> Writer:
    """Writes networks, each a class's name, tensors and settings, as a training snapshot; other things as they are."""
    module: Any = types.ModuleType("torch_utils.persistence")
    module._reconstruct_persistent_obj = _reconstruct_persistent_obj

    def write(path: Path, content: dict[str, Any]) -> Path:
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, "torch_utils", types.ModuleType("torch_utils"))
            patch.setitem(sys.modules, "torch_utils.persistence", module)
            with path.open("wb") as file:
                pickle.dump({key: Persistent(*v) if isinstance(v, tuple) else v for key, v in content.items()}, file)
        return path

    return write
