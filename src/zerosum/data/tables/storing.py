"""A column's entries as stored numbers, and back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from zerosum.core.errors import DataError
from zerosum.data.tables import spelling
from zerosum.data.tables.columns import TEXT, Column
from zerosum.data.tables.identifiers import identifiers
from zerosum.data.tables.spelling import MISSING, Series
from zerosum.data.tables.tally import entries, is_text


def stored(column: Column, series: Series, first: int = 0) -> np.ndarray:
    """The entries (n,) of a learned column as float64: numbers, seconds, or indices of levels; NaN where missing.

    Args:
        column: What the column is.
        series: A chunk of its entries.
        first: Number of the chunk's first row, for messages.

    Raises:
        DataError: An entry is not what the column is, or is infinite.
    """
    values = entries(series, column.name)
    codes, different = pd.factorize(values, use_na_sentinel=True)
    texts = is_text(values)
    found = _levels(column, different) if column.levels else _numbers(column, different, texts)
    found = np.append(found, np.nan)  # which the index -1 of missing entries finds
    result = found[codes]
    known = codes >= 0
    if texts:
        known &= ~np.append(np.array([text in MISSING for text in different], bool), True)[codes]
    wrong = np.flatnonzero(known & ~np.isfinite(result))
    if len(wrong):
        entry = str(series.iloc[wrong[0]])[:40]
        what = "is infinite" if entry.lstrip("-").lower().startswith("inf") else f"is no {column.kind}"
        raise DataError(
            f'The column "{column.name}" was taken for {column.kind}, and its entry "{entry}" in row '
            f"{first + int(wrong[0]) + 1:,} {what}. Correct it or leave it empty, or say what the column is with "
            f"--column."
        )
    return np.where(known, result, np.nan)


def restored(column: Column, values: np.ndarray, numbers: Sequence[int], spelled: bool) -> Series:
    """A column as the table had it.

    Args:
        column: What the column is.
        values: Stored entries (n,) of a learned column; ignored for others.
        numbers: Numbers of the rows, all different, which identifiers are made from.
        spelled: Whether what was text is to be text, spelled alike; otherwise numbers are numbers and times are times.
    """
    if column.kind == "identifier":
        return _typed(column, _identifiers(column, numbers))
    if column.kind == "constant":
        (level,) = column.levels or (None,)
        return _typed(column, [level] * len(numbers))
    known = np.isfinite(values)
    if column.levels:
        levels = np.array([*column.levels, None], dtype=object)
        texts = levels[np.where(known, values, len(column.levels)).astype(np.int64)]
        texts[~known] = _absent(column, spelled)
        return _typed(column, texts)
    if column.dtype != TEXT or not spelled:
        return _numbers_as(column, values, known)
    texts = np.full(len(values), _absent(column, spelled), dtype=object)
    texts[known] = _spelled(column, values[known])
    return pd.Series(texts, dtype=object)


def _absent(column: Column, spelled: bool) -> str | None:
    """What stands for a missing entry."""
    return (column.missing_as or None) if spelled and column.dtype == TEXT else None


def _levels(column: Column, different: pd.Index | np.ndarray) -> np.ndarray:
    """The index of the level of each entry; NaN for what is none."""
    index = {level: number for number, level in enumerate(column.levels)}
    return np.array([index.get(str(value), np.nan) for value in different], np.float64)


def _numbers(column: Column, different: pd.Index | np.ndarray, texts: bool) -> np.ndarray:
    """The number that each entry stands for; NaN for what is none."""
    if texts:
        spelled = [str(value) for value in different]
        if column.kind == "date":
            return spelling.read_dates(spelled, column.form)
        if column.kind == "duration":
            return np.array([_or_nan(spelling.clock_seconds([text])) for text in spelled], np.float64)
        return spelling.read_numbers(spelled, column.comma)
    series = pd.Series(different)
    if column.kind == "date":
        return spelling.seconds_of(series)
    if column.kind == "duration":
        return (series / pd.Timedelta(seconds=1)).to_numpy(np.float64)
    return series.to_numpy(np.float64)


def _or_nan(seconds: np.ndarray | None) -> float:
    return np.nan if seconds is None else float(seconds[0])


def _spelled(column: Column, values: np.ndarray) -> list[str]:
    if column.kind == "date":
        return spelling.write_dates(values, column.form, column.decimals, column.offset)
    if column.kind == "duration":
        return spelling.write_clock(values, column.form.endswith("%S"))
    return spelling.write_numbers(values, column.decimals, column.comma)


def _identifiers(column: Column, numbers: Sequence[int]) -> list[str]:
    if column.form:
        return identifiers(column.form, numbers)
    return [str(int(column.low) + number) for number in numbers]  # they count rows


def _numbers_as(column: Column, values: np.ndarray, known: np.ndarray) -> Series:
    """Numbers, times and durations in the column's pandas type, or in the usual one for what was text."""
    usual = {"integer": "int64" if known.all() else "Int64", "decimal": "float64", "duration": "timedelta64[us]"}
    usual["date"] = "datetime64[us, UTC]" if column.offset or column.form.endswith("Z") else "datetime64[us]"
    dtype = usual[column.kind] if column.dtype == TEXT else column.dtype
    if column.kind == "date":
        times = spelling.times_of(values)
        zone = getattr(pd.api.types.pandas_dtype(dtype), "tz", None)
        times = times if zone is None else times.dt.tz_localize("UTC").dt.tz_convert(zone)
        return times.astype(dtype) if "datetime64" in dtype else times
    if column.kind == "duration":
        ticks = np.where(known, np.round(np.where(known, values, 0) * 1e6), 0).astype(np.int64)
        return pd.Series(ticks.astype("timedelta64[us]")).where(known).astype(dtype)
    series = pd.Series(values)
    if column.kind == "integer":
        series = series.round()
    if dtype.startswith(("int", "uint")) and not known.all():
        dtype = dtype.replace("uint", "UInt").replace("int", "Int")  # numpy's integers cannot be missing
    return series.astype(dtype)


def _typed(column: Column, texts: Sequence[str | None] | np.ndarray) -> Series:
    """Levels and identifiers, which are kept as text, in the column's type."""
    series: Any = pd.Series(np.asarray(texts, dtype=object), dtype=object)
    if column.dtype == TEXT or column.dtype in ("object", "str"):
        return series
    if column.dtype == "category":
        order = column.kind == "ordinal"
        return series.astype(pd.CategoricalDtype(list(column.levels), ordered=order) if column.levels else "category")
    if column.dtype.startswith(("bool", "Bool")):
        series = series.map({"True": True, "False": False}, na_action="ignore")
    elif not column.dtype.startswith("string"):
        series = pd.to_numeric(series)
    return series.astype(column.dtype)
