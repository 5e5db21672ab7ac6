"""Stored rows as expressions look at them."""

from collections.abc import Collection, Sequence

import numpy as np

from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.language.truth import Kind, Values


def kinds_of(columns: Sequence[Column]) -> dict[str, Kind]:
    """What expressions take columns for, by name."""
    kinds: dict[str, Kind] = {"date": "date", "duration": "duration", "integer": "number", "decimal": "number"}
    return {column.name: kinds.get(column.kind, "text") for column in columns}


def values_of(columns: Sequence[Column], rows: np.ndarray, names: Collection[str]) -> dict[str, Values]:
    """Stored rows (n, columns) as expressions look at them: the columns with these names."""
    kinds, found = kinds_of(columns), {}
    for number, column in enumerate(columns):
        if column.name not in names:
            continue
        entries = rows[:, number]
        if column.is_number:
            found[column.name] = Values(kinds[column.name], numbers=entries)
        else:
            levels = np.array([*column.levels, None], dtype=object)
            index = np.where(np.isfinite(entries), entries, len(column.levels)).astype(np.int64)
            found[column.name] = Values("text", texts=levels[index])
    return found
