"""Rows of a comparison of tables, as metrics take them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.evaluation.comparison import Comparison

if TYPE_CHECKING:
    import pandas

KINDS = ("table",)
"""The kinds of samples that metrics of tables are usual for."""


def columns_of(comparison: Comparison) -> tuple[Column, ...]:
    """What the entries of stored rows are."""
    codec = comparison.codec
    assert isinstance(codec, TableCodec), "the metric refuses samples that are no rows of a table"
    return codec.learned


def numbers_of(columns: Sequence[Column]) -> np.ndarray:
    """Which columns are stored as numbers and not as choices, shape (k,), bool."""
    return np.array([column.is_number for column in columns], bool)


def frame_of(columns: Sequence[Column], rows: np.ndarray) -> "pandas.DataFrame":
    """Stored rows (n, k) as a frame: levels as text, dates as instants, everything else as float64."""
    import pandas

    def entries(column: Column, values: np.ndarray) -> "pandas.Series":
        if column.levels:
            levels = np.array([*column.levels, None], dtype=object)
            known = np.where(np.isnan(values), len(column.levels), values).astype(np.int64)
            return pandas.Series(levels[known], dtype=object)
        return pandas.Series(_instants(values) if column.kind == "date" else values)

    return pandas.DataFrame({c.name: entries(c, values) for c, values in zip(columns, rows.T, strict=True)})


def _instants(seconds: np.ndarray) -> np.ndarray:
    """Seconds since 1970 (n,) as instants to the microsecond; NaN as none."""
    known = np.isfinite(seconds)
    ticks = np.round(np.where(known, seconds, 0) * 1e6).astype(np.int64).astype("datetime64[us]")
    return np.where(known, ticks, np.datetime64("NaT", "us"))


def no_table(comparison: Comparison) -> str | None:
    """Why metrics of tables cannot be had, if so."""
    return None if comparison.space.kind == "table" else "it is for tables"
