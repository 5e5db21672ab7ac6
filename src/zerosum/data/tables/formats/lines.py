"""JSON lines: one object a line."""

import io
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas

from zerosum.core.errors import DataError
from zerosum.data.tables.formats.dialect import SAMPLE
from zerosum.data.tables.formats.form import Form, Opened
from zerosum.data.tables.formats.places import Place
from zerosum.data.tables.formats.streams import explained, first_line, reading
from zerosum.data.tables.formats.values import typed_frame


def open_lines(place: Place) -> Opened:
    """A table of JSON objects, one a line, whose columns are the keys of the first 256 KiB of them.

    A key that a line does not have is a missing value. For the types see `values.typed_frame`; text is str.

    Raises:
        DataError: The file is damaged, or a line is no object of single values.
    """
    names: dict[str, None] = {}
    size = 0
    with explained(place.path):
        for text, _, record in _records(place):
            names.update(dict.fromkeys(record))
            size += len(text)
            if size >= SAMPLE:
                break
    return Opened(Form("jsonl"), partial(_read, place, list(names)), place.stem, str(place.path))


def _read(place: Place, names: list[str], most: int) -> Iterator[pandas.DataFrame]:
    known, rows = set(names), []
    with explained(place.path):
        for _, line, record in _records(place):
            unknown = record.keys() - known
            if unknown:
                raise DataError(
                    f'{place.path}: line {line} has the key "{min(unknown)}", which no line at the beginning of the '
                    "file has. Give the first line every key, with null where there is no value."
                )
            rows.append([record.get(name) for name in names])
            if len(rows) == most:
                yield typed_frame(rows, names, str(place.path))
                rows = []
        if rows:
            yield typed_frame(rows, names, str(place.path))


def _records(place: Place) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Each line that is not empty: its text, its number from 1, and the object in it."""
    decoder = json.JSONDecoder(object_pairs_hook=_object)
    with reading(place.path, place.compression) as stream, io.TextIOWrapper(stream, "utf-8-sig") as text:
        for number, line in enumerate(text, 1):
            if line.strip():
                yield line, number, _record(decoder, line.strip(), f"{place.path}: line {number}")


def _record(decoder: json.JSONDecoder, line: str, where: str) -> dict[str, Any]:
    try:
        record = decoder.decode(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where} is no JSON: {first_line(error)}. Every line holds one object.") from error
    if not isinstance(record, dict):
        raise DataError(f'{where} is no object. Every line holds one, such as {{"age": 39, "sex": "Male"}}.')
    for key, value in record.items():
        if isinstance(value, dict | list):
            raise DataError(
                f'{where} has {"a list" if isinstance(value, list) else "an object"} as "{key}". A table holds text, '
                "numbers and truth values; give what it holds keys of its own."
            )
    return record


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, which has each of its keys once."""
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("a key comes twice")
    return record
