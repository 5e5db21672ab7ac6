"""A person's own code, by where it is.

Naming code is asking for it to be run. A file of weights or a pickle, which looks like data, is never run.
"""

import hashlib
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from zerosum.core.errors import DataError, SettingError

_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib", ".npy", ".npz", ".safetensors", ".onnx")


def code_by_path(name: str, wanted: str) -> Any:
    """What `package.module:attribute` or `file.py:attribute` names.

    Args:
        name: Where it is.
        wanted: What it is to be, for messages.

    Raises:
        SettingError: What is named is no code.
        DataError: The code cannot be imported.
    """
    place, _, attribute = name.rpartition(":")
    refuse_weights(place or attribute)
    if not place or not attribute.isidentifier():
        raise SettingError(
            f'"{name}" names no code; write "package.module:attribute" or "file.py:attribute", where the attribute is '
            f"{wanted}."
        )
    try:
        code = _file_as_module(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except Exception as error:  # the code is the person's own, and so is what may go wrong in it
        raise DataError(f"{place} cannot be imported: {type(error).__name__}: {error}.") from error
    if attribute not in vars(code):
        raise SettingError(f'{place} has no "{attribute}"; name {wanted}.')
    return vars(code)[attribute]


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
