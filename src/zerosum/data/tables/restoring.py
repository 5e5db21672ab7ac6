"""Stored rows as a table that looks like the one that was learned from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from zerosum.data.tables.columns.storing import restored
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.data.tables.formats.places import place_of
from zerosum.data.tables.formats.writing import write_frame


def restored_frame(codec: TableCodec, rows: np.ndarray, numbers: Sequence[int], spelled: bool = False) -> pd.DataFrame:
    """Stored rows (n, learned columns) as a frame: the columns in their order, without those of free text.

    Args:
        codec: Of the table.
        rows: What was learned.
        numbers: Numbers of the rows, all different, which identifiers are made from.
        spelled: Whether what was delimited text is to be text again, spelled alike; otherwise numbers are numbers. Text
            of other tables always is.
    """
    spelled = spelled or codec.form.kind != "csv"
    index = {column.name: number for number, column in enumerate(codec.learned)}
    nothing = np.empty(len(rows))
    series = {
        column.name: restored(column, rows[:, index[column.name]] if column.learned else nothing, numbers, spelled)
        for column in codec.columns
        if column.kind != "text"
    }
    return pd.DataFrame(series)


def write_rows(codec: TableCodec, rows: np.ndarray, numbers: Sequence[int], target: Path | str) -> str:
    """Write stored rows to a file or a database, in text as the table was spelled; returns where they went.

    Raises:
        DataError: The target cannot hold them, or is a table of a database that exists.
        SettingError: The target's suffix is unknown.
    """
    place = place_of(target)
    frame = restored_frame(codec, rows, numbers, spelled=place is not None and place.kind == "csv")
    return write_frame(frame, target, codec.form)
