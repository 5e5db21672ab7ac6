"""A column's entries as stored numbers, and back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from zerosum.core.errors import DataError
from zerosum.core.seeding import seed_from
from zerosum.data.tables.columns import dates, durations, spelling
from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.columns.dtypes import Entries, Series, entries_of, given_back, name_of, nullable
from zerosum.data.tables.columns.identifiers import identifiers, whole_identifiers
from zerosum.data.tables.columns.spelling import MISSING, Digits


def stored(column: Column, series: Series, first: int = 0, strict: bool = True) -> np.ndarray:
    """The entries (n,) of a learned column as float64: numbers, seconds, or indices of levels; NaN where missing.

    Args:
        column: What the column is.
        series: A chunk of its entries.
        first: Number of the chunk's first row, for messages.
        strict: Whether entries that are not what the column is are an error; otherwise they become infinite.

    Raises:
        DataError: An entry is not what the column is, or is infinite.
    """
    found = entries_of(series, column.name, bool(column.levels))
    if found.family == "number" and not column.levels and column.kind in ("integer", "decimal"):
        known = found.values.notna().to_numpy()
        result = _numbers(found.values.where(known))
    else:
        codes, different = pd.factorize(found.values, use_na_sentinel=True)
        values = _levels(column, different) if column.levels else _read(column, found, different)
        known = codes >= 0
        if found.family == "text":
            absent = np.array([text in MISSING or text == column.missing_as for text in different], bool)
            known &= ~np.append(absent, True)[codes]
        result = np.append(values, np.nan)[codes]  # the index -1 of missing entries finds the last
    wrong = np.flatnonzero(known & ~np.isfinite(result))
    if len(wrong) and not strict:
        return np.where(known, np.where(np.isfinite(result), result, np.inf), np.nan)
    if len(wrong):
        raise _unlike(column, str(series.iloc[wrong[0]]), first + int(wrong[0]) + 1)
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
        return _identifiers(column, numbers, spelled)
    if column.kind == "constant":
        values = np.full(len(numbers), 0.0 if column.levels else np.nan)
    known = np.isfinite(values)
    if column.levels or column.kind == "constant":
        return _of_levels(column, np.where(known, values, -1).astype(np.int64), spelled)
    if column.is_text and spelled:
        texts = np.full(len(values), column.missing_as or None, dtype=object)
        texts[known] = _spelled(column, values[known])
        return given_back(pd.Series(texts, dtype=object), column.dtype)
    entries: Series = pd.Series(values)
    if column.kind == "date":
        entries = dates.times_of(values)
    elif column.kind == "duration":
        entries = durations.spans_of(values)
    elif column.kind == "integer":
        entries = entries.round()
    return given_back(entries, _plain_type(column) if column.is_text else column.dtype)


def _unlike(column: Column, entry: str, row: int) -> DataError:
    what = f"is no {column.kind}"
    if entry.lstrip("+-").lower().startswith("inf"):
        what = "is infinite"
    elif column.levels:
        what = f"is not among its {len(column.levels):,} levels"
    return DataError(
        f'The column "{column.name}" was taken for {column.kind}, and its entry "{entry[:40]}" in row {row:,} {what}. '
        f'Correct it or leave it empty, or say what the column is, as in --column "{column.name}=category".'
    )


def _levels(column: Column, different: Any) -> np.ndarray:
    """The index of the level of each entry; NaN for what is none.

    Entries that came from text may be given as numbers or truth values, which are spelled otherwise: 1.0, True.
    """
    index: dict[Any, int] = {_same(level): number for number, level in enumerate(column.levels)}
    index |= {level: number for number, level in enumerate(column.levels)}
    texts = [str(value) for value in different]
    return np.array([index.get(text, index.get(_same(text), np.nan)) for text in texts], np.float64)


def _same(text: str) -> object:
    """What spellings of one value have in common."""
    return float(text) if spelling.is_number(text, False) else (text.lower() if text in ("True", "False") else text)


def _read(column: Column, found: Entries, different: Any) -> np.ndarray:
    """The number that each entry stands for; NaN for what is none."""
    if found.family == "text":
        texts = [str(value) for value in different]
        if column.kind == "date":
            return dates.read_dates(texts, column.form)
        if column.kind == "duration":
            return durations.read_durations(texts)
        return spelling.read_numbers(texts, column.comma)
    series: Series = pd.Series(different)
    if column.kind == "date" and found.family == "time":
        return dates.seconds_of(series)
    if column.kind == "duration" and found.family == "span":
        return (series / pd.Timedelta(seconds=1)).to_numpy(np.float64)
    return np.full(len(series), np.nan)


def _numbers(series: Series) -> np.ndarray:
    """Numbers as float64; of fewer bits, the shortest decimal that means the same: 0.1 and not 0.10000000149."""
    if series.dtype in (np.float32, np.float16):
        return series.to_numpy().astype(str).astype(np.float64)
    return series.to_numpy(np.float64, na_value=np.nan)


def _spelled(column: Column, values: np.ndarray) -> list[str]:
    digits = Digits(column.decimals, column.fewest)
    if column.kind == "date":
        return dates.write_dates(values, column.form, digits, column.offset)
    if column.kind == "duration":
        return durations.write_durations(values, column.form, digits)
    return spelling.write_numbers(values, digits, column.comma)


def _plain_type(column: Column) -> str:
    """The usual type of what was text."""
    if column.kind == "date":
        if column.offset[:1] in ("+", "-"):
            return f"datetime64[us, UTC{column.offset}]"
        # Of several distances from UTC only the zone's clocks are known, and not its name.
        in_utc = column.offset or column.form.endswith(("Z", "UTC", "GMT"))
        return "datetime64[us, UTC]" if in_utc else "datetime64[us]"
    return {"integer": "int64", "decimal": "float64", "duration": "timedelta64[us]"}[column.kind]


def _of_levels(column: Column, codes: np.ndarray, spelled: bool) -> Series:
    """Entries that are levels, of their indices, -1 where missing, in the column's type."""
    levels = pd.Series(column.levels, dtype=object)
    if column.dtype.startswith("category"):
        kind = column.dtype.partition(" of ")[2]
        known: Any = pd.Index(_from_text(levels, kind) if kind else levels)
        return pd.Series(pd.Categorical.from_codes(codes, known, ordered=column.kind == "ordinal"))
    if column.is_text and spelled:
        levels = pd.Series([*column.levels, column.missing_as or None], dtype=object)
        return given_back(levels.iloc[codes].reset_index(drop=True), column.dtype)
    typed: Series = _plain(levels) if column.is_text else _from_text(levels, column.dtype)
    if (codes >= 0).all():
        return typed.iloc[codes].reset_index(drop=True)
    if typed.dtype == object:
        return typed.reindex(codes).where(codes >= 0, None).reset_index(drop=True)
    return typed.astype(nullable(name_of(typed.dtype))).reindex(codes).reset_index(drop=True)


def _from_text(texts: Series, dtype: str) -> Series:
    """Texts that entries of some type were turned into, as this type again."""
    if dtype.lower().startswith("bool"):
        return given_back(texts.map({"True": True, "False": False}).astype("boolean"), dtype)
    if "decimal" not in dtype and any(word in dtype for word in ("date", "timestamp")):
        return given_back(pd.Series(np.array(list(texts), "M8[us]")), dtype)
    if dtype == "time" or any(word in dtype for word in ("timedelta", "duration", "time64", "time32")):
        return given_back(pd.to_timedelta(texts), dtype)
    if dtype.startswith(("text", "str", "large_str")):
        return given_back(texts, dtype)
    return given_back(pd.to_numeric(texts), dtype)


def _plain(texts: Series) -> Series:
    """Levels that were text, as numbers or truth values where all are spelled so."""
    if spelling.digits_of(list(texts), False) is not None and len(texts):
        return pd.to_numeric(texts)
    if len(texts) and set(texts.str.lower()) <= {"true", "false"}:
        return texts.str.lower() == "true"
    return texts


def _identifiers(column: Column, numbers: Sequence[int], spelled: bool) -> Series:
    """Identifiers made anew, of which as many are missing as there were."""
    series: Series
    dtype = column.dtype.partition(" of ")[0]
    if column.form:
        series = pd.Series(identifiers(column.form, numbers), dtype=object)
    else:
        series = pd.Series(whole_identifiers(column.low, column.high, column.step or 1, numbers)).convert_dtypes()
        if column.is_text and spelled:
            series = series.map(str).astype(object)
        elif column.is_text:
            dtype = "int64"
    if column.missing:
        there = [seed_from("missing", column.name, int(number)) % 2**32 >= column.missing * 2**32 for number in numbers]
        series = series.where(there, (column.missing_as or None) if column.is_text and spelled else None)
    return given_back(series, dtype)
