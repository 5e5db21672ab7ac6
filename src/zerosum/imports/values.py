"""What the functions that a checkpoint names stand for, rebuilt by ours: tensors, numbers, dictionaries."""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.imports.machine import Builder, Record, key

STORAGE_TYPES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
"""Types of numbers, by the class that PyTorch's files name for what holds them."""

_SCALARS = {"f2": "e", "f4": "f", "f8": "d", "b1": "?"} | {
    f"{sign}{size}": code if sign == "i" else code.upper()
    for size, code in ((1, "b"), (2, "h"), (4, "i"), (8, "q"))
    for sign in ("i", "u")
}
"""Codes of `struct` for NumPy's types of single numbers."""

_MULTIARRAYS = ("numpy.core.multiarray", "numpy._core.multiarray")
"""NumPy's module of arrays, before and since its version 2."""

RECORDED = frozenset(
    ["numpy.dtype", "numpy.ndarray", "torch.device", "torch.Generator"]
    + [f"{module}._reconstruct" for module in _MULTIARRAYS]
    + [f"torch.{where}{name}" for where in ("", "cuda.") for name in STORAGE_TYPES]
    + [f"torch.{name}" for name in ("float64", "float32", "float16", "bfloat16", "int64", "int32", "uint8", "bool")]
)
"""Names that occur in checkpoints beside networks and are kept as they are."""


@dataclass(frozen=True, eq=False)
class Storage:
    """The numbers that one or more tensors are views of, shape (numbers,)."""

    numbers: Tensor


def storage_of(kind: Any, raw: bytes | bytearray) -> Storage:
    """Bytes as the numbers that they stand for, little end first.

    Args:
        kind: The class that the file names for them, as a name such as "torch.FloatStorage".
        raw: The bytes.

    Raises:
        DataError: The class is unknown, or the bytes are no whole number of numbers.
    """
    name = str(kind).rsplit(".", 1)[-1]
    if name not in STORAGE_TYPES:
        raise DataError(f"it holds numbers of the type {kind}, which is not known")
    dtype = STORAGE_TYPES[name]
    if len(raw) % dtype.itemsize:
        raise DataError(f"it is damaged: {len(raw)} bytes are no whole number of {name}")
    if not raw:
        return Storage(torch.empty(0, dtype=dtype))
    return Storage(torch.frombuffer(bytearray(raw), dtype=dtype))


def tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Tensor:
    """A view of a storage, if there is as much in it: as `torch._utils._rebuild_tensor_v2` has it.

    Raises:
        DataError: It reaches beyond the storage, or has more numbers than that holds.
    """
    if not isinstance(storage, Storage):
        raise DataError("it has a tensor without numbers")
    if not (_whole([offset]) and _whole(size) and _whole(stride) and len(size) == len(stride)):
        raise DataError("it has a tensor whose shape is not made of whole numbers")
    count, available = math.prod(size), len(storage.numbers)
    reach = (
        offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True)) + 1 if count else offset
    )
    if count > available or reach > available:
        raise DataError(f"it has a tensor of {count:,} numbers where {available:,} are stored")
    return storage.numbers.as_strided(size, stride, offset)


def _whole(values: Any) -> bool:
    return isinstance(values, Sequence) and all(type(value) is int and value >= 0 for value in values)


def parameter(data: Any, *_: Any) -> Any:
    """A parameter is its tensor here."""
    return data


def dictionary(pairs: Sequence[Sequence[Any]] = ()) -> dict[Any, Any]:
    """A dictionary of any kind."""
    return {key: value for key, value in pairs}


def scalar(kind: Any, raw: Any) -> int | float | bool:
    """A single number of NumPy's.

    Raises:
        DataError: It is of no known type.
    """
    code = kind.arguments[0] if isinstance(kind, Record) and kind.arguments else None
    if code not in _SCALARS or not isinstance(raw, bytes):
        raise DataError("it has a number of a type that is not known")
    return struct.unpack(f"<{_SCALARS[code]}", raw)[0]


def encoded(text: str, *_: Any) -> bytes:
    """Bytes that old pickles have as text, one character each."""
    return text.encode("latin-1")


def unique(members: Sequence[Any] = ()) -> set[Any]:
    """A set, as old pickles make one."""
    return {key(member) for member in members}


def no_bytes() -> bytes:
    """What old pickles have for bytes of which there are none."""
    return b""


BUILDERS: dict[str, Builder] = {
    "__builtin__.set": unique,
    "builtins.set": unique,
    "__builtin__.bytes": no_bytes,
    "collections.OrderedDict": dictionary,
    "collections.defaultdict": lambda *_: {},
    "dnnlib.util.EasyDict": dictionary,
    "torch.Size": lambda size=(): tuple(size),
    "torch._utils._rebuild_tensor": tensor,
    "torch._utils._rebuild_tensor_v2": tensor,
    "torch._utils._rebuild_parameter": parameter,
    "_codecs.encode": encoded,
} | {f"{module}.scalar": scalar for module in _MULTIARRAYS}
"""By the name in the file, what is called in place of it."""
