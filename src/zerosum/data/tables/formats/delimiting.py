"""Delimited text from a table, so that `delimited` reads the same values back."""

import datetime
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import IO, Any

import pandas

from zerosum.data.tables.formats.form import DELIMITERS, Form
from zerosum.data.tables.formats.values import python_values

_SLICE = 100_000
"""Rows whose text is made at a time."""


def write_delimited(frame: pandas.DataFrame, stream: IO[bytes], form: Form) -> None:
    """Write a table as text of this form.

    Numbers have all digits that they need, truth values are True and False, instants are "2024-01-31 12:30:00" and
    without the time where a column has none. Values have quotes where `form` says so and where they would be read as
    something else without.

    Raises:
        UnicodeEncodeError: A character does not exist in the form's encoding.
    """
    columns = [frame.iloc[:, index] for index in range(len(frame.columns))]
    spelled = [_speller(column, form) for column in columns]
    apart = "".join(DELIMITERS) if len(columns) == 1 else form.delimiter
    quoters = [_quoter(form, _is_text(column), apart, len(columns) == 1) for column in columns]
    named = _quoter(form, True, "".join(DELIMITERS), False)
    text = io.TextIOWrapper(stream, form.encoding, newline="")
    text.write((form.delimiter + " " * form.name_blanks).join(map(named, frame.columns)) + form.newline)
    between = form.delimiter + " " * form.blanks
    for start in range(0, len(frame), _SLICE):
        cells = [
            [quoted(spell(value)) for value in python_values(column.iloc[start : start + _SLICE])]
            for column, spell, quoted in zip(columns, spelled, quoters, strict=True)
        ]
        text.writelines(between.join(row) + form.newline for row in zip(*cells, strict=True))
    text.flush()
    text.detach()  # the stream is not ours to close


def _quoter(form: Form, is_text: bool, apart: str, alone: bool) -> Callable[[str], str]:
    """A function that puts quotes around the values that need them, or around more of them if the form says so.

    Args:
        form: How the text is written.
        is_text: Whether these are texts.
        apart: What could be taken for a delimiter: all of them in names, and in a single column, where there is nothing
            else to tell the delimiter from.
        alone: Whether the value stands alone in its line, which must not be empty.
    """
    always = {"all": "|^", "text": "|^." if is_text else "", "minimal": ""}[form.quoting]
    needs = re.compile(rf"""[{re.escape(apart + form.quote)}\r\n\ufeff]|^[ "']{"|^$" if alone else ""}{always}""")
    quote = form.quote

    def quoted(value: str) -> str:
        return quote + value.replace(quote, quote * 2) + quote if needs.search(value) else value

    return quoted


def _speller(column: pandas.Series, form: Form) -> Callable[[Any], str]:
    """A function that makes text of a column's values."""
    dated = column.dtype.kind == "M" and bool((column.dropna() == column.dropna().dt.normalize()).all())

    def spelled(value: Any) -> str:
        if value is None:
            return form.missing
        if isinstance(value, str):
            return value
        if isinstance(value, float | Decimal):
            return str(value).replace(".", form.decimal)
        if isinstance(value, datetime.datetime):
            return value.date().isoformat() if dated else value.isoformat(sep=" ")
        return str(value)

    return spelled


def _is_text(column: pandas.Series) -> bool:
    """Whether a column is no numbers, truth values or dates."""
    return any(isinstance(value, str) for value in python_values(column.head(1000)))
