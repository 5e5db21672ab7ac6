"""What is known of a column's entries after all of them were seen once."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from zerosum.core.errors import DataError
from zerosum.data.tables.spelling import MISSING, Series

MOST_DISTINCT = 100_000
"""Different entries that are counted; a column with more is a number, an identifier or free text."""


@dataclass
class Tally:
    """The entries of one column, counted chunk by chunk.

    Attributes:
        name: The column's.
        text: Whether entries are text; otherwise they have the type `dtype`.
        dtype: Name of the pandas type.
        total: Entries seen.
        missing: How many were not there.
        spelled_missing: How often each spelling of a missing entry came.
        counts: How often each different entry came, in the order in which they came first, up to `MOST_DISTINCT`.
        more: Whether there were more different ones.
        ordered: Levels of a categorical type, in its order, if it has one.
    """

    name: str
    text: bool = True
    dtype: str = ""
    total: int = 0
    missing: int = 0
    spelled_missing: Counter[str] = field(default_factory=Counter)
    counts: Counter[Any] = field(default_factory=Counter)
    more: bool = False
    ordered: tuple[str, ...] = ()

    def add(self, series: Series) -> None:
        """Count the entries of a chunk.

        Raises:
            DataError: They are neither numbers, texts, times nor truth values, or not all of them are.
        """
        values = entries(series, self.name)
        if not self.dtype:
            self.dtype, self.text = str(series.dtype), is_text(values)
            if isinstance(series.dtype, pd.CategoricalDtype) and series.dtype.ordered:
                self.ordered = tuple(str(level) for level in series.dtype.categories)
        self.total += len(values)
        self.missing += int(values.isna().sum())
        if self.more:
            self.missing += int(values.isin(MISSING).sum()) if self.text else 0
            return
        known = values.value_counts(sort=False)
        for value, count in known.items():
            if self.text and value in MISSING:
                self.spelled_missing[str(value)] += count
                self.missing += count
            elif value in self.counts or len(self.counts) < MOST_DISTINCT:
                self.counts[value] += count
            else:
                self.more = True

    @property
    def known(self) -> int:
        """Entries that are there."""
        return self.total - self.missing

    @property
    def distinct(self) -> int:
        """Different entries that were counted."""
        return len(self.counts)


def entries(series: Series, name: str) -> Series:
    """A column's entries as texts, or as pandas has their type: numbers, truth values, times.

    Raises:
        DataError: They are of several kinds, or of one that no table has.
    """
    if isinstance(series.dtype, pd.CategoricalDtype):
        return series.astype(object).map(str, na_action="ignore")
    if series.dtype != object:
        return series
    kind = pd.api.types.infer_dtype(series, skipna=True)
    if kind in ("string", "empty"):
        return series
    if kind in ("boolean",):
        return series.astype("boolean")
    if kind in ("date", "datetime", "datetime64"):
        return pd.to_datetime(series)
    if kind in ("decimal", "integer", "floating", "mixed-integer-float"):
        return pd.to_numeric(series)
    if kind in ("timedelta", "timedelta64"):
        return pd.to_timedelta(series)
    sorts = sorted({type(value).__name__ for value in series.dropna().head(10_000)})
    raise DataError(
        f'The column "{name}" holds values of several types ({", ".join(sorts)}). A column is of one type: convert it, '
        "or leave it out with --column NAME=text."
    )


def is_text(values: Series) -> bool:
    """Whether a column's entries are texts."""
    return bool(pd.api.types.is_object_dtype(values.dtype) or pd.api.types.is_string_dtype(values.dtype))
