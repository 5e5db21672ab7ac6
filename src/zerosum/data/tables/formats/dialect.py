"""What kind of delimited text a file holds, told from its bytes and its first lines."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import IO, Any

from zerosum.core.errors import DataError
from zerosum.data.tables.formats.form import DELIMITERS, Form

SAMPLE = 1 << 18
"""How much of a file is looked at to tell how it was written, in bytes and in characters."""

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_LINE_END = re.compile(r"\r\n|\n|\r")

Rows = list[list[str]]


def rows_of(lines: Any, form: Form, blanks: bool) -> Any:
    """A reader of the rows in lines of text; it refuses text outside of quotes that has been within.

    Args:
        lines: Lines with their ends.
        form: The delimiter and the quote.
        blanks: Whether blanks behind a delimiter are no part of the value.
    """
    return csv.reader(lines, delimiter=form.delimiter, quotechar=form.quote, skipinitialspace=blanks, strict=True)


def encoding_of(opened: Callable[[], AbstractContextManager[IO[bytes]]], source: object) -> str:
    """The encoding of a text: that of its mark, or UTF-8 if all of it is, or else cp1252 or Latin-1.

    Args:
        opened: Opens the text from its beginning.
        source: Where it lies, for messages.

    Raises:
        DataError: It is empty, or no text.
    """
    with opened() as stream:
        sample = stream.read(SAMPLE)
    if not sample:
        raise DataError(f"{source} is empty.")
    marked = next((encoding for mark, encoding in _MARKS.items() if sample.startswith(mark)), None)
    if marked:
        return marked
    if b"\0" in sample:
        raise DataError(f"{source} holds bytes that are zero, so it is no text. Save the table as UTF-8 text.")
    return next(encoding for encoding in ("utf-8", "cp1252", "latin-1") if _is_encoded(opened, encoding))


def form_of(sample: str, whole: bool, usual: str, encoding: str) -> Form:
    """How a text was written.

    Args:
        sample: Its beginning.
        whole: Whether this is all of it.
        usual: The delimiter that its name promises, which decides where the text does not.
        encoding: Its encoding.
    """
    form = Form("csv", delimiter=usual, encoding=encoding)
    end = _LINE_END.search(sample)
    form = replace(form, newline=end.group() if end else "\n")
    share, found = _best(sample, whole, form)
    found = _completed(sample, whole, found)
    if "'" in sample:  # which is an apostrophe more often than a quote
        other_share, other = _best(sample, whole, replace(form, quote="'"))
        other = _completed(sample, whole, other)
        if other_share > share or (other_share == share and other.quoting != "minimal"):
            return other
    return found


def sample_rows(sample: str, whole: bool, form: Form, blanks: bool) -> Rows:
    """The rows of a sample, the names first; reading ends with an empty row where quotes are wrong."""
    rows, complete = [], True
    try:
        rows.extend(row for row in rows_of(io.StringIO(sample, newline=""), form, blanks) if row)
    except csv.Error:
        complete = False
    if not whole:
        return rows[:-1] if complete else rows  # an unfinished row is either the last one or the wrong one
    return rows if complete else [*rows, []]


def looks_like_data(names: list[str], rows: Rows) -> bool:
    """Whether the line that should name the columns holds numbers like all others."""
    return (
        bool(rows)
        and all(map(_NUMBER.fullmatch, map(str.strip, names)))
        and all(not value.strip() or _NUMBER.fullmatch(value.strip()) for row in rows for value in row)
    )


def _is_encoded(opened: Callable[[], AbstractContextManager[IO[bytes]]], encoding: str) -> bool:
    """Whether all of a stream can be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with opened() as stream:
            for block in _blocks(stream):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(1 << 20):
        yield block


def _best(sample: str, whole: bool, form: Form) -> tuple[float, Form]:
    """The delimiter by which most rows have as many values as there are names, and the share of these rows.

    Among equals the one with the most columns is chosen. A delimiter that is only in the names is none; if there is no
    other, this is a single column.
    """
    found, single = [], 0.0
    for delimiter in sorted(DELIMITERS, key=lambda delimiter: delimiter != form.delimiter):
        candidate = replace(form, delimiter=delimiter)
        names, *rows = sample_rows(sample, whole, candidate, True) or [[]]
        share = _share(rows, len(names))
        if len(names) > 1 and (not rows or any(len(row) > 1 for row in rows)):
            found.append((share, len(names), candidate))
        elif candidate == form:
            single = share
    share, _, best = max(found, key=lambda entry: entry[:2], default=(single, 1, form))
    return share, best


def _completed(sample: str, whole: bool, form: Form) -> Form:
    """What else there is to say of text with this delimiter and these quotes."""
    form = _with_blanks(sample, whole, form)
    rows = sample_rows(sample, whole, form, form.blanks)[1:]
    form = replace(form, decimal="," if form.delimiter != "," and _has_decimal_comma(rows) else ".")
    return replace(form, quoting=_quoting(sample, form))


def _share(rows: Rows, width: int) -> float:
    """The share of rows that have as many values as they should."""
    return sum(len(row) == width for row in rows) / max(len(rows), 1)


def _with_blanks(sample: str, whole: bool, form: Form) -> Form:
    """Whether blanks follow delimiters: some column has one before each of its values.

    Not every column must have them: in UCI Adult, numbers follow without.
    """
    plain, stripped = (sample_rows(sample, whole, form, blanks) for blanks in (False, True))
    width = len(stripped[0]) if stripped else 0
    return replace(
        form,
        blanks=_follow(plain[1:], stripped[1:], width, any),
        name_blanks=_follow(plain[:1], stripped[:1], width, all),
    )


def _follow(plain: Rows, stripped: Rows, width: int, enough: Callable[[list[bool]], bool]) -> bool:
    """Whether enough columns, the first left out, have a blank before each of their values."""
    if [len(row) for row in plain] != [len(row) for row in stripped]:  # quotes count as such only in one of the two
        return _share(stripped, width) > _share(plain, width)
    columns = []
    for index in range(1, width):
        pairs = [(a[index], b[index]) for a, b in zip(plain, stripped, strict=True) if len(a) > index and a[index]]
        columns.append(bool(pairs) and all(before != after for before, after in pairs))
    return bool(columns) and enough(columns)


def _has_decimal_comma(rows: Rows) -> bool:
    """Whether more columns are numbers with a decimal comma than with a decimal point."""
    width = max(map(len, rows), default=0)
    commas = points = 0
    for index in range(width):
        # Words for missing values have no digit; what has one must be a number.
        values = [row[index].strip() for row in rows if len(row) > index and re.search(r"\d", row[index])]
        if values and all(map(_NUMBER.fullmatch, values)):
            commas += any(map(_COMMA.fullmatch, values))
            points += any(map(_POINT.fullmatch, values))
    return commas > points


def _quoting(sample: str, form: Form) -> Any:
    """Which values have quotes around them: csv itself says where text stands without."""
    kinds = set()
    lines = io.StringIO(sample, newline="")
    try:
        next(rows_of(lines, form, form.name_blanks), None)
        text = re.sub(r"(?<=\d),(?=\d)", ".", lines.read()) if form.decimal == "," else lines.read()
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=form.delimiter,
            quotechar=form.quote,
            skipinitialspace=form.blanks,
            quoting=csv.QUOTE_NONNUMERIC,
        )
        for row in reader:
            kinds.update(type(value) for value in row if value != "")
    except (csv.Error, ValueError):  # a value without quotes is no number
        return "minimal"
    if str not in kinds:
        return "minimal"
    return "text" if float in kinds else "all"
