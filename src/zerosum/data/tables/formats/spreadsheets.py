"""Excel workbooks: the first sheet is the table."""

import datetime
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas

from zerosum.core.errors import DataError
from zerosum.data.tables.formats.form import Form, Opened, check_names
from zerosum.data.tables.formats.places import Place
from zerosum.data.tables.formats.streams import first_line
from zerosum.data.tables.formats.values import python_values, typed_frame

MOST_ROWS = 1_048_575
"""Rows of a sheet without that of the names."""

MOST_COLUMNS = 16_384
MOST_CHARACTERS = 32_767
"""Characters of a cell."""


def open_workbook(place: Place) -> Opened:
    """The first sheet of a workbook, read whole; formulas are the values that were saved with them.

    For the types see `values.typed_frame`; text is str, and dates are datetime64.

    Raises:
        DataError: The file is no workbook.
    """
    path = place.path
    rows, others = _rows(path)
    while rows and all(value is None for value in rows[-1]):  # rows that were formatted and never filled
        rows.pop()
    if not rows:
        raise DataError(f"The first sheet of {path} is empty.")
    width = max(max((index for index, value in enumerate(row, 1) if value is not None), default=0) for row in rows)
    rows = [(*row[:width], *[None] * (width - len(row))) for row in rows]
    names = [None if name is None else str(name) for name in rows[0]]
    check_names(list(names), str(path))
    frame = typed_frame(rows[1:], [str(name) for name in names], str(path))
    quoted = ", ".join(f'"{name}"' for name in others)
    notes = (f"Only the first sheet of {path} is read; not used: {quoted}.",) if others else ()

    def read(most: int) -> Iterator[pandas.DataFrame]:
        for start in range(0, len(frame), most):
            yield frame.iloc[start : start + most].reset_index(drop=True)

    return Opened(Form("excel"), read, place.stem, str(path), notes)


def write_workbook(frame: pandas.DataFrame, path: Path) -> None:
    """Write a table as the only sheet of a workbook. Text that begins with "=" stays text.

    Raises:
        DataError: The table is larger than a sheet, or holds what a cell cannot.
    """
    import openpyxl
    from openpyxl.utils.exceptions import IllegalCharacterError

    if len(frame) > MOST_ROWS or len(frame.columns) > MOST_COLUMNS:
        raise DataError(
            f"The table has {len(frame):,} rows and {len(frame.columns):,} columns; a sheet of Excel has at most "
            f"{MOST_ROWS:,} and {MOST_COLUMNS:,}. Write a .csv or .parquet file instead."
        )
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Sheet1")
    columns = [python_values(frame.iloc[:, index]) for index in range(len(frame.columns))]
    try:
        sheet.append([_cell(sheet, name) for name in frame.columns])
        for row in zip(*columns, strict=True):
            sheet.append([_cell(sheet, value) for value in row])
    except IllegalCharacterError as error:
        raise DataError("The table holds control characters, which Excel cannot. Write a .csv file instead.") from error
    finally:
        workbook.save(path)  # also after an error: it ends the sheet, which keeps a file open


def _rows(path: Path) -> tuple[list[tuple[Any, ...]], list[str]]:
    """All rows of the first sheet, and the names of the others."""
    import openpyxl

    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and the like
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
            first, *others = workbook.worksheets
            rows = list(first.iter_rows(values_only=True))
            workbook.close()
    except Exception as error:  # what is no workbook raises many kinds of exception
        raise DataError(
            f"{path} cannot be read as an Excel workbook: {first_line(error)}. Is it one, complete and without a "
            "password? Older .xls files must be saved as .xlsx."
        ) from error
    return rows, [sheet.title for sheet in others]


def _cell(sheet: Any, value: Any) -> Any:
    """A cell; text is marked as such, which would be a formula or an error otherwise."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, float) and value - value != 0:
        raise DataError(
            "The table holds an infinite number, which Excel cannot. Write a .csv or .parquet file instead."
        )
    if isinstance(value, datetime.datetime) and (value.tzinfo is not None or value.year < 1900):
        value = value.isoformat(sep=" ")  # neither zones nor earlier years exist in Excel
    elif isinstance(value, datetime.date) and value.year < 1900:
        value = value.isoformat()
    if not isinstance(value, str):
        return value
    if len(value) > MOST_CHARACTERS:
        raise DataError(
            f"The table holds a text of {len(value):,} characters; a cell of Excel holds at most {MOST_CHARACTERS:,}. "
            "Write a .csv or .parquet file instead."
        )
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell
