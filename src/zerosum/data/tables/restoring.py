"""Stored rows as a table that looks like the one that was learned from."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from zerosum.data.tables.codec import TableCodec
from zerosum.data.tables.storing import restored


def restored_frame(codec: TableCodec, rows: np.ndarray, numbers: Sequence[int]) -> pd.DataFrame:
    """Stored rows (n, learned columns) as a frame: the columns in their order, with their types and spellings.

    Args:
        codec: Of the table.
        rows: What was learned.
        numbers: Numbers of the rows, all different, which identifiers are made from.
    """
    index = {column.name: number for number, column in enumerate(codec.learned)}
    nothing = np.empty(len(rows))
    series = {
        column.name: restored(column, rows[:, index[column.name]] if column.learned else nothing, numbers)
        for column in codec.columns
        if column.kind != "text"
    }
    return pd.DataFrame(series)
