"""The one door to tables: a frame, a file or a database becomes `Frames`, which are read in pieces."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables.formats.form import Form, Opened, check_names
from zerosum.data.tables.formats.packages import need_packages
from zerosum.data.tables.formats.places import ALLOWED, Place, is_table, place_of

if TYPE_CHECKING:
    import pandas

__all__ = ["CHUNK_ROWS", "MOST_CELLS", "Form", "Frames", "is_table", "open_frames"]

CHUNK_ROWS = 100_000
"""Rows of a piece, fewer where they are wide."""

CHUNK_CELLS = 5_000_000
"""Cells of a piece: so many of text take some hundreds of megabytes."""

MOST_CELLS = 2**31
"""Rows times columns of a table."""

_FIRST_ROWS = 1000
"""Rows that are read to see that there are any."""


@dataclass(frozen=True)
class Frames:
    """A table that is read in pieces, as often as one likes.

    Attributes:
        name: A short name, such as that of the file without its suffix.
        source: An absolute path, a URL without its password, or "frame".
        form: How it was written.
        columns: Names of the columns in their order.
        notes: Sentences about what was left out.
    """

    name: str
    source: str
    form: Form
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    _read: "Callable[[int], Iterator[pandas.DataFrame]]" = field(repr=False, compare=False)

    def chunks(self) -> "Iterator[pandas.DataFrame]":
        """The table from its beginning, in pieces of at most `CHUNK_ROWS` rows, numbered from 0 in each.

        Delimited text gives columns of objects that are str, never missing. Parquet, Feather, Arrow, DuckDB and frames
        of Polars give Int8 to UInt64, boolean, float16 to float64, datetime64, timedelta64, category, and objects that
        are str, datetime.date, datetime.time or decimal.Decimal. JSON lines, Excel and other databases give Int64,
        boolean, float64, datetime64[us] and objects, and one piece may have other types than the next. A frame of
        pandas gives its own types.

        Raises:
            DataError: The table is damaged, has changed, or has more than `MOST_CELLS` cells.
        """
        rows = 0
        for piece in self._read(max(1, min(CHUNK_ROWS, CHUNK_CELLS // len(self.columns)))):
            if tuple(piece.columns) != self.columns:
                raise DataError(f"{self.source} has other columns than when it was opened. Start again.")
            rows += len(piece)
            if rows * len(self.columns) > MOST_CELLS:
                raise DataError(
                    f"{self.source} has more than {MOST_CELLS:,} cells: at least {rows:,} rows of {len(self.columns)} "
                    "columns. Take a sample of the rows, or fewer columns."
                )
            yield piece


def open_frames(source: Any, query: str | None = None) -> Frames:
    """Open a table; of large ones only the beginning is read.

    Args:
        source: A frame of pandas or Polars or anything that gives out an Arrow stream, a file's path, or a database's
            URL. A table of a database is named behind a "#", as in "shop.db#orders".
        query: A "select" for a database.

    Raises:
        DataError: The table is not there, damaged, empty, or its columns have no names of their own.
        SettingError: The query does not go with the source, or does more than read.
    """
    opened = _opened(source, query)
    with closing(cast(Any, opened.read(_FIRST_ROWS))) as pieces:
        first = next((piece for piece in pieces if len(piece)), None)
    if first is None:
        raise DataError(f"{opened.source} has no rows. A table needs at least one below the names of its columns.")
    names = list(first.columns)
    check_names(names, opened.source)
    return Frames(opened.name, opened.source, opened.form, tuple(names), opened.notes, opened.read)


def _opened(source: Any, query: str | None) -> Opened:
    if not isinstance(source, str | Path):
        need_packages("frame")
        return _in_memory(source, query)
    place = place_of(source)
    if place is None:
        raise DataError(f"{source} does not look like a table. Allowed: {ALLOWED}.")
    need_packages(place.kind)
    if place.engine != "server":
        _check_file(place)
    if place.kind == "sql":
        from zerosum.data.tables.formats.databases import open_database

        return open_database(place, query)
    if query is not None:
        raise SettingError(f"A query goes with a database; {source} is a file that is read whole.")
    return _from_file(place)


def _from_file(place: Place) -> Opened:
    """Open a file; its reader is imported when it is needed, because each brings a large package."""
    match place.kind:
        case "csv":
            from zerosum.data.tables.formats.delimited import open_delimited

            return open_delimited(place)
        case "jsonl":
            from zerosum.data.tables.formats.lines import open_lines

            return open_lines(place)
        case "excel":
            from zerosum.data.tables.formats.spreadsheets import open_workbook

            return open_workbook(place)
        case "parquet":
            from zerosum.data.tables.formats.typed import open_parquet

            return open_parquet(place)
        case _:
            from zerosum.data.tables.formats.typed import open_arrow

            return open_arrow(place)


def _in_memory(source: Any, query: str | None) -> Opened:
    import pandas

    from zerosum.data.tables.formats.typed import open_frame, open_stream

    if query is not None:
        raise SettingError("A query goes with a database; a frame is read whole.")
    if isinstance(source, pandas.DataFrame):
        if not len(source.columns):
            raise DataError("The frame has no columns.")
        return open_frame(source)
    if not hasattr(source, "__arrow_c_stream__"):
        raise DataError(
            f"A table is a frame of pandas or Polars, a path or a URL; what was given is a {type(source).__name__}."
        )
    return open_stream(source)


def _check_file(place: Place) -> None:
    if os.path.isdir(place.path):
        raise DataError(f"{place.path} is a folder; name the table's file in it.")
    if not os.path.exists(place.path):
        raise DataError(f"There is no file {place.path}.")
