"""Delimited text: every value stays the text that it is, and a line with too few or too many of them is named."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas

from zerosum.core.errors import DataError
from zerosum.data.tables.formats.dialect import SAMPLE, encoding_of, form_of, looks_like_data, rows_of, sample_rows
from zerosum.data.tables.formats.form import Form, Opened
from zerosum.data.tables.formats.places import Place
from zerosum.data.tables.formats.streams import explained, reading


def open_delimited(place: Place) -> Opened:
    """A table in delimited text, read as it is written.

    Columns are of type object and hold text, which is never missing: an empty value is "".

    Raises:
        DataError: The file is damaged, is no text, or its first line does not name the columns.
    """
    path, compression = place.path, place.compression
    with explained(path):
        encoding = encoding_of(partial(reading, path, compression), path)
        with _text(path, compression, encoding) as text:
            sample = text.read(SAMPLE)
    whole = len(sample) < SAMPLE
    form = form_of(sample, whole, "\t" if place.suffix == ".tsv" else ",", encoding)
    rows = sample_rows(sample, whole, form, form.blanks)
    if rows and looks_like_data(rows[0], rows[1:]):
        raise DataError(
            f"The first line of {path} holds numbers like the lines after it: {form.delimiter.join(rows[0][:5])}. It "
            f"must name the columns; put a line with {len(rows[0])} names before it."
        )
    return Opened(form, partial(_read, path, compression, form), place.stem, str(path))


@contextmanager
def _text(path: Path, compression: str, encoding: str) -> Iterator[TextIO]:
    """The text of a file, with the ends of its lines as they are, which csv wants."""
    with reading(path, compression) as stream, io.TextIOWrapper(stream, encoding, newline="") as text:
        yield text


def _read(path: Path, compression: str, form: Form, most: int) -> Iterator[pandas.DataFrame]:
    """The table in pieces of at most `most` rows."""
    with explained(path), _text(path, compression, form.encoding) as text:
        names, skipped = _names(text, path, form)
        values: list[str] = []
        for row in _rows(text, path, form, len(names), skipped):
            values += row  # one flat list: lists within lists would keep the garbage collector busy
            if len(values) >= most * len(names):
                yield _frame(values, names)
                values = []
        if values:
            yield _frame(values, names)


def _names(text: TextIO, path: Path, form: Form) -> tuple[list[str], int]:
    """The names of the columns, and how many lines these and empty ones before them take."""
    reader = rows_of(text, form, form.name_blanks)
    try:
        names = next((row for row in reader if row), None)
    except csv.Error as error:
        raise _misquoted(path, 1, form, error) from error
    if names is None:
        raise DataError(f"{path} holds nothing but empty lines.")
    return names, reader.line_num


def _rows(text: TextIO, path: Path, form: Form, width: int, skipped: int) -> Iterator[list[str]]:
    """All rows but the names, each with `width` values; empty lines are left out."""
    reader = rows_of(text, form, form.blanks)
    done = skipped
    try:
        for row in reader:
            if len(row) == width:
                yield row
            elif row and (len(row) > 1 or row[0].strip()):
                raise DataError(
                    f"{path}: line {done + 1} has {len(row)} values, but the first line names {width} columns. "
                    f"Complete or remove the line; a value with {_spelled(form.delimiter)} needs {form.quote} around."
                )
            done = skipped + reader.line_num
    except csv.Error as error:
        raise _misquoted(path, done + 1, form, error) from error


def _misquoted(path: Path, line: int, form: Form, error: csv.Error) -> DataError:
    return DataError(
        f"{path}: line {line} cannot be read: {error}. A value that begins with {form.quote} must end with it, and "
        f"within it each {form.quote} is written twice."
    )


def _spelled(delimiter: str) -> str:
    return "a tab" if delimiter == "\t" else f'"{delimiter}"'


def _frame(values: list[str], names: list[str]) -> pandas.DataFrame:
    cells = np.array(values, dtype=object).reshape(-1, len(names))
    return pandas.DataFrame(cells, columns=pandas.Index(names, dtype=object))
