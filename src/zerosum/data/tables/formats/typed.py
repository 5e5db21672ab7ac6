"""Tables whose columns have types: Parquet, Feather and Arrow files, and frames in memory."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import pandas
import pyarrow
import pyarrow.ipc
import pyarrow.parquet

from zerosum.core.errors import DataError
from zerosum.data.tables.formats.form import Form, Opened
from zerosum.data.tables.formats.places import Place
from zerosum.data.tables.formats.streams import explained, first_line

_NULLABLE = {
    pyarrow.bool_(): pandas.BooleanDtype(),
    pyarrow.int8(): pandas.Int8Dtype(),
    pyarrow.int16(): pandas.Int16Dtype(),
    pyarrow.int32(): pandas.Int32Dtype(),
    pyarrow.int64(): pandas.Int64Dtype(),
    pyarrow.uint8(): pandas.UInt8Dtype(),
    pyarrow.uint16(): pandas.UInt16Dtype(),
    pyarrow.uint32(): pandas.UInt32Dtype(),
    pyarrow.uint64(): pandas.UInt64Dtype(),
}
"""Types that can be missing without becoming others: a whole number stays one."""

_ALLOWED = (
    "is_boolean is_integer is_floating is_string is_large_string is_string_view is_date is_timestamp is_time "
    "is_duration is_decimal is_dictionary is_null"
).split()


def open_parquet(place: Place) -> Opened:
    """A Parquet file, read in pieces; for the types see `pieces_of`.

    Raises:
        DataError: The file is damaged, or a column holds lists, objects or bytes.
    """
    with explained(place.path), pyarrow.parquet.ParquetFile(place.path) as file:
        check_types(file.schema_arrow, str(place.path))
    return Opened(Form("parquet"), partial(_read_parquet, place), place.stem, str(place.path))


def open_arrow(place: Place) -> Opened:
    """A Feather or Arrow file, or an Arrow stream in a file, read in pieces; for the types see `pieces_of`.

    Raises:
        DataError: The file is damaged, or a column holds lists, objects or bytes.
    """
    with explained(place.path), pyarrow.memory_map(str(place.path)) as file:
        check_types(_batches(file)[0], str(place.path))
    return Opened(Form(place.kind), partial(_read_arrow, place), place.stem, str(place.path))


def open_frame(frame: pandas.DataFrame) -> Opened:
    """A frame of pandas, as it is; its index is left out unless it has a name.

    Raises:
        DataError: Its names have several levels, or an index has the name of a column.
    """
    if isinstance(frame.columns, pandas.MultiIndex):
        raise DataError("The frame's column names have several levels; join them into one text each.")
    if any(name is not None for name in frame.index.names):
        unnamed = [level for level, name in enumerate(frame.index.names) if name is None]
        try:
            frame = (frame.reset_index(unnamed, drop=True) if unnamed else frame).reset_index()
        except ValueError as error:
            raise DataError(f"The frame's index cannot become a column: {first_line(error)}. Rename it.") from error
    names = ["" if name is None else str(name) for name in frame.columns]
    frame = frame.set_axis(pandas.Index(names, dtype=object), axis=1)

    def read(most: int) -> Iterator[pandas.DataFrame]:
        for start in range(0, len(frame), most):
            yield frame.iloc[start : start + most].reset_index(drop=True)

    return Opened(Form("frame"), read, "frame", "frame")


def open_stream(source: Any) -> Opened:
    """Anything that gives out an Arrow stream, such as a frame of Polars; for the types see `pieces_of`.

    Raises:
        DataError: It holds no table, or a column holds lists, objects or bytes.
    """
    try:
        table = pyarrow.table(source)  # once: some can be read a single time
    except (pyarrow.ArrowException, TypeError, ValueError) as error:
        kind = type(source).__name__
        raise DataError(f"What was given ({kind}) cannot be read as a table: {first_line(error)}.") from error
    check_types(table.schema, "frame")
    return Opened(Form("frame"), lambda most: pieces_of(table.to_batches(), most), "frame", "frame")


def pieces_of(batches: Iterable[Any], most: int) -> Iterator[pandas.DataFrame]:
    """Arrow batches as frames of at most `most` rows.

    Whole numbers are Int8 to UInt64 and truth values boolean, which can be missing; other numbers are floats, instants
    datetime64, spans timedelta64, dictionaries categories. Text, dates, times and decimals are objects: str,
    datetime.date, datetime.time, decimal.Decimal, and None where missing.
    """
    for batch in batches:
        for start in range(0, batch.num_rows, most):
            part = batch.slice(start, most)
            frame = part.to_pandas(types_mapper=_NULLABLE.get, ignore_metadata=True)
            # An index without a name, which pandas has kept in the file.
            yield frame.drop(columns=[name for name in frame.columns if name.startswith("__index_level_")])


def usual_types(series: Any) -> Any:
    """A column of pandas that Arrow holds, in the types of `pieces_of`."""
    return pyarrow.chunked_array(series.array.__arrow_array__()).to_pandas(types_mapper=_NULLABLE.get)


def check_types(schema: Any, source: str) -> None:
    """Refuse columns whose values are no single text, number, truth value, date or time.

    Raises:
        DataError: There is such a column.
    """
    for field in schema:
        kind = field.type.value_type if pyarrow.types.is_dictionary(field.type) else field.type
        if not any(getattr(pyarrow.types, allowed)(kind) for allowed in _ALLOWED):
            raise DataError(
                f'{source}: the column "{field.name}" is of the type {kind}; a table holds text, numbers, truth values '
                "and dates. Leave the column out, or write what it holds into columns of its own."
            )


def _read_parquet(place: Place, most: int) -> Iterator[pandas.DataFrame]:
    with explained(place.path), pyarrow.parquet.ParquetFile(place.path) as file:
        yield from pieces_of(file.iter_batches(batch_size=most), most)


def _read_arrow(place: Place, most: int) -> Iterator[pandas.DataFrame]:
    with explained(place.path), pyarrow.memory_map(str(place.path)) as file:
        yield from pieces_of(_batches(file)[1], most)


def _batches(file: Any) -> tuple[Any, Iterator[Any]]:
    """The schema and the batches of an Arrow file, or of a stream in a file."""
    try:
        reader = pyarrow.ipc.open_file(file)
    except pyarrow.ArrowInvalid:
        file.seek(0)
        stream = pyarrow.ipc.open_stream(file)
        return stream.schema, iter(stream)
    return reader.schema, (reader.get_batch(index) for index in range(reader.num_record_batches))
