"""The types of a table's entries: what a chunk's entries are, and entries given back in the type that they had.

A type has the name that pandas has for it, or one of these: "text" for objects that are str; "date", "time" and
"decimal(2)", with its digits behind the point, for Python's objects of these types; "category" and, where its levels
are no texts, "category of int64".
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pandas as pd

from zerosum.core.errors import DataError
from zerosum.data.tables.columns.column import TEXT

Series = Any
"""A column of pandas, which describes its types too loosely for a type checker."""

Family = Literal["nothing", "text", "number", "truth", "time", "span"]

_OBJECTS: dict[str, tuple[Family, str]] = {
    "empty": ("nothing", TEXT),
    "string": ("text", TEXT),
    "boolean": ("truth", "boolean"),
    "integer": ("number", "Int64"),
    "floating": ("number", "float64"),
    "mixed-integer-float": ("number", "float64"),
    "decimal": ("number", "decimal"),
    "date": ("time", "date"),
    "datetime": ("time", "datetime64[us]"),
    "datetime64": ("time", "datetime64[us]"),
    "time": ("span", "time"),
    "timedelta": ("span", "timedelta64[us]"),
    "timedelta64": ("span", "timedelta64[us]"),
}
"""What objects are, by what pandas calls them."""

_ARROW_STRING = "string of pyarrow"
"""Arrow's own type, whose name pandas also has for one of its own."""

_DECIMAL = re.compile(r"decimal(?:\((\d+)\)|\d+\((\d+), (\d+)\)\[pyarrow\])")


@dataclass(frozen=True)
class Entries:
    """A chunk of one column's entries.

    Attributes:
        values: str, numbers, truth values, times in UTC or spans, as pandas has them.
        family: Which of these.
        dtype: Name of the type that they had.
        order: Levels of a categorical type that has an order.
    """

    values: Series
    family: Family
    dtype: str
    order: tuple[str, ...] = ()


def entries_of(series: Series, name: str, as_text: bool = False) -> Entries:
    """What a chunk's entries are.

    Args:
        series: The chunk.
        name: The column's.
        as_text: Whether entries of several types are texts, because a person says that they are levels.

    Raises:
        DataError: They are of several types, or of one that no table has.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype):
        return _of_arrow(series, name)
    if isinstance(dtype, pd.CategoricalDtype):
        texts = series.astype(object).map(str, na_action="ignore")
        inner = name_of(dtype.categories.dtype)
        order = tuple(map(str, dtype.categories)) if dtype.ordered else ()
        return Entries(texts, "text", "category" if inner == TEXT else f"category of {inner}", order)
    if pd.api.types.is_object_dtype(dtype):
        return _of_objects(series, name, as_text)
    if isinstance(dtype, pd.StringDtype):
        return Entries(series.astype(object), "text", name_of(dtype))
    if pd.api.types.is_bool_dtype(dtype):
        return Entries(series, "truth", name_of(dtype))
    if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype):
        return Entries(series, "number", name_of(dtype))
    if dtype.kind == "M":
        utc = series.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(dtype, "tz", None) is not None else series
        return Entries(utc, "time", name_of(dtype))
    if dtype.kind == "m":
        return Entries(series, "span", name_of(dtype))
    raise DataError(
        f'The column "{name}" is of the type {dtype}; a table holds text, numbers, truth values, dates and durations. '
        "Convert it, or leave it out."
    )


def name_of(dtype: Any) -> str:
    """The name of a type of pandas."""
    if isinstance(dtype, pd.StringDtype) and dtype.na_value is pd.NA:
        return f"string[{dtype.storage}]"  # pandas itself does not say
    return TEXT if pd.api.types.is_object_dtype(dtype) else str(dtype)


def decimals_of_type(dtype: str) -> int | None:
    """How many digits behind the point the decimals of a type have; None for other types."""
    match = _DECIMAL.fullmatch(dtype)
    return int(match[1] or match[3]) if match else None


def given_back(series: Series, dtype: str) -> Series:
    """Entries in the type that they had.

    Args:
        series: As in `Entries`, or numbers of any type.
        dtype: The type's name; no category.
    """
    if dtype == TEXT:
        return series.astype(object)
    if dtype == "date":
        return series.dt.date.astype(object).where(series.notna(), None)
    if dtype == "time":
        return (pd.Timestamp(0) + series).dt.time.astype(object).where(series.notna(), None)
    if dtype.startswith("decimal("):
        return _decimals(series, decimals_of_type(dtype) or 0)
    if dtype.endswith("[pyarrow]") and not dtype.startswith("string") or dtype == _ARROW_STRING:
        return _to_arrow(series, dtype)
    kind = pd.api.types.pandas_dtype(dtype)
    zone = getattr(kind, "tz", None)
    if zone is not None:
        return series.dt.tz_localize("UTC").dt.tz_convert(zone).astype(kind)
    if kind.kind in "iu" and series.dtype.kind == "f":
        return _whole(series, dtype)
    return series.astype(nullable(dtype) if series.isna().any() else kind)


def nullable(dtype: str) -> str:
    """The type of pandas for what numpy's whole numbers and truth values cannot be: missing."""
    if dtype.startswith("uint"):
        return f"UI{dtype[2:]}"
    return f"I{dtype[1:]}" if dtype.startswith("int") else "boolean" if dtype == "bool" else dtype


def _of_objects(series: Series, name: str, as_text: bool) -> Entries:
    inferred = pd.api.types.infer_dtype(series, skipna=True)
    if inferred not in _OBJECTS:
        if as_text:
            return Entries(series.map(str, na_action="ignore"), "text", TEXT)
        sorts = sorted({type(value).__name__ for value in series.dropna().head(10_000)})
        raise DataError(
            f'The column "{name}" holds values of several types, or of one that no table has ({", ".join(sorts)}). '
            f'Convert it, have it taken for texts with --column "{name}=category", or leave it out with '
            f'--column "{name}=text".'
        )
    family, dtype = _OBJECTS[inferred]
    if family == "truth":
        return Entries(series.astype("boolean"), family, dtype)
    if family == "number":
        if inferred == "decimal":
            known = series.dropna()
            dtype = f"decimal({max((-value.as_tuple().exponent for value in known), default=0)})"
        numbers: Series = pd.to_numeric(series)
        if numbers.dtype == object:
            raise DataError(f'The column "{name}" has whole numbers beyond 64 bits; make them texts, or smaller.')
        return Entries(numbers if dtype != "Int64" else numbers.convert_dtypes(), family, dtype)
    if family == "time":
        return _of_times(series, dtype)
    if inferred == "time":
        series = series.map(lambda time: pd.Timedelta(str(time)), na_action="ignore")
    return Entries(pd.to_timedelta(series) if family == "span" else series, family, dtype)


def _of_times(series: Series, dtype: str) -> Entries:
    """Dates and times that are Python's objects, also those before 1678 and after 2262."""
    known = series.dropna()
    if len(known) and getattr(known.iloc[0], "tzinfo", None) is not None:
        return Entries(pd.to_datetime(series, utc=True).dt.tz_localize(None), "time", "datetime64[us, UTC]")
    objects = series.where(series.notna(), None).tolist()
    return Entries(pd.Series(np.array(objects, "M8[us]"), index=series.index), "time", dtype)


def _of_arrow(series: Series, name: str) -> Entries:
    from zerosum.data.tables.formats.typed import usual_types

    found = entries_of(usual_types(series), name)
    if found.dtype.startswith("category"):  # pandas cannot make Arrow's own by their name
        return found
    dtype = str(series.dtype)
    return Entries(found.values, found.family, _ARROW_STRING if dtype == "string[pyarrow]" else dtype)


def _to_arrow(series: Series, dtype: str) -> Series:
    import pyarrow

    match = _DECIMAL.fullmatch(dtype)
    made = pyarrow.string() if dtype == _ARROW_STRING else None
    if match:
        made = pyarrow.decimal128(int(match[2]), int(match[3]))
    kind: Any = pd.api.types.pandas_dtype(dtype) if made is None else pd.ArrowDtype(made)
    arrow = kind.pyarrow_dtype
    if match:
        series = _decimals(series, int(match[3]))
    elif pyarrow.types.is_date(arrow) or pyarrow.types.is_time(arrow):
        series = given_back(series, "date" if pyarrow.types.is_date(arrow) else "time")
    elif pyarrow.types.is_integer(arrow) and series.dtype.kind == "f":
        series = _whole(series, "Int64")
    elif pyarrow.types.is_timestamp(arrow) and arrow.tz is not None:
        series = series.dt.tz_localize("UTC")
    return pd.Series(pd.array(pyarrow.array(series, arrow, from_pandas=True), dtype=kind), index=series.index)


def _decimals(series: Series, decimals: int) -> Series:
    """Numbers as Python's decimals with so many digits behind the point."""
    unit = Decimal(1).scaleb(-decimals)
    texts = series.astype(object).map(lambda value: Decimal(str(value)).quantize(unit), na_action="ignore")
    return texts.astype(object).where(series.notna(), None)


def _whole(series: Series, dtype: str) -> Series:
    """Numbers as whole ones, in a type that can be missing where some are."""
    limits = np.iinfo(dtype.lower())
    # As floats, the largest whole numbers of 64 bits are one too large.
    high = np.nextafter(float(limits.max), 0) if limits.bits == 64 else float(limits.max)
    numbers = series.round().clip(float(limits.min), high)
    return numbers.astype(nullable(dtype) if numbers.isna().any() else dtype)
