"""Tables written as the first one was, whole or not at all."""

import datetime
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from zerosum.core.errors import DataError, SettingError
from zerosum.core.files import replacing
from zerosum.data.tables.formats.form import Form, check_names
from zerosum.data.tables.formats.packages import need_packages
from zerosum.data.tables.formats.places import ALLOWED, Place, place_of

if TYPE_CHECKING:
    import pandas

_SLICE = 100_000
"""Rows that are written at a time."""


def write_frame(frame: "pandas.DataFrame", target: Path | str, form: Form | None = None) -> str:
    """Write a table to where, and as, the target's name says.

    Args:
        frame: The values as they are to be written: text as text, numbers as numbers, None, NaN or NaT for missing.
            Its index is left out.
        target: A file's name with one of the suffixes that can be read, or a database and behind "#" a new table.
        form: How the table that this one is like was written; it is followed where delimited text is written.

    Returns:
        Where it went: an absolute path, or a URL without its password.

    Raises:
        DataError: The target cannot hold the table, or is a table of a database that exists.
        SettingError: The suffix is unknown, or no table is named.
    """
    place = place_of(target)
    if place is None:
        raise SettingError(f"{target} has no suffix of a table. Allowed: {ALLOWED}.")
    need_packages(place.kind)
    check_names(list(frame.columns), "The table to be written")
    if place.kind == "sql":
        from zerosum.data.tables.formats.databases import write_table

        return _refusals(place.table, lambda: write_table(frame, place))
    if place.path.is_dir():
        raise DataError(f"{place.path} is a folder; give the name of a file.")
    _refusals(str(place.path), lambda: _write_file(frame, place, form))
    return str(place.path)


def _refusals(name: str, write: Callable[[], Any]) -> Any:
    """What `write` returns; a column that the target cannot hold is a sentence."""
    import pyarrow

    from zerosum.data.tables.formats.streams import first_line

    try:
        return write()
    except UnicodeEncodeError as error:
        letter = error.object[error.start]
        raise DataError(
            f"{name} cannot hold the character {letter!r}, which the encoding {error.encoding} does not have. "
            "Write a .parquet file, or delimited text as UTF-8."
        ) from error
    except (pyarrow.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise DataError(f"The table cannot be written to {name}: {first_line(error)}.") from error
    except OSError as error:
        raise DataError(f"{name} cannot be written: {error.strerror or error}.") from error


def _write_file(frame: "pandas.DataFrame", place: Place, form: Form | None) -> None:
    with replacing(place.path) as path:
        _write_content(frame, path, place, form)


def _write_content(frame: "pandas.DataFrame", path: Path, place: Place, form: Form | None) -> None:
    from zerosum.data.tables.formats.delimiting import write_delimited
    from zerosum.data.tables.formats.spreadsheets import write_workbook
    from zerosum.data.tables.formats.streams import creating

    if place.kind in ("csv", "jsonl"):
        with creating(path, place.compression, place.stem + place.suffix) as stream:
            if place.kind == "csv":
                write_delimited(frame, stream, _text_form(place, form))
            else:
                _write_lines(frame, stream)
    elif place.kind == "excel":
        write_workbook(frame, path)
    else:
        _write_arrow(frame, path, place)


def _text_form(place: Place, form: Form | None) -> Form:
    """How delimited text is written: as the form says if it is of such, but always with tabs to .tsv."""
    usual = "\t" if place.suffix == ".tsv" else ","
    if form is None or form.kind != "csv":
        return Form("csv", delimiter=usual, missing=form.missing if form else "")
    return form if place.suffix == ".csv" else replace(form, delimiter=usual)


def _write_lines(frame: "pandas.DataFrame", stream: IO[bytes]) -> None:
    """One JSON object a line, with every key; dates and times are ISO 8601."""
    from zerosum.data.tables.formats.values import python_values

    names = list(frame.columns)
    for start in range(0, len(frame), _SLICE):
        part = frame.iloc[start : start + _SLICE]
        for row in zip(*(python_values(part.iloc[:, index]) for index in range(len(names))), strict=True):
            record = dict(zip(names, row, strict=True))
            line = json.dumps(record, ensure_ascii=False, allow_nan=False, default=_json_value)
            stream.write(line.encode("utf-8") + b"\n")


def _json_value(value: Any) -> Any:
    """What JSON has no type for: instants, dates and times in ISO 8601, decimals as numbers, the rest as text."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


def _write_arrow(frame: "pandas.DataFrame", path: Path, place: Place) -> None:
    import numpy as np
    import pandas
    import pyarrow
    import pyarrow.ipc
    import pyarrow.parquet

    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    for index, name in enumerate(frame.columns):
        if isinstance(frame.dtypes.iloc[index], pandas.CategoricalDtype):
            # pandas' code of a missing value is -1, which stays in the file and which Polars refuses.
            codes = frame[name].cat.codes.to_numpy()
            values = pyarrow.array(frame[name].cat.categories)
            indices = pyarrow.array(np.maximum(codes, 0), mask=codes < 0)
            column = pyarrow.DictionaryArray.from_arrays(indices, values, ordered=frame[name].cat.ordered)
            table = table.set_column(index, name, column)
    if place.kind == "parquet":
        pyarrow.parquet.write_table(table, path)
        return
    options = pyarrow.ipc.IpcWriteOptions(compression="lz4" if place.kind == "feather" else None)
    with pyarrow.ipc.new_file(str(path), table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=_SLICE)
