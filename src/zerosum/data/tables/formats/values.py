"""Columns from Python values, as JSON lines, Excel and databases give them, and Python values from columns."""

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas

from zerosum.core.errors import DataError

_REFUSED = (list, tuple, dict, set, bytes, bytearray, memoryview)
_TYPES: dict[frozenset[type], Any] = {
    frozenset({bool}): "boolean",
    frozenset({int}): "Int64",
    frozenset({float}): np.float64,
    frozenset({int, float}): np.float64,
}


def typed_frame(rows: Sequence[Sequence[Any]], names: Sequence[str], source: str) -> pandas.DataFrame:
    """A table of rows of Python values.

    Whole numbers become Int64, numbers float64, truth values boolean, instants datetime64; anything else stays an
    object, with None where it is missing. The types are those of these rows: another piece may have others.

    Raises:
        DataError: A column holds lists, objects or bytes.
    """
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    series = [_typed(values, name, source) for values, name in zip(columns, names, strict=True)]
    frame = pandas.concat(series, axis=1) if series else pandas.DataFrame()
    frame.columns = pandas.Index(names, dtype=object)  # set last: names may be the same, which is told later
    return frame


def python_values(column: pandas.Series) -> list[Any]:
    """The values of a column as Python's own, with None where one is missing.

    Numbers of 32 and fewer bits become the shortest ones that mean the same: 0.1 and not 0.10000000149011612.
    """
    if column.dtype in (np.float32, np.float16):
        values: list[Any] = [float(str(value)) for value in column.to_numpy()]
    else:
        values = column.astype(object).tolist()
    missing = column.isna().to_numpy()
    if missing.any():
        values = [None if gone else value for value, gone in zip(values, missing, strict=True)]
    return values


def _typed(values: Sequence[Any], name: str, source: str) -> pandas.Series:
    """A column of the type that all values have in common."""
    kinds = frozenset(map(type, values)) - {type(None)}
    refused = next((kind for kind in kinds if issubclass(kind, _REFUSED)), None)
    if refused is not None:
        raise DataError(
            f'{source}: the column "{name}" holds values of the type {refused.__name__}; a table holds text, numbers, '
            "truth values and dates. Leave the column out, or write what it holds into columns of its own."
        )
    dtype: Any = _TYPES.get(kinds, object)
    if dtype == "Int64" and any(value is not None and not -(2**63) <= value < 2**63 for value in values):
        dtype = object
    if kinds == {datetime.datetime} and all(value is None or value.tzinfo is None for value in values):
        dtype = "datetime64[us]"  # nanoseconds would end in the year 2262
    return pandas.Series(list(values), dtype=dtype)
