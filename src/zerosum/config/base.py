"""Strict JSON for frozen dataclasses: what is written can be read back, and nothing unknown is accepted."""

import dataclasses
import math
import types
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from zerosum.core.errors import SettingError, nearest_name

T = TypeVar("T")


def to_json(config: Any) -> Any:
    """A dataclass as plain JSON values; tuples become lists."""
    if dataclasses.is_dataclass(config):
        return {field.name: to_json(getattr(config, field.name)) for field in dataclasses.fields(config)}
    if isinstance(config, list | tuple):
        return [to_json(value) for value in config]
    return config


def from_json(kind: type[T], values: Any, where: str = "") -> T:
    """A dataclass of type `kind` from JSON values.

    Args:
        kind: The dataclass.
        values: A JSON object with a value for each of its fields, or fewer: the others keep their defaults.
        where: Name of the place that `values` came from, for error messages.

    Raises:
        SettingError: A key is unknown, a value has the wrong type, or a required one is missing.
    """
    where = where or kind.__name__
    if not isinstance(values, Mapping):
        raise SettingError(f"{where} must be an object with named settings; it is {values!r}.")
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for key in values:
        if key not in names:
            raise SettingError(f'{where} has no setting "{key}". {nearest_name(str(key), names)}.')
    known = {name: _parse(hints[name], values[name], f"{where}.{name}") for name in names if name in values}
    try:
        return kind(**known)
    except TypeError as error:
        raise SettingError(f"{where} is incomplete: {error}.") from error


def differences(old: Any, new: Any, prefix: str = "") -> list[str]:
    """The settings in which two configs differ, each as `name: old -> new`."""
    found = []
    for field in dataclasses.fields(new):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if dataclasses.is_dataclass(after) and type(before) is type(after):
            found += differences(before, after, f"{prefix}{field.name}.")
        elif before != after:
            found.append(f"{prefix}{field.name}: {before} -> {after}")
    return found


def check_numbers(config: Any, prefix: str = "") -> None:
    """Refuse numbers that mean nothing, whatever they are settings of.

    A whole number counts something, of which there is at least one; any other number is finite and not negative. A
    setting that can be switched off says so with None.

    Raises:
        SettingError: A number is out of these bounds; the message names its flag.
    """
    for field in dataclasses.fields(config):
        value, name = getattr(config, field.name), f"{prefix}{field.name}"
        if dataclasses.is_dataclass(value):
            check_numbers(value, f"{name}.")
        for number in value if isinstance(value, tuple) else (value,):
            flag = f"--{name.replace('_', '-')}"
            if isinstance(number, int) and not isinstance(number, bool) and number < 1:
                raise SettingError(f"{flag} is {number}; it must be at least 1.")
            if isinstance(number, float) and not 0 <= number < math.inf:
                raise SettingError(f"{flag} is {number}; it must be a finite number and not negative.")


def _parse(kind: Any, value: Any, where: str) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind):
        return from_json(kind, value, where)  # type: ignore[arg-type]
    if origin in (Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        (kind,) = [argument for argument in arguments if argument is not type(None)]
        return _parse(kind, value, where)
    if origin is Literal:
        if value not in arguments:
            raise SettingError(f"{where} is {value!r}; allowed: {', '.join(map(repr, arguments))}.")
        return value
    if origin is tuple and isinstance(value, list | tuple):
        items = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else list(arguments)
        if len(items) == len(value):
            return tuple(_parse(item, part, where) for item, part in zip(items, value, strict=True))
    elif kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif isinstance(kind, type) and isinstance(value, kind) and (kind is bool) == isinstance(value, bool):
        return value
    raise SettingError(f"{where} is {value!r}; it must be {getattr(kind, '__name__', kind)}.")
