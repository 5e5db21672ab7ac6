"""What is known of a column's entries after all of them were seen once."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from zerosum.core.errors import DataError
from zerosum.data.tables.columns.dtypes import Family, Series, entries_of
from zerosum.data.tables.columns.spelling import MISSING

MOST_DISTINCT = 100_000
"""Different entries that are counted; a column with more is a number, an identifier or free text."""


@dataclass
class Tally:
    """The entries of one column, counted chunk by chunk.

    Attributes:
        name: The column's.
        as_text: Whether entries of several types are taken for texts.
        family: What entries are.
        dtype: Name of the type that they had.
        total: Entries seen.
        missing: How many were not there.
        spelled_missing: How often each spelling of a missing entry came; "" for those that were left out.
        counts: How often each different entry came, in the order in which they came first, up to `MOST_DISTINCT`.
        more: Whether there were more different ones.
        order: Levels of a categorical type, in its order, if it has one.
    """

    name: str
    as_text: bool = False
    family: Family = "nothing"
    dtype: str = ""
    total: int = 0
    missing: int = 0
    spelled_missing: Counter[str] = field(default_factory=Counter)
    counts: Series = field(default_factory=lambda: pd.Series(dtype=np.int64))
    more: bool = False
    order: tuple[str, ...] = ()

    def add(self, series: Series) -> None:
        """Count the entries of a chunk.

        Raises:
            DataError: They are neither numbers, texts, times nor truth values, or not all of them are.
        """
        found = entries_of(series, self.name, self.as_text)
        if found.family != "nothing" or not self.dtype:
            self._join(found.family, found.dtype, found.order)
        absent = int(found.values.isna().sum())
        self.total += len(series)
        self.missing += absent
        self.spelled_missing[""] += absent
        if found.family == "nothing" or (self.more and found.family != "text"):
            return
        counts = found.values.value_counts(sort=False)
        if found.family == "text":
            counts = self._without_missing(counts)
        if not self.more:
            self._count(counts)

    @property
    def known(self) -> int:
        """Entries that are there."""
        return self.total - self.missing

    @property
    def distinct(self) -> int:
        """Different entries that were counted."""
        return len(self.counts)

    @property
    def once(self) -> bool:
        """Whether each entry came once, as far as they were counted."""
        return self.more or self.distinct == self.known

    def _join(self, family: Family, dtype: str, order: tuple[str, ...]) -> None:
        """Take in what the entries of one more chunk are."""
        if self.family == "nothing":
            self.family, self.dtype, self.order = family, dtype, order
        elif family != self.family:
            raise DataError(
                f'The column "{self.name}" mixes types: first its entries are {_PLURAL[self.family]}, and later '
                f"{_PLURAL[family]}. Convert it, or leave the column out."
            )
        elif family == "number":
            # Some chunks had whole numbers only, or fewer digits.
            self.dtype = max(self.dtype, dtype, key=lambda name: (name.lower().startswith("float"), name))
        self.order += tuple(level for level in order if level not in self.order)

    def _without_missing(self, counts: Series) -> Series:
        spelled = counts.index.isin(MISSING)
        if spelled.any():
            self.missing += int(counts[spelled].sum())
            self.spelled_missing.update({str(text): int(count) for text, count in counts[spelled].items()})
        return counts[~spelled]

    def _count(self, counts: Series) -> None:
        if len(self.counts):
            counts = pd.concat([self.counts, counts]).groupby(level=0, sort=False).sum()
        self.more = len(counts) > MOST_DISTINCT
        self.counts = counts.head(MOST_DISTINCT)


_PLURAL: dict[Family, str] = {
    "nothing": "missing",
    "text": "texts",
    "number": "numbers",
    "truth": "truth values",
    "time": "dates",
    "span": "durations",
}
